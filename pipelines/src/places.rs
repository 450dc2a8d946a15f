//! Where each portfolio stands among others, asked once a row of a table.

use std::collections::HashMap;

/// The places of portfolios. Rows come in the order of their portfolios, so that most are found without a search.
pub(crate) struct Places<'p> {
    ids: Vec<&'p str>,
    by_id: HashMap<&'p str, usize>,
    last: usize,
}

impl<'p> Places<'p> {
    /// The places of ids in the order in which they are given.
    pub(crate) fn of(ids: impl Iterator<Item = &'p str>) -> Places<'p> {
        let ids: Vec<&str> = ids.collect();
        let by_id = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        Places { ids, by_id, last: 0 }
    }

    /// Where an id stands, if it is one of them.
    pub(crate) fn of_id(&mut self, id: &str) -> Option<usize> {
        for near in [self.last, self.last + 1] {
            if self.ids.get(near) == Some(&id) {
                self.last = near;
                return Some(near);
            }
        }
        let found = self.by_id.get(id).copied();
        self.last = found.unwrap_or(self.last);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portfolio_is_found_in_any_order() {
        let mut places = Places::of(["A", "B", "C", "D"].into_iter());
        for (id, place) in [("A", Some(0)), ("B", Some(1)), ("D", Some(3)), ("X", None), ("D", Some(3)), ("A", Some(0))]
        {
            assert_eq!(places.of_id(id), place, "{id}");
        }
    }
}
