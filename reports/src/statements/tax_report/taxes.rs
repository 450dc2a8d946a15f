//! Taxes: what was withheld from income and came back, what else was paid, and capital that issuers paid back.

use std::collections::BTreeMap;

use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, InstrumentId};

use super::income::{component as income_of, country_of};
use super::{TaxFacts, of_table};
use crate::document::{Cell, Column, ColumnKind, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::texts::Label;
use crate::texts::tax_report::TaxLabel;

/// The kind of booking that pays capital back.
const CAPITAL: &str = "RETURN_OF_CAPITAL";

/// The tables of this part, for the totals.
pub(super) struct Taxes {
    /// Withheld, reclaimed and net by instrument.
    pub(super) withholding: Table,
    /// Taxes that are not withheld from income.
    pub(super) others: Table,
    /// Capital that was paid back.
    pub(super) capital: Table,
}

/// The tax in base currency that a booking withheld from income, and the one that it brought back.
#[derive(Default)]
struct Withheld {
    taken: Vec<Cell>,
    returned: Vec<Cell>,
}

impl Taxes {
    pub(super) fn of(facts: &TaxFacts<'_>) -> Result<Taxes, Error> {
        Ok(Taxes { withholding: withholding(facts)?, others: others(facts)?, capital: capital(facts)? })
    }

    pub(super) fn sections(self, facts: &TaxFacts<'_>) -> Vec<Section> {
        vec![
            of_table("withholding_tax", facts.in_base(TaxLabel::WithholdingByInstrument), self.withholding),
            of_table("other_taxes", facts.label(TaxLabel::OtherTaxes), self.others),
            of_table("return_of_capital", facts.label(TaxLabel::ReturnOfCapital), self.capital),
        ]
    }
}

/// Whether the taxes inside a booking are withheld from income.
fn is_withheld_inside(kind: &str) -> bool {
    income_of(kind).is_some() || kind == CAPITAL
}

fn withholding(facts: &TaxFacts<'_>) -> Result<Table, Error> {
    let mut found: BTreeMap<Option<&InstrumentId>, Withheld> = BTreeMap::new();
    for booking in &facts.booked {
        let in_base = |amount| facts.converted(Some(amount), booking.currency, booking.trade_date);
        let of = booking.instrument_id.as_ref();
        match booking.kind.as_str() {
            "TAX_WITHHOLDING" => found.entry(of).or_default().taken.push(TaxFacts::negated(&in_base(booking.net_cash))),
            "TAX_RECLAIM" => found.entry(of).or_default().returned.push(in_base(booking.net_cash)),
            kind if is_withheld_inside(kind) && !booking.taxes.is_zero() => {
                found.entry(of).or_default().taken.push(in_base(booking.taxes));
            }
            _ => {}
        }
    }
    let texts = facts.input.texts();
    let mut rows = Vec::with_capacity(found.len());
    for (id, withheld) in found {
        let sum = |cells: &[Cell]| {
            if cells.is_empty() { Ok(facts.zero()) } else { sum_of_printed(cells, "withholding tax", texts) }
        };
        let (taken, returned) = (sum(&withheld.taken)?, sum(&withheld.returned)?);
        let net = sum_of_printed([&taken, &TaxFacts::negated(&returned)], "withholding tax", texts)?;
        let name = id.map_or_else(|| facts.label(TaxLabel::NoInstrument), |id| facts.name(id));
        let country = id.map_or_else(Cell::empty, |id| country_of(facts, id));
        rows.push(vec![Cell::text(name), country, taken, returned, net]);
    }
    let columns = vec![
        facts.column("name", Label::Instrument, ColumnKind::Text),
        facts.column("country", TaxLabel::Country, ColumnKind::Text),
        facts.column("withheld_base", TaxLabel::Withheld, ColumnKind::Money),
        facts.column("reclaimed_base", TaxLabel::Reclaimed, ColumnKind::Money),
        facts.column("net_base", TaxLabel::Net, ColumnKind::Money),
    ];
    facts.table(columns, rows, &["withheld_base", "reclaimed_base", "net_base"])
}

/// The component of the books that a tax of a booking belongs to; none if it is no such tax.
pub(super) fn other_component(kind: &str) -> Option<BridgeComponent> {
    match kind {
        "TAX" => Some(BridgeComponent::Tax),
        "TAX_STAMP_DUTY" => Some(BridgeComponent::TaxStampDuty),
        "TAX_TRANSACTION" => Some(BridgeComponent::TaxTransaction),
        _ => None,
    }
}

/// The tax of a booking that is none withheld from income, and whether it is inside a booking of another kind.
fn other_tax(booking: &Transaction) -> Option<(Amount, bool)> {
    let kind = booking.kind.as_str();
    if other_component(kind).is_some() {
        return Some((Amount::new(-booking.net_cash.decimal()), false));
    }
    let is_elsewhere = is_withheld_inside(kind) || kind.starts_with("TAX_") || crosses_the_border(kind);
    (!is_elsewhere && !booking.taxes.is_zero()).then_some((booking.taxes, true))
}

/// Whether what moves with a booking is a flow of the client or the fee for it, charges inside.
fn crosses_the_border(kind: &str) -> bool {
    ["DEPOSIT", "WITHDRAWAL", "OPENING_BALANCE", "TRANSFER_IN", "TRANSFER_OUT", "INTERNAL_IN", "INTERNAL_OUT"]
        .contains(&kind)
}

fn others(facts: &TaxFacts<'_>) -> Result<Table, Error> {
    let texts = facts.input.texts();
    let mut rows = Vec::new();
    for booking in &facts.booked {
        let Some((tax, is_inside)) = other_tax(booking) else { continue };
        let kind = texts.kind(&booking.kind);
        let words = if is_inside { texts.label_with(TaxLabel::InsideOf, &[("kind", &kind)]) } else { kind };
        rows.push(vec![
            Cell::Date(booking.trade_date.day()),
            Cell::text(words),
            Cell::text(facts.name_in(booking)),
            Cell::money(tax, booking.currency),
            Cell::text(booking.currency.code()),
            facts.converted(Some(tax), booking.currency, booking.trade_date),
        ]);
    }
    facts.table(dated_columns(facts), rows, &["amount_base"])
}

fn capital(facts: &TaxFacts<'_>) -> Result<Table, Error> {
    let overflow = || Error::Overflow { what: "capital paid back" };
    let mut rows = Vec::new();
    for booking in facts.booked.iter().filter(|booking| booking.kind == CAPITAL) {
        let paid = booking.net_cash.decimal().checked_add(booking.taxes.decimal());
        let paid = paid.and_then(|paid| paid.checked_add(booking.fees.decimal())).ok_or_else(overflow)?;
        let paid = Amount::new(paid);
        rows.push(vec![
            Cell::Date(booking.trade_date.day()),
            Cell::text(facts.input.texts().kind(&booking.kind)),
            Cell::text(facts.name_in(booking)),
            Cell::money(paid, booking.currency),
            Cell::text(booking.currency.code()),
            facts.converted(Some(paid), booking.currency, booking.trade_date),
        ]);
    }
    facts.table(dated_columns(facts), rows, &["amount_base"])
}

/// Day, kind, instrument and an amount in its own and in base currency.
fn dated_columns(facts: &TaxFacts<'_>) -> Vec<Column> {
    vec![
        facts.column("date", Label::Date, ColumnKind::Date),
        facts.column("kind", Label::Kind, ColumnKind::Text),
        facts.column("name", Label::Instrument, ColumnKind::Text),
        facts.column("amount", Label::Amount, ColumnKind::Money),
        facts.column("currency", Label::CurrencyShort, ColumnKind::Text),
        facts.base_column("amount_base", Label::AmountIn),
    ]
}
