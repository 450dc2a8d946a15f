//! The cost basis methods in the words of a statement.

use schemas::BusinessDate;

/// A method as a statement names it.
struct Method {
    id: &'static str,
    words: &'static str,
    /// Whether later bookings may change the gain of a sale.
    looks_ahead: bool,
}

const METHODS: &[Method] = &[
    Method { id: "average_cost", words: "average cost", looks_ahead: false },
    Method { id: "canada_acb", words: "adjusted cost base, Canada", looks_ahead: true },
    Method { id: "fifo", words: "first in, first out", looks_ahead: false },
    Method { id: "hifo", words: "highest cost first", looks_ahead: false },
    Method { id: "lifo", words: "last in, first out", looks_ahead: false },
    Method {
        id: "specific_identification",
        words: "the lots that the sale names, else first in, first out",
        looks_ahead: false,
    },
    Method {
        id: "uk_section_104",
        words: "same day, then the 30 days after, then the section 104 pool, United Kingdom",
        looks_ahead: true,
    },
    Method { id: "us_fifo", words: "first in, first out with wash sales, United States", looks_ahead: true },
    Method {
        id: "us_specific_identification",
        words: "the lots that the sale names, else first in, first out, with wash sales, United States",
        looks_ahead: true,
    },
];

/// The methods of a portfolio in words, up to a date: the first, and those that took its place by then with the days
/// from which they count. `cost_basis` is as the portfolio has it, e.g. `fifo; 2024-01-01 average_cost`; a method that
/// has no words is named by its id.
pub(super) fn in_words(cost_basis: &str, date: BusinessDate) -> String {
    let words = |(from, id): (Option<&str>, &str)| {
        let method = named(id).map_or_else(|| format!("method {id}"), |method| method.words.to_owned());
        from.map_or_else(|| method.clone(), |from| format!("from {from} on {method}"))
    };
    let known: Vec<String> = in_force(cost_basis, date).map(words).collect();
    known.join("; ")
}

/// Whether one of the methods up to a date lets later bookings change the gain of a sale.
pub(super) fn look_ahead(cost_basis: &str, date: BusinessDate) -> bool {
    in_force(cost_basis, date).any(|(_, id)| named(id).is_some_and(|method| method.looks_ahead))
}

fn named(id: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.id == id)
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
    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_schedule_is_named_as_far_as_it_counts() {
        let schedule = "fifo; 2024-01-01 average_cost; 2025-01-01 us_fifo";
        assert_eq!(in_words(schedule, date("2023-12-29")), "first in, first out");
        assert_eq!(in_words(schedule, date("2024-01-01")), "first in, first out; from 2024-01-01 on average cost");
        assert!(!look_ahead(schedule, date("2024-12-31")) && look_ahead(schedule, date("2025-01-01")));
    }

    #[test]
    fn a_method_without_words_is_named_by_its_id() {
        assert_eq!(in_words("next_in", date("2024-01-01")), "method next_in");
    }
}
