//! The instruments of a market with their quotes and splits, ready for lookup.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, InstrumentId, Price};

use crate::corporate_actions::split;

/// One instrument with its history.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The instrument.
    pub instrument: Instrument,
    quotes: Vec<(BusinessDate, Price)>,
    splits: Vec<(BusinessDate, Decimal)>,
}

/// A market: its listings, and the days on which it was quoted at all.
#[derive(Clone, Debug, Default)]
pub struct QuoteBoard {
    listings: BTreeMap<InstrumentId, Listing>,
    valuation_dates: Vec<BusinessDate>,
}

impl Listing {
    /// The last quote on or before a date.
    pub fn last_quote(&self, date: BusinessDate) -> Option<(BusinessDate, Price)> {
        let after = self.quotes.partition_point(|(day, _)| *day <= date);
        self.quotes.get(after.checked_sub(1)?).copied()
    }

    /// The market's splits of the instrument, by date. Empty if its quotes are adjusted: quantities are, too, then.
    pub fn splits(&self) -> &[(BusinessDate, Decimal)] {
        &self.splits
    }

    /// Whether quotes are as traded, so that a carried quote must follow a split.
    pub fn is_unadjusted(&self) -> bool {
        self.instrument.adjusted == "none"
    }
}

impl QuoteBoard {
    /// A board of one market. Rows of other markets' instruments are ignored.
    pub fn new(instruments: Vec<Instrument>, quotes: &[Quote], actions: &[CorporateAction]) -> QuoteBoard {
        let listing = |instrument: Instrument| {
            (instrument.instrument_id.clone(), Listing { instrument, quotes: Vec::new(), splits: Vec::new() })
        };
        let mut listings: BTreeMap<InstrumentId, Listing> = instruments.into_iter().map(listing).collect();
        let mut valuation_dates: Vec<BusinessDate> = quotes.iter().map(|quote| quote.quote_date).collect();
        valuation_dates.sort_unstable();
        valuation_dates.dedup();
        for quote in quotes {
            if let Some(listing) = listings.get_mut(&quote.instrument_id) {
                listing.quotes.push((quote.quote_date, quote.close));
            }
        }
        for action in actions.iter().filter(|action| action.kind == split::CODE) {
            if let (Some(listing), Some(ratio)) = (listings.get_mut(&action.instrument_id), action.ratio)
                && listing.is_unadjusted()
            {
                listing.splits.push((action.ex_date, ratio.decimal()));
            }
        }
        for listing in listings.values_mut() {
            listing.quotes.sort_unstable_by_key(|(date, _)| *date);
            listing.splits.sort_unstable_by_key(|(date, _)| *date);
        }
        QuoteBoard { listings, valuation_dates }
    }

    /// The listing of an instrument.
    pub fn listing(&self, instrument: &InstrumentId) -> Option<&Listing> {
        self.listings.get(instrument)
    }

    /// The days from the first to the last date given, both included, on which anything was quoted.
    pub fn valuation_dates(&self, first: BusinessDate, last: BusinessDate) -> &[BusinessDate] {
        let start = self.valuation_dates.partition_point(|date| *date < first);
        let end = self.valuation_dates.partition_point(|date| *date <= last);
        self.valuation_dates.get(start..end).unwrap_or_default()
    }
}
