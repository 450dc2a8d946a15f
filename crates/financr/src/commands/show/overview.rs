//! `financr show PORTFOLIO`: everything on a page, or one part of it in full.

use jobs::Context;
use schemas::tables::exceptions::Exception;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, PortfolioId, ReportingPeriod};
use serde_json::Value;

use super::{Arguments, What};
use crate::commands::Session;
use crate::ending::Ending;
use crate::listing::{Format, Listing};
use crate::printed_figures::Figures;
use crate::{measures_listing, overview_listing, page, tree_text};

/// Everything on a page, or one part of it in full.
pub(super) async fn write(
    session: &Session,
    context: &Context,
    figures: &Figures<'_>,
    value: &PortfolioValue,
    arguments: &Arguments,
) -> anyhow::Result<Ending> {
    let (lake, portfolio, date) = (&context.lake, figures.portfolio, figures.date);
    let (id, base, for_people) = (&portfolio.portfolio_id, figures.base(), session.format == Format::Table);
    let is_whole = arguments.what == What::All && for_people;
    let shown = |what| arguments.what.includes(what, session.format);
    if shown(What::Positions) {
        let rows = lake::read::valuations(lake, id, date).await?;
        if is_whole {
            let (listing, others) = overview_listing::largest_positions(&rows, base);
            session.write(&listing)?;
            if 0 < others {
                session.say(&format!(" and {others} smaller ones: financr show {id} --what positions"))?;
            }
        } else {
            session.write(&overview_listing::positions(&rows, base))?;
        }
    }
    if shown(What::Measures) {
        if is_whole {
            session.write(&overview_listing::key_measures(figures))?;
        } else if for_people {
            let blocks = measures_listing::page(figures, None, tree_text::terminal_columns());
            page::write(&blocks, &mut std::io::stdout().lock())?;
        } else {
            session.write(&overview_listing::stated_measures(figures.rows))?;
        }
    }
    if shown(What::Bridge) {
        let (opening, rows) = bridge(context, portfolio, date).await?;
        let listing = if is_whole {
            overview_listing::short_bridge(opening, &rows, value.market_value, base)
        } else {
            full_bridge(opening, rows, value, session.format)
        };
        session.write(&listing)?;
    }
    if shown(What::Exceptions) {
        let found = lake::read::exceptions(lake, id, date).await?;
        write_findings(session, id, found, is_whole)?;
    }
    if is_whole {
        session.say(&format!(
            "More: financr show performance {id}, show risk {id}, show measures {id}; --what bridge for every step"
        ))?;
        if arguments.definitions {
            let definitions = measures_listing::definitions(&overview_listing::key());
            page::write(&[definitions], &mut std::io::stdout().lock())?;
        }
    }
    Ok(Ending::Done)
}

/// What the checks found; on the page the worst of it, and nothing where nothing was found.
fn write_findings(session: &Session, id: &PortfolioId, mut found: Vec<Exception>, on_page: bool) -> anyhow::Result<()> {
    if on_page && found.is_empty() {
        return Ok(());
    }
    let shown_max = if on_page { overview_listing::FINDINGS_MAX } else { found.len() };
    let others = found.len().saturating_sub(shown_max);
    if on_page {
        // What keeps a statement back comes first.
        found.sort_by_key(|row| std::cmp::Reverse(row.severity));
    }
    let mut listing = Listing::new(&["severity", "check", "finding"]);
    for row in found.into_iter().take(shown_max) {
        listing.push([row.severity.to_string().into(), row.check_name.into(), row.message.into()]);
    }
    session.write(&listing)?;
    if 0 < others {
        session.say(&format!(" and {others} others: financr show {id} --what exceptions"))?;
    }
    Ok(())
}

/// The value at the end of the year before, and what changed it since.
async fn bridge(
    context: &Context,
    portfolio: &Portfolio,
    date: BusinessDate,
) -> anyhow::Result<(Option<Amount>, Vec<NavBridgeRow>)> {
    let (lake, id) = (&context.lake, &portfolio.portfolio_id);
    let opening = ReportingPeriod::YearToDate.opening_date(date).and_then(|day| BusinessDate::new(day).ok());
    let opening = opening.unwrap_or(portfolio.start_date);
    let before = lake::read::portfolio_values(lake, id, portfolio.start_date, opening).await?;
    let opening_value = before.last().map_or(Some(Amount::ZERO), |row| row.market_value);
    let mut rows = lake::read::nav_bridge(lake, id, opening.next_calendar_day(), date).await?;
    rows.sort_by_key(|row| (row.component, row.currency));
    Ok((opening_value, rows))
}

/// Every step of the bridge in each currency, between the value at the end of the year before and that on the date.
fn full_bridge(opening: Option<Amount>, rows: Vec<NavBridgeRow>, value: &PortfolioValue, format: Format) -> Listing {
    let base = value.base_currency;
    let printed = overview_listing::money;
    let mut listing = Listing::new(&["change in value this year", "currency", "amount", "in base currency"]);
    listing.push(["value at start".into(), base.code().into(), Value::Null, printed(opening, base).into()]);
    for row in rows {
        let words = if format == Format::Table { row.component.title() } else { row.component.code() };
        listing.push([
            words.into(),
            row.currency.code().into(),
            row.amount.map_or(Value::Null, |amount| printed(Some(amount), row.currency).into()),
            row.amount_base.map_or_else(|| row.detail.into(), |amount| printed(Some(amount), base).into()),
        ]);
    }
    listing.push(["value at end".into(), base.code().into(), Value::Null, printed(value.market_value, base).into()]);
    listing
}
