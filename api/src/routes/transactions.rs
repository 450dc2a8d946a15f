//! What was booked in a portfolio.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
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
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "transactions", doc: "What was booked in a portfolio.", routes: transaction_routes };

/// Transactions in one answer at most.
const TRANSACTIONS_MAX: usize = 20_000;

/// The transactions of a portfolio over a range of trade dates.
#[derive(Serialize, ToSchema)]
struct Transactions {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The first trade date of the range.
    #[schema(value_type = String, format = Date, example = "2014-01-01")]
    from_date: BusinessDate,
    /// The last trade date of the range, included.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    to_date: BusinessDate,
    /// The transactions, in the order of the bookings.
    items: Vec<BookedTransaction>,
}

/// A booked transaction.
#[derive(Serialize, ToSchema)]
struct BookedTransaction {
    /// The id within the portfolio.
    id: String,
    /// The day of the trade or of the cash movement.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    trade_date: BusinessDate,
    /// The day on which cash and securities change hands; null if it is the trade date.
    #[schema(value_type = Option<String>, format = Date, example = "2015-01-05")]
    settlement_date: Option<BusinessDate>,
    /// The kind.
    #[schema(example = "BUY")]
    kind: String,
    /// The instrument, for kinds that have one.
    #[schema(value_type = Option<String>, example = "world~SAP")]
    instrument_id: Option<InstrumentId>,
    /// Units of the instrument, positive where the kind moves units; the ratio of a `SPLIT`.
    #[schema(value_type = Option<String>, example = "12.5")]
    quantity: Option<Quantity>,
    /// The price per unit as quoted; the amount per unit of a `DIVIDEND`.
    #[schema(value_type = Option<String>, example = "60.15")]
    price: Option<Price>,
    /// The currency of cash, fees and taxes.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Fees inside `net_cash`; negative if they came back.
    #[schema(value_type = String, example = "1.125")]
    fees: Amount,
    /// Taxes inside `net_cash`; negative if they came back.
    #[schema(value_type = String, example = "0")]
    taxes: Amount,
    /// The signed change of the cash account, fees and taxes inside.
    #[schema(value_type = String, example = "-753")]
    net_cash: Amount,
    /// The other currency of an FX deal.
    #[schema(value_type = Option<String>)]
    counter_currency: Option<Currency>,
    /// The signed amount in the other currency.
    #[schema(value_type = Option<String>)]
    counter_amount: Option<Amount>,
    /// For units brought in: what they had cost before, in `currency`; null if they count at their market value.
    #[schema(value_type = Option<String>)]
    lot_cost: Option<Amount>,
    /// For units brought in: the day on which they were acquired; null if they are as old as the transaction.
    #[schema(value_type = Option<String>, format = Date)]
    lot_acquired_date: Option<BusinessDate>,
    /// For a disposal by specific identification: the lots to close.
    #[schema(example = "17=40;21")]
    lots_closed: Option<String>,
    /// For a `REVERSAL`: the id of the transaction that it takes back.
    reverses: Option<String>,
    /// For an internal transfer: the other portfolio.
    #[schema(value_type = Option<String>)]
    counter_portfolio_id: Option<PortfolioId>,
    /// When it was recorded, UTC; null for what a night saw before this was kept.
    recorded_at: Option<DateTime<Utc>>,
    /// What the broker wrote beside it.
    note: String,
    /// The file and line from which it was imported.
    #[schema(example = "D03/transactions.csv:7")]
    origin: String,
}

impl From<Transaction> for BookedTransaction {
    fn from(transaction: Transaction) -> BookedTransaction {
        BookedTransaction {
            id: transaction.transaction_id,
            trade_date: transaction.trade_date,
            settlement_date: transaction.settlement_date,
            kind: transaction.kind,
            instrument_id: transaction.instrument_id,
            quantity: transaction.quantity,
            price: transaction.price,
            currency: transaction.currency,
            fees: transaction.fees,
            taxes: transaction.taxes,
            net_cash: transaction.net_cash,
            counter_currency: transaction.counter_currency,
            counter_amount: transaction.counter_amount,
            lot_cost: transaction.lot_cost,
            lot_acquired_date: transaction.lot_acquired_date,
            lots_closed: transaction.lots_closed,
            reverses: transaction.reverses,
            counter_portfolio_id: transaction.counter_portfolio_id,
            recorded_at: transaction.recorded_at,
            note: transaction.note,
            origin: transaction.origin,
        }
    }
}

fn transaction_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(transactions))
}

/// The transactions of a portfolio over a range of trade dates, as the last night saw them.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/transactions",
    tag = "transactions",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), RangeQuery),
    responses((status = 200, description = "The transactions, as booked.", body = Transactions), Refusals),
)]
async fn transactions(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<RangeQuery>,
) -> Result<Json<Transactions>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let (from_date, to_date) = query.range(&context, &portfolio).await?;
    let booked = context.facts.transactions(&portfolio, (from_date, to_date)).await?;
    if TRANSACTIONS_MAX < booked.len() {
        let detail = format!("{from_date} to {to_date} has more than {TRANSACTIONS_MAX} transactions");
        return Err(Problem::bad_request(detail, "ask for a shorter range, several times"));
    }
    let items = booked.into_iter().map(BookedTransaction::from).collect();
    Ok(Json(Transactions { portfolio_id: portfolio.id().clone(), from_date, to_date, items }))
}
