//! What became of messages that shared an attempt.

use reports::delivery::Outcome;
use store::Delivery;

/// What became of messages that shared an attempt.
pub(super) struct Fate {
    /// The messages.
    pub(super) deliveries: Vec<Delivery>,
    /// What became of them; none if they are not wanted.
    pub(super) outcome: Option<Outcome>,
}

impl Fate {
    /// The fate of messages of which something became.
    pub(super) fn of(deliveries: Vec<Delivery>, outcome: Outcome) -> Fate {
        Fate { deliveries, outcome: Some(outcome) }
    }

    /// The fate of messages that nobody wants.
    pub(super) fn not_wanted(deliveries: Vec<Delivery>) -> Fate {
        Fate { deliveries, outcome: None }
    }
}
