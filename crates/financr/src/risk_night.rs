//! What the night of a date says about the risk of a portfolio, read once for the page and for machines.

use lake::Lake;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::{BusinessDate, PortfolioId};
use serde_json::Value;

use crate::listing::Listing;
use crate::printed_figures::{Figures, fixed};

/// Methods of forecasts by id with the words for people, in the order in which they count.
const METHODS: [(&str, &str); 5] = [
    ("historical", "historical"),
    ("filtered_historical", "filtered historical"),
    ("ewma", "EWMA 0.94"),
    ("cornish_fisher", "Cornish-Fisher"),
    ("normal", "normal"),
];

/// The rows of a portfolio on a date.
#[derive(Debug, Default)]
pub(crate) struct RiskNight {
    /// What the positions may lose, a row for each tail.
    pub(crate) risk: Vec<RiskRow>,
    /// What each position adds to it, the largest first.
    pub(crate) contributions: Vec<RiskContribution>,
    /// What each method says of the next day.
    pub(crate) forecasts: Vec<RiskForecast>,
    /// How forecasts kept what they promised.
    pub(crate) backtests: Vec<BacktestRow>,
}

impl RiskNight {
    /// Reads the rows.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub(crate) async fn read(lake: &Lake, id: &PortfolioId, date: BusinessDate) -> Result<RiskNight, lake::Error> {
        Ok(RiskNight {
            risk: lake::read::risk(lake, id, date).await?,
            contributions: lake::read::risk_contributions(lake, id, date).await?,
            forecasts: lake::read::risk_forecasts(lake, id, date).await?,
            backtests: lake::read::backtests(lake, id, date).await?,
        })
    }

    /// Adds a row for every figure, in full and with the reason where there is none, under the columns of
    /// [`crate::measures_listing::machine_listing`].
    pub(crate) fn add_rows(&self, figures: &Figures<'_>, listing: &mut Listing) {
        let currency = figures.base();
        let base = currency.code();
        let mut rows: Vec<Figure<'_>> = Vec::new();
        for row in &self.risk {
            let (reason, kind) = (row.unavailable_reason.as_deref(), "risk_of_positions");
            let mut add = |figure: &str, value: Value, unit| {
                let measure = format!("{}.{}.{figure}", row.method, level(row.tail));
                rows.push(Figure { kind, measure, value, unit, reason });
            };
            add("value_at_risk", row.value_at_risk.into(), base);
            add("expected_shortfall", row.expected_shortfall.into(), base);
            add("scenario_count", row.scenario_count.into(), "count");
            add("excluded_fraction", row.excluded_fraction.into(), "fraction");
            add("proxied_fraction", row.proxied_fraction.into(), "fraction");
        }
        rows.extend(self.contributions.iter().map(|row| Figure {
            kind: "risk_contribution",
            measure: format!("es_975_contribution.{}", row.instrument_id),
            value: row.es_975_contribution.into(),
            unit: base,
            reason: row.unavailable_reason.as_deref(),
        }));
        for row in &self.forecasts {
            let (reason, kind) = (row.unavailable_reason.as_deref(), "risk_forecast");
            let figures = [("value_at_risk", row.value_at_risk), ("expected_shortfall", row.expected_shortfall)];
            for (figure, value) in figures {
                let measure = format!("{}.{}.{figure}", row.method, level(row.tail));
                rows.push(Figure { kind, measure, value: value.into(), unit: "fraction", reason });
            }
        }
        for row in &self.backtests {
            rows.extend(of_backtest(row));
        }
        for figure in rows {
            let mut cells: Vec<Value> = vec![
                figures.portfolio.portfolio_id.to_string().into(),
                figures.date.to_string().into(),
                // The figures are about the next day, and not about a period before.
                Value::Null,
                figure.kind.into(),
                figure.measure.into(),
                figure.value,
                figure.unit.into(),
                false.into(),
                figure.reason.map_or(Value::Null, Value::from),
            ];
            cells.resize(listing.columns.len(), Value::Null);
            listing.rows.push(cells);
        }
    }
}

/// A figure for machines.
struct Figure<'a> {
    kind: &'static str,
    measure: String,
    value: Value,
    unit: &'a str,
    reason: Option<&'a str>,
}

/// How a method's forecasts of a tail compared with one profit and loss.
fn of_backtest(row: &BacktestRow) -> Vec<Figure<'_>> {
    let unavailable = row.unavailable_reason.as_deref();
    let figures = [
        ("day_count", row.day_count.into(), "count"),
        ("exceedance_count", row.exceedance_count.into(), "count"),
        ("zone", row.zone.clone().into(), "text"),
        ("is_in_force", row.is_in_force.into(), "text"),
        ("kupiec_probability", row.kupiec_probability.into(), "fraction"),
        ("coverage_probability", row.coverage_probability.into(), "fraction"),
        ("capital_multiplier", row.capital_multiplier.into(), "ratio"),
        ("acerbi_szekely", row.acerbi_szekely.into(), "ratio"),
        ("pinball", row.pinball.into(), "fraction"),
    ];
    let figure = |(name, value, unit): (&str, Value, &'static str)| Figure {
        kind: "backtest",
        measure: format!("{}.{}.{}.{name}", row.method, level(row.tail), row.profit_and_loss),
        reason: unavailable.filter(|_| value.is_null()),
        value,
        unit,
    };
    figures.into_iter().map(figure).collect()
}

/// The words of a method of forecasts; one without words is called by its id.
pub(crate) fn words_of(method: &str) -> &str {
    METHODS.iter().find(|(id, _)| *id == method).map_or(method, |(_, words)| words)
}

/// Where a method stands in the order in which methods count.
pub(crate) fn place_of(method: &str) -> usize {
    METHODS.iter().position(|(id, _)| *id == method).unwrap_or(METHODS.len())
}

/// The confidence of a tail as in the ids of measures, e.g. `975` of 0.025.
fn level(tail: f64) -> String {
    confidence(tail).replace(['.', ' ', '%'], "")
}

/// The confidence of a tail for people, e.g. `97.5 %`.
pub(crate) fn confidence(tail: f64) -> String {
    let percent = fixed(100.0 * (1.0 - tail), 1);
    format!("{} %", percent.strip_suffix(".0").unwrap_or(&percent))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::measures_listing::machine_listing;
    use crate::measures_listing::tests::{date, portfolio};

    /// A night with two positions, one forecast, and what became of it.
    pub(crate) fn night() -> RiskNight {
        let id: PortfolioId = "D01".parse().expect("an id");
        let on = date("2023-12-29");
        let risk = |tail, value_at_risk, expected_shortfall| RiskRow {
            portfolio_id: id.clone(),
            business_date: on,
            method: "historical_simulation".to_owned(),
            tail,
            horizon_days: 1,
            value_at_risk: Some(value_at_risk),
            expected_shortfall: Some(expected_shortfall),
            scenario_count: 500,
            position_count: 3,
            excluded_count: 1,
            excluded_fraction: Some(0.012),
            unavailable_reason: None,
            proxied_count: Some(1),
            proxied_fraction: Some(0.25),
        };
        let part = |instrument: &str, contribution: Option<f64>, reason: Option<&str>| RiskContribution {
            portfolio_id: id.clone(),
            instrument_id: instrument.parse().expect("an id"),
            business_date: on,
            es_975_contribution: contribution,
            unavailable_reason: reason.map(str::to_owned),
            proxy_instrument_id: (instrument == "M1~AAA").then(|| "M1~OLD".parse().expect("an id")),
            proxied_scenario_count: (instrument == "M1~AAA").then_some(40),
            proxied_through_date: (instrument == "M1~AAA").then(|| date("2022-03-04")),
        };
        let forecast = |method: &str, found: Option<(f64, f64)>, reason: Option<&str>| RiskForecast {
            portfolio_id: id.clone(),
            business_date: on,
            method: method.to_owned(),
            tail: 0.01,
            value_at_risk: found.map(|found| found.0),
            expected_shortfall: found.map(|found| found.1),
            return_count: 500,
            unavailable_reason: reason.map(str::to_owned),
        };
        RiskNight {
            risk: vec![risk(0.05, 100.0, 150.0), risk(0.025, 140.0, 180.0), risk(0.01, 190.0, 220.5)],
            contributions: vec![
                part("M1~AAA", Some(200.25), None),
                part("CASH~USD", Some(-20.25), None),
                part("M1~ODD", None, Some("it was quoted on 6 of 20 days only")),
            ],
            forecasts: vec![
                forecast("cornish_fisher", None, Some("outside its domain")),
                forecast("historical", Some((0.021, 0.034)), None),
            ],
            backtests: vec![judged("actual", 3, "green"), judged("hypothetical", 11, "red")],
        }
    }

    fn judged(profit_and_loss: &str, exceedance_count: i64, zone: &str) -> BacktestRow {
        BacktestRow {
            portfolio_id: "D01".parse().expect("an id"),
            business_date: date("2023-12-29"),
            method: "historical".to_owned(),
            tail: 0.01,
            profit_and_loss: profit_and_loss.to_owned(),
            day_count: 250,
            exceedance_count,
            kupiec_statistic: None,
            kupiec_probability: None,
            independence_statistic: None,
            independence_probability: None,
            coverage_statistic: None,
            coverage_probability: None,
            zone: Some(zone.to_owned()),
            capital_multiplier: None,
            is_in_force: false,
            exceeded_dates: String::new(),
            last_gap_date: None,
            unavailable_reason: Some("too few exceedances".to_owned()),
            acerbi_szekely: Some(-0.5),
            pinball: Some(0.000_4),
            pinball_day_count: Some(250),
            exceeded_losses: None,
        }
    }

    #[test]
    fn a_machine_has_a_row_for_every_figure() {
        let portfolio = portfolio("2020-01-02");
        let figures = Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &[] };
        let mut listing = machine_listing(true);
        night().add_rows(&figures, &mut listing);
        let cell = |measure: &str, column: usize| {
            let row = listing.rows.iter().find(|row| row[4] == measure).expect("a row");
            assert_eq!(row.len(), listing.columns.len());
            row[column].clone()
        };
        assert_eq!(cell("historical_simulation.975.expected_shortfall", 5), Value::from(180.0));
        assert_eq!(cell("historical_simulation.975.expected_shortfall", 6), Value::from("EUR"));
        assert_eq!(cell("es_975_contribution.CASH~USD", 5), Value::from(-20.25));
        assert_eq!(cell("es_975_contribution.M1~ODD", 8), Value::from("it was quoted on 6 of 20 days only"));
        assert_eq!(cell("historical.99.value_at_risk", 5), Value::from(0.021));
        assert_eq!(cell("historical.99.hypothetical.zone", 5), Value::from("red"));
        assert_eq!(cell("historical.99.hypothetical.acerbi_szekely", 8), Value::Null);
        assert_eq!(cell("historical.99.hypothetical.kupiec_probability", 8), Value::from("too few exceedances"));
    }
}
