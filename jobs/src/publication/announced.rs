//! Who is told of a statement, and by which channels: as the portfolio has it, or by mail if there is an address.
//!
//! A client is told in each browser that has subscribed when the statement is published, by a message of its own: what
//! becomes of one says nothing of the others.

use schemas::DeliveryChannel;
use schemas::tables::portfolios::Portfolio;
use store::{Bundling, Necessity, NewDelivery};

use crate::context::Context;
use crate::error::Error;

/// The subscriptions of the browsers that are told of the statements of a portfolio; none unless it chose them.
pub(super) async fn browsers(context: &Context, portfolio: &Portfolio) -> Result<Vec<String>, Error> {
    if !channels_of(portfolio)?.contains(&DeliveryChannel::WebPush) {
        return Ok(Vec::new());
    }
    let subscriptions = context.store.push_subscriptions_in_force(&portfolio.portfolio_id).await?;
    Ok(subscriptions.into_iter().map(|subscription| subscription.subscription_id).collect())
}

/// The messages that announce a statement of a portfolio: one a channel, and one a browser.
///
/// # Errors
/// [`Error::Published`] if the portfolio's choice of channels cannot be understood, or names mail without an address.
pub(super) fn deliveries(
    portfolio: &Portfolio,
    browsers: &[String],
    subject: &str,
    (necessity, bundling): (Necessity, Bundling),
) -> Result<Vec<NewDelivery>, Error> {
    let mut deliveries = Vec::new();
    for channel in channels_of(portfolio)? {
        let recipients = match channel {
            DeliveryChannel::Email => {
                let address = portfolio.client_email.clone();
                vec![address.ok_or_else(|| refused(portfolio, "mail is chosen, and there is no `client_email`"))?]
            }
            // The house has one of each. Its address is not part of the key: another one makes no second message.
            DeliveryChannel::DropFolder | DeliveryChannel::Webhook => vec![channel.name().to_owned()],
            DeliveryChannel::WebPush => browsers.to_vec(),
        };
        deliveries.extend(recipients.into_iter().map(|recipient| NewDelivery {
            channel: channel.name().to_owned(),
            recipient,
            subject: subject.to_owned(),
            necessity,
            language: portfolio.language,
            bundling,
        }));
    }
    Ok(deliveries)
}

/// The channels that a portfolio has chosen, or mail if it has chosen nothing and there is an address.
fn channels_of(portfolio: &Portfolio) -> Result<Vec<DeliveryChannel>, Error> {
    match &portfolio.delivery {
        Some(text) => DeliveryChannel::chosen_in(text).map_err(|problem| refused(portfolio, &problem)),
        None => Ok(portfolio.client_email.iter().map(|_| DeliveryChannel::Email).collect()),
    }
}

fn refused(portfolio: &Portfolio, problem: &str) -> Error {
    Error::Published {
        what: portfolio.portfolio_id.to_string(),
        problem: format!("`delivery`: {problem}; import its portfolio.json again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::test_portfolio;

    fn channels(delivery: Option<&str>, client_email: Option<&str>) -> Result<Vec<(String, String)>, Error> {
        let portfolio = Portfolio {
            delivery: delivery.map(str::to_owned),
            client_email: client_email.map(str::to_owned),
            ..test_portfolio()
        };
        let browsers = ["s-1".to_owned(), "s-2".to_owned()];
        let found = deliveries(&portfolio, &browsers, "Your statement", (Necessity::Required, Bundling::Together))?;
        Ok(found.into_iter().map(|delivery| (delivery.channel, delivery.recipient)).collect())
    }

    #[test]
    fn a_portfolio_without_a_choice_gets_mail_if_it_has_an_address() {
        let pair = |channel: &str, recipient: &str| (channel.to_owned(), recipient.to_owned());
        let address = Some("a@example.org");
        assert_eq!(channels(None, address).expect("understood"), [pair("email", "a@example.org")]);
        assert_eq!(channels(None, None).expect("understood"), []);
        assert_eq!(channels(Some("none"), address).expect("understood"), []);
        let all = channels(Some("email, drop_folder, webhook"), address).expect("understood");
        let expected = [pair("email", "a@example.org"), pair("drop_folder", "drop_folder"), pair("webhook", "webhook")];
        assert_eq!(all, expected);
        let pushed = channels(Some("web_push"), None).expect("understood");
        assert_eq!(pushed, [pair("web_push", "s-1"), pair("web_push", "s-2")], "one a browser");
    }

    #[test]
    fn a_choice_that_cannot_be_kept_is_refused() {
        for (delivery, words) in [("email", "there is no `client_email`"), ("fax", "unknown channel `fax`")] {
            let error = channels(Some(delivery), None).expect_err("refused").to_string();
            assert!(error.starts_with("D01: `delivery`: ") && error.contains(words), "{error}");
        }
    }
}
