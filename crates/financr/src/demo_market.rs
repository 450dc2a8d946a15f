//! A made-up market and made-up clients, written as book folders that the importer reads.
//!
//! A demo needs portfolios with everything that makes reporting hard (four currencies, splits, dividends, exchanges
//! with different holidays, missing quotes, weekend deposits, a closed account) and must not contain real clients or
//! quotes that may not be passed on. The same plan gives the same bytes on every machine.

mod book;
mod client;
mod client_life;
mod corporate_plan;
mod csv_text;
mod dice;
mod exact;
mod exchanges;
mod factors;
mod folders;
mod fx_rates;
mod issues;
mod market;
mod stories;
mod volumes;
mod walks;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use schemas::BusinessDate;

use self::client::Client;
use self::dice::Dice;
use self::market::Market;

/// What a demo is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoPlan {
    /// What the random numbers start from. Another seed is another market with other clients.
    pub seed: u64,
    /// Number of portfolios, 1 to 10,000. A portfolio is the same however many there are.
    pub portfolios: usize,
    /// First day of the market.
    pub start: BusinessDate,
    /// Last day of the market; with the first, 90 days to 20 years.
    pub end: BusinessDate,
}

/// How far the writing has come; reported after the market and after each portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoProgress {
    /// Portfolios written so far.
    pub portfolios_done: usize,
    /// Portfolios of the plan.
    pub portfolios_total: usize,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoSummary {
    /// Instruments of the market, indices included.
    pub instruments: usize,
    /// Rows of `prices.csv`.
    pub quotes: usize,
    /// Portfolios.
    pub portfolios: usize,
    /// Transactions of all portfolios.
    pub transactions: usize,
    /// Rows of `corporate_actions.csv`.
    pub corporate_actions: usize,
}

const PORTFOLIOS_MAX: usize = 10_000;
const DAYS_MIN: i64 = 90;
const DAYS_MAX: i64 = 20 * 366;

impl Default for DemoPlan {
    /// Two hundred portfolios over the three years 2021 to 2023.
    fn default() -> DemoPlan {
        DemoPlan {
            seed: 20_240_101,
            portfolios: 200,
            start: constant_date("2021-01-04"),
            end: constant_date("2023-12-29"),
        }
    }
}

/// Writes `market/` and `books/DEMO-001/` and so on into a folder.
///
/// Files of an earlier demo are replaced. Nothing is deleted: if there are books that the plan does not write, the
/// demo is refused, because an import would mix two demos.
///
/// # Errors
/// If the plan is out of bounds, the folder holds other books, or a file cannot be written.
pub fn write_demo(
    folder: &Path,
    plan: &DemoPlan,
    progress: &mut dyn FnMut(DemoProgress),
) -> anyhow::Result<DemoSummary> {
    check_plan(plan)?;
    let books = folder.join("books");
    refuse_other_books(&books, plan.portfolios)?;
    let market = Market::draw(plan.seed, plan.start, plan.end)?;
    let counts = folders::write_market(&folder.join("market"), &market)?;
    progress(DemoProgress { portfolios_done: 0, portfolios_total: plan.portfolios });
    let mut transactions = 0;
    for number in 1..=plan.portfolios {
        let mut dice = Dice::seeded(plan.seed, u64::try_from(number)?);
        let client = Client::draw(number, &market, &mut dice)?;
        let book = client_life::live(&market, &client, dice)?;
        let book_folder = books.join(folders::portfolio_id(number));
        transactions += folders::write_book(&book_folder, &market, &client, &book)?;
        progress(DemoProgress { portfolios_done: number, portfolios_total: plan.portfolios });
    }
    Ok(DemoSummary {
        instruments: market.listings.len(),
        quotes: counts.quotes,
        portfolios: plan.portfolios,
        transactions,
        corporate_actions: counts.corporate_actions,
    })
}

fn check_plan(plan: &DemoPlan) -> anyhow::Result<()> {
    let portfolios = plan.portfolios;
    ensure!(
        (1..=PORTFOLIOS_MAX).contains(&portfolios),
        "a demo has 1 to {PORTFOLIOS_MAX} portfolios, not {portfolios}"
    );
    let (start, end) = (plan.start, plan.end);
    let days = end.days_since(start) + 1;
    ensure!(
        (DAYS_MIN..=DAYS_MAX).contains(&days),
        "a demo has {DAYS_MIN} to {DAYS_MAX} days; {start} to {end} are {days}"
    );
    Ok(())
}

fn refuse_other_books(books: &Path, portfolios: usize) -> anyhow::Result<()> {
    if !books.exists() {
        return Ok(());
    }
    let planned: BTreeSet<String> = (1..=portfolios).map(folders::portfolio_id).collect();
    let mut others = BTreeSet::new();
    for entry in fs::read_dir(books).with_context(|| format!("cannot read `{}`", books.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !planned.contains(&name) {
            others.insert(name);
        }
    }
    if let Some(first) = others.first() {
        bail!(
            "`{}` holds `{first}`, which this demo does not write; remove the folder or choose another one",
            books.display()
        );
    }
    Ok(())
}

#[expect(clippy::expect_used, reason = "the two dates of the default plan are valid")]
fn constant_date(text: &str) -> BusinessDate {
    text.parse().expect("a constant date is valid")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use rust_decimal::Decimal;
    use schemas::money::round_to_minor_unit;
    use schemas::{Currency, InstrumentId, MarketId, PortfolioId};
    use tempfile::TempDir;

    use super::*;

    /// The cells of a line by column.
    type Row = BTreeMap<String, String>;

    /// What the written market says, for looking up.
    struct WrittenMarket {
        scales: BTreeMap<String, Decimal>,
        closes: BTreeMap<(String, String), Decimal>,
        actions: Vec<Row>,
    }

    /// Cash, shares and dividends of one book, worked out from the written files alone.
    #[derive(Default)]
    struct Replay {
        actions_seen: usize,
        cash: BTreeMap<Currency, Decimal>,
        shares: BTreeMap<String, Decimal>,
        /// Date, symbol, shares, amount per share.
        dividends_due: Vec<(String, String, Decimal, Decimal)>,
        dividends_booked: Vec<(String, String, Decimal, Decimal)>,
    }

    /// Long enough for a January with taxes and for every story.
    fn small_plan() -> DemoPlan {
        DemoPlan { seed: 7, portfolios: 9, end: constant_date("2022-06-30"), ..DemoPlan::default() }
    }

    fn written(plan: &DemoPlan) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        write_demo(folder.path(), plan, &mut |_| {}).expect("written");
        folder
    }

    fn number(text: &str) -> Decimal {
        if text.is_empty() { Decimal::ZERO } else { Decimal::from_str_exact(text).expect("a number") }
    }

    /// The rows of a file in which no cell needs quotes.
    fn rows(path: &Path) -> Vec<Row> {
        let text = fs::read_to_string(path).expect("a file");
        assert!(!text.contains('"'), "{}", path.display());
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
        let header = lines.next().expect("a header");
        lines
            .map(|cells| {
                assert_eq!(cells.len(), header.len(), "{cells:?}");
                header.iter().cloned().zip(cells).collect()
            })
            .collect()
    }

    fn bytes_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut waiting = vec![folder.to_path_buf()];
        while let Some(next) = waiting.pop() {
            for entry in fs::read_dir(&next).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let name = path.strip_prefix(folder).expect("below").to_path_buf();
                    found.insert(name, fs::read(&path).expect("a file"));
                }
            }
        }
        found
    }

    fn json(path: &Path) -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
    }

    impl WrittenMarket {
        fn read(folder: &Path) -> WrittenMarket {
            let instruments = rows(&folder.join("instruments.csv"));
            let prices = rows(&folder.join("prices.csv"));
            WrittenMarket {
                scales: instruments.iter().map(|row| (row["symbol"].clone(), number(&row["price_scale"]))).collect(),
                closes: prices
                    .iter()
                    .map(|row| ((row["date"].clone(), row["symbol"].clone()), number(&row["close"])))
                    .collect(),
                actions: rows(&folder.join("corporate_actions.csv")),
            }
        }
    }

    impl Replay {
        fn of(transactions: &[Row], market: &WrittenMarket, overdraft: Decimal) -> Replay {
            let mut replay = Replay::default();
            for row in transactions {
                replay.act_until(&row["date"], market);
                replay.book(row, market);
                assert!(replay.cash.values().all(|cash| -overdraft <= *cash), "{row:?}: {:?}", replay.cash);
                assert!(replay.shares.values().all(|shares| Decimal::ZERO <= *shares), "{row:?}");
            }
            replay.act_until("9999-12-31", market);
            replay
        }

        /// Applies the corporate actions up to a date, which come before the transactions of their day.
        fn act_until(&mut self, date: &str, market: &WrittenMarket) {
            while let Some(action) = market.actions.get(self.actions_seen) {
                if date < action["date"].as_str() {
                    return;
                }
                self.actions_seen += 1;
                let Some(held) = self.shares.get_mut(&action["symbol"]).filter(|held| !held.is_zero()) else {
                    continue;
                };
                if action["type"] == "SPLIT" {
                    *held *= number(&action["ratio"]);
                } else {
                    let due = (action["date"].clone(), action["symbol"].clone(), *held, number(&action["amount"]));
                    self.dividends_due.push(due);
                }
            }
        }

        fn book(&mut self, row: &Row, market: &WrittenMarket) {
            let (date, symbol) = (row["date"].clone(), row["symbol"].clone());
            let (quantity, price) = (number(&row["quantity"]), number(&row["price"]));
            let currency: Currency = row["currency"].parse().expect("a currency");
            let costs = number(&row["fees"]) + number(&row["taxes"]);
            let scale = market.scales.get(&symbol).copied().unwrap_or(Decimal::ONE);
            let (change, gross) = match row["type"].as_str() {
                "BUY" => (quantity, Some(-quantity * price * scale)),
                "SELL" => (-quantity, Some(quantity * price * scale)),
                "DIVIDEND" => (Decimal::ZERO, Some(quantity * price)),
                "TRANSFER_IN" => (quantity, Some(Decimal::ZERO)),
                "TRANSFER_OUT" | "WRITE_OFF" => (-quantity, Some(Decimal::ZERO)),
                _ => (Decimal::ZERO, None),
            };
            if let Some(amount) = gross {
                let expected = round_to_minor_unit(amount - costs, currency);
                assert_eq!(number(&row["net_cash"]), expected, "{row:?}");
            }
            if matches!(row["type"].as_str(), "BUY" | "SELL" | "TRANSFER_IN" | "TRANSFER_OUT") {
                let close = market.closes.get(&(date.clone(), symbol.clone())).copied();
                assert_eq!(close, Some(price), "booked at the close of a trading day: {row:?}");
            }
            if row["type"] == "DIVIDEND" {
                self.dividends_booked.push((date, symbol.clone(), quantity, price));
            }
            if !symbol.is_empty() {
                *self.shares.entry(symbol).or_default() += change;
            }
            *self.cash.entry(currency).or_default() += number(&row["net_cash"]);
            if !row["counter_currency"].is_empty() {
                let counter: Currency = row["counter_currency"].parse().expect("a currency");
                *self.cash.entry(counter).or_default() += number(&row["counter_amount"]);
            }
        }
    }

    #[test]
    fn the_same_plan_gives_the_same_bytes() {
        let plan = DemoPlan { portfolios: 3, end: constant_date("2021-06-30"), ..small_plan() };
        let (first, second) = (written(&plan), written(&plan));
        let bytes = bytes_below(first.path());
        assert_eq!(bytes, bytes_below(second.path()));
        let other = written(&DemoPlan { seed: plan.seed + 1, ..plan });
        assert_ne!(bytes, bytes_below(other.path()));
        let fewer = written(&DemoPlan { portfolios: 2, ..plan });
        assert!(bytes_below(fewer.path()).iter().all(|(name, content)| bytes.get(name) == Some(content)));
    }

    #[test]
    fn cash_and_shares_follow_from_the_transactions() {
        let plan = small_plan();
        let folder = written(&plan);
        let written_market = WrittenMarket::read(&folder.path().join("market"));
        let market = Market::draw(plan.seed, plan.start, plan.end).expect("a market");
        for portfolio in 1..=plan.portfolios {
            let mut dice = Dice::seeded(plan.seed, u64::try_from(portfolio).expect("small"));
            let client = Client::draw(portfolio, &market, &mut dice).expect("a client");
            let book = client_life::live(&market, &client, dice).expect("a book");
            let books = folder.path().join("books");
            let transactions = rows(&books.join(folders::portfolio_id(portfolio)).join("transactions.csv"));
            // Client 6 overdraws the account by 250 units on purpose, and is charged a little interest on it.
            let overdraft = if portfolio == 6 { Decimal::from(252) * client.round_unit } else { Decimal::ZERO };
            let mut replay = Replay::of(&transactions, &written_market, overdraft);
            for (currency, cash) in &replay.cash {
                assert_eq!(*cash, book.cash_in(*currency), "{portfolio} {currency}");
            }
            for (position, listing) in market.listings.iter().enumerate() {
                let held = replay.shares.get(listing.issue.symbol).copied().unwrap_or_default();
                assert_eq!(held, book.held(position), "{portfolio} {}", listing.issue.symbol);
            }
            replay.dividends_due.sort();
            replay.dividends_booked.sort();
            assert_eq!(replay.dividends_booked, replay.dividends_due, "{portfolio}");
        }
    }

    #[test]
    fn a_small_demo_shows_everything() {
        let folder = written(&small_plan());
        let mut kinds = BTreeSet::new();
        let mut weekend_deposits = 0;
        for portfolio in 1..=9 {
            let book = folder.path().join("books").join(folders::portfolio_id(portfolio));
            for row in rows(&book.join("transactions.csv")) {
                weekend_deposits += usize::from(row["note"].contains("closing day"));
                kinds.insert(row["type"].clone());
            }
        }
        let expected = [
            "BUY",
            "DEPOSIT",
            "DIVIDEND",
            "FEE",
            "FX",
            "INTEREST",
            "SELL",
            "TAX",
            "TRANSFER_IN",
            "TRANSFER_OUT",
            "WITHDRAWAL",
            "WRITE_OFF",
        ];
        assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<&str>>(), expected);
        assert!(0 < weekend_deposits, "some deposits fall on closing days");
        let actions = rows(&folder.path().join("market/corporate_actions.csv"));
        let splits = actions.iter().filter(|row| row["type"] == "SPLIT");
        let ratios: BTreeSet<Decimal> = splits.map(|row| number(&row["ratio"])).collect();
        assert_eq!(ratios, BTreeSet::from([number("0.1"), number("2"), number("5")]));
    }

    #[test]
    fn ids_are_valid_and_everything_says_that_it_is_synthetic() {
        let folder = written(&small_plan());
        let description = json(&folder.path().join("market/market.json"));
        assert_eq!(description["synthetic"], true);
        let market: MarketId = description["id"].as_str().expect("an id").parse().expect("a valid id");
        let mut symbols = BTreeSet::new();
        for row in rows(&folder.path().join("market/instruments.csv")) {
            assert!(InstrumentId::new(&market, &row["symbol"]).is_ok(), "{row:?}");
            assert!(row["currency"].parse::<Currency>().is_ok(), "{row:?}");
            assert_eq!((row["source"].as_str(), row["adjusted"].as_str()), ("synthetic", "none"));
            symbols.insert(row["symbol"].clone());
        }
        let classes = rows(&folder.path().join("market/classifications.csv"));
        let classified: BTreeSet<String> = classes.iter().map(|row| row["symbol"].clone()).collect();
        assert_eq!(classified, symbols, "everything is of a class");
        let named: BTreeSet<&str> = classes.iter().map(|row| row["node"].as_str()).collect();
        assert_eq!(named, BTreeSet::from(["bond", "equity"]));
        for portfolio in 1..=9 {
            let id = folders::portfolio_id(portfolio);
            let description = json(&folder.path().join("books").join(&id).join("portfolio.json"));
            assert_eq!(description["synthetic"], true);
            assert_eq!(description["id"], id.as_str());
            assert!(id.parse::<PortfolioId>().is_ok(), "{id}");
            assert!(symbols.contains(description["benchmark"].as_str().expect("a benchmark")), "{id}");
            assert!(description.get("end").is_none(), "{id} is open");
            assert!(description["client_email"].as_str().expect("an address").ends_with("@example.org"), "{id}");
        }
    }

    #[test]
    fn shares_have_volumes_and_the_market_has_factors() {
        let folder = written(&small_plan());
        let market = folder.path().join("market");
        let quotes = rows(&market.join("prices.csv"));
        let without: BTreeSet<&str> =
            quotes.iter().filter(|row| row["volume"].is_empty()).map(|row| row["symbol"].as_str()).collect();
        assert_eq!(without.len(), 4, "one index of each exchange: {without:?}");
        // After a split five for one there are about five times as many shares for the same money.
        let actions = rows(&market.join("corporate_actions.csv"));
        let split = actions.iter().find(|row| row["type"] == "SPLIT" && row["ratio"] == "5").expect("a split");
        let of_share = || quotes.iter().filter(|row| row["symbol"] == split["symbol"]);
        let mean = |volumes: Vec<Decimal>| {
            let count = Decimal::from(volumes.len());
            volumes.iter().sum::<Decimal>() / count
        };
        let volume = |row: &Row| number(&row["volume"]);
        let before = mean(of_share().filter(|row| row["date"] < split["date"]).map(volume).collect());
        let after = mean(of_share().filter(|row| split["date"] <= row["date"]).map(volume).collect());
        let times = after / before;
        assert!(Decimal::from(2) < times && times < Decimal::from(12), "{times}");
        let factors = rows(&market.join("factors.csv"));
        assert!(factors.iter().all(|row| row["set"] == "synthetic"));
        let names: BTreeSet<&str> = factors.iter().map(|row| row["factor"].as_str()).collect();
        assert_eq!(names, BTreeSet::from(["hml", "mkt_rf", "mom", "smb"]));
        assert!(market.join("scenarios/synthetic_market_down_20.toml").is_file());
    }

    #[test]
    fn a_demo_is_not_mixed_with_other_books() {
        let plan = DemoPlan { portfolios: 2, end: constant_date("2021-04-30"), ..small_plan() };
        let folder = written(&plan);
        write_demo(folder.path(), &plan, &mut |_| {}).expect("the same demo again");
        let smaller = DemoPlan { portfolios: 1, ..plan };
        let error = write_demo(folder.path(), &smaller, &mut |_| {}).expect_err("a book too many");
        assert!(error.to_string().contains("`DEMO-002`"), "{error}");
        let none = write_demo(folder.path(), &DemoPlan { portfolios: 0, ..plan }, &mut |_| {});
        assert!(none.is_err());
    }
}
