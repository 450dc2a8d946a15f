//! How many requests a user has left, whatever the session or the key.
//!
//! A token has a budget from the moment it is sent, before anybody knows whose it is (`rate_limit.rs`). Once that is
//! known, the user has one, too: for clients that of their plan, for everybody else that of a token. So a second
//! session is no second budget, and what a plan has is what can be used.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::sync::Cache;
use schemas::{Role, UserId};

use super::budgets::{Budgets, Rate, Use};
use crate::Context;
use crate::caller::SignedIn;
use crate::entitled::plans::plan_of;
use crate::instances::{Shared, Taking};
use crate::problem::Problem;

/// Users that are remembered at once.
const USERS_MAX: usize = 50_000;
/// How long a plan is taken to be as it was looked up.
const PLAN_HOLDS: TimeDelta = TimeDelta::seconds(60);

/// What users have left.
pub(crate) struct UserBudgets {
    /// Requests a minute of whoever has no plan; 0 for no limits at all.
    requests_per_minute: u32,
    /// The requests a minute of a client's plan, and when they were looked up.
    plans: Cache<UserId, (DateTime<Utc>, u32)>,
    /// The budgets by their size: there are as many sizes as plans.
    budgets: Mutex<BTreeMap<u32, Budgets<UserId>>>,
    shared: Option<Shared>,
}

impl UserBudgets {
    /// Nobody has asked yet.
    pub(crate) fn new(requests_per_minute: u32, shared: Option<Shared>) -> UserBudgets {
        UserBudgets { requests_per_minute, plans: Cache::new(USERS_MAX), budgets: Mutex::default(), shared }
    }

    /// Takes a request from the budget of a user.
    ///
    /// # Errors
    /// A 429 if none is left.
    pub(crate) async fn take(&self, context: &Context, user: &SignedIn) -> Result<(), Problem> {
        if self.requests_per_minute == 0 {
            return Ok(());
        }
        let now = context.clock.now();
        let requests = self.requests(context, user, now).await?;
        let rate = Rate::of(i64::from(requests));
        let Rate { interval_us, window_us } = rate;
        let taking =
            Taking { now_us: now.timestamp_micros(), interval_us, window_us, cost_us: rate.cost_us(Use::Take) };
        let together = match &self.shared {
            Some(shared) => shared.take("user", user.user_id.as_str().as_bytes(), taking).await.ok(),
            None => None,
        };
        let standing = match together {
            Some((admitted, owed_us)) => Some(rate.standing(admitted, owed_us)),
            None => self.here(requests, &user.user_id, now),
        };
        match standing {
            Some(standing) if !standing.admitted => Err(Problem::too_many_requests(standing.retry_in_s)),
            _ => Ok(()),
        }
    }

    fn here(&self, requests: u32, user: &UserId, now: DateTime<Utc>) -> Option<super::budgets::Standing> {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let of_size = budgets.entry(requests).or_insert_with(|| Budgets::new(requests, USERS_MAX));
        of_size.standing(user.clone(), Use::Take, now)
    }

    /// Requests a minute of a user: at most those of a token, so that a plan widens no limit of the house.
    async fn requests(&self, context: &Context, user: &SignedIn, now: DateTime<Utc>) -> Result<u32, Problem> {
        if user.role != Role::Client {
            return Ok(self.requests_per_minute);
        }
        let known = self.plans.get(&user.user_id).filter(|(at, _)| (now - *at).abs() < PLAN_HOLDS);
        let of_plan = match known {
            Some((_, requests)) => requests,
            None => {
                let requests = plan_of(context, &user.user_id).await?.requests_a_minute;
                self.plans.insert(user.user_id.clone(), (now, requests));
                requests
            }
        };
        // A plan without any would lock its users out of their own account.
        Ok(of_plan.clamp(1, self.requests_per_minute))
    }
}
