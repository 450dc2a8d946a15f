//! Scenarios as they are applied, put together from the rows that say what they are.

use std::collections::BTreeMap;

use analytics::stress::{Shock, ShockTarget};
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::{BusinessDate, Currency, MarketId};

/// The word for all currencies but the base currency.
pub(crate) const FOREIGN: &str = "foreign";

/// The market under whose name the scenarios are read that Financr brings.
pub(crate) const BRINGER: &str = "FINANCR";

/// What a row of a scenario says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Part {
    /// The change of an instrument's price.
    Instrument,
    /// The change of the prices of a class.
    AssetClass,
    /// The change of a factor.
    Factor,
    /// The change of a currency.
    Currency,
    /// The loading of an instrument on a factor.
    Loading,
    /// The dates of a time of the past.
    #[default]
    Replay,
    /// What stands in for a class.
    Proxy,
    /// The change of all yields, or of all spreads.
    Yield,
}

/// A version of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct StressScenario {
    /// The id, e.g. `equity_down_20`.
    pub id: String,
    /// The version, from 1.
    pub version: i64,
    /// The title for people.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// Where its figures come from; may be empty.
    pub origin: String,
    /// The first valuation date for which it counts; none if it counts for all.
    pub effective: Option<BusinessDate>,
    /// The last one; none if there is none.
    pub until: Option<BusinessDate>,
    /// What happens.
    pub event: Event,
}

/// What happens in a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Things change by given parts of themselves.
    Shocks(Shocks),
    /// A time of the past is repeated.
    Replay(Replay),
    /// All yields, or all spreads, move by as much.
    Yields(Yields),
}

/// A move of all yields, or of all spreads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Yields {
    /// Which duration says what it does to a price.
    pub duration: Duration,
    /// The change, a fraction: 0.01 is one percentage point, a hundred basis points.
    pub change: f64,
}

/// What a price answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duration {
    /// To yields.
    Modified,
    /// To the spread above them.
    Spread,
}

impl Duration {
    /// The column of instruments.csv that has it.
    pub fn column(self) -> &'static str {
        match self {
            Duration::Modified => "modified_duration",
            Duration::Spread => "spread_duration",
        }
    }
}

/// Changes of a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shocks {
    /// The changes of what is named.
    pub named: Vec<Shock>,
    /// The change of every currency that is neither named nor the base currency.
    pub foreign: Option<f64>,
    /// By how much instruments move with factors, by symbol and factor.
    pub loadings: BTreeMap<String, Vec<(String, f64)>>,
}

/// A time of the past, and what stands in for what has no closes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The day whose close it begins with.
    pub from: BusinessDate,
    /// The day whose close it ends with.
    pub to: BusinessDate,
    /// The symbol that stands in for a class, by the class.
    pub proxies: BTreeMap<String, String>,
}

impl Part {
    const ALL: [Part; 8] = [
        Part::Instrument,
        Part::AssetClass,
        Part::Factor,
        Part::Currency,
        Part::Loading,
        Part::Replay,
        Part::Proxy,
        Part::Yield,
    ];

    /// The word in the table.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Part::Instrument => "instrument",
            Part::AssetClass => "asset_class",
            Part::Factor => "factor",
            Part::Currency => "currency",
            Part::Loading => "loading",
            Part::Replay => "replay",
            Part::Proxy => "proxy",
            Part::Yield => "yield",
        }
    }
}

impl Shocks {
    /// Whether a class changes.
    pub fn has_classes(&self) -> bool {
        self.named.iter().any(|shock| matches!(shock.target, ShockTarget::AssetClass(_)))
    }

    /// The changes for a portfolio in a base currency that holds what is in these currencies.
    pub fn among(&self, base: Currency, currencies: impl Iterator<Item = Currency>) -> Vec<Shock> {
        let mut shocks = self.named.clone();
        let Some(change) = self.foreign else { return shocks };
        for currency in currencies.filter(|currency| *currency != base) {
            let target = ShockTarget::Currency(currency);
            if !shocks.iter().any(|shock| shock.target == target) {
                shocks.push(Shock { target, change });
            }
        }
        shocks
    }
}

/// The scenarios of each market, every version of them, in the order of id and version. A row that says nothing is left
/// out; a scenario without any that does is, too.
pub(crate) fn by_market(mut rows: Vec<StressScenarioRow>) -> BTreeMap<MarketId, Vec<StressScenario>> {
    rows.sort_by(|left, right| key(left).cmp(&key(right)));
    let mut markets: BTreeMap<MarketId, Vec<StressScenario>> = BTreeMap::new();
    for of_version in rows.chunk_by(|one, next| version_of(one) == version_of(next)) {
        if let Some(first) = of_version.first()
            && let Some(found) = scenario(first, of_version)
        {
            markets.entry(first.market_id.clone()).or_default().push(found);
        }
    }
    markets
}

/// The version of each scenario that counts on a date: the highest of those that count from the date or before; none
/// if it counts no longer.
pub(crate) fn in_force<'a>(
    versions: impl IntoIterator<Item = &'a StressScenario>,
    date: BusinessDate,
) -> impl Iterator<Item = &'a StressScenario> {
    let mut highest: BTreeMap<&str, &StressScenario> = BTreeMap::new();
    for scenario in versions {
        if scenario.effective.is_none_or(|effective| effective <= date) {
            let known = highest.entry(&scenario.id).or_insert(scenario);
            if known.version < scenario.version {
                *known = scenario;
            }
        }
    }
    highest.into_values().filter(move |scenario| scenario.until.is_none_or(|until| date <= until))
}

fn key(row: &StressScenarioRow) -> (&MarketId, &str, i64, &str, &str, &str) {
    (&row.market_id, &row.scenario_id, row.version, &row.part, &row.target, &row.symbol)
}

fn version_of(row: &StressScenarioRow) -> (&MarketId, &str, i64) {
    (&row.market_id, &row.scenario_id, row.version)
}

fn scenario(first: &StressScenarioRow, rows: &[StressScenarioRow]) -> Option<StressScenario> {
    Some(StressScenario {
        id: first.scenario_id.clone(),
        version: first.version,
        title: first.title.clone(),
        description: first.description.clone(),
        origin: first.origin.clone(),
        effective: first.effective_date,
        until: first.until_date,
        event: event(rows)?,
    })
}

fn event(rows: &[StressScenarioRow]) -> Option<Event> {
    let mut shocks = Shocks::default();
    let (mut dates, mut proxies) = (None, BTreeMap::new());
    for row in rows {
        let part = Part::ALL.into_iter().find(|part| part.code() == row.part)?;
        let target = row.target.clone();
        let target = match part {
            Part::Instrument => ShockTarget::Instrument(target),
            Part::AssetClass => ShockTarget::AssetClass(target),
            Part::Factor => ShockTarget::Factor(target),
            Part::Currency if target == FOREIGN => {
                shocks.foreign = row.number;
                continue;
            }
            Part::Currency => ShockTarget::Currency(target.parse().ok()?),
            Part::Loading => {
                shocks.loadings.entry(row.symbol.clone()).or_default().push((target, row.number?));
                continue;
            }
            Part::Replay => {
                dates = Some((row.replay_from?, row.replay_to?));
                continue;
            }
            Part::Proxy => {
                proxies.insert(target, row.symbol.clone());
                continue;
            }
            Part::Yield => {
                let of_column = |duration: &Duration| duration.column() == target;
                let duration = [Duration::Modified, Duration::Spread].into_iter().find(of_column)?;
                return Some(Event::Yields(Yields { duration, change: row.number? }));
            }
        };
        shocks.named.push(Shock { target, change: row.number? });
    }
    Some(match dates {
        Some((from, to)) => Event::Replay(Replay { from, to, proxies }),
        None => Event::Shocks(shocks),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: i64, effective: Option<&str>, until: Option<&str>) -> StressScenario {
        let date = |text: &str| text.parse().expect("a date");
        StressScenario {
            id: "oil".to_owned(),
            version,
            title: "Oil".to_owned(),
            description: String::new(),
            origin: String::new(),
            effective: effective.map(date),
            until: until.map(date),
            event: Event::Shocks(Shocks::default()),
        }
    }

    fn counts(versions: &[StressScenario], on: &str) -> Vec<i64> {
        in_force(versions, on.parse().expect("a date")).map(|scenario| scenario.version).collect()
    }

    #[test]
    fn a_later_version_counts_from_its_day_on_and_an_end_ends_it() {
        let versions = [version(2, Some("2024-03-01"), None), version(1, None, None)];
        assert_eq!(counts(&versions, "2024-02-29"), [1]);
        assert_eq!(counts(&versions, "2024-03-01"), [2]);
        let ended = [versions[0].clone(), versions[1].clone(), version(3, Some("2024-06-03"), Some("2024-06-03"))];
        assert_eq!(counts(&ended, "2024-05-31"), [2]);
        assert_eq!(counts(&ended, "2024-06-03"), [3]);
        assert!(counts(&ended, "2024-06-04").is_empty(), "an older version does not come back");
    }

    #[test]
    fn every_other_currency_moves_but_not_the_base_and_none_twice() {
        let currency = |code: &str| code.parse::<Currency>().expect("a currency");
        let dollar = Shock { target: ShockTarget::Currency(Currency::USD), change: -0.3 };
        let shocks = Shocks { named: vec![dollar.clone()], foreign: Some(-0.1), ..Shocks::default() };
        let held = [Currency::EUR, Currency::USD, currency("CHF"), currency("CHF")];
        let franc = Shock { target: ShockTarget::Currency(currency("CHF")), change: -0.1 };
        assert_eq!(shocks.among(Currency::EUR, held.into_iter()), [dollar, franc]);
    }
}
