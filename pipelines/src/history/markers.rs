//! The markers themselves: sums of hashes of facts, by portfolio and month.
//!
//! A month of a portfolio depends on its transactions of the month, on those that act on it from a later one (a
//! reversal, an election, a broker's booking of an announcement), and on closes, volumes, corporate actions and rates
//! of what it had touched by then. Of an instrument or currency that is touched for the first time everything earlier
//! counts, too, because a close or rate is carried until the next one. Groups of instruments have no dates and count in
//! every month. The benchmark of a portfolio, or what it is blended of, is touched from its first month on, and so are
//! the benchmark's weights and the dated risk-free rates; the currency of a group of portfolios is from the month on in
//! which it belongs to the group. A scenario of the market counts from the month on in which its version does, and so
//! does what stands in for a class in it. What depends on other portfolios is added by `transfers`. Where the last rate
//! is too old to count, the limit decides about values as a fact does; everywhere else another limit changes nothing.
//!
//! The factors of the market, which count two months after their own, are added up apart: of them nothing else follows
//! than the loadings.
//!
//! Facts are added up once for every thing and month; a portfolio then adds the sums of what it has touched. No
//! portfolio's transactions are held as rows: of each only its hash stays, and what it touches.

mod booked;
mod facts;
mod reach;
mod sums;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use lake::{DateRange, Lake};
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, PortfolioId};

use self::booked::Booked;
use self::facts::Facts;
use self::reach::Walk;
use self::sums::Axis;
use super::read;
use super::transfers::Transfers;
use crate::AgeLimits;
use crate::error::Error;

/// What a month of a portfolio follows from, as far as it is the portfolio's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Month {
    /// The first day of the month.
    pub(super) month_start: BusinessDate,
    /// The last day of it that was seen.
    pub(super) through_date: BusinessDate,
    /// The sum of the month; in what [`markers`] returns, with what depends on other portfolios.
    pub(super) sum: u64,
    /// The sum of this month and all before, of the portfolio's own facts.
    pub(super) so_far: u64,
    /// The sum of the factors that count in the month, which is in none of the others.
    pub(super) factors: u64,
}

/// The months of every portfolio with their sums, in order of both, of the facts up to a date. The same facts give the
/// same sums.
pub(super) async fn markers(
    lake: &Lake,
    age_limits: AgeLimits,
    through: BusinessDate,
) -> Result<BTreeMap<PortfolioId, Vec<Month>>, Error> {
    let mut facts = Facts::read(lake, age_limits, through).await?;
    let portfolios = read::<Portfolio>(lake, DateRange::ALL).await?;
    facts.name_benchmarks(&portfolios);
    let booked = Booked::read(lake, &mut facts, &portfolios).await?;
    let starts = portfolios.iter().map(|portfolio| portfolio.start_date).filter(|start| *start <= through);
    let Some(first) = starts.min() else { return Ok(BTreeMap::new()) };
    let transfers = Transfers::new(&portfolios, booked.moves.iter(), through);
    let walk = Walk::new(&facts, Axis::new(first, through), through);
    let mut own = walk.every_portfolio(&portfolios, &booked)?;
    let behind = transfers.behind_months(&own);
    for ((portfolio, month_start), others) in behind {
        let months = own.get_mut(portfolio).map_or(&mut [][..], Vec::as_mut_slice);
        for month in months.iter_mut().filter(|month| month.month_start == month_start) {
            month.sum = month.sum.wrapping_add(others);
        }
    }
    Ok(own)
}

/// The text in which the sum of a month is stored.
pub(super) fn text_of(sum: u64) -> String {
    format!("{sum:016x}")
}

/// The hash of a fact.
pub(super) fn hashed(fact: impl Hash) -> u64 {
    let mut hash = DefaultHasher::new();
    fact.hash(&mut hash);
    hash.finish()
}
