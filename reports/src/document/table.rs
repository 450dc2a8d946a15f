//! Rows, columns, footnotes, and totals that are sums of what is printed.

use rust_decimal::Decimal;

use super::cell::Cell;
use crate::error::Error;
use crate::texts::{Sentence, Texts};

/// Which edge of its column a cell keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words; long ones wrap.
    Text,
    /// Amounts.
    Money,
    /// Prices and rates.
    Price,
    /// Units.
    Quantity,
    /// Fractions, printed as percent.
    Fraction,
    /// Days.
    Date,
    /// Figures of several kinds, each cell its own.
    Figure,
}

impl ColumnKind {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ColumnKind::Text => "text",
            ColumnKind::Money => "money",
            ColumnKind::Price => "price",
            ColumnKind::Quantity => "quantity",
            ColumnKind::Fraction => "fraction",
            ColumnKind::Date => "date",
            ColumnKind::Figure => "figure",
        }
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name for programs: stable, lower case, e.g. `unrealised_gain`.
    pub id: &'static str,
    /// The heading for people.
    pub title: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Where its cells stand.
    pub alignment: Alignment,
}

impl Column {
    /// A column; words and days stand left, figures right.
    pub fn new(id: &'static str, title: impl Into<String>, kind: ColumnKind) -> Column {
        let alignment = match kind {
            ColumnKind::Text | ColumnKind::Date => Alignment::Left,
            _ => Alignment::Right,
        };
        Column { id, title: title.into(), kind, alignment }
    }
}

/// Rows and columns. Every row has one cell for each column.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// The rows from top to bottom.
    pub rows: Vec<Vec<Cell>>,
    /// A last row with the sums of what the rows print.
    pub total: Option<Vec<Cell>>,
}

impl Table {
    /// The sum of what a column prints.
    ///
    /// # Errors
    /// [`Error::Overflow`] and [`Error::MixedCurrencies`] if the cells have no sum.
    pub fn sum_of_column(&self, id: &'static str, texts: Texts) -> Result<Cell, Error> {
        let index = self.columns.iter().position(|column| column.id == id);
        debug_assert!(index.is_some(), "column {id} is one of the table's");
        sum_of_printed(self.rows.iter().filter_map(|row| row.get(index?)), id, texts)
    }

    /// The reasons for missing figures, each once, in reading order.
    pub fn footnotes(&self) -> Footnotes {
        Footnotes::of(self.rows.iter().chain(&self.total).flatten())
    }
}

/// The numbered reasons for missing figures of one section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footnotes {
    reasons: Vec<String>,
}

impl Footnotes {
    /// The reasons in these cells, each once, in the order of the cells.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Footnotes {
        let mut footnotes = Footnotes::default();
        for cell in cells {
            if let Cell::Unavailable(reason) = cell
                && !footnotes.reasons.contains(reason)
            {
                footnotes.reasons.push(reason.clone());
            }
        }
        footnotes
    }

    /// The number of the footnote that belongs to a cell, from 1.
    pub fn number(&self, cell: &Cell) -> Option<usize> {
        let Cell::Unavailable(reason) = cell else { return None };
        self.reasons.iter().position(|known| known == reason).map(|index| index + 1)
    }

    /// The footnotes with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &str)> {
        self.reasons.iter().enumerate().map(|(index, reason)| (index + 1, reason.as_str()))
    }
}

/// The sum of what cells print, in a cell of their kind. Words count nothing; if one figure is missing there is no sum,
/// because a part is not shown as the whole, and where none is known for one and the same reason, that is why; no cells
/// at all give an empty cell.
///
/// # Errors
/// [`Error::Overflow`] and [`Error::MixedCurrencies`] if the cells have no sum.
pub fn sum_of_printed<'a>(
    cells: impl IntoIterator<Item = &'a Cell>,
    what: &'static str,
    texts: Texts,
) -> Result<Cell, Error> {
    let mut pattern: Option<&Cell> = None;
    let mut missing: Option<&Cell> = None;
    let mut is_all_alike = true;
    let mut total = Decimal::ZERO;
    for cell in cells {
        if matches!(cell, Cell::Unavailable(_)) {
            is_all_alike &= *missing.get_or_insert(cell) == cell;
            continue;
        }
        let Some(number) = cell.printed_number() else { continue };
        if let (Some(left), Some(right)) = (pattern.and_then(Cell::currency), cell.currency())
            && left != right
        {
            return Err(Error::MixedCurrencies { what, left, right });
        }
        pattern = pattern.or(Some(cell));
        if missing.is_none() {
            total = total.checked_add(number).ok_or(Error::Overflow { what })?;
        }
    }
    match (missing, pattern) {
        (Some(reason), None) if is_all_alike => Ok(reason.clone()),
        (Some(_), _) => Ok(Cell::unavailable(texts.sentence(Sentence::PartOfSumMissing))),
        (None, found) => Ok(found.map_or_else(Cell::empty, |cell| cell.with_number(total))),
    }
}

#[cfg(test)]
mod tests {
    use schemas::{Amount, Currency, Language};

    use super::*;

    fn sum(cells: &[Cell], what: &'static str) -> Result<Cell, Error> {
        sum_of_printed(cells, what, Texts::of(Language::English))
    }

    fn euro(text: &str) -> Cell {
        Cell::money(text.parse::<Amount>().expect("an amount"), Currency::EUR)
    }

    #[test]
    fn a_total_is_the_sum_of_what_is_printed() {
        // Each third prints as 0.33, so the total prints 0.99, not the 1.00 that the exact numbers add up to.
        let third = Cell::Money { amount: Decimal::ONE / Decimal::from(3), currency: Currency::EUR };
        let cells = [third.clone(), third.clone(), Cell::empty(), third];
        assert_eq!(sum(&cells, "thirds").expect("a sum").plain(), "0.99");
    }

    #[test]
    fn a_part_is_not_the_whole() {
        let cells = [euro("1"), Cell::unavailable("no price")];
        assert!(matches!(sum(&cells, "values"), Ok(Cell::Unavailable(_))));
        let (none, other) = (Cell::unavailable("no price"), Cell::unavailable("no rate"));
        assert_eq!(sum(&[none.clone(), none.clone()], "values").expect("no sum"), none, "for one reason");
        let several = sum(&[none, other], "values").expect("no sum");
        assert_eq!(several, Cell::unavailable("a part of the sum is unavailable"));
        let mixed = [euro("1"), Cell::money(Amount::ZERO, Currency::USD)];
        assert!(matches!(sum(&mixed, "values"), Err(Error::MixedCurrencies { .. })));
        let huge = [Cell::Quantity(Decimal::MAX), Cell::Quantity(Decimal::MAX)];
        assert!(matches!(sum(&huge, "units"), Err(Error::Overflow { what: "units" })));
        assert_eq!(sum(&[], "nothing").expect("no sum"), Cell::empty());
    }

    #[test]
    fn equal_reasons_share_a_footnote() {
        let rows = vec![vec![Cell::unavailable("a")], vec![Cell::unavailable("b")], vec![Cell::unavailable("a")]];
        let table = Table { columns: vec![Column::new("x", "X", ColumnKind::Figure)], rows, total: None };
        let footnotes = table.footnotes();
        assert_eq!(footnotes.iter().collect::<Vec<_>>(), vec![(1, "a"), (2, "b")]);
        assert_eq!(footnotes.number(&Cell::unavailable("a")), Some(1));
        assert_eq!(footnotes.number(&Cell::empty()), None);
    }
}
