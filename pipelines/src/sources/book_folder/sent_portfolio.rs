//! A portfolio that was sent, and lies in no folder: the fields of `portfolio.json`, by the rules of that file.
//!
//! Whoever sends them is told of everything that is wrong at once. A folder may have keys that mean nothing to this
//! program; what is sent may not, for nobody would notice that a misspelled one is left out.

use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, MarketId, PortfolioId};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::agreement::{self, Checked, FieldFault, PortfolioFile};

/// The fields of a portfolio that was sent, by name.
pub type Fields = Map<String, Value>;

/// A portfolio that was sent and checked, but for its market.
pub struct SentPortfolio {
    file: PortfolioFile,
    checked: Checked,
    market_id: MarketId,
}

/// A change of a portfolio that was sent and checked, but for its market.
pub struct ChangedPortfolio {
    sent: SentPortfolio,
    before: Portfolio,
    /// The fields that are to be another.
    changes: Fields,
}

/// A field as it is looked at by itself.
struct Field {
    name: &'static str,
    read: fn(&Value) -> Result<(), String>,
    /// For a field that must be there: what stands for it while the others are looked at.
    stand_in: Option<&'static str>,
}

const FIELDS: &[Field] = &[
    Field { name: "id", read: reads::<PortfolioId>, stand_in: Some("X") },
    Field { name: "base_currency", read: reads::<Currency>, stand_in: Some("EUR") },
    Field { name: "start", read: reads::<BusinessDate>, stand_in: Some("1900-01-01") },
    Field { name: "market", read: reads::<MarketId>, stand_in: Some("X") },
    Field { name: "title", read: reads::<String>, stand_in: None },
    Field { name: "end", read: reads::<BusinessDate>, stand_in: None },
    Field { name: "benchmark", read: anything, stand_in: None },
    Field { name: "risk_free", read: anything, stand_in: None },
    Field { name: "risk_free_annual", read: reads::<f64>, stand_in: None },
    Field { name: "client_email", read: reads::<String>, stand_in: None },
    Field { name: "delivery", read: anything, stand_in: None },
    Field { name: "language", read: reads::<String>, stand_in: None },
    Field { name: "confirmations", read: reads::<bool>, stand_in: None },
    Field { name: "cost_basis", read: anything, stand_in: None },
    Field { name: "locked_through", read: reads::<BusinessDate>, stand_in: None },
    Field { name: "synthetic", read: reads::<bool>, stand_in: None },
];

/// Fields that never change: another id is another portfolio, and what is invented stays invented.
const FIXED: [&str; 2] = ["id", "synthetic"];

impl SentPortfolio {
    /// The market from which it is to be valued.
    pub fn market_id(&self) -> &MarketId {
        &self.market_id
    }

    /// Whether it is made up for demonstration.
    pub fn is_synthetic(&self) -> bool {
        self.file.synthetic
    }

    /// The portfolio, once its market is known.
    ///
    /// - `own_rates`: whether the market brings its own FX rates; otherwise those of the ECB count.
    pub fn into_portfolio(self, own_rates: bool) -> Portfolio {
        agreement::portfolio(self.file, self.checked, self.market_id, own_rates)
    }
}

impl ChangedPortfolio {
    /// The market from which it is to be valued, if it is to be another.
    pub fn new_market_id(&self) -> Option<&MarketId> {
        (self.sent.market_id != self.before.market_id).then_some(&self.sent.market_id)
    }

    /// The portfolio as it is to be.
    ///
    /// - `own_rates`: whether a new market brings its own FX rates. Of the market that it has it stays as it was.
    pub fn into_portfolio(self, own_rates: bool) -> Portfolio {
        let is_as_before = |name: &str| !self.changes.contains_key(name);
        let (keeps_benchmark, keeps_cost_basis) = (is_as_before("benchmark"), is_as_before("cost_basis"));
        let keeps_market = self.new_market_id().is_none();
        let before = self.before;
        let mut after = self.sent.into_portfolio(own_rates);
        if keeps_market {
            after.fx_source = before.fx_source;
        }
        // As they are stored, and not as they would be written again.
        if keeps_benchmark {
            (after.benchmark_symbol, after.benchmark_blend) = (before.benchmark_symbol, before.benchmark_blend);
        }
        if keeps_cost_basis {
            after.cost_basis = before.cost_basis;
        }
        after
    }
}

/// Reads a portfolio that was sent.
///
/// # Errors
/// Everything that is wrong with it, field by field.
pub fn sent_portfolio(fields: &Fields) -> Result<SentPortfolio, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut readable = Fields::new();
    for (name, value) in fields {
        match FIELDS.iter().find(|field| field.name == name) {
            None => faults.push(unknown(name)),
            // As in the file, null is what is not there.
            Some(_) if value.is_null() => {}
            Some(field) => match one_line(value).and_then(|()| (field.read)(value)) {
                Ok(()) => {
                    readable.insert(name.clone(), value.clone());
                }
                Err(reason) => faults.push(FieldFault::new(name, reason)),
            },
        }
    }
    for field in FIELDS {
        let Some(stand_in) = field.stand_in.filter(|_| !readable.contains_key(field.name)) else { continue };
        if !faults.iter().any(|fault| fault.field == field.name) {
            faults.push(FieldFault::new(field.name, "it is missing"));
        }
        readable.insert(field.name.to_owned(), Value::String(stand_in.to_owned()));
    }
    let file = PortfolioFile::deserialize(Value::Object(readable));
    let file = file.map_err(|error| with(&faults, FieldFault::new("", error.to_string())))?;
    match (agreement::check(&file), file.market.clone()) {
        (Ok(checked), Some(market_id)) if faults.is_empty() => Ok(SentPortfolio { file, checked, market_id }),
        (checked, _) => {
            faults.extend(checked.err().unwrap_or_default());
            Err(faults)
        }
    }
}

/// Reads a change of a portfolio: the fields that are to be another, and null for those that are to be no more
/// (RFC 7396).
///
/// # Errors
/// Everything that is wrong with it, field by field.
pub fn changed_portfolio(before: &Portfolio, changes: &Fields) -> Result<ChangedPortfolio, Vec<FieldFault>> {
    let mut fields = fields_of(before);
    let mut faults = Vec::new();
    for (name, value) in changes {
        if FIXED.contains(&name.as_str()) {
            if fields.get(name) != Some(value) {
                faults.push(FieldFault::new(name, "it never changes; open another portfolio"));
            }
        } else if value.is_null() && FIELDS.iter().any(|field| field.name == name) {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    match sent_portfolio(&fields) {
        Ok(sent) if faults.is_empty() => {
            Ok(ChangedPortfolio { sent, before: before.clone(), changes: changes.clone() })
        }
        Ok(_) => Err(faults),
        Err(others) => {
            faults.extend(others);
            Err(faults)
        }
    }
}

/// The fields of a portfolio as they could be sent, but for those of which the stored text is kept.
fn fields_of(portfolio: &Portfolio) -> Fields {
    let channels = |text: &String| -> Vec<String> {
        text.split(", ").filter(|channel| *channel != "none").map(str::to_owned).collect()
    };
    let fields = [
        ("id", Value::from(portfolio.portfolio_id.as_str())),
        ("title", Value::from(portfolio.title.as_str())),
        ("base_currency", Value::from(portfolio.base_currency.code())),
        ("start", Value::from(portfolio.start_date.to_string())),
        ("end", Value::from(portfolio.end_date.map(|date| date.to_string()))),
        ("risk_free", Value::from(portfolio.risk_free_source.as_ref().map(|_| "series"))),
        ("risk_free_annual", Value::from(portfolio.risk_free_annual)),
        ("market", Value::from(portfolio.market_id.as_str())),
        ("client_email", Value::from(portfolio.client_email.clone())),
        ("delivery", Value::from(portfolio.delivery.as_ref().map(channels))),
        ("language", Value::from(portfolio.language.code())),
        ("confirmations", Value::from(portfolio.confirmations)),
        ("locked_through", Value::from(portfolio.locked_through.map(|date| date.to_string()))),
    ];
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn with(faults: &[FieldFault], other: FieldFault) -> Vec<FieldFault> {
    let mut all = faults.to_vec();
    all.push(other);
    all
}

fn unknown(name: &str) -> FieldFault {
    let known: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
    let shown: String = name.chars().take(40).collect();
    FieldFault::new(shown, format!("there is no such field; known: {}", known.join(", ")))
}

fn reads<T: for<'a> Deserialize<'a>>(value: &Value) -> Result<(), String> {
    T::deserialize(value).map(|_| ()).map_err(|error| error.to_string())
}

/// What is looked at together with other fields.
fn anything(_value: &Value) -> Result<(), String> {
    Ok(())
}

/// Whether every text in a value is a line that says something.
fn one_line(value: &Value) -> Result<(), String> {
    match value {
        Value::String(text) if text.trim().is_empty() => Err("a text is empty; leave the field out".to_owned()),
        Value::String(text) if text.chars().any(char::is_control) => {
            Err("a text has a control character; write it as one line".to_owned())
        }
        Value::Array(values) => values.iter().try_for_each(one_line),
        Value::Object(fields) => fields.values().try_for_each(one_line),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(fields) => fields,
            other => panic!("{other} has no fields"),
        }
    }

    fn growth() -> Value {
        json!({
            "id": "growth", "title": "Growth", "base_currency": "EUR", "start": "2014-01-02", "market": "world",
            "benchmark": {"components": [{"symbol": "SPY", "weight": 0.6}, {"symbol": "AGG", "weight": 0.4}],
                          "rebalance": "quarterly"},
            "risk_free": "series", "client_email": "growth@example.org", "delivery": ["email", "webhook"],
            "cost_basis": [{"method": "fifo"}, {"method": "average_cost", "from": "2015-01-01"}],
            "language": "fr", "confirmations": true,
        })
    }

    fn portfolio() -> Portfolio {
        match sent_portfolio(&fields(growth())) {
            Ok(sent) => sent.into_portfolio(false),
            Err(faults) => panic!("{faults:?}"),
        }
    }

    fn faults_of(result: Result<impl Sized, Vec<FieldFault>>) -> Vec<(String, String)> {
        let faults = result.err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.field, fault.reason)).collect()
    }

    #[test]
    fn what_is_sent_is_what_the_file_would_say() {
        let portfolio = portfolio();
        assert_eq!(portfolio.portfolio_id.as_str(), "growth");
        assert_eq!(portfolio.benchmark_blend.as_deref(), Some("SPY 0.6, AGG 0.4; quarterly"));
        assert_eq!(portfolio.cost_basis, "fifo; 2015-01-01 average_cost");
        assert_eq!(portfolio.delivery.as_deref(), Some("email, webhook"));
        assert_eq!(portfolio.risk_free_source.as_ref().map(MarketId::as_str), Some("world"));
        assert_eq!(portfolio.fx_source.as_str(), "ecb_reference_rates");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = json!({
            "id": "a b", "start": "2014-02-30", "titel": "Growth", "risk_free_annual": 2, "client_email": "nobody",
            "cost_basis": "fiofo", "market": "world", "title": "two\nlines", "confirmations": "yes",
        });
        let faults = faults_of(sent_portfolio(&fields(wrong)));
        let mut names: Vec<&str> = faults.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let expected = [
            "base_currency",
            "client_email",
            "confirmations",
            "cost_basis",
            "id",
            "risk_free_annual",
            "start",
            "titel",
            "title",
        ];
        assert_eq!(names, expected, "{faults:?}");
        assert!(faults.contains(&("base_currency".to_owned(), "it is missing".to_owned())), "{faults:?}");
    }

    #[test]
    fn a_change_changes_what_it_names_and_nothing_else() {
        let before = portfolio();
        let change = fields(json!({"title": "Slow growth", "client_email": null, "delivery": ["webhook"]}));
        let Ok(changed) = changed_portfolio(&before, &change) else { panic!("it is right") };
        assert_eq!(changed.new_market_id(), None);
        let expected = Portfolio {
            title: "Slow growth".to_owned(),
            client_email: None,
            delivery: Some("webhook".to_owned()),
            ..before.clone()
        };
        assert_eq!(changed.into_portfolio(true), expected);
        let Ok(unchanged) = changed_portfolio(&before, &Fields::new()) else { panic!("nothing is wrong") };
        assert_eq!(unchanged.into_portfolio(false), before);
        let Ok(moved) = changed_portfolio(&before, &fields(json!({"market": "other", "benchmark": null}))) else {
            panic!("it is right")
        };
        assert_eq!(moved.new_market_id().map(MarketId::as_str), Some("other"));
        let moved = moved.into_portfolio(true);
        assert_eq!((moved.fx_source.as_str(), moved.benchmark_blend), ("other", None));
    }

    #[test]
    fn a_change_is_checked_with_what_stays() {
        let before = portfolio();
        for (change, field) in [
            (json!({"id": "other"}), "id"),
            (json!({"synthetic": true}), "synthetic"),
            (json!({"start": null}), "start"),
            (json!({"risk_free_annual": 0.02}), "risk_free"),
            (json!({"client_email": null}), "delivery"),
            (json!({"end": "2013-12-31"}), "end"),
            (json!({"nothing": null}), "nothing"),
        ] {
            let faults = faults_of(changed_portfolio(&before, &fields(change.clone())));
            assert!(faults.iter().any(|(name, _)| name == field), "{change}: {faults:?}");
        }
        assert!(changed_portfolio(&before, &fields(json!({"id": "growth"}))).is_ok());
    }
}
