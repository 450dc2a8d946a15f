//! The notice that a portfolio has lost a tenth of its value, or a further one, since its reporting period began (Art.
//! 62(1) of Delegated Regulation (EU) 2017/565).
//!
//! Which thresholds it tells of is named by whoever decides that it is due; how far the value fell, and when, follows
//! from the table. Deposits and withdrawals are left out, and the notice says how.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use schemas::CalendarLength;
use schemas::tables::depreciation::DepreciationRow;

use super::StatementKind;
use crate::document::{
    Cell, Chart, ChartPoint, Column, ColumnKind, Content, Document, KeyFigure, KeyFigures, Section, Table,
};
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::{Event, Rhythm};
use crate::sections::{findings, issuer, of_notes, provenance};
use crate::texts::{Label, NoticeLabel, NoticeSentence, Texts};

/// The notice's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "depreciation_notice",
    title: Label::DepreciationNotice,
    rhythm: Rhythm::On(Event::Depreciation),
    shortest: CalendarLength::Month,
    needs: &[Need::Depreciation],
    build,
};

/// Makes the notice.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids statements of the date.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let mut days: Vec<&DepreciationRow> = input.further.depreciation.iter().collect();
    days.retain(|row| row.period_opening == input.period_start && row.business_date <= input.business_date);
    days.sort_by_key(|row| row.business_date);
    let today = days.last().copied().filter(|row| row.business_date == input.business_date);
    let notice = Notice { input, texts: input.texts(), days: &days, today };
    let mut sections = vec![notice.key_figures(), notice.thresholds(), notice.course(), notice.passages()];
    sections.push(of_notes(input, "about", NoticeLabel::AboutThisNotice, notice.about()));
    sections.push(findings::section(input));
    sections.push(issuer::required_section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

/// What a notice is made from.
struct Notice<'a> {
    input: &'a StatementInput,
    texts: Texts,
    /// The days of the period up to the date, in order.
    days: &'a [&'a DepreciationRow],
    /// The day of the notice; none if nothing is known of it.
    today: Option<&'a DepreciationRow>,
}

impl Notice<'_> {
    fn key_figures(&self) -> Section {
        let (input, texts) = (self.input, self.texts);
        let today = self.today;
        let unknown = today.and_then(|row| row.unavailable_reason.as_deref()).map(|reason| texts.recorded(reason));
        let reason = || unknown.clone().unwrap_or_else(|| texts.sentence(NoticeSentence::NoFall));
        let money = |amount| input.base_money(amount, reason);
        let flow_unknown = || texts.sentence(NoticeSentence::FlowUnknown);
        let fraction = today.and_then(|row| row.return_fraction);
        let date = texts.date(input.business_date);
        let figures = vec![
            (texts.label(NoticeLabel::ReferenceValue), money(today.and_then(|row| row.reference_value))),
            (texts.label(NoticeLabel::NetInflow), input.base_money(today.and_then(|row| row.net_inflow), flow_unknown)),
            (texts.label_with(NoticeLabel::ValueOn, &[("date", &date)]), money(today.and_then(|row| row.end_value))),
            (texts.label(NoticeLabel::AdjustedValue), money(today.and_then(|row| row.adjusted_value))),
            (
                texts.label(NoticeLabel::ChangeSinceBeginning),
                fraction.map_or_else(|| Cell::unavailable(reason()), |value| Cell::estimated_fraction(value, texts)),
            ),
            (
                texts.label(NoticeLabel::DeepestThreshold),
                match today.and_then(|row| Some(row.step?.max(row.deepest_step_before))) {
                    None => Cell::unavailable(reason()),
                    Some(0) => Cell::text(texts.label(Label::NoneInPeriod)),
                    Some(step) => Cell::Fraction(threshold(step)),
                },
            ),
        ];
        let figures = figures.into_iter().map(|(label, cell)| KeyFigure { label, cell }).collect();
        let title = texts.label_with(NoticeLabel::TheFall, &[("currency", input.base_currency().code())]);
        let note = texts.sentence(NoticeSentence::TheFallNote);
        Section { id: "depreciation", title, content: Content::KeyFigures(KeyFigures { figures, note }) }
    }

    /// The thresholds that were exceeded in the period, each with its day and the notice that tells of it.
    fn thresholds(&self) -> Section {
        let texts = self.texts;
        let columns = vec![
            Column::new("threshold", texts.label(NoticeLabel::Threshold), ColumnKind::Fraction),
            Column::new("exceeded_on", texts.label(NoticeLabel::ExceededOn), ColumnKind::Date),
            Column::new("change", texts.label(NoticeLabel::ChangeSinceBeginning), ColumnKind::Fraction),
            Column::new("told_by", texts.label(NoticeLabel::ThisNotice), ColumnKind::Text),
        ];
        let told: BTreeSet<&str> = self.input.further.events.keys().map(String::as_str).collect();
        let most = self.days.iter().map(|row| deepest(row)).max().unwrap_or_default();
        let row = |step: i64| {
            let first = self.days.iter().find(|row| row.step.is_some_and(|reached| step <= reached))?;
            let change = first.return_fraction.map(|value| Cell::estimated_fraction(value, texts));
            let by_this = told.contains(format!("{}:{step}", first.period_opening).as_str());
            let by = if by_this { NoticeLabel::ByThisNotice } else { NoticeLabel::ByEarlierNotice };
            Some(vec![
                Cell::Fraction(threshold(step)),
                Cell::Date(first.business_date.day()),
                change.unwrap_or_else(Cell::empty),
                Cell::text(texts.label(by)),
            ])
        };
        let table = Table { columns, rows: (1..=most).filter_map(row).collect(), total: None };
        Section { id: "thresholds", title: texts.label(NoticeLabel::Thresholds), content: Content::Table(table) }
    }

    /// The value without deposits and withdrawals on each day.
    fn course(&self) -> Section {
        let (input, texts) = (self.input, self.texts);
        let point = |row: &&DepreciationRow| {
            let recorded = row.unavailable_reason.as_deref();
            let unknown = || texts.sentence(NoticeSentence::NoFall);
            let reason = || recorded.map_or_else(unknown, |reason| texts.recorded(reason));
            ChartPoint { date: row.business_date.day(), cell: input.base_money(row.adjusted_value, reason) }
        };
        let chart = Chart {
            series: texts.label(NoticeLabel::AdjustedValue),
            currency: input.base_currency(),
            points: self.days.iter().map(point).collect(),
        };
        let title = texts.label_with(NoticeLabel::Course, &[("currency", input.base_currency().code())]);
        Section { id: "course", title, content: Content::Chart(chart) }
    }

    /// The days on which the value fell through a threshold or rose above one: falling again causes no notice, but is
    /// shown.
    fn passages(&self) -> Section {
        let texts = self.texts;
        let columns = vec![
            Column::new("date", texts.label(Label::Date), ColumnKind::Date),
            Column::new("passage", texts.label(NoticeLabel::Passage), ColumnKind::Text),
            Column::new("adjusted_value", texts.label(NoticeLabel::AdjustedValue), ColumnKind::Money),
            Column::new("change", texts.label(NoticeLabel::ChangeSinceBeginning), ColumnKind::Fraction),
        ];
        let mut rows = Vec::new();
        let mut before = 0;
        for row in self.days {
            let Some(step) = row.step else { continue };
            let passage = match step.cmp(&before) {
                std::cmp::Ordering::Equal => continue,
                std::cmp::Ordering::Less => (NoticeLabel::Recovered, before),
                std::cmp::Ordering::Greater if row.is_new => (NoticeLabel::FellThrough, step),
                std::cmp::Ordering::Greater => (NoticeLabel::FellAgain, step),
            };
            // Who rises above several thresholds at once is above the shallowest of them.
            let passed = if step < before { step + 1 } else { passage.1 };
            let percent = Cell::Fraction(threshold(passed)).printed(texts.locale());
            let change = row.return_fraction.map(|value| Cell::estimated_fraction(value, texts));
            rows.push(vec![
                Cell::Date(row.business_date.day()),
                Cell::text(texts.label_with(passage.0, &[("threshold", &percent)])),
                self.input.base_money(row.adjusted_value, || texts.sentence(NoticeSentence::NoFall)),
                change.unwrap_or_else(Cell::empty),
            ]);
            before = step;
        }
        let table = Table { columns, rows, total: None };
        Section { id: "passages", title: texts.label(NoticeLabel::Passages), content: Content::Table(table) }
    }

    fn about(&self) -> Vec<String> {
        let (input, texts) = (self.input, self.texts);
        let date = texts.date(input.business_date);
        let detected = match self.today.map(deepest) {
            Some(step) if 0 < step && !input.further.events.is_empty() => {
                let threshold = Cell::Fraction(-threshold(step)).printed(texts.locale());
                let opening = texts.date(input.period_start);
                let values = [("date", &*date), ("threshold", &*threshold), ("opening", &*opening)];
                texts.sentence_with(NoticeSentence::Detected, &values)
            }
            _ => texts.sentence_with(NoticeSentence::NothingDetected, &[("date", &date)]),
        };
        let rules = [
            NoticeSentence::TheRule,
            NoticeSentence::ThePeriod,
            NoticeSentence::TheMethod,
            NoticeSentence::OncePerStep,
            NoticeSentence::NotByInstrument,
        ];
        std::iter::once(detected).chain(rules.map(|rule| texts.sentence(rule))).collect()
    }
}

/// The deepest step of a day.
fn deepest(row: &DepreciationRow) -> i64 {
    row.step.unwrap_or_default()
}

/// The change that a step stands for: -0.2 for the second.
fn threshold(step: i64) -> Decimal {
    Decimal::new(-step, 1)
}
