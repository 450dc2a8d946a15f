//! How the outbox stands: how many messages are in which state.

use schemas::DeliveryChannel;

use crate::database::reading;
use crate::deliveries::{DeliveryState, TABLE};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::parsed;

/// How many messages are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Messages to be sent.
    pub pending: i64,
    /// Messages handed over.
    pub delivered: i64,
    /// Messages given up.
    pub failed: i64,
    /// Messages that were optional and not wanted.
    pub suppressed: i64,
    /// Messages that came back.
    pub returned: i64,
}

impl DeliveryCounts {
    pub(crate) fn set(&mut self, state: DeliveryState, count: i64) {
        match state {
            DeliveryState::Pending => self.pending = count,
            DeliveryState::Delivered => self.delivered = count,
            DeliveryState::Failed => self.failed = count,
            DeliveryState::Suppressed => self.suppressed = count,
            DeliveryState::Returned => self.returned = count,
        }
    }
}

const COUNT_BY_STATE: &str = include_str!("queries/deliveries/count_by_state.sql");
const COUNT_PENDING: &str = include_str!("queries/deliveries/count_pending_of_channel.sql");

impl Store {
    /// How many messages are in which state.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn delivery_counts(&self) -> Result<DeliveryCounts> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, (String, i64)>(COUNT_BY_STATE).fetch_all(pool).await
        })
        .map_err(Error::query("count the deliveries"))?;
        let mut counts = DeliveryCounts::default();
        for (word, count) in rows {
            let state: DeliveryState = parsed(TABLE, "state", &word)?;
            counts.set(state, count);
        }
        Ok(counts)
    }

    /// How many messages of a channel wait to be sent.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn pending_deliveries(&self, channel: DeliveryChannel) -> Result<i64> {
        reading!(&self.database, pool => {
            sqlx::query_scalar::<_, i64>(COUNT_PENDING).bind(channel.name()).fetch_one(pool).await
        })
        .map_err(Error::query("count the deliveries of a channel"))
    }
}
