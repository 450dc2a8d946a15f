//! What the report about the firm is made from. Changes in value are summed by the engine; of each portfolio no more is
//! held than its value on two days, its return and its risk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lake::DateRange;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::exceptions::Exception;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::risk::RiskRow;
use schemas::{Amount, BusinessDate, Currency, Language, MarketId, PortfolioId, Severity};

use super::composites::{VALUE_DAYS_MAX, earlier, last_values, rates_named};
use super::{Facts, Origin, shares};
use crate::management::{
    CurrencyBook, FindingCount, Lights, ManagementInput, OutsideBook, PortfolioCounts, PortfolioReturn, PortfolioRisk,
    WithoutValue,
};
use crate::span::Span;

/// Portfolios that a list names at most.
pub(crate) const NAMED_MAX: usize = 10;
/// Calendar days before the end of the period within which a return must end to be that of the period.
const RETURN_DAYS_MAX: u64 = 7;
/// Portfolios whose backtests are held at once.
const STRETCH_PORTFOLIOS_MAX: usize = 5_000;

/// The last value of each portfolio, with its day.
type Values = BTreeMap<PortfolioId, (BusinessDate, Option<Amount>)>;

/// The portfolios of one source of rates and one base currency, in that currency.
#[derive(Clone, Default)]
struct Book {
    at_start: usize,
    at_end: usize,
    start: Decimal,
    end: Decimal,
    left: Decimal,
    steps: BTreeMap<BridgeComponent, Decimal>,
    classes: BTreeMap<String, Decimal>,
}

type Books = BTreeMap<(MarketId, Currency), Book>;

impl Facts {
    /// What a report about the firm is made from.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn management(
        &self,
        span: Span,
        origin: &Origin,
        language: Language,
    ) -> Result<ManagementInput, lake::Error> {
        let chosen = origin.firm.as_ref().and_then(|firm| firm.reporting_currency);
        let currency = chosen.unwrap_or_else(|| self.currency_of_most(span.closing));
        let (before, now) = (last_values(self, span.opening).await?, last_values(self, span.closing).await?);
        let mut books = Books::new();
        let without_value = [
            self.add_values(&mut books, &before, span.opening, |book, value| {
                book.at_start += 1;
                book.start = book.start.saturating_add(value);
            }),
            self.add_values(&mut books, &now, span.closing, |book, value| {
                book.at_end += 1;
                book.end = book.end.saturating_add(value);
            }),
        ];
        self.add_left(&mut books, span).await?;
        let unknown_steps = self.add_steps(&mut books, span).await?;
        self.add_classes(&mut books, span.closing).await?;
        let (books, outside) = self.converted(books, span, (currency, origin.fx_rate_days_max)).await?;
        let (returns, without_return) = self.returns(span).await?;
        let (risks, risks_known) = self.risks(span.closing, &now).await?;
        Ok(ManagementInput {
            business_date: span.closing,
            period_start: span.opening,
            run_id: origin.run_id.clone(),
            inputs_fingerprint: origin.inputs_fingerprint.clone(),
            program_version: origin.program_version.clone(),
            synthetic: origin.synthetic,
            firm: origin.firm.clone(),
            language,
            currency,
            counts: self.counts(span),
            books,
            outside,
            without_value,
            unknown_steps,
            returns,
            without_return,
            lights: self.lights(span.closing).await?,
            risks,
            risks_known,
            findings: self.finding_counts(span.closing).await?,
            publications: None,
        })
    }

    /// The base currency of most portfolios of a day, the first by its code of several; the euro if there are none.
    fn currency_of_most(&self, date: BusinessDate) -> Currency {
        let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
        for portfolio in self.portfolios().filter(|row| lives(row, date)) {
            *counts.entry(portfolio.base_currency).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(currency, count)| (*count, std::cmp::Reverse(*currency)));
        most.map_or(Currency::EUR, |(currency, _)| currency)
    }

    fn counts(&self, Span { opening, closing }: Span) -> PortfolioCounts {
        let count = |such: &dyn Fn(&&Portfolio) -> bool| self.portfolios().filter(such).count();
        PortfolioCounts {
            at_start: count(&|row| lives(row, opening)),
            opened: count(&|row| opening < row.start_date && row.start_date <= closing),
            closed: count(&|row| has_closed(row, Span { opening, closing })),
            at_end: count(&|row| lives(row, closing)),
        }
    }

    fn add_values(
        &self,
        books: &mut Books,
        values: &Values,
        date: BusinessDate,
        add: impl Fn(&mut Book, Decimal),
    ) -> WithoutValue {
        let mut without = WithoutValue { business_date: date, count: 0, first: Vec::new() };
        for portfolio in self.portfolios().filter(|row| lives(row, date)) {
            let id = &portfolio.portfolio_id;
            match values.get(id).and_then(|(_, value)| *value) {
                Some(value) => add(books.entry(key_of(portfolio)).or_default(), value.decimal()),
                None => {
                    without.count += 1;
                    if without.first.len() < NAMED_MAX {
                        without.first.push(id.clone());
                    }
                }
            }
        }
        without
    }

    /// Adds the last values of the portfolios that were closed.
    async fn add_left(&self, books: &mut Books, span: Span) -> Result<(), lake::Error> {
        let closed: BTreeSet<PortfolioId> =
            self.portfolios().filter(|row| has_closed(row, span)).map(|row| row.portfolio_id.clone()).collect();
        let range = DateRange::between(earlier(span.opening, VALUE_DAYS_MAX), span.closing);
        for share in shares(&closed) {
            let only = share.iter().map(ToString::to_string).collect();
            let mut last: BTreeMap<PortfolioId, PortfolioValue> = BTreeMap::new();
            for row in self.of::<PortfolioValue>(range, &only).await? {
                if last.get(&row.portfolio_id).is_none_or(|known| known.business_date < row.business_date) {
                    last.insert(row.portfolio_id.clone(), row);
                }
            }
            for (id, row) in last {
                if let (Some(portfolio), Some(value)) = (self.portfolios.get(&id), row.market_value) {
                    let book = books.entry(key_of(portfolio)).or_default();
                    book.left = book.left.saturating_add(value.decimal());
                }
            }
        }
        Ok(())
    }

    /// Adds the steps of the change in value; how many are not known in figures.
    async fn add_steps(&self, books: &mut Books, span: Span) -> Result<u64, lake::Error> {
        let bridges = self.snapshots.get(NavBridgeRow::TABLE.name);
        let portfolios = self.snapshots.get(Portfolio::TABLE.name);
        let (Some(bridges), Some(portfolios)) = (bridges, portfolios) else { return Ok(0) };
        let days = (span.first_day(), span.closing);
        let mut unknown = 0_u64;
        for row in lake::read::firm_bridge((bridges, portfolios), &self.lake, days).await? {
            let Some(portfolio) = self.portfolios.get(&row.portfolio_id) else { continue };
            unknown = unknown.saturating_add(u64::try_from(row.unknown_count).unwrap_or_default());
            if let Some(amount) = row.amount_base {
                let step = books.entry(key_of(portfolio)).or_default().steps.entry(row.component).or_default();
                *step = step.saturating_add(amount.decimal());
            }
        }
        Ok(unknown)
    }

    /// Adds what is held of each asset class.
    async fn add_classes(&self, books: &mut Books, date: BusinessDate) -> Result<(), lake::Error> {
        let groups = self.snapshots.get(GroupReturn::TABLE.name);
        let portfolios = self.snapshots.get(Portfolio::TABLE.name);
        let (Some(groups), Some(portfolios)) = (groups, portfolios) else { return Ok(()) };
        for row in lake::read::firm_asset_classes((groups, portfolios), &self.lake, date).await? {
            if let (Some(portfolio), Some(value)) = (self.portfolios.get(&row.portfolio_id), row.end_value) {
                let book = books.entry(key_of(portfolio)).or_default();
                let class = book.classes.entry(row.node).or_default();
                *class = class.saturating_add(value.decimal());
            }
        }
        Ok(())
    }

    /// The books in one currency, those of one base currency together, and those without a rate.
    async fn converted(
        &self,
        books: Books,
        span: Span,
        (currency, fx_rate_days_max): (Currency, u32),
    ) -> Result<(Vec<CurrencyBook>, Vec<OutsideBook>), lake::Error> {
        let foreign = books.keys().filter(|(_, own)| *own != currency);
        let sources: BTreeSet<String> = foreign.map(|(source, _)| source.to_string()).collect();
        let mut rates = Vec::with_capacity(2);
        for date in [span.opening, span.closing] {
            let since = DateRange::between(earlier(date, fx_rate_days_max.into()), date);
            rates.push((date, rates_named(self, &sources, (since, fx_rate_days_max)).await?));
        }
        let mut told: BTreeMap<Currency, CurrencyBook> = BTreeMap::new();
        let mut outside = Vec::new();
        for ((source, own), book) in books {
            let at = |place: usize, amount: Decimal| -> Option<Decimal> {
                if amount.is_zero() {
                    return Some(amount);
                }
                let (date, rates) = rates.get(place)?;
                let rates = rates.get(&source).cloned().unwrap_or_default();
                rates.convert(Amount::new(amount), own, currency, *date).map(Amount::decimal)
            };
            let known = told.entry(own).or_insert_with(|| nothing(own));
            if add_book(known, &book, at).is_none() {
                let missing = rates.iter().enumerate().filter(|(place, _)| at(*place, Decimal::ONE).is_none());
                outside.push(OutsideBook {
                    base_currency: own,
                    dates: missing.map(|(_, (date, _))| *date).collect(),
                    portfolios: book.at_start.max(book.at_end),
                    start_base: Amount::new(book.start),
                    end_base: Amount::new(book.end),
                });
            }
        }
        told.retain(|own, known| *known != nothing(*own));
        Ok((told.into_values().collect(), outside))
    }

    /// What portfolios earned in the period, and how many of those that live have no such figure.
    async fn returns(&self, span: Span) -> Result<(Vec<PortfolioReturn>, usize), lake::Error> {
        let period = span.stated_periods().first().map(|period| period.code().to_owned());
        let periods: BTreeSet<String> = period.into_iter().collect();
        let measures = BTreeSet::from(["twr".to_owned()]);
        let range = DateRange::between(earlier(span.closing, RETURN_DAYS_MAX).max(span.first_day()), span.closing);
        let rows: Vec<MeasureRow> = self.named(range, &[("measure", &measures), ("period", &periods)]).await?;
        let mut last: BTreeMap<PortfolioId, (BusinessDate, Option<f64>)> = BTreeMap::new();
        for row in rows {
            let known = last.entry(row.portfolio_id).or_insert((row.business_date, row.value));
            if known.0 < row.business_date {
                *known = (row.business_date, row.value);
            }
        }
        let mut returns = Vec::new();
        let mut without = 0;
        for portfolio in self.portfolios().filter(|row| lives(row, span.closing)) {
            match last.get(&portfolio.portfolio_id).and_then(|(_, value)| *value) {
                Some(return_fraction) => {
                    returns.push(PortfolioReturn { portfolio_id: portfolio.portfolio_id.clone(), return_fraction });
                }
                None => without += 1,
            }
        }
        Ok((returns, without))
    }

    /// How the backtests of one day in a hundred look that are in force, or red, the worse of both profits and losses.
    async fn lights(&self, date: BusinessDate) -> Result<Lights, lake::Error> {
        let living: Vec<&PortfolioId> =
            self.portfolios().filter(|row| lives(row, date)).map(|row| &row.portfolio_id).collect();
        let mut lights = Lights { none: living.len(), ..Lights::default() };
        for stretch in living.chunks(STRETCH_PORTFOLIOS_MAX) {
            let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { continue };
            let mut worst: BTreeMap<PortfolioId, u8> = BTreeMap::new();
            let rows = self.backtests(date, (first, last)).await?;
            let strict = |row: &&BacktestRow| (row.tail - 0.01).abs() < 1e-9;
            let in_force: BTreeSet<PortfolioId> =
                rows.iter().filter(strict).filter(|row| row.is_in_force).map(|row| row.portfolio_id.clone()).collect();
            for row in rows.iter().filter(strict) {
                if !row.is_in_force && in_force.contains(&row.portfolio_id) {
                    continue;
                }
                let light = match row.zone.as_deref() {
                    Some("green") => 1,
                    Some("yellow") => 2,
                    Some("red") => 3,
                    _ => continue,
                };
                let known = worst.entry(row.portfolio_id.clone()).or_default();
                *known = light.max(*known);
            }
            for id in stretch {
                match worst.get(*id) {
                    Some(1) => lights.green += 1,
                    Some(2) => lights.yellow += 1,
                    Some(_) => lights.red += 1,
                    None => continue,
                }
                lights.none -= 1;
            }
        }
        Ok(lights)
    }

    /// The portfolios that may lose most of their value, and how many have such a figure.
    async fn risks(&self, date: BusinessDate, now: &Values) -> Result<(Vec<PortfolioRisk>, usize), lake::Error> {
        let values: BTreeMap<PortfolioId, f64> = now
            .iter()
            .filter(|(_, (day, _))| *day == date)
            .filter_map(|(id, (_, value))| {
                let value = value.as_ref()?.decimal().to_f64()?;
                (0.0 < value).then(|| (id.clone(), value))
            })
            .collect();
        let values = Arc::new(values);
        let of_value = move |rows: Vec<RiskRow>| {
            let strict = rows.into_iter().filter(|row| (row.tail - 0.01).abs() < 1e-9);
            let found = strict.filter_map(|row| {
                let value_at_risk_fraction = row.value_at_risk? / values.get(&row.portfolio_id)?;
                Some(PortfolioRisk { portfolio_id: row.portfolio_id, value_at_risk_fraction })
            });
            found.collect::<Vec<_>>()
        };
        let found = self.mapped(DateRange::between(date, date), of_value).await?;
        let mut risks: Vec<PortfolioRisk> = found.into_iter().flatten().collect();
        risks.sort_by(|left, right| {
            let fractions = right.value_at_risk_fraction.total_cmp(&left.value_at_risk_fraction);
            fractions.then_with(|| left.portfolio_id.cmp(&right.portfolio_id))
        });
        let known = risks.len();
        risks.truncate(NAMED_MAX);
        Ok((risks, known))
    }

    /// How many findings each check has on a day.
    async fn finding_counts(&self, date: BusinessDate) -> Result<Vec<FindingCount>, lake::Error> {
        let counted = |rows: Vec<Exception>| {
            let mut counts: BTreeMap<(String, Severity), usize> = BTreeMap::new();
            for row in rows {
                *counts.entry((row.check_name, row.severity)).or_default() += 1;
            }
            counts
        };
        let mut counts: BTreeMap<(String, Severity), usize> = BTreeMap::new();
        for (check, count) in self.mapped(DateRange::between(date, date), counted).await?.into_iter().flatten() {
            *counts.entry(check).or_default() += count;
        }
        let row = |((check_name, severity), count)| FindingCount { check_name, severity, count };
        Ok(counts.into_iter().map(row).collect())
    }
}

/// Whether a portfolio is there on a day: from its first one to its last one.
fn lives(portfolio: &Portfolio, date: BusinessDate) -> bool {
    portfolio.start_date <= date && portfolio.end_date.is_none_or(|end| date <= end)
}

/// Whether a portfolio was there in a time, or on the day before it, and is not there at its end.
fn has_closed(portfolio: &Portfolio, span: Span) -> bool {
    portfolio.end_date.is_some_and(|end| span.opening <= end && end < span.closing)
}

fn key_of(portfolio: &Portfolio) -> (MarketId, Currency) {
    (portfolio.fx_source.clone(), portfolio.base_currency)
}

fn nothing(base_currency: Currency) -> CurrencyBook {
    let zero = Amount::new(Decimal::ZERO);
    CurrencyBook {
        base_currency,
        portfolios_at_start: 0,
        portfolios_at_end: 0,
        start: zero,
        end: zero,
        end_base: zero,
        translation: zero,
        left: zero,
        steps: BTreeMap::new(),
        classes: BTreeMap::new(),
    }
}

/// Adds a book to those of its currency; nothing if a rate is missing or a sum does not fit.
fn add_book(known: &mut CurrencyBook, book: &Book, at: impl Fn(usize, Decimal) -> Option<Decimal>) -> Option<()> {
    let sum = |known: Amount, more: Decimal| known.decimal().checked_add(more).map(Amount::new);
    let start = at(0, book.start)?;
    let mut next = known.clone();
    next.portfolios_at_start += book.at_start;
    next.portfolios_at_end += book.at_end;
    next.start = sum(next.start, start)?;
    next.end = sum(next.end, at(1, book.end)?)?;
    next.end_base = sum(next.end_base, book.end)?;
    next.translation = sum(next.translation, at(1, book.start)?.checked_sub(start)?)?;
    next.left = sum(next.left, at(1, book.left)?)?;
    for (component, amount) in &book.steps {
        let step = next.steps.entry(*component).or_insert(Amount::new(Decimal::ZERO));
        *step = sum(*step, at(1, *amount)?)?;
    }
    for (class, amount) in &book.classes {
        let held = next.classes.entry(class.clone()).or_insert(Amount::new(Decimal::ZERO));
        *held = sum(*held, at(1, *amount)?)?;
    }
    *known = next;
    Some(())
}
