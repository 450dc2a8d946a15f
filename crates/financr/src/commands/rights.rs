//! `financr rights`: whose portfolios are, who lets whom see them, and which plan counts.

use chrono::{DateTime, Utc};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use schemas::{Plan, PortfolioId, Role, UserId};
use serde_json::Value;
use store::{AuditSubject, DelegationKind, NewAuditEntry, Store, User};

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Show or change whose portfolios are, who lets whom see them, and which plan counts
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr rights show anna@example.org\n",
    "  financr rights own anna@example.org D01 --by otto\n",
    "  financr rights delegate anna@example.org axel@example.org --kind adviser --by otto\n",
    "  financr rights end-delegation anna@example.org axel@example.org --kind adviser --by otto\n",
    "  financr rights plan anna@example.org premium --by otto\n\n",
    "A user is named by id or address. Nothing is deleted: what was ends, with the name of who ended it."
);

/// Rows that are shown of each kind.
const ROWS_MAX: u32 = 1_000;

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what a user owns, who sees it, what the user is let see, and the plans
    Show {
        /// The user, by id or address
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
    },
    /// Give a portfolio to a client
    Own {
        #[command(flatten)]
        owned: Owned,
    },
    /// Take a portfolio from a client
    Disown {
        #[command(flatten)]
        owned: Owned,
    },
    /// Let a client of the same household, or an adviser, see what a client owns
    Delegate {
        #[command(flatten)]
        delegated: Delegated,
    },
    /// End what `delegate` began
    EndDelegation {
        #[command(flatten)]
        delegated: Delegated,
    },
    /// Let a plan count for a user from now on
    Plan {
        /// The user, by id or address
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
        /// The name of the plan
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        plan: String,
        /// When it ends by itself, e.g. 2027-01-01T00:00:00Z
        #[arg(long, value_name = "INSTANT")]
        until: Option<DateTime<Utc>>,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
    },
}

#[derive(Debug, Args)]
struct Owned {
    /// The client, by id or address
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    user: String,
    /// The portfolio
    portfolio: PortfolioId,
    /// Who decides it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    by: String,
}

#[derive(Debug, Args)]
struct Delegated {
    /// The client who owns, by id or address
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    from: String,
    /// Who sees, by id or address
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    to: String,
    /// As what: household or adviser
    #[arg(long)]
    kind: DelegationKind,
    /// Who decides it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    by: String,
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let (store, now) = (&house::by_hand(&context.store), context.clock.now());
    match &arguments.action {
        Action::Show { user } => show(session, store, user, now).await?,
        Action::Own { owned } => {
            let user = may_own(store, owned, now).await?;
            let is_new = store.give_portfolio(&user, &owned.portfolio, &owned.by, now).await?;
            session.say(if is_new { "the portfolio is the client's now" } else { "it was the client's already" })?;
        }
        Action::Disown { owned } => {
            let user = known(store, &owned.user).await?.user_id;
            if !store.take_portfolio(&user, &owned.portfolio, &owned.by, now).await? {
                let problem = format!("portfolio `{}` is not the client's", owned.portfolio);
                return Err(Usage(format!("{problem}; `financr rights show` lists those that are")).into());
            }
            session.say("the portfolio is the client's no more")?;
        }
        Action::Delegate { delegated } => {
            let (from, to) = may_delegate(store, delegated).await?;
            let is_new = store.delegate(&from, &to, delegated.kind, &delegated.by, now).await?;
            session.say(if is_new { "it can be seen now" } else { "it could be seen already" })?;
        }
        Action::EndDelegation { delegated } => {
            let from = known(store, &delegated.from).await?.user_id;
            let to = known(store, &delegated.to).await?.user_id;
            if !store.end_delegation(&from, &to, delegated.kind, &delegated.by, now).await? {
                let help = "`financr rights show` lists what there is";
                return Err(Usage(format!("there is no such delegation; {help}")).into());
            }
            session.say("it can be seen no more")?;
        }
        Action::Plan { user, plan, until, by } => {
            let user = known(store, user).await?.user_id;
            let plan = Plan::named(plan).ok_or_else(|| unknown_plan(plan))?;
            store.subscribe(&user, plan.name, *until, by, now).await?;
            session.say(&format!("the plan is `{}` now", plan.name))?;
        }
    }
    Ok(Ending::Done)
}

/// A user by id or address.
async fn known(store: &Store, named: &str) -> anyhow::Result<User> {
    let found = if named.contains('@') {
        store.user_by_email(named).await?
    } else {
        let user_id: UserId = named.parse().map_err(|error: schemas::identifiers::IdError| Usage(error.to_string()))?;
        store.user(&user_id).await?
    };
    Ok(found.ok_or_else(|| Usage(format!("there is no user `{named}`")))?)
}

/// The client who is given a portfolio, if that opens it and the plan allows one more.
async fn may_own(store: &Store, owned: &Owned, now: DateTime<Utc>) -> anyhow::Result<UserId> {
    let user = known(store, &owned.user).await?;
    if user.role != Role::Client {
        let problem = format!("the user has the role {}, and only clients own portfolios", user.role);
        return Err(Usage(problem).into());
    }
    if store.portfolio(&owned.portfolio).await?.is_none() {
        let help = "`financr status` counts those that there are";
        return Err(Usage(format!("there is no portfolio `{}`; {help}", owned.portfolio)).into());
    }
    let subscription = store.subscription(&user.user_id, now).await?;
    let plan = Plan::of_subscription(subscription.as_ref().map(|found| found.plan.as_str()));
    let owns = store.ownerships(&user.user_id, ROWS_MAX).await?;
    let is_owned = owns.iter().any(|row| row.portfolio_id == owned.portfolio && row.until_at.is_none());
    if !is_owned && i64::from(plan.portfolios_max) <= store.owned_count(&user.user_id).await? {
        let problem = format!("the plan `{}` has {} portfolios at most", plan.name, plan.portfolios_max);
        return Err(Usage(format!("{problem}; `financr rights plan` gives another plan")).into());
    }
    Ok(user.user_id)
}

/// Who owns and who is to see, if the delegation opens anything.
async fn may_delegate(store: &Store, delegated: &Delegated) -> anyhow::Result<(UserId, UserId)> {
    let from = known(store, &delegated.from).await?;
    let to = known(store, &delegated.to).await?;
    let wanted = match delegated.kind {
        DelegationKind::Household => Role::Client,
        DelegationKind::Adviser => Role::Adviser,
    };
    if from.role != Role::Client || to.role != wanted || from.user_id == to.user_id {
        let kind = delegated.kind;
        return Err(
            Usage(format!("a delegation of the kind {kind} is from a client to another user, a {wanted}")).into()
        );
    }
    Ok((from.user_id, to.user_id))
}

async fn show(session: &Session, store: &Store, named: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let user = known(store, named).await?.user_id;
    let read = NewAuditEntry::read(AuditSubject::User(user.clone()), "portfolios,delegations,subscriptions");
    store.note_reads(vec![read], now).await?;
    let shown = |at: DateTime<Utc>| Value::from(at.format("%Y-%m-%d %H:%M:%SZ").to_string());
    let end = |at: Option<DateTime<Utc>>| at.map_or(Value::Null, shown);
    let mut listing = Listing::new(&["right", "of", "since", "until", "by"]);
    for row in store.ownerships(&user, ROWS_MAX).await? {
        let of = row.portfolio_id.to_string();
        listing.push(["owns".into(), of.into(), shown(row.since_at), end(row.until_at), row.given_by.into()]);
    }
    for row in store.delegations(&user, ROWS_MAX).await? {
        let (right, of) = if row.from_user_id == user {
            (format!("is seen by ({})", row.kind), row.to_user_id)
        } else {
            (format!("sees ({})", row.kind), row.from_user_id)
        };
        listing.push([
            right.into(),
            of.to_string().into(),
            shown(row.since_at),
            end(row.until_at),
            row.given_by.into(),
        ]);
    }
    for row in store.subscriptions(&user, ROWS_MAX).await? {
        let until = row.until_at.or(row.paid_until_at);
        listing.push(["plan".into(), row.plan.into(), shown(row.since_at), end(until), row.given_by.into()]);
    }
    if listing.rows.is_empty() && session.format == Format::Table {
        session.say("nothing")?;
    } else {
        session.write(&listing)?;
    }
    let seen = store.visible_portfolio_ids(&user, now).await?;
    session.say(&format!("{} portfolios are seen", seen.len()))?;
    Ok(())
}

fn unknown_plan(name: &str) -> Usage {
    let known = Plan::all().into_iter().map(|plan| plan.name).collect::<Vec<_>>().join(", ");
    Usage(format!("unknown plan `{name}`; known: {known}"))
}
