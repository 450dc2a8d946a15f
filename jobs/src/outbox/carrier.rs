//! Whoever carries the messages of a channel: one for each, with what it may do at once and what it proves.

use reports::delivery::Outcome;
use reports::delivery::drop_folder::DropFolder;
use reports::delivery::email::{MailSettings, Mailer};
use reports::delivery::web_push::WebPush;
use reports::delivery::webhook::Webhook;
use schemas::DeliveryChannel;
use store::{Delivery, MAIL_DELIVERIES_MAX};

use super::fates::Fate;
use super::{LEASE, event, letter, note, parcel};
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
    /// Messages to browsers.
    WebPush(Box<Notes>),
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

/// How messages to browsers go out.
pub(super) struct Notes {
    web_push: WebPush,
    public_url: Option<String>,
}

/// A channel as it is named where it is missed.
pub(super) fn title(channel: DeliveryChannel) -> &'static str {
    match channel {
        DeliveryChannel::Email => "mail",
        DeliveryChannel::DropFolder => "the drop folder",
        DeliveryChannel::Webhook => "the webhook",
        DeliveryChannel::WebPush => "web push",
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
            DeliveryChannel::WebPush => {
                let Some(settings) = &settings.web_push else { return Ok(None) };
                let web_push = WebPush::new(settings).map_err(Error::Channel)?;
                Ok(Some(Carrier::WebPush(Box::new(Notes { web_push, public_url: settings.public_url.clone() }))))
            }
        }
    }

    /// The channel.
    pub(super) fn channel(&self) -> DeliveryChannel {
        match self {
            Carrier::Email(_) => DeliveryChannel::Email,
            Carrier::DropFolder(_) => DeliveryChannel::DropFolder,
            Carrier::Webhook(_) => DeliveryChannel::Webhook,
            Carrier::WebPush(_) => DeliveryChannel::WebPush,
        }
    }

    /// Messages that can be under way at once.
    pub(super) fn messages_at_once_max(&self) -> usize {
        match self {
            Carrier::Email(post) => post.mailer.messages_at_once_max(),
            Carrier::DropFolder(folder) => folder.statements_at_once_max(),
            Carrier::Webhook(events) => events.webhook.events_at_once_max(),
            Carrier::WebPush(notes) => notes.web_push.messages_at_once_max(),
        }
    }

    /// Leases what is due: messages that go together, one set after the other. What is leased counts as a copy that may
    /// have gone out, so of messages to a server no more than is sent now.
    pub(super) async fn claim(&self, context: &Context, owner: &str) -> Result<Vec<Vec<Delivery>>, Error> {
        let (store, now) = (&context.store, context.clock.now());
        let batch = match self {
            Carrier::Email(_) => {
                let together = if context.settings.bundle_mails { MAIL_DELIVERIES_MAX } else { 1 };
                let mail = store.claim_mail(owner, LEASE, now, together).await?;
                return Ok(if mail.is_empty() { Vec::new() } else { vec![mail] });
            }
            Carrier::Webhook(_) | Carrier::WebPush(_) => 1,
            Carrier::DropFolder(_) => FOLDER_BATCH,
        };
        let claimed = store.claim_deliveries(self.channel(), owner, LEASE, now, batch).await?;
        Ok(claimed.into_iter().map(|delivery| vec![delivery]).collect())
    }

    /// Whether a second try can be a second copy that somebody sees.
    pub(super) fn may_copy(&self) -> bool {
        match self {
            Carrier::Email(post) => post.mailer.may_copy(),
            // Whoever takes events tells a second copy by its id.
            Carrier::DropFolder(_) | Carrier::Webhook(_) => false,
            // The browser shows a second one in the place of the first, and may make itself heard again.
            Carrier::WebPush(_) => true,
        }
    }

    /// Hands over messages that go together, or says why not. Messages for which there is no room are due again at
    /// once.
    pub(super) async fn hand_over(&self, context: &Context, together: Vec<Delivery>) -> Result<Vec<Fate>, Error> {
        let mut fates = Vec::with_capacity(together.len());
        match self {
            Carrier::Email(post) => return post.send(context, together).await,
            Carrier::DropFolder(folder) => {
                for delivery in together {
                    let outcome = match parcel::pack(context, folder.formats(), &delivery).await? {
                        Ok(dropped) => folder.deliver(&dropped).await,
                        Err(outcome) => outcome,
                    };
                    fates.push(Fate::of(vec![delivery], outcome));
                }
            }
            Carrier::Webhook(events) => {
                for delivery in together {
                    let outcome = match event::of(context, events.public_url.as_deref(), &delivery).await? {
                        Ok(event) => events.webhook.deliver(&event, context.clock.now()).await,
                        Err(outcome) => outcome,
                    };
                    fates.push(Fate::of(vec![delivery], outcome));
                }
            }
            Carrier::WebPush(notes) => {
                for delivery in together {
                    let outcome = notes.send(context, &delivery).await?;
                    fates.push(Fate::of(vec![delivery], outcome));
                }
            }
        }
        Ok(fates)
    }

    /// What is kept of a message that was handed over: the answer, and the name by which the other side knows it.
    pub(super) fn proof(&self, delivery: &Delivery, answer: &str) -> String {
        match self {
            Carrier::Email(post) => {
                format!("{answer}; Message-ID {}", post.mailer.message_id(letter::mail_id(delivery)))
            }
            Carrier::DropFolder(_) => answer.to_owned(),
            Carrier::Webhook(_) => format!("{answer}; event {}", delivery.id),
            Carrier::WebPush(_) => format!("{answer}; subscription {}", delivery.recipient),
        }
    }
}

impl Notes {
    /// Sends a message to its browser, unless that is gone.
    async fn send(&self, context: &Context, delivery: &Delivery) -> Result<Outcome, Error> {
        let kept = match note::subscription(context, delivery).await? {
            Ok(kept) => kept,
            Err(outcome) => return Ok(outcome),
        };
        let browser = match self.web_push.browser(&kept.endpoint, &kept.p256dh, &kept.auth) {
            Ok(browser) => browser,
            Err(problem) => return Ok(Outcome::PermanentFailure(problem)),
        };
        match note::of(context, self.public_url.as_deref(), delivery).await? {
            Ok(message) => Ok(self.web_push.deliver(&browser, &message, context.clock.now()).await),
            Err(outcome) => Ok(outcome),
        }
    }
}

impl Post {
    /// Sends one mail with all that it takes of some messages.
    async fn send(&self, context: &Context, together: Vec<Delivery>) -> Result<Vec<Fate>, Error> {
        let packed = letter::pack(context, &self.settings, together).await?;
        context.store.put_back_deliveries(&packed.for_another).await?;
        let mut sent = packed.deliveries();
        let composed = letter::compose(context, &self.settings, &packed, &mut sent).await?;
        let mut fates = packed.fates;
        match composed {
            None => {}
            Some(Ok(mail)) => fates.push(Fate::of(sent, self.mailer.deliver(&mail).await)),
            Some(Err(outcome)) => fates.push(Fate::of(sent, outcome)),
        }
        Ok(fates)
    }
}
