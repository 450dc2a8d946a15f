//! Who writes books for the API: the readers of book folders, and the store.

use api::{Fields, NotWritten, Writing, Written, WrongField};
use jobs::sent_books::{self, Booked, NotTaken};
use schemas::tables::portfolios::Portfolio;
use store::{EntryBy, OpenOutcome};

/// Writes what the API is sent, by the rules of imports.
pub(crate) struct Bookkeeper {
    /// Store and lake.
    pub(crate) context: jobs::Context,
}

impl api::Bookkeeping for Bookkeeper {
    fn open(&self, by: EntryBy, fields: Fields) -> Writing<(Portfolio, OpenOutcome)> {
        let context = self.context.clone();
        Box::pin(async move { sent_books::open(&context, &by, &fields).await.map_err(reason) })
    }

    fn change(&self, by: EntryBy, before: Portfolio, changes: Fields) -> Writing<Portfolio> {
        let context = self.context.clone();
        Box::pin(async move {
            let changed = sent_books::change(&context, &by, &before, &changes).await;
            changed.map(|(after, _)| after).map_err(reason)
        })
    }

    fn book(&self, by: EntryBy, portfolio: Portfolio, rows: Vec<Fields>) -> Writing<Written> {
        let context = self.context.clone();
        Box::pin(async move { sent_books::book(&context, &by, &portfolio, &rows).await.map(written).map_err(reason) })
    }

    fn correct(&self, by: EntryBy, portfolio: Portfolio, transaction_id: String, fields: Fields) -> Writing<Written> {
        let context = self.context.clone();
        Box::pin(async move {
            let corrected = sent_books::correct(&context, &by, &portfolio, &transaction_id, &fields).await;
            corrected.map(written).map_err(reason)
        })
    }
}

fn written(booked: Booked) -> Written {
    let Booked { inserted, unchanged, from_date, doubts } = booked;
    Written { inserted, unchanged, from_date, doubts }
}

fn reason(not_taken: NotTaken) -> NotWritten {
    let named = |faults: Vec<jobs::FieldFault>| {
        faults.into_iter().map(|fault| WrongField { field: fault.field, problem: fault.reason }).collect()
    };
    match not_taken {
        NotTaken::Wrong(faults) => NotWritten::Wrong(named(faults)),
        NotTaken::Conflict(faults) => NotWritten::Conflict(named(faults)),
        NotTaken::Unknown => NotWritten::Unknown,
        NotTaken::Stale => NotWritten::Stale,
        NotTaken::Failed(error) => NotWritten::Failed(error.into()),
    }
}
