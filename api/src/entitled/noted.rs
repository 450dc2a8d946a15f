//! What others see of somebody is written down before they see it.
//!
//! A client who looks at what is the client's own is not written down; whoever else does is: the household, advisers,
//! those who work for the house, and the house itself. If it cannot be written down, it is not answered.

use schemas::{GroupId, PortfolioId, Role};
use store::{AuditSubject, NewAuditEntry};

use crate::Context;
use crate::caller::{Caller, Who};
use crate::problem::Problem;

impl Caller {
    /// Writes down that the caller reads portfolios, but for the caller's own.
    ///
    /// # Errors
    /// A 500 if it cannot be written down.
    pub(super) async fn note_portfolios<'a>(
        &self,
        context: &Context,
        portfolios: impl Iterator<Item = &'a PortfolioId> + Send,
    ) -> Result<(), Problem> {
        let now = context.clock.now();
        let own = match &self.who {
            Who::User(user) if user.role == Role::Client => {
                context.store.owned_portfolio_ids(&user.user_id, now).await?
            }
            Who::User(_) | Who::House => std::collections::BTreeSet::new(),
        };
        let of_others = portfolios.filter(|id| !own.contains(*id));
        let read = |id: &PortfolioId| NewAuditEntry::read(AuditSubject::Portfolio(id.clone()), "portfolio");
        Ok(self.store(context).note_reads(of_others.map(read).collect(), now).await?)
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
