//! What an import would do, without doing it.

use std::collections::BTreeSet;
use std::path::Path;

use pipelines::export_books::{Standing, standings};
use pipelines::landing::{Delivered, preview as preview_landing};
use pipelines::stress::versions;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, PortfolioId};

use crate::context::Context;
use crate::error::Error;
use crate::import::{ImportReport, find, groups_of, refuse_other_kind};

/// What importing a folder would do. Nothing is written.
///
/// # Errors
/// [`Error`] as the import itself would give.
pub async fn preview(context: &Context, folder: &Path) -> Result<ImportReport, Error> {
    let (found, quoted) = find(context, folder).await?;
    refuse_other_kind(context, &found)?;
    let mut report = ImportReport {
        markets: found.markets.len().try_into().unwrap_or(u64::MAX),
        failures: found.failures,
        ..ImportReport::default()
    };
    let mut deliveries: Vec<Delivered> = Vec::new();
    for market in found.markets {
        report.instruments.new += market.instruments.len();
        deliveries.extend(market.deliveries);
        report.rejects.extend(market.rejects);
    }
    deliveries.extend(groups_of(context, &found.books, found.groups, &mut report).await?);
    for book in found.books {
        preview_portfolio(context, &mut report, &book.portfolio).await?;
        let stored = context.store.transactions_of(&book.portfolio.portfolio_id).await?;
        tally(&mut report, &book.portfolio.portfolio_id, &stored, &book.transactions);
        let booked = without_changed(&stored, &book.transactions);
        report.note_doubts(&book.portfolio, &booked, &quoted, &BTreeSet::new(), context.clock.now());
        report.ignored_keys.extend(book.ignored_keys);
        report.rejects.extend(book.rejects);
        deliveries.extend(book.deliveries);
    }
    report.rejects.extend(versions::refused(&context.lake, &deliveries).await?);
    report.landed = preview_landing(&context.lake, &deliveries, context.clock).await?;
    Ok(report)
}

/// Notes whether a portfolio would be new, changed or as it is.
pub(crate) async fn preview_portfolio(
    context: &Context,
    report: &mut ImportReport,
    portfolio: &Portfolio,
) -> Result<(), Error> {
    let id = &portfolio.portfolio_id;
    match context.store.portfolio(id).await? {
        None => report.portfolios_new.push(id.clone()),
        Some(stored) if stored == *portfolio => report.portfolios_unchanged += 1,
        Some(_) => report.portfolios_changed.push(id.clone()),
    }
    Ok(())
}

/// The transactions that are booked or would be: all but those whose id is taken by another content.
pub(crate) fn without_changed<'a>(stored: &[Transaction], found: &'a [Transaction]) -> Vec<&'a Transaction> {
    let is_booked = |(row, standing): (&'a Transaction, Standing)| (standing != Standing::Changed).then_some(row);
    found.iter().zip(standings(stored, found)).filter_map(is_booked).collect()
}

/// Counts what is new, known and changed of each kind of transaction, and adds up its cash.
pub(crate) fn tally(
    report: &mut ImportReport,
    portfolio_id: &PortfolioId,
    stored: &[Transaction],
    found: &[Transaction],
) {
    for (booked, standing) in found.iter().zip(standings(stored, found)) {
        let key = (portfolio_id.clone(), booked.kind.clone(), booked.currency);
        let tally = report.tallies.entry(key).or_default();
        match standing {
            Standing::New => tally.new += 1,
            Standing::Known => tally.known += 1,
            Standing::Changed => tally.changed += 1,
        }
        // Amounts of a table have twenty digits before the point; a sum that has more is not shown as if it had fewer.
        let sum = tally.net_cash.decimal().checked_add(booked.net_cash.decimal());
        tally.net_cash = sum.map_or(tally.net_cash, Amount::new);
    }
}
