//! What was booked in a portfolio; booking and correcting.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId, Price, Quantity};
use serde::{Deserialize, Serialize};
use store::EnteredCorrection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, AnyFields, Asked, Sent};
use crate::bookkeeping::{Fields, Written};
use crate::caller::Caller;
use crate::dates::RangeQuery;
use crate::problem::{Problem, Refusals, WriteRefusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "transactions",
    doc: "What was booked in a portfolio; booking and correcting.",
    routes: transaction_routes,
};

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

/// A transaction as it is booked now.
#[derive(Serialize, ToSchema)]
struct KeptTransaction {
    /// What is booked. It never changes.
    transaction: BookedTransaction,
    /// The reversal that took it back; null if it counts.
    taken_back_by: Option<BookedTransaction>,
    /// The corrections in which it is corrected, takes another one back, or takes its place; the first first. What an
    /// import took back has none.
    corrections: Vec<CorrectionDescription>,
}

/// A correction.
#[derive(Serialize, ToSchema)]
struct CorrectionDescription {
    /// The entry, named by the `origin` of its transactions.
    #[schema(example = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    entry_id: String,
    /// The transaction that is corrected.
    #[schema(example = "17")]
    corrects: String,
    /// The one that takes it back.
    #[schema(example = "17-reversal")]
    reversal_id: String,
    /// The one that takes its place; null if nothing does.
    #[schema(example = "17a")]
    replacement_id: Option<String>,
    /// Why.
    #[schema(example = "the broker sent a corrected confirmation")]
    reason: String,
    /// Who entered it: the id of a user, or `house`.
    entered_by: String,
    /// When.
    entered_at: DateTime<Utc>,
}

/// Transactions to be booked: all of them, or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTransactions {
    /// 1 to 500 transactions, in the order of the bookings of a day.
    #[schema(value_type = Vec<NewTransaction>)]
    transactions: Vec<Fields>,
}

/// A transaction to be booked: the columns of `transactions.csv`, each as text. Numbers are exact.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent; the cells are read by the reader of files")]
struct NewTransaction {
    /// The id within the portfolio. Sent again with the same content it is left as it is.
    #[schema(example = "17")]
    tx_id: String,
    /// The day of the trade or of the cash movement.
    #[schema(format = Date, example = "2014-12-31")]
    date: String,
    /// The day on which cash and securities change hands; the trade date if none is given.
    #[schema(format = Date, example = "2015-01-05")]
    settlement_date: Option<String>,
    /// The kind.
    #[schema(rename = "type", example = "BUY")]
    kind: String,
    /// The symbol of the instrument in the market of the portfolio, for kinds that have one.
    #[schema(example = "SAP")]
    symbol: Option<String>,
    /// Units, positive where the kind moves units.
    #[schema(example = "12.5")]
    quantity: Option<String>,
    /// The price per unit as quoted.
    #[schema(example = "60.15")]
    price: Option<String>,
    /// The currency of `net_cash`, `fees` and `taxes`.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// Fees inside `net_cash`.
    #[schema(example = "1.125")]
    fees: Option<String>,
    /// Taxes inside `net_cash`.
    #[schema(example = "0")]
    taxes: Option<String>,
    /// The signed change of the cash account, fees and taxes inside.
    #[schema(example = "-753.00")]
    net_cash: Option<String>,
    /// The other currency of an FX deal.
    counter_currency: Option<String>,
    /// The signed amount in the other currency.
    counter_amount: Option<String>,
    /// For units brought in: what they had cost before.
    lot_cost: Option<String>,
    /// For units brought in: the day on which they were acquired.
    #[schema(format = Date)]
    lot_acquired_date: Option<String>,
    /// For a disposal by specific identification: the lots to close.
    lots_closed: Option<String>,
    /// For a `REVERSAL`: the id of the transaction that it takes back.
    reverses: Option<String>,
    /// For an internal transfer: the other portfolio.
    counter_portfolio: Option<String>,
    /// What the broker wrote beside it.
    note: Option<String>,
}

/// A correction: the transaction is taken back, and another one takes its place, if one is given.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent; the fields are read one by one, to name all that are wrong")]
struct NewCorrection {
    /// Why.
    #[schema(example = "the broker sent a corrected confirmation")]
    reason: String,
    /// What takes the place, with an id of its own; nothing if the transaction should not have been booked at all.
    replacement: Option<NewTransaction>,
    /// The id of the reversal; that of the transaction with `-reversal` if none is given.
    #[schema(example = "17-reversal")]
    reversal_id: Option<String>,
    /// The date of the reversal; the trade date of the transaction if none is given. What is taken back counts on no
    /// day either way.
    #[schema(format = Date)]
    date: Option<String>,
}

/// What was booked.
#[derive(Serialize, ToSchema)]
struct BookedEntry {
    /// The portfolio.
    #[schema(value_type = String, example = "growth")]
    portfolio_id: PortfolioId,
    /// Transactions that are new.
    #[schema(example = 2)]
    inserted: u64,
    /// Transactions that were booked already, just like this.
    #[schema(example = 0)]
    unchanged: u64,
    /// The first day from which the next night makes figures anew; null if nothing is new. Documents that are out stay
    /// as they are until they are restated.
    #[schema(value_type = Option<String>, format = Date, example = "2014-12-31")]
    from_date: Option<BusinessDate>,
    /// Bookings that a person should look at; they are in the inbox.
    #[schema(example = 0)]
    doubt_count: usize,
}

impl From<EnteredCorrection> for CorrectionDescription {
    fn from(entered: EnteredCorrection) -> CorrectionDescription {
        CorrectionDescription {
            entry_id: entered.by.entry_id,
            corrects: entered.correction.corrects,
            reversal_id: entered.correction.reversal_id,
            replacement_id: entered.correction.replacement_id,
            reason: entered.correction.reason,
            entered_by: entered.by.entered_by,
            entered_at: entered.entered_at,
        }
    }
}

fn transaction_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(transactions, book)).routes(routes!(transaction)).routes(routes!(correct))
}

/// A transaction as it is booked now, also before a night has seen it, with what became of it.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/transactions/{transaction_id}",
    tag = "transactions",
    params(
        ("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."),
        ("transaction_id" = String, Path, description = "The id within the portfolio, e.g. `17`."),
    ),
    responses((status = 200, description = "The transaction.", body = KeptTransaction), Refusals),
)]
async fn transaction(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed((portfolio_id, transaction_id)): Addressed<(String, String)>,
) -> Result<Json<KeptTransaction>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let kept = portfolio.transaction(&context, &transaction_id).await?;
    Ok(Json(KeptTransaction {
        transaction: kept.transaction.into(),
        taken_back_by: kept.taken_back_by.map(BookedTransaction::from),
        corrections: kept.corrections.into_iter().map(CorrectionDescription::from).collect(),
    }))
}

/// Books transactions; for operations. What `financr import` refuses in `transactions.csv` is refused here, and then
/// nothing is booked; `violations` names the rows from 0.
#[utoipa::path(
    post,
    path = "/portfolios/{portfolio_id}/transactions",
    tag = "transactions",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`.")),
    request_body = NewTransactions,
    responses(
        (status = 201, description = "They are booked.", body = BookedEntry),
        (status = 200, description = "They were booked already, just like this.", body = BookedEntry),
        Refusals,
        WriteRefusals,
    ),
)]
async fn book(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Sent(new): Sent<NewTransactions>,
) -> Result<(StatusCode, Json<BookedEntry>), Problem> {
    let portfolio = caller.writable(&context, &portfolio_id).await?;
    let written = context.books.book(&portfolio, new.transactions).await?;
    Ok(booked(portfolio.agreed().portfolio_id.clone(), written))
}

/// Corrects a transaction; for operations. It is taken back and another one booked: nothing that was booked changes. A
/// transaction of a closed year is not corrected.
#[utoipa::path(
    post,
    path = "/portfolios/{portfolio_id}/transactions/{transaction_id}/corrections",
    tag = "transactions",
    params(
        ("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."),
        ("transaction_id" = String, Path, description = "The transaction that is corrected, e.g. `17`."),
    ),
    request_body = NewCorrection,
    responses(
        (status = 201, description = "It is corrected.", body = BookedEntry),
        (status = 200, description = "It was corrected already, just like this.", body = BookedEntry),
        Refusals,
        WriteRefusals,
    ),
)]
async fn correct(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed((portfolio_id, transaction_id)): Addressed<(String, String)>,
    Sent(AnyFields(fields)): Sent<AnyFields>,
) -> Result<(StatusCode, Json<BookedEntry>), Problem> {
    let portfolio = caller.writable(&context, &portfolio_id).await?;
    let written = context.books.correct(&portfolio, transaction_id, fields).await?;
    Ok(booked(portfolio.agreed().portfolio_id.clone(), written))
}

fn booked(portfolio_id: PortfolioId, written: Written) -> (StatusCode, Json<BookedEntry>) {
    let Written { inserted, unchanged, from_date, doubts } = written;
    let status = if inserted == 0 { StatusCode::OK } else { StatusCode::CREATED };
    (status, Json(BookedEntry { portfolio_id, inserted, unchanged, from_date, doubt_count: doubts }))
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
