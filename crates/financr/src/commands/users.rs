//! `financr users`: who may sign in to the API.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::TimeDelta;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use schemas::secret_hash::secret_hash;
use schemas::{Language, Role, UserId};
use serde_json::Value;
use store::{
    AccountPurpose, AuditSubject, FactorEnd, FactorEnding, NewAuditEntry, PasskeyEnding, Store, User, UserKind,
};

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// List the users of the API, make one, or decide what one may do
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// How many users are shown, by id
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr users key --out token-key.pem                    a key that tokens are signed with\n",
    "  financr users add --email anna@example.org --role admin  a user, and the token that sets the password\n",
    "  financr users\n",
    "  financr users role anna@example.org operations\n",
    "  financr users disable anna@example.org\n",
    "  financr users reset-factor anna@example.org --by otto --reason 'lost the telephone, came in person'\n\n",
    "Users sign in with POST /login (docs/API.md). A user is named by address or id."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// List the users
    List,
    /// Make a user; prints a token that sets the password, once, with POST /password-reset
    Add {
        /// The address
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// What the user is to the house: client, adviser, operations, compliance or admin
        #[arg(long)]
        role: Role,
        /// How the user wants to be called
        #[arg(long, value_name = "TEXT", default_value = "")]
        name: String,
        /// The language of what is written to the user: en, fr, de, es or it
        #[arg(long, default_value = "en")]
        language: Language,
    },
    /// Print another token that sets the password of a user
    Reset {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
    },
    /// Let a user ask no more: all sessions end
    Disable {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
    },
    /// Let a user ask again
    Enable {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
    },
    /// Give a user another role
    Role {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
        /// client, adviser, operations, compliance or admin
        role: Role,
    },
    /// Let a user sign in at another house as somebody there ([api.identity.oidc])
    Link {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
        /// The other house, as `issuer` in the configuration has it
        #[arg(long, value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new())]
        issuer: String,
        /// Who the user is there: `sub` of the tokens
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        subject: String,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
    },
    /// Show the second factors that a user has or had, and who took them away
    Factors {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
    },
    /// Take the second factor from a user who lost it, with all recovery codes and passkeys: all sessions end
    ResetFactor {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
        /// Why, and how it is known who asks; it stays on record
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        reason: String,
    },
    /// Make a key that access tokens are signed with, or second factors sealed, in a file that nobody else can read
    Key {
        /// The file; it must not be there yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Users that are read at once.
const PAGE_USERS: u32 = 1_000;
const FACTOR_ENDED: &str = "the user has no second factor and no passkey any more, and signs in by the password alone";
const NO_FACTOR: &str = "the user had no second factor and no passkey; all sessions ended";
/// How long a token that was printed is good.
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(24);

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    if let Some(Action::Key { out }) = &arguments.action {
        write_key(out)?;
        let places = "`token_key_files`, or `second_factor_key_files`, under [api.identity]";
        session.say(&format!("made {}; name it in {places}", out.display()))?;
        return Ok(Ending::Done);
    }
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let (store, now) = (&house::by_hand(&context.store), context.clock.now());
    match &arguments.action {
        None | Some(Action::List) => return list(session, store, arguments.limit, now).await,
        Some(Action::Key { .. }) => {}
        Some(Action::Add { email, role, name, language }) => {
            if !api::is_mail_address(email.trim()) {
                return Err(Usage(format!("`{email}` is no mail address")).into());
            }
            let user = User {
                user_id: uuid::Uuid::new_v4().to_string().parse()?,
                kind: UserKind::Person,
                email: email.trim().to_owned(),
                display_name: name.trim().chars().take(200).collect(),
                role: *role,
                language: *language,
                password_hash: None,
                // Whoever makes the user by hand vouches for the address.
                email_verified_at: Some(now),
                disabled_at: None,
                created_at: now,
                updated_at: now,
            };
            if !store.insert_user(&user).await? {
                let help = "`financr users reset` prints a token for a user that there is";
                return Err(Usage(format!("`{email}` is a user already; {help}")).into());
            }
            print_token(session, store, &user, now).await?;
        }
        Some(Action::Reset { user }) => print_token(session, store, &known(store, user).await?, now).await?,
        Some(Action::Disable { user }) => {
            store.disable_user(&known(store, user).await?.user_id, now).await?;
            session.say("the user may not ask any more")?;
        }
        Some(Action::Enable { user }) => {
            store.enable_user(&known(store, user).await?.user_id, now).await?;
            session.say("the user may ask again")?;
        }
        Some(Action::Link { user, issuer, subject, by }) => {
            let found = known(store, user).await?;
            if !store.link_oidc((issuer, subject), &found.user_id, by, now).await? {
                return Err(Usage(format!("`{user}`, or who `{subject}` is there, is linked already")).into());
            }
            session.say("the user can sign in there")?;
        }
        Some(Action::Factors { user }) => return factors(session, store, &known(store, user).await?).await,
        Some(Action::ResetFactor { user, by, reason }) => {
            let had_one = reset_factor(store, &known(store, user).await?.user_id, (by, reason), now).await?;
            session.say(if had_one { FACTOR_ENDED } else { NO_FACTOR })?;
        }
        Some(Action::Role { user, role }) => {
            let found = known(store, user).await?;
            if found.kind == UserKind::Service && matches!(role, Role::Admin | Role::Compliance) {
                return Err(Usage(format!("the role {role} is for people, and `{user}` is a program")).into());
            }
            store.set_user_role(&found.user_id, *role, now).await?;
            session.say(&format!("the user has the role {role} now"))?;
        }
    }
    Ok(Ending::Done)
}

/// The user with an address or an id.
pub(super) async fn known(store: &Store, text: &str) -> anyhow::Result<User> {
    let found = if text.contains('@') {
        store.user_by_email(text).await?
    } else {
        let user_id = text.parse().map_err(|_| Usage(format!("`{text}` is neither an address nor an id")))?;
        store.user(&user_id).await?
    };
    found.ok_or_else(|| Usage(format!("`{text}` is no user; `financr users` lists them")).into())
}

/// Prints a token that sets the password of a user: this once, and nowhere else.
async fn print_token(
    session: &Session,
    store: &Store,
    user: &User,
    now: chrono::DateTime<chrono::Utc>,
) -> anyhow::Result<()> {
    let token = api::new_account_token().map_err(anyhow::Error::msg)?;
    let purpose = AccountPurpose::SetPassword;
    store.insert_account_token(&secret_hash(&token), &user.user_id, purpose, TOKEN_LIFE, now).await?;
    let mut listing = Listing::new(&["user_id", "password_reset_token", "expires_at"]);
    listing.push([
        user.user_id.to_string().into(),
        token.into(),
        Value::from((now + TOKEN_LIFE).format("%Y-%m-%d %H:%M:%SZ").to_string()),
    ]);
    session.write(&listing)?;
    session.say("POST /password-reset with this token sets the password; it is good once")
}

async fn list(
    session: &Session,
    store: &Store,
    limit: u32,
    now: chrono::DateTime<chrono::Utc>,
) -> anyhow::Result<Ending> {
    let mut listing = Listing::new(&["user_id", "email", "name", "role", "verified", "disabled_at", "created_at"]);
    let (mut after, mut left) = (String::new(), limit);
    while 0 < left {
        let page = store.users(&after, left.min(PAGE_USERS)).await?;
        let Some(last) = page.last() else { break };
        after = last.user_id.to_string();
        let read = |user: &User| NewAuditEntry::read(AuditSubject::User(user.user_id.clone()), "email,display_name");
        store.note_reads(page.iter().map(read).collect(), now).await?;
        left = left.saturating_sub(u32::try_from(page.len()).unwrap_or(left));
        for user in page {
            let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%SZ").to_string();
            listing.push([
                user.user_id.to_string().into(),
                user.email.into(),
                user.display_name.into(),
                user.role.word().into(),
                user.email_verified_at.is_some().into(),
                user.disabled_at.map(day).map_or(Value::Null, Value::from),
                day(user.created_at).into(),
            ]);
        }
    }
    if listing.rows.is_empty() && session.format == Format::Table {
        session.say("nobody")?;
    } else {
        session.write(&listing)?;
    }
    Ok(Ending::Done)
}

/// Takes the second factor of a user away, and the passkeys. Returns false if there was nothing to take.
async fn reset_factor(
    store: &Store,
    user_id: &UserId,
    (by, reason): (&str, &str),
    now: chrono::DateTime<chrono::Utc>,
) -> anyhow::Result<bool> {
    let ending = FactorEnding { reason: FactorEnd::Reset, by, note: Some(reason), session_that_stays: None };
    let had_factor = store.end_second_factor(user_id, ending, now).await?;
    let ended = store.end_passkeys(user_id, PasskeyEnding { by, session_that_stays: None }, now).await?;
    Ok(had_factor || 0 < ended)
}

/// Lists the second factors that a user has or had, the latest first.
async fn factors(session: &Session, store: &Store, user: &User) -> anyhow::Result<Ending> {
    let mut listing =
        Listing::new(&["factor_id", "made_at", "confirmed_at", "ended_at", "end_reason", "ended_by", "note"]);
    let instant = |at: chrono::DateTime<chrono::Utc>| Value::from(at.format("%Y-%m-%d %H:%M:%SZ").to_string());
    for factor in store.second_factors_of(&user.user_id, PAGE_USERS).await? {
        let end = factor.end.as_ref();
        listing.push([
            factor.factor_id.clone().into(),
            instant(factor.made_at),
            factor.confirmed_at.map_or(Value::Null, instant),
            end.map_or(Value::Null, |end| instant(end.at)),
            end.map_or(Value::Null, |end| end.reason.word().into()),
            end.map_or(Value::Null, |end| end.by.clone().into()),
            end.and_then(|end| end.note.clone()).map_or(Value::Null, Value::from),
        ]);
    }
    if listing.rows.is_empty() && session.format == Format::Table {
        session.say("none, and never any")?;
    } else {
        session.write(&listing)?;
    }
    Ok(Ending::Done)
}

/// Writes a new key into a file that only its owner can read, and that was not there.
fn write_key(path: &Path) -> anyhow::Result<()> {
    let key = api::new_token_key().map_err(anyhow::Error::msg)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| Usage(format!("cannot make {}: {error}", path.display())))?;
    file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).context("writing the key")
}
