//! What was bought when and for how much, and which of it a sale gives up.
//!
//! One cost basis method per file. A method says how units are kept (in lots or in one pool), which of them a disposal
//! closes, and what later days may still change about a disposal. The steps that methods are made of stand in
//! `open_lots`; rules that two methods share, in a file of their own name.

pub mod average_cost;
pub mod canada_acb;
pub mod fifo;
pub mod hifo;
pub mod lifo;
pub mod specific_identification;
pub mod uk_section_104;
pub mod us_fifo;
pub mod us_specific_identification;

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::basis::Basis;
use crate::holding::Adjustment;
use crate::lot_choice::LotError;
use crate::open_lots::{Closing, Disposal, OpenLots};

/// Units that came in together. A short position is a lot with a negative quantity and a negative basis: what was
/// received for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The id of the transaction that opened the lot; for a pool, of the first one in it.
    pub opened_by: Arc<str>,
    /// The day the lot was opened in this portfolio.
    pub opened_date: BusinessDate,
    /// The day from which the holding period counts: earlier than the opening for lots that were transferred in and
    /// for those that replaced units sold at a loss.
    pub acquired_date: BusinessDate,
    /// Units left; never zero.
    pub quantity: Decimal,
    /// What they cost.
    pub basis: Basis,
    /// Whether the lot carries the loss of a wash sale. Units can replace what was sold only once (26 CFR
    /// 1.1091-1(e)).
    pub is_replacement: bool,
}

/// A part of a lot that a disposal closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedLot {
    /// The id of the transaction that had opened the lot.
    pub opened_by: Arc<str>,
    /// The day from which the holding period counts; for a pool, the day on which it was opened.
    pub acquired_date: BusinessDate,
    /// Units closed, with the sign of the lot.
    pub quantity: Decimal,
    /// What they had cost.
    pub basis: Basis,
    /// The rule that chose this lot, e.g. `fifo` or `same_day`.
    pub rule: &'static str,
    /// How long it was held, for methods of a tax law that distinguishes.
    pub term: Option<HoldingTerm>,
}

/// How long units were held, as United States tax law counts (26 USC 1222).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldingTerm {
    /// One year or less.
    Short,
    /// More than one year.
    Long,
}

impl HoldingTerm {
    /// The term of units acquired on one day and sold on another. The day of acquisition does not count, the day of
    /// the sale does: what was bought on 15 January is long-term from 16 January of the next year.
    pub fn of(acquired: BusinessDate, sold: BusinessDate) -> HoldingTerm {
        let first_day_held = acquired.next_calendar_day().day();
        match sold.day().years_since(first_day_held) {
            Some(years) if 1 <= years => HoldingTerm::Long,
            _ => HoldingTerm::Short,
        }
    }

    /// The word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            HoldingTerm::Short => "short",
            HoldingTerm::Long => "long",
        }
    }
}

/// How a method keeps units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Each purchase is a lot of its own.
    Lots,
    /// All units are one pool with one cost.
    Pool,
}

/// The tax law of a method, where corporate actions ask for more than which lots leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaxLaw {
    /// Of no country that says more. Cash that comes with units in an exchange is the proceeds of a part of each lot,
    /// and the time for which a lot was held does not matter.
    General,
    /// That of the United States. Cash that comes with units in a reorganisation realises the gain of each lot up to
    /// the cash, and no loss (26 USC 356); gains are short-term or long-term (26 USC 1222).
    UnitedStates,
}

/// How cost is found for what is given up.
///
/// A disposal is booked with what is known on its day. If a rule looks ahead, `settle` and later acquisitions give
/// [`Adjustment`]s; the first booking and its adjustments together are what the law's rule gives.
#[derive(Clone, Copy, Debug)]
pub struct CostBasis {
    /// The id, e.g. `fifo`.
    pub id: &'static str,
    /// What it does, in a sentence.
    pub definition: &'static str,
    /// Where it is laid down.
    pub source: &'static str,
    /// How it keeps units.
    pub keeps: Keeps,
    /// The tax law that corporate actions follow.
    pub law: TaxLaw,
    /// The position of the lot that leaves next; the list is in order of age and not empty.
    pub(crate) next: fn(&[Lot]) -> usize,
    /// Takes units in; what they change about earlier disposals comes back.
    pub(crate) acquire: fn(&mut OpenLots, Lot) -> Result<Vec<Adjustment>, LotError>,
    /// Closes lots of the other sign, at most as many units as are open.
    pub(crate) dispose: fn(&mut OpenLots, &Disposal<'_>, &CostBasis) -> Result<Closing, LotError>,
    /// Ends every day up to the one given: no movement of such a day will follow.
    pub(crate) settle: fn(&mut OpenLots, BusinessDate) -> Result<Vec<Adjustment>, LotError>,
}

impl PartialEq for CostBasis {
    fn eq(&self, other: &CostBasis) -> bool {
        self.id == other.id
    }
}

impl Eq for CostBasis {}

/// The methods that can be chosen.
pub const METHODS: &[&CostBasis] = &[
    &average_cost::METHOD,
    &canada_acb::METHOD,
    &fifo::METHOD,
    &hifo::METHOD,
    &lifo::METHOD,
    &specific_identification::METHOD,
    &uk_section_104::METHOD,
    &us_fifo::METHOD,
    &us_specific_identification::METHOD,
];

/// A method that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown cost basis method `{id}`; known: {known}")]
pub struct UnknownMethod {
    /// The id as given.
    pub id: String,
    /// The ids that are known.
    pub known: String,
}

/// The method of this id.
///
/// # Errors
/// [`UnknownMethod`] if there is none; it lists the known ones.
pub fn method(id: &str) -> Result<&'static CostBasis, UnknownMethod> {
    METHODS.iter().find(|method| method.id == id).copied().ok_or_else(|| UnknownMethod {
        id: id.chars().take(40).collect(),
        known: METHODS.iter().map(|method| method.id).collect::<Vec<&str>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = METHODS.iter().map(|method| format!("{}.rs", method.id)).collect();
        assert_eq!(listed.len(), METHODS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lots");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk: BTreeSet<String> =
            files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(on_disk, listed);
    }

    #[test]
    fn every_method_is_explained_where_a_portfolio_chooses_it() {
        let page = include_str!("../../../docs/BOOK_FOLDER.md");
        for method in METHODS {
            let (begins, ends) =
                (format!("| `{}` | {} | ", method.id, method.definition), format!(" | {} |", method.source));
            let rows = page.lines().filter(|line| line.starts_with(&begins) && line.ends_with(&ends)).count();
            assert_eq!(rows, 1, "docs/BOOK_FOLDER.md has one row that begins with {begins} and ends with {ends}");
        }
    }

    #[test]
    fn a_method_is_found_by_its_id_and_a_wrong_id_lists_the_known_ones() {
        assert_eq!(method("lifo").map(|method| method.id), Ok("lifo"));
        let error = method("last_in").expect_err("no such method");
        assert!(error.to_string().starts_with("unknown cost basis method `last_in`; known: average_cost, canada_acb"));
    }

    #[test]
    fn a_year_is_exceeded_on_the_day_after_the_anniversary() {
        let term = |acquired: &str, sold: &str| {
            HoldingTerm::of(acquired.parse().expect("a date"), sold.parse().expect("a date")).as_str()
        };
        // Publication 550, "Holding period": bought on 5 February, sold on 5 February of the next year is one year,
        // not more; on 6 February it is more.
        assert_eq!(term("2024-02-05", "2025-02-05"), "short");
        assert_eq!(term("2024-02-05", "2025-02-06"), "long");
        // Revenue Ruling 66-7: bought on the last day of a month, more than a year is held on the first of the
        // thirteenth month.
        assert_eq!((term("2019-02-28", "2020-02-29"), term("2019-02-28", "2020-03-01")), ("short", "long"));
        assert_eq!((term("2020-02-28", "2021-02-28"), term("2020-02-28", "2021-03-01")), ("short", "long"));
        assert_eq!((term("2020-02-29", "2021-02-28"), term("2020-02-29", "2021-03-01")), ("short", "long"));
        assert_eq!(term("2024-02-05", "2024-02-05"), "short");
    }
}
