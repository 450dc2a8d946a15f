//! Mails about our mails: reports of failed delivery (RFC 3464) and complaints (RFC 5965).
//!
//! Only the fields that the two standards name are read, wherever they stand in the mail; free text is not guessed at.
//! What is read comes from outside and may be forged, so the caller compares it with what was sent.

use crate::error::Error;

/// Bytes of a report that are looked at; a longer one is refused.
const BYTES_MAX: usize = 1 << 20;
/// What our delivery ids look like at the beginning of a Message-ID.
const ID_LENGTH_MAX: usize = 64;

/// A mail about one of our mails.
#[derive(Clone, PartialEq, Eq)]
pub struct Returned {
    /// The delivery that it is about, from the Message-ID of the mail that came back.
    pub delivery_id: String,
    /// The address that the mail went to. Never logged.
    pub recipient: String,
    /// What it says.
    pub verdict: Verdict,
    /// The same in words, without addresses.
    pub reason: String,
}

/// What a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mail is late, or has arrived: nothing follows.
    Temporary,
    /// The mail did not arrive, though the address may be good.
    GivenUp,
    /// The mail did not arrive and no other will.
    Final,
    /// The recipient called it unwanted.
    Complaint,
}

impl Returned {
    /// Reads a report.
    ///
    /// # Errors
    /// [`Error::Mail`] if it is too long, is no such report, or does not say which mail it is about.
    pub fn read(mail: &[u8]) -> Result<Returned, Error> {
        let problem = |problem: &str| Error::Mail { problem: problem.to_owned() };
        if BYTES_MAX < mail.len() {
            return Err(problem("the report has more than 1 MiB"));
        }
        let fields = Fields::read(&String::from_utf8_lossy(mail));
        let (verdict, reason) = fields.verdict().ok_or_else(|| {
            problem("this is neither a report of a failed delivery (RFC 3464) nor a complaint (RFC 5965)")
        })?;
        let delivery_id = fields
            .delivery_id()
            .ok_or_else(|| problem("the report does not hold the Message-ID of the mail that it is about"))?;
        let recipient = fields.recipient().ok_or_else(|| problem("the report does not say whose mail it is about"))?;
        Ok(Returned { delivery_id, recipient, verdict, reason })
    }
}

impl std::fmt::Debug for Returned {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Returned")
            .field("delivery_id", &self.delivery_id)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

/// The fields of a mail and of its parts, in order, unfolded, with names in small letters.
struct Fields {
    all: Vec<(String, String)>,
    /// Where the headers of the mail that came back begin.
    original: usize,
}

impl Fields {
    fn read(text: &str) -> Fields {
        let mut all: Vec<(String, String)> = Vec::new();
        let mut original = usize::MAX;
        let mut is_folded = false;
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                if let (true, Some((_, value))) = (is_folded, all.last_mut()) {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            let named = line.split_once(':').filter(|(name, _)| is_field_name(name));
            is_folded = named.is_some();
            let Some((name, value)) = named else { continue };
            let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
            let kind = value.to_ascii_lowercase();
            let holds_original = kind.starts_with("message/rfc822") || kind.starts_with("text/rfc822-headers");
            all.push((name, value));
            if holds_original && original == usize::MAX {
                original = all.len();
            }
        }
        Fields { original: original.min(all.len()), all }
    }

    fn first(&self, name: &str) -> Option<&str> {
        first_of(&self.all, name)
    }

    /// A field of the mail that came back.
    fn of_original(&self, name: &str) -> Option<&str> {
        first_of(self.all.get(self.original..).unwrap_or_default(), name)
    }

    fn verdict(&self) -> Option<(Verdict, String)> {
        if let Some(kind) = self.first("feedback-type") {
            let kind = kind.to_ascii_lowercase();
            let verdict = if kind == "not-spam" { Verdict::Temporary } else { Verdict::Complaint };
            return Some((verdict, format!("its recipient complained: {}", plain(&kind))));
        }
        let (action, status) = (self.first("action")?.to_ascii_lowercase(), plain(self.first("status")?));
        let verdict = match (action.as_str(), status.starts_with("5.")) {
            ("failed", true) => Verdict::Final,
            ("failed", false) => Verdict::GivenUp,
            _ => Verdict::Temporary,
        };
        Some((verdict, format!("it came back: {} {status}", plain(&action))))
    }

    fn delivery_id(&self) -> Option<String> {
        let message_id = self.of_original("message-id").or_else(|| self.first("original-message-id"))?;
        let (id, _domain) = message_id.trim().trim_start_matches('<').split_once('@')?;
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        (!id.is_empty() && id.len() <= ID_LENGTH_MAX && id.bytes().all(is_id)).then(|| id.to_owned())
    }

    /// The address that we wrote to. Where it was forwarded from there, the final recipient is somebody else's affair.
    fn recipient(&self) -> Option<String> {
        let named = self.first("original-recipient").or_else(|| self.first("original-rcpt-to"));
        let found = named.or_else(|| self.of_original("to")).or_else(|| self.first("final-recipient"))?;
        let address = found.rsplit_once(';').map_or(found, |(_kind, address)| address);
        let address = address.rsplit_once('<').map_or(address, |(_name, address)| address);
        let address = address.trim().trim_end_matches('>').trim();
        address.contains('@').then(|| address.to_owned())
    }
}

fn first_of<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

fn is_field_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A word of a report as it may be kept: short, and no address.
fn plain(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    word.chars().filter(|letter| letter.is_ascii_alphanumeric() || "._-".contains(*letter)).take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 3464, appendix E.1, with our Message-ID in the mail that came back.
    const FAILED: &str = "\
Date: Thu, 7 Jul 1994 17:16:05 -0400
From: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>
Message-Id: <199407072116.RAA14128@CS.UTK.EDU>
Subject: Returned mail: Cannot send message for 5 days
To: <owner-info-mime@cs.utk.edu>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
      boundary=\"RAA14128.773615765/CS.UTK.EDU\"

--RAA14128.773615765/CS.UTK.EDU

The original message was received at Sat, 2 Jul 1994 17:10:28 -0400

--RAA14128.773615765/CS.UTK.EDU
content-type: message/delivery-status

Reporting-MTA: dns; cs.utk.edu

Original-Recipient: rfc822;louisl@larry.slip.umd.edu
Final-Recipient: rfc822;louisl@larry.slip.umd.edu
Action: failed
Status: 4.0.0
Diagnostic-Code: smtp; 426 connection timed out
Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400

--RAA14128.773615765/CS.UTK.EDU
content-type: message/rfc822

Message-ID:
 <6f1c2f0e-0d0a-5a11-9d3e-000000000001@financr.example>
To: louisl@larry.slip.umd.edu
Subject: Your statement

--RAA14128.773615765/CS.UTK.EDU--
";

    fn verdict_of(text: &str) -> Verdict {
        Returned::read(text.as_bytes()).expect("a report").verdict
    }

    #[test]
    fn the_example_of_the_standard_is_understood() {
        let returned = Returned::read(FAILED.as_bytes()).expect("a report");
        assert_eq!(returned.delivery_id, "6f1c2f0e-0d0a-5a11-9d3e-000000000001");
        assert_eq!(returned.recipient, "louisl@larry.slip.umd.edu");
        assert_eq!((returned.verdict, returned.reason.as_str()), (Verdict::GivenUp, "it came back: failed 4.0.0"));
        assert!(!format!("{returned:?}").contains("louisl"), "not even in a log by mistake");
        assert_eq!(verdict_of(&FAILED.replace("Status: 4.0.0", "Status: 5.1.1")), Verdict::Final);
        assert_eq!(verdict_of(&FAILED.replace("Action: failed", "Action: delayed")), Verdict::Temporary);
        assert_eq!(verdict_of(&FAILED.replace('\n', "\r\n")), Verdict::GivenUp);
    }

    #[test]
    fn a_complaint_is_understood() {
        // After the example of RFC 5965, appendix B.2.
        let complaint = "\
From: <abusedesk@example.com>
Message-ID: <20030712040037.46341.5F8J@example.com>
Content-Type: multipart/report; report-type=feedback-report; boundary=\"p\"

--p
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <user@example.com>

--p
Content-Type: message/rfc822

Message-ID: <6f1c2f0e-0d0a-5a11-9d3e-000000000002@financr.example>
To: <user@example.com>

--p--
";
        let returned = Returned::read(complaint.as_bytes()).expect("a complaint");
        assert_eq!((returned.verdict, returned.recipient.as_str()), (Verdict::Complaint, "user@example.com"));
        assert_eq!(returned.delivery_id, "6f1c2f0e-0d0a-5a11-9d3e-000000000002");
        assert_eq!(verdict_of(&complaint.replace("abuse\n", "not-spam\n")), Verdict::Temporary);
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for wrong in
            ["", "Subject: hello\n\nAction: none", &FAILED.replace("@financr.example", ""), &"x".repeat(1 << 21)]
        {
            assert!(Returned::read(wrong.as_bytes()).is_err());
        }
    }
}
