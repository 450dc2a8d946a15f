//! What an export comes to: portfolios with their bookings, files to land, and what a person should know.

use std::collections::BTreeSet;

use bytes::Bytes;
use lake::DateRange;
use pipelines::doubts::{self, Quoted};
use pipelines::export_books::recognition::recognise_booked;
use pipelines::export_books::{self, ExportBook, Place};
use pipelines::imports::{Export, ExportAccount, InboxRow};
use pipelines::landing::{Delivered, sha256};
use pipelines::sources::{Instruments, RowReject, ecb_reference_rates};
use schemas::table::Record;
use schemas::tables::instruments::Instrument;
use schemas::tables::landings::Landing;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::rejects::Reject;
use schemas::{BusinessDate, InstrumentId, MarketId, PortfolioId};
use store::StoreKind;

use crate::context::Context;
use crate::error::Error;
use crate::import::ImportReport;
use crate::import_export::ExportRequest;
use crate::import_preview::tally;

/// An export that was read.
pub(crate) struct Taken {
    /// Its format.
    pub(crate) format: &'static str,
    /// The name of its file.
    pub(crate) file_name: String,
    /// The bytes of its file, unpacked.
    pub(crate) bytes: Bytes,
    /// Its mapping file.
    pub(crate) mapping: Option<Bytes>,
    /// What it says.
    pub(crate) export: Export,
}

/// What an export comes to.
#[derive(Default)]
pub(crate) struct Plan {
    /// Its portfolios with what they book.
    pub(crate) portfolios: Vec<(Portfolio, ExportBook)>,
    /// The files to land.
    pub(crate) deliveries: Vec<Delivered>,
    /// The rows that cannot be used, for the table of them.
    pub(crate) rejected: Vec<Reject>,
    /// In what the instruments of its markets are quoted.
    pub(crate) quoted: Quoted,
    /// What was found.
    pub(crate) report: ImportReport,
}

/// Works out what an export comes to, without writing anything.
///
/// # Errors
/// [`Error::Export`] if the export and the request together do not say which portfolio, market or base currency;
/// [`Error::Kind`] in a demo store; the store's or the lake's reason if one cannot be read.
pub(crate) async fn plan(context: &Context, request: &ExportRequest, taken: &Taken) -> Result<Plan, Error> {
    if context.store.kind() == StoreKind::Demo {
        return Err(Error::Kind {
            what: format!("`{}` is a real export and this is a demo store", taken.file_name),
            help: "import it with a configuration that names another store",
        });
    }
    let export = &taken.export;
    let markets = Markets::read(context).await?;
    let today =
        BusinessDate::new(context.clock.now().date_naive()).map_err(|error| request.wrong(error.to_string()))?;
    // East of Greenwich it is tomorrow already.
    let today = today.next_calendar_day();
    let mut plan = Plan::default();
    plan.report.rejects.clone_from(&export.rejects);
    plan.report.quotes = export.quotes.len();
    plan.report.fx_rates = export.fx_rates.len();
    for account in &export.accounts {
        let portfolio_id = portfolio_of(request, account, &export.accounts)?;
        let stored = context.store.portfolio(&portfolio_id).await?;
        let market_id = market_of(request, &portfolio_id, stored.as_ref())?;
        let known = markets.instruments(&market_id);
        let file_name = taken.file_name.as_str();
        let place = Place { portfolio_id: &portfolio_id, market_id: &market_id, known: &known, file_name, today };
        let mut book = export_books::book_of(export, &account.account, &place);
        let booked = context.store.transactions_of(&portfolio_id).await?;
        recognise_booked(&booked, &mut book);
        tally(&mut plan.report, &portfolio_id, &booked, &book.transactions);
        plan.report.rejects.extend(book.rejects.iter().cloned());
        plan.quoted.extend(doubts::quoted_with(export, &market_id, &known));
        plan.deliver(taken, &market_id, &known);
        let settled = match stored {
            Some(stored) => Some(stored_portfolio(request, stored, &book)?),
            None => new_portfolio(request, account, place, &book, &markets, export)?,
        };
        match settled {
            Some(portfolio) => {
                plan.report.waiting.extend(book.inbox.iter().map(|row| (portfolio_id.clone(), row.clone())));
                plan.portfolios.push((portfolio, book));
            }
            None => {
                plan.report.notes.push(format!("`{portfolio_id}` has nothing to book and is not made"));
                plan.report.rejects.extend(book.inbox.iter().map(|row| without_inbox(&taken.file_name, row)));
            }
        }
    }
    if export.accounts.is_empty() {
        let (instruments, closes) = (export.instruments.len(), export.quotes.len());
        let lost = match instruments + closes {
            0 => String::new(),
            _ => format!(": its {instruments} instruments and {closes} closes have no market and are not taken in"),
        };
        plan.report.notes.push(format!("`{}` names no account with something to book{lost}", taken.file_name));
    }
    plan.record(taken);
    Ok(plan)
}

/// A row that would wait for a person, of an account that becomes no portfolio: it has no inbox to wait in, so it is
/// told as one that was not taken in.
fn without_inbox(file_name: &str, row: &InboxRow) -> RowReject {
    let reason = format!(
        "{}; it is kept nowhere, because its account books nothing and becomes no portfolio: import a file that books \
         something for it, too, or book it by hand",
        row.reason
    );
    RowReject { file: file_name.to_owned(), line: row.line, column: row.what.clone(), reason }
}

impl Plan {
    /// Adds the files of a market, once.
    fn deliver(&mut self, taken: &Taken, market_id: &MarketId, known: &Instruments) {
        if self.deliveries.iter().any(|file| file.market_id == *market_id) {
            return;
        }
        let symbols = taken.export.instruments.iter().map(|instrument| &instrument.symbol);
        let is_known = |symbol: &String| InstrumentId::new(market_id, symbol).is_ok_and(|id| known.contains_key(&id));
        let there = symbols.filter(|symbol| is_known(symbol)).count();
        let differing = export_books::differing_instruments(&taken.export, market_id, known);
        self.report.notes.extend(differing.into_values());
        self.report.instruments.known += there;
        self.report.instruments.new += taken.export.instruments.len() - there;
        self.deliveries.extend(export_books::market_files(&taken.export, taken.format, market_id, known));
    }

    /// Adds the file itself, its mapping, and its rejected rows, all under the market of its first portfolio.
    fn record(&mut self, taken: &Taken) {
        let Some(market_id) = self.portfolios.first().map(|(portfolio, _)| portfolio.market_id.clone()) else {
            self.deliveries.clear();
            return;
        };
        let file = export_books::record(&market_id, &taken.file_name, taken.bytes.clone());
        let hash = sha256(&file.bytes);
        let mut lines = BTreeSet::new();
        let first_of_line = self.report.rejects.iter().filter(|reject| lines.insert(reject.line));
        let rejected = first_of_line.map(|reject| Reject {
            landing_sha256: hash.clone(),
            source: file.source.to_owned(),
            market_id: market_id.clone(),
            file_name: file.file_name.clone(),
            line: reject.line,
            column: reject.column.clone(),
            reason: reject.reason.clone(),
        });
        self.rejected = rejected.collect();
        self.deliveries.push(file);
        if let Some(mapping) = &taken.mapping {
            let name = format!("{}.mapping", taken.file_name);
            self.deliveries.push(export_books::record(&market_id, &name, mapping.clone()));
        }
    }
}

/// What has been conformed and landed of every market.
struct Markets {
    instruments: Vec<Instrument>,
    landings: Vec<Landing>,
}

impl Markets {
    async fn read(context: &Context) -> Result<Markets, Error> {
        let snapshot = context.lake.snapshot(Instrument::TABLE).await?;
        let instruments = lake::read::rows(&snapshot, &context.lake, DateRange::ALL).await?;
        let snapshot = context.lake.snapshot(Landing::TABLE).await?;
        let landings = lake::read::rows(&snapshot, &context.lake, DateRange::ALL).await?;
        Ok(Markets { instruments, landings })
    }

    fn instruments(&self, market_id: &MarketId) -> Instruments {
        let of_market = self.instruments.iter().filter(|row| row.market_id == *market_id);
        of_market.map(|row| (row.instrument_id.clone(), row.clone())).collect()
    }

    fn has_rates(&self, market_id: &MarketId) -> bool {
        self.landings.iter().any(|row| row.market_id == *market_id && row.file_name == "fx.csv")
    }
}

/// The portfolio of an account: the one that the request names, if it can only mean this account, or one that is
/// called like the account.
fn portfolio_of(request: &ExportRequest, account: &ExportAccount, all: &[ExportAccount]) -> Result<PortfolioId, Error> {
    let nameless = all.iter().any(|other| other.account.is_empty());
    let named: Vec<&str> = all.iter().map(|other| other.account.as_str()).filter(|name| !name.is_empty()).collect();
    let is_meant = account.account.is_empty() || (!nameless && named.len() == 1);
    if let Some(id) = &request.portfolio {
        if !nameless && 1 < named.len() {
            let problem = format!("it has the accounts {}; leave --portfolio out, each becomes one", named.join(", "));
            return Err(request.wrong(problem));
        }
        if is_meant {
            return Ok(id.clone());
        }
    }
    if account.account.is_empty() {
        return Err(request.wrong("it has rows without an account; name their portfolio with --portfolio ID"));
    }
    let id = id_like(&account.account);
    if let Some(other) = named.iter().find(|other| **other != account.account && id_like(other) == id) {
        let problem = format!("its accounts `{}` and `{other}` would both be the portfolio `{id}`", account.account);
        return Err(request.wrong(format!("{problem}; rename one in the export")));
    }
    id.parse().map_err(|error: schemas::identifiers::IdError| {
        request.wrong(format!("account `{}`: {error}; give the portfolio an id with --portfolio ID", account.account))
    })
}

/// The name of an account as an id: a `.` for a colon, and a `-` for anything else that an id cannot have.
fn id_like(account: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    account
        .chars()
        .map(|letter| {
            if letter == ':' {
                '.'
            } else if allowed(letter) {
                letter
            } else {
                '-'
            }
        })
        .collect()
}

/// The market of a portfolio: its own if it is stored, otherwise the one of the request, or one called like it.
fn market_of(
    request: &ExportRequest,
    portfolio_id: &PortfolioId,
    stored: Option<&Portfolio>,
) -> Result<MarketId, Error> {
    match (stored.map(|stored| &stored.market_id), &request.market) {
        (Some(own), Some(other)) if own != other => {
            Err(request.wrong(format!("`{portfolio_id}` is valued from the market `{own}`, not `{other}`")))
        }
        (Some(own), _) => Ok(own.clone()),
        (None, Some(asked)) => Ok(asked.clone()),
        // A portfolio id is a valid market id: both follow the same rule.
        (None, None) => portfolio_id
            .as_str()
            .parse()
            .map_err(|error: schemas::identifiers::IdError| request.wrong(error.to_string())),
    }
}

/// A portfolio that is stored, begun earlier if the export goes back further.
fn stored_portfolio(request: &ExportRequest, stored: Portfolio, book: &ExportBook) -> Result<Portfolio, Error> {
    let Portfolio { portfolio_id, base_currency, start_date, .. } = &stored;
    if let Some(asked) = request.base_currency.filter(|asked| asked != base_currency) {
        return Err(request.wrong(format!("`{portfolio_id}` is kept in {base_currency}, not in {asked}")));
    }
    let first = book.transactions.iter().map(|booked| booked.trade_date).min();
    Ok(Portfolio { start_date: first.map_or(*start_date, |first| first.min(*start_date)), ..stored })
}

/// A portfolio that is new; none if it would book nothing.
fn new_portfolio(
    request: &ExportRequest,
    account: &ExportAccount,
    place: Place<'_>,
    book: &ExportBook,
    markets: &Markets,
    export: &Export,
) -> Result<Option<Portfolio>, Error> {
    let Some(start_date) = book.transactions.iter().map(|booked| booked.trade_date).min() else { return Ok(None) };
    let Some(base_currency) = request.base_currency.or(account.base_currency) else {
        let of_account = match account.account.as_str() {
            "" => String::new(),
            name if name == place.portfolio_id.as_str() => String::new(),
            name => format!(", which is account `{name}`"),
        };
        let subject = format!("the base currency of portfolio `{}`{of_account}", place.portfolio_id);
        return Err(request.wrong(format!("it does not say {subject}; say it, e.g. with --base-currency EUR")));
    };
    let suffice = !export.fx_rates.is_empty() && export_books::rates_suffice(export, &account.account, base_currency);
    let own_rates = markets.has_rates(place.market_id) || suffice;
    Ok(Some(Portfolio {
        portfolio_id: place.portfolio_id.clone(),
        market_id: place.market_id.clone(),
        fx_source: if own_rates { place.market_id.clone() } else { ecb_reference_rates::fx_source() },
        title: account.title.clone(),
        base_currency,
        start_date,
        end_date: None,
        benchmark_symbol: None,
        benchmark_blend: None,
        risk_free_annual: None,
        risk_free_source: None,
        client_email: None,
        delivery: None,
        cost_basis: "fifo".to_owned(),
        locked_through: None,
        language: schemas::Language::English,
        confirmations: false,
    }))
}
