//! Who may write books, and the only way to write them.
//!
//! Whoever is handed the right by [`Caller::opening`] or [`Caller::writable`] may; nobody else reaches the bookkeeping,
//! for every call of it takes one of them. Operations and the house itself write. An admin opens portfolios and reads
//! none, so changes none either. Clients, advisers and compliance read.

use std::sync::Arc;

use schemas::Role;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use store::{EnteredCorrection, EntryBy, OpenOutcome};
use tracing::Instrument;
use uuid::Uuid;

use super::VisiblePortfolio;
use crate::Context;
use crate::bookkeeping::{Bookkeeping, Fields, NotWritten, Writing, Written, WrongField};
use crate::caller::{Caller, Who};
use crate::problem::{Problem, Violation, shortened};

const HELP_WRITERS: &str = "ask somebody of operations";
const HELP_WRONG: &str = "mend every field that `violations` names, and send it again; nothing was written";
const HELP_CONFLICT: &str = "`violations` says what is there; send what does not contradict it. Nothing was written";
const HELP_TRANSACTIONS: &str = "GET /portfolios/{portfolio_id}/transactions lists the transactions";

/// The proof that the caller may open portfolios.
pub(crate) struct Opening {
    by: String,
}

/// The proof that the caller may change a portfolio and book in it.
pub(crate) struct WritablePortfolio {
    portfolio: VisiblePortfolio,
    by: String,
}

/// The bookkeeping behind the proofs; none where nothing is written.
pub(crate) struct Books(Option<Arc<dyn Bookkeeping>>);

/// A transaction with what became of it.
pub(crate) struct KeptTransaction {
    pub(crate) transaction: Transaction,
    pub(crate) taken_back_by: Option<Transaction>,
    pub(crate) corrections: Vec<EnteredCorrection>,
}

impl WritablePortfolio {
    /// What is agreed now.
    pub(crate) fn agreed(&self) -> &Portfolio {
        &self.portfolio
    }

    /// Who writes, as it is written down.
    pub(super) fn by(&self) -> &str {
        &self.by
    }
}

impl Caller {
    /// The right to open portfolios.
    ///
    /// # Errors
    /// A 403 for everybody but the house, operations and admins.
    pub(crate) fn opening(&self) -> Result<Opening, Problem> {
        let may = match &self.who {
            Who::House => true,
            Who::User(user) => matches!(user.role, Role::Operations | Role::Admin),
        };
        if may {
            return Ok(Opening { by: self.name().to_owned() });
        }
        self.note_refusal("house", "opening of portfolios");
        Err(Problem::forbidden("portfolios are opened by operations and admins", HELP_WRITERS))
    }

    /// A portfolio that the caller may change and book in, by the id in the address.
    ///
    /// # Errors
    /// A 404 if the caller may not see it, as for one that is not there; a 403 for everybody but the house and
    /// operations.
    pub(crate) async fn writable(&self, context: &Context, id: &str) -> Result<WritablePortfolio, Problem> {
        let portfolio = self.portfolio(context, id).await?;
        let may = match &self.who {
            Who::House => true,
            Who::User(user) => user.role == Role::Operations,
        };
        if may {
            return Ok(WritablePortfolio { portfolio, by: self.name().to_owned() });
        }
        self.note_refusal("portfolio", "writing");
        Err(Problem::forbidden("portfolios are changed and booked in by operations", HELP_WRITERS))
    }
}

impl VisiblePortfolio {
    /// A transaction as it is booked now, with what became of it.
    ///
    /// # Errors
    /// A 404 if there is none.
    pub(crate) async fn transaction(&self, context: &Context, id: &str) -> Result<KeptTransaction, Problem> {
        // No id has such characters, and not every database takes them.
        if id.chars().any(char::is_control) {
            return Err(unknown_transaction());
        }
        let mut found = context.store.transaction_with_reversal(self.id(), id).await?.into_iter();
        let transaction = found.next().ok_or_else(unknown_transaction)?;
        let corrections = context.store.corrections_of(self.id(), id).await?;
        Ok(KeptTransaction { transaction, taken_back_by: found.next(), corrections })
    }
}

impl Books {
    pub(crate) fn of(bookkeeping: Option<Arc<dyn Bookkeeping>>) -> Books {
        Books(bookkeeping)
    }

    pub(crate) async fn open(&self, right: &Opening, fields: Fields) -> Result<(Portfolio, OpenOutcome), Problem> {
        self.write(|books| books.open(entry_by(&right.by), fields)).await
    }

    pub(crate) async fn change(&self, of: &WritablePortfolio, changes: Fields) -> Result<Portfolio, Problem> {
        self.write(|books| books.change(entry_by(&of.by), of.agreed().clone(), changes)).await
    }

    pub(crate) async fn book(&self, of: &WritablePortfolio, rows: Vec<Fields>) -> Result<Written, Problem> {
        self.write(|books| books.book(entry_by(&of.by), of.agreed().clone(), rows)).await
    }

    pub(crate) async fn correct(
        &self,
        of: &WritablePortfolio,
        transaction_id: String,
        fields: Fields,
    ) -> Result<Written, Problem> {
        self.write(|books| books.correct(entry_by(&of.by), of.agreed().clone(), transaction_id, fields)).await
    }

    /// Lets the bookkeeping write. What is begun is done to its end, also if the caller hangs up.
    async fn write<T: Send + 'static>(&self, begin: impl FnOnce(&dyn Bookkeeping) -> Writing<T>) -> Result<T, Problem> {
        let Some(books) = &self.0 else {
            return Err(Problem::unavailable("nothing is written here: the API was started without bookkeeping"));
        };
        let writing = begin(books.as_ref()).in_current_span();
        let written = tokio::spawn(writing).await.map_err(|error| Problem::internal(&error))?;
        written.map_err(problem_of)
    }
}

fn entry_by(name: &str) -> EntryBy {
    EntryBy { entry_id: Uuid::new_v4().to_string(), entered_by: name.to_owned() }
}

fn unknown_transaction() -> Problem {
    Problem::not_found("Unknown transaction", "there is no such transaction in this portfolio", HELP_TRANSACTIONS)
}

fn problem_of(reason: NotWritten) -> Problem {
    match reason {
        NotWritten::Wrong(fields) => {
            let detail = match fields.len() {
                1 => "one field is wrong".to_owned(),
                count => format!("{count} fields are wrong"),
            };
            Problem::invalid(detail, violations(fields), HELP_WRONG)
        }
        NotWritten::Conflict(fields) => {
            let detail = fields.first().map_or_else(String::new, |field| field.problem.clone());
            Problem::conflict(detail, HELP_CONFLICT).with_violations(violations(fields))
        }
        NotWritten::Unknown => unknown_transaction(),
        NotWritten::Stale => Problem::stale(),
        NotWritten::Failed(error) => Problem::internal(error.as_ref()),
    }
}

fn violations(fields: Vec<WrongField>) -> Vec<Violation> {
    let violation = |wrong: WrongField| Violation {
        field: if wrong.field.is_empty() { "(body)".to_owned() } else { shortened(wrong.field) },
        message: shortened(wrong.problem),
    };
    fields.into_iter().map(violation).collect()
}
