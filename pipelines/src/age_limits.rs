//! How old an exchange rate or a close may be on the day on which it values something.
//!
//! Both are carried to days without one of their own, over weekends and holidays, and a close for as long as nobody
//! trades. At some age a carried number says nothing about the day any more. A rate has a new one on every business
//! day, so that an old one is a delivery that failed: beyond its limit there is no rate, and what it would convert has
//! no value. A close can be old and right, as that of a suspended share or of a fund that is valued once a quarter: it
//! stays the value, and beyond its limit no statement goes out before somebody has looked.

use serde::Deserialize;

/// Ages in calendar days. A limit itself is still young enough.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct AgeLimits {
    /// An exchange rate that is older is a finding that warns. The ECB publishes none for up to five days, at Easter.
    pub fx_rate_days_warn: u32,
    /// An exchange rate that is older is none. China's Golden Week, the longest stretch of holidays, has nine days.
    pub fx_rate_days_max: u32,
    /// A close that is older is a finding that warns.
    pub close_days_warn: u32,
    /// A close that is older, or a trade that stands in for one, is a finding that blocks. Whatever is not traded is
    /// valued once a year at least.
    pub close_days_max: u32,
    /// A rate without risk that is older is a finding that warns. Monthly rates come a few days after the month; any
    /// rate counts for 45 days, which no configuration changes.
    pub risk_free_days_warn: u32,
}

impl AgeLimits {
    /// Nothing is too old; what warns is as by default.
    pub const UNLIMITED: AgeLimits = AgeLimits {
        fx_rate_days_warn: 5,
        fx_rate_days_max: u32::MAX,
        close_days_warn: 5,
        close_days_max: u32::MAX,
        risk_free_days_warn: 35,
    };
}

impl Default for AgeLimits {
    fn default() -> Self {
        AgeLimits { fx_rate_days_max: 10, close_days_max: 366, ..AgeLimits::UNLIMITED }
    }
}
