//! The small print: what the checks found, what the figures mean, and where the statement comes from.

use schemas::Severity;

use super::holdings::price_basis;
use super::{StatementInput, attribution, corporate_actions, data_grade, methods, performance, value_change};
use crate::document::{Content, Section};

pub(super) fn sections(input: &StatementInput) -> [Section; 3] {
    [
        section("findings", "Findings", findings(input)),
        section("definitions", "What the figures mean", definitions(input)),
        section("provenance", "About this statement", provenance(input)),
    ]
}

fn section(id: &'static str, title: &str, notes: Vec<String>) -> Section {
    Section { id, title: title.to_owned(), content: Content::Notes(notes) }
}

/// Every finding of a check as a line of its own, then the prices that are not of the day.
fn findings(input: &StatementInput) -> Vec<String> {
    let mut found: Vec<_> = input.exceptions.iter().collect();
    found.sort_by_key(|row| (std::cmp::Reverse(row.severity), &row.check_name, &row.subject, &row.message));
    let line = |severity: Severity| match severity {
        Severity::Info => "Note",
        Severity::Warn => "Warning",
        Severity::Quarantine => "Kept out of the figures",
        Severity::Block => "Blocking",
    };
    let mut notes: Vec<String> = found
        .into_iter()
        .map(|row| format!("{}: {} ({}, {})", line(row.severity), row.message, row.check_name, row.subject))
        .collect();
    let with_basis = |basis: &str| input.valuations.iter().filter(|row| price_basis(row) == basis).count();
    let carried = with_basis("carried");
    if 0 < carried {
        notes.push(format!(
            "{} from an earlier day because there was no quote on {}; marked `carried` in the positions.",
            counted(carried, "price is", "prices are"),
            input.business_date
        ));
    }
    let last_trade = with_basis("last trade");
    if 0 < last_trade {
        notes.push(format!(
            "{} that of the last trade because there has been no quote so far; marked `last trade` in the positions.",
            counted(last_trade, "price is", "prices are")
        ));
    }
    if notes.is_empty() {
        notes.push("No check found anything, and every price is of the day.".to_owned());
    }
    notes
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn definitions(input: &StatementInput) -> Vec<String> {
    let base = input.base_currency();
    let cost_basis = input.portfolio.cost_basis.as_str();
    let method = methods::in_words(cost_basis, input.business_date);
    let mut notes = vec![
        format!("Value: quantity times price, converted to {base} at the rates of the day; cash at its balance."),
        "Net contributions: deposits, withdrawals and transfers in kind. Dividends, interest, fees and taxes are part \
         of the gain."
            .to_owned(),
        "Gain: value at end less value at start less net contributions.".to_owned(),
        format!(
            "Unrealised gain: value less the cost of the lots still held ({method}), each lot at the {base} rate of \
             its own day."
        ),
        format!("Realised gain: proceeds of a sale less the cost of the lots it closed ({method})."),
        "Weight: value over the value of the whole portfolio.".to_owned(),
        "Totals are sums of the printed figures; rounded weights may therefore add up to slightly more or less than \
         100%."
            .to_owned(),
    ];
    if !input.gain_changes.is_empty() || methods::look_ahead(cost_basis, input.business_date) {
        notes.push(
            "What a rule that looks ahead changes about the gain of a sale, e.g. because the same units were bought \
             again within 30 days, counts in the period in which it takes effect and is a part of the realised gain."
                .to_owned(),
        );
    }
    if !input.reversals_elsewhere.is_empty() {
        notes.push(
            "Taken back: a transaction that was a mistake. It counts on no day, so its line has no cash, and the \
             figures are without it; its reversal is among the transactions of its own date."
                .to_owned(),
        );
    }
    notes.extend(corporate_actions::definitions(input));
    notes.extend(value_change::definitions(input));
    notes.extend(performance::definitions());
    notes.extend(attribution::definitions(input));
    notes
}

fn provenance(input: &StatementInput) -> Vec<String> {
    let grade = data_grade(input);
    let mut notes = vec![
        format!("Data grade {}: {}.", grade.letter(), grade.meaning()),
        format!("Made by run {} of Financr {}.", input.run_id, input.program_version),
        format!("Fingerprint of the inputs: {}", input.inputs_fingerprint),
    ];
    if input.synthetic {
        notes
            .push("The market behind these figures is made up: this is synthetic data, not a real account.".to_owned());
    }
    notes
}
