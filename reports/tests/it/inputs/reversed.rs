//! Rows in another order: no document may depend on it.

use reports::statements::StatementInput;

use super::at_risk;

/// The same rows, each table in reverse.
pub(crate) fn reversed(input: &StatementInput) -> StatementInput {
    let mut input = input.clone();
    input.instruments.reverse();
    input.valuations.reverse();
    input.positions.reverse();
    input.portfolio_values.reverse();
    input.cash_flows.reverse();
    input.transactions.reverse();
    input.taken_back.reverse();
    input.reversals_elsewhere.reverse();
    input.action_payments.reverse();
    input.realised_gains.reverse();
    input.gain_changes.reverse();
    input.changed_disposals.reverse();
    input.nav_bridge.reverse();
    input.measures.reverse();
    input.backtests.reverse();
    input.attribution.reverse();
    input.exceptions.reverse();
    at_risk::reverse(&mut input.further);
    input
}
