//! Which date, or range of dates, a request is about.

use chrono::Days;
use schemas::BusinessDate;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::Context;
use crate::entitled::VisiblePortfolio;
use crate::problem::Problem;

/// Days that a range may span: ten years and a little more.
const RANGE_DAYS_MAX: i64 = 3_700;
/// Days before its end at which a range begins if the request does not say.
const RANGE_DAYS_DEFAULT: u64 = 365;

/// One date.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DateQuery {
    /// The business date; the last on which the portfolio was valued if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
}

/// A range of dates.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RangeQuery {
    /// The first date; 365 days before the last if none is given. A range has at most 3,700 days.
    #[param(value_type = Option<String>, format = Date, example = "2014-01-01")]
    from: Option<BusinessDate>,
    /// The last date, included; the last on which the portfolio was valued if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    to: Option<BusinessDate>,
}

impl DateQuery {
    /// What tells the questions of this kind apart.
    pub(crate) fn asked(&self) -> String {
        self.date.map(|date| date.to_string()).unwrap_or_default()
    }

    /// The date that was asked for, or the portfolio's latest.
    pub(crate) async fn date(&self, context: &Context, portfolio: &VisiblePortfolio) -> Result<BusinessDate, Problem> {
        date_or_latest(context, portfolio, self.date).await
    }
}

impl RangeQuery {
    /// What tells the questions of this kind apart.
    pub(crate) fn asked(&self) -> String {
        let part = |date: Option<BusinessDate>| date.map(|date| date.to_string()).unwrap_or_default();
        format!("{}/{}", part(self.from), part(self.to))
    }

    /// The first and the last date that were asked for.
    pub(crate) async fn range(
        &self,
        context: &Context,
        portfolio: &VisiblePortfolio,
    ) -> Result<(BusinessDate, BusinessDate), Problem> {
        range_or_last_year(context, portfolio, (self.from, self.to)).await
    }
}

/// The range that was asked for, or the part of it that was, within the limits of a range.
pub(crate) async fn range_or_last_year(
    context: &Context,
    portfolio: &VisiblePortfolio,
    (from, to): (Option<BusinessDate>, Option<BusinessDate>),
) -> Result<(BusinessDate, BusinessDate), Problem> {
    let to = date_or_latest(context, portfolio, to).await?;
    range_until(from, to)
}

/// The range that ends on a date, within the limits of a range; of the last year if nobody says where it begins.
pub(crate) fn range_until(
    from: Option<BusinessDate>,
    to: BusinessDate,
) -> Result<(BusinessDate, BusinessDate), Problem> {
    let from = from.unwrap_or_else(|| days_before(to, RANGE_DAYS_DEFAULT));
    if to < from {
        let detail = format!("from {from} is after to {to}");
        return Err(Problem::bad_request(detail, "give the earlier date as `from`"));
    }
    if RANGE_DAYS_MAX < to.days_since(from) {
        let detail = format!("{from} to {to} is more than {RANGE_DAYS_MAX} days");
        return Err(Problem::bad_request(detail, "ask for a shorter range, several times"));
    }
    Ok((from, to))
}

/// The date that was asked for, or the last on which a portfolio was valued.
pub(crate) async fn date_or_latest(
    context: &Context,
    portfolio: &VisiblePortfolio,
    asked: Option<BusinessDate>,
) -> Result<BusinessDate, Problem> {
    if let Some(date) = asked {
        return Ok(date);
    }
    let latest = context.facts.latest_business_date(portfolio).await?;
    latest.ok_or_else(|| {
        let detail = format!("portfolio `{}` has never been valued", portfolio.id());
        Problem::not_found("Not valued", detail, "GET /runs shows whether a night was run; or name a date")
    })
}

/// The calendar day so many days before; the date itself where there is none.
pub(crate) fn days_before(date: BusinessDate, days: u64) -> BusinessDate {
    let earlier = date.day().checked_sub_days(Days::new(days));
    earlier.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(date)
}
