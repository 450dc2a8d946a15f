//! `executions.csv`: how the orders of a book were executed, as far as its bookings do not say it.
//!
//! A booking has one row, or one for each tranche. What a client is told of an execution must be what was booked:
//! tranches that do not add up to the booking are rejected, all of them, with the reason on the row that shows it.

use std::collections::BTreeMap;

use chrono::DateTime;
use rust_decimal::Decimal;
use schemas::identifiers::Mic;
use schemas::tables::executions::Execution;
use schemas::{Amount, BusinessDate, PortfolioId, Price, Quantity, Rate};

use super::market_files::{Fault, at, each_row};
use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::sources::RowReject;

/// The name of the file.
pub(crate) const NAME: &str = "executions.csv";
/// The file whose bookings it is about.
pub(crate) const BOOKINGS: &str = "transactions.csv";

/// Tranches that an order may have.
const TRANCHES_MAX: usize = 1_000;
/// Letters of an account or an order's id.
const LETTERS_MAX: usize = 64;

const ORDER_TYPES: &[&str] =
    &["market", "limit", "stop", "stop_limit", "trailing_stop", "at_open", "at_close", "other"];
const NATURES: &[&str] = &["subscription", "redemption", "switch", "exercise", "transfer"];
const COUNTERPARTIES: &[&str] = &["market", "anonymous", "firm", "group", "client"];

/// What the bookings say of an order.
struct Booked {
    trade_date: BusinessDate,
    quantity: Option<Decimal>,
    price: Option<Decimal>,
}

/// The columns of the file.
struct Columns {
    tx_id: TextColumn,
    executed_at: TextColumn,
    order_id: TextColumn,
    order_type: TextColumn,
    venue_mic: TextColumn,
    nature: TextColumn,
    quantity: TextColumn,
    price: TextColumn,
    fx_rate: TextColumn,
    counterparty: TextColumn,
    mark_up: TextColumn,
    settlement_account: TextColumn,
}

/// The tranches of a file that fit the bookings of the same book, and the rows that do not.
///
/// # Errors
/// [`Error::Sheet`] if one of the files cannot be read at all.
pub(crate) fn executions(
    portfolio_id: &PortfolioId,
    (sha256, bytes): (&str, &[u8]),
    bookings: &[u8],
) -> Result<(Vec<Execution>, Vec<RowReject>), Error> {
    let label = format!("{portfolio_id}/{NAME}");
    let booked = booked(&format!("{portfolio_id}/{BOOKINGS}"), bookings)?;
    let sheet = Sheet::read(&label, bytes, &["tx_id"])?;
    let columns = Columns::of(&sheet)?;
    let (rows, mut rejects) =
        each_row(&label, &sheet, |row, line| columns.execution(portfolio_id, &booked, row, (sha256, line)));
    // An order of which one tranche cannot be read is not told with the others alone.
    let mut faulty: BTreeMap<&str, i64> = BTreeMap::new();
    for reject in &rejects {
        let row = sheet.lines().iter().position(|line| *line == reject.line);
        if let Some(id) = row.and_then(|row| columns.tx_id.cell(row)) {
            faulty.entry(id).or_insert(reject.line);
        }
    }
    let mut by_order: BTreeMap<String, Vec<Execution>> = BTreeMap::new();
    for row in rows {
        by_order.entry(row.transaction_id.clone()).or_default().push(row);
    }
    let mut sound = Vec::new();
    let mut unsound = Vec::new();
    for (id, tranches) in by_order {
        let fault = match (faulty.get(id.as_str()), booked.get(&id)) {
            (Some(line), _) => Err(("tx_id", format!("the tranche of `{}` on line {line} is rejected", shown(&id)))),
            (None, Some(booking)) => agree(&tranches, booking),
            (None, None) => Ok(()),
        };
        match fault {
            Ok(()) => sound.extend(numbered(tranches)),
            Err((column, reason)) => unsound.extend(tranches.iter().map(|row| RowReject {
                file: label.clone(),
                line: row.line,
                column: column.to_owned(),
                reason: reason.clone(),
            })),
        }
    }
    rejects.extend(unsound);
    rejects.sort();
    Ok((sound, rejects))
}

/// The executed orders among the bookings, by id. A booking that cannot be read is none here; the import says why.
fn booked(label: &str, bytes: &[u8]) -> Result<BTreeMap<String, Booked>, Error> {
    let sheet = Sheet::read(label, bytes, &["tx_id", "date", "type"])?;
    let [ids, days, kinds] = [sheet.text("tx_id")?, sheet.text("date")?, sheet.text("type")?];
    let [quantities, prices] = [sheet.text("quantity")?, sheet.text("price")?];
    let dates = sheet.dates(&days)?;
    let mut booked = BTreeMap::new();
    for row in 0..sheet.lines().len() {
        let is_order = kinds.cell(row).is_some_and(|kind| ["BUY", "SELL"].contains(&kind));
        let day = dates.get(row).copied().flatten().and_then(|day| BusinessDate::new(day).ok());
        let (Some(id), Some(trade_date), true) = (ids.cell(row), day, is_order) else { continue };
        let (Ok(quantity), Ok(price)) = (quantities.number(row), prices.number(row)) else { continue };
        booked.entry(id.to_owned()).or_insert(Booked { trade_date, quantity, price });
    }
    Ok(booked)
}

/// Whether tranches are what was booked, together.
fn agree(tranches: &[Execution], booking: &Booked) -> Result<(), Fault> {
    if TRANCHES_MAX < tranches.len() {
        return Err(("tx_id", format!("an order has at most {TRANCHES_MAX} tranches")));
    }
    let (mut units, mut paid) = (Decimal::ZERO, Decimal::ZERO);
    for row in tranches {
        let quantity = row.quantity.map(Quantity::decimal);
        let price = row.price.map(Price::decimal);
        if 1 < tranches.len() && (quantity.is_none() || price.is_none()) {
            let column = if quantity.is_none() { "quantity" } else { "price" };
            let reason = format!("each of the {} tranches needs its own quantity and price", tranches.len());
            return Err((column, reason));
        }
        let (Some(quantity), Some(price)) = (quantity.or(booking.quantity), price.or(booking.price)) else {
            return Ok(());
        };
        let too_large = || ("price", "quantity times price has more digits than a number holds".to_owned());
        let amount = quantity.checked_mul(price).ok_or_else(too_large)?;
        units = units.checked_add(quantity).ok_or_else(too_large)?;
        paid = paid.checked_add(amount).ok_or_else(too_large)?;
    }
    if let Some(expected) = booking.quantity.filter(|expected| *expected != units) {
        let (units, expected) = (units.normalize(), expected.normalize());
        return Err(("quantity", format!("the tranches are {units} units, and {expected} were booked")));
    }
    let Some(expected) = booking.price else { return Ok(()) };
    let average = paid.checked_div(units).ok_or_else(|| ("quantity", "the tranches have no units".to_owned()))?;
    // A booking prints its price with so many decimals; the average may lie half a unit of the last one beside it.
    let printed = Decimal::new(1, expected.scale());
    let apart = (average - expected).abs();
    if printed < apart + apart {
        let average = average.round_dp(expected.scale() + 2).normalize();
        return Err(("price", format!("the tranches cost {average} on average, and {expected} was booked")));
    }
    Ok(())
}

fn numbered(tranches: Vec<Execution>) -> impl Iterator<Item = Execution> {
    let tranche_count = i64::try_from(tranches.len()).unwrap_or(i64::MAX);
    tranches.into_iter().zip(1..).map(move |(row, tranche)| Execution { tranche, tranche_count, ..row })
}

impl Columns {
    fn of(sheet: &Sheet) -> Result<Columns, Error> {
        Ok(Columns {
            tx_id: sheet.text("tx_id")?,
            executed_at: sheet.text("executed_at")?,
            order_id: sheet.text("order_id")?,
            order_type: sheet.text("order_type")?,
            venue_mic: sheet.text("venue_mic")?,
            nature: sheet.text("nature")?,
            quantity: sheet.text("quantity")?,
            price: sheet.text("price")?,
            fx_rate: sheet.text("fx_rate")?,
            counterparty: sheet.text("counterparty")?,
            mark_up: sheet.text("mark_up")?,
            settlement_account: sheet.text("settlement_account")?,
        })
    }

    /// A row as a tranche without a number.
    fn execution(
        &self,
        portfolio_id: &PortfolioId,
        booked: &BTreeMap<String, Booked>,
        row: usize,
        (sha256, line): (&str, i64),
    ) -> Result<Execution, Fault> {
        let id = at("tx_id", self.tx_id.required(row))?;
        let booking = booked.get(id).ok_or_else(|| {
            ("tx_id", format!("`{}` is no BUY or SELL of {BOOKINGS}; name the booking of the order", shown(id)))
        })?;
        let executed_at = self.executed_at.cell(row).map(|text| instant(text, booking.trade_date)).transpose();
        let executed_at = at("executed_at", executed_at)?;
        let positive = |column, cells: &TextColumn| at(column, cells.number(row).and_then(above_zero));
        let quantity = positive("quantity", &self.quantity)?.map(Quantity::new);
        let price = at("price", self.price.number(row))?.map(Price::new);
        let fx_rate = positive("fx_rate", &self.fx_rate)?.map(Rate::new);
        let mark_up = at("mark_up", self.mark_up.number(row))?.map(Amount::new);
        at("quantity", quantity.map(Quantity::to_units).transpose())?;
        at("price", price.map(Price::to_units).transpose())?;
        at("fx_rate", fx_rate.map(Rate::to_units).transpose())?;
        at("mark_up", mark_up.map(Amount::to_units).transpose())?;
        let word =
            |column, cells: &TextColumn, known| at(column, cells.cell(row).map(|text| one_of(text, known)).transpose());
        let text = |column, cells: &TextColumn| at(column, cells.cell(row).map(on_one_line).transpose());
        let venue_mic = self.venue_mic.cell(row).map(str::parse::<Mic>).transpose();
        Ok(Execution {
            portfolio_id: portfolio_id.clone(),
            transaction_id: id.to_owned(),
            tranche: 0,
            tranche_count: 0,
            trade_date: booking.trade_date,
            executed_at: executed_at.map(|instant| instant.to_utc()),
            utc_offset_s: executed_at.map(|instant| i64::from(instant.offset().local_minus_utc())),
            order_id: text("order_id", &self.order_id)?,
            order_type: word("order_type", &self.order_type, ORDER_TYPES)?,
            venue_mic: at("venue_mic", venue_mic)?.map(|code| code.to_string()),
            nature: word("nature", &self.nature, NATURES)?,
            quantity,
            price,
            fx_rate,
            counterparty: word("counterparty", &self.counterparty, COUNTERPARTIES)?,
            mark_up,
            settlement_account: text("settlement_account", &self.settlement_account)?,
            landing_sha256: sha256.to_owned(),
            line,
        })
    }
}

/// An instant with its zone, on the day of the trade at the place of the trade.
fn instant(text: &str, trade_date: BusinessDate) -> Result<DateTime<chrono::FixedOffset>, String> {
    let found = DateTime::parse_from_rfc3339(text)
        .map_err(|_| format!("`{}` is no instant with a zone; write 2024-03-28T15:04:05+01:00", shown(text)))?;
    if found.date_naive() != trade_date.day() {
        return Err(format!("`{}` is not on {trade_date}, the trade date that was booked", shown(text)));
    }
    Ok(found)
}

fn above_zero(number: Option<Decimal>) -> Result<Option<Decimal>, String> {
    match number.filter(|number| *number <= Decimal::ZERO) {
        Some(number) => Err(format!("{number} is not above zero")),
        None => Ok(number),
    }
}

fn one_of(text: &str, known: &[&str]) -> Result<String, String> {
    if known.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{}` is none of {}", shown(text), known.join(", ")))
    }
}

fn on_one_line(text: &str) -> Result<String, String> {
    if LETTERS_MAX < text.chars().count() || text.chars().any(char::is_control) {
        return Err(format!("`{}` has more than {LETTERS_MAX} letters or more than one line", shown(text)));
    }
    Ok(text.to_owned())
}

fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOKED: &str = "tx_id,date,type,symbol,quantity,price,currency,net_cash\n\
                          1,2024-03-28,BUY,AAA,100,10.25,EUR,-1025.00\n\
                          2,2024-03-28,SELL,BBB,7,3.3333,EUR,23.33\n\
                          3,2024-03-28,DEPOSIT,,,,EUR,5000\n";

    fn read(rows: &str) -> (Vec<Execution>, Vec<(i64, String, String)>) {
        let header = "tx_id,executed_at,order_type,venue_mic,nature,quantity,price,fx_rate,counterparty";
        let file = format!("{header}\n{rows}");
        let id = "D01".parse().expect("an id");
        let (sound, rejects) = executions(&id, ("0", file.as_bytes()), BOOKED.as_bytes()).expect("readable");
        (sound, rejects.into_iter().map(|row| (row.line, row.column, row.reason)).collect())
    }

    #[test]
    fn tranches_are_numbered_and_keep_their_own_clock() {
        // 40 at 10.20 and 60 at 10.29 cost 408.00 and 617.40, 10.254 each: 10.25 as booked.
        let (sound, rejects) = read(
            "1,2024-03-28T15:04:05+01:00,limit,XPAR,,40,10.20,,market\n\
             1,2024-03-28T15:09:00+01:00,limit,XETR,,60,10.29,,market\n\
             2,,,,,,,,\n",
        );
        assert_eq!(rejects, []);
        let told: Vec<_> =
            sound.iter().map(|row| (row.transaction_id.as_str(), row.tranche, row.tranche_count)).collect();
        assert_eq!(told, [("1", 1, 2), ("1", 2, 2), ("2", 1, 1)]);
        let first = sound.first().expect("a row");
        assert_eq!(first.executed_at.map(|instant| instant.to_rfc3339()), Some("2024-03-28T14:04:05+00:00".to_owned()));
        assert_eq!((first.utc_offset_s, first.venue_mic.as_deref(), first.line), (Some(3_600), Some("XPAR"), 2));
        assert_eq!(sound.last().and_then(|row| row.executed_at), None);
    }

    #[test]
    fn tranches_that_are_not_what_was_booked_are_rejected_together() {
        for (rows, column, reason) in [
            ("1,,,,,40,10.25,,\n1,,,,,59,10.25,,\n", "quantity", "the tranches are 99 units, and 100 were booked"),
            (
                "1,,,,,40,10.20,,\n1,,,,,60,10.30,,\n",
                "price",
                "the tranches cost 10.26 on average, and 10.25 was booked",
            ),
            ("1,,,,,40,10.20,,\n1,,,,,60,,,\n", "price", "each of the 2 tranches needs its own quantity and price"),
            ("1,,,,,40,10.25,,\n1,,,xpar,,60,10.25,,\n", "tx_id", "the tranche of `1` on line 3 is rejected"),
        ] {
            let (sound, rejects) = read(rows);
            assert_eq!(sound, [], "{rows}");
            assert!(rejects.contains(&(2, column.to_owned(), reason.to_owned())), "{rejects:?}");
            assert_eq!(rejects.len(), 2, "{rejects:?}");
        }
    }

    #[test]
    fn a_row_says_what_is_wrong_with_it() {
        for (row, column, part) in [
            ("3,,,,,,,,", "tx_id", "`3` is no BUY or SELL"),
            ("9,,,,,,,,", "tx_id", "`9` is no BUY or SELL"),
            ("1,2024-03-28 15:04,,,,,,,", "executed_at", "with a zone"),
            ("1,2024-03-27T15:04:05+01:00,,,,,,,", "executed_at", "is not on 2024-03-28"),
            ("1,,immediate,,,,,,", "order_type", "none of market, limit"),
            ("1,,,Paris,,,,,", "venue_mic", "four capital letters"),
            ("1,,,,gift,,,,", "nature", "none of subscription"),
            ("1,,,,,,,0,", "fx_rate", "0 is not above zero"),
            ("1,,,,,,,,nobody", "counterparty", "none of market, anonymous"),
            ("1,,,,,99,,,", "quantity", "99 units, and 100 were booked"),
        ] {
            let (sound, rejects) = read(&format!("{row}\n"));
            let [(2, found, reason)] = rejects.as_slice() else { panic!("{row}: {rejects:?}") };
            assert!(sound.is_empty() && found == column && reason.contains(part), "{row}: {found}: {reason}");
        }
    }
}
