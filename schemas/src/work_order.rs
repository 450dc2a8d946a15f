//! What an order says, and what comes of it, as the store keeps both: JSON, written by one room and read by another.

use serde::{Deserialize, Serialize};

use crate::{BusinessDate, Currency, InstrumentId};

/// An order for weights of what a portfolio holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimizationOrder {
    /// The id of the method, e.g. `minimum_variance`.
    pub method: String,
    /// The id of the estimator of covariances, e.g. `ledoit_wolf`.
    pub covariance: String,
    /// The highest weight that an instrument may have, a fraction; 1 for no cap.
    pub weight_max: f64,
    /// The date on which it is held.
    pub business_date: BusinessDate,
}

/// An order for a document about a portfolio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportOrder {
    /// The kind of document, e.g. `portfolio_statement`.
    pub kind: String,
    /// The period, e.g. `2017-06`.
    pub period: String,
}

/// What came of an order for a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportResult {
    /// The document.
    pub statement_id: String,
}

/// Weights for what a portfolio holds. All numbers are estimates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightProposal {
    /// The date on which it is held.
    pub business_date: BusinessDate,
    /// The currency of values.
    pub base_currency: Currency,
    /// What the securities are worth together. Cash stays as it is and has no weight.
    pub invested_value: f64,
    /// Daily returns that the covariances were estimated from.
    pub observations: usize,
    /// The volatility a year that the covariances let expect of what is held, a fraction.
    pub volatility_now: f64,
    /// The same of what is proposed.
    pub volatility_proposed: f64,
    /// Half of the sum of all changes of weights: the part of the securities that would be sold and bought.
    pub turnover: f64,
    /// The securities, the largest proposed weight first.
    pub positions: Vec<ProposedPosition>,
    /// What the figures rest on, in sentences.
    pub assumptions: Vec<String>,
}

/// A security, as it is held and as it is proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedPosition {
    /// The security.
    pub instrument_id: InstrumentId,
    /// Its part of the securities now; negative if it is held short.
    pub weight_now: f64,
    /// Its part as proposed.
    pub weight_proposed: f64,
    /// Units to buy; negative to sell.
    pub trade_quantity: f64,
    /// What they are worth in the base currency, with the same sign.
    pub trade_value: f64,
}
