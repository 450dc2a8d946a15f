//! What the plan of a client has.
//!
//! Plans are for clients. Whoever works for the house, or is the house, is not limited by one.

use schemas::{Feature, Plan, Role, UserId};

use crate::Context;
use crate::caller::{Caller, Who};
use crate::problem::Problem;

impl Caller {
    /// Whether the caller's plan has a feature.
    ///
    /// # Errors
    /// A 403 if it has not.
    pub(super) async fn in_plan(&self, context: &Context, feature: Feature) -> Result<(), Problem> {
        let Who::User(user) = &self.who else { return Ok(()) };
        if user.role != Role::Client {
            return Ok(());
        }
        let plan = plan_of(context, &user.user_id).await?;
        if plan.has(feature) { Ok(()) } else { Err(Problem::not_in_plan(plan.name, feature.word())) }
    }
}

/// The plan that counts for a user now.
pub(crate) async fn plan_of(context: &Context, user: &UserId) -> Result<Plan, Problem> {
    let subscription = context.store.subscription(user, context.clock.now()).await?;
    Ok(Plan::of_subscription(subscription.as_ref().map(|found| found.plan.as_str())))
}
