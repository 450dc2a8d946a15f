//! Every source reads its cases as their folders say: rows in `expected.csv`, everything else in `rejects.csv`.
//!
//! A case of a book folder has its files as `input.prices.csv` and so on, read as the market `M1`, or a whole tree in
//! `input/`. A case of the ECB has one file, plain or packed. The header of `expected.csv` names what is compared.

use std::path::{Path, PathBuf};

use pipelines::landing::sha256;
use pipelines::sources::{Facts, Instruments, LandedFile, RowReject, SOURCES, Source};
use pipelines::sources::{book_folder, ecb_reference_rates};
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;

use crate::cases::{case_folders, differences, line, optional, text};

const QUOTES: &str = "instrument_id,quote_date,close,quote_unit,line";
const VOLUMES: &str = "instrument_id,quote_date,close,volume,line";
const RATES: &str = "currency,rate_date,units_per_eur,line";
const RISK_FREE: &str = "risk_free_source,currency,rate_date,rate_annual,line";
const FACTORS: &str = "factor_source,factor_set,factor,return_date,return_fraction,line";
const WEIGHTS: &str = "benchmark,taxonomy,node,weight_date,weight,return_fraction,line";
const INSTRUMENTS: &str = "instrument_id,name,currency,price_scale,adjusted,isin";
const BASES: &str = "instrument_id,adjusted,return_basis";
const YEARS: &str = "instrument_id,modified_duration,spread_duration";
const ACTIONS: &str = "instrument_id,ex_date,kind,ratio,amount,currency,line";
const GROUPS: &str = "instrument_id,taxonomy,node,weight,line";
const COSTS: &str = "instrument_id,valid_from,ongoing,transaction,incidental,entry,exit,line";
const NEWS: &str = "market_id,published_at,news_id,origin,symbols,language,url,line";
const DELIVERIES: &str = "instrument_id,ex_date,kind,ratio,fraction_price,pay_date,line";
const TRANSACTIONS: &str =
    "portfolio_id,transaction_id,booking_sequence,trade_date,kind,instrument_id,quantity,price,currency,net_cash";

const LOTS: &str =
    "transaction_id,kind,settlement_date,lot_cost,lot_acquired_date,lots_closed,reverses,counter_portfolio_id";

const MONEY: &str = "transaction_id,kind,currency,net_cash,fees,taxes,counter_currency,counter_amount";

/// What a case was read as.
#[derive(Default)]
struct Reading {
    facts: Facts,
    transactions: Vec<Transaction>,
    rejects: Vec<RowReject>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_gives_its_rows_and_its_rejects() {
    let mut findings = Vec::new();
    for source in SOURCES {
        for folder in case_folders(&format!("sources/{}", source.name)) {
            let reading = match source.name {
                "book_folder" if folder.join("input").is_dir() => whole_folder(&folder.join("input")),
                "book_folder" => market_files(source, &folder),
                "ecb_reference_rates" => rates(source, &folder).await,
                other => panic!("this test does not know yet how a case of {other} is read"),
            };
            let header = text(&folder.join("expected.csv")).lines().next().unwrap_or_default().to_owned();
            findings.extend(differences(&folder, "expected.csv", &reading.rows(&header)));
            findings.extend(differences(&folder, "rejects.csv", &reading.rejected()));
        }
    }
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

impl Reading {
    fn take(&mut self, facts: Facts) {
        self.rejects.extend(facts.rejects);
        self.facts.instruments.extend(facts.instruments);
        self.facts.quotes.extend(facts.quotes);
        self.facts.fx_rates.extend(facts.fx_rates);
        self.facts.risk_free_rates.extend(facts.risk_free_rates);
        self.facts.factor_returns.extend(facts.factor_returns);
        self.facts.benchmark_weights.extend(facts.benchmark_weights);
        self.facts.corporate_actions.extend(facts.corporate_actions);
        self.facts.classifications.extend(facts.classifications);
        self.facts.instrument_costs.extend(facts.instrument_costs);
        self.facts.news.extend(facts.news);
    }

    fn rows(&self, header: &str) -> Vec<String> {
        let facts = &self.facts;
        let rows: Vec<String> = match header {
            QUOTES => facts.quotes.iter().map(quote_line).collect(),
            VOLUMES => facts.quotes.iter().map(volume_line).collect(),
            RATES => facts.fx_rates.iter().map(rate_line).collect(),
            RISK_FREE => facts.risk_free_rates.iter().map(risk_free_line).collect(),
            FACTORS => facts.factor_returns.iter().map(factor_line).collect(),
            WEIGHTS => facts.benchmark_weights.iter().map(weight_line).collect(),
            INSTRUMENTS => facts.instruments.iter().map(instrument_line).collect(),
            BASES => facts.instruments.iter().map(basis_line).collect(),
            YEARS => facts.instruments.iter().map(years_line).collect(),
            ACTIONS => facts.corporate_actions.iter().map(action_line).collect(),
            GROUPS => facts.classifications.iter().map(group_line).collect(),
            COSTS => facts.instrument_costs.iter().map(cost_line).collect(),
            NEWS => facts.news.iter().map(news_line).collect(),
            DELIVERIES => facts.corporate_actions.iter().map(delivery_line).collect(),
            TRANSACTIONS => self.transactions.iter().map(transaction_line).collect(),
            LOTS => self.transactions.iter().map(lots_line).collect(),
            MONEY => self.transactions.iter().map(money_line).collect(),
            other => panic!("the header `{other}` is none that this test knows"),
        };
        std::iter::once(header.to_owned()).chain(rows).collect()
    }

    fn rejected(&self) -> Vec<String> {
        let rows = self.rejects.iter().map(|row| line(&[&row.file, &row.line, &row.column, &row.reason]));
        std::iter::once("file,line,column,reason".to_owned()).chain(rows).collect()
    }
}

fn quote_line(row: &schemas::tables::quotes::Quote) -> String {
    line(&[&row.instrument_id, &row.quote_date, &row.close, &row.quote_unit, &row.line])
}

fn volume_line(row: &schemas::tables::quotes::Quote) -> String {
    let volume = optional(row.volume);
    line(&[&row.instrument_id, &row.quote_date, &row.close, &volume, &row.line])
}

fn rate_line(row: &schemas::tables::fx_rates::FxRate) -> String {
    line(&[&row.currency, &row.rate_date, &row.units_per_eur, &row.line])
}

fn risk_free_line(row: &schemas::tables::risk_free_rates::RiskFreeRate) -> String {
    line(&[&row.risk_free_source, &row.currency, &row.rate_date, &row.rate_annual, &row.line])
}

fn factor_line(row: &schemas::tables::factor_returns::FactorReturn) -> String {
    let of: [&dyn std::fmt::Display; 3] = [&row.factor_source, &row.factor_set, &row.factor];
    let rest: [&dyn std::fmt::Display; 3] = [&row.return_date, &row.return_fraction, &row.line];
    line(&[&of[..], &rest[..]].concat())
}

fn weight_line(row: &schemas::tables::benchmark_weights::BenchmarkWeight) -> String {
    let earned = optional(row.return_fraction);
    let group: [&dyn std::fmt::Display; 4] = [&row.benchmark, &row.taxonomy, &row.node, &row.weight_date];
    let numbers: [&dyn std::fmt::Display; 3] = [&row.weight, &earned, &row.line];
    line(&[&group[..], &numbers[..]].concat())
}

fn news_line(row: &schemas::tables::news::NewsItem) -> String {
    let at = row.published_at.to_rfc3339();
    let told: [&dyn std::fmt::Display; 5] = [&row.market_id, &at, &row.news_id, &row.origin, &row.symbols];
    let (language, url) = (optional(row.language.as_ref()), optional(row.url.as_ref()));
    let where_from: [&dyn std::fmt::Display; 3] = [&language, &url, &row.line];
    line(&[&told[..], &where_from[..]].concat())
}

fn instrument_line(row: &schemas::tables::instruments::Instrument) -> String {
    let isin = optional(row.isin.as_ref());
    line(&[&row.instrument_id, &row.name, &row.currency, &row.price_scale, &row.adjusted, &isin])
}

fn basis_line(row: &schemas::tables::instruments::Instrument) -> String {
    line(&[&row.instrument_id, &row.adjusted, &optional(row.return_basis.as_ref())])
}

fn years_line(row: &schemas::tables::instruments::Instrument) -> String {
    line(&[&row.instrument_id, &optional(row.modified_duration), &optional(row.spread_duration)])
}

fn action_line(row: &CorporateAction) -> String {
    let (ratio, amount, currency) = (ratio_of(row), optional(row.amount), optional(row.currency));
    line(&[&row.instrument_id, &row.ex_date, &row.kind, &ratio, &amount, &currency, &row.line])
}

fn group_line(row: &schemas::tables::classifications::Classification) -> String {
    line(&[&row.instrument_id, &row.taxonomy, &row.node, &row.weight, &row.line])
}

fn cost_line(row: &schemas::tables::instrument_costs::InstrumentCost) -> String {
    let of: [&dyn std::fmt::Display; 2] = [&row.instrument_id, &row.valid_from];
    let costs: [&dyn std::fmt::Display; 6] =
        [&row.ongoing, &row.transaction, &row.incidental, &row.entry, &row.exit, &row.line];
    line(&[&of[..], &costs[..]].concat())
}

fn delivery_line(row: &CorporateAction) -> String {
    let (ratio, price, pay_date) = (ratio_of(row), optional(row.fraction_price), optional(row.pay_date));
    line(&[&row.instrument_id, &row.ex_date, &row.kind, &ratio, &price, &pay_date, &row.line])
}

fn ratio_of(row: &CorporateAction) -> String {
    optional(row.ratio_new.zip(row.ratio_old).map(|(new, old)| format!("{new}:{old}")))
}

fn transaction_line(row: &Transaction) -> String {
    let instrument = optional(row.instrument_id.as_ref());
    let (quantity, price) = (optional(row.quantity), optional(row.price));
    let booked: [&dyn std::fmt::Display; 5] =
        [&row.portfolio_id, &row.transaction_id, &row.booking_sequence, &row.trade_date, &row.kind];
    let moved: [&dyn std::fmt::Display; 5] = [&instrument, &quantity, &price, &row.currency, &row.net_cash];
    line(&[booked, moved].concat())
}

fn lots_line(row: &Transaction) -> String {
    let (settled, cost) = (optional(row.settlement_date), optional(row.lot_cost));
    let (acquired, closed) = (optional(row.lot_acquired_date), optional(row.lots_closed.as_ref()));
    let (reverses, other) = (optional(row.reverses.as_ref()), optional(row.counter_portfolio_id.as_ref()));
    line(&[&row.transaction_id, &row.kind, &settled, &cost, &acquired, &closed, &reverses, &other])
}

fn money_line(row: &Transaction) -> String {
    let (other, amount) = (optional(row.counter_currency), optional(row.counter_amount));
    let booked: [&dyn std::fmt::Display; 6] =
        [&row.transaction_id, &row.kind, &row.currency, &row.net_cash, &row.fees, &row.taxes];
    let exchanged: [&dyn std::fmt::Display; 2] = [&other, &amount];
    line(&[&booked[..], &exchanged[..]].concat())
}

/// The files of a case by the names under which they land, in the order in which they are read.
fn inputs(source: &Source, folder: &Path) -> Vec<(String, PathBuf)> {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the case is a folder") {
        let path = entry.expect("readable").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if let Some(landed_as) = name.strip_prefix("input.") {
            files.push((landed_as.to_owned(), path));
        }
    }
    files.sort_by_key(|(name, _)| ((source.order)(name), name.clone()));
    files
}

fn market_files(source: &Source, folder: &Path) -> Reading {
    let market_id = "M1".parse().expect("an id");
    let mut known = Instruments::new();
    let mut reading = Reading::default();
    for (file_name, path) in inputs(source, folder) {
        let bytes = std::fs::read(&path).expect("readable");
        let hash = sha256(&bytes);
        let file = LandedFile { market_id: &market_id, file_name: &file_name, sha256: &hash, bytes: &bytes };
        let facts = (source.parse)(&file, &known).expect("the file can be read");
        known.extend(facts.instruments.iter().map(|row| (row.instrument_id.clone(), row.clone())));
        reading.take(facts);
    }
    reading
}

fn whole_folder(folder: &Path) -> Reading {
    let found =
        book_folder::read_folder(folder, &|_| book_folder::Listed::new(), &|_| false).expect("a folder of books");
    let mut reading = Reading::default();
    for market in found.markets {
        reading.rejects.extend(market.rejects);
    }
    for book in found.books {
        reading.transactions.extend(book.transactions);
        reading.rejects.extend(book.rejects);
    }
    reading
}

async fn rates(source: &Source, folder: &Path) -> Reading {
    let mut reading = Reading::default();
    for (_, path) in inputs(source, folder) {
        let settings = ecb_reference_rates::Settings { file: Some(path), ..ecb_reference_rates::Settings::default() };
        let delivered = ecb_reference_rates::fetch(&settings).await.expect("readable").expect("a file is configured");
        let hash = sha256(&delivered.bytes);
        let file = LandedFile {
            market_id: &delivered.market_id,
            file_name: &delivered.file_name,
            sha256: &hash,
            bytes: &delivered.bytes,
        };
        reading.take((source.parse)(&file, &Instruments::new()).expect("the file can be read"));
    }
    reading
}
