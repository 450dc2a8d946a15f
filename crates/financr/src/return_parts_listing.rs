//! The return in parts: what was earned in the currencies of the portfolio and by exchange rates, the returns of other
//! definitions, and the days with large flows.

use jobs::parts::{AskedReturns, PeriodSplit, ReturnParts};
use jobs::{Context, MeasureUnit};
use schemas::tables::daily_returns::DailyReturn;
use schemas::{BusinessDate, MeasureValue, ReportingPeriod};
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::measures_listing::push;
use crate::page::Block;
use crate::performance_listing::PerformanceFacts;
use crate::printed_figures::{Figures, fixed, percent, printed};

/// Days with large flows that are listed, the last ones.
const FLOWS_MAX: usize = 10;

/// What the blocks are made of.
struct PartsFacts<'a> {
    figures: &'a Figures<'a>,
    /// The daily returns of the portfolio's life.
    returns: &'a [DailyReturn],
    parts: &'a ReturnParts,
    /// The policy.
    large_flow_fraction: f64,
}

/// Days of a period whose return is split although nobody asked for the period alone: the positions of every day are
/// read for it.
const SPLIT_DAYS_MAX: i64 = 366;

/// The blocks beside those of a page, after their figures have been added to the rows for machines.
///
/// # Errors
/// If a table cannot be read.
pub(crate) async fn added(
    context: &Context,
    page: &PerformanceFacts<'_>,
    large_flow_fraction: f64,
    rows: &mut Listing,
) -> anyhow::Result<Vec<Block>> {
    let periods = match page.period {
        Some(period) => vec![period],
        None => page.figures.periods().0,
    };
    let split_days_max = if page.period.is_some() { i64::MAX } else { SPLIT_DAYS_MAX };
    let date = page.figures.date;
    let asked = AskedReturns { date, periods: &periods, large_flow_fraction, split_days_max };
    let parts = jobs::parts::of_returns(context, page.figures.portfolio, page.returns, &asked).await?;
    let facts = PartsFacts { figures: &page.figures, returns: page.returns, parts: &parts, large_flow_fraction };
    add_rows(rows, &facts);
    Ok(blocks(&facts))
}

/// The blocks for people.
fn blocks(facts: &PartsFacts<'_>) -> Vec<Block> {
    let mut blocks = by_period(facts);
    blocks.extend(other_definitions(facts));
    blocks.extend(large_flows(facts));
    blocks
}

/// The same figures for machines, added to those of the periods.
fn add_rows(listing: &mut Listing, facts: &PartsFacts<'_>) {
    for parts in &facts.parts.periods {
        let code = parts.period.code();
        let on_average = jobs::parts::measure_on_average_capital();
        push(listing, facts.figures, code, on_average, &parts.on_average_capital);
        push(listing, facts.figures, code, jobs::parts::measure_at_large_flows(), &parts.at_large_flows);
        let Some(split) = &parts.split else { continue };
        for (name, meaning, part) in PARTS {
            let value = match split {
                Ok(split) => part(split).map_or_else(|| Err("nothing is left to divide by".to_owned()), Ok),
                Err(reason) => Err(reason.clone()),
            };
            let mut row: Vec<Value> = vec![
                facts.figures.portfolio.portfolio_id.to_string().into(),
                facts.figures.date.to_string().into(),
                code.into(),
                "return".into(),
                name.into(),
                value.as_ref().map_or(Value::Null, |number| (*number).into()),
                MeasureUnit::Fraction.name().into(),
                false.into(),
                value.err().map_or(Value::Null, Value::from),
            ];
            if listing.columns.len() == row.len() + 1 {
                row.push(meaning.into());
            }
            listing.rows.push(row);
        }
    }
}

type Part = (&'static str, &'static str, fn(&PeriodSplit) -> Option<f64>);

/// The parts of a return: names and meanings for machines.
const PARTS: [Part; 3] = [
    (
        "local_return",
        "What was earned in the currencies of the positions, linked day by day, by their weights.",
        |split| Some(split.whole.local_return),
    ),
    ("currency_return", "What exchange rates made of it: (1 + return) / (1 + local return) − 1.", |split| {
        split.whole.currency_return
    }),
    ("cross_return", "What both did together: local return times currency return.", |split| {
        split.whole.currency_return.map(|currency| currency * split.whole.local_return)
    }),
];

/// Local returns and exchange rates by period, and of the longest period by currency.
fn by_period(facts: &PartsFacts<'_>) -> Vec<Block> {
    let base = facts.figures.base();
    let mut listing = Listing::new(&["period", "return", "local", "exchange rates", "both together"]);
    let (mut reasons, mut left_out): (Vec<(String, Vec<&str>)>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut last: Option<(ReportingPeriod, &PeriodSplit)> = None;
    let mut is_foreign = false;
    for parts in &facts.parts.periods {
        let code = parts.period.code();
        match &parts.split {
            None => left_out.push(code),
            Some(Err(reason)) => match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, codes)) => codes.push(code),
                None => reasons.push((reason.clone(), vec![code])),
            },
            Some(Ok(split)) => {
                is_foreign |= split.currencies.iter().any(|currency| *currency != base);
                let mut row: Vec<Value> = vec![code.into(), percent(split.whole.return_fraction).into()];
                row.extend(
                    PARTS.iter().map(|(_, _, part)| part(split).map_or_else(|| NO_FIGURE.to_owned(), percent).into()),
                );
                listing.rows.push(row);
                last = Some((parts.period, split));
            }
        }
    }
    let mut blocks =
        vec![Block::text("\nReturn = local + exchange rates + both: (1 + local) · (1 + exchange rates) − 1")];
    match last {
        Some((period, split)) if is_foreign => {
            blocks.push(Block::Rows(listing));
            blocks.push(Block::text(format!("\nWhat each currency added to the return ({period}), linked by Carino")));
            blocks.push(Block::Rows(by_currency(split)));
        }
        Some(_) => blocks.push(Block::text(format!("Everything was in {base}: exchange rates had no part in it."))),
        None => {}
    }
    let sentence = |(reason, codes): (String, Vec<&str>)| format!("Not split for {}: {reason}", codes.join(", "));
    blocks.extend(reasons.into_iter().map(sentence).map(Block::Text));
    if let Some(first) = left_out.first() {
        let codes = left_out.join(", ");
        blocks.push(Block::text(format!("Split when asked for: {codes}, e.g. --period {first}")));
    }
    blocks
}

/// What the positions of each currency added; the last row is the whole return.
fn by_currency(split: &PeriodSplit) -> Listing {
    let mut listing = Listing::new(&["currency", "local", "exchange rates", "both together", "in all"]);
    let mut sums = [0.0; 4];
    for (currency, parts) in split.currencies.iter().zip(&split.whole.segments) {
        let numbers = [parts.local, parts.currency, parts.cross, parts.total()];
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
        let cells = numbers.map(percent).map(Value::from);
        listing.rows.push(std::iter::once(currency.code().into()).chain(cells).collect());
    }
    listing.rows.push(std::iter::once("all".into()).chain(sums.map(percent).map(Value::from)).collect());
    listing
}

/// Returns that are not time-weighted, beside the gain.
fn other_definitions(facts: &PartsFacts<'_>) -> Vec<Block> {
    let base = facts.figures.base();
    let titles = ["period", "return on average capital", "Modified Dietz at large flows", "time-weighted"];
    let mut listing = Listing::new(&titles);
    for parts in &facts.parts.periods {
        let twr = facts.figures.made(parts.period, "twr");
        let values = [Some(&parts.on_average_capital), Some(&parts.at_large_flows), twr.as_ref()];
        if values.iter().flatten().all(|value| matches!(value, MeasureValue::Unavailable(_))) {
            continue;
        }
        let cell = |value: Option<&MeasureValue>| match value {
            Some(value) => printed(value, MeasureUnit::Fraction, base).into(),
            None => Value::Null,
        };
        listing.rows.push(std::iter::once(parts.period.code().into()).chain(values.map(cell)).collect());
    }
    if listing.rows.is_empty() {
        return Vec::new();
    }
    vec![Block::text("\nOther definitions of a return, of the whole period"), Block::Rows(listing)]
}

/// The days with large flows, the last ones.
fn large_flows(facts: &PartsFacts<'_>) -> Vec<Block> {
    let base = facts.figures.base();
    let policy = format!("{} % of the value before, or more", percent_of(facts.large_flow_fraction));
    let flows = match &facts.parts.large_flows {
        Ok(flows) => flows,
        Err(reason) => return vec![Block::text(format!("\nWhich days had large flows is not known: {reason}"))],
    };
    if flows.is_empty() {
        return vec![Block::text(format!("\nNo day with large flows ({policy})"))];
    }
    let return_on = |date: BusinessDate| {
        let place = facts.returns.binary_search_by_key(&date, |row| row.business_date).ok();
        place.and_then(|place| facts.returns.get(place)).and_then(|row| row.return_fraction)
    };
    let mut listing =
        Listing::new(&["day", &format!("net flow in {base}"), "of the value before", "return of the day"]);
    let earlier = flows.len().saturating_sub(FLOWS_MAX);
    for flow in flows.iter().skip(earlier) {
        listing.push([
            flow.date.to_string().into(),
            fixed(flow.amount, 2).into(),
            flow.fraction.map_or_else(|| NO_FIGURE.to_owned(), percent).into(),
            return_on(flow.date).map_or_else(|| NO_FIGURE.to_owned(), percent).into(),
        ]);
    }
    let mut blocks = vec![Block::text(format!("\nDays with large flows ({policy})")), Block::Rows(listing)];
    if 0 < earlier {
        blocks.push(Block::text(format!(" and {earlier} earlier ones")));
    }
    blocks
}

/// A policy in percent, without decimals that say nothing.
fn percent_of(fraction: f64) -> String {
    let text = fixed(100.0 * fraction, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use jobs::parts::{CurrencyParts, CurrencySplit, LargeFlow, PeriodParts};
    use schemas::Currency;

    use super::*;
    use crate::measures_listing::machine_listing;
    use crate::measures_listing::tests::{date, portfolio, row, written};

    fn currency(code: &str) -> Currency {
        code.parse().expect("a currency")
    }

    fn split_of(currencies: &[&str], segments: Vec<CurrencyParts>) -> PeriodSplit {
        let whole = CurrencySplit { return_fraction: 0.155, local_return: 0.1, currency_return: Some(0.05), segments };
        PeriodSplit { whole, currencies: currencies.iter().map(|code| currency(code)).collect() }
    }

    fn parts(split: Option<Result<PeriodSplit, String>>) -> ReturnParts {
        let flow = LargeFlow { date: date("2023-12-29"), amount: -125.0, fraction: Some(0.125) };
        ReturnParts {
            large_flows: Ok(vec![flow; 12]),
            periods: vec![PeriodParts {
                period: ReportingPeriod::YearToDate,
                on_average_capital: MeasureValue::Number(0.162),
                at_large_flows: MeasureValue::Number(0.157),
                split,
            }],
        }
    }

    fn shown(parts: &ReturnParts) -> String {
        let (portfolio, rows) = (portfolio("2022-11-30"), [row(ReportingPeriod::YearToDate, "twr", Ok(0.155))]);
        let figures = Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &rows };
        let facts = PartsFacts { figures: &figures, returns: &[], parts, large_flow_fraction: 0.125 };
        let mut listing = machine_listing(false);
        add_rows(&mut listing, &facts);
        assert!(listing.rows.iter().all(|row| row.len() == listing.columns.len()));
        written(&blocks(&facts))
    }

    #[test]
    fn a_return_is_shown_in_its_parts_by_period_and_currency() {
        let dollars = CurrencyParts { local: 0.08, currency: 0.05, cross: 0.005 };
        let euros = CurrencyParts { local: 0.02, currency: 0.0, cross: 0.0 };
        let text = shown(&parts(Some(Ok(split_of(&["EUR", "USD"], vec![euros, dollars])))));
        // 10 %, 5 % and half a percent are 15.5 %, and so are 2 % and 13.5 %.
        for words in ["15.50 %", "10.00 %", "5.00 %", "0.50 %", "13.50 %", "16.20 %", "15.70 %", "12.5 % of the value"]
        {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(text.contains("-125.00") && text.contains("and 2 earlier ones"), "{text}");
    }

    #[test]
    fn what_is_not_split_says_why() {
        let text = shown(&parts(Some(Err("what M1~A was worth is not known".to_owned()))));
        assert!(text.contains("Not split for YTD: what M1~A was worth is not known"), "{text}");
        let text = shown(&parts(None));
        assert!(text.contains("Split when asked for: YTD, e.g. --period YTD"), "{text}");
        let text = shown(&parts(Some(Ok(split_of(&["EUR"], vec![CurrencyParts::default()])))));
        assert!(text.contains("Everything was in EUR"), "{text}");
    }
}
