//! What became of the messages of a pass, counted and told.

use pipelines::StageReport;
use schemas::DeliveryChannel;
use store::NextAttempt;

/// What became of the messages. Several documents in one mail are one message.
#[derive(Default)]
pub(super) struct Tally {
    /// Documents of which something became.
    pub(super) done: usize,
    /// Documents that were handed over.
    pub(super) documents: u64,
    sent: u64,
    sent_before: u64,
    postponed: u64,
    given_up: u64,
    suppressed: u64,
}

impl Tally {
    /// Counts a message with some documents that was handed over, now or before.
    pub(super) fn count_delivered(&mut self, documents: usize, before: bool) {
        self.done += documents;
        if before {
            self.sent_before += 1;
        } else {
            self.sent += 1;
            self.documents += u64::try_from(documents).unwrap_or(u64::MAX);
        }
    }

    /// Counts a message with some documents that was not handed over, by what follows.
    pub(super) fn count_failed(&mut self, documents: usize, next: NextAttempt) {
        self.done += documents;
        match next {
            NextAttempt::At(_) => self.postponed += 1,
            NextAttempt::Never => self.given_up += 1,
            NextAttempt::NotWanted => self.suppressed += 1,
        }
    }

    /// What a pass did, in a sentence.
    pub(super) fn sentence(&self, channel: DeliveryChannel) -> String {
        let mut text = format!("{} {} delivered", self.sent, messages(channel));
        if self.documents != self.sent {
            text += &format!(" with {} documents", self.documents);
        }
        for (count, what) in [
            (self.sent_before, "had been delivered before"),
            (self.postponed, "postponed"),
            (self.given_up, "given up"),
            (self.suppressed, "not wanted"),
        ] {
            if 0 < count {
                text += &format!(", {count} {what}");
            }
        }
        text
    }

    /// What a person has to see of a pass.
    pub(super) fn snags(&self, channel: DeliveryChannel) -> Vec<String> {
        let messages = messages(channel);
        let seen = "`financr inbox --kind delivery` names them";
        let given_up = (0 < self.given_up).then(|| format!("{} {messages} were given up; {seen}", self.given_up));
        let again = "`financr run deliver` and every night try them again";
        let postponed = (0 < self.postponed).then(|| format!("{} {messages} were postponed; {again}", self.postponed));
        given_up.into_iter().chain(postponed).collect()
    }
}

/// What the messages of a channel are called.
fn messages(channel: DeliveryChannel) -> &'static str {
    match channel {
        DeliveryChannel::Email => "mails",
        DeliveryChannel::DropFolder => "statements for the drop folder",
        DeliveryChannel::Webhook => "events for the webhook",
        DeliveryChannel::WebPush => "messages to browsers",
    }
}

/// The reports of several channels as one.
pub(super) fn together(reports: Vec<StageReport>) -> StageReport {
    let mut all = StageReport::default();
    for report in reports {
        all.rows_written += report.rows_written;
        if !all.note.is_empty() {
            all.note += "; ";
        }
        all.note += &report.note;
        all.snags.extend(report.snags);
    }
    all
}
