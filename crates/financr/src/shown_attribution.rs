//! The attribution that `financr show attribution` is asked for, and what is known of it.

use clap::Args;
use jobs::{AskedAttribution, Context, LinkingMethod, OverPeriod};
use schemas::ReportingPeriod;

use crate::attribution_listing::AttributionFacts;
use crate::ending::Usage;
use crate::shown_portfolio::Shown;
use crate::terminal_chart::Ink;

/// How an attribution is made.
#[derive(Debug, Args)]
pub(crate) struct AttributionOptions {
    /// How the effects of days or months of an attribution become those of the period: carino, menchero, grap,
    /// frongello or geometric; without it carino
    #[arg(long)]
    linking: Option<String>,
    /// By what an attribution tells groups apart: one taxonomy, e.g. currency, sector or instrument; without it all
    #[arg(long)]
    taxonomy: Option<String>,
}

/// What was asked for and found.
pub(crate) struct ShownAttribution<'a> {
    shown: &'a Shown,
    period: ReportingPeriod,
    linking: &'static LinkingMethod,
    taxonomy: Option<&'a str>,
    found: OverPeriod,
}

impl AttributionOptions {
    /// Whether any of them is given.
    pub(crate) fn is_given(&self) -> bool {
        self.linking.is_some() || self.taxonomy.is_some()
    }

    /// Looks up the attribution of a portfolio over a period, without one over the year so far.
    ///
    /// # Errors
    /// [`Usage`] if there is no such way of linking or no such taxonomy; the message says which there are.
    pub(crate) async fn find<'a>(
        &'a self,
        context: &Context,
        shown: &'a Shown,
        period: Option<ReportingPeriod>,
    ) -> anyhow::Result<ShownAttribution<'a>> {
        let linking = match &self.linking {
            Some(id) => jobs::linking_method(id).map_err(|error| Usage(error.to_string()))?,
            None => jobs::DEFAULT_LINKING_METHOD,
        };
        let period = period.unwrap_or(ReportingPeriod::YearToDate);
        let (date, taxonomy) = (shown.value.business_date, self.taxonomy.as_deref());
        let (portfolio, age_limits) = (&shown.portfolio, context.settings.age_limits);
        let asked = AskedAttribution { portfolio, date, period, linking, taxonomy, age_limits };
        let found = jobs::over_period(&context.lake, &asked).await?;
        if let Some(unknown) = taxonomy.filter(|taxonomy| !found.taxonomies.contains(*taxonomy)) {
            let known: Vec<&str> = found.taxonomies.iter().map(String::as_str).collect();
            return Err(Usage(format!("unknown taxonomy `{unknown}`; known: {}", known.join(", "))).into());
        }
        Ok(ShownAttribution { shown, period, linking, taxonomy, found })
    }
}

impl ShownAttribution<'_> {
    /// What a page or a list of figures is made of.
    pub(crate) fn facts(&self, ink: Ink) -> AttributionFacts<'_> {
        AttributionFacts {
            portfolio: &self.shown.portfolio,
            date: self.shown.value.business_date,
            period: self.period,
            linking: self.linking,
            taxonomy: self.taxonomy,
            found: &self.found,
            ink,
        }
    }
}
