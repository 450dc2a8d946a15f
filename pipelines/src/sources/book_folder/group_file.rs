//! `group.json`: a household or a composite, and the portfolios that belong to it.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use schemas::tables::group_members::GroupMember;
use schemas::{BusinessDate, Currency, GroupId, MarketId, PortfolioId};
use serde::Deserialize;

use super::market_files::label;
use super::{GroupFolder, SOURCE, read_file};
use crate::error::Error;
use crate::landing::Delivered;
use crate::sources::{Facts, LandedFile};

/// The name of the file.
pub(crate) const NAME: &str = "group.json";

/// What a group can be.
const KINDS: [&str; 2] = ["household", "composite"];
/// Rows of members that a group may have.
const MEMBERS_MAX: usize = 10_000;

/// `group.json` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    id: GroupId,
    title: Option<String>,
    kind: String,
    base_currency: Currency,
    members: Vec<MemberEntry>,
}

/// A member as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberEntry {
    portfolio: PortfolioId,
    from: BusinessDate,
    to: Option<BusinessDate>,
}

/// Reads the group of a folder.
pub(super) fn read_group(folder: &Path) -> Result<GroupFolder, Error> {
    let bytes = read_file(folder, NAME)?.unwrap_or_else(Bytes::new);
    let file = folder.join(NAME).display().to_string();
    let group = read(&file, &bytes)?;
    // A group id is a valid market id: both follow the same rule.
    let lands_as: MarketId = group.id.as_str().parse().map_err(|error: schemas::identifiers::IdError| {
        Error::Folder { folder: folder.to_owned(), problem: error.to_string() }
    })?;
    Ok(GroupFolder {
        folder: folder.to_owned(),
        members: group.members.iter().map(|member| member.portfolio.clone()).collect(),
        group_id: group.id,
        delivery: Delivered { source: SOURCE.name, market_id: lands_as, file_name: NAME.to_owned(), bytes },
    })
}

/// Reads a landed group.
pub(super) fn members(file: &LandedFile<'_>) -> Result<Facts, Error> {
    let group = read(&label(file), file.bytes)?;
    let title = group.title.unwrap_or_else(|| group.id.to_string());
    let row = |member: MemberEntry| GroupMember {
        group_id: group.id.clone(),
        title: title.clone(),
        kind: group.kind.clone(),
        base_currency: group.base_currency,
        portfolio_id: member.portfolio,
        from_date: member.from,
        to_date: member.to,
        landing_sha256: file.sha256.to_owned(),
    };
    Ok(Facts { group_members: group.members.into_iter().map(row).collect(), ..Facts::default() })
}

fn read(file: &str, bytes: &[u8]) -> Result<GroupFile, Error> {
    let problem = |problem: String| Error::Sheet { file: file.to_owned(), problem };
    let group: GroupFile = serde_json::from_slice(bytes).map_err(|error| problem(error.to_string()))?;
    check(&group).map_err(problem)?;
    Ok(group)
}

fn check(group: &GroupFile) -> Result<(), String> {
    if !KINDS.contains(&group.kind.as_str()) {
        let shown: String = group.kind.chars().take(40).collect();
        return Err(format!("`kind` is one of {}, not `{shown}`", KINDS.join(", ")));
    }
    if MEMBERS_MAX < group.members.len() {
        return Err(format!("a group has at most {MEMBERS_MAX} members, not {}", group.members.len()));
    }
    let mut periods: BTreeMap<&PortfolioId, Vec<(BusinessDate, Option<BusinessDate>)>> = BTreeMap::new();
    for member in &group.members {
        if let Some(to) = member.to.filter(|to| *to < member.from) {
            return Err(format!("`{}` is a member from {} to {to}, which is before", member.portfolio, member.from));
        }
        periods.entry(&member.portfolio).or_default().push((member.from, member.to));
    }
    for (portfolio, mut of_member) in periods {
        of_member.sort();
        for pair in of_member.windows(2) {
            if let [(_, to), (from, _)] = pair
                && to.is_none_or(|to| *from <= to)
            {
                return Err(format!("`{portfolio}` is a member twice on {from}; end the first period before it"));
            }
        }
    }
    Ok(())
}
