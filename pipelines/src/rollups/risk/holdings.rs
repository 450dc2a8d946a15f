//! The positions of all portfolios by number: millions of rows, in 24 bytes each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use analytics::estimate;
use arrow::array::{Array, Date32Array, Decimal128Array, StringArray};
use lake::{DateRange, Lake, Parameter, RecordBatch};
use ledger::benchmark_of;
use schemas::table::{Record, typed_column};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, MarketId, PortfolioId};

use super::columns_of;
use crate::error::Error;
use crate::{StageReport, Work};

/// What portfolios of one group have in common: the market, the source of rates and the base currency.
pub(in crate::rollups) type GroupKey = (MarketId, MarketId, Currency);

/// A portfolio on a date on which it was valued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rollups) struct Valued {
    pub(in crate::rollups) group: u32,
    /// Days since 1970.
    pub(in crate::rollups) date: i32,
    pub(in crate::rollups) portfolio: u32,
}

/// A position on a date.
#[derive(Clone, Copy, Debug)]
pub(in crate::rollups) struct Position<V = f64> {
    pub(in crate::rollups) owner: Valued,
    pub(in crate::rollups) instrument: u32,
    /// What it is worth: for most the value in the base currency, an estimate, which is NaN if it is not known.
    pub(in crate::rollups) value: V,
}

/// A question for the positions of some dates, the columns of its answer, and what each row of a batch is worth.
pub(in crate::rollups) struct Worth<V> {
    pub(in crate::rollups) sql: &'static str,
    pub(in crate::rollups) columns: &'static [&'static str],
    pub(in crate::rollups) of_rows: fn(&RecordBatch) -> Result<Vec<V>, Error>,
}

/// The value in the base currency, an estimate.
const ESTIMATES: Worth<f64> = Worth {
    sql: include_str!("../../../rollups/risk/positions.sql"),
    columns: &["portfolio_id", "instrument_id", "business_date", "value_base"],
    of_rows: estimates,
};

/// What all portfolios of the work hold on its dates, in the order of group, date, portfolio and instrument.
pub(in crate::rollups) struct Holdings<V = f64> {
    portfolios: Vec<Portfolio>,
    groups: Vec<GroupKey>,
    instruments: Vec<InstrumentId>,
    pub(in crate::rollups) valued: Vec<Valued>,
    pub(in crate::rollups) positions: Vec<Position<V>>,
}

impl Holdings {
    /// Reads what these portfolios, which are in the order of their ids, hold on the dates of the work.
    pub(in crate::rollups) async fn read(
        lake: &Lake,
        work: &Work,
        portfolios: Vec<Portfolio>,
        report: &mut StageReport,
    ) -> Result<Holdings, Error> {
        Holdings::worth(lake, work, portfolios, &ESTIMATES, report).await
    }
}

impl<V: Copy> Holdings<V> {
    /// As [`Holdings::read`], with other values.
    pub(in crate::rollups) async fn worth(
        lake: &Lake,
        work: &Work,
        portfolios: Vec<Portfolio>,
        worth: &Worth<V>,
        report: &mut StageReport,
    ) -> Result<Holdings<V>, Error> {
        let range = DateRange::between(work.from, work.to);
        let dates = || vec![("from_date", Parameter::Date(work.from)), ("to_date", Parameter::Date(work.to))];
        let mut reading = Reading::new(&portfolios)?;
        let columns = ["portfolio_id", "business_date"];
        let query = (include_str!("../../../rollups/risk/valued.sql"), &columns[..]);
        for batch in columns_of(lake, PortfolioValue::TABLE, range, query, dates(), report).await? {
            reading.valued(&batch)?;
        }
        let query = (worth.sql, worth.columns);
        for batch in columns_of(lake, Valuation::TABLE, range, query, dates(), report).await? {
            reading.positions(&batch, &(worth.of_rows)(&batch)?)?;
        }
        let Reading { groups, words, mut valued, mut positions, .. } = reading;
        let instruments = in_order(words, &mut positions)?;
        valued.sort_unstable();
        positions.sort_unstable_by_key(|position| (position.owner, position.instrument));
        Ok(Holdings { portfolios, groups, instruments, valued, positions })
    }

    /// The id of a portfolio.
    pub(in crate::rollups) fn portfolio(&self, number: u32) -> Result<&PortfolioId, Error> {
        self.portfolios.get(number as usize).map(|portfolio| &portfolio.portfolio_id).ok_or(Error::Worker)
    }

    /// The instrument of a number.
    pub(in crate::rollups) fn instrument(&self, number: u32) -> Result<&InstrumentId, Error> {
        self.instruments.get(number as usize).ok_or(Error::Worker)
    }

    /// How many instruments are held at all.
    pub(in crate::rollups) fn instrument_count(&self) -> usize {
        self.instruments.len()
    }

    /// With what some portfolios are compared, if that is one instrument.
    pub(super) fn benchmarks(&self, valued: &[Valued]) -> Benchmarks {
        let mut of_portfolios: Vec<Option<InstrumentId>> = vec![None; self.portfolios.len()];
        for owner in valued {
            let number = owner.portfolio as usize;
            let (Some(place), Some(portfolio)) = (of_portfolios.get_mut(number), self.portfolios.get(number)) else {
                continue;
            };
            if place.is_none() && (portfolio.benchmark_symbol.is_some() || portfolio.benchmark_blend.is_some()) {
                let benchmark = benchmark_of(portfolio).filter(|benchmark| benchmark.blend.is_none());
                *place = benchmark.and_then(|benchmark| benchmark.instruments.into_iter().next());
            }
        }
        let instruments: BTreeSet<&InstrumentId> = of_portfolios.iter().flatten().collect();
        Benchmarks { instruments: instruments.into_iter().cloned().collect(), of_portfolios }
    }

    /// What the portfolios of a group have in common.
    pub(in crate::rollups) fn group(&self, number: u32) -> Result<&GroupKey, Error> {
        self.groups.get(number as usize).ok_or(Error::Worker)
    }
}

/// With what some portfolios are compared.
pub(super) struct Benchmarks {
    /// Each of them once.
    pub(super) instruments: Vec<InstrumentId>,
    /// By the number of the portfolio.
    of_portfolios: Vec<Option<InstrumentId>>,
}

impl Benchmarks {
    /// The line of each portfolio's benchmark, by the number of the portfolio.
    pub(super) fn lines(&self, line: impl Fn(&InstrumentId) -> Option<usize>) -> Vec<Option<usize>> {
        self.of_portfolios.iter().map(|benchmark| line(benchmark.as_ref()?)).collect()
    }
}

/// Rows while they come in.
struct Reading<V> {
    /// Of each portfolio its group, its number and its first day.
    owners: HashMap<String, (u32, u32, i32)>,
    groups: Vec<GroupKey>,
    words: HashMap<String, u32>,
    valued: Vec<Valued>,
    positions: Vec<Position<V>>,
}

impl<V> Reading<V> {
    fn new(portfolios: &[Portfolio]) -> Result<Reading<V>, Error> {
        let key = |row: &Portfolio| (row.market_id.clone(), row.fx_source.clone(), row.base_currency);
        let mut numbers: BTreeMap<GroupKey, u32> = portfolios.iter().map(|row| (key(row), 0)).collect();
        for (number, group) in (0..).zip(numbers.values_mut()) {
            *group = number;
        }
        let owner = |(number, row): (u32, &Portfolio)| {
            let group = numbers.get(&key(row)).copied()?;
            Some((row.portfolio_id.as_str().to_owned(), (group, number, days_of(row.start_date))))
        };
        let owners = (0..).zip(portfolios).map(owner).collect::<Option<_>>().ok_or(Error::Worker)?;
        let groups = numbers.into_keys().collect();
        Ok(Reading { owners, groups, words: HashMap::new(), valued: Vec::new(), positions: Vec::new() })
    }

    /// The portfolio of a row. None if it is not among those of the work, or begins on a later day: a start that was
    /// moved leaves rows of days that no longer belong to the portfolio.
    fn owner(&self, ids: &StringArray, dates: &Date32Array, row: usize) -> Option<Valued> {
        let (group, portfolio, start) = *self.owners.get(ids.value(row))?;
        let date = dates.value(row);
        (start <= date).then_some(Valued { group, date, portfolio })
    }

    fn valued(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let table = PortfolioValue::TABLE.name;
        let ids = typed_column::<String>(table, "portfolio_id", batch).map_err(lake::Error::from)?;
        let dates = typed_column::<BusinessDate>(table, "business_date", batch).map_err(lake::Error::from)?;
        let found = (0..batch.num_rows()).filter_map(|row| self.owner(&ids, &dates, row)).collect::<Vec<Valued>>();
        self.valued.extend(found);
        Ok(())
    }

    fn positions(&mut self, batch: &RecordBatch, values: &[V]) -> Result<(), Error>
    where
        V: Copy,
    {
        let table = Valuation::TABLE.name;
        let ids = typed_column::<String>(table, "portfolio_id", batch).map_err(lake::Error::from)?;
        let instruments = typed_column::<String>(table, "instrument_id", batch).map_err(lake::Error::from)?;
        let dates = typed_column::<BusinessDate>(table, "business_date", batch).map_err(lake::Error::from)?;
        self.positions.reserve(batch.num_rows());
        for (row, value) in values.iter().copied().enumerate() {
            let Some(owner) = self.owner(&ids, &dates, row) else { continue };
            let instrument = self.number(instruments.value(row))?;
            self.positions.push(Position { owner, instrument, value });
        }
        Ok(())
    }

    /// The number of an instrument, which is a new one if the instrument is.
    fn number(&mut self, word: &str) -> Result<u32, Error> {
        if let Some(number) = self.words.get(word) {
            return Ok(*number);
        }
        let number = u32::try_from(self.words.len()).map_err(|_| Error::Worker)?;
        self.words.insert(word.to_owned(), number);
        Ok(number)
    }
}

/// The instruments in the order of their ids, which become their numbers.
fn in_order<V>(words: HashMap<String, u32>, positions: &mut [Position<V>]) -> Result<Vec<InstrumentId>, Error> {
    let mut words: Vec<(String, u32)> = words.into_iter().collect();
    words.sort_unstable();
    let mut ranks = vec![0_u32; words.len()];
    for (rank, (_, number)) in (0..).zip(&words) {
        if let Some(place) = ranks.get_mut(*number as usize) {
            *place = rank;
        }
    }
    for position in positions {
        position.instrument = ranks.get(position.instrument as usize).copied().ok_or(Error::Worker)?;
    }
    let id = |(word, _): (String, u32)| word.parse::<InstrumentId>().map_err(|_| Error::Worker);
    words.into_iter().map(id).collect()
}

/// Where the positions of a portfolio and date are, from a place on; those of others before it are passed over.
pub(in crate::rollups) fn of_owner<V>(positions: &[Position<V>], from: usize, owner: Valued) -> Range<usize> {
    let rest = positions.get(from..).unwrap_or_default();
    let start = from + rest.iter().take_while(|position| position.owner < owner).count();
    let rest = positions.get(start..).unwrap_or_default();
    start..start + rest.iter().take_while(|position| position.owner == owner).count()
}

/// The values in the base currency.
fn estimates(batch: &RecordBatch) -> Result<Vec<f64>, Error> {
    let values = typed_column::<Option<Amount>>(Valuation::TABLE.name, "value_base", batch);
    let values = values.map_err(lake::Error::from)?;
    Ok((0..batch.num_rows()).map(|row| value_of(&values, row)).collect())
}

fn value_of(values: &Decimal128Array, row: usize) -> f64 {
    if values.is_null(row) { f64::NAN } else { estimate(values.value(row)) / 10_f64.powi(i32::from(Amount::SCALE)) }
}

fn days_of(date: BusinessDate) -> i32 {
    arrow::datatypes::Date32Type::from_naive_date(date.day())
}
