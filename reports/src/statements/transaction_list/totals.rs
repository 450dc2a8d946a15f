//! What the lines add up to: by kind and currency, and by the accounts of the currencies.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{Amount, Currency};

use super::lines::{Kind, Line, currency_of};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::cash_accounts::Accounts;
use crate::sections::{in_base, total};
use crate::texts::{Label, ListLabel, ListSentence};

/// Fees, taxes and cash of each kind in each currency; what was taken back counts on no day and not here.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn by_kind(input: &StatementInput, lines: &[Line]) -> Result<Section, Error> {
    let texts = input.texts();
    let mut parts: BTreeMap<(&Kind, Currency), Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.counts) {
        parts.entry((&line.kind, line.currency)).or_default().push(line);
    }
    let titled = |id, label: Label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("kind", Label::Kind, ColumnKind::Text),
        titled("currency", Label::CurrencyShort, ColumnKind::Text),
        Column::new("count", texts.label(ListLabel::Count), ColumnKind::Quantity),
        titled("fees", Label::Fees, ColumnKind::Money),
        titled("taxes", Label::Taxes, ColumnKind::Money),
        titled("net_cash", Label::CashMoved, ColumnKind::Money),
        Column::new("net_cash_base", in_base(Label::AmountIn, input.base_currency(), texts), ColumnKind::Money),
    ];
    let mut rows = Vec::with_capacity(parts.len());
    for ((kind, currency), lines) in parts {
        let sum = |cell: fn(&Line) -> &Cell| sum_of_printed(lines.iter().map(|line| cell(line)), "a kind", texts);
        let count = lines.iter().filter(|line| line.is_own).count();
        let cash = sum(|line| &line.cash)?;
        rows.push(vec![
            Cell::text(&kind.title),
            currency_of(currency, &cash),
            Cell::Quantity(count.into()),
            sum(|line| &line.fees)?,
            sum(|line| &line.taxes)?,
            cash,
            sum(|line| &line.cash_base)?,
        ]);
    }
    let mut table = Table { columns, rows, total: None };
    if !table.rows.is_empty() {
        let [count, base] = ["count", "net_cash_base"].map(|id| table.sum_of_column(id, texts));
        let empty = Cell::empty;
        table.total = Some(vec![total(texts), empty(), count?, empty(), empty(), empty(), base?]);
    }
    Ok(Section { id: "totals", title: texts.label(ListLabel::ByKind), content: Content::Table(table) })
}

/// The balance at start, what came in and went out, and the balance at end of each currency, as they are printed; the
/// rounding between them if there is any.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn by_currency(input: &StatementInput, lines: &[Line], accounts: &Accounts) -> Result<Section, Error> {
    let texts = input.texts();
    let held = input.valuations.iter().filter(|row| row.instrument_id.is_cash()).map(|row| row.currency);
    let moved = lines.iter().filter(|line| line.cash.printed_number().is_some()).map(|line| line.currency);
    let currencies: BTreeSet<Currency> = held.chain(moved).chain(accounts.currencies()).collect();
    let mut rows = Vec::with_capacity(currencies.len());
    for currency in currencies {
        rows.push(row(input, lines, accounts, currency)?);
    }
    let days = [input.span().first_day(), input.business_date].map(|day| texts.date(day));
    let [from, to] = &days;
    let title = texts.label_with(ListLabel::CashByCurrency, &[("from", from), ("to", to)]);
    if rows.is_empty() {
        let notes = vec![texts.sentence(ListSentence::NothingBooked)];
        return Ok(Section { id: "cash", title, content: Content::Notes(notes) });
    }
    let money = |id, label: ListLabel| Column::new(id, texts.label(label), ColumnKind::Money);
    let columns = vec![
        Column::new("currency", texts.label(Label::Currency), ColumnKind::Text),
        money("at_start", ListLabel::CashAtStart),
        money("in", ListLabel::CameIn),
        money("out", ListLabel::WentOut),
        money("rounding", ListLabel::Rounding),
        money("at_end", ListLabel::CashAtEnd),
    ];
    Ok(Section { id: "cash", title, content: Content::Table(Table { columns, rows, total: None }) })
}

fn row(input: &StatementInput, lines: &[Line], accounts: &Accounts, currency: Currency) -> Result<Vec<Cell>, Error> {
    let texts = input.texts();
    let (start, end) = accounts.printed(input, currency);
    let sum = |is_part: fn(&Cell) -> bool| -> Result<Cell, Error> {
        let counted = lines.iter().filter(|line| line.counts && line.currency == currency).map(|line| &line.cash);
        let sum = sum_of_printed(counted.filter(|cell| is_part(cell)), "cash", texts)?;
        Ok(if sum == Cell::empty() { Cell::money(Amount::ZERO, currency) } else { sum })
    };
    let is_out = |cell: &Cell| cell.printed_number().is_none_or(|number| number.is_sign_negative());
    let came_in = sum(|cell| cell.printed_number().is_none_or(|number| !number.is_sign_negative()))?;
    let went_out = sum(is_out)?;
    let parts = [&start, &came_in, &went_out].map(Cell::printed_number);
    let rounding = match (parts, end.printed_number()) {
        ([Some(start), Some(came_in), Some(went_out)], Some(end)) => {
            let left = end.checked_sub(start).and_then(|left| left.checked_sub(came_in)?.checked_sub(went_out));
            let left = left.ok_or(Error::Overflow { what: "cash" })?;
            if left.is_zero() { Cell::empty() } else { Cell::money(Amount::new(left), currency) }
        }
        _ => Cell::unavailable(texts.sentence(ListSentence::BalanceNotKnown)),
    };
    Ok(vec![Cell::text(currency.code()), start, came_in, went_out, rounding, end])
}
