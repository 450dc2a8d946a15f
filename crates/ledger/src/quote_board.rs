//! The instruments of a market with their closes on every valuation date, ready for lookup.
//!
//! Valuation dates are the days on which anything in the market was quoted. A line holds one close for each of them:
//! the one observed on that day, or the last one before, carried. Where quotes are as traded, a carried close follows
//! the splits since it was observed. Closes are whole numbers of units of the line's last decimal, so that ten years
//! of five thousand lines fit into a hundred megabytes and are added up exactly.

mod closes;

use std::collections::HashMap;

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, InstrumentId, Price};

pub use closes::{Closes, Values};

use crate::corporate_actions::unit_ratio;
use crate::fixed::units_of;

/// Most decimals that a carried close keeps, those of [`Price`].
const CARRIED_SCALE_MAX: u32 = 12;
/// Listings that are worth a thread.
const SHARE_MIN: usize = 256;

/// One instrument with its history.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The instrument.
    pub instrument: Instrument,
    closes: Closes,
    /// The first valuation date on which the line was quoted, as a position among the dates.
    first_day: Option<usize>,
    /// Later days on which it was not quoted, in order.
    carried_days: Vec<usize>,
    splits: Vec<(BusinessDate, (i64, i64))>,
    actions: Vec<CorporateAction>,
}

/// A close as it counts on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// The price as quoted, after the splits since.
    pub price: Decimal,
    /// The day on which it was observed.
    pub observed_date: BusinessDate,
}

/// A market: its listings, and the days on which it was quoted at all.
#[derive(Clone, Debug, Default)]
pub struct QuoteBoard {
    listings: Vec<Listing>,
    by_id: HashMap<InstrumentId, usize>,
    dates: Vec<BusinessDate>,
}

/// A board while its quotes come in.
#[derive(Clone, Debug)]
pub struct BoardBuilder {
    board: QuoteBoard,
}

/// The closes of some valuation dates, read apart from those of others.
#[derive(Clone, Debug)]
pub struct QuoteBlock {
    dates: Vec<BusinessDate>,
    lines: Vec<Closes>,
}

impl QuoteBlock {
    /// A block of so many lines and these dates, in order, without closes so far.
    pub fn new(lines: usize, dates: Vec<BusinessDate>) -> QuoteBlock {
        let lines = (0..lines).map(|_| Closes::unobserved(dates.len())).collect();
        QuoteBlock { dates, lines }
    }

    /// Takes in a close given as a floating point number, as its shortest decimal of at most twelve decimals; one that
    /// is none is no close. Line and day are positions: of the instrument by id, of the date in the block.
    pub fn quote_estimate(&mut self, line: usize, day: usize, close: f64) {
        if let Some(closes) = self.lines.get_mut(line) {
            closes.observe_estimate(day, close);
        }
    }
}

impl Listing {
    /// The market's changes of units of the instrument, by date, as new units for old ones. Empty if its quotes are
    /// adjusted: quantities are, too, then.
    pub fn splits(&self) -> &[(BusinessDate, (i64, i64))] {
        &self.splits
    }

    /// Everything that the issuer announced, by ex-date.
    pub fn actions(&self) -> &[CorporateAction] {
        &self.actions
    }

    /// Whether quotes are as traded, so that a carried quote must follow a split.
    pub fn is_unadjusted(&self) -> bool {
        self.instrument.adjusted == "none"
    }

    /// The closes on every valuation date from the first one quoted on.
    pub fn closes(&self) -> &Closes {
        &self.closes
    }

    /// The first valuation date on which the line was quoted, as a position among the dates.
    pub fn first_day(&self) -> Option<usize> {
        self.first_day
    }

    /// The later days on which it was not quoted, within a range of days.
    pub fn carried_days(&self, from: usize, before: usize) -> &[usize] {
        let start = self.carried_days.partition_point(|day| *day < from);
        let end = self.carried_days.partition_point(|day| *day < before);
        self.carried_days.get(start..end).unwrap_or_default()
    }

    /// Whether the line was quoted on a day itself.
    pub fn is_observed(&self, day: usize) -> bool {
        self.first_day.is_some_and(|first| first <= day) && self.carried_days.binary_search(&day).is_err()
    }

    /// The first day after `day`, and before `end`, on which the line was quoted; else `end`.
    pub fn next_observed(&self, day: usize, end: usize) -> usize {
        let start = self.carried_days.partition_point(|carried| *carried <= day);
        let mut next = day + 1;
        for carried in self.carried_days.get(start..).unwrap_or_default() {
            if *carried != next {
                break;
            }
            next += 1;
        }
        next.min(end)
    }

    /// The last day, at or before `day`, on which the line was quoted.
    fn last_observed(&self, day: usize) -> Option<usize> {
        self.first_day.filter(|first| *first <= day)?;
        let end = self.carried_days.partition_point(|carried| *carried <= day);
        let mut last = day;
        for carried in self.carried_days.get(..end).unwrap_or_default().iter().rev() {
            if *carried != last {
                break;
            }
            last = last.checked_sub(1)?;
        }
        Some(last)
    }
}

impl Listing {
    /// Orders what the issuer did and carries every close to the next one.
    fn finish(&mut self, dates: &[BusinessDate]) {
        self.splits.sort_unstable();
        self.actions.sort_by(|left, right| (left.ex_date, &left.kind).cmp(&(right.ex_date, &right.kind)));
        let (first_day, carried_days) = self.closes.carry(dates, &self.splits, CARRIED_SCALE_MAX);
        self.first_day = first_day;
        self.carried_days = carried_days;
    }
}

impl QuoteBoard {
    /// A board of one market. Rows of other markets' instruments are ignored.
    pub fn new(instruments: Vec<Instrument>, quotes: &[Quote], actions: &[CorporateAction]) -> QuoteBoard {
        let mut dates: Vec<BusinessDate> = quotes.iter().map(|quote| quote.quote_date).collect();
        dates.sort_unstable();
        dates.dedup();
        let mut builder = BoardBuilder::new(instruments, dates);
        for quote in quotes {
            if let (Some(line), Some(day)) = (builder.line(&quote.instrument_id), builder.day(quote.quote_date)) {
                let (units, scale) = units_of(quote.close.decimal());
                builder.quote(line, day, units, scale);
            }
        }
        for action in actions {
            builder.action(action);
        }
        builder.finish()
    }

    /// Every listing, by id.
    pub fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// The position of an instrument among the listings.
    pub fn line(&self, instrument: &InstrumentId) -> Option<usize> {
        self.by_id.get(instrument).copied()
    }

    /// The listing of an instrument.
    pub fn listing(&self, instrument: &InstrumentId) -> Option<&Listing> {
        self.listings.get(self.line(instrument)?)
    }

    /// Every valuation date, in order.
    pub fn dates(&self) -> &[BusinessDate] {
        &self.dates
    }

    /// The position of the first valuation date at or after a date; the number of dates if there is none.
    pub fn day_from(&self, date: BusinessDate) -> usize {
        self.dates.partition_point(|day| *day < date)
    }

    /// The close of a line that counts on a day; none if it was not quoted so far.
    pub fn close(&self, listing: &Listing, day: usize) -> Option<Close> {
        let observed = listing.last_observed(day)?;
        let price = listing.closes.get(day)?;
        Some(Close { price, observed_date: *self.dates.get(observed)? })
    }
}

impl BoardBuilder {
    /// A board for these instruments and valuation dates, both in any order, without quotes so far.
    pub fn new(instruments: Vec<Instrument>, mut dates: Vec<BusinessDate>) -> BoardBuilder {
        dates.sort_unstable();
        dates.dedup();
        let days = dates.len();
        let mut builder = BoardBuilder::without_closes(instruments, dates);
        for listing in &mut builder.board.listings {
            listing.closes = Closes::unobserved(days);
        }
        builder
    }

    /// A board of blocks that have no date in common. None if they have one, or another number of lines.
    pub fn from_blocks(instruments: Vec<Instrument>, mut blocks: Vec<QuoteBlock>) -> Option<BoardBuilder> {
        blocks.sort_by(|left, right| left.dates.first().cmp(&right.dates.first()));
        let dates: Vec<BusinessDate> = blocks.iter().flat_map(|block| block.dates.iter().copied()).collect();
        let in_order = dates.is_sorted_by(|left, right| left < right);
        if !in_order || blocks.iter().any(|block| block.lines.len() != instruments.len()) {
            return None;
        }
        let days = dates.len();
        let mut builder = BoardBuilder::without_closes(instruments, dates);
        on_all_cores(&mut builder.board.listings, |line, listing| {
            let parts: Vec<&Closes> = blocks.iter().filter_map(|block| block.lines.get(line)).collect();
            listing.closes = Closes::joined(days, &parts);
        });
        Some(builder)
    }

    fn without_closes(mut instruments: Vec<Instrument>, dates: Vec<BusinessDate>) -> BoardBuilder {
        instruments.sort_by(|left, right| left.instrument_id.cmp(&right.instrument_id));
        let by_id = instruments.iter().enumerate().map(|(line, row)| (row.instrument_id.clone(), line)).collect();
        let listing = |instrument: Instrument| Listing {
            instrument,
            closes: Closes::unobserved(0),
            first_day: None,
            carried_days: Vec::new(),
            splits: Vec::new(),
            actions: Vec::new(),
        };
        BoardBuilder { board: QuoteBoard { listings: instruments.into_iter().map(listing).collect(), by_id, dates } }
    }

    /// The position of an instrument among the listings.
    pub fn line(&self, instrument: &InstrumentId) -> Option<usize> {
        self.board.line(instrument)
    }

    /// The position of a valuation date.
    pub fn day(&self, date: BusinessDate) -> Option<usize> {
        self.board.dates.binary_search(&date).ok()
    }

    /// Takes in a close of `units` of the last of `scale` decimals. What is not on the board is left out.
    pub fn quote(&mut self, line: usize, day: usize, units: i128, scale: u32) {
        if let Some(listing) = self.board.listings.get_mut(line) {
            listing.closes.observe(day, units, scale);
        }
    }

    /// Takes in a close given as a floating point number, as its shortest decimal of at most twelve decimals; one that
    /// is none is no close.
    pub fn quote_estimate(&mut self, line: usize, day: usize, close: f64) {
        if let Some(listing) = self.board.listings.get_mut(line) {
            listing.closes.observe_estimate(day, close);
        }
    }

    /// Takes in a corporate action.
    pub fn action(&mut self, action: &CorporateAction) {
        let listing = self.board.line(&action.instrument_id).and_then(|line| self.board.listings.get_mut(line));
        let Some(listing) = listing else { return };
        if let Some(ratio) = unit_ratio(action).filter(|_| listing.is_unadjusted()) {
            listing.splits.push((action.ex_date, ratio));
        }
        listing.actions.push(action.clone());
    }

    /// The board, with every close carried to the next one, on all cores.
    pub fn finish(mut self) -> QuoteBoard {
        let QuoteBoard { listings, dates, .. } = &mut self.board;
        let dates: &[BusinessDate] = dates;
        on_all_cores(listings, |_, listing| listing.finish(dates));
        self.board
    }
}

/// Calls `each` with every listing and its line.
fn on_all_cores(listings: &mut [Listing], each: impl Fn(usize, &mut Listing) + Sync) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = listings.len().div_ceil(workers).max(SHARE_MIN);
    std::thread::scope(|scope| {
        for (chunk, listings) in listings.chunks_mut(share).enumerate() {
            let each = &each;
            scope.spawn(move || {
                for (line, listing) in (chunk * share..).zip(listings) {
                    each(line, listing);
                }
            });
        }
    });
}

impl Close {
    /// The price for a table.
    pub fn quoted(&self) -> Price {
        Price::new(self.price)
    }
}
