//! How orders were executed, as far as anything was recorded of it: time, type, venue and nature, in words.
//!
//! An item that is prescribed and of which nothing was recorded says just that: it is never left out.

use std::collections::BTreeSet;

use schemas::tables::executions::Execution;
use schemas::tables::instruments::Instrument;
use schemas::tables::transactions::Transaction;

use crate::document::Cell;
use crate::texts::{ConfirmationLabel, Texts};

/// The tranches of a booking in their order; none if nothing was recorded.
pub(crate) fn tranches_of<'a>(booking: &Transaction, executions: &'a [Execution]) -> Vec<&'a Execution> {
    let is_of = |row: &&Execution| row.transaction_id == booking.transaction_id;
    let mut tranches: Vec<&Execution> = executions.iter().filter(is_of).collect();
    tranches.sort_by_key(|row| row.tranche);
    // Tranches of an earlier file that had more of them count no more.
    let count = tranches.first().map_or(0, |row| row.tranche_count);
    tranches.retain(|row| row.tranche <= count);
    // Two needs may have brought the same rows.
    tranches.dedup_by_key(|row| row.tranche);
    tranches
}

/// That nothing was recorded.
pub(crate) fn not_recorded(texts: Texts) -> Cell {
    Cell::text(texts.label(ConfirmationLabel::NotRecorded))
}

/// What tranches say in a column, each thing once; that nothing was recorded if one of them says nothing.
pub(crate) fn words<'a>(
    tranches: &[&'a Execution],
    texts: Texts,
    column: impl Fn(&'a Execution) -> Option<&'a str>,
    told: impl Fn(&str, Texts) -> String,
) -> Cell {
    let words: Option<Vec<&str>> = tranches.iter().map(|row| column(row)).collect();
    let Some(words) = words.filter(|words| !words.is_empty()) else { return not_recorded(texts) };
    let mut seen = BTreeSet::new();
    let each: Vec<String> = words.into_iter().filter(|word| seen.insert(*word)).map(|word| told(word, texts)).collect();
    Cell::text(each.join(", "))
}

/// The time of the execution, from the first to the last tranche.
pub(crate) fn time(tranches: &[&Execution], texts: Texts) -> Cell {
    let mut tranches = tranches.to_vec();
    tranches.sort_by_key(|row| row.executed_at);
    let clocks: Option<Vec<String>> = tranches.into_iter().map(clock_of).collect();
    match clocks.as_deref() {
        Some([first, .., last]) if first != last => {
            Cell::text(texts.label_with(ConfirmationLabel::FromTo, &[("from", first), ("to", last)]))
        }
        Some([first, ..]) => Cell::text(first.as_str()),
        Some([]) | None => not_recorded(texts),
    }
}

/// The type of the order.
pub(crate) fn order_type(tranches: &[&Execution], texts: Texts) -> Cell {
    words(tranches, texts, |row| row.order_type.as_deref(), order_type_named)
}

/// Where it was executed.
pub(crate) fn venues(tranches: &[&Execution], texts: Texts) -> Cell {
    words(tranches, texts, |row| row.venue_mic.as_deref(), venue)
}

/// What the order was if neither purchase nor sale; unknown if nothing was recorded of the execution.
pub(crate) fn nature(tranches: &[&Execution], texts: Texts) -> Cell {
    if tranches.is_empty() {
        return not_recorded(texts);
    }
    if tranches.iter().all(|row| row.nature.is_none()) {
        return Cell::text(texts.label(ConfirmationLabel::NoOtherNature));
    }
    words(tranches, texts, |row| row.nature.as_deref(), nature_named)
}

/// The instrument of a booking with its ISIN, or that none was recorded.
pub(crate) fn instrument(booking: &Transaction, listed: Option<&Instrument>, texts: Texts) -> String {
    let booked = booking.instrument_id.as_ref();
    let symbol = booked.map(|id| id.symbol().to_owned()).unwrap_or_default();
    let name = listed.map_or_else(|| symbol.clone(), |listed| listed.name.clone());
    match listed.and_then(|listed| listed.isin.as_ref()) {
        Some(isin) => format!("{name} ({isin})"),
        None => {
            let values = [("name", &*name), ("symbol", &*symbol)];
            texts.label_with(ConfirmationLabel::IsinNotRecorded, &values)
        }
    }
}

/// The clock of the place of an execution, e.g. `15:04:05 UTC+01:00`; none if it is unknown.
pub(crate) fn clock_of(row: &Execution) -> Option<String> {
    let offset = i32::try_from(row.utc_offset_s.unwrap_or_default()).ok();
    let offset = chrono::FixedOffset::east_opt(offset?)?;
    Some(row.executed_at?.with_timezone(&offset).format("%H:%M:%S UTC%:z").to_string())
}

/// A venue by its code.
pub(crate) fn venue(code: &str, texts: Texts) -> String {
    match code {
        "XOFF" => texts.label(ConfirmationLabel::OutsideVenues),
        "SINT" => texts.label(ConfirmationLabel::SystematicInternaliser),
        other => other.to_owned(),
    }
}

fn order_type_named(code: &str, texts: Texts) -> String {
    let label = match code {
        "market" => ConfirmationLabel::MarketOrder,
        "limit" => ConfirmationLabel::LimitOrder,
        "stop" => ConfirmationLabel::StopOrder,
        "stop_limit" => ConfirmationLabel::StopLimitOrder,
        "trailing_stop" => ConfirmationLabel::TrailingStopOrder,
        "at_open" => ConfirmationLabel::AtOpen,
        "at_close" => ConfirmationLabel::AtClose,
        "other" => ConfirmationLabel::OtherOrder,
        unknown => return unknown.to_owned(),
    };
    texts.label(label)
}

fn nature_named(code: &str, texts: Texts) -> String {
    let label = match code {
        "subscription" => ConfirmationLabel::Subscription,
        "redemption" => ConfirmationLabel::Redemption,
        "switch" => ConfirmationLabel::Switch,
        "exercise" => ConfirmationLabel::Exercise,
        "transfer" => ConfirmationLabel::Transfer,
        unknown => return unknown.to_owned(),
    };
    texts.label(label)
}
