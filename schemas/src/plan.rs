//! What clients may subscribe to.
//!
//! Plans are a table, `schemas/plans/plans.csv`: a line per feature or limit, a column per plan, compiled in. What the
//! table does not say is not in a plan: a limit is 0, a feature is not there.

/// A plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name, e.g. `premium`.
    pub name: &'static str,
    /// Portfolios that a client may own.
    pub portfolios_max: u32,
    /// Requests to the API a minute.
    pub requests_a_minute: u32,
    /// Reports made on request a month.
    pub reports_a_month: u32,
    /// Whether the risk of portfolios is shown.
    pub risk_analysis: bool,
}

/// What a plan has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// The risk of portfolios.
    RiskAnalysis,
}

/// The plan of whoever subscribes to none. Everybody may choose it.
pub const FREE: &str = "free";

const TABLE: &str = include_str!("../plans/plans.csv");

impl Feature {
    /// Every feature.
    pub const ALL: [Feature; 1] = [Feature::RiskAnalysis];

    /// The word in the table, e.g. `risk_analysis`.
    pub const fn word(self) -> &'static str {
        match self {
            Feature::RiskAnalysis => "risk_analysis",
        }
    }
}

impl Plan {
    /// Every plan, the smallest first.
    pub fn all() -> Vec<Plan> {
        let names = TABLE.lines().next().unwrap_or_default().split(',').skip(1);
        names.enumerate().map(|(place, name)| Plan::of_column(name, place + 1)).collect()
    }

    /// The plan of this name; none if there is none.
    pub fn named(name: &str) -> Option<Plan> {
        Plan::all().into_iter().find(|plan| plan.name == name)
    }

    /// The plan of a subscription; without one, or of a name that is no more, the free one.
    pub fn of_subscription(name: Option<&str>) -> Plan {
        name.and_then(Plan::named).unwrap_or_else(|| Plan::named(FREE).unwrap_or(Plan::of_column(FREE, usize::MAX)))
    }

    /// Whether the plan has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        match feature {
            Feature::RiskAnalysis => self.risk_analysis,
        }
    }

    fn of_column(name: &'static str, column: usize) -> Plan {
        Plan {
            name,
            portfolios_max: number("portfolios_max", column),
            requests_a_minute: number("requests_a_minute", column),
            reports_a_month: number("reports_a_month", column),
            risk_analysis: is_there(Feature::RiskAnalysis, column),
        }
    }
}

fn cell(line: &str, column: usize) -> Option<&'static str> {
    let found = TABLE.lines().skip(1).find(|row| row.split(',').next() == Some(line));
    found.and_then(|row| row.split(',').nth(column))
}

fn number(line: &str, column: usize) -> u32 {
    cell(line, column).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn is_there(feature: Feature, column: usize) -> bool {
    cell(feature.word(), column) == Some("yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_table_is_read() {
        let rows: Vec<Vec<&str>> = TABLE.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.first(), Some(&vec!["feature", "free", "premium", "professional"]));
        for row in rows.iter().skip(1) {
            let (name, cells) = row.split_first().expect("a name");
            assert_eq!(cells.len(), Plan::all().len(), "{name}");
            let is_feature = Feature::ALL.iter().any(|feature| feature.word() == *name);
            for cell in cells {
                let is_read = if is_feature { ["yes", "no"].contains(cell) } else { cell.parse::<u32>().is_ok() };
                assert!(is_read, "{name}: {cell}");
            }
        }
        assert_eq!(rows.len(), 5, "a line that no field reads");
    }

    #[test]
    fn a_larger_plan_takes_nothing_away() {
        for pair in Plan::all().windows(2) {
            let [small, large] = pair else { panic!("two") };
            assert!(small.portfolios_max <= large.portfolios_max && small.requests_a_minute <= large.requests_a_minute);
            assert!(small.reports_a_month <= large.reports_a_month);
            assert!(Feature::ALL.iter().all(|feature| !small.has(*feature) || large.has(*feature)));
        }
    }

    #[test]
    fn without_a_subscription_the_plan_is_the_free_one() {
        assert_eq!(Plan::of_subscription(None).name, FREE);
        assert_eq!(Plan::of_subscription(Some("gold")).name, FREE);
        assert_eq!(Plan::of_subscription(Some("premium")).name, "premium");
        assert_eq!(Plan::named(FREE).map(|plan| plan.portfolios_max), Some(1));
    }
}
