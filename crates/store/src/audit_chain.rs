//! The chain of the audit log: how an entry is hashed, and whether all of them hang together.

use std::fmt;

use schemas::secret_hash::secret_hash;

use crate::audit::{AuditEntry, AuditHead};
use crate::database::PAGE_ROWS_MAX;
use crate::error::Result;
use crate::store::Store;

/// What the first entry has in place of the hash of one before.
pub(crate) const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The name of the form in which entries are hashed, and its version.
const FORM: &str = "financr audit entry 1";

/// Where the chain breaks first, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainBreak {
    /// The number of the entry that should be there and be right.
    pub number: i64,
    /// What is wrong.
    pub problem: ChainProblem,
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainProblem {
    /// The entry is not there.
    Missing,
    /// The entry does not follow from the one before: one of the two was changed, moved or put in.
    NotFollowing,
    /// The entry is not what was hashed.
    Changed,
    /// The chain ends before its head.
    CutOff,
    /// The last entry is not the one that the head names.
    OtherHead,
    /// The entry is not the one that was noted outside of the store.
    NotAsNoted,
}

impl fmt::Display for ChainBreak {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match self.problem {
            ChainProblem::Missing => write!(formatter, "entry {number} is not there"),
            ChainProblem::NotFollowing => write!(formatter, "entry {number} does not follow from the one before"),
            ChainProblem::Changed => write!(formatter, "entry {number} was changed"),
            ChainProblem::CutOff => write!(formatter, "the chain ends before entry {number}, which its head counts"),
            ChainProblem::OtherHead => write!(formatter, "entry {number} is not the one that the head names"),
            ChainProblem::NotAsNoted => write!(formatter, "entry {number} is not the one that was noted"),
        }
    }
}

/// What the check of a chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainState {
    /// Everything hangs together up to this entry.
    Whole(AuditHead),
    /// It does not.
    Broken(ChainBreak),
}

/// The hash of an entry: the SHA-256 of its form, in which every part has its length in bytes before it, so that no two
/// entries have one form.
pub fn entry_hash(entry: &AuditEntry) -> String {
    let number = entry.number.to_string();
    let parts = [
        FORM,
        entry.previous_hash.as_str(),
        number.as_str(),
        entry.happened_at.as_str(),
        entry.actor_kind.as_str(),
        entry.actor_id.as_str(),
        entry.action.as_str(),
        entry.subject_kind.as_str(),
        entry.subject_id.as_str(),
        entry.fields.as_str(),
        entry.outcome.as_str(),
        entry.request_id.as_str(),
    ];
    let form = parts.iter().map(|part| format!("{}:{part},", part.len())).collect::<String>();
    secret_hash(&form)
}

impl Store {
    /// Checks the whole chain, a page at a time, up to the head that there is when it begins.
    ///
    /// - `noted`: heads that were noted outside of the store, in any order: each must be part of the chain.
    ///
    /// # Errors
    /// The database's reason. What is wrong with the chain is no error.
    pub async fn check_audit_chain(&self, noted: &[AuditHead]) -> Result<ChainState> {
        let head = self.audit_head().await?;
        let mut noted: Vec<&AuditHead> = noted.iter().collect();
        noted.sort_by_key(|known| known.number);
        let mut waiting = noted.into_iter().skip_while(|known| known.number < 1).peekable();
        let mut last = AuditHead { number: 0, hash: NO_HASH.to_owned() };
        while last.number < head.number {
            let page = self.audit_entries_after(last.number, PAGE_ROWS_MAX).await?;
            if page.is_empty() {
                return Ok(broken(head.number, ChainProblem::CutOff));
            }
            for entry in page.iter().take_while(|entry| entry.number <= head.number) {
                if let Some(problem) = problem_after(&last, entry) {
                    return Ok(broken(last.number.saturating_add(1), problem));
                }
                last = AuditHead { number: entry.number, hash: entry.entry_hash.clone() };
                while let Some(known) = waiting.next_if(|known| known.number == last.number) {
                    if known.hash != last.hash {
                        return Ok(broken(last.number, ChainProblem::NotAsNoted));
                    }
                }
            }
            if page.iter().all(|entry| head.number < entry.number) {
                return Ok(broken(last.number.saturating_add(1), ChainProblem::Missing));
            }
        }
        if last.hash != head.hash {
            return Ok(broken(head.number, ChainProblem::OtherHead));
        }
        if !self.audit_entries_after(last.number, 1).await?.is_empty() && self.audit_head().await? == head {
            return Ok(broken(head.number, ChainProblem::OtherHead));
        }
        match waiting.next() {
            Some(known) => Ok(broken(known.number, ChainProblem::Missing)),
            None => Ok(ChainState::Whole(last)),
        }
    }
}

fn broken(number: i64, problem: ChainProblem) -> ChainState {
    ChainState::Broken(ChainBreak { number, problem })
}

/// What is wrong with an entry after another; nothing if it follows.
fn problem_after(last: &AuditHead, entry: &AuditEntry) -> Option<ChainProblem> {
    if entry.number != last.number.saturating_add(1) {
        return Some(ChainProblem::Missing);
    }
    if entry.previous_hash != last.hash {
        return Some(ChainProblem::NotFollowing);
    }
    (entry_hash(entry) != entry.entry_hash).then_some(ChainProblem::Changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_hashed_as_its_form_says() {
        let entry = AuditEntry {
            number: 1,
            happened_at: "2015-01-01T02:00:00.000000Z".to_owned(),
            actor_kind: "user".to_owned(),
            actor_id: "admin".to_owned(),
            action: "read".to_owned(),
            subject_kind: "user".to_owned(),
            subject_id: "zoë".to_owned(),
            fields: "email".to_owned(),
            outcome: "done".to_owned(),
            request_id: String::new(),
            previous_hash: NO_HASH.to_owned(),
            entry_hash: String::new(),
        };
        // printf '%s' '21:financr audit entry 1,64:000…0,1:1,27:2015-…,4:user,5:admin,4:read,4:user,4:zoë,5:email,\
        // 4:done,0:,' | sha256sum
        assert_eq!(entry_hash(&entry), "b81d77ff4b79d802b6a07064efcf944033940fd198f79ff96f6c51536a9a1537");
        let moved = AuditEntry { actor_id: "admi".to_owned(), action: "nread".to_owned(), ..entry.clone() };
        assert_ne!(entry_hash(&moved), entry_hash(&entry), "no part runs into the next");
    }
}
