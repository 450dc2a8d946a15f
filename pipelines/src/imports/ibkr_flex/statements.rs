//! The statements of a Flex file: the account each speaks of, and its rows by section.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::Row;
use crate::xml_elements::Element;

/// A row and its place among all elements of the file.
pub(super) type Placed<'a> = (usize, Element<'a>);

/// A statement.
#[derive(Default)]
pub(super) struct Statement<'a> {
    /// The account.
    pub(super) account: String,
    /// What is said of the account.
    pub(super) account_information: Vec<Element<'a>>,
    /// The rows by section.
    pub(super) sections: BTreeMap<&'a str, Vec<Placed<'a>>>,
}

/// The statements of a file.
#[derive(Default)]
pub(super) struct Statements<'a> {
    /// The statements in their order.
    pub(super) list: Vec<Statement<'a>>,
    /// What is said of accounts outside all statements.
    pub(super) account_information: Vec<Element<'a>>,
}

/// How much one row of a section sums up, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// One execution, or one payment.
    Single,
    /// The executions of one order.
    Order,
    /// The trades of a day or an asset class, or the payments of several accounts.
    Summary,
    /// The lots that a trade closed.
    Lot,
}

/// How much a row sums up.
pub(super) fn level(element: &Element<'_>, row: Option<&Row>) -> Level {
    match (element.name, row.and_then(|row| row.text("levelOfDetail"))) {
        ("Lot" | "WashSale", _) | (_, Some("CLOSED_LOT" | "LOT" | "WASH_SALE")) => Level::Lot,
        ("SymbolSummary" | "AssetSummary", _) | (_, Some("SUMMARY" | "SYMBOL_SUMMARY" | "ASSET_SUMMARY")) => {
            Level::Summary
        }
        ("Order", _) | (_, Some("ORDER")) => Level::Order,
        _ => Level::Single,
    }
}

/// Sorts the elements of a file into statements, sections and rows.
pub(super) fn sort_out<'a>(elements: &[Element<'a>]) -> Statements<'a> {
    let mut found = Statements::default();
    let mut statement_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut section_of: BTreeMap<usize, (usize, &'a str)> = BTreeMap::new();
    let parents: BTreeSet<usize> = elements.iter().filter_map(|element| element.parent).collect();
    for (place, element) in elements.iter().enumerate() {
        let around = element.parent.unwrap_or(usize::MAX);
        let statement = statement_of.get(&around).copied();
        if element.name == "FlexStatement" {
            let account = Row::of(element, "").map(|row| row.account).unwrap_or_default();
            statement_of.insert(place, found.list.len());
            found.list.push(Statement { account, ..Statement::default() });
            continue;
        }
        if element.name == "AccountInformation" {
            let own = statement.and_then(|statement| found.list.get_mut(statement));
            match own {
                Some(own) => own.account_information.push(*element),
                None => found.account_information.push(*element),
            }
            continue;
        }
        // A section without rows that has attributes is a row itself.
        let section = match (statement, section_of.get(&around).copied()) {
            (Some(statement), _) => {
                section_of.insert(place, (statement, element.name));
                let is_row = !parents.contains(&place) && element.tag.contains('=');
                Some((statement, element.name)).filter(|_| is_row)
            }
            (None, section) => section,
        };
        if let Some((statement, name)) = section
            && let Some(statement) = found.list.get_mut(statement)
        {
            statement.sections.entry(name).or_default().push((place, *element));
        }
    }
    found
}
