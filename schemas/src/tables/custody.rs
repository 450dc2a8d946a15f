//! silver.custody: where the assets of portfolios are kept, and who else has rights in them.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, asset and day from which it is kept so. A row that names an asset counts before one that
    /// is about all assets; of those that have begun the latest counts. The last `custody.csv` of a book is the whole
    /// truth.
    CustodyRow = "silver.custody", key ["portfolio_id", "asset", "from_date"], dated None,
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument, e.g. `D01~AAPL`, or cash, e.g. `CASH~EUR`; empty for everything that no other row names.
    asset: String,
    /// The first day on which it is so.
    from_date: BusinessDate,
    /// Whether the rules that protect clients' assets (Directive 2014/65/EU, Article 16(8) to (10)) cover it.
    is_protected: bool,
    /// Who keeps it and where, e.g. `Example Custody SA, Luxembourg`; empty if that is not said.
    custodian: String,
    /// Rights of others in it, separated by `;` in the order of the alphabet: `joint_ownership`, `pledge`,
    /// `security_interest`, `title_transfer`, `usufruct`; empty if there are none.
    peculiarities: String,
    /// What else a client should read about it, e.g. for whom it is pledged; empty for nothing.
    note: String,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
