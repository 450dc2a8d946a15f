//! `financr show PORTFOLIO --basis …`: units and cash as they are booked by now, and what is pending.

use std::io::Write;

use jobs::{BalanceBasis, Context};
use schemas::PortfolioId;

use super::{Arguments, What};
use crate::commands::Session;
use crate::ending::{Ending, Usage};
use crate::holdings_listing::{held_listing, pending_listing};
use crate::listing::Format;

/// Units and cash on one basis as they are booked by now, and on that of settlement what is pending.
pub(super) async fn write(
    session: &Session,
    context: &Context,
    id: &PortfolioId,
    arguments: &Arguments,
) -> anyhow::Result<Ending> {
    let basis = arguments.basis_asked()?;
    let Some(portfolio) = context.store.portfolio(id).await? else {
        return Err(Usage(format!("there is no portfolio `{id}` in the store; `financr show` lists them")).into());
    };
    let Some(date) = arguments.date.or(lake::read::latest_business_date(&context.lake, id).await?) else {
        return Err(Usage(format!("{id} was never valued, so no day is the last; give one, --date D")).into());
    };
    if date < portfolio.start_date {
        let problem = format!("{id} begins after {date}; its first day is {}", portfolio.start_date);
        return Err(Usage(problem).into());
    }
    let told = jobs::holdings::holdings(context, &portfolio, date, basis).await?;
    let holdings =
        told.map_err(|why| Usage(format!("what {id} held on {date} by {basis} date is not known: {why}")))?;
    let counts = match basis {
        BalanceBasis::Trade => "a transaction counts from the day of the trade, settled or not",
        BalanceBasis::Settlement => "a transaction counts from the day on which cash and securities change hands",
    };
    session.say(&format!("{}\nHeld on {date} by {basis} date: {counts}", portfolio.title))?;
    let shown = |what| arguments.what.includes(what, session.format);
    let for_people = session.format == Format::Table;
    if shown(What::Positions) && for_people && holdings.balances.is_empty() {
        session.say("Nothing is held.")?;
    } else if shown(What::Positions) {
        session.write(&held_listing(&holdings, date, basis, session.format))?;
    }
    if basis == BalanceBasis::Settlement && shown(What::Pending) {
        if for_people && holdings.pending.is_empty() {
            session.say("Everything that was traded is settled.")?;
        } else {
            session.say("Pending: traded and not settled yet; what will come in, negative if it will go out")?;
            session.write(&pending_listing(&holdings, session.format))?;
        }
    }
    for note in &holdings.notes {
        if for_people {
            session.say(note)?;
        } else {
            writeln!(std::io::stderr().lock(), "{id}: {note}")?;
        }
    }
    Ok(Ending::Done)
}
