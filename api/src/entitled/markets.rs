//! Whose instruments, closes, rates and news a caller may see.
//!
//! What a shared market brings is no secret. But a book can be a market of its own, and then its instruments are what
//! it holds: so users see the markets of the portfolios that they see, and the sources of their exchange rates.

use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;

use lake::Error;
use lake::read::{InstrumentSearch, NewsPlace, NewsSearch, RatesAsked};
use schemas::identifiers::IdError;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::news::NewsItem;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId};

use super::facts::{Days, Facts};
use super::{Caller, Viewer};
use crate::Context;
use crate::dates::days_before;
use crate::problem::Problem;

const HELP_MARKETS: &str = "GET /portfolios names the market of each portfolio; leave `market` or `source` out for all";
const HELP_ASSETS: &str = "GET /assets lists the instruments that there are";

/// Days before a day in which a close is looked for: an older one says nothing of the day.
const CLOSE_DAYS_MAX: u64 = 30;

/// The proof that the caller may see what some markets bring.
pub(crate) struct VisibleMarkets {
    /// Which; none stands for all.
    ids: Option<BTreeSet<MarketId>>,
}

/// The proof that the caller may see an instrument.
pub(crate) struct VisibleInstrument {
    instrument: Instrument,
}

impl Deref for VisibleInstrument {
    type Target = Instrument;

    fn deref(&self) -> &Instrument {
        &self.instrument
    }
}

impl VisibleInstrument {
    /// The instrument, for the answer. It proves nothing any more.
    pub(crate) fn into_instrument(self) -> Instrument {
        self.instrument
    }
}

impl Caller {
    /// The markets that the caller may see, or the one of them that is asked for.
    ///
    /// # Errors
    /// A 404 if the caller may not see that one; nobody can tell whether it is there.
    pub(crate) async fn markets(&self, context: &Context, asked: Option<&MarketId>) -> Result<VisibleMarkets, Problem> {
        let seen = match self.viewer() {
            _ if self.sees_all() => None,
            Viewer::House => None,
            Viewer::User(user) => Some(context.store.visible_markets(user, context.clock.now()).await?),
        };
        let Some(market) = asked else { return Ok(VisibleMarkets { ids: seen }) };
        if seen.is_some_and(|seen| !seen.contains(market)) {
            self.note_refusal("market", market.as_str());
            let detail = format!("there is no market or source `{market}`");
            return Err(Problem::not_found("Unknown market", detail, HELP_MARKETS));
        }
        Ok(VisibleMarkets { ids: Some(BTreeSet::from([market.clone()])) })
    }

    /// An instrument of a market that the caller may see, by the id in the address.
    ///
    /// # Errors
    /// A 404 if the caller may not, if there is none, or if none of that name can be; nobody can tell which.
    pub(crate) async fn instrument(&self, context: &Context, id: &str) -> Result<VisibleInstrument, Problem> {
        let unknown = |detail: String| Problem::not_found("Unknown instrument", detail, HELP_ASSETS);
        let instrument_id: InstrumentId = id.parse().map_err(|error: IdError| unknown(error.to_string()))?;
        let markets = self.markets(context, None).await?;
        let found = context.facts.instrument(&instrument_id).await?;
        let seen = found.filter(|found| markets.ids.as_ref().is_none_or(|ids| ids.contains(&found.market_id)));
        let Some(instrument) = seen else {
            self.note_refusal("instrument", instrument_id.as_str());
            return Err(unknown(format!("there is no instrument `{instrument_id}`")));
        };
        Ok(VisibleInstrument { instrument })
    }
}

/// What markets bring.
impl Facts {
    async fn instrument(&self, id: &InstrumentId) -> Result<Option<Instrument>, Error> {
        lake::read::instrument(&self.0, id).await
    }

    pub(crate) async fn instruments_found(
        &self,
        of: VisibleMarkets,
        text: Option<String>,
        after: Option<String>,
        rows_max: u32,
    ) -> Result<Vec<Instrument>, Error> {
        lake::read::instruments_found(&self.0, &InstrumentSearch { text, markets: of.ids, after }, rows_max).await
    }

    /// Instruments as they are found, each with its last close in a range of days if it has one.
    ///
    /// - `until`: the last day; the last on which anything of these markets was quoted if none is given. Returned as it
    ///   is.
    pub(crate) async fn closes_found(
        &self,
        of: VisibleMarkets,
        search: (Option<String>, Option<String>),
        until: Option<BusinessDate>,
        rows_max: u32,
    ) -> Result<(Option<BusinessDate>, Vec<(Instrument, Option<Quote>)>), Error> {
        let until = match until {
            Some(day) => Some(day),
            None => lake::read::last_quote_date_of_markets(&self.0, of.ids.as_ref()).await?,
        };
        let (text, after) = search;
        let found = self.instruments_found(of, text, after, rows_max).await?;
        let Some(to) = until.filter(|_| !found.is_empty()) else {
            return Ok((until, found.into_iter().map(|instrument| (instrument, None)).collect()));
        };
        let ids: BTreeSet<InstrumentId> = found.iter().map(|instrument| instrument.instrument_id.clone()).collect();
        let closes = lake::read::last_closes(&self.0, &ids, (days_before(to, CLOSE_DAYS_MAX), to)).await?;
        let mut closes: HashMap<InstrumentId, Quote> =
            closes.into_iter().map(|quote| (quote.instrument_id.clone(), quote)).collect();
        let with_close = |instrument: Instrument| {
            let close = closes.remove(&instrument.instrument_id);
            (instrument, close)
        };
        Ok((until, found.into_iter().map(with_close).collect()))
    }

    pub(crate) async fn quotes(&self, of: &VisibleInstrument, (from, to): Days) -> Result<Vec<Quote>, Error> {
        lake::read::quotes(&self.0, &of.instrument_id, from, to).await
    }

    pub(crate) async fn last_quote_date(&self, of: &VisibleInstrument) -> Result<Option<BusinessDate>, Error> {
        lake::read::last_quote_date(&self.0, &of.instrument_id).await
    }

    pub(crate) async fn fx_rates(
        &self,
        of: &VisibleMarkets,
        (base, quote): (Currency, Currency),
        days: Days,
        rows_max: u32,
    ) -> Result<Vec<FxRate>, Error> {
        let asked = RatesAsked { base, quote, sources: of.ids.as_ref() };
        lake::read::fx_rates(&self.0, &asked, days, rows_max).await
    }

    pub(crate) async fn last_fx_rate_date(
        &self,
        of: &VisibleMarkets,
        (base, quote): (Currency, Currency),
    ) -> Result<Option<BusinessDate>, Error> {
        let asked = RatesAsked { base, quote, sources: of.ids.as_ref() };
        lake::read::last_fx_rate_date(&self.0, &asked).await
    }

    pub(crate) async fn news(
        &self,
        of: &VisibleMarkets,
        (symbol, after): (Option<String>, Option<NewsPlace>),
        days: Days,
        rows_max: u32,
    ) -> Result<Vec<NewsItem>, Error> {
        let search = NewsSearch { markets: of.ids.clone(), symbol, after };
        lake::read::news(&self.0, &search, days, rows_max).await
    }

    pub(crate) async fn last_news_date(&self, of: &VisibleMarkets) -> Result<Option<BusinessDate>, Error> {
        lake::read::last_news_date(&self.0, of.ids.as_ref()).await
    }
}
