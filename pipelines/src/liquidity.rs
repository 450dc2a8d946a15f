//! How long it takes to sell what a portfolio holds, at the volumes that its market saw.
//!
//! The positions are those of a night, the volumes those that came with the closes. A night keeps what it says of the
//! whole portfolio for one part of the market; the days of each position, and other parts, are for those who ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use analytics::NoFigure;
use analytics::liquidity::{HORIZONS_DAYS, Holding, LiquidityProfile};
use chrono::Days;
use lake::{DateRange, Lake, Snapshot};
use ledger::QuoteBoard;
use ledger::average_volume::{AverageVolume, VOLUME_DATES, average_volume, unit_changes};
use ledger::transaction::TransactionKind;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, InstrumentId, MeasureValue, Quantity};

use crate::error::Error;

/// The part of an average day's volume that one is if nobody says otherwise.
pub const PARTICIPATION: f64 = 0.2;
/// Days before the date in which the valuation dates must lie over which volumes are averaged.
const STRETCH_DAYS: u64 = 60;

/// A position, and how long it takes to sell it or to buy it back.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionLiquidity {
    /// The instrument, or cash.
    pub instrument_id: InstrumentId,
    /// Units held, negative if short.
    pub quantity: Quantity,
    /// What it is worth in the base currency; none if nobody knows.
    pub value_base: Option<Amount>,
    /// Valuation dates of the last twenty with a volume.
    pub volume_dates: usize,
    /// Units traded on an average one of these, in units of the date; none for cash, and if there is no figure.
    pub average_daily_volume: Option<Quantity>,
    /// Trading days until it is sold; cash takes none.
    pub days_to_exit: MeasureValue,
}

/// How long it takes to sell a portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct PortfolioLiquidity {
    /// The first and the last valuation date over which volumes are averaged, and their number; none if the market
    /// has none.
    pub averaged_over: Option<(BusinessDate, BusinessDate, usize)>,
    /// The positions, by instrument.
    pub positions: Vec<PositionLiquidity>,
    /// For each of [`HORIZONS_DAYS`]: the part of the value of all positions, regardless of sign, that is sold within
    /// so many days. What nobody knows counts as not sold.
    pub sold_within: Vec<(f64, MeasureValue)>,
    /// The part of that value of which nobody knows how long it takes.
    pub unknown_share: MeasureValue,
    /// The days until everything is sold.
    pub days_until_all: MeasureValue,
}

impl PortfolioLiquidity {
    /// How many positions are sold nobody knows when; an overdraft is not sold.
    pub fn unknown_count(&self) -> usize {
        let is_unknown = |position: &&PositionLiquidity| {
            !position.is_overdraft() && matches!(position.days_to_exit, MeasureValue::Unavailable(_))
        };
        self.positions.iter().filter(is_unknown).count()
    }
}

impl PositionLiquidity {
    /// Cash that is owed: nothing that could be sold.
    fn is_overdraft(&self) -> bool {
        self.instrument_id.is_cash() && self.quantity.decimal() < Decimal::ZERO
    }
}

/// How long it takes to sell the positions that a night valued on a date, if one is this part of the volume.
///
/// Cash is there at once. An overdraft is a debt: it is listed, has no days, and belongs to no share.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read.
pub async fn liquidity(
    lake: &Lake,
    portfolio: &Portfolio,
    date: BusinessDate,
    participation: f64,
) -> Result<PortfolioLiquidity, Error> {
    let valuations = lake::read::valuations(lake, &portfolio.portfolio_id, date).await?;
    let held: BTreeSet<String> =
        valuations.iter().filter(|row| !row.instrument_id.is_cash()).map(|row| row.instrument_id.to_string()).collect();
    let stretch = DateRange::between(first_counted(date), date);
    let market = BTreeSet::from([portfolio.market_id.to_string()]);
    let snapshot = lake.snapshot(Quote::TABLE).await?;
    let dates = lake::read::dates_named::<Quote>(&snapshot, lake, stretch, &[("market_id", &market)]).await?;
    let of_held = [("instrument_id", &held)];
    let quotes = lake::read::rows_named::<Quote>(&snapshot, lake, stretch, &of_held).await?;
    let snapshot = lake.snapshot(Instrument::TABLE).await?;
    let instruments = lake::read::rows_named::<Instrument>(&snapshot, lake, DateRange::ALL, &of_held).await?;
    let snapshot = lake.snapshot(CorporateAction::TABLE).await?;
    let through = DateRange::through(date);
    let actions = lake::read::rows_named::<CorporateAction>(&snapshot, lake, through, &of_held).await?;
    let mut volumes = Volumes::of(QuoteBoard::new(instruments, &[], &actions));
    for quote in quotes {
        if let Some(volume) = quote.volume {
            volumes.add(&quote.instrument_id, quote.quote_date, volume);
        }
    }
    let own = BTreeSet::from([portfolio.portfolio_id.to_string()]);
    let snapshot = lake.snapshot(Transaction::TABLE).await?;
    let booked = booked_changes(&snapshot, lake, &own).await?;
    let averaged_over = averaged_over(&dates, date);
    let position = |row: Valuation| {
        let volume = |id: &InstrumentId| volumes.average(id, &dates, &booked, date);
        Position::new(row.instrument_id, row.quantity, row.value_base, volume)
    };
    Ok(portfolio_liquidity(valuations.into_iter().map(position).collect(), averaged_over, participation))
}

/// The first day on which a valuation date may lie over which volumes are averaged on a date.
pub(crate) fn first_counted(date: BusinessDate) -> BusinessDate {
    let first = date.day().checked_sub_days(Days::new(STRETCH_DAYS)).and_then(|day| BusinessDate::new(day).ok());
    first.unwrap_or(BusinessDate::FIRST)
}

/// What some portfolios booked of splits, and what they took back.
pub(crate) async fn booked_changes(
    snapshot: &Snapshot,
    lake: &Lake,
    portfolios: &BTreeSet<String>,
) -> Result<Vec<Transaction>, Error> {
    let kinds = [TransactionKind::Split, TransactionKind::Reversal].map(|kind| kind.code().to_owned());
    let kinds = BTreeSet::from(kinds);
    let named = [("portfolio_id", portfolios), ("kind", &kinds)];
    Ok(lake::read::rows_named::<Transaction>(snapshot, lake, DateRange::ALL, &named).await?)
}

/// What was traded of some instruments, and how the market splits them.
pub(crate) struct Volumes {
    by_instrument: HashMap<InstrumentId, BTreeMap<BusinessDate, Quantity>>,
    /// The instruments with their splits; it needs no closes.
    board: QuoteBoard,
}

impl Volumes {
    /// Of the instruments of a board, so far without a volume.
    pub(crate) fn of(board: QuoteBoard) -> Volumes {
        Volumes { by_instrument: HashMap::new(), board }
    }

    /// Takes in what was traded on a day.
    pub(crate) fn add(&mut self, instrument: &InstrumentId, date: BusinessDate, volume: Quantity) {
        match self.by_instrument.get_mut(instrument) {
            Some(volumes) => _ = volumes.insert(date, volume),
            None => _ = self.by_instrument.insert(instrument.clone(), BTreeMap::from([(date, volume)])),
        }
    }

    /// What was traded on an average day up to a date, in units of a portfolio that booked these splits.
    ///
    /// `dates` are the valuation dates of the market, in order.
    pub(crate) fn average(
        &self,
        instrument: &InstrumentId,
        dates: &[BusinessDate],
        booked: &[Transaction],
        date: BusinessDate,
    ) -> AverageVolume {
        let none = BTreeMap::new();
        let volumes = self.by_instrument.get(instrument).unwrap_or(&none);
        let Some(listing) = self.board.listing(instrument) else {
            let reason = "its market does not list it, so nobody knows whether its quotes are adjusted".to_owned();
            return AverageVolume { known_dates: 0, units: Err(reason) };
        };
        let first = first_counted(date);
        let dates = dates.get(dates.partition_point(|day| *day < first)..).unwrap_or_default();
        average_volume(volumes, dates, &unit_changes(listing, booked, date), date)
    }
}

/// The first and the last of the valuation dates over which volumes are averaged on a date, and their number.
fn averaged_over(dates: &[BusinessDate], date: BusinessDate) -> Option<(BusinessDate, BusinessDate, usize)> {
    let end = dates.partition_point(|day| *day <= date);
    let stretch = dates.get(end.saturating_sub(VOLUME_DATES)..end)?;
    Some((*stretch.first()?, *stretch.last()?, stretch.len()))
}

/// A position with what is traded of it.
pub(crate) struct Position {
    instrument_id: InstrumentId,
    quantity: Quantity,
    value_base: Option<Amount>,
    /// None for cash.
    volume: Option<AverageVolume>,
}

impl Position {
    /// A position with what `traded` says of its instrument; nobody trades cash.
    pub(crate) fn new(
        instrument_id: InstrumentId,
        quantity: Quantity,
        value_base: Option<Amount>,
        traded: impl FnOnce(&InstrumentId) -> AverageVolume,
    ) -> Position {
        let volume = (!instrument_id.is_cash()).then(|| traded(&instrument_id));
        Position { instrument_id, quantity, value_base, volume }
    }

    /// Cash that is owed: nothing that could be sold.
    fn is_overdraft(&self) -> bool {
        self.volume.is_none() && self.quantity.decimal() < Decimal::ZERO
    }

    /// As the mathematics wants it. Cash has no units that must be sold; a value that nobody knows counts as nothing,
    /// and keeps the shares from being figures.
    fn holding(&self) -> Holding {
        let number = |exact: Decimal| exact.to_f64().unwrap_or(f64::NAN);
        let units = if self.volume.is_some() { number(self.quantity.decimal()) } else { 0.0 };
        let average = self.volume.as_ref().and_then(|volume| volume.units.as_ref().ok());
        Holding {
            units,
            value: self.value_base.map_or(0.0, |value| number(value.decimal())),
            average_daily_volume: average
                .map_or_else(|| self.volume.is_none().then_some(0.0), |volume| Some(number(volume.decimal()))),
        }
    }

    fn days(&self, computed: &Result<f64, NoFigure>) -> MeasureValue {
        match (&self.volume, computed) {
            (Some(AverageVolume { units: Err(reason), .. }), _) => MeasureValue::unavailable(reason.clone()),
            (_, Ok(days)) => MeasureValue::finite(*days, "the number of days"),
            (_, Err(reason)) => MeasureValue::unavailable(reason.to_string()),
        }
    }

    fn told(self, days_to_exit: MeasureValue) -> PositionLiquidity {
        let volume = self.volume;
        PositionLiquidity {
            instrument_id: self.instrument_id,
            quantity: self.quantity,
            value_base: self.value_base,
            volume_dates: volume.as_ref().map_or(0, |volume| volume.known_dates),
            average_daily_volume: volume.and_then(|volume| volume.units.ok()),
            days_to_exit,
        }
    }
}

/// The figures of a portfolio from its positions.
pub(crate) fn portfolio_liquidity(
    positions: Vec<Position>,
    averaged_over: Option<(BusinessDate, BusinessDate, usize)>,
    participation: f64,
) -> PortfolioLiquidity {
    let sold: Vec<Holding> =
        positions.iter().filter(|position| !position.is_overdraft()).map(Position::holding).collect();
    let profile = analytics::liquidity::liquidity(&sold, participation);
    let without_value = positions.iter().find(|position| !position.is_overdraft() && position.value_base.is_none());
    let without_value = without_value.map(|position| format!("{} has no value", position.instrument_id));
    let share = |of: &dyn Fn(&LiquidityProfile) -> Result<f64, NoFigure>| match (&profile, &without_value) {
        (Err(reason), _) => MeasureValue::unavailable(reason.to_string()),
        (Ok(_), Some(reason)) => MeasureValue::unavailable(reason.clone()),
        (Ok(profile), None) => match of(profile) {
            Ok(share) => MeasureValue::finite(share, "the share"),
            Err(reason) => MeasureValue::unavailable(reason.to_string()),
        },
    };
    let sold_within =
        HORIZONS_DAYS.into_iter().map(|days| (days, share(&|profile| profile.share_within(days)))).collect();
    let unknown_share = share(&LiquidityProfile::unknown_share);
    let mut computed = profile.as_ref().map(|profile| profile.days_to_exit.iter()).ok();
    let told = positions.into_iter().map(|position| {
        if position.is_overdraft() {
            return position.told(MeasureValue::unavailable("an overdraft is paid back, not sold"));
        }
        let days = match (&mut computed, &profile) {
            (Some(computed), _) => computed.next().map(|days| position.days(days)),
            (None, Ok(_)) => None,
            (None, Err(reason)) => Some(MeasureValue::unavailable(reason.to_string())),
        };
        position.told(days.unwrap_or_else(|| MeasureValue::unavailable("there is no figure; this is a bug")))
    });
    let positions: Vec<PositionLiquidity> = told.collect();
    let days_until_all = days_until_all(&positions, profile.as_ref().err());
    PortfolioLiquidity { averaged_over, positions, sold_within, unknown_share, days_until_all }
}

/// The days of the slowest position, or the first of which nobody knows.
fn days_until_all(positions: &[PositionLiquidity], refused: Option<&NoFigure>) -> MeasureValue {
    if let Some(reason) = refused {
        return MeasureValue::unavailable(reason.to_string());
    }
    let mut slowest = 0.0_f64;
    for position in positions {
        match &position.days_to_exit {
            MeasureValue::Number(days) => slowest = slowest.max(*days),
            MeasureValue::Unavailable(reason) if !position.is_overdraft() => {
                return MeasureValue::unavailable(format!("{}: {reason}", position.instrument_id));
            }
            _ => {}
        }
    }
    MeasureValue::Number(slowest)
}
