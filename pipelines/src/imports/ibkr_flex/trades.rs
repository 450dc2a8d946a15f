//! Trades: shares, funds, bonds and options bought and sold, and one currency for another.
//!
//! The broker settles a trade in its own currency and exchanges currencies in trades of their own, so each row stands
//! for itself. `netCash` is what moved, to fractions of a cent, with commission and taxes inside.

use ledger::TransactionKind;
use rust_decimal::Decimal;
use schemas::Currency;

use super::instruments::{Instruments, Naming, price_factor};
use super::rows::{Row, Unit, unit};
use crate::imports::{DEAL_CANCELLED, DEAL_PREFIX, Deal, ExportQuote, ExportTransaction};
use crate::refusals::{Refusal, inbox, product, reject};

/// What a trade books, and the close of its day if the row has one.
pub(super) type Booked = (Vec<ExportTransaction>, Option<ExportQuote>);

/// Asset classes of which a trade is units for cash and nothing else.
const PLAIN: &[&str] = &["STK", "FUND", "ETF", "BOND", "BILL", "OPT", "WAR", "IOPT", "CRYPTO"];
/// Asset classes that are settled by daily margin: what moves on the day of the trade is the commission only.
const ON_MARGIN: &[&str] = &["FUT", "FOP", "FSFOP", "FSOPT", "CFD", "FXCFD"];

/// The rows of a trade that share its number, told apart: units for cash, and a commission apart from them, which has
/// the ending alone; one currency for another, and its commission.
const UNITS: &str = "";
const COMMISSION: &str = "-commission";
const EXCHANGE: &str = "-fx";
const EXCHANGE_COMMISSION: &str = "-fx-commission";

/// How far `netCash` may be from the sum of its parts, because one of them was rounded to cents.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// The side of a trade.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Buy,
    Sell,
}

/// Books a trade.
pub(super) fn book(row: &Row, instruments: &mut Instruments) -> Result<Booked, Refusal> {
    match row.required("assetCategory")? {
        "CASH" => Ok((exchange(row)?, None)),
        class if PLAIN.contains(&class) && is_cancelled(row) => Err(cancelled(row)),
        class if PLAIN.contains(&class) => units_for_cash(row, instruments),
        class if ON_MARGIN.contains(&class) => Err(inbox(
            class,
            "it is settled by daily margin, which Financr does not book; book the money that moved as DEPOSIT, \
             WITHDRAWAL or FEE_BROKERAGE",
        )),
        class => Err(inbox(class, "Financr does not know this asset class; book what it moved by hand")),
    }
}

fn is_cancelled(row: &Row) -> bool {
    let kind = row.text("transactionType").unwrap_or_default();
    kind.ends_with("Cancel") || row.text("buySell").is_some_and(|side| side.ends_with("(Ca.)"))
}

fn cancelled(row: &Row) -> Refusal {
    let original = match (row.text("origTransactionID").filter(|id| *id != "0"), row.text("origTradeID")) {
        (Some(id), _) => format!("transaction `{id}`"),
        (None, Some(id)) => format!("trade `{id}`"),
        (None, None) => "an earlier trade".to_owned(),
    };
    inbox(
        row.text("transactionType").unwrap_or("TradeCancel"),
        format!("it takes back {original}; book a REVERSAL of it, and a FEE_BROKERAGE if the commission was kept"),
    )
}

/// The number of the trade that a row takes back; none if it takes back none, or does not say which.
pub(super) fn takes_back(row: &Row) -> Option<&str> {
    row.number_given("origTradeID").filter(|_| is_cancelled(row))
}

/// The deal of a part of a row. The broker's number of a trade is shared by its executions, by its commission and by a
/// trade that replaces it once it was taken back, so it is no id by itself.
fn deal(row: &Row, part: &str) -> Option<Deal> {
    let number = takes_back(row).or_else(|| row.number_given("tradeID"))?;
    let ending = if is_cancelled(row) { DEAL_CANCELLED } else { "" };
    Some(Deal { name: format!("{DEAL_PREFIX}{number}{part}{ending}"), taken_back: 0 })
}

/// Whether the rows of a deal are those of a trade, and not those that take it back.
pub(super) fn is_of_trade(deal: &Deal, number: &str) -> bool {
    let part = deal.name.strip_prefix(DEAL_PREFIX).and_then(|name| name.strip_prefix(number));
    part.is_some_and(|part| [UNITS, COMMISSION, EXCHANGE, EXCHANGE_COMMISSION].contains(&part))
}

/// The side that the row names, which its quantity must agree with.
fn side(row: &Row, quantity: Decimal) -> Result<Side, Refusal> {
    if quantity.is_zero() {
        return Err(reject("quantity", "a trade of no units books nothing"));
    }
    let by_sign = if quantity.is_sign_negative() { Side::Sell } else { Side::Buy };
    match row.text("buySell") {
        None => Ok(by_sign),
        Some("BUY") if by_sign == Side::Buy => Ok(by_sign),
        Some("SELL") if by_sign == Side::Sell => Ok(by_sign),
        Some(word) => Err(reject("buySell", format!("`{word}` contradicts the quantity {quantity}"))),
    }
}

/// What moved, in the currency of the trade.
struct Cash {
    net: Decimal,
    fees: Decimal,
    taxes: Decimal,
    /// A commission in another currency, which was taken apart from the trade: negative, or positive if it came back.
    apart: Option<(Decimal, Currency)>,
}

fn units_for_cash(row: &Row, instruments: &mut Instruments) -> Result<Booked, Refusal> {
    let unit = row.unit()?;
    let quantity = row.required_number("quantity")?;
    let side = side(row, quantity)?;
    let cash = cash(row, unit, side, quantity)?;
    let trade_date = row.trade_date()?;
    let symbol = instruments.listed(row, unit, Naming::Name)?;
    let kind = if side == Side::Buy { TransactionKind::Buy } else { TransactionKind::Sell };
    let factor = price_factor(row)?;
    let price = match row.number("tradePrice")? {
        Some(price) => Some(product("tradePrice", [price, factor])?),
        None => derived_price(&cash, quantity, unit),
    };
    let trade = ExportTransaction {
        settlement_date: row.date("settleDateTarget")?.filter(|settled| trade_date <= *settled),
        symbol: Some(symbol.clone()),
        quantity: Some(quantity.abs()),
        price,
        fees: cash.fees,
        taxes: cash.taxes,
        note: note(row),
        broker_id: row.broker_id(),
        deal: deal(row, UNITS),
        ..ExportTransaction::new(&row.account, row.line, kind, trade_date, (cash.net, unit.currency))
    };
    let commission = cash
        .apart
        .map(|apart| ExportTransaction { deal: deal(row, COMMISSION), ..commission_apart(row, &trade, apart) });
    let close = row.number("closePrice")?.filter(|close| Decimal::ZERO < *close);
    let close = close.map(|close| product("closePrice", [close, factor])).transpose()?;
    let date = row.date("reportDate")?.unwrap_or(trade_date);
    let quote = close.map(|close| ExportQuote { symbol, date, close });
    Ok(([Some(trade), commission].into_iter().flatten().collect(), quote))
}

/// What the broker wrote: the description, and the codes beside it, e.g. `A` where an option was assigned.
fn note(row: &Row) -> String {
    let description = row.text("description").unwrap_or_default();
    match row.text("notes") {
        Some(codes) => format!("{description} ({codes})"),
        None => description.to_owned(),
    }
}

/// The price that follows exactly from cash and quantity; none if the division does not come out even.
fn derived_price(cash: &Cash, quantity: Decimal, unit: Unit) -> Option<Decimal> {
    let gross = (cash.net + cash.fees + cash.taxes).abs();
    let price = gross.checked_div(quantity.abs())?.checked_div(unit.scale)?;
    let again = product("tradePrice", [price, unit.scale, quantity.abs()]).ok()?;
    (again == gross).then_some(price)
}

/// What moved: `netCash`, which must be the sum of its parts, or what the row says instead of it.
fn cash(row: &Row, unit: Unit, side: Side, quantity: Decimal) -> Result<Cash, Refusal> {
    let Commission { amount: commission, inside } = commission_of(row, unit)?;
    let inside_commission = if inside { commission.0 } else { Decimal::ZERO };
    let apart = Some(commission).filter(|(amount, _)| !inside && !amount.is_zero());
    let scaled = |name: &'static str| -> Result<Option<Decimal>, Refusal> {
        row.number(name)?.map(|amount| product(name, [amount, unit.scale])).transpose()
    };
    let taxes = scaled("taxes")?.unwrap_or_default();
    let (proceeds, stated) = (scaled("proceeds")?, scaled("netCash")?);
    let factor = price_factor(row)?;
    let at_price = row.number("tradePrice")?.map(|price| product("tradePrice", [-quantity, price, factor, unit.scale]));
    let at_price = at_price.transpose()?;
    // The cost of a purchase that opens a position is what was paid; of any other trade it is that of older lots.
    let opens = side == Side::Buy && row.text("openCloseIndicator") != Some("C");
    let cost = scaled("cost")?.filter(|_| opens);
    let summed = |gross: Decimal| gross + inside_commission + taxes;
    let net = match (stated, proceeds, at_price, cost) {
        (Some(stated), Some(proceeds), _, _) if ROUNDING < (stated - summed(proceeds)).abs() => {
            let parts = format!("proceeds {proceeds}, commission {inside_commission} and taxes {taxes}");
            let what = row.text("transactionType").unwrap_or("Trade");
            return Err(inbox(what, format!("netCash {stated} is not the sum of {parts}; book what really moved")));
        }
        (Some(stated), _, _, _) => stated,
        (None, Some(gross), _, _) | (None, None, Some(gross), _) => summed(gross),
        (None, None, None, Some(cost)) => -cost,
        (None, None, None, None) => {
            return Err(reject("netCash", "netCash, proceeds and tradePrice are all missing; add them to the query"));
        }
    };
    if side == Side::Buy && Decimal::ZERO < net {
        return Err(inbox("BUY", format!("a purchase that brings {net} has no booking; book what really moved")));
    }
    Ok(Cash { net, fees: charge(inside_commission), taxes: charge(taxes), apart })
}

/// A charge as a positive amount; nothing for a rebate, which is inside the cash and no negative fee.
fn charge(amount: Decimal) -> Decimal {
    if amount.is_sign_negative() { -amount } else { Decimal::ZERO }
}

/// A commission with its currency, negative if it was charged, and whether it is inside the cash of the trade.
struct Commission {
    amount: (Decimal, Currency),
    inside: bool,
}

fn commission_of(row: &Row, trade: Unit) -> Result<Commission, Refusal> {
    let amount = row.number("ibCommission")?.unwrap_or_default();
    let own = match row.text("ibCommissionCurrency") {
        Some(code) => unit("ibCommissionCurrency", code)?,
        None => trade,
    };
    let inside = own.currency == trade.currency;
    Ok(Commission { amount: (product("ibCommission", [amount, own.scale])?, own.currency), inside })
}

/// The booking of a commission that is not inside the cash of its trade.
fn commission_apart(row: &Row, trade: &ExportTransaction, commission: (Decimal, Currency)) -> ExportTransaction {
    let kind = TransactionKind::FeeBrokerage;
    ExportTransaction {
        settlement_date: trade.settlement_date,
        symbol: trade.symbol.clone(),
        note: format!("commission of {}", note(row)),
        broker_id: row.broker_id().map(|id| format!("{id}-commission")),
        is_refund: Decimal::ZERO < commission.0,
        ..ExportTransaction::new(&row.account, row.line, kind, trade.trade_date, commission)
    }
}

/// One currency for another: the quantity of the first, the proceeds in the second. A cancelled deal has both signs
/// turned, and takes the first one back without a trace, because cash has no lots.
fn exchange(row: &Row) -> Result<Vec<ExportTransaction>, Refusal> {
    let symbol = row.required("symbol")?;
    let no_pair = || reject("symbol", format!("`{symbol}` is no pair of currencies like EUR.USD"));
    let (base, quoted) = symbol.split_once('.').ok_or_else(no_pair)?;
    let (base, quoted) = (unit("symbol", base)?, unit("symbol", quoted)?);
    if quoted != row.unit()? || base.currency == quoted.currency {
        return Err(no_pair());
    }
    let quantity = row.required_number("quantity")?;
    let price = row.number("tradePrice")?;
    let proceeds = match (row.number("proceeds")?, price) {
        (Some(proceeds), _) => proceeds,
        (None, Some(price)) => product("tradePrice", [-quantity, price])?,
        (None, None) => return Err(reject("proceeds", "proceeds and tradePrice are both missing")),
    };
    if !row.number("taxes")?.unwrap_or_default().is_zero() {
        return Err(inbox("CASH", "an exchange of currencies with a tax has no booking; book both by hand"));
    }
    let trade_date = row.trade_date()?;
    let moved = (product("quantity", [quantity, base.scale])?, base.currency);
    let exchanged = ExportTransaction {
        settlement_date: row.date("settleDateTarget")?.filter(|settled| trade_date <= *settled),
        price,
        counter_currency: Some(quoted.currency),
        counter_amount: Some(product("proceeds", [proceeds, quoted.scale])?),
        note: note(row),
        broker_id: row.broker_id(),
        deal: deal(row, EXCHANGE),
        ..ExportTransaction::new(&row.account, row.line, TransactionKind::Fx, trade_date, moved)
    };
    // Only one of the two accounts pays the commission, so it is a booking of its own.
    let commission = commission_of(row, quoted)?.amount;
    let fee = (!commission.0.is_zero()).then(|| ExportTransaction {
        deal: deal(row, EXCHANGE_COMMISSION),
        ..commission_apart(row, &exchanged, commission)
    });
    Ok([Some(exchanged), fee].into_iter().flatten().collect())
}
