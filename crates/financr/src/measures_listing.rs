//! Measures by kind and period, for people as tables with notes, for machines as one row a figure.

use jobs::{KIND_ON_REQUEST, MEASURE_KINDS, Measure, MeasureKind};
use schemas::ReportingPeriod;
use serde_json::Value;

use crate::listing::Listing;
use crate::page::Block;
use crate::printed_figures::{Figures, Footnotes, raw, unit_name};

/// Columns that the names of measures and one period take.
const NAME_COLUMNS: usize = 40;
const PERIOD_COLUMNS: usize = 14;
/// Columns of a page where the output is no terminal.
const COLUMNS_ELSEWHERE: usize = 160;

/// Every measure of every period, or of one.
pub(crate) fn page(figures: &Figures<'_>, period: Option<ReportingPeriod>, terminal: Option<usize>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut notes = Footnotes::default();
    let (with_figures, left_out) = figures.periods();
    for kind in MEASURE_KINDS.iter().chain([&KIND_ON_REQUEST]) {
        let is_made =
            |wanted: &ReportingPeriod| kind.measures.iter().any(|measure| figures.made(*wanted, measure.id).is_some());
        let periods: Vec<ReportingPeriod> = match period {
            Some(period) => vec![period],
            None => with_figures.clone(),
        };
        let periods: Vec<ReportingPeriod> = periods.into_iter().filter(is_made).collect();
        if periods.is_empty() {
            continue;
        }
        blocks.push(Block::text(format!("\n{}", kind.title)));
        blocks.extend(tables(figures, kind.measures, &periods, terminal, &mut notes).into_iter().map(Block::Rows));
    }
    if blocks.is_empty() && period.is_some() {
        blocks.push(Block::text("No measure is made for this period."));
    }
    if period.is_none() {
        blocks.extend(left_out.into_iter().map(Block::Text));
    }
    blocks.extend(notes.text().map(Block::Text));
    blocks
}

/// One row per measure that is made for any of the periods, one column per period; several tables where one is wider
/// than the terminal.
pub(crate) fn tables(
    figures: &Figures<'_>,
    measures: &[&'static Measure],
    periods: &[ReportingPeriod],
    terminal: Option<usize>,
    notes: &mut Footnotes,
) -> Vec<Listing> {
    let room = terminal.unwrap_or(COLUMNS_ELSEWHERE).saturating_sub(NAME_COLUMNS);
    let beside = (room / PERIOD_COLUMNS).max(2);
    let mut found = Vec::new();
    for periods in periods.chunks(beside) {
        let mut columns = vec!["measure"];
        columns.extend(periods.iter().map(|period| period.code()));
        let mut listing = Listing::new(&columns);
        for measure in measures {
            let values: Vec<_> = periods.iter().map(|period| figures.shown(*period, measure)).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            let cells = values.iter().map(|value| notes.cell(value.as_ref(), measure.unit, figures.base()));
            listing.rows.push(std::iter::once(measure.title.into()).chain(cells).collect());
        }
        if !listing.rows.is_empty() {
            found.push(listing);
        }
    }
    found
}

/// A row for every figure of some measures, in full and with the reason where there is none.
pub(crate) fn rows(
    figures: &Figures<'_>,
    kinds: &[&str],
    period: Option<ReportingPeriod>,
    definitions: bool,
) -> Listing {
    let mut listing = machine_listing(definitions);
    let all = MEASURE_KINDS.iter().chain([&KIND_ON_REQUEST]);
    for kind in all.filter(|kind| kinds.is_empty() || kinds.contains(&kind.id)) {
        for measure in kind.measures {
            for period in ReportingPeriod::ALL.into_iter().filter(|known| period.is_none_or(|asked| asked == *known)) {
                if let Some(value) = figures.made(period, measure.id) {
                    push(&mut listing, figures, period.code(), measure, &value);
                }
            }
        }
    }
    listing
}

/// The columns of rows for machines; what the measures mean is the last one.
pub(crate) fn machine_listing(definitions: bool) -> Listing {
    let mut columns =
        vec!["portfolio", "date", "period", "kind", "measure", "value", "unit", "annualised", "unavailable_reason"];
    if definitions {
        columns.push("definition");
    }
    Listing::new(&columns)
}

/// Adds the row of a figure.
pub(crate) fn push(
    listing: &mut Listing,
    figures: &Figures<'_>,
    period: &str,
    measure: &Measure,
    value: &schemas::MeasureValue,
) {
    let reason = match value {
        schemas::MeasureValue::Unavailable(reason) => reason.clone().into(),
        _ => Value::Null,
    };
    let mut row: Vec<Value> = vec![
        figures.portfolio.portfolio_id.to_string().into(),
        figures.date.to_string().into(),
        period.into(),
        MeasureKind::of(measure).map_or(Value::Null, |kind| kind.id.into()),
        measure.id.into(),
        raw(value),
        unit_name(measure.unit, figures.base()).into(),
        measure.annualised.into(),
        reason,
    ];
    if listing.columns.len() == row.len() + 1 {
        row.push(measure.definition.into());
    }
    listing.rows.push(row);
}

/// Every measure in the order of the page.
pub(crate) fn measures() -> Vec<&'static Measure> {
    MEASURE_KINDS.iter().chain([&KIND_ON_REQUEST]).flat_map(|kind| kind.measures.iter().copied()).collect()
}

/// What measures mean, a line each: the name, the id by which `financr why` knows it, the definition.
pub(crate) fn definitions(measures: &[&'static Measure]) -> Block {
    let line = |measure: &&'static Measure| format!("{} ({}): {}", measure.title, measure.id, measure.definition);
    Block::text(format!("\nDefinitions\n{}", measures.iter().map(line).collect::<Vec<_>>().join("\n")))
}

#[cfg(test)]
pub(crate) mod tests {
    use jobs::MEASURES;
    use schemas::tables::measures::MeasureRow;
    use schemas::tables::portfolios::Portfolio;
    use schemas::{Amount, BusinessDate, Currency};

    use super::*;

    pub(crate) fn portfolio(start: &str) -> Portfolio {
        Portfolio {
            portfolio_id: "D01".parse().expect("an id"),
            market_id: "D01".parse().expect("an id"),
            fx_source: "D01".parse().expect("an id"),
            title: "One".to_owned(),
            base_currency: Currency::EUR,
            start_date: date(start),
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
        }
    }

    pub(crate) fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    /// A row with a number, or with a reason.
    pub(crate) fn row(period: ReportingPeriod, measure: &str, value: Result<f64, &str>) -> MeasureRow {
        MeasureRow {
            portfolio_id: "D01".parse().expect("an id"),
            business_date: date("2023-12-29"),
            period,
            measure: measure.to_owned(),
            value: value.ok(),
            amount: None,
            value_date: None,
            unavailable_reason: value.err().map(str::to_owned),
        }
    }

    fn made() -> Vec<MeasureRow> {
        let gain = MeasureRow {
            amount: Some(Amount::new("12.5".parse().expect("a number"))),
            unavailable_reason: None,
            ..row(ReportingPeriod::SinceInception, "gain", Err(""))
        };
        let young = Err("the portfolio began on 2023-07-03, inside the period 3Y");
        vec![
            gain,
            row(ReportingPeriod::MonthToDate, "twr", Ok(0.0123)),
            row(ReportingPeriod::SinceInception, "twr", Ok(0.05)),
            row(ReportingPeriod::SinceInception, "annualised_return_act365", Ok(0.11)),
            row(ReportingPeriod::SinceInception, "beta", Err("the portfolio names no benchmark")),
            row(ReportingPeriod::ThreeYears, "twr", young),
        ]
    }

    pub(crate) fn written(blocks: &[Block]) -> String {
        let mut output = Vec::new();
        crate::page::write(blocks, &mut output).expect("written");
        String::from_utf8(output).expect("text")
    }

    #[test]
    fn people_see_kinds_percent_and_notes() {
        let (portfolio, rows) = (portfolio("2023-07-03"), made());
        let figures = Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &rows };
        let text = written(&page(&figures, None, None));
        for words in [
            "Value and gain",
            "12.50",
            "1.23 %",
            "5.00 %",
            "No figures for 3Y: the portfolio began on 2023-07-03, inside the period",
            "] the portfolio names no benchmark",
            "] less than a year is not annualised",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        // Half a year has no rate a year, and a kind without figures has no table.
        assert!(!text.contains("11.00 %") && !text.contains("Drawdown"), "{text}");
        let month = written(&page(&figures, Some(ReportingPeriod::MonthToDate), None));
        assert!(month.contains("1.23 %") && !month.contains("5.00 %"), "{month}");
        let narrow = written(&page(&figures, None, Some(60)));
        assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    }

    #[test]
    fn machines_get_every_digit_the_unit_and_the_reason() {
        let (portfolio, rows_made) = (portfolio("2023-07-03"), made());
        let figures = Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &rows_made };
        let listing = rows(&figures, &[], None, false);
        let said: Vec<String> =
            listing.rows.iter().map(|row| format!("{}|{}|{}|{}|{}", row[2], row[4], row[5], row[6], row[8])).collect();
        let expected = [
            r#""SI"|"gain"|"12.5"|"EUR"|null"#,
            r#""MTD"|"twr"|0.0123|"fraction"|null"#,
            r#""3Y"|"twr"|null|"fraction"|"the portfolio began on 2023-07-03, inside the period 3Y""#,
            r#""SI"|"twr"|0.05|"fraction"|null"#,
            r#""SI"|"annualised_return_act365"|0.11|"fraction"|null"#,
            r#""SI"|"beta"|null|"ratio"|"the portfolio names no benchmark""#,
        ];
        assert_eq!(said, expected);
        let of_month = rows(&figures, &["return"], Some(ReportingPeriod::MonthToDate), true);
        assert_eq!((of_month.rows.len(), of_month.columns.len()), (1, 10));
        assert_eq!(of_month.rows[0].len(), 10);
    }

    #[test]
    fn every_measure_is_shown_by_its_kind() {
        let shown: usize = MEASURE_KINDS.iter().map(|kind| kind.measures.len()).sum();
        assert_eq!(shown, MEASURES.len());
    }
}
