//! What the tables say about one portfolio up to a date, read once, at the versions that were asked for.

mod senders;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lake::read::{Named, dates_named, rows_named};
use lake::{DateRange, Lake, Snapshot};
use schemas::table::{Record, TableDefinition};
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::landings::Landing;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::quotes::Quote;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency, InstrumentId, PortfolioId};

use self::senders::Sender;
use super::refused::Refused;
use super::{Question, Versions};
use crate::error::Error;

/// What the tables say about one portfolio, up to the date of the question. Every list is in order of date.
///
/// Bookings dated later are there, too, because the books look at them: a reversal acts on the day of what it takes
/// back, and a broker's booking of an announcement stands for it from the ex-date on.
pub(super) struct Facts {
    pub(super) date: BusinessDate,
    pub(super) portfolio: Portfolio,
    /// The instruments of the portfolio's market.
    pub(super) instruments: BTreeMap<InstrumentId, Instrument>,
    /// Bookings in their order.
    pub(super) transactions: Vec<Transaction>,
    /// Bookings dated after the date of the question, in their order.
    pub(super) later_transactions: Vec<Transaction>,
    /// Where each booking stands among them, by its id.
    places_by_id: HashMap<String, usize>,
    /// The ids of bookings that were taken back, whenever that was.
    taken_back: BTreeSet<String>,
    /// The portfolios from which lots came here.
    pub(super) senders: Vec<Sender>,
    /// Quotes of everything that the portfolio ever touched.
    pub(super) quotes: BTreeMap<InstrumentId, Vec<Quote>>,
    /// The days on which anything in the market was quoted.
    pub(super) market_days: Vec<BusinessDate>,
    pub(super) rates: BTreeMap<Currency, Vec<FxRate>>,
    /// Calendar days after which a rate counts no longer.
    pub(super) fx_rate_days_max: u32,
    /// Corporate actions of everything that the portfolio ever touched.
    pub(super) actions: Vec<CorporateAction>,
    /// Landings of the portfolio, its market and its rates, in the order of arrival.
    pub(super) landings: Vec<Landing>,
    pub(super) values: Vec<PortfolioValue>,
    /// The valuations of the date.
    pub(super) valuations: Vec<Valuation>,
    pub(super) returns: Vec<DailyReturn>,
    pub(super) flows: Vec<CashFlow>,
    /// The positions in force on the date; none if the version of the table is not known.
    pub(super) positions: Option<BTreeMap<InstrumentId, Position>>,
    /// None if the version of the table is not known.
    pub(super) gains: Option<Vec<RealisedGain>>,
    /// What rules that look ahead changed about gains; none if the version of the table is not known.
    pub(super) gain_changes: Option<Vec<LotClosing>>,
    /// The measures of the date; none if the version of the table is not known.
    pub(super) measures: Option<Vec<MeasureRow>>,
    /// What issuers paid; none if the version of the table is not known.
    pub(super) payments: Option<Vec<ActionPayment>>,
    /// The bridge since the first day; none if the version of the table is not known.
    pub(super) bridge: Option<Vec<NavBridgeRow>>,
}

/// The tables, at the versions that the question is about.
struct Tables<'a> {
    lake: &'a Lake,
    versions: &'a Versions,
}

impl Tables<'_> {
    async fn snapshot(&self, definition: &'static TableDefinition) -> Result<Snapshot, Error> {
        match self.versions {
            Versions::Newest => Ok(self.lake.snapshot(definition).await?),
            Versions::OfRun { run_id, versions, .. } => match versions.get(definition.name) {
                Some(version) => Ok(self.lake.snapshot_at(definition, *version).await?),
                None => Err(Refused::Unpinned { run_id: run_id.clone(), table: definition.name }.into()),
            },
        }
    }

    async fn rows<R: Record>(&self, range: DateRange, named: &[Named<'_>]) -> Result<Vec<R>, Error> {
        Ok(rows_named(&self.snapshot(R::TABLE).await?, self.lake, range, named).await?)
    }

    /// The rows of a table that can be made again from others; none if the run did not say which version it read.
    async fn rows_if_pinned<R: Record>(&self, range: DateRange, named: &[Named<'_>]) -> Result<Option<Vec<R>>, Error> {
        match self.rows(range, named).await {
            Ok(rows) => Ok(Some(rows)),
            Err(Error::Why(Refused::Unpinned { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Reads everything that an answer may need.
///
/// # Errors
/// [`Refused`] if there is no such portfolio or it was not valued on the date, or the lake's reason.
pub(super) async fn read(lake: &Lake, question: &Question) -> Result<Facts, Error> {
    let tables = Tables { lake, versions: &question.versions };
    let mine = one(question.portfolio_id.as_str());
    let id: Named<'_> = ("portfolio_id", &mine);
    let portfolio = tables.rows::<Portfolio>(DateRange::ALL, &[id]).await?.pop();
    let portfolio =
        portfolio.ok_or_else(|| Refused::UnknownPortfolio { portfolio_id: question.portfolio_id.clone() })?;
    let values = values(&tables, &portfolio, id).await?;
    let date = valued_on(&portfolio.portfolio_id, &values, question)?;
    let through = DateRange::through(date);
    let that_day = DateRange::between(date, date);
    let alive = |day: BusinessDate| portfolio.start_date <= day;
    let (transactions, later_transactions) = bookings(&tables, id, date).await?;
    let valuations = tables.rows::<Valuation>(that_day, &[id]).await?;
    let mut returns = tables.rows::<DailyReturn>(through, &[id]).await?;
    returns.retain(|row| alive(row.business_date));
    returns.sort_by_key(|row| row.business_date);
    let mut flows = flows(&tables, id, through).await?;
    flows.retain(|row| alive(row.business_date));
    let payments = payments(&tables, id, through).await?;
    let bridge = bridge(&tables, id, through).await?;
    let positions = tables.rows_if_pinned::<Position>(through, &[id]).await?.map(in_force);
    let mut gains = tables.rows_if_pinned::<RealisedGain>(through, &[id]).await?;
    if let Some(gains) = &mut gains {
        gains.sort_by_key(|row| (row.trade_date, row.booking_sequence));
    }
    let gain_changes = tables.rows_if_pinned::<LotClosing>(through, &[id]).await?.map(changes_of_gains);
    let measures = tables.rows_if_pinned::<MeasureRow>(that_day, &[id]).await?;
    let of_portfolio = (transactions.as_slice(), later_transactions.as_slice());
    let senders = senders::read(&tables, &portfolio.portfolio_id, of_portfolio, through).await?;
    let all_booked = transactions.iter().chain(senders.iter().flat_map(|sender| &sender.transactions));
    let booked = all_booked.filter_map(|row| row.instrument_id.clone()).collect();
    let market = read_market(&tables, &portfolio, booked, &valuations, through).await?;
    let landings = landings(lake, &portfolio, &senders).await?;
    let Market { instruments, quotes, market_days, rates, actions } = market;
    let reversals = transactions.iter().chain(&later_transactions);
    let taken_back = reversals.filter_map(|row| row.reverses.clone()).collect();
    let places_by_id =
        transactions.iter().enumerate().map(|(place, row)| (row.transaction_id.clone(), place)).collect();
    Ok(Facts {
        date,
        portfolio,
        places_by_id,
        taken_back,
        instruments,
        transactions,
        later_transactions,
        senders,
        quotes,
        market_days,
        rates,
        fx_rate_days_max: question.age_limits.fx_rate_days_max,
        actions,
        landings,
        values,
        valuations,
        returns,
        flows,
        positions,
        gains,
        gain_changes,
        measures,
        payments,
        bridge,
    })
}

async fn flows(tables: &Tables<'_>, id: Named<'_>, through: DateRange) -> Result<Vec<CashFlow>, Error> {
    let mut flows = tables.rows::<CashFlow>(through, &[id]).await?;
    flows.sort_by(|left, right| {
        let place = |row: &CashFlow| (row.business_date, row.flow_date);
        place(left).cmp(&place(right)).then_with(|| left.transaction_id.cmp(&right.transaction_id))
    });
    Ok(flows)
}

async fn payments(tables: &Tables<'_>, id: Named<'_>, through: DateRange) -> Result<Option<Vec<ActionPayment>>, Error> {
    let mut payments = tables.rows_if_pinned::<ActionPayment>(through, &[id]).await?;
    if let Some(payments) = &mut payments {
        payments.sort_by(|left, right| {
            let place = |row: &ActionPayment| (row.business_date, row.ex_date);
            place(left).cmp(&place(right)).then_with(|| left.instrument_id.cmp(&right.instrument_id))
        });
    }
    Ok(payments)
}

async fn bridge(tables: &Tables<'_>, id: Named<'_>, through: DateRange) -> Result<Option<Vec<NavBridgeRow>>, Error> {
    let mut rows = tables.rows_if_pinned::<NavBridgeRow>(through, &[id]).await?;
    if let Some(rows) = &mut rows {
        rows.sort_by_key(|row| (row.business_date, row.component, row.currency));
    }
    Ok(rows)
}

/// The files that landed for a portfolio, its market and its rates, and for those from which its lots came, in their
/// order; the newest version always.
async fn landings(lake: &Lake, portfolio: &Portfolio, senders: &[Sender]) -> Result<Vec<Landing>, Error> {
    let snapshot = lake.snapshot(Landing::TABLE).await?;
    let places = [portfolio.portfolio_id.as_str(), portfolio.market_id.as_str(), portfolio.fx_source.as_str()];
    let of_senders = senders.iter().map(|sender| sender.portfolio.portfolio_id.as_str());
    let places: BTreeSet<String> = places.into_iter().chain(of_senders).map(str::to_owned).collect();
    let mut landings: Vec<Landing> = rows_named(&snapshot, lake, DateRange::ALL, &[("market_id", &places)]).await?;
    landings.sort_by_key(|landing| landing.landing_sequence);
    Ok(landings)
}

/// The bookings of a portfolio in their order, up to a date and after it.
async fn bookings(
    tables: &Tables<'_>,
    id: Named<'_>,
    date: BusinessDate,
) -> Result<(Vec<Transaction>, Vec<Transaction>), Error> {
    let mut transactions = tables.rows::<Transaction>(DateRange::ALL, &[id]).await?;
    transactions.sort_by(|left, right| {
        let place = |row: &Transaction| (row.trade_date, row.booking_sequence);
        place(left).cmp(&place(right)).then_with(|| left.transaction_id.cmp(&right.transaction_id))
    });
    let first_later = transactions.partition_point(|row| row.trade_date <= date);
    let later = transactions.split_off(first_later);
    Ok((transactions, later))
}

async fn values(tables: &Tables<'_>, portfolio: &Portfolio, id: Named<'_>) -> Result<Vec<PortfolioValue>, Error> {
    let mut values = tables.rows::<PortfolioValue>(DateRange::ALL, &[id]).await?;
    values.retain(|row| portfolio.start_date <= row.business_date);
    values.sort_by_key(|row| row.business_date);
    Ok(values)
}

/// The date of the answer: the one asked for, if the portfolio was valued on it, or the last one that there is or that
/// the run was for.
fn valued_on(
    portfolio_id: &PortfolioId,
    values: &[PortfolioValue],
    question: &Question,
) -> Result<BusinessDate, Refused> {
    let portfolio_id = portfolio_id.clone();
    let days = || values.iter().rev().map(|row| row.business_date);
    let last_of_run = |day: &BusinessDate| match &question.versions {
        Versions::Newest => true,
        Versions::OfRun { to_date, .. } => day <= to_date,
    };
    match question.date {
        None => days().find(last_of_run).ok_or(Refused::NeverValued { portfolio_id }),
        Some(date) if days().any(|day| day == date) => Ok(date),
        Some(_) if values.is_empty() => Err(Refused::NeverValued { portfolio_id }),
        Some(date) => Err(Refused::NotValued { portfolio_id, date, before: days().find(|day| *day < date) }),
    }
}

/// What the market of a portfolio says.
struct Market {
    instruments: BTreeMap<InstrumentId, Instrument>,
    quotes: BTreeMap<InstrumentId, Vec<Quote>>,
    market_days: Vec<BusinessDate>,
    rates: BTreeMap<Currency, Vec<FxRate>>,
    actions: Vec<CorporateAction>,
}

async fn read_market(
    tables: &Tables<'_>,
    portfolio: &Portfolio,
    booked: BTreeSet<InstrumentId>,
    valuations: &[Valuation],
    through: DateRange,
) -> Result<Market, Error> {
    let market = one(portfolio.market_id.as_str());
    let market: Named<'_> = ("market_id", &market);
    let instruments = tables.rows::<Instrument>(DateRange::ALL, &[market]).await?;
    let mut actions = tables.rows::<CorporateAction>(through, &[market]).await?;
    actions.sort_by(|left, right| (left.ex_date, &left.instrument_id).cmp(&(right.ex_date, &right.instrument_id)));
    let held = valuations.iter().map(|row| row.instrument_id.clone()).filter(|id| !id.is_cash());
    let touched = with_what_they_become(booked.into_iter().chain(held).collect(), &actions);
    actions.retain(|action| touched.contains(&action.instrument_id));
    let words: BTreeSet<String> = touched.iter().map(ToString::to_string).collect();
    let mut quotes: BTreeMap<InstrumentId, Vec<Quote>> = BTreeMap::new();
    for quote in tables.rows::<Quote>(through, &[market, ("instrument_id", &words)]).await? {
        quotes.entry(quote.instrument_id.clone()).or_default().push(quote);
    }
    for of_one in quotes.values_mut() {
        of_one.sort_by_key(|quote| quote.quote_date);
    }
    let snapshot = tables.snapshot(Quote::TABLE).await?;
    let market_days = dates_named::<Quote>(&snapshot, tables.lake, through, &[market]).await?;
    let source = one(portfolio.fx_source.as_str());
    let mut rates: BTreeMap<Currency, Vec<FxRate>> = BTreeMap::new();
    for rate in tables.rows::<FxRate>(through, &[("fx_source", &source)]).await? {
        rates.entry(rate.currency).or_default().push(rate);
    }
    for of_one in rates.values_mut() {
        of_one.sort_by_key(|rate| rate.rate_date);
    }
    let instruments = instruments.into_iter().map(|row| (row.instrument_id.clone(), row)).collect();
    Ok(Market { instruments, quotes, market_days, rates, actions })
}

fn one(word: &str) -> BTreeSet<String> {
    BTreeSet::from([word.to_owned()])
}

/// Instruments with those into which corporate actions turn them.
fn with_what_they_become(mut touched: BTreeSet<InstrumentId>, actions: &[CorporateAction]) -> BTreeSet<InstrumentId> {
    loop {
        let reached = actions.iter().filter(|action| touched.contains(&action.instrument_id));
        let new: Vec<InstrumentId> = reached
            .filter_map(|action| action.target_instrument_id.clone())
            .filter(|target| !touched.contains(target))
            .collect();
        if new.is_empty() {
            return touched;
        }
        touched.extend(new);
    }
}

/// The last change of each position; closed ones, too.
pub(super) fn in_force(changes: Vec<Position>) -> BTreeMap<InstrumentId, Position> {
    let mut last: BTreeMap<InstrumentId, Position> = BTreeMap::new();
    for change in changes {
        match last.get(&change.instrument_id) {
            Some(known) if change.business_date < known.business_date => {}
            _ => {
                last.insert(change.instrument_id.clone(), change);
            }
        }
    }
    last
}

/// What rules that look ahead changed, in the order in which it took effect.
pub(super) fn changes_of_gains(mut rows: Vec<LotClosing>) -> Vec<LotClosing> {
    rows.retain(LotClosing::is_change);
    rows.sort_by(|left, right| {
        let place = |row: &LotClosing| (row.business_date, row.position);
        let disposal = |row: &LotClosing| (row.transaction_id.clone(), row.instrument_id.clone());
        place(left).cmp(&place(right)).then_with(|| disposal(left).cmp(&disposal(right)))
    });
    rows
}

impl Facts {
    /// The portfolio's base currency.
    pub(super) fn base(&self) -> Currency {
        self.portfolio.base_currency
    }

    /// The symbol with the name, e.g. `ACME (Acme Corporation)`.
    pub(super) fn name_of(&self, id: &InstrumentId) -> String {
        match self.instruments.get(id) {
            Some(instrument) if instrument.name != id.symbol() => format!("{} ({})", id.symbol(), instrument.name),
            _ if id.is_cash() => format!("cash in {}", id.symbol()),
            _ => id.symbol().to_owned(),
        }
    }

    /// The booking of an id.
    pub(super) fn transaction(&self, id: &str) -> Option<&Transaction> {
        self.transactions.get(*self.places_by_id.get(id)?)
    }

    /// The booking of an id, of this portfolio or of one from which its lots came.
    pub(super) fn booked_by(&self, portfolio: &PortfolioId, id: &str) -> Option<&Transaction> {
        let by_id = |row: &&Transaction| row.transaction_id == id;
        if *portfolio == self.portfolio.portfolio_id {
            return self.transaction(id).or_else(|| self.later_transactions.iter().find(by_id));
        }
        let sender = self.senders.iter().find(|sender| sender.portfolio.portfolio_id == *portfolio)?;
        sender.transactions.iter().find(by_id)
    }

    /// The bookings that count: neither those that were taken back, nor those that took them back.
    pub(super) fn standing(&self) -> impl DoubleEndedIterator<Item = &Transaction> {
        self.transactions.iter().filter(|row| self.counts(row))
    }

    /// The bookings that count, with those dated after the date of the question.
    pub(super) fn standing_at_any_time(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions.iter().chain(&self.later_transactions).filter(|row| self.counts(row))
    }

    fn counts(&self, row: &Transaction) -> bool {
        row.reverses.is_none() && !self.is_taken_back(&row.transaction_id)
    }

    /// Whether a booking was taken back by another one.
    pub(super) fn is_taken_back(&self, id: &str) -> bool {
        self.taken_back.contains(id)
    }

    /// The last rate of a currency on or before a day, however old.
    pub(super) fn rate_on(&self, currency: Currency, date: BusinessDate) -> Option<&FxRate> {
        let rates = self.rates.get(&currency)?;
        rates.get(rates.partition_point(|rate| rate.rate_date <= date).checked_sub(1)?)
    }

    /// The last quote of an instrument on or before a day.
    pub(super) fn last_quote(&self, id: &InstrumentId, date: BusinessDate) -> Option<&Quote> {
        let quotes = self.quotes.get(id)?;
        quotes.get(quotes.partition_point(|quote| quote.quote_date <= date).checked_sub(1)?)
    }

    /// The portfolio's value of a date.
    pub(super) fn value_of(&self, date: BusinessDate) -> Option<&PortfolioValue> {
        self.values.iter().find(|row| row.business_date == date)
    }

    /// The valuation of a position on the date.
    pub(super) fn valuation(&self, id: &InstrumentId) -> Option<&Valuation> {
        self.valuations.iter().find(|row| row.instrument_id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(from: &str, to: Option<&str>) -> CorporateAction {
        CorporateAction {
            market_id: "M1".parse().expect("an id"),
            instrument_id: from.parse().expect("an id"),
            ex_date: "2014-01-02".parse().expect("a date"),
            kind: "MERGER".to_owned(),
            ratio_new: Some(1),
            ratio_old: Some(1),
            target_instrument_id: to.map(|id| id.parse().expect("an id")),
            amount: None,
            basis_fraction: None,
            fraction_price: None,
            pay_date: None,
            currency: None,
            landing_sha256: String::new(),
            line: 2,
        }
    }

    #[test]
    fn what_an_instrument_became_is_touched_too() {
        let actions = [action("M1~B", Some("M1~C")), action("M1~A", Some("M1~B")), action("M1~X", Some("M1~Y"))];
        let touched = with_what_they_become(BTreeSet::from(["M1~A".parse().expect("an id")]), &actions);
        let words: Vec<String> = touched.iter().map(ToString::to_string).collect();
        assert_eq!(words, ["M1~A", "M1~B", "M1~C"]);
    }
}
