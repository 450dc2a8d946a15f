//! A published statement, made again from the same tables.

use jobs::Context;
use jobs::rendered_again::render_again;
use schemas::{BusinessDate, PortfolioId};

use super::Session;
use crate::ending::Ending;
use crate::house::VERSION;
use crate::listing::Listing;

pub(super) async fn execute(
    session: &Session,
    context: &Context,
    portfolio: &PortfolioId,
    date: BusinessDate,
    kind: Option<&str>,
) -> anyhow::Result<Ending> {
    let again = render_again(context, portfolio, date, kind).await?;
    let mut listing = Listing::new(&["statement", "media type", "bytes", "published sha256", "rendered sha256"]);
    let mut identical = true;
    for statement in &again {
        for file in &statement.files {
            identical &= file.is_identical();
            listing.push([
                statement.statement.id.clone().into(),
                file.media_type.clone().into(),
                if file.is_identical() { "identical" } else { "different" }.into(),
                file.published_sha256.clone().into(),
                file.sha256.clone().into(),
            ]);
        }
    }
    session.write(&listing)?;
    if identical {
        session.say("rendered again from the same tables: the bytes are identical")?;
        return Ok(Ending::Done);
    }
    let then: Vec<&str> = again.iter().map(|statement| statement.program_version.as_str()).collect();
    session.say(&format!(
        "the bytes differ: version {} made what was published, version {VERSION} renders now; another version may lay \
         a page out otherwise, the same one may not",
        then.join(", ")
    ))?;
    Ok(Ending::Partial)
}
