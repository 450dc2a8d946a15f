//! What others see of somebody is written down before they see it.
//!
//! A client who looks at what is the client's own is not written down; whoever else does is: the household, advisers,
//! those who work for the house, and the house itself. If it cannot be written down, it is not answered.

use schemas::GroupId;
use store::{AuditSubject, NewAuditEntry, SeenPortfolio};

use crate::Context;
use crate::caller::Caller;
use crate::problem::Problem;

impl Caller {
    /// Writes down that the caller reads portfolios, but for the caller's own.
    ///
    /// # Errors
    /// A 500 if it cannot be written down.
    pub(super) async fn note_portfolios(&self, context: &Context, seen: &[SeenPortfolio]) -> Result<(), Problem> {
        let of_others = seen.iter().filter(|seen| !seen.is_own);
        let read = |seen: &SeenPortfolio| {
            NewAuditEntry::read(AuditSubject::Portfolio(seen.portfolio.portfolio_id.clone()), "portfolio")
        };
        Ok(self.store(context).note_reads(of_others.map(read).collect(), context.clock.now()).await?)
    }

    /// Writes down that the caller reads a household or a composite, which is of several.
    ///
    /// # Errors
    /// A 500 if it cannot be written down.
    pub(super) async fn note_group(&self, context: &Context, group: &GroupId) -> Result<(), Problem> {
        let read = NewAuditEntry::read(AuditSubject::Group(group.clone()), "portfolio_group");
        Ok(self.store(context).note_reads(vec![read], context.clock.now()).await?)
    }
}
