//! What changed the value of a portfolio between two dates: by cause and by position, to the last decimal.
//!
//! Both tables add up to the change of the value. What no cause explains, and what is in no position, has a line of its
//! own; if the books are in order there is nothing there. Rows of gold have ten decimals, so that sums of them may be
//! off by a few units of the tenth: that is called rounding and not hidden among the others.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, BusinessDate, Currency, InstrumentId};
use serde_json::Value;

use crate::listing::Listing;
use crate::overview_listing::money;
use crate::page::Block;

/// What the lines mean.
const DEFINITIONS: &str = concat!(
    "\nWhat the lines mean\n",
    "price          what prices made of what was sold and of what is held\n",
    "exchange       what exchange rates made of securities and of cash\n",
    "income         dividends and interest, before the tax withheld from them\n",
    "trades         what trading cost: brokerage, fees of exchanges, stamp duty and taxes on trades\n",
    "fees           all other fees\n",
    "taxes          all other taxes, less what came back\n",
    "actions        what corporate actions brought or took beyond gains, and what became worthless\n",
    "corrections    what reversals of earlier bookings brought back or took\n",
    "unexplained    what none of these explains; nothing if the books are in order\n",
    "rounding       what amounts lost when they were rounded to ten decimals; on this page it is too small to be seen",
);

/// The end of the table of positions, if they do not add up.
const ELSEWHERE: &str = "in no position";
/// The end of the table if what they leave is rounding.
const ROUNDING: &str = "rounding";

/// What rounding may leave of a day, in the fifth decimal: as the checks allow it.
const ROUNDING_DECIMALS: u32 = 5;

/// Two valued dates and what happened in between.
pub(crate) struct ExplainFacts<'a> {
    pub(crate) base: Currency,
    pub(crate) from: BusinessDate,
    pub(crate) to: BusinessDate,
    pub(crate) opening: Amount,
    pub(crate) closing: Amount,
    pub(crate) bridge: &'a [NavBridgeRow],
    pub(crate) positions: &'a [PositionReturn],
}

/// Where a change comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Flows,
    Price,
    Exchange,
    Income,
    Trades,
    Fees,
    Taxes,
    Actions,
    Corrections,
    Unexplained,
    Rounding,
}

/// The parts of a change of value.
#[derive(Debug)]
pub(crate) struct Explained {
    causes: BTreeMap<Cause, Decimal>,
    /// The largest change first.
    positions: Vec<(InstrumentId, Decimal)>,
    /// What was earned and is in no position.
    elsewhere: Decimal,
    /// What rounding may leave.
    rounding_max: Decimal,
    opening: Decimal,
    closing: Decimal,
}

impl Cause {
    const ALL: [Cause; 11] = [
        Cause::Flows,
        Cause::Price,
        Cause::Exchange,
        Cause::Income,
        Cause::Trades,
        Cause::Fees,
        Cause::Taxes,
        Cause::Actions,
        Cause::Corrections,
        Cause::Unexplained,
        Cause::Rounding,
    ];

    /// The word for a machine.
    fn code(self) -> &'static str {
        match self {
            Cause::Flows => "flows",
            Cause::Price => "price",
            Cause::Exchange => "exchange",
            Cause::Income => "income",
            Cause::Trades => "trades",
            Cause::Fees => "fees",
            Cause::Taxes => "taxes",
            Cause::Actions => "actions",
            Cause::Corrections => "corrections",
            Cause::Unexplained => "unexplained",
            Cause::Rounding => ROUNDING,
        }
    }

    fn title(self) -> &'static str {
        if self == Cause::Flows { "paid in less taken out" } else { self.code() }
    }

    /// The cause of a step of the bridge; none where the step says that nothing is known.
    fn of(component: BridgeComponent) -> Option<Cause> {
        Some(match component {
            BridgeComponent::OpeningBalances
            | BridgeComponent::Contributions
            | BridgeComponent::Withdrawals
            | BridgeComponent::TransfersIn
            | BridgeComponent::TransfersOut => Cause::Flows,
            BridgeComponent::RealisedPriceGain | BridgeComponent::UnrealisedPriceGain => Cause::Price,
            BridgeComponent::RealisedCurrencyGain
            | BridgeComponent::UnrealisedCurrencyGain
            | BridgeComponent::CashCurrencyGain
            | BridgeComponent::Exchanges => Cause::Exchange,
            BridgeComponent::Dividends
            | BridgeComponent::Interest
            | BridgeComponent::AccruedInterest
            | BridgeComponent::LendingIncome => Cause::Income,
            BridgeComponent::FeeBrokerage
            | BridgeComponent::FeeExchange
            | BridgeComponent::TaxStampDuty
            | BridgeComponent::TaxTransaction => Cause::Trades,
            BridgeComponent::Fee
            | BridgeComponent::FeeCustody
            | BridgeComponent::FeeManagement
            | BridgeComponent::FeePerformance => Cause::Fees,
            BridgeComponent::Tax | BridgeComponent::TaxWithholding | BridgeComponent::TaxReclaim => Cause::Taxes,
            BridgeComponent::CorporateActions | BridgeComponent::WriteOffs => Cause::Actions,
            BridgeComponent::Corrections => Cause::Corrections,
            BridgeComponent::Residual => Cause::Unexplained,
            BridgeComponent::Unknown | BridgeComponent::Gap => return None,
        })
    }
}

impl ExplainFacts<'_> {
    /// The parts of the change.
    ///
    /// # Errors
    /// Why it has none: a step or an amount in between is not known, or a sum is too large.
    pub(crate) fn explain(&self) -> Result<Explained, String> {
        let too_large = || "a sum of amounts is beyond the range of exact numbers".to_owned();
        let mut causes: BTreeMap<Cause, Decimal> = BTreeMap::new();
        let mut change = Decimal::ZERO;
        for row in self.bridge {
            let (Some(cause), Some(amount)) = (Cause::of(row.component), row.amount_base) else {
                // A close that could not be valued is counted at the next one that can be.
                if row.component == BridgeComponent::Gap {
                    continue;
                }
                let detail = row.detail.as_deref().unwrap_or("the reason was not recorded");
                return Err(format!("what changed the value up to {} is not known: {detail}", row.business_date));
            };
            let sum = causes.entry(cause).or_default();
            *sum = sum.checked_add(amount.decimal()).ok_or_else(too_large)?;
            change = change.checked_add(amount.decimal()).ok_or_else(too_large)?;
        }
        let (opening, closing) = (self.opening.decimal(), self.closing.decimal());
        let whole = closing.checked_sub(opening).ok_or_else(too_large)?;
        let rest = whole.checked_sub(change).ok_or_else(too_large)?;
        let rounding_max = self.rounding_max();
        if !rest.is_zero() {
            let cause = if rest.abs() <= rounding_max { Cause::Rounding } else { Cause::Unexplained };
            let sum = causes.entry(cause).or_default();
            *sum = sum.checked_add(rest).ok_or_else(too_large)?;
        }
        let flows = causes.get(&Cause::Flows).copied().unwrap_or_default();
        let earned = whole.checked_sub(flows).ok_or_else(too_large)?;
        let (positions, in_positions) = self.by_position()?;
        let elsewhere = earned.checked_sub(in_positions).ok_or_else(too_large)?;
        Ok(Explained { causes, positions, elsewhere, rounding_max, opening, closing })
    }

    /// What rounding may leave of all days together.
    fn rounding_max(&self) -> Decimal {
        let steps = self.bridge.iter().map(|row| row.business_date);
        let days: BTreeSet<BusinessDate> = steps.chain(self.positions.iter().map(|row| row.business_date)).collect();
        Decimal::new(i64::try_from(days.len()).unwrap_or(i64::MAX), ROUNDING_DECIMALS)
    }

    /// What each position earned, the largest first, and all of them together.
    fn by_position(&self) -> Result<(Vec<(InstrumentId, Decimal)>, Decimal), String> {
        let too_large = || "a sum of amounts is beyond the range of exact numbers".to_owned();
        let mut earned: BTreeMap<&InstrumentId, Decimal> = BTreeMap::new();
        let mut all = Decimal::ZERO;
        for row in self.positions {
            let amounts = (row.begin_value_base, row.inflow_base, row.outflow_base, row.end_value_base);
            let (Some(begin), Some(inflow), Some(outflow), Some(end)) = amounts else {
                return Err(format!("what {} earned on {} is not known", row.instrument_id, row.business_date));
            };
            let profit = end
                .decimal()
                .checked_add(outflow.decimal())
                .and_then(|got| got.checked_sub(begin.decimal())?.checked_sub(inflow.decimal()));
            let profit = profit.ok_or_else(too_large)?;
            let sum = earned.entry(&row.instrument_id).or_default();
            *sum = sum.checked_add(profit).ok_or_else(too_large)?;
            all = all.checked_add(profit).ok_or_else(too_large)?;
        }
        let mut positions: Vec<(InstrumentId, Decimal)> =
            earned.into_iter().map(|(id, profit)| (id.clone(), profit)).collect();
        positions.sort_by(|left, right| right.1.abs().cmp(&left.1.abs()).then_with(|| left.0.cmp(&right.0)));
        Ok((positions, all))
    }
}

/// The words about the lines.
pub(crate) fn definitions() -> Block {
    Block::text(DEFINITIONS)
}

/// Both tables for people.
pub(crate) fn page(facts: &ExplainFacts<'_>, explained: &Explained) -> Vec<Block> {
    let printed = |amount: Decimal| Value::from(money(Some(Amount::new(amount)), facts.base));
    let mut causes = Listing::new(&["what changed the value", "in base currency"]);
    causes.push([format!("value on {}", facts.from).into(), printed(explained.opening)]);
    for (cause, amount) in explained.causes().filter(|(cause, _)| *cause != Cause::Rounding) {
        causes.push([cause.title().into(), printed(amount)]);
    }
    causes.push([format!("value on {}", facts.to).into(), printed(explained.closing)]);
    let mut positions = Listing::new(&["position", "earned"]);
    for (name, amount) in explained.by_position().filter(|(name, _)| name != ROUNDING) {
        positions.push([name.into(), printed(amount)]);
    }
    positions.push(["together".into(), printed(explained.earned())]);
    vec![Block::Rows(causes), Block::text(""), Block::Rows(positions)]
}

/// A row for each cause and position, in full.
pub(crate) fn rows(facts: &ExplainFacts<'_>, explained: &Explained) -> Listing {
    let mut listing = Listing::new(&["kind", "id", "from", "to", "currency", "amount"]);
    let mut push = |kind: &str, id: String, amount: Decimal| {
        listing.push([
            kind.into(),
            id.into(),
            facts.from.to_string().into(),
            facts.to.to_string().into(),
            facts.base.code().into(),
            Amount::new(amount).to_string().into(),
        ]);
    };
    push("value", "opening".to_owned(), explained.opening);
    for (cause, amount) in explained.causes() {
        push("cause", cause.code().to_owned(), amount);
    }
    push("value", "closing".to_owned(), explained.closing);
    for (name, amount) in explained.by_position() {
        push("position", name, amount);
    }
    listing
}

impl Explained {
    /// Every cause that changed something, in their order; what is unexplained always.
    fn causes(&self) -> impl Iterator<Item = (Cause, Decimal)> {
        let amount = |cause: Cause| (cause, self.causes.get(&cause).copied().unwrap_or_default());
        Cause::ALL.into_iter().map(amount).filter(|(cause, sum)| !sum.is_zero() || *cause == Cause::Unexplained)
    }

    /// Every position that earned something, and what is in none if there is such a thing.
    fn by_position(&self) -> impl Iterator<Item = (String, Decimal)> {
        let of_positions = self.positions.iter().map(|(id, amount)| (id.to_string(), *amount));
        let is_rounding = self.elsewhere.abs() <= self.rounding_max;
        let name = if is_rounding { ROUNDING } else { ELSEWHERE };
        let elsewhere = Some((name.to_owned(), self.elsewhere));
        of_positions.chain(elsewhere).filter(|(_, amount)| !amount.is_zero())
    }

    /// The change of the value without what was paid in and taken out.
    fn earned(&self) -> Decimal {
        self.positions.iter().map(|(_, amount)| *amount).sum::<Decimal>() + self.elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().expect("an amount")
    }

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    fn step(component: BridgeComponent, money: Option<&str>) -> NavBridgeRow {
        NavBridgeRow {
            portfolio_id: "P1".parse().expect("an id"),
            business_date: date("2014-01-03"),
            component,
            currency: Currency::EUR,
            amount: None,
            amount_base: money.map(amount),
            detail: Some("a rate is missing".to_owned()),
        }
    }

    fn position(id: &str, [begin, inflow, outflow, end]: [&str; 4]) -> PositionReturn {
        PositionReturn {
            portfolio_id: "P1".parse().expect("an id"),
            instrument_id: id.parse().expect("an id"),
            business_date: date("2014-01-03"),
            currency: Currency::EUR,
            begin_value: None,
            inflow: None,
            outflow: None,
            end_value: None,
            begin_value_base: Some(amount(begin)),
            inflow_base: Some(amount(inflow)),
            outflow_base: Some(amount(outflow)),
            end_value_base: Some(amount(end)),
            return_fraction: None,
            local_return_fraction: None,
            currency_return_fraction: None,
            cross_return_fraction: None,
            contribution_fraction: None,
        }
    }

    /// 1,000.10 in shares and 100 in cash; 50 are paid in, the shares gain 20.05 by price and lose 5.01 by rate, a
    /// dividend of 3 comes into cash, and the broker takes 0.70.
    fn steps() -> Vec<NavBridgeRow> {
        vec![
            step(BridgeComponent::Contributions, Some("50")),
            step(BridgeComponent::UnrealisedPriceGain, Some("15.05")),
            step(BridgeComponent::RealisedPriceGain, Some("5")),
            step(BridgeComponent::UnrealisedCurrencyGain, Some("-5.01")),
            step(BridgeComponent::Dividends, Some("3")),
            step(BridgeComponent::FeeBrokerage, Some("-0.70")),
        ]
    }

    fn held() -> Vec<PositionReturn> {
        vec![position("CASH~EUR", ["100", "53", "0", "152.30"]), position("M1~AAA", ["1000.10", "0", "3", "1015.14"])]
    }

    fn facts<'a>(bridge: &'a [NavBridgeRow], positions: &'a [PositionReturn], closing: &str) -> ExplainFacts<'a> {
        ExplainFacts {
            base: Currency::EUR,
            from: date("2014-01-02"),
            to: date("2014-01-03"),
            opening: amount("1100.10"),
            closing: amount(closing),
            bridge,
            positions,
        }
    }

    #[test]
    fn causes_and_positions_add_up_to_the_change_of_the_value() {
        let (bridge, positions) = (steps(), held());
        let facts = facts(&bridge, &positions, "1167.44");
        let found = facts.explain().expect("known");
        let of = |cause: Cause| found.causes.get(&cause).map(ToString::to_string);
        assert_eq!(of(Cause::Price).as_deref(), Some("20.05"));
        assert_eq!(of(Cause::Exchange).as_deref(), Some("-5.01"));
        assert_eq!(of(Cause::Income).as_deref(), Some("3"));
        assert_eq!(of(Cause::Trades).as_deref(), Some("-0.70"));
        assert_eq!(of(Cause::Unexplained), None);
        // The shares 18.04, of which the dividend 3; cash −0.70.
        let lines: Vec<String> = found.by_position().map(|(name, sum)| format!("{name} {}", sum.normalize())).collect();
        assert_eq!(lines, ["M1~AAA 18.04", "CASH~EUR -0.7"]);
        let causes: Decimal = found.causes().map(|(_, sum)| sum).sum();
        assert_eq!(found.opening + causes, found.closing);
        assert_eq!(found.earned(), found.closing - found.opening - Decimal::from(50));
    }

    #[test]
    fn what_the_steps_do_not_explain_has_a_line() {
        let (bridge, positions) = (steps(), held());
        let facts = facts(&bridge, &positions, "1167.45");
        let found = facts.explain().expect("known");
        assert_eq!(found.causes.get(&Cause::Unexplained).map(ToString::to_string).as_deref(), Some("0.01"));
        assert_eq!(found.elsewhere.to_string(), "0.01");
    }

    #[test]
    fn what_rounding_leaves_is_called_so() {
        let (bridge, positions) = (steps(), held());
        let facts = facts(&bridge, &positions, "1167.4400000003");
        let found = facts.explain().expect("known");
        assert_eq!(found.causes.get(&Cause::Rounding).map(ToString::to_string).as_deref(), Some("0.0000000003"));
        assert_eq!(found.causes.get(&Cause::Unexplained), None);
        assert_eq!(found.by_position().last().map(|(name, _)| name).as_deref(), Some("rounding"));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let bridge = [step(BridgeComponent::Unknown, None)];
        let refused = facts(&bridge, &[], "1").explain().expect_err("not known");
        assert_eq!(refused, "what changed the value up to 2014-01-03 is not known: a rate is missing");
    }

    #[test]
    fn every_step_of_the_bridge_has_a_cause() {
        for component in BridgeComponent::ALL {
            let is_known = !matches!(component, BridgeComponent::Unknown | BridgeComponent::Gap);
            assert_eq!(Cause::of(component).is_some(), is_known, "{component}");
        }
    }
}
