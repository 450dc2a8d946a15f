//! `portfolio.json`: what is agreed about a portfolio, whether it lies in a folder or was sent.

use std::collections::BTreeMap;

use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, Language, MarketId, PortfolioId};
use serde::Deserialize;
use serde_json::Value;

use super::benchmark::{self, Compared};
use super::{cost_basis, delivery_choice};
use crate::sources::ecb_reference_rates;

/// `portfolio.json` as written.
#[derive(Deserialize)]
pub(super) struct PortfolioFile {
    pub(super) id: PortfolioId,
    title: Option<String>,
    base_currency: Currency,
    start: BusinessDate,
    end: Option<BusinessDate>,
    benchmark: Option<Value>,
    risk_free: Option<Value>,
    risk_free_annual: Option<f64>,
    pub(super) market: Option<MarketId>,
    client_email: Option<String>,
    delivery: Option<Value>,
    language: Option<String>,
    confirmations: Option<bool>,
    cost_basis: Option<Value>,
    locked_through: Option<BusinessDate>,
    #[serde(default)]
    pub(super) synthetic: bool,
    #[serde(flatten)]
    pub(super) others: BTreeMap<String, Value>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field, e.g. `cost_basis`.
    pub field: String,
    /// Why it cannot be taken.
    pub reason: String,
}

impl FieldFault {
    pub(super) fn new(field: impl Into<String>, reason: impl Into<String>) -> FieldFault {
        FieldFault { field: field.into(), reason: reason.into() }
    }
}

/// What is said of a portfolio in more than one way, as it is stored.
pub(super) struct Checked {
    benchmark: Compared,
    /// Whether its risk-free rates are those of its market's `risk_free.csv`.
    has_dated_rates: bool,
    cost_basis: String,
    language: Language,
    delivery: Option<String>,
}

/// Checks what is said of a portfolio.
///
/// # Errors
/// Everything that is wrong, in the order of the fields.
pub(super) fn check(file: &PortfolioFile) -> Result<Checked, Vec<FieldFault>> {
    let mut faults = Vec::new();
    if let Some(end) = file.end
        && end < file.start
    {
        faults.push(FieldFault::new("end", format!("`end` {end} is before `start` {}", file.start)));
    }
    if let Some(rate) = file.risk_free_annual
        && !(-0.5..=1.0).contains(&rate)
    {
        let reason = format!("`risk_free_annual` is a fraction a year (0.02 is two percent), not {rate}");
        faults.push(FieldFault::new("risk_free_annual", reason));
    }
    if let Some(address) = &file.client_email
        && (address.len() > 254 || address.matches('@').count() != 1 || address.contains(char::is_whitespace))
    {
        faults.push(FieldFault::new("client_email", "`client_email` is no mail address"));
    }
    let mut taken = |field: &str, reason: String| faults.push(FieldFault::new(field, reason));
    let has_dated_rates = dated_rates(file).map_err(|reason| taken("risk_free", reason)).ok();
    let benchmark = benchmark::read(file.benchmark.as_ref()).map_err(|reason| taken("benchmark", reason)).ok();
    let cost_basis = cost_basis::read(file.cost_basis.as_ref()).map_err(|reason| taken("cost_basis", reason)).ok();
    let language = file.language.as_deref().map(str::parse::<Language>).transpose();
    let language = language.map_err(|error| taken("language", format!("`language`: {error}"))).ok();
    let delivery = delivery_choice::read(file.delivery.as_ref(), file.client_email.as_deref());
    let delivery = delivery.map_err(|reason| taken("delivery", reason)).ok();
    match (benchmark, has_dated_rates, cost_basis, language, delivery) {
        (Some(benchmark), Some(has_dated_rates), Some(cost_basis), Some(language), Some(delivery))
            if faults.is_empty() =>
        {
            let language = language.unwrap_or_default();
            Ok(Checked { benchmark, has_dated_rates, cost_basis, language, delivery })
        }
        _ => Err(faults),
    }
}

/// Whether the risk-free rates are those of the market's `risk_free.csv`.
fn dated_rates(file: &PortfolioFile) -> Result<bool, String> {
    match (&file.risk_free, file.risk_free_annual) {
        (None, _) => Ok(false),
        (Some(Value::String(word)), None) if word == "series" => Ok(true),
        (Some(Value::String(word)), Some(_)) if word == "series" => {
            Err("`risk_free` is \"series\" and `risk_free_annual` a rate for all days; keep one".to_owned())
        }
        _ => Err(
            "`risk_free` is \"series\", for the rates of the market's risk_free.csv; a rate for all days goes into \
             `risk_free_annual`"
                .to_owned(),
        ),
    }
}

/// The portfolio of a file that was checked.
///
/// - `own_rates`: whether its market brings its own FX rates; otherwise those of the ECB count.
pub(super) fn portfolio(file: PortfolioFile, checked: Checked, market_id: MarketId, own_rates: bool) -> Portfolio {
    let Checked { benchmark, has_dated_rates, cost_basis, language, delivery } = checked;
    Portfolio {
        title: file.title.unwrap_or_else(|| file.id.to_string()),
        portfolio_id: file.id,
        risk_free_source: has_dated_rates.then(|| market_id.clone()),
        fx_source: if own_rates { market_id.clone() } else { ecb_reference_rates::fx_source() },
        market_id,
        base_currency: file.base_currency,
        start_date: file.start,
        end_date: file.end,
        benchmark_symbol: benchmark.symbol,
        benchmark_blend: benchmark.blend,
        risk_free_annual: file.risk_free_annual,
        client_email: file.client_email,
        delivery,
        cost_basis,
        locked_through: file.locked_through,
        language,
        confirmations: file.confirmations.unwrap_or_default(),
    }
}
