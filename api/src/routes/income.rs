//! What a portfolio received from what it holds, and the tax on it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use schemas::table::Record;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId, Price, Quantity};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::RangeQuery;
use crate::entitled::VisiblePortfolio;
use crate::kept_answers::{KeptAnswer, Kind};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "income",
    doc: "What a portfolio received from what it holds, and the tax on it.",
    routes: income_routes,
};

static ANSWER: Kind =
    Kind { name: "income", tables: &[NavBridgeRow::TABLE, PortfolioValue::TABLE, Transaction::TABLE] };

/// Bookings in one answer at most.
const BOOKINGS_MAX: usize = 20_000;
/// The steps of the change in value that are income before tax, and those that are the tax on it.
const INCOME: [BridgeComponent; 4] = [
    BridgeComponent::Dividends,
    BridgeComponent::Interest,
    BridgeComponent::AccruedInterest,
    BridgeComponent::LendingIncome,
];
const TAXES: [BridgeComponent; 2] = [BridgeComponent::TaxWithholding, BridgeComponent::TaxReclaim];
/// The kinds of bookings behind them.
const KINDS: [&str; 9] = [
    "DIVIDEND",
    "STOCK_DIVIDEND",
    "DIVIDEND_IN_KIND",
    "DIVIDEND_REINVESTED",
    "INTEREST",
    "ACCRUED_INTEREST",
    "LENDING_INCOME",
    "TAX_WITHHOLDING",
    "TAX_RECLAIM",
];

/// The income of a portfolio over a range of dates.
#[derive(Serialize, ToSchema)]
struct Income {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The first date of the range.
    #[schema(value_type = String, format = Date, example = "2014-01-01")]
    from_date: BusinessDate,
    /// The last date of the range, included.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    to_date: BusinessDate,
    /// The currency of base amounts.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// Income before tax, in the base currency; null if it is not known in parts.
    #[schema(value_type = Option<String>, example = "1250.5")]
    gross_base: Option<Amount>,
    /// Tax withheld from it, less what came back, in the base currency: negative if more was withheld; null if it is
    /// not known in parts.
    #[schema(value_type = Option<String>, example = "-187.5")]
    taxes_base: Option<Amount>,
    /// What is left, in the base currency; null if it is not known in parts.
    #[schema(value_type = Option<String>, example = "1063")]
    net_base: Option<Amount>,
    /// The parts by kind and currency, as they stand in the change in value of statements: each counts on the valuation
    /// date that follows its booking. Empty if they are not known.
    components: Vec<IncomeComponent>,
    /// Why the parts are not known; null if they are.
    unavailable_reason: Option<String>,
    /// The bookings in the range, by trade date.
    items: Vec<IncomeBooking>,
}

/// Income of one kind in one currency, or tax on income.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct IncomeComponent {
    /// `dividends`, `interest`, `accrued_interest`, `lending_income`, `tax_withholding` or `tax_reclaim`.
    #[schema(value_type = String, example = "dividends")]
    component: &'static str,
    /// Its name for people.
    #[schema(value_type = String, example = "Dividends")]
    title: &'static str,
    /// The currency of `amount`.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// The amount, negative if it was paid.
    #[schema(value_type = Option<String>, example = "100")]
    amount: Option<Amount>,
    /// The same in the base currency, at the rates of its days.
    #[schema(value_type = Option<String>, example = "91.25")]
    amount_base: Option<Amount>,
}

/// A booking that brought income, or tax on it.
#[derive(Serialize, ToSchema)]
struct IncomeBooking {
    /// The transaction, below `/portfolios/{portfolio_id}/transactions`.
    transaction_id: String,
    /// The day on which it was booked.
    #[schema(value_type = String, format = Date, example = "2014-05-22")]
    trade_date: BusinessDate,
    /// The kind.
    #[schema(example = "DIVIDEND")]
    kind: String,
    /// The instrument; null for interest on cash.
    #[schema(value_type = Option<String>, example = "world~SAP")]
    instrument_id: Option<InstrumentId>,
    /// Units received, for income in units.
    #[schema(value_type = Option<String>)]
    quantity: Option<Quantity>,
    /// The amount per unit, if the booking says it.
    #[schema(value_type = Option<String>)]
    price: Option<Price>,
    /// The currency of the amounts.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// What changed the cash account, after taxes and fees.
    #[schema(value_type = String, example = "85")]
    net_cash: Amount,
    /// Taxes taken from it.
    #[schema(value_type = String, example = "15")]
    taxes: Amount,
    /// Fees taken from it.
    #[schema(value_type = String, example = "0")]
    fees: Amount,
    /// The reversal that took it back; null if it counts.
    taken_back_by: Option<String>,
}

fn income_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(income))
}

/// Dividends, interest and what else a portfolio received from what it holds over a range of dates, and the tax on it.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/income",
    tag = "income",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), RangeQuery),
    responses((status = 200, description = "The income, by kind and booking.", body = Income), Refusals),
)]
async fn income(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<RangeQuery>,
) -> Result<KeptAnswer, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let make = async || {
        let (from_date, to_date) = query.range(&context, &portfolio).await?;
        let bridge = context.facts.nav_bridge(&portfolio, (from_date, to_date)).await?;
        let values = context.facts.portfolio_values(&portfolio, (from_date, to_date)).await?;
        let reason = unknown_parts(&bridge, values.last());
        let components = if reason.is_none() { parts(&bridge) } else { Vec::new() };
        let total = |counted: &[BridgeComponent]| match &reason {
            None => sum(&components, counted),
            Some(_) => Ok(None),
        };
        Ok(Income {
            portfolio_id: portfolio.id().clone(),
            from_date,
            to_date,
            base_currency: portfolio.base_currency,
            gross_base: total(&INCOME)?,
            taxes_base: total(&TAXES)?,
            net_base: total(&[&INCOME[..], &TAXES[..]].concat())?,
            items: bookings(&context, &portfolio, (from_date, to_date)).await?,
            components,
            unavailable_reason: reason,
        })
    };
    context.kept_answers.answer(&context, &ANSWER, (&portfolio, query.asked()), make).await
}

/// Why the change in value is not known in parts; none if it is. What was booked up to a close that could not be valued
/// counts with the next one that can be.
fn unknown_parts(bridge: &[NavBridgeRow], last: Option<&PortfolioValue>) -> Option<String> {
    let hidden = bridge.iter().find(|row| match row.component {
        BridgeComponent::Unknown => true,
        BridgeComponent::Gap => last.is_some_and(|last| last.business_date == row.business_date),
        _ => false,
    })?;
    let said = hidden.detail.as_deref().unwrap_or(hidden.component.definition());
    Some(format!("the change in value up to {} is not known in parts: {said}", hidden.business_date))
}

fn parts(bridge: &[NavBridgeRow]) -> Vec<IncomeComponent> {
    let counted = INCOME.iter().chain(&TAXES);
    let rows = counted.flat_map(|component| bridge.iter().filter(move |row| row.component == *component));
    let part = |row: &NavBridgeRow| IncomeComponent {
        component: row.component.code(),
        title: row.component.title(),
        currency: row.currency,
        amount: row.amount,
        amount_base: row.amount_base,
    };
    rows.map(part).collect()
}

/// The sum in the base currency; none if one part has no amount in it.
///
/// # Errors
/// A 500 if the sum has more than 28 digits.
fn sum(parts: &[IncomeComponent], counted: &[BridgeComponent]) -> Result<Option<Amount>, Problem> {
    let mut total = Amount::ZERO;
    for part in parts.iter().filter(|part| counted.iter().any(|component| component.code() == part.component)) {
        let Some(amount) = part.amount_base else { return Ok(None) };
        let sum = total.decimal().checked_add(amount.decimal());
        total = Amount::new(sum.ok_or_else(|| Problem::internal(&TooLarge))?);
    }
    Ok(Some(total))
}

/// A sum of amounts that no decimal can hold.
#[derive(Debug, thiserror::Error)]
#[error("the income of the range has more than 28 digits")]
struct TooLarge;

/// The bookings in a range. What takes them back may have been booked after it.
async fn bookings(
    context: &Context,
    portfolio: &VisiblePortfolio,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Vec<IncomeBooking>, Problem> {
    let latest = context.facts.latest_business_date(portfolio).await?;
    let known_until = latest.map_or(to, |latest| latest.max(to));
    let booked = context.facts.transactions(portfolio, (from, known_until)).await?;
    let reversals = booked.iter().filter_map(|row| Some((row.reverses.clone()?, row.transaction_id.clone())));
    let mut reversals: HashMap<String, String> = reversals.collect();
    let is_income = |row: &Transaction| row.trade_date <= to && KINDS.contains(&row.kind.as_str());
    let items: Vec<IncomeBooking> = booked
        .into_iter()
        .filter(is_income)
        .map(|row| IncomeBooking {
            taken_back_by: reversals.remove(&row.transaction_id),
            transaction_id: row.transaction_id,
            trade_date: row.trade_date,
            kind: row.kind,
            instrument_id: row.instrument_id,
            quantity: row.quantity,
            price: row.price,
            currency: row.currency,
            net_cash: row.net_cash,
            taxes: row.taxes,
            fees: row.fees,
        })
        .collect();
    if BOOKINGS_MAX < items.len() {
        let detail = format!("{from} to {to} has more than {BOOKINGS_MAX} bookings of income");
        return Err(Problem::bad_request(detail, "ask for a shorter range, several times"));
    }
    Ok(items)
}
