//! What was published: a list of statements, or one of them with all that is known of it.

use jobs::Context;
use jobs::proof::archived;
use serde_json::Value;
use store::{Delivery, DeliveryState, Statement, StatementFilter};

use super::verify::verdict;
use super::{Listed, Session, at};
use crate::ending::{Ending, Usage};
use crate::listing::{Format, Listing};

pub(super) async fn list(session: &Session, context: &Context, listed: &Listed) -> anyhow::Result<Ending> {
    let filter = StatementFilter {
        subject: listed.subject(),
        kind: listed.kind.clone(),
        ends_from: listed.period.map(schemas::CalendarPeriod::first_day),
        ends_to: listed.period.map(schemas::CalendarPeriod::last_day),
    };
    let found = context.store.find_statements(&filter, listed.limit).await?;
    let columns =
        ["statement", "kind", "portfolio", "period start", "period end", "version", "run", "published", "told"];
    let mut listing = Listing::new(&columns);
    for statement in &found {
        let deliveries = context.store.deliveries_of_statement(&statement.id).await?;
        listing.push([
            statement.id.clone().into(),
            statement.kind.clone().into(),
            statement.subject.to_string().into(),
            statement.period_start.to_string().into(),
            statement.period_end.to_string().into(),
            statement.version.into(),
            statement.run_id.to_string().into(),
            at(statement.published_at).into(),
            told(&deliveries).into(),
        ]);
    }
    if found.is_empty() {
        session.say("nothing was published that fits")?;
    }
    if !found.is_empty() || session.format != Format::Table {
        session.write(&listing)?;
    }
    if u32::try_from(found.len()).is_ok_and(|count| count == listed.limit) {
        session.say(&format!("the latest {}; --limit shows more", found.len()))?;
    }
    Ok(Ending::Done)
}

/// How many messages about a statement are in which state.
fn told(deliveries: &[Delivery]) -> String {
    let states = [DeliveryState::Delivered, DeliveryState::Pending, DeliveryState::Failed];
    let counted = states.map(|state| (state, deliveries.iter().filter(|delivery| delivery.state == state).count()));
    let words: Vec<String> =
        counted.iter().filter(|(_, count)| 0 < *count).map(|(state, count)| format!("{count} {state}")).collect();
    if words.is_empty() { "nobody".to_owned() } else { words.join(", ") }
}

pub(super) async fn show(session: &Session, context: &Context, id: &str) -> anyhow::Result<Ending> {
    let Some(statement) = context.store.statement(id).await? else {
        return Err(Usage(format!("there is no statement `{id}`; `financr report list` lists them")).into());
    };
    let mut listing = Listing::new(&["what", "name", "value"]);
    described(&statement, &mut listing);
    let mut whole = true;
    for file in &statement.files {
        let found = archived(context, id, file).await?;
        whole &= found.is_as_it_should_be();
        let value = format!("{}, {} bytes, SHA-256 {}", verdict(&found), file.byte_count, file.sha256);
        listing.push(["file".into(), file.object_path.clone().into(), value.into()]);
    }
    for delivery in context.store.deliveries_of_statement(id).await? {
        let when = match (delivery.delivered_at, delivery.next_attempt_at) {
            (Some(delivered), _) => format!(" {}", at(delivered)),
            (None, Some(next)) => format!(", next try {}", at(next)),
            (None, None) => String::new(),
        };
        let name = format!("{} to {}", delivery.channel, delivery.recipient);
        listing.push(["delivery".into(), name.into(), format!("{}{when}", delivery.state).into()]);
    }
    for other in context.store.statement_versions(&statement).await? {
        if other.id != statement.id {
            let value = format!("version {}, published {}", other.version, at(other.published_at));
            listing.push(["other version".into(), other.id.into(), value.into()]);
        }
    }
    session.write(&listing)?;
    if whole {
        return Ok(Ending::Done);
    }
    session.say("the archive does not have what was published; restore it from the backup")?;
    Ok(Ending::NotProven)
}

fn described(statement: &Statement, listing: &mut Listing) {
    let known: [(&str, Value); 8] = [
        ("id", statement.id.clone().into()),
        ("kind", statement.kind.clone().into()),
        (statement.subject.kind(), statement.subject.to_string().into()),
        ("period", format!("after {} up to {}", statement.period_start, statement.period_end).into()),
        ("version", statement.version.into()),
        ("run", statement.run_id.to_string().into()),
        ("published", at(statement.published_at).into()),
        ("document SHA-256", statement.document_sha256.clone().into()),
    ];
    for (name, value) in known {
        listing.push(["statement".into(), name.into(), value]);
    }
}
