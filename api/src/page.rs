//! Pages of long lists.
//!
//! A page says after which entry it ended, and the next one begins after that entry: entries that are added meanwhile
//! shift nothing.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::problem::Problem;

/// Entries on a page at most.
const LIMIT_MAX: u32 = 200;
/// Entries on a page if the request does not say.
const LIMIT_DEFAULT: u32 = 50;

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Entries on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    pub(crate) after: Option<String>,
}

/// How much of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LimitQuery {
    /// Entries, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl PageQuery {
    /// Entries on the page.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        checked(self.limit)
    }
}

impl LimitQuery {
    /// Entries of the list.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        checked(self.limit)
    }
}

/// Cuts entries, of which one more than the limit was read, to a page. Returns what the next page begins after; none
/// if there is none.
pub(crate) fn cut<T>(entries: &mut Vec<T>, limit: u32, id: impl Fn(&T) -> String) -> Option<String> {
    let length = usize::try_from(limit).unwrap_or(usize::MAX);
    if entries.len() <= length {
        return None;
    }
    entries.truncate(length);
    entries.last().map(id)
}

/// The entries that were asked for, if a page may have so many.
pub(crate) fn checked(asked: Option<u32>) -> Result<u32, Problem> {
    let limit = asked.unwrap_or(LIMIT_DEFAULT);
    if (1..=LIMIT_MAX).contains(&limit) {
        Ok(limit)
    } else {
        let detail = format!("limit is {limit} and must be 1 to {LIMIT_MAX}");
        Err(Problem::bad_request(detail, "ask for a page, and for the next one with its `next` as `after`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one_only_if_there_is_one() {
        let mut entries = vec![1, 2, 3];
        assert_eq!(cut(&mut entries, 3, ToString::to_string), None);
        assert_eq!(cut(&mut entries, 2, ToString::to_string).as_deref(), Some("2"));
        assert_eq!(entries, [1, 2]);
    }
}
