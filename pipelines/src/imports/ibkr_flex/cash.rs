//! Cash transactions: what came in and went out without a trade.

use ledger::TransactionKind;
use ledger::transaction::InstrumentRule;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::instruments::{Instruments, Naming};
use super::rows::Row;
use crate::imports::ExportTransaction;
use crate::refusals::{Refusal, inbox, product, reject};

/// Days between the day that a row speaks of and the day on which it is reported. A row that is reported later than
/// that is a late correction: the money moved when it was reported.
const REPORT_DAYS_MAX: i64 = 10;

/// The word for capital that an issuer pays back as if it were a dividend.
const RETURN_OF_CAPITAL: &str = "(RETURN OF CAPITAL)";

/// Books a row of the cash transactions.
pub(super) fn book(row: &Row, instruments: &mut Instruments) -> Result<ExportTransaction, Refusal> {
    let unit = row.unit()?;
    let amount = product("amount", [row.required_number("amount")?, unit.scale])?;
    let description = row.text("description").unwrap_or_default();
    let kind = kind(row.required("type")?, description, amount)?;
    let symbol = instruments.paying(row, unit)?;
    if symbol.is_none() && kind.rules().instrument == InstrumentRule::Required {
        return Err(inbox(kind.code(), "the row names no instrument; book it with the instrument that paid"));
    }
    let (trade_date, settlement_date) = days(row)?;
    // The amount per unit is said in the unit of the row; it is left out where the quotes are in another.
    let quoted_in = symbol.as_deref().and_then(|symbol| instruments.price_scale(symbol));
    let price = per_unit(kind, description, row.text("currency").unwrap_or_default());
    Ok(ExportTransaction {
        settlement_date,
        symbol: symbol.filter(|_| kind.rules().instrument != InstrumentRule::None),
        price: price.filter(|_| quoted_in == Some(unit.scale)),
        note: description.to_owned(),
        broker_id: row.broker_id(),
        // The broker writes what it charged with a minus.
        is_refund: kind.is_charge() && Decimal::ZERO < amount,
        ..ExportTransaction::new(&row.account, row.line, kind, trade_date, (amount, unit.currency))
    })
}

/// The kind of a row from the broker's word, its text and its sign.
fn kind(word: &str, description: &str, amount: Decimal) -> Result<TransactionKind, Refusal> {
    let comes_in = Decimal::ZERO < amount;
    let says = |words: &str| description.to_ascii_uppercase().contains(words);
    Ok(match word {
        "Deposits/Withdrawals" | "Deposits & Withdrawals" | "Deposits" | "Withdrawals" => {
            if amount.is_sign_negative() {
                TransactionKind::Withdrawal
            } else {
                TransactionKind::Deposit
            }
        }
        "Dividends" if says(RETURN_OF_CAPITAL) && comes_in => TransactionKind::ReturnOfCapital,
        "Dividends" if says(RETURN_OF_CAPITAL) => {
            return Err(inbox(word, "a return of capital was taken back; book a REVERSAL of the payment"));
        }
        "Dividends" | "Payment In Lieu Of Dividends" | "Payment in Lieu of Dividends" => TransactionKind::Dividend,
        "Withholding Tax" | "871(m) Withholding" if comes_in => TransactionKind::TaxReclaim,
        "Withholding Tax" | "871(m) Withholding" => TransactionKind::TaxWithholding,
        "Bond Interest Paid" | "Bond Interest Received" if says("ACCRUED INT") => TransactionKind::AccruedInterest,
        "Broker Interest Paid" | "Broker Interest Received" | "Bond Interest Paid" | "Bond Interest Received" => {
            TransactionKind::Interest
        }
        "Other Fees" => TransactionKind::Fee,
        "Advisor Fees" => TransactionKind::FeeManagement,
        "Commission Adjustments" => TransactionKind::FeeBrokerage,
        other => {
            return Err(inbox(
                other,
                "Financr does not know this kind of cash transaction; book what it moved by hand",
            ));
        }
    })
}

/// The day of a row and the day on which it settled: the ex-date of a dividend, otherwise the day on which the cash
/// moved.
fn days(row: &Row) -> Result<(BusinessDate, Option<BusinessDate>), Refusal> {
    let said = row.date("dateTime")?;
    let settled = row.date("settleDate")?;
    let reported = row.date("reportDate")?;
    let missing = || reject("dateTime", "dateTime, settleDate and reportDate are all missing; add one to the query");
    let moved = said.or(settled).or(reported).ok_or_else(missing)?;
    let late = reported.filter(|reported| REPORT_DAYS_MAX < reported.days_since(moved));
    if let Some(reported) = late {
        return Ok((reported, None));
    }
    let trade_date = row.date("exDate")?.filter(|ex_date| *ex_date <= moved).unwrap_or(moved);
    let settled = settled.or(reported).unwrap_or(moved);
    Ok((trade_date, Some(settled).filter(|settled| trade_date < *settled)))
}

/// The amount per unit that the text of a dividend names, e.g. 0.24 in `CASH DIVIDEND USD 0.24 PER SHARE`; none if it
/// names none in the currency of the row.
fn per_unit(kind: TransactionKind, description: &str, currency: &str) -> Option<Decimal> {
    if ![TransactionKind::Dividend, TransactionKind::ReturnOfCapital].contains(&kind) {
        return None;
    }
    let words: Vec<&str> = description.split_ascii_whitespace().collect();
    let end = words.windows(2).position(|pair| pair == ["PER", "SHARE"])?;
    let pair = words.get(end.checked_sub(2)?..end)?;
    let number = match *pair {
        [code, number] if code == currency => number,
        [number, code] if code == currency => number,
        _ => return None,
    };
    crate::frames::exact(number).ok().filter(|number| Decimal::ZERO < *number)
}

/// Books a row of the sales taxes: what a state takes on the broker's fees, apart from them.
pub(super) fn book_sales_tax(row: &Row) -> Result<ExportTransaction, Refusal> {
    let unit = row.unit()?;
    let amount = product("salesTax", [row.required_number("salesTax")?, unit.scale])?;
    let date = row.date("date")?.ok_or_else(|| reject("date", "the attribute is missing; add it to the Flex query"))?;
    let words = [row.text("taxType"), row.text("country"), row.text("taxableDescription")];
    Ok(ExportTransaction {
        note: words.into_iter().flatten().collect::<Vec<_>>().join(" "),
        broker_id: row.broker_id(),
        ..ExportTransaction::new(&row.account, row.line, TransactionKind::Tax, date, (amount, unit.currency))
    })
}

/// Books a row of the transfers: securities or cash that came from another account, or went to one.
pub(super) fn book_transfer(row: &Row, instruments: &mut Instruments) -> Result<ExportTransaction, Refusal> {
    let unit = row.unit()?;
    let date = match row.date("date")? {
        Some(date) => date,
        None => row.date("reportDate")?.ok_or_else(|| reject("date", "date and reportDate are both missing"))?,
    };
    let cash = row.number("cashTransfer")?.unwrap_or_default();
    let quantity = row.number("quantity")?.unwrap_or_default();
    let words = [row.text("type"), row.text("company"), row.text("description")];
    let note = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let comes_in = match row.text("direction") {
        Some("IN") => true,
        Some("OUT") => false,
        _ => !(cash.is_sign_negative() || quantity.is_sign_negative()),
    };
    let booked = |kind: TransactionKind, amount: Decimal| ExportTransaction {
        note: note.clone(),
        broker_id: row.broker_id(),
        ..ExportTransaction::new(&row.account, row.line, kind, date, (amount, unit.currency))
    };
    if quantity.is_zero() == cash.is_zero() {
        return Err(inbox(row.text("type").unwrap_or("Transfer"), "it moves neither only units nor only cash"));
    }
    let kind = match (quantity.is_zero(), comes_in) {
        (true, true) => {
            return Ok(booked(TransactionKind::Deposit, product("cashTransfer", [cash.abs(), unit.scale])?));
        }
        (true, false) => {
            return Ok(booked(TransactionKind::Withdrawal, -product("cashTransfer", [cash.abs(), unit.scale])?));
        }
        (false, true) => TransactionKind::TransferIn,
        (false, false) => TransactionKind::TransferOut,
    };
    let symbol = instruments.listed(row, unit, Naming::Name)?;
    Ok(ExportTransaction { symbol: Some(symbol), quantity: Some(quantity.abs()), ..booked(kind, Decimal::ZERO) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml_elements::read_elements;

    fn row(tag: &str) -> Row {
        let elements = read_elements("a.xml", tag.as_bytes()).expect("readable");
        Row::of(&elements[0], "U1").expect("a row")
    }

    fn read_days(cells: &str) -> (String, Option<String>) {
        let (trade, settlement) = days(&row(&format!("<CashTransaction {cells}/>"))).expect("days");
        (trade.to_string(), settlement.map(|day| day.to_string()))
    }

    #[test]
    fn a_dividend_is_of_its_ex_date_and_a_late_correction_of_the_day_it_is_reported() {
        let paid = "dateTime='20250805;202000' settleDate='20250805' reportDate='20250805' exDate='20250801'";
        assert_eq!(read_days(paid), ("2025-08-01".to_owned(), Some("2025-08-05".to_owned())));
        let evening = "dateTime='20241227;202000' settleDate='20241227' reportDate='20241230'";
        assert_eq!(read_days(evening), ("2024-12-27".to_owned(), None));
        let late = "dateTime='20190515;202000' reportDate='20200217'";
        assert_eq!(read_days(late), ("2020-02-17".to_owned(), None));
        assert!(days(&row("<CashTransaction/>")).is_err());
    }

    #[test]
    fn the_amount_per_unit_is_read_in_the_currency_of_the_row_only() {
        let read = |text: &str, currency: &str| per_unit(TransactionKind::Dividend, text, currency);
        let found = Some(Decimal::new(24, 2));
        assert_eq!(read("EXPO(US30214U1025) CASH DIVIDEND USD 0.24 PER SHARE (Ordinary Dividend)", "USD"), found);
        assert_eq!(read("MMM(US88579Y1010) CASH DIVIDEND 0.24 USD PER SHARE", "USD"), found);
        assert_eq!(read("EXPO CASH DIVIDEND USD 0.24 PER SHARE", "EUR"), None);
        assert_eq!(read("KRDIV CASH DIVIDEND KRW 1,550 PER SHARE", "KRW"), None, "no guess at separators");
        assert_eq!(per_unit(TransactionKind::Fee, "USD 0.24 PER SHARE", "USD"), None);
    }

    #[test]
    fn the_sign_decides_where_the_word_does_not() {
        let plus = Decimal::ONE;
        assert_eq!(kind("Withholding Tax", "", plus), Ok(TransactionKind::TaxReclaim));
        assert_eq!(kind("Withholding Tax", "", -plus), Ok(TransactionKind::TaxWithholding));
        assert_eq!(kind("Deposits/Withdrawals", "", -plus), Ok(TransactionKind::Withdrawal));
        assert_eq!(kind("Other Fees", "", -plus), Ok(TransactionKind::Fee));
        assert_eq!(kind("Other Fees", "", plus), Ok(TransactionKind::Fee));
        assert_eq!(kind("Commission Adjustments", "", plus), Ok(TransactionKind::FeeBrokerage));
        assert!(matches!(kind("Price Adjustments", "", plus), Err(Refusal::Inbox { .. })));
        assert_eq!(kind("Bond Interest Paid", "PURCHASE ACCRUED INT X 5", -plus), Ok(TransactionKind::AccruedInterest));
        assert_eq!(kind("Dividends", "X (Return of Capital)", plus), Ok(TransactionKind::ReturnOfCapital));
    }
}
