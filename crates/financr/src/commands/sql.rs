//! `financr sql`: a question to the lake.

use clap::Args;

use super::Session;
use crate::ending::Ending;
use crate::house;
use crate::listing::Listing;

/// Ask the lake a question in SQL; reading only, over bronze, silver and gold (docs/TABLES.md, docs/FUNCTIONS.md)
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The statement, e.g. "SELECT count(*) FROM silver.rejects"; it may call functions of returns and of risk, as
    /// docs/FUNCTIONS.md lists them, e.g. volatility(return_fraction, business_date)
    statement: String,
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let found = lake::read::statement(&context.lake, &arguments.statement).await?;
    session.write(&Listing { columns: found.columns, rows: found.rows })?;
    Ok(Ending::Done)
}
