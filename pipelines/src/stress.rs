//! Stress tests: scenarios as files, and what they would do to portfolios.
//!
//! Docs/RISK.md has the rules. What a scenario does to a position is said in `analytics::stress`; here is what is
//! needed for it: the versions of the scenarios, the classes of instruments, and the closes of the times that are
//! repeated.

pub(crate) mod built_in;
pub(crate) mod effects;
pub mod likeliest;
pub mod on_request;
pub(crate) mod replays;
pub mod reverse;
pub mod scenario;
pub mod total;
pub mod versions;
