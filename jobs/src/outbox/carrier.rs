//! Whoever carries the messages of a channel: one for each, with what it may do at once and what it proves.

use reports::delivery::Outcome;
use reports::delivery::drop_folder::DropFolder;
use reports::delivery::email::{MailSettings, Mailer};
use reports::delivery::webhook::Webhook;
use schemas::DeliveryChannel;
use store::Delivery;

use super::{event, letter, parcel};
use crate::context::Context;
use crate::error::Error;

/// Messages that are leased at once for a folder.
const FOLDER_BATCH: u32 = 16;

/// Carries the messages of one channel.
pub(super) enum Carrier {
    /// Mails, to a server or into a folder.
    Email(Box<Post>),
    /// Files for other programs.
    DropFolder(DropFolder),
    /// Events for a program of the house.
    Webhook(Box<Events>),
}

/// How mail goes out.
pub(super) struct Post {
    settings: MailSettings,
    mailer: Mailer,
}

/// How events go out.
pub(super) struct Events {
    webhook: Webhook,
    public_url: Option<String>,
}

/// A channel as it is named where it is missed.
pub(super) fn title(channel: DeliveryChannel) -> &'static str {
    match channel {
        DeliveryChannel::Email => "mail",
        DeliveryChannel::DropFolder => "the drop folder",
        DeliveryChannel::Webhook => "the webhook",
    }
}

impl Carrier {
    /// The carrier of a channel as configured; none if it is not.
    pub(super) fn configured(context: &Context, channel: DeliveryChannel) -> Result<Option<Carrier>, Error> {
        let settings = &context.settings;
        match channel {
            DeliveryChannel::Email => {
                let Some(settings) = settings.mail.clone() else { return Ok(None) };
                let mailer = Mailer::new(&settings).map_err(Error::Mail)?;
                Ok(Some(Carrier::Email(Box::new(Post { settings, mailer }))))
            }
            DeliveryChannel::DropFolder => {
                let folder = settings.drop_folder.as_ref().map(DropFolder::new).transpose();
                Ok(folder.map_err(Error::Channel)?.map(Carrier::DropFolder))
            }
            DeliveryChannel::Webhook => {
                let Some(settings) = &settings.webhook else { return Ok(None) };
                let webhook = Webhook::new(settings).map_err(Error::Channel)?;
                Ok(Some(Carrier::Webhook(Box::new(Events { webhook, public_url: settings.public_url.clone() }))))
            }
        }
    }

    /// The channel.
    pub(super) fn channel(&self) -> DeliveryChannel {
        match self {
            Carrier::Email(_) => DeliveryChannel::Email,
            Carrier::DropFolder(_) => DeliveryChannel::DropFolder,
            Carrier::Webhook(_) => DeliveryChannel::Webhook,
        }
    }

    /// Messages that can be under way at once.
    pub(super) fn messages_at_once_max(&self) -> usize {
        match self {
            Carrier::Email(post) => post.mailer.messages_at_once_max(),
            Carrier::DropFolder(folder) => folder.statements_at_once_max(),
            Carrier::Webhook(events) => events.webhook.events_at_once_max(),
        }
    }

    /// Messages that are leased at once. What is leased counts as a copy that may have gone out, so of messages to a
    /// server no more than is sent now.
    pub(super) fn batch(&self) -> u32 {
        match self {
            Carrier::Email(post) if post.mailer.may_copy() => 1,
            Carrier::Webhook(_) => 1,
            Carrier::Email(_) | Carrier::DropFolder(_) => FOLDER_BATCH,
        }
    }

    /// Whether a second try can be a second copy that somebody sees.
    pub(super) fn may_copy(&self) -> bool {
        match self {
            Carrier::Email(post) => post.mailer.may_copy(),
            // Whoever takes events tells a second copy by its id.
            Carrier::DropFolder(_) | Carrier::Webhook(_) => false,
        }
    }

    /// Hands a message over, or says why not.
    pub(super) async fn hand_over(&self, context: &Context, delivery: &Delivery) -> Result<Outcome, Error> {
        match self {
            Carrier::Email(post) => match letter::compose(context, &post.settings, delivery).await? {
                Ok(mail) => Ok(post.mailer.deliver(&mail).await),
                Err(outcome) => Ok(outcome),
            },
            Carrier::DropFolder(folder) => match parcel::pack(context, folder.formats(), delivery).await? {
                Ok(dropped) => Ok(folder.deliver(&dropped).await),
                Err(outcome) => Ok(outcome),
            },
            Carrier::Webhook(events) => match event::of(context, events.public_url.as_deref(), delivery).await? {
                Ok(event) => Ok(events.webhook.deliver(&event, context.clock.now()).await),
                Err(outcome) => Ok(outcome),
            },
        }
    }

    /// What is kept of a message that was handed over: the answer, and the name by which the other side knows it.
    pub(super) fn proof(&self, delivery_id: &str, answer: String) -> String {
        match self {
            Carrier::Email(post) => format!("{answer}; Message-ID {}", post.mailer.message_id(delivery_id)),
            Carrier::DropFolder(_) => answer,
            Carrier::Webhook(_) => format!("{answer}; event {delivery_id}"),
        }
    }
}
