//! What can go wrong while a document is made or handed over.

use schemas::{BusinessDate, Currency, GroupId, PortfolioId, Subject};

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A statement was given rows of somebody else. Nobody may ever read another client's figures.
    #[error("{table} has a row of {found} in the statement of {expected}")]
    ForeignRow {
        /// The table the row is from.
        table: &'static str,
        /// Whose statement it is.
        expected: PortfolioId,
        /// Whose row it is.
        found: PortfolioId,
    },
    /// A statement was given rows of another time.
    #[error("{table} has a row of {found}, which is not {expected}")]
    ForeignDate {
        /// The table the row is from.
        table: &'static str,
        /// The date or period the rows should be of.
        expected: String,
        /// The date of the row.
        found: BusinessDate,
    },
    /// A check says that nothing may be published.
    #[error("no statement of {portfolio_id} for {date}: check `{check_name}` blocks it ({findings} blocking findings)")]
    Blocked {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The date of the statement.
        date: BusinessDate,
        /// The first blocking check by name.
        check_name: String,
        /// How many findings block.
        findings: usize,
    },
    /// Positions and cash do not add up to the value of the portfolio.
    #[error(
        "{portfolio_id} on {date}: positions and cash differ from the portfolio's value by {residual} {currency}, \
         more than rounding explains; re-run the rollups of that date"
    )]
    DoesNotFoot {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The date of the statement.
        date: BusinessDate,
        /// Value of the portfolio minus the sum of the printed parts.
        residual: rust_decimal::Decimal,
        /// The base currency.
        currency: Currency,
    },
    /// The bookings of a period do not lead from the cash at its start to that at its end.
    #[error(
        "{portfolio_id} on {date}: the bookings of the period leave {residual} {currency} of the cash balance \
         unexplained; run the books of the period again"
    )]
    CashDoesNotFoot {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The date of the list.
        date: BusinessDate,
        /// The balance at end minus what the bookings lead to.
        residual: rust_decimal::Decimal,
        /// The currency of the account.
        currency: Currency,
    },
    /// The lines of the change in value do not lead from the value at start to the value at end.
    #[error(
        "{portfolio_id} on {date}: the lines of the change in value leave {residual} {currency} of it unexplained, \
         more than rounding does; run the books and the rollups of the period again"
    )]
    BridgeDoesNotFoot {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The date of the statement.
        date: BusinessDate,
        /// The change in value minus the sum of the printed lines.
        residual: rust_decimal::Decimal,
        /// The base currency.
        currency: Currency,
    },
    /// The gains of the lots that a disposal closed are not its gain.
    #[error(
        "{portfolio_id}: the lots that transaction `{transaction_id}` closed leave {residual} of its gain in base \
         currency unexplained; run the books of its date again"
    )]
    LotsDoNotFoot {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The disposal.
        transaction_id: String,
        /// The gain minus the sum of the lots' gains.
        residual: rust_decimal::Decimal,
    },
    /// A sum has more digits than a decimal holds.
    #[error("the sum of {what} has more than 28 digits")]
    Overflow {
        /// What was added.
        what: &'static str,
    },
    /// Amounts of two currencies stand in one sum.
    #[error("{what} mix {left} and {right}: they have no sum")]
    MixedCurrencies {
        /// What was added.
        what: &'static str,
        /// One currency.
        left: Currency,
        /// The other.
        right: Currency,
    },
    /// A document about a group was given rows of another one.
    #[error("{table} has a row of {found} in the document about {expected}")]
    ForeignGroup {
        /// The table the row is from.
        table: &'static str,
        /// Which group it is about.
        expected: GroupId,
        /// Whose row it is.
        found: GroupId,
    },
    /// The firm has not said what a document must say.
    #[error("no {kind} of {subject}: the configuration lacks {missing}, which only the firm can say (docs/RUNBOOK.md)")]
    NotConfigured {
        /// The kind of document.
        kind: &'static str,
        /// What it would be about.
        subject: Subject,
        /// The keys that are missing, in their order in the file.
        missing: String,
    },
    /// A composite has no record of performance yet.
    #[error("the composite {group_id} has no return up to {date}; it has no report before a member has one")]
    NoRecord {
        /// The composite.
        group_id: GroupId,
        /// The date of the report.
        date: BusinessDate,
    },
    /// No such statement.
    #[error("unknown statement `{id}`; known: {known}")]
    UnknownStatement {
        /// The id as given.
        id: String,
        /// The ids there are.
        known: String,
    },
    /// A font of the program cannot be read or cut down.
    #[error("cannot use the font {font}: {problem}")]
    Font {
        /// The font.
        font: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The PDF writer refused the pages.
    #[error("cannot write the document as PDF: {problem}")]
    Pdf {
        /// The writer's reason.
        problem: String,
    },
    /// A password cannot protect a file.
    #[error("the password {problem}; use 1 to 127 bytes of letters, digits and signs")]
    Password {
        /// What is wrong with it; never the password.
        problem: String,
    },
    /// The document does not become JSON.
    #[error("cannot write the document as JSON")]
    Json(#[source] serde_json::Error),
    /// A file could not be written.
    #[error("cannot write {what}")]
    Write {
        /// Which file.
        what: &'static str,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A row of a regulatory file lacks a mandatory value, or has one that the schema refuses. Nothing is filled in.
    #[error("row {row} of the {form}: `{field}` {problem}")]
    Row {
        /// The form.
        form: &'static str,
        /// The row, from 1, in the order given.
        row: usize,
        /// The field as the schema calls it.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A regulatory file as a whole breaks a limit.
    #[error("the {form} {problem}")]
    Form {
        /// The form.
        form: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A mail or the settings for mail cannot be used.
    #[error("mail: {problem}")]
    Mail {
        /// What is wrong; never an address.
        problem: String,
    },
    /// A channel by which documents are handed over cannot be used as configured.
    #[error("{channel}: {problem}")]
    Channel {
        /// The channel, for people.
        channel: &'static str,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A file of statements or of one of them cannot be used.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried, e.g. `read`.
        action: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Hardly any line of a file is a statement.
    #[error("more than {max} lines of {} cannot be used; is it a file of one statement a line?", path.display())]
    TooManyRejects {
        /// The file.
        path: std::path::PathBuf,
        /// How many lines may be rejected.
        max: usize,
    },
    /// A thread that rendered statements ended without a result.
    #[error("a thread that rendered statements ended unexpectedly; this is a bug")]
    Worker,
}
