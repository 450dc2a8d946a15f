//! What portfolios earned, how their forecasts held, and which may lose most.

use super::count;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::management::{ManagementInput, PortfolioReturn};
use crate::sections::{notes_in, total};
use crate::texts::{Label, ManagementLabel, ManagementSentence};

/// How the returns of the period are distributed.
pub(super) fn returns(input: &ManagementInput) -> Section {
    let texts = input.texts();
    let mut returns: Vec<&PortfolioReturn> = input.returns.iter().collect();
    returns.sort_by(|left, right| {
        let fractions = left.return_fraction.total_cmp(&right.return_fraction);
        fractions.then_with(|| left.portfolio_id.cmp(&right.portfolio_id))
    });
    let columns = vec![
        Column::new("figure", texts.label(Label::Figure), ColumnKind::Text),
        Column::new("portfolio", texts.label(Label::Portfolio), ColumnKind::Text),
        Column::new("value", texts.label(Label::Value), ColumnKind::Figure),
    ];
    let row = |label, id: String, cell| vec![Cell::text(texts.label(label)), Cell::text(id), cell];
    let mut rows = vec![
        row(ManagementLabel::WithReturn, String::new(), count(returns.len())),
        row(ManagementLabel::WithoutReturn, String::new(), count(input.without_return)),
    ];
    let fraction = |value| Cell::estimated_fraction(value, texts);
    if let (Some(worst), Some(best)) = (returns.first(), returns.last()) {
        let sorted: Vec<f64> = returns.iter().map(|of| of.return_fraction).collect();
        let quartile = |part| quantile(&sorted, part).map_or_else(Cell::empty, fraction);
        let of = |of: &PortfolioReturn| (of.portfolio_id.to_string(), fraction(of.return_fraction));
        let (best_id, best) = of(best);
        let (worst_id, worst) = of(worst);
        rows.push(row(ManagementLabel::Best, best_id, best));
        rows.push(row(ManagementLabel::UpperQuartile, String::new(), quartile(0.75)));
        rows.push(row(ManagementLabel::Median, String::new(), quartile(0.5)));
        rows.push(row(ManagementLabel::LowerQuartile, String::new(), quartile(0.25)));
        rows.push(row(ManagementLabel::Worst, worst_id, worst));
        let below = sorted.iter().filter(|value| **value < 0.0).count();
        rows.push(row(ManagementLabel::BelowZero, String::new(), share(below, sorted.len(), input)));
    }
    let table = Table { columns, rows, total: None };
    Section { id: "returns", title: texts.label(ManagementLabel::Returns), content: Content::Table(table) }
}

fn share(part: usize, whole: usize, input: &ManagementInput) -> Cell {
    let (Ok(part), Ok(whole)) = (u32::try_from(part), u32::try_from(whole)) else { return Cell::empty() };
    Cell::estimated_fraction(f64::from(part) / f64::from(whole), input.texts())
}

/// The value below which a part of sorted values lies, between the two nearest ones in proportion.
fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let last = u32::try_from(sorted.len().checked_sub(1)?).ok()?;
    let place = f64::from(last) * part;
    let below = (0..=last).rev().find(|below| f64::from(*below) <= place)?;
    let index = usize::try_from(below).ok()?;
    let value = *sorted.get(index)?;
    let next = sorted.get(index + 1).copied().unwrap_or(value);
    Some(value + (next - value) * (place - f64::from(below)))
}

/// How many portfolios have a green, yellow or red backtest in force.
pub(super) fn lights(input: &ManagementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let lights = input.lights;
    let row = |label, number| vec![Cell::text(texts.label(label)), count(number)];
    let columns = vec![
        Column::new("light", texts.label(ManagementLabel::Light), ColumnKind::Text),
        Column::new("portfolios", texts.label(ManagementLabel::Portfolios), ColumnKind::Quantity),
    ];
    let rows = vec![
        row(ManagementLabel::Green, lights.green),
        row(ManagementLabel::Yellow, lights.yellow),
        row(ManagementLabel::Red, lights.red),
        row(ManagementLabel::NoBacktest, lights.none),
    ];
    let mut table = Table { columns, rows, total: None };
    table.total = Some(vec![total(texts), table.sum_of_column("portfolios", texts)?]);
    Ok(Section { id: "backtests", title: texts.label(ManagementLabel::Backtests), content: Content::Table(table) })
}

/// The portfolios that may lose most of their value in a day.
pub(super) fn risks(input: &ManagementInput) -> Section {
    let texts = input.texts();
    if input.risks.is_empty() {
        let notes = vec![texts.sentence(ManagementSentence::NoRisk)];
        return notes_in(texts, "value_at_risk", ManagementLabel::HighestRisks, notes);
    }
    let columns = vec![
        Column::new("portfolio", texts.label(Label::Portfolio), ColumnKind::Text),
        Column::new("value_at_risk", texts.label(ManagementLabel::RiskOfValue), ColumnKind::Fraction),
    ];
    let row = |of: &crate::management::PortfolioRisk| {
        vec![Cell::text(of.portfolio_id.to_string()), Cell::estimated_fraction(of.value_at_risk_fraction, texts)]
    };
    let mut rows: Vec<Vec<Cell>> = input.risks.iter().map(row).collect();
    let others = input.risks_known.saturating_sub(input.risks.len());
    if 0 < others {
        let label = texts.label_with(ManagementLabel::OtherPortfolios, &[("count", &others.to_string())]);
        rows.push(vec![Cell::text(label), Cell::empty()]);
    }
    let table = Table { columns, rows, total: None };
    Section { id: "value_at_risk", title: texts.label(ManagementLabel::HighestRisks), content: Content::Table(table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between_the_nearest_values() {
        // Of 1, 2, 3, 4 the lower quartile is three quarters of the way from 1 to 2 (Hyndman and Fan, type 7).
        let at = |values: &[f64], part| quantile(values, part);
        assert_eq!(at(&[1.0, 2.0, 3.0, 4.0], 0.25), Some(1.75));
        assert_eq!(at(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
        assert_eq!((at(&[7.0], 0.75), at(&[], 0.5)), (Some(7.0), None));
    }
}
