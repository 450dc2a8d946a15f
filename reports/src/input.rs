//! What statements are made from: the rows about one portfolio and one period, and what every kind refuses and says of
//! itself.

use std::collections::{BTreeMap, BTreeSet};

use schemas::tables::action_payments::ActionPayment;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::exceptions::Exception;
use schemas::tables::instruments::Instrument;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId, RunId, Severity};

use crate::document::{Cell, DataGrade, Document, Metadata, Period, Section};
use crate::error::Error;
use crate::firm::Firm;
use crate::further::Further;
use crate::span::Span;
use crate::statements::StatementKind;
use crate::texts::{Sentence, Texts};

/// Everything a statement is made from. Rows may come in any order.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementInput {
    /// The portfolio.
    pub portfolio: Portfolio,
    /// The date of the statement, the last of its period.
    pub business_date: BusinessDate,
    /// The opening date of the period: its closing value is known, what happens after it belongs to the period.
    pub period_start: BusinessDate,
    /// The run that makes the statement.
    pub run_id: RunId,
    /// A fingerprint of the versions of all tables read.
    pub inputs_fingerprint: String,
    /// The version of the program.
    pub program_version: String,
    /// Whether the portfolio's market is made up; every page then says so.
    pub synthetic: bool,
    /// The firm that issues the statement; none if the house has set none.
    pub firm: Option<Firm>,
    /// The instruments held or traded, for their names.
    pub instruments: Vec<Instrument>,
    /// What each position is worth on the business date, cash included.
    pub valuations: Vec<Valuation>,
    /// The positions in force on the business date, for their cost; of several rows of an instrument the latest counts.
    pub positions: Vec<Position>,
    /// The portfolio's values since its inception, the opening date's and the business date's among them.
    pub portfolio_values: Vec<PortfolioValue>,
    /// The external flows that take effect in the period.
    pub cash_flows: Vec<CashFlow>,
    /// The transactions of the period.
    pub transactions: Vec<Transaction>,
    /// The transactions of other periods that a reversal of the period takes back.
    pub taken_back: Vec<Transaction>,
    /// The reversals dated in other periods that take back a transaction of the period: it counts on no day.
    pub reversals_elsewhere: Vec<Transaction>,
    /// Cash and units that announcements brought in the period and no transaction books.
    pub action_payments: Vec<ActionPayment>,
    /// What the sales of the period earned.
    pub realised_gains: Vec<RealisedGain>,
    /// What rules that look ahead changed, with effect in the period, about gains of this period and of earlier ones.
    pub gain_changes: Vec<LotClosing>,
    /// The disposals whose gains they changed, of any date.
    pub changed_disposals: Vec<RealisedGain>,
    /// What led from the value at start to the value at end: the sum of the period by component and currency.
    pub nav_bridge: Vec<NavBridgeRow>,
    /// Performance and risk on the business date, all periods.
    pub measures: Vec<MeasureRow>,
    /// The methods that forecast the value at risk: those in force on the business date, and those that are red.
    pub backtests: Vec<BacktestRow>,
    /// Why it did better or worse than its benchmark in the year to date, by asset class, as made on the business date.
    pub attribution: Vec<AttributionRow>,
    /// What the checks of the business date found, and cash that those of the period found to be late.
    pub exceptions: Vec<Exception>,
    /// What only some kinds of statements need; empty where the kind does not ask for it.
    pub further: Further,
}

impl StatementInput {
    /// The words of the client's language.
    pub(crate) fn texts(&self) -> Texts {
        Texts::of(self.portfolio.language)
    }

    /// The currency of the portfolio's figures.
    pub(crate) fn base_currency(&self) -> Currency {
        self.portfolio.base_currency
    }

    /// The portfolio's value on the business date; none if it was not valued.
    pub(crate) fn closing_value(&self) -> Option<&PortfolioValue> {
        self.portfolio_values.iter().find(|row| row.business_date == self.business_date)
    }

    /// Whether what led from the value at start to that at end is known in parts. It is not if a day of the period is
    /// not, nor if the last one could not be valued: what was booked by then counts with the next value.
    pub(crate) fn is_change_known(&self) -> bool {
        let is_hidden = |row: &NavBridgeRow| match row.component {
            BridgeComponent::Unknown => true,
            BridgeComponent::Gap => row.business_date == self.business_date,
            _ => false,
        };
        !self.nav_bridge.iter().any(is_hidden)
    }

    /// What reversals of this or other periods take back, by id: it counts on no day.
    pub(crate) fn taken_back_ids(&self) -> BTreeSet<&str> {
        let of_period = self.transactions.iter().chain(&self.reversals_elsewhere);
        let others = self.further.other_bookings.iter().chain(&self.further.bookings_before);
        of_period.chain(others).filter_map(|row| row.reverses.as_deref()).collect()
    }

    /// The instruments by id.
    pub(crate) fn instruments_by_id(&self) -> BTreeMap<&InstrumentId, &Instrument> {
        self.instruments.iter().map(|instrument| (&instrument.instrument_id, instrument)).collect()
    }

    /// The time that the statement is about.
    pub(crate) fn span(&self) -> Span {
        Span { opening: self.period_start, closing: self.business_date }
    }

    /// A document of a kind about the portfolio, with these sections.
    pub(crate) fn document(&self, kind: &StatementKind, sections: Vec<Section>) -> Document {
        Document {
            title: self.portfolio.title.clone(),
            subtitle: self.texts().label(kind.title),
            subject: self.portfolio.portfolio_id.clone().into(),
            period: Period { opening_date: self.period_start, closing_date: self.business_date },
            metadata: Metadata {
                kind: kind.id.to_owned(),
                program_version: self.program_version.clone(),
                run_id: self.run_id.clone(),
                inputs_fingerprint: self.inputs_fingerprint.clone(),
                data_grade: DataGrade::of(&self.exceptions),
                language: self.texts().language(),
                synthetic: self.synthetic,
            },
            sections,
        }
    }

    /// Refuses what no statement may be made from: rows of another portfolio or time, and findings that forbid one.
    ///
    /// # Errors
    /// [`Error::ForeignRow`], [`Error::ForeignDate`] and [`Error::Blocked`].
    pub(crate) fn refuse_unsound(&self) -> Result<(), Error> {
        self.refuse_foreign()?;
        refuse_blocked(self)
    }

    /// Refuses rows of another portfolio or time.
    ///
    /// # Errors
    /// [`Error::ForeignRow`] and [`Error::ForeignDate`].
    pub(crate) fn refuse_foreign(&self) -> Result<(), Error> {
        refuse_foreign_rows(self)?;
        refuse_foreign_further(self)
    }

    /// An amount in the base currency, or why there is none.
    pub(crate) fn base_money(&self, amount: Option<Amount>, reason: impl FnOnce() -> String) -> Cell {
        amount.map_or_else(|| Cell::unavailable(reason()), |amount| Cell::money(amount, self.base_currency()))
    }

    /// An amount in a currency; where it is not known, a price or a rate was missing.
    pub(crate) fn known_money(&self, amount: Option<Amount>, currency: Currency) -> Cell {
        let reason = || Cell::unavailable(self.texts().sentence(Sentence::PriceOrRateMissing));
        amount.map_or_else(reason, |amount| Cell::money(amount, currency))
    }
}

fn refuse_foreign_rows(input: &StatementInput) -> Result<(), Error> {
    let expected = &input.portfolio.portfolio_id;
    let owner = |table: &'static str, found: &PortfolioId| {
        if found == expected {
            Ok(())
        } else {
            Err(Error::ForeignRow { table, expected: expected.clone(), found: found.clone() })
        }
    };
    input.valuations.iter().try_for_each(|row| owner("gold.valuations", &row.portfolio_id))?;
    input.positions.iter().try_for_each(|row| owner("gold.positions", &row.portfolio_id))?;
    input.portfolio_values.iter().try_for_each(|row| owner("gold.portfolio_values", &row.portfolio_id))?;
    input.cash_flows.iter().try_for_each(|row| owner("gold.cash_flows", &row.portfolio_id))?;
    let mut booked = input.transactions.iter().chain(&input.taken_back).chain(&input.reversals_elsewhere);
    booked.try_for_each(|row| owner("silver.transactions", &row.portfolio_id))?;
    input.action_payments.iter().try_for_each(|row| owner("gold.action_payments", &row.portfolio_id))?;
    input.realised_gains.iter().try_for_each(|row| owner("gold.realised_gains", &row.portfolio_id))?;
    input.gain_changes.iter().try_for_each(|row| owner("gold.lot_closings", &row.portfolio_id))?;
    input.changed_disposals.iter().try_for_each(|row| owner("gold.realised_gains", &row.portfolio_id))?;
    input.nav_bridge.iter().try_for_each(|row| owner("gold.nav_bridge", &row.portfolio_id))?;
    input.measures.iter().try_for_each(|row| owner("gold.measures", &row.portfolio_id))?;
    input.backtests.iter().try_for_each(|row| owner("gold.backtests", &row.portfolio_id))?;
    input.attribution.iter().try_for_each(|row| owner("gold.attribution", &row.portfolio_id))?;
    input.further.trades.iter().try_for_each(|row| owner("silver.transactions", &row.portfolio_id))?;
    input.further.executions.iter().try_for_each(|row| owner("silver.executions", &row.portfolio_id))?;
    input.further.depreciation.iter().try_for_each(|row| owner("gold.depreciation", &row.portfolio_id))?;
    input.exceptions.iter().try_for_each(|row| owner("gold.exceptions", &row.portfolio_id))?;
    let mut elsewhere = input.further.other_bookings.iter();
    elsewhere.try_for_each(|row| owner("silver.transactions", &row.portfolio_id))?;
    input.further.custody.iter().try_for_each(|row| owner("silver.custody", &row.portfolio_id))?;

    let on_date = |table: &'static str, found: BusinessDate| {
        if found == input.business_date {
            Ok(())
        } else {
            Err(Error::ForeignDate { table, expected: input.business_date.to_string(), found })
        }
    };
    input.valuations.iter().try_for_each(|row| on_date("gold.valuations", row.business_date))?;
    input.measures.iter().try_for_each(|row| on_date("gold.measures", row.business_date))?;
    input.backtests.iter().try_for_each(|row| on_date("gold.backtests", row.business_date))?;
    input.attribution.iter().try_for_each(|row| on_date("gold.attribution", row.business_date))?;

    let in_period = |table: &'static str, found: BusinessDate| {
        if input.period_start < found && found <= input.business_date {
            Ok(())
        } else {
            let expected = format!("after {} and up to {}", input.period_start, input.business_date);
            Err(Error::ForeignDate { table, expected, found })
        }
    };
    input.cash_flows.iter().try_for_each(|row| in_period("gold.cash_flows", row.business_date))?;
    input.action_payments.iter().try_for_each(|row| in_period("gold.action_payments", row.business_date))?;
    input.nav_bridge.iter().try_for_each(|row| in_period("gold.nav_bridge", row.business_date))?;
    input.gain_changes.iter().try_for_each(|row| in_period("gold.lot_closings", row.business_date))?;
    input.realised_gains.iter().try_for_each(|row| in_period("gold.realised_gains", row.business_date))
}

/// Refuses rows that only some kinds need if they are of another portfolio, or of a day of which they may not be.
fn refuse_foreign_further(input: &StatementInput) -> Result<(), Error> {
    let further = &input.further;
    let daily = further.daily_returns.iter().map(|row| ("gold.daily_returns", &row.portfolio_id, None));
    let forecasts = further.risk_forecasts.iter().map(|row| ("gold.risk_forecasts", &row.portfolio_id, None));
    let risk = further.risk.iter().map(|row| ("gold.risk", &row.portfolio_id, Some(row.business_date)));
    let parts = further.risk_contributions.iter();
    let parts = parts.map(|row| ("gold.risk_contributions", &row.portfolio_id, Some(row.business_date)));
    let judged = further.all_backtests.iter();
    let judged = judged.map(|row| ("gold.backtests", &row.portfolio_id, Some(row.business_date)));
    let stress = further.stress.iter().map(|row| ("gold.stress", &row.portfolio_id, Some(row.business_date)));
    let classes = further.risk_classes.iter();
    let classes = classes.map(|row| ("gold.risk_classes", &row.portfolio_id, Some(row.business_date)));
    let hands = further.concentration.iter();
    let hands = hands.map(|row| ("gold.concentration", &row.portfolio_id, Some(row.business_date)));
    let liquid = further.liquidity.iter().map(|row| ("gold.liquidity", &row.portfolio_id, Some(row.business_date)));
    let fitted = further.factor_regressions.iter().map(|row| ("gold.factor_regressions", &row.portfolio_id, None));
    let exposed = further.factor_exposures.iter().map(|row| ("gold.factor_exposures", &row.portfolio_id, None));
    let expected = &input.portfolio.portfolio_id;
    let of_risk = risk.chain(parts).chain(judged).chain(stress).chain(classes);
    let of_holdings = hands.chain(liquid).chain(fitted).chain(exposed);
    for (table, found, on) in daily.chain(forecasts).chain(of_risk).chain(of_holdings) {
        if found != expected {
            return Err(Error::ForeignRow { table, expected: expected.clone(), found: found.clone() });
        }
        if let Some(found) = on.filter(|on| *on != input.business_date) {
            return Err(Error::ForeignDate { table, expected: input.business_date.to_string(), found });
        }
    }
    Ok(())
}

fn refuse_blocked(input: &StatementInput) -> Result<(), Error> {
    let blocking = || input.exceptions.iter().filter(|exception| exception.severity == Severity::Block);
    match blocking().map(|exception| &exception.check_name).min() {
        None => Ok(()),
        Some(check_name) => Err(Error::Blocked {
            portfolio_id: input.portfolio.portfolio_id.clone(),
            date: input.business_date,
            check_name: check_name.clone(),
            findings: blocking().count(),
        }),
    }
}
