//! Documents that are past their period of retention: listed, and removed only on command.

use clap::Args;
use jobs::Context;
use jobs::retention::{Retention, expired, remove};
use schemas::BusinessDate;

use super::{Session, at};
use crate::ending::{Ending, Usage};
use crate::listing::{Format, Listing};

/// What is listed, and whether it is removed.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// List what will be past its period on this day instead of today; removes nothing
    #[arg(long, value_name = "DATE", conflicts_with = "delete")]
    as_of: Option<BusinessDate>,
    /// Remove the archived files of what is listed; their hashes stay on record
    #[arg(long, requires = "by")]
    delete: bool,
    /// Who removes them
    #[arg(long, value_name = "NAME", requires = "delete")]
    by: Option<String>,
    /// How many statements are listed or removed
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

pub(super) async fn execute(
    session: &Session,
    context: &Context,
    retention: &Retention,
    asked: &Asked,
) -> anyhow::Result<Ending> {
    let today = context.clock.now().date_naive();
    let on = asked.as_of.map_or(today, BusinessDate::day);
    let limit = usize::try_from(asked.limit)?;
    let found = expired(context, retention, on, limit).await?;
    let mut listing = Listing::new(&["statement", "kind", "portfolio", "published", "years", "kept through", "run"]);
    for past in &found {
        let statement = &past.statement;
        listing.push([
            statement.id.clone().into(),
            statement.kind.clone().into(),
            statement.subject.to_string().into(),
            at(statement.published_at).into(),
            retention.years_of(&statement.kind).into(),
            past.kept_through.to_string().into(),
            statement.run_id.to_string().into(),
        ]);
    }
    if !found.is_empty() || session.format != Format::Table {
        session.write(&listing)?;
    }
    if found.len() == limit {
        session.say(&format!("the earliest {limit}; --limit takes more"))?;
    }
    if !asked.delete {
        let kept = "nothing was removed; --delete --by NAME removes their files and keeps their hashes";
        let said = if found.is_empty() { format!("nothing is past its period on {on}") } else { kept.to_owned() };
        session.say(&said)?;
        return Ok(Ending::Done);
    }
    let by = asked.by.as_deref().ok_or_else(|| Usage("say who removes them: --by NAME".to_owned()))?;
    let removed = remove(context, retention, &found, by).await?;
    session
        .say(&format!("the files of {removed} statements were removed; `financr report verify` still knows them"))?;
    Ok(Ending::Done)
}
