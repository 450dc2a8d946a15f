//! Conforming: landed bytes become rows of silver, by key; every row that cannot is written down with its reason.

use std::collections::{BTreeMap, BTreeSet};

use lake::{DateRange, Lake, WriteKey};
use schemas::table::Record;
use schemas::tables::classifications::Classification;
use schemas::tables::custody::CustodyRow;
use schemas::tables::executions::Execution;
use schemas::tables::group_members::GroupMember;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::instruments::Instrument;
use schemas::tables::landings::Landing;
use schemas::tables::news::NewsItem;
use schemas::tables::rejects::Reject;
use schemas::{BusinessDate, MarketId, PortfolioId};

use crate::StageReport;
use crate::error::Error;
use crate::export_books::RECORD_FOLDER;
use crate::landing::object_path;
use crate::sources::book_folder::custody_file::{is_custody, portfolio_of};
use crate::sources::book_folder::execution_file::{self, BOOKINGS};
use crate::sources::book_folder::scenario_file::is_scenario;
use crate::sources::{Facts, Instruments, LandedFile, RowReject, source};
use crate::stress::versions;

/// The writer whose last revision is the landing up to which everything has been conformed. Its number grows when rows
/// are read into other columns than before: then everything that ever landed is read again, once. Since 2, the ratios
/// of corporate actions are whole numbers; since 3, quotes have a volume.
const WRITER: &str = "financr/conform/3";
/// The file that lists a market's instruments.
const INSTRUMENTS: &str = "instruments.csv";
/// The files whose rows refer to instruments.
const REFERRING: [&str; 4] = ["prices.csv", "corporate_actions.csv", CLASSIFICATIONS, COSTS];
/// The file that says to which groups a market's instruments belong; the last one is the whole truth.
const CLASSIFICATIONS: &str = "classifications.csv";
/// The file that says what a market's instruments cost; the last one is the whole truth.
const COSTS: &str = crate::sources::book_folder::instrument_cost_file::NAME;
/// The file of a group of portfolios; the last one is the whole truth. It lands under the id of the group.
const GROUP: &str = crate::sources::book_folder::group_file::NAME;

/// Conforms every landing that has not been conformed yet.
///
/// A file that cannot be read at all is one reject; it stops neither the others nor the night.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read or written.
pub async fn conform(lake: &Lake) -> Result<StageReport, Error> {
    let mut report = StageReport::default();
    let snapshot = lake.snapshot(Landing::TABLE).await?;
    report.read(&snapshot);
    let done = lake.written_revision(Reject::TABLE, WRITER).await?.unwrap_or(0);
    let all: Vec<Landing> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
    let Some(last) = all.iter().map(|landing| landing.landing_sequence).max().filter(|last| done < *last) else {
        report.note = "nothing new".to_owned();
        return Ok(report);
    };
    let (landings, bookings) = (to_be_read(&all, done), last_of_markets(&all, BOOKINGS));
    let files = landings.len();
    let kept = rejects_of_others(lake, &landings).await?;
    let whole = Whole::of(&landings);
    let before = whole.stored(lake).await?;
    let known = kept.len() + Whole::rows(&before);
    let versions_known = before.stress_scenarios.len();
    let (facts, found) = read_all(lake, (landings, &bookings), before, &mut report).await?;
    let (rejected, rejects) = (found.len(), kept.into_iter().chain(found).collect::<Vec<Reject>>());
    let key = WriteKey::new(WRITER, last);
    let replaced = whole.replace(lake, &facts, &key).await?;
    let written = [
        lake.upsert(&last_of_each(facts.instruments, |row| row.instrument_id.clone()), &key).await?,
        lake.upsert(&last_of_each(facts.quotes, |row| (row.instrument_id.clone(), row.quote_date)), &key).await?,
        lake.upsert(&last_of_each(facts.fx_rates, |row| (row.fx_source.clone(), row.currency, row.rate_date)), &key)
            .await?,
        lake.upsert(
            &last_of_each(facts.risk_free_rates, |row| (row.risk_free_source.clone(), row.currency, row.rate_date)),
            &key,
        )
        .await?,
        lake.upsert(
            &last_of_each(facts.factor_returns, |row| {
                let factor = (row.factor_set.clone(), row.factor.clone());
                (row.factor_source.clone(), factor, row.return_date)
            }),
            &key,
        )
        .await?,
        lake.upsert(
            &last_of_each(facts.benchmark_weights, |row| {
                let group = (row.taxonomy.clone(), row.node.clone());
                (row.market_id.clone(), row.benchmark.clone(), group, row.weight_date)
            }),
            &key,
        )
        .await?,
        lake.upsert(
            &last_of_each(facts.corporate_actions, |row| (row.instrument_id.clone(), row.ex_date, row.kind.clone())),
            &key,
        )
        .await?,
        lake.upsert(&last_of_each(facts.executions, tranche), &key).await?,
        lake.upsert(&last_of_each(facts.news, reported), &key).await?,
        lake.upsert(facts.stress_scenarios.get(versions_known..).unwrap_or_default(), &key).await?,
        // The rejects come last: their revision says that all the others are written.
        lake.replace_all(&rejects, &key).await?,
    ];
    report.rows_written = replaced + written.iter().map(|written| written.rows).sum::<u64>();
    let new = report.rows_written.saturating_sub(known as u64);
    report.note = format!("{files} files, {new} rows, {rejected} rejected");
    Ok(report)
}

/// The names of the files that are read now. Kinds of files whose last one is the whole truth need what is stored, and
/// so do those that are stored version by version.
struct Whole {
    names: BTreeSet<String>,
}

impl Whole {
    fn of(landings: &[Landing]) -> Whole {
        Whole { names: landings.iter().map(|landing| landing.file_name.clone()).collect() }
    }

    /// Whether one of the files is such.
    fn any(&self, is_such: impl Fn(&str) -> bool) -> bool {
        self.names.iter().any(|name| is_such(name))
    }

    fn groups(&self) -> bool {
        self.any(|name| name == CLASSIFICATIONS)
    }

    fn members(&self) -> bool {
        self.any(|name| name == GROUP)
    }

    fn costs(&self) -> bool {
        self.any(|name| name == COSTS)
    }

    /// The facts that are stored.
    async fn stored(&self, lake: &Lake) -> Result<Facts, Error> {
        Ok(Facts {
            classifications: if self.groups() { stored_groups(lake).await? } else { Vec::new() },
            instrument_costs: if self.costs() { stored_costs(lake).await? } else { Vec::new() },
            group_members: if self.members() { stored_members(lake).await? } else { Vec::new() },
            custody: if self.any(is_custody) { stored_custody(lake).await? } else { Vec::new() },
            stress_scenarios: if self.any(is_scenario) { versions::stored(lake).await? } else { Vec::new() },
            ..Facts::default()
        })
    }

    /// Rows of the tables that are replaced as a whole.
    fn rows(facts: &Facts) -> usize {
        let of_markets = facts.classifications.len() + facts.instrument_costs.len();
        of_markets + facts.group_members.len() + facts.custody.len()
    }

    /// Writes the facts in place of those that were stored, and says how many rows that were.
    async fn replace(&self, lake: &Lake, facts: &Facts, key: &WriteKey) -> Result<u64, Error> {
        let of_groups = if self.groups() { lake.replace_all(&facts.classifications, key).await?.rows } else { 0 };
        let of_costs = if self.costs() { lake.replace_all(&facts.instrument_costs, key).await?.rows } else { 0 };
        let of_members = if self.members() { lake.replace_all(&facts.group_members, key).await?.rows } else { 0 };
        let of_custody = if self.any(is_custody) { lake.replace_all(&facts.custody, key).await?.rows } else { 0 };
        Ok(of_groups + of_costs + of_members + of_custody)
    }
}

/// Writes down rejected rows of files that the lake does not conform itself.
///
/// # Errors
/// [`Error::Lake`] if the table cannot be written.
pub async fn record_rejects(lake: &Lake, rejects: &[Reject]) -> Result<(), Error> {
    if rejects.is_empty() {
        return Ok(());
    }
    let text: Vec<String> = rejects.iter().map(|row| format!("{}:{}", row.landing_sha256, row.line)).collect();
    let hash = crate::landing::sha256(text.join("\n").as_bytes());
    lake.upsert(rejects, &WriteKey::new(format!("financr/import/{hash}"), 1)).await?;
    Ok(())
}

/// The landings that are new, and those that must be read again because the instruments they refer to are.
fn to_be_read(all: &[Landing], done: i64) -> Vec<Landing> {
    let is_new = |landing: &Landing| done < landing.landing_sequence;
    let relisted: Vec<&MarketId> = all
        .iter()
        .filter(|landing| is_new(landing) && landing.file_name == INSTRUMENTS)
        .map(|landing| &landing.market_id)
        .collect();
    let refers_to = |name: &str| REFERRING.contains(&name) || is_scenario(name) || is_custody(name);
    let refers = |landing: &Landing| relisted.contains(&&landing.market_id) && refers_to(&landing.file_name);
    // What was executed is held against the bookings of the same book: when these are others, the last file
    // is read again.
    let mut executed = last_of_markets(all, execution_file::NAME);
    let bookings = last_of_markets(all, BOOKINGS);
    executed.retain(|market, file| !is_new(file) && bookings.get(market).is_some_and(is_new));
    all.iter().filter(|landing| is_new(landing) || refers(landing)).cloned().chain(executed.into_values()).collect()
}

/// The last file of a name of each market or book.
fn last_of_markets(all: &[Landing], file_name: &str) -> BTreeMap<MarketId, Landing> {
    let mut last: BTreeMap<MarketId, Landing> = BTreeMap::new();
    for landing in all.iter().filter(|landing| landing.file_name == file_name) {
        let known = last.entry(landing.market_id.clone()).or_insert_with(|| landing.clone());
        if known.landing_sequence < landing.landing_sequence {
            *known = landing.clone();
        }
    }
    last
}

/// What names a tranche of an executed order.
fn tranche(row: &Execution) -> (PortfolioId, String, i64) {
    (row.portfolio_id.clone(), row.transaction_id.clone(), row.tranche)
}

/// What names a report.
fn reported(row: &NewsItem) -> (MarketId, BusinessDate, String) {
    (row.market_id.clone(), row.published_date, row.news_id.clone())
}

/// How the orders of a book were executed.
async fn executions(lake: &Lake, file: &LandedFile<'_>, bookings: &Landing) -> Result<Facts, Error> {
    let bookings = lake.storage().get(&object_path(&bookings.source, &bookings.sha256)).await?;
    let portfolio_id = file.market_id.as_str().parse().map_err(|error: schemas::identifiers::IdError| {
        Error::Sheet { file: execution_file::NAME.to_owned(), problem: error.to_string() }
    })?;
    let (executions, rejects) = execution_file::executions(&portfolio_id, (file.sha256, file.bytes), &bookings)?;
    Ok(Facts { executions, rejects, ..Facts::default() })
}

/// The groups of instruments that are stored, by instrument.
async fn stored_groups(lake: &Lake) -> Result<Vec<Classification>, Error> {
    let snapshot = lake.snapshot(Classification::TABLE).await?;
    let mut stored: Vec<Classification> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
    stored.sort_by(|left, right| {
        (&left.instrument_id, &left.taxonomy, &left.node).cmp(&(&right.instrument_id, &right.taxonomy, &right.node))
    });
    Ok(stored)
}

/// What instruments cost as it is stored, by instrument.
async fn stored_costs(lake: &Lake) -> Result<Vec<InstrumentCost>, Error> {
    let snapshot = lake.snapshot(InstrumentCost::TABLE).await?;
    let mut stored: Vec<InstrumentCost> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
    stored.sort_by(|left, right| (&left.instrument_id, left.valid_from).cmp(&(&right.instrument_id, right.valid_from)));
    Ok(stored)
}

/// The members of groups of portfolios that are stored, by group.
async fn stored_members(lake: &Lake) -> Result<Vec<GroupMember>, Error> {
    let snapshot = lake.snapshot(GroupMember::TABLE).await?;
    let mut stored: Vec<GroupMember> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
    stored.sort_by(|left, right| {
        (&left.group_id, &left.portfolio_id, left.from_date).cmp(&(
            &right.group_id,
            &right.portfolio_id,
            right.from_date,
        ))
    });
    Ok(stored)
}

/// Where assets are kept as it is stored, by portfolio.
async fn stored_custody(lake: &Lake) -> Result<Vec<CustodyRow>, Error> {
    let snapshot = lake.snapshot(CustodyRow::TABLE).await?;
    let mut stored: Vec<CustodyRow> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
    stored.sort_by(|left, right| {
        (&left.portfolio_id, &left.asset, left.from_date).cmp(&(&right.portfolio_id, &right.asset, right.from_date))
    });
    Ok(stored)
}

/// The rejects of files that are not read now, which stay as they are.
async fn rejects_of_others(lake: &Lake, landings: &[Landing]) -> Result<Vec<Reject>, Error> {
    let snapshot = lake.snapshot(Reject::TABLE).await?;
    let mut stored: Vec<Reject> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
    let read_now = |reject: &Reject| {
        landings.iter().any(|landing| {
            landing.sha256 == reject.landing_sha256
                && landing.file_name == reject.file_name
                && landing.market_id == reject.market_id
                // Transactions and exports are read by the import, which wrote their rejects down itself.
                && landing.file_name != "transactions.csv"
                && !landing.file_name.starts_with(RECORD_FOLDER)
        })
    };
    stored.retain(|reject| !read_now(reject));
    stored.sort_by(|left, right| {
        (&left.market_id, &left.file_name, &left.landing_sha256, left.line).cmp(&(
            &right.market_id,
            &right.file_name,
            &right.landing_sha256,
            right.line,
        ))
    });
    Ok(stored)
}

async fn read_all(
    lake: &Lake,
    (mut landings, bookings): (Vec<Landing>, &BTreeMap<MarketId, Landing>),
    before: Facts,
    report: &mut StageReport,
) -> Result<(Facts, Vec<Reject>), Error> {
    let snapshot = lake.snapshot(Instrument::TABLE).await?;
    report.read(&snapshot);
    let stored: Vec<Instrument> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
    let mut known: Instruments = stored.into_iter().map(|row| (row.instrument_id.clone(), row)).collect();
    let order =
        |landing: &Landing| source(&landing.source).map_or(u8::MAX, |source| (source.order)(&landing.file_name));
    landings.sort_by_key(|landing| (order(landing), landing.landing_sequence));
    let mut all = before;
    let mut rejects: BTreeMap<(String, String, String, i64), Reject> = BTreeMap::new();
    for landing in &landings {
        let bytes = lake.storage().get(&object_path(&landing.source, &landing.sha256)).await?;
        let file = LandedFile {
            market_id: &landing.market_id,
            file_name: &landing.file_name,
            sha256: &landing.sha256,
            bytes: &bytes,
        };
        let read = match bookings.get(&landing.market_id).filter(|_| landing.file_name == execution_file::NAME) {
            Some(bookings) => executions(lake, &file, bookings).await,
            None => (source(&landing.source)?.parse)(&file, &known),
        };
        let facts = match read {
            Ok(facts) => {
                forget_earlier(&mut all, landing);
                facts
            }
            // What a file says that cannot be read is not known: what was known before stays.
            Err(Error::Sheet { problem, .. }) => {
                Facts { rejects: vec![whole_file(landing, problem)], ..Facts::default() }
            }
            Err(error) => return Err(error),
        };
        known.extend(facts.instruments.iter().map(|row| (row.instrument_id.clone(), row.clone())));
        all.instruments.extend(facts.instruments);
        all.quotes.extend(facts.quotes);
        all.fx_rates.extend(facts.fx_rates);
        all.risk_free_rates.extend(facts.risk_free_rates);
        all.factor_returns.extend(facts.factor_returns);
        all.benchmark_weights.extend(facts.benchmark_weights);
        all.corporate_actions.extend(facts.corporate_actions);
        all.classifications.extend(facts.classifications);
        all.instrument_costs.extend(facts.instrument_costs);
        all.group_members.extend(facts.group_members);
        all.custody.extend(facts.custody);
        all.executions.extend(facts.executions);
        all.news.extend(facts.news);
        let refused = versions::add(&mut all.stress_scenarios, facts.stress_scenarios, &landing.file_name);
        for row in facts.rejects.into_iter().chain(refused) {
            let reject = reject_of(landing, row);
            let market = reject.market_id.to_string();
            let key = (reject.landing_sha256.clone(), reject.file_name.clone(), market, reject.line);
            rejects.entry(key).or_insert(reject);
        }
    }
    Ok((all, rejects.into_values().collect()))
}

/// Takes out what an earlier file said of which a later one is the whole truth: it is not so any more.
fn forget_earlier(all: &mut Facts, landing: &Landing) {
    match landing.file_name.as_str() {
        CLASSIFICATIONS => all.classifications.retain(|row| row.market_id != landing.market_id),
        COSTS => all.instrument_costs.retain(|row| row.market_id != landing.market_id),
        GROUP => all.group_members.retain(|row| row.group_id.as_str() != landing.market_id.as_str()),
        name => {
            if let Some(portfolio) = portfolio_of(name) {
                all.custody.retain(|row| row.portfolio_id != portfolio);
            }
        }
    }
}

fn whole_file(landing: &Landing, reason: String) -> RowReject {
    RowReject { file: landing.file_name.clone(), line: 1, column: "(file)".to_owned(), reason }
}

fn reject_of(landing: &Landing, row: RowReject) -> Reject {
    Reject {
        landing_sha256: landing.sha256.clone(),
        source: landing.source.clone(),
        market_id: landing.market_id.clone(),
        file_name: landing.file_name.clone(),
        line: row.line,
        column: row.column,
        reason: row.reason,
    }
}

/// The rows by key; where two have one key, the later one.
fn last_of_each<R: Record, K: Ord>(rows: Vec<R>, key: impl Fn(&R) -> K) -> Vec<R> {
    rows.into_iter().map(|row| (key(&row), row)).collect::<BTreeMap<K, R>>().into_values().collect()
}
