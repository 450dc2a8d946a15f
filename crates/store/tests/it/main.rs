//! The store against both engines: every test runs on SQLite and on PostgreSQL.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod approvals;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod books;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod entitlements;
#[cfg(test)]
mod entries;
#[cfg(test)]
mod erasures;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod mails;
#[cfg(test)]
mod notifications;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod places;
#[cfg(test)]
mod portfolios;
#[cfg(test)]
mod push_subscriptions;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod rights_versions;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod sealing;
#[cfg(test)]
mod second_factors;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod subscriptions;
#[cfg(test)]
mod transactions;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod users;
#[cfg(test)]
mod work_orders;
