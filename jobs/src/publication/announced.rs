//! Who is told of a statement, and by which channels: as the portfolio has it, or by mail if there is an address.

use schemas::DeliveryChannel;
use schemas::tables::portfolios::Portfolio;
use store::{Bundling, Necessity, NewDelivery};

use crate::error::Error;

/// The messages that announce a statement of a portfolio, one a channel.
///
/// # Errors
/// [`Error::Published`] if the portfolio's choice of channels cannot be understood, or names mail without an address.
pub(super) fn deliveries(
    portfolio: &Portfolio,
    subject: &str,
    (necessity, bundling): (Necessity, Bundling),
) -> Result<Vec<NewDelivery>, Error> {
    let refused = |problem: String| Error::Published {
        what: portfolio.portfolio_id.to_string(),
        problem: format!("`delivery`: {problem}; import its portfolio.json again"),
    };
    let channels = match &portfolio.delivery {
        Some(text) => DeliveryChannel::chosen_in(text).map_err(refused)?,
        None => portfolio.client_email.iter().map(|_| DeliveryChannel::Email).collect(),
    };
    let mut deliveries = Vec::with_capacity(channels.len());
    for channel in channels {
        let recipient = match channel {
            DeliveryChannel::Email => portfolio.client_email.clone(),
            // The house has one of each. Its address is not part of the key: another one makes no second message.
            DeliveryChannel::DropFolder | DeliveryChannel::Webhook => Some(channel.name().to_owned()),
        };
        deliveries.push(NewDelivery {
            channel: channel.name().to_owned(),
            recipient: recipient.ok_or_else(|| refused("mail is chosen, and there is no `client_email`".to_owned()))?,
            subject: subject.to_owned(),
            necessity,
            language: portfolio.language,
            bundling,
        });
    }
    Ok(deliveries)
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
        let found = deliveries(&portfolio, "Your statement", (Necessity::Required, Bundling::Together))?;
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
    }

    #[test]
    fn a_choice_that_cannot_be_kept_is_refused() {
        for (delivery, words) in [("email", "there is no `client_email`"), ("fax", "unknown channel `fax`")] {
            let error = channels(Some(delivery), None).expect_err("refused").to_string();
            assert!(error.starts_with("D01: `delivery`: ") && error.contains(words), "{error}");
        }
    }
}
