//! The channels by which documents leave the house, as a portfolio names them.

use std::fmt;
use std::str::FromStr;

/// A way by which documents go to whoever they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryChannel {
    /// A mail to the client.
    Email,
    /// Files in the folder or bucket that the house names.
    DropFolder,
    /// A signed message to the address that the house names.
    Webhook,
    /// A message to the browsers that subscribed to those of the portfolio.
    WebPush,
}

/// What stands for no channel at all.
const NONE: &str = "none";

impl DeliveryChannel {
    /// Every channel, in the order in which they are served.
    pub const ALL: [DeliveryChannel; 4] =
        [DeliveryChannel::Email, DeliveryChannel::DropFolder, DeliveryChannel::Webhook, DeliveryChannel::WebPush];

    /// The name in tables and files, e.g. `drop_folder`.
    pub fn name(self) -> &'static str {
        match self {
            DeliveryChannel::Email => "email",
            DeliveryChannel::DropFolder => "drop_folder",
            DeliveryChannel::Webhook => "webhook",
            DeliveryChannel::WebPush => "web_push",
        }
    }

    /// A choice of channels as one text, e.g. `email, webhook`, or `none`: each once, in the order of [`Self::ALL`].
    pub fn text_of(chosen: &[DeliveryChannel]) -> String {
        let named: Vec<&str> =
            DeliveryChannel::ALL.into_iter().filter(|channel| chosen.contains(channel)).map(Self::name).collect();
        if named.is_empty() { NONE.to_owned() } else { named.join(", ") }
    }

    /// The choice in such a text.
    ///
    /// # Errors
    /// The names that are known, if one of them is not.
    pub fn chosen_in(text: &str) -> Result<Vec<DeliveryChannel>, String> {
        if text == NONE {
            return Ok(Vec::new());
        }
        text.split(',').map(|name| name.trim().parse()).collect()
    }
}

impl fmt::Display for DeliveryChannel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for DeliveryChannel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = DeliveryChannel::ALL.into_iter().find(|channel| channel.name() == text);
        found.ok_or_else(|| {
            let known = DeliveryChannel::ALL.map(DeliveryChannel::name).join(", ");
            format!("unknown channel `{}`; known: {known}", text.chars().take(40).collect::<String>())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_was_written() {
        use DeliveryChannel::{Email, Webhook};
        assert_eq!(DeliveryChannel::text_of(&[Webhook, Email, Webhook]), "email, webhook");
        for chosen in [vec![], vec![Webhook], DeliveryChannel::ALL.to_vec()] {
            assert_eq!(DeliveryChannel::chosen_in(&DeliveryChannel::text_of(&chosen)), Ok(chosen));
        }
        let error = DeliveryChannel::chosen_in("email, fax").expect_err("no such channel");
        assert_eq!(error, "unknown channel `fax`; known: email, drop_folder, webhook, web_push");
        assert!(DeliveryChannel::chosen_in("").is_err());
    }
}
