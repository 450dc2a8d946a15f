//! Browsers that are put on the list of a portfolio, after what they say has been held against the configuration.

use reports::delivery::web_push::Browser;
use schemas::{DeliveryChannel, PortfolioId};
use store::{NewPushSubscription, PushOutcome};

use crate::context::Context;
use crate::error::Error;

/// Puts a browser on the list of a portfolio: from now on it is told of its documents, if the portfolio chose
/// `web_push`.
///
/// - `told`: what the browser tells of its subscription (`JSON.stringify(subscription)`).
///
/// # Errors
/// [`Error::Subscription`] if web push is not configured, the portfolio is not in the store, or what the browser tells
/// cannot be used; or the store's reason.
pub async fn add(context: &Context, portfolio_id: &PortfolioId, told: &str, by: &str) -> Result<PushOutcome, Error> {
    let refused = |problem: String| Error::Subscription { problem };
    let settings = context.settings.web_push.as_ref().ok_or_else(|| {
        refused("web push is not configured; add [web_push] to `financr.toml` (docs/RUNBOOK.md, Web push)".to_owned())
    })?;
    let browser = Browser::from_json(settings, told).map_err(refused)?;
    let (p256dh, auth) = (browser.p256dh(), browser.auth());
    let new = NewPushSubscription { portfolio_id, endpoint: browser.endpoint(), p256dh: &p256dh, auth: &auth, by };
    let added = context.store.add_push_subscription(&new, settings.subscriptions_max, context.clock.now()).await;
    match added {
        Err(store::Error::UnknownPortfolio { .. }) => {
            Err(refused(format!("portfolio `{portfolio_id}` is not in the store; import it first")))
        }
        other => Ok(other?),
    }
}

/// Whether a portfolio chose that browsers are told of its documents.
///
/// # Errors
/// The store's reason.
pub async fn is_chosen(context: &Context, portfolio_id: &PortfolioId) -> Result<bool, Error> {
    let portfolio = context.store.portfolio(portfolio_id).await?;
    let chosen = portfolio.and_then(|portfolio| portfolio.delivery);
    let channels = chosen.and_then(|text| DeliveryChannel::chosen_in(&text).ok()).unwrap_or_default();
    Ok(channels.contains(&DeliveryChannel::WebPush))
}
