//! The cost basis methods in the words of a statement.

use schemas::BusinessDate;

use crate::texts::{Sentence, Texts};

/// The methods under which later bookings may change the gain of a sale.
const LOOK_AHEAD: &[&str] = &["canada_acb", "uk_section_104", "us_fifo", "us_specific_identification"];

/// The methods of a portfolio in words, up to a date: the first, and those that took its place by then with the days
/// from which they count. `cost_basis` is as the portfolio has it, e.g. `fifo; 2024-01-01 average_cost`; a method that
/// has no words is named by its id.
pub(crate) fn in_words(cost_basis: &str, date: BusinessDate, texts: Texts) -> String {
    let words = |(from, id): (Option<&str>, &str)| {
        let unnamed = || texts.sentence_with(Sentence::MethodNamed, &[("id", id)]);
        let method = texts.cost_basis(id).map_or_else(unnamed, str::to_owned);
        let Some(from) = from else { return method };
        let from = from.parse().map_or_else(|_| from.to_owned(), |from| texts.date(from));
        texts.sentence_with(Sentence::MethodFrom, &[("from", &from), ("method", &method)])
    };
    let known: Vec<String> = in_force(cost_basis, date).map(words).collect();
    known.join("; ")
}

/// Whether one of the methods up to a date lets later bookings change the gain of a sale.
pub(crate) fn look_ahead(cost_basis: &str, date: BusinessDate) -> bool {
    in_force(cost_basis, date).any(|(_, id)| LOOK_AHEAD.contains(&id))
}

/// The methods of a schedule that count by a date, each with the day from which it does; the first has none.
fn in_force(cost_basis: &str, date: BusinessDate) -> impl Iterator<Item = (Option<&str>, &str)> {
    let pieces = cost_basis.split(';').map(str::trim).filter(|piece| !piece.is_empty());
    let methods = pieces.map(|piece| match piece.split_once(char::is_whitespace) {
        Some((from, id)) => (Some(from), id.trim()),
        None => (None, piece),
    });
    let begins_later = move |from: &str| from.parse::<BusinessDate>().is_ok_and(|from| date < from);
    methods.filter(move |(from, _)| !from.is_some_and(begins_later))
}

#[cfg(test)]
mod tests {
    use schemas::Language;

    use super::*;

    fn english(cost_basis: &str, on: &str) -> String {
        in_words(cost_basis, date(on), Texts::of(Language::English))
    }

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_schedule_is_named_as_far_as_it_counts() {
        let schedule = "fifo; 2024-01-01 average_cost; 2025-01-01 us_fifo";
        assert_eq!(english(schedule, "2023-12-29"), "first in, first out");
        assert_eq!(english(schedule, "2024-01-01"), "first in, first out; from 2024-01-01 on average cost");
        assert!(!look_ahead(schedule, date("2024-12-31")) && look_ahead(schedule, date("2025-01-01")));
    }

    #[test]
    fn a_method_without_words_is_named_by_its_id() {
        assert_eq!(english("next_in", "2024-01-01"), "method next_in");
    }
}
