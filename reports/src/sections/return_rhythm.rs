//! How often the returns come from which figures are made, where they are not those of trading days.

use schemas::ReportingPeriod;

use crate::input::StatementInput;
use crate::texts::{Label, Texts};

/// Returns a year of trading days.
const TRADING_DAYS: &str = "252";

/// The rhythm of a portfolio's returns.
#[derive(Clone, Copy)]
pub(crate) struct ReturnRhythm {
    /// How a figure is named that is made from them; none if they are those of trading days, or not known.
    label: Option<Label>,
    /// Their number a year.
    pub(crate) count: &'static str,
}

impl ReturnRhythm {
    /// The rhythm of the returns since inception.
    pub(crate) fn of(input: &StatementInput) -> ReturnRhythm {
        let mut measures = input.measures.iter();
        let row =
            measures.find(|row| row.period == ReportingPeriod::SinceInception && row.measure == "returns_per_year");
        let number = row.and_then(|row| row.value).unwrap_or_default();
        // Four whole numbers: what is no longer one of them has no name.
        let named = [
            (12.0, Label::FromMonthlyReturns, "12"),
            (52.0, Label::FromWeeklyReturns, "52"),
            (365.0, Label::FromReturnsOfEveryDay, "365"),
        ];
        let found = named.into_iter().find(|(count, ..)| (number - count).abs() < 0.5);
        found.map_or(ReturnRhythm { label: None, count: TRADING_DAYS }, |(_, label, count)| ReturnRhythm {
            label: Some(label),
            count,
        })
    }

    /// Whether they are those of trading days, or not known to be others.
    pub(crate) fn is_of_trading_days(self) -> bool {
        self.label.is_none()
    }

    /// The name of a figure, with the returns that it is made from where they are not those of trading days.
    pub(crate) fn named(self, figure: String, texts: Texts) -> String {
        match self.label {
            Some(label) => texts.label_with(label, &[("figure", &figure)]),
            None => figure,
        }
    }
}
