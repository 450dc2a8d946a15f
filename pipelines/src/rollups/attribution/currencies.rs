//! What markets and what currencies did, apart: for both, cash and exchange rates of each currency have to be known.
//!
//! What cash of a currency earned follows from the dated rates without risk of the market, day by day; how the currency
//! moved from the exchange rates by which the portfolio is valued.

use std::collections::{BTreeMap, BTreeSet};

use analytics::group_attribution::CashOfCurrency;
use analytics::linking::LinkingMethod;
use lake::read::rows_named;
use lake::{DateRange, Lake};
use ledger::risk_free_board::RISK_FREE_DAYS_MAX;
use ledger::{FxBoard, RiskFreeBoard};
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::{BusinessDate, Currency, MarketId};

use super::group_days::Life;
use super::weighings::{Comparison, Span, joined};
use crate::age_limits::AgeLimits;
use crate::error::Error;

/// Days of a year for which a rate without risk is stated.
const DAYS_PER_YEAR: f64 = 365.0;

/// What is known of the currencies of a portfolio.
pub(super) struct Cash {
    base: Currency,
    source: MarketId,
    fx: FxBoard,
    risk_free: RiskFreeBoard,
}

impl Cash {
    /// Reads the rates up to a day.
    pub(super) async fn read(
        lake: &Lake,
        portfolio: &Portfolio,
        limits: AgeLimits,
        to: BusinessDate,
    ) -> Result<Cash, Error> {
        let source = portfolio.risk_free_source.clone().unwrap_or_else(|| portfolio.market_id.clone());
        let of_source = BTreeSet::from([source.to_string()]);
        let range = DateRange::through(to);
        let snapshot = lake.snapshot(RiskFreeRate::TABLE).await?;
        let rates: Vec<RiskFreeRate> = rows_named(&snapshot, lake, range, &[("risk_free_source", &of_source)]).await?;
        let of_source = BTreeSet::from([portfolio.fx_source.to_string()]);
        let snapshot = lake.snapshot(FxRate::TABLE).await?;
        let fx: Vec<FxRate> = rows_named(&snapshot, lake, range, &[("fx_source", &of_source)]).await?;
        Ok(Cash {
            base: portfolio.base_currency,
            source,
            fx: FxBoard::new(&fx).with_days_max(limits.fx_rate_days_max),
            risk_free: RiskFreeBoard::new(&rates),
        })
    }

    /// What cash of a currency did between two valuations, or what is missing.
    fn between(&self, currency: Currency, from: BusinessDate, to: BusinessDate) -> Result<CashOfCurrency, String> {
        let mut logarithm = 0.0;
        let mut day = from;
        while day < to {
            day = day.next_calendar_day();
            let rate = self.risk_free.rate(currency, day).and_then(|rate| rate.to_f64()).ok_or_else(|| {
                format!(
                    "risk_free.csv of the market `{}` has no rate of {currency} for {day}, or only one that is older \
                     than {RISK_FREE_DAYS_MAX} days",
                    self.source
                )
            })?;
            logarithm += rate.ln_1p() / DAYS_PER_YEAR;
        }
        let level = |day: BusinessDate| {
            let cross = self.fx.cross_rate(currency, self.base, day).and_then(|cross| cross.rate()?.to_f64());
            cross.ok_or_else(|| {
                format!("there is no exchange rate of {currency} for {day}, or only one that is too old")
            })
        };
        let exchange_return = level(to)? / level(from)? - 1.0;
        Ok(CashOfCurrency { currency, cash_return: logarithm.exp_m1(), exchange_return })
    }

    /// All times of a portfolio by currencies together, with what the currencies did as an effect of its own; or why
    /// that is not known.
    pub(super) fn linked(&self, chain: &[&Span], life: &Life, method: &LinkingMethod) -> Result<Comparison, String> {
        joined(chain, method, |span, portfolio, names| {
            let valued_by = |day: BusinessDate| life.last_on(day).and_then(|place| life.dates().get(place).copied());
            let (Some(from), Some(to)) = (valued_by(span.from), valued_by(span.to)) else {
                return Err(format!("the portfolio was not valued by {}", span.from));
            };
            let mut cash = BTreeMap::new();
            for name in names {
                let currency: Currency = name.parse().map_err(|_| format!("the group `{name}` is no currency"))?;
                cash.insert(name.clone(), self.between(currency, from, to)?);
            }
            let told = |error| format!("from {} to {}: {error}", span.from, span.to);
            portfolio.attribute_currencies(&span.benchmark, &cash).map_err(told)
        })
    }
}
