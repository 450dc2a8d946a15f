//! `financr show TOPIC PORTFOLIO`: one side of a portfolio. Each topic is a function from what was found to what is
//! written.

use std::io::IsTerminal as _;

use jobs::Context;
use jobs::factors::FactorChoice;
use jobs::measures_on_request::measures_on_request;
use schemas::ReportingPeriod;
use schemas::tables::daily_returns::DailyReturn;

use super::Arguments;
use crate::config::{self, Config};
use crate::ending::Usage;
use crate::factors_listing::{self, FactorFacts};
use crate::liquidity_listing::{self, LiquidityFacts};
use crate::listing::{Format, Listing};
use crate::page::Block;
use crate::performance_listing::{self, PerformanceFacts};
use crate::printed_figures::Figures;
use crate::risk_listing::{self, RiskFacts};
use crate::risk_night::RiskNight;
use crate::shown_portfolio::Shown;
use crate::terminal_chart::Ink;
use crate::{
    attribution_figures, attribution_listing, class_listing, concentration_listing, measures_listing,
    return_parts_listing, risk_over_days_listing, risk_parts_listing, tree_text,
};

/// What a side is made from.
pub(super) struct Asked<'a> {
    pub(super) context: &'a Context,
    pub(super) config: &'a Config,
    pub(super) arguments: &'a Arguments,
    pub(super) shown: &'a Shown,
    pub(super) format: Format,
}

/// The page for people, and the rows for machines.
pub(super) struct Side {
    pub(super) blocks: Vec<Block>,
    pub(super) rows: Listing,
}

impl Asked<'_> {
    /// Returns by period, month and year, and what they are made of.
    pub(super) async fn performance(&self, figures: Figures<'_>) -> anyhow::Result<Side> {
        let returns = self.returns().await?;
        let Arguments { period, definitions, .. } = *self.arguments;
        let terminal = tree_text::terminal_columns();
        let facts = PerformanceFacts { figures, returns: &returns, period, terminal, ink: ink() };
        let mut rows = performance_listing::rows(&facts, definitions);
        let mut blocks = performance_listing::page(&facts);
        let policy = self.config.returns.large_flow_fraction;
        blocks.extend(return_parts_listing::added(self.context, &facts, policy, &mut rows).await?);
        if definitions {
            blocks.push(measures_listing::definitions(&performance_listing::measures()));
        }
        Ok(Side { blocks, rows })
    }

    /// What may be lost, by method, position and group, and how that was kept so far.
    pub(super) async fn risk(&self, figures: Figures<'_>) -> anyhow::Result<Side> {
        let (context, id, date) = (self.context, &figures.portfolio.portfolio_id, figures.date);
        let Arguments { period, definitions, .. } = *self.arguments;
        let returns = self.returns().await?;
        let days = self.arguments.days.map(usize::from);
        let asked = (self.arguments.without.as_deref(), days);
        let made = risk_parts_listing::made(context, &figures, asked, self.format).await?;
        if let (Some((parts, without)), true) = (&made, self.format != Format::Table) {
            let rows = match (without, days) {
                (Some(_), Some(_)) => {
                    let problem = "as JSON or CSV --without and --days are two questions: ask one at a time";
                    return Err(Usage(problem.to_owned()).into());
                }
                (Some(without), None) => risk_parts_listing::rows_without(parts, without),
                (None, days) => risk_over_days_listing::rows(parts, days.unwrap_or(1)),
            };
            return Ok(Side { blocks: Vec::new(), rows });
        }
        let night = RiskNight::read(&context.lake, id, date).await?;
        let concentration = jobs::concentration::concentrated(context, figures.portfolio, date).await?;
        let classes = lake::read::risk_classes(&context.lake, id, date).await?;
        let facts = RiskFacts {
            figures,
            returns: &returns,
            night: &night,
            concentration: &concentration,
            classes: &classes,
            days,
            made: made.as_ref(),
            period,
            terminal: tree_text::terminal_columns(),
            ink: ink(),
        };
        let mut rows = measures_listing::rows(&facts.figures, risk_listing::KINDS, period, definitions);
        if period.is_none() {
            night.add_rows(&facts.figures, &mut rows);
        }
        class_listing::push_rows(&mut rows, &facts);
        concentration_listing::push_rows(&mut rows, &facts);
        let mut blocks = risk_listing::page(&facts);
        if definitions {
            blocks.push(measures_listing::definitions(&risk_listing::measures()));
        }
        Ok(Side { blocks, rows })
    }

    /// Every measure: of all periods as the night kept them, of one period also those that no night keeps.
    pub(super) async fn measures(&self, figures: Figures<'_>) -> anyhow::Result<Side> {
        let Arguments { period, definitions, .. } = *self.arguments;
        let mut rows = figures.rows.to_vec();
        if let Some(period) = period {
            let (returns, asked) = (self.returns().await?, (figures.date, period));
            let (context, portfolio) = (self.context, figures.portfolio);
            rows.extend(measures_on_request(context, portfolio, &returns, asked, figures.rows).await?);
        }
        let figures = &Figures { rows: &rows, ..figures };
        let rows = measures_listing::rows(figures, &[], period, definitions);
        let mut blocks = measures_listing::page(figures, period, tree_text::terminal_columns());
        if definitions {
            blocks.push(measures_listing::definitions(&measures_listing::measures()));
        }
        Ok(Side { blocks, rows })
    }

    /// Why it did better or worse than its benchmark.
    pub(super) async fn attribution(&self) -> anyhow::Result<Side> {
        let Arguments { period, definitions, ref attribution, .. } = *self.arguments;
        let found = attribution.find(self.context, self.shown, period).await?;
        let facts = found.facts(ink());
        let blocks = attribution_listing::page(&facts, definitions);
        Ok(Side { blocks, rows: attribution_figures::rows(&facts, definitions) })
    }

    /// What moves it, over one period; since inception if none is named.
    pub(super) async fn factors(&self) -> anyhow::Result<Side> {
        let Arguments { period, definitions, ref set, ref factors, .. } = *self.arguments;
        let (portfolio, date) = (&self.shown.portfolio, self.shown.value.business_date);
        let period = period.unwrap_or(ReportingPeriod::SinceInception);
        let choice = FactorChoice { set: set.clone(), factors: factors.clone() };
        let returns = self.returns().await?;
        let explained = jobs::factors::explained(self.context, portfolio, &returns, date, period, &choice).await?;
        let explained =
            explained.map_err(|why| Usage(format!("no factors explain {}: {why}", portfolio.portfolio_id)))?;
        let facts = FactorFacts { portfolio, date, period, explained: &explained };
        Ok(Side { blocks: factors_listing::page(&facts, definitions), rows: factors_listing::rows(&facts) })
    }

    /// How long it takes to sell the positions.
    pub(super) async fn liquidity(&self) -> anyhow::Result<Side> {
        let Arguments { participation, definitions, .. } = *self.arguments;
        let (portfolio, date) = (&self.shown.portfolio, self.shown.value.business_date);
        let participation = participation.unwrap_or(jobs::liquidity::PARTICIPATION);
        let found = jobs::liquidity::liquidity(&self.context.lake, portfolio, date, participation).await;
        let found = found.map_err(jobs::Error::from)?;
        let stored = lake::read::liquidity(&self.context.lake, &portfolio.portfolio_id, date).await?;
        let facts = LiquidityFacts { portfolio, date, participation, found: &found, stored: stored.as_ref() };
        Ok(Side { blocks: liquidity_listing::page(&facts, definitions), rows: liquidity_listing::rows(&facts) })
    }

    /// The daily returns of the portfolio's life up to the date.
    async fn returns(&self) -> anyhow::Result<Vec<DailyReturn>> {
        let (portfolio, date) = (&self.shown.portfolio, self.shown.value.business_date);
        let from = portfolio.start_date.min(date);
        Ok(lake::read::daily_returns(&self.context.lake, &portfolio.portfolio_id, from, date).await?)
    }
}

/// What drawings are made with: blocks on a terminal that can show them.
pub(super) fn ink() -> Ink {
    if std::io::stdout().is_terminal() && config::speaks_utf8() { Ink::Blocks } else { Ink::Ascii }
}
