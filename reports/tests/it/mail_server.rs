//! Mail to a server: a small one in this process, which behaves as it is told.

use std::sync::{Arc, Mutex};

use reports::delivery::Outcome;
use reports::delivery::email::{MailTransport, Mailer, SmtpSettings, TlsMode};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::mail_folder::{mail, settings_with};

/// What the server does with a recipient or a message.
#[derive(Clone, Copy)]
enum Manner {
    Accept,
    /// Answers every recipient with this line.
    Answer(&'static str),
    /// Takes the message of the first connection and never says so.
    HangOnce,
    /// Takes nothing from whoever has not logged in with the right password.
    AskForLogin,
}

struct Server {
    port: u16,
    messages: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(manner: Manner) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let messages = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&messages);
        tokio::spawn(async move {
            let mut is_first = true;
            while let Ok((stream, _)) = listener.accept().await {
                let hangs = is_first && matches!(manner, Manner::HangOnce);
                is_first = false;
                let taken = Arc::clone(&taken);
                // A client may leave at any point; that is its business.
                tokio::spawn(async move { drop(converse(stream, manner, hangs, taken).await) });
            }
        });
        Server { port, messages }
    }

    fn mailer(&self) -> Mailer {
        self.mailer_with(plain(self.port))
    }

    fn mailer_with(&self, smtp: SmtpSettings) -> Mailer {
        Mailer::new(&settings_with(MailTransport::Smtp(smtp), 1)).expect("a mailer")
    }

    fn messages(&self) -> Vec<String> {
        self.messages.lock().expect("not poisoned").clone()
    }
}

fn plain(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: TlsMode::None,
        ca_file: None,
        username: None,
        password: None,
        connections_max: 2,
    }
}

/// `PLAIN` of RFC 4616 for the name `statements` and the password `right`.
const RIGHT_LOGIN: &str = "AUTH PLAIN AHN0YXRlbWVudHMAcmlnaHQ=";

async fn converse(
    stream: TcpStream,
    manner: Manner,
    hangs: bool,
    messages: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 ready\r\n").await?;
    let mut logged_in = false;
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        let answer = if command.starts_with("EHLO") && matches!(manner, Manner::AskForLogin) {
            "250-hello\r\n250 AUTH PLAIN"
        } else if command.starts_with("AUTH") {
            logged_in = line == RIGHT_LOGIN;
            if logged_in { "235 2.7.0 welcome" } else { "535 5.7.8 no" }
        } else if command.starts_with("RCPT") {
            match manner {
                Manner::Answer(answer) => answer,
                Manner::AskForLogin if !logged_in => "530 5.7.0 log in first",
                Manner::Accept | Manner::HangOnce | Manner::AskForLogin => "250 ok",
            }
        } else if command.starts_with("DATA") {
            writer.write_all(b"354 go on\r\n").await?;
            let mut message = String::new();
            while let Some(line) = lines.next_line().await? {
                if line == "." {
                    break;
                }
                message.push_str(&line);
                message.push('\n');
            }
            if hangs {
                std::future::pending::<()>().await;
            }
            messages.lock().expect("not poisoned").push(message);
            "250 taken"
        } else if command.starts_with("QUIT") {
            writer.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 ok"
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_accepted_message_is_delivered() {
    let server = Server::start(Manner::Accept).await;
    let mailer = server.mailer();
    for id in ["D03-1", "D03-2"] {
        assert_eq!(mailer.deliver(&mail(id)).await, Outcome::Delivered("250 taken".to_owned()));
    }
    let messages = server.messages();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].contains("Message-ID: <D03-1@financr.example>"), "{}", messages[0]);
    assert!(messages[1].contains("Message-ID: <D03-2@financr.example>"), "{}", messages[1]);
}

#[tokio::test]
async fn a_temporary_refusal_is_tried_again_later() {
    let server = Server::start(Manner::Answer("451 4.3.0 client@example.org: try later")).await;
    let outcome = server.mailer().deliver(&mail("D03-1")).await;
    assert_eq!(outcome, Outcome::TransientFailure("the mail server asks to try again later (451)".to_owned()));
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn a_final_refusal_is_final_and_its_reason_names_nobody() {
    let server = Server::start(Manner::Answer("550 5.1.1 client@example.org: no such user")).await;
    let outcome = server.mailer().deliver(&mail("D03-1")).await;
    assert_eq!(
        outcome,
        Outcome::RecipientRefused("the mail server says that there is no such mailbox (550)".to_owned())
    );
}

#[tokio::test]
async fn a_rule_of_the_house_is_not_a_missing_mailbox() {
    // RFC 3463, section 3.8: X.7 is security or policy, so the address may be good.
    let server = Server::start(Manner::Answer("550 5.7.1 relaying denied")).await;
    let outcome = server.mailer().deliver(&mail("D03-1")).await;
    assert_eq!(outcome, Outcome::PermanentFailure("the mail server refused the message (550)".to_owned()));
}

#[tokio::test]
async fn nothing_is_sent_without_the_encryption_that_was_asked_for() {
    let server = Server::start(Manner::Accept).await;
    let mailer = server.mailer_with(SmtpSettings { tls: TlsMode::StartTls, ..plain(server.port) });
    let Outcome::ChannelFailure(reason) = mailer.deliver(&mail("D03-1")).await else { unreachable!("it offers none") };
    assert!(reason.contains("does not offer encryption"), "{reason}");
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn a_login_is_made_and_its_refusal_stops_the_way_and_not_the_message() {
    let with_login = |server: &Server, password: &str| {
        server.mailer_with(SmtpSettings {
            username: Some("statements".to_owned()),
            password: Some(SecretString::from(password.to_owned())),
            ..plain(server.port)
        })
    };
    let server = Server::start(Manner::AskForLogin).await;
    let outcome = with_login(&server, "right").deliver(&mail("D03-1")).await;
    assert_eq!(outcome, Outcome::Delivered("250 taken".to_owned()));
    let outcome = with_login(&server, "wrong").deliver(&mail("D03-2")).await;
    assert_eq!(outcome, Outcome::ChannelFailure("the mail server refused our login (535)".to_owned()));
    let outcome = server.mailer().deliver(&mail("D03-3")).await;
    assert_eq!(outcome, Outcome::ChannelFailure("the mail server refused our login (530)".to_owned()));
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn a_refused_login_is_not_the_messages_fault() {
    let server = Server::start(Manner::Answer("530 5.7.0 log in first")).await;
    let outcome = server.mailer().deliver(&mail("D03-1")).await;
    assert_eq!(outcome, Outcome::ChannelFailure("the mail server refused our login (530)".to_owned()));
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_its_connection_is_not_used_again() {
    let server = Server::start(Manner::HangOnce).await;
    let mailer = server.mailer();
    let outcome = mailer.deliver(&mail("D03-1")).await;
    assert!(matches!(&outcome, Outcome::Unknown(reason) if reason.contains("within 1 seconds")), "{outcome:?}");
    assert_eq!(mailer.deliver(&mail("D03-2")).await, Outcome::Delivered("250 taken".to_owned()));
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].contains("<D03-2@financr.example>") && !messages[0].contains("D03-1"), "{}", messages[0]);
}

#[tokio::test]
async fn no_server_is_a_transient_failure() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let server = Server { port, messages: Arc::default() };
    let outcome = server.mailer().deliver(&mail("D03-1")).await;
    assert_eq!(outcome, Outcome::ChannelFailure("the connection to the mail server failed".to_owned()));
}
