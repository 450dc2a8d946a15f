//! silver.group_members: households and composites.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::identifiers::{GroupId, PortfolioId};

crate::table! {
    /// One row per group of portfolios, member and day from which it belongs to it. The last `group.json` of a group is
    /// the whole truth.
    GroupMember = "silver.group_members", key ["group_id", "portfolio_id", "from_date"], dated None,
    /// The group.
    group_id: GroupId,
    /// The title of the group for people.
    title: String,
    /// `household` for portfolios of one client that are seen as one, `composite` for portfolios of one strategy.
    kind: String,
    /// The currency of the group's figures.
    base_currency: Currency,
    /// The member.
    portfolio_id: PortfolioId,
    /// The first day whose return counts.
    from_date: BusinessDate,
    /// The last day whose return counts; none if the member stays.
    to_date: Option<BusinessDate>,
    /// The landing it came from.
    landing_sha256: String,
}
