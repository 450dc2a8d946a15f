//! The monthly statement of one portfolio: what it was worth, what came in, what it earned, and what it holds.
//!
//! Every sum is the sum of the figures that are printed, so a reader with a pocket calculator finds no difference. A
//! figure that cannot be known is a dash with its reason, never a zero. If positions and cash do not add up to the
//! portfolio's value there is no statement at all.

mod activity;
mod benchmark;
mod corporate_actions;
mod key_figures;
mod notes;
mod orders;
mod over_period;
mod performance;
mod value_change;

use std::collections::BTreeMap;

use schemas::tables::portfolio_values::PortfolioValue;
use schemas::{BusinessDate, CalendarLength};

use super::StatementKind;
use crate::document::{Chart, ChartPoint, Content, Document, Section};
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::Rhythm;
use crate::sections::{attribution, holdings, risk_methods};
use crate::texts::{Label, Sentence};

/// The statement's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "portfolio_statement",
    title: Label::PortfolioStatement,
    rhythm: Rhythm::Every(CalendarLength::Month),
    shortest: CalendarLength::Month,
    needs: &[Need::OtherBookings, Need::ExecutionsOfPeriod],
    build,
};

/// Makes the statement.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids the statement, [`Error::DoesNotFoot`] if positions and cash are not the
/// portfolio's value, [`Error::BridgeDoesNotFoot`] if the change in value is not explained, [`Error::Overflow`] and
/// [`Error::MixedCurrencies`] if figures have no sum.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let holdings = holdings::sections(input)?;
    let mut sections = vec![key_figures::section(input)?];
    sections.extend(value_change::sections(input)?);
    sections.extend(over_period::sections(input)?);
    sections.push(performance::section(input));
    sections.extend(attribution::section(input)?);
    sections.extend(risk_methods::section(input));
    sections.push(value_chart(input));
    sections.extend(holdings);
    sections.push(activity::cash_flows(input)?);
    sections.push(activity::transactions(input)?);
    sections.extend(corporate_actions::section(input)?);
    sections.extend(orders::section(input));
    sections.extend(notes::sections(input));
    Ok(input.document(&STATEMENT, sections))
}

/// The value since inception as a line. A day on which a position had no value breaks the line.
fn value_chart(input: &StatementInput) -> Section {
    let by_date: BTreeMap<BusinessDate, &PortfolioValue> = input
        .portfolio_values
        .iter()
        .filter(|row| row.business_date <= input.business_date)
        .map(|row| (row.business_date, row))
        .collect();
    let point = |row: &PortfolioValue| ChartPoint {
        date: row.business_date.day(),
        cell: input.base_money(row.market_value, || input.texts().sentence(Sentence::PositionHadNoPrice)),
    };
    let chart = Chart {
        series: input.texts().label(Label::MarketValue),
        currency: input.base_currency(),
        points: by_date.into_values().map(point).collect(),
    };
    Section {
        id: "value_history",
        title: input.texts().label_with(Label::ValueSinceInception, &[("currency", input.base_currency().code())]),
        content: Content::Chart(chart),
    }
}
