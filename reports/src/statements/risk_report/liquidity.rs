//! How long it takes to sell what is held, at a part of what the market trades on an average day.

use schemas::tables::liquidity::LiquidityRow;

use super::{StatementInput, fraction, number, reason};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::sections::not_available;
use crate::texts::{Label, RiskLabel};

/// The table of figures; a sentence if nothing was computed.
pub(super) fn section(input: &StatementInput) -> Section {
    let texts = input.texts();
    let Some(row) = input.further.liquidity.first() else {
        return not_available(input, "liquidity", texts.label(RiskLabel::Liquidity), &reason(input, None));
    };
    let columns = vec![
        Column::new("figure", texts.label(Label::Figure), ColumnKind::Text),
        Column::new("value", texts.label(RiskLabel::FigureValue), ColumnKind::Figure),
    ];
    let rows = figures(input, row).into_iter().map(|(label, cell)| vec![Cell::text(texts.label(label)), cell]);
    let table = Table { columns, rows: rows.collect(), total: None };
    Section { id: "liquidity", title: texts.label(RiskLabel::Liquidity), content: Content::Table(table) }
}

/// The figures of a portfolio, each known or with its reason.
fn figures(input: &StatementInput, row: &LiquidityRow) -> [(RiskLabel, Cell); 8] {
    let share = |share: Option<f64>| fraction(input, share, row.shares_unavailable_reason.as_deref());
    [
        (RiskLabel::Participation, fraction(input, Some(row.participation), None)),
        (RiskLabel::SoldInOneDay, share(row.one_day_share)),
        (RiskLabel::SoldInFiveDays, share(row.five_day_share)),
        (RiskLabel::SoldInTwentyDays, share(row.twenty_day_share)),
        (RiskLabel::UnknownShare, share(row.unknown_share)),
        (RiskLabel::DaysUntilAll, number(input, row.days_until_all, row.days_unavailable_reason.as_deref())),
        (RiskLabel::PositionsHeld, Cell::Quantity(row.position_count.into())),
        (RiskLabel::PositionsUnknown, Cell::Quantity(row.unknown_count.into())),
    ]
}
