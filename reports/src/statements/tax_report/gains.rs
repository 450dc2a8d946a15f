//! What disposals realised, lot by lot, and what rules that look ahead changed about it.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::realised_gains::RealisedGain;
use schemas::{Amount, BusinessDate, Currency};

use super::{TaxFacts, of_table};
use crate::document::{Cell, ColumnKind, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::sections::methods;
use crate::texts::Label;
use crate::texts::tax_report::{TaxLabel, TaxSentence};

/// The kind of units that leave without a sale.
const TRANSFER_OUT: &str = "TRANSFER_OUT";
/// Kinds of bookings that close lots; other kinds are of corporate actions.
const BOOKED: [&str; 6] = ["SELL", "BUY", "WRITE_OFF", "RETURN_OF_CAPITAL", TRANSFER_OUT, "CHANGE_OF_METHOD"];
/// What the lots of a disposal may leave of its gain: each is rounded to ten decimals.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// The tables of this part, for the totals.
pub(super) struct Gains {
    /// Gains, losses and changes by method and term.
    pub(super) by_method: Table,
    disposals: Table,
    changes: Table,
    taken_out: Table,
}

/// A lot that a disposal closed, or the disposal as a whole if no lots were recorded.
struct Line<'a> {
    disposal: &'a RealisedGain,
    lot: Option<&'a LotClosing>,
}

/// A method and a term in words.
type Group = (String, Option<String>);

/// The printed gains, losses and changes of a group.
#[derive(Default)]
struct Printed {
    gains: Vec<Cell>,
    losses: Vec<Cell>,
    changes: Vec<Cell>,
}

impl Gains {
    pub(super) fn of(facts: &TaxFacts<'_>) -> Result<Gains, Error> {
        let lines = lines(facts)?;
        let (taken_out, sold): (Vec<&Line<'_>>, Vec<&Line<'_>>) =
            lines.iter().partition(|line| line.disposal.kind == TRANSFER_OUT);
        let changes = changes(facts);
        Ok(Gains {
            by_method: by_method(facts, &sold, &changes)?,
            disposals: disposals(facts, &sold)?,
            changes: changed(facts, &changes)?,
            taken_out: left(facts, &taken_out)?,
        })
    }

    pub(super) fn sections(self, facts: &TaxFacts<'_>) -> Vec<Section> {
        let mut sections = vec![
            of_table("gains_by_method", facts.in_base(TaxLabel::GainsByMethod), self.by_method),
            of_table("disposals", facts.label(TaxLabel::Disposals), self.disposals),
        ];
        if !self.changes.rows.is_empty() {
            sections.push(of_table("rule_changes", facts.label(TaxLabel::RuleChanges), self.changes));
        }
        if !self.taken_out.rows.is_empty() {
            sections.push(of_table("taken_out", facts.label(TaxLabel::TakenOut), self.taken_out));
        }
        sections
    }

    /// The net gains of each term that the law of a method tells apart.
    pub(super) fn by_term(&self, facts: &TaxFacts<'_>) -> Result<Vec<(String, Cell)>, Error> {
        let mut terms: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
        for row in &self.by_method.rows {
            if let [_, Cell::Text(term), .., net] = row.as_slice()
                && !term.is_empty()
            {
                terms.entry(term.clone()).or_default().push(net.clone());
            }
        }
        let texts = facts.input.texts();
        let sum = |(term, nets): (String, Vec<Cell>)| Ok((term, sum_of_printed(&nets, "gains of a term", texts)?));
        terms.into_iter().map(sum).collect()
    }
}

/// Whether there were units that left without a sale.
pub(super) fn has_taken_out(facts: &TaxFacts<'_>) -> bool {
    facts.input.realised_gains.iter().any(|row| row.kind == TRANSFER_OUT)
}

/// The rules that changed something in the period.
pub(super) fn rules<'a>(facts: &TaxFacts<'a>) -> BTreeSet<&'a str> {
    changes(facts).into_iter().map(|change| change.rule.as_str()).collect()
}

/// Whether a holding term is told of any lot.
pub(super) fn has_terms(facts: &TaxFacts<'_>) -> bool {
    facts.input.further.lot_closings.iter().any(|row| row.holding_term.is_some())
}

/// The lots of every disposal, in the order of booking. A disposal whose lots do not add up to it stops the report.
fn lines<'a>(facts: &TaxFacts<'a>) -> Result<Vec<Line<'a>>, Error> {
    let input = facts.input;
    let mut lots: BTreeMap<&str, Vec<&LotClosing>> = BTreeMap::new();
    for row in input.further.lot_closings.iter().filter(|row| !row.is_change()) {
        lots.entry(row.transaction_id.as_str()).or_default().push(row);
    }
    let mut disposals: Vec<&RealisedGain> = input.realised_gains.iter().collect();
    disposals.sort_by_key(|row| (row.trade_date, row.booking_sequence, &row.transaction_id));
    let mut lines = Vec::new();
    for disposal in disposals {
        let mut closed = lots.remove(disposal.transaction_id.as_str()).unwrap_or_default();
        closed.sort_by_key(|row| row.position);
        refuse_residual(facts, disposal, &closed)?;
        if closed.is_empty() {
            lines.push(Line { disposal, lot: None });
        }
        lines.extend(closed.into_iter().map(|lot| Line { disposal, lot: Some(lot) }));
    }
    Ok(lines)
}

fn refuse_residual(facts: &TaxFacts<'_>, disposal: &RealisedGain, lots: &[&LotClosing]) -> Result<(), Error> {
    let gains: Option<Vec<Decimal>> = lots.iter().map(|lot| Some(lot.gain_base?.decimal())).collect();
    let (Some(gains), Some(whole), false) = (gains, disposal.gain_base, lots.is_empty()) else { return Ok(()) };
    let overflow = || Error::Overflow { what: "the gains of lots" };
    let rest = gains.into_iter().try_fold(whole.decimal(), |rest, gain| rest.checked_sub(gain));
    let residual = rest.ok_or_else(overflow)?;
    if residual.abs() <= ROUNDING {
        return Ok(());
    }
    let portfolio_id = facts.input.portfolio.portfolio_id.clone();
    Err(Error::LotsDoNotFoot { portfolio_id, transaction_id: disposal.transaction_id.clone(), residual })
}

/// What rules changed in the period about disposals that were sales, in the order in which they did.
fn changes<'a>(facts: &TaxFacts<'a>) -> Vec<&'a LotClosing> {
    let input = facts.input;
    let left = input.changed_disposals.iter().filter(|row| row.kind == TRANSFER_OUT);
    let left: BTreeSet<&str> = left.map(|row| row.transaction_id.as_str()).collect();
    let all = input.gain_changes.iter();
    let mut changes: Vec<&LotClosing> = all.filter(|row| !left.contains(row.transaction_id.as_str())).collect();
    changes.sort_by_key(|row| (row.business_date, &row.transaction_id, &row.instrument_id, row.position));
    changes
}

fn by_method(facts: &TaxFacts<'_>, sold: &[&Line<'_>], changes: &[&LotClosing]) -> Result<Table, Error> {
    let mut groups: BTreeMap<Group, Printed> = BTreeMap::new();
    for line in sold {
        let term = line.lot.and_then(|lot| lot.holding_term.as_deref());
        let printed = groups.entry(group(facts, line.disposal.trade_date, term)).or_default();
        let gain = line.gain(facts);
        match gain.printed_number() {
            Some(number) if number < Decimal::ZERO => printed.losses.push(gain),
            Some(_) => printed.gains.push(gain),
            // It may be either, so that neither sum is known.
            None => {
                printed.losses.push(gain.clone());
                printed.gains.push(gain);
            }
        }
    }
    for change in changes {
        let printed = groups.entry(group(facts, change.trade_date, change.holding_term.as_deref())).or_default();
        printed.changes.push(facts.input.known_money(change.gain_base, facts.base()));
    }
    let texts = facts.input.texts();
    let mut rows = Vec::with_capacity(groups.len());
    for ((method, term), printed) in groups {
        let sum = |cells: &[Cell]| {
            if cells.is_empty() { Ok(facts.zero()) } else { sum_of_printed(cells, "realised gains", texts) }
        };
        let parts = [sum(&printed.gains)?, sum(&printed.losses)?, sum(&printed.changes)?];
        let net = sum_of_printed(&parts, "realised gains", texts)?;
        let mut row = vec![Cell::text(method), Cell::text(term.unwrap_or_default())];
        row.extend(parts);
        row.push(net);
        rows.push(row);
    }
    let money = |id, label| facts.column(id, label, ColumnKind::Money);
    let columns = vec![
        facts.column("method", TaxLabel::Method, ColumnKind::Text),
        facts.column("term", TaxLabel::Term, ColumnKind::Text),
        money("gains", TaxLabel::Gains),
        money("losses", TaxLabel::Losses),
        money("by_rules", TaxLabel::ByRules),
        money("net", TaxLabel::Net),
    ];
    facts.table(columns, rows, &["gains", "losses", "by_rules", "net"])
}

fn group(facts: &TaxFacts<'_>, date: BusinessDate, term: Option<&str>) -> Group {
    let texts = facts.input.texts();
    (methods::on(&facts.input.portfolio.cost_basis, date, texts), term.map(|term| term_in_words(facts, term)))
}

fn term_in_words(facts: &TaxFacts<'_>, term: &str) -> String {
    match term {
        "short" => facts.label(TaxLabel::ShortTerm),
        "long" => facts.label(TaxLabel::LongTerm),
        other => other.to_owned(),
    }
}

fn disposals(facts: &TaxFacts<'_>, sold: &[&Line<'_>]) -> Result<Table, Error> {
    let with_terms = has_terms(facts);
    let mut columns = vec![
        facts.column("sold", TaxLabel::Sold, ColumnKind::Date),
        facts.column("name", Label::Instrument, ColumnKind::Text),
        facts.column("quantity", Label::Quantity, ColumnKind::Quantity),
        facts.column("acquired", TaxLabel::Acquired, ColumnKind::Date),
        facts.column("days_held", TaxLabel::DaysHeld, ColumnKind::Quantity),
    ];
    if with_terms {
        columns.push(facts.column("term", TaxLabel::Term, ColumnKind::Text));
    }
    columns.extend([
        facts.column("proceeds", TaxLabel::Proceeds, ColumnKind::Money),
        facts.column("cost", TaxLabel::Cost, ColumnKind::Money),
        facts.column("currency", Label::CurrencyShort, ColumnKind::Text),
        facts.base_column("proceeds_base", TaxLabel::ProceedsIn),
        facts.base_column("cost_base", TaxLabel::CostIn),
        facts.base_column("gain_base", TaxLabel::GainIn),
    ]);
    let row = |line: &&Line<'_>| {
        let mut cells = line.head(facts);
        if with_terms {
            let term = line.lot.and_then(|lot| lot.holding_term.as_deref());
            cells.push(Cell::text(term.map_or_else(String::new, |term| term_in_words(facts, term))));
        }
        cells.extend(line.amounts(facts));
        cells
    };
    facts.table(columns, sold.iter().map(row).collect(), &["proceeds_base", "cost_base", "gain_base"])
}

fn left(facts: &TaxFacts<'_>, taken_out: &[&Line<'_>]) -> Result<Table, Error> {
    let columns = vec![
        facts.column("date", Label::Date, ColumnKind::Date),
        facts.column("name", Label::Instrument, ColumnKind::Text),
        facts.column("quantity", Label::Quantity, ColumnKind::Quantity),
        facts.column("acquired", TaxLabel::Acquired, ColumnKind::Date),
        facts.column("days_held", TaxLabel::DaysHeld, ColumnKind::Quantity),
        facts.column("cost", TaxLabel::Cost, ColumnKind::Money),
        facts.column("currency", Label::CurrencyShort, ColumnKind::Text),
        facts.base_column("cost_base", TaxLabel::CostIn),
    ];
    let row = |line: &&Line<'_>| {
        let [_, cost, currency, _, cost_base, _] = line.amounts(facts);
        let mut cells = line.head(facts);
        cells.extend([cost, currency, cost_base]);
        cells
    };
    facts.table(columns, taken_out.iter().map(row).collect(), &["cost_base"])
}

fn changed(facts: &TaxFacts<'_>, changes: &[&LotClosing]) -> Result<Table, Error> {
    let texts = facts.input.texts();
    let disposals = facts.input.changed_disposals.iter();
    let days: BTreeMap<&str, BusinessDate> =
        disposals.map(|row| (row.transaction_id.as_str(), row.trade_date)).collect();
    let columns = vec![
        facts.column("date", Label::Date, ColumnKind::Date),
        facts.column("name", Label::Instrument, ColumnKind::Text),
        facts.column("disposed", TaxLabel::Disposed, ColumnKind::Date),
        facts.column("rule", TaxLabel::Rule, ColumnKind::Text),
        facts.column("quantity", Label::Quantity, ColumnKind::Quantity),
        facts.column("matched_with", TaxLabel::MatchedWith, ColumnKind::Text),
        facts.base_column("gain_base", TaxLabel::GainIn),
    ];
    let row = |change: &&LotClosing| {
        let day = days.get(change.transaction_id.as_str());
        vec![
            Cell::Date(change.trade_date.day()),
            Cell::text(facts.name(&change.instrument_id)),
            day.map_or_else(|| facts.reason(TaxSentence::NotKnown), |day| Cell::Date(day.day())),
            Cell::text(texts.rule(&change.rule)),
            Cell::Quantity(change.quantity.decimal()),
            Cell::text(change.opened_by.clone().unwrap_or_default()),
            facts.input.known_money(change.gain_base, facts.base()),
        ]
    };
    facts.table(columns, changes.iter().map(row).collect(), &["gain_base"])
}

impl Line<'_> {
    /// The gain as it is printed.
    fn gain(&self, facts: &TaxFacts<'_>) -> Cell {
        let gain = self.lot.map_or(self.disposal.gain_base, |lot| lot.gain_base);
        self.in_base(facts, gain)
    }

    /// Day, instrument, units, acquisition and age.
    fn head(&self, facts: &TaxFacts<'_>) -> Vec<Cell> {
        let texts = facts.input.texts();
        let disposal = self.disposal;
        let name = facts.name(&disposal.instrument_id);
        let kind = disposal.kind.as_str();
        let named = match kind {
            "SELL" | TRANSFER_OUT => name,
            _ => {
                let kind = if BOOKED.contains(&kind) { texts.kind(kind) } else { texts.event(kind) };
                texts.label_with(TaxLabel::OfKind, &[("name", &name), ("kind", &kind)])
            }
        };
        let unknown = || facts.reason(TaxSentence::LotsNotRecorded);
        let acquired = self.lot.and_then(|lot| lot.acquired_date);
        let days = self.lot.and_then(|lot| lot.days_held);
        vec![
            Cell::Date(disposal.trade_date.day()),
            Cell::text(named),
            Cell::Quantity(self.lot.map_or(disposal.quantity, |lot| lot.quantity).decimal()),
            acquired.map_or_else(unknown, |day| Cell::Date(day.day())),
            days.map_or_else(unknown, |days| Cell::Quantity(Decimal::from(days))),
        ]
    }

    /// Proceeds and cost with their currency, then proceeds, cost and gain in base currency.
    fn amounts(&self, facts: &TaxFacts<'_>) -> [Cell; 6] {
        let currency = self.disposal.currency;
        let (proceeds, cost) =
            self.lot.map_or((self.disposal.proceeds, self.disposal.cost), |lot| (lot.proceeds, lot.cost));
        let own = |amount: Option<Amount>| {
            amount.map_or_else(|| facts.reason(TaxSentence::NotKnown), |amount| Cell::money(amount, currency))
        };
        let recorded = self.lot.map_or((None, None), |lot| (lot.proceeds_base, lot.cost_base));
        let same = |amount: Option<Amount>| amount.filter(|_| currency == facts.base());
        [
            own(proceeds),
            own(cost),
            Cell::text(currency.code()),
            self.in_base(facts, recorded.0.or_else(|| same(proceeds))),
            self.in_base(facts, recorded.1.or_else(|| same(cost))),
            self.gain(facts),
        ]
    }

    fn in_base(&self, facts: &TaxFacts<'_>, amount: Option<Amount>) -> Cell {
        let base: Currency = facts.base();
        facts.input.base_money(amount, || {
            facts.input.texts().sentence_with(TaxSentence::NotInBase, &[("currency", base.code())])
        })
    }
}
