//! Tables of people and runs: SQLite by default, PostgreSQL in production.
//!
//! What is booked and agreed (portfolios, transactions), what a person should look at (the inbox), what the machine is
//! doing (runs and their steps, schedules, what was ordered, files that were sent), who may ask (users, their second
//! factors, sessions and keys) and see what (owners, delegations, plans, approvals), what they are told
//! (notifications), which browsers are told (push subscriptions), what has left the house (statements, deliveries), and
//! who read or changed what is personal (the audit log) stands here. Facts about markets and figures stand in the lake.
//!
//! One [`Store`] hides which engine is behind it: the same queries, in the subset of SQL that both understand, the same
//! forms of dates and numbers, the same refusals. What must never change is refused by the database itself.

mod account_mails;
mod account_tokens;
mod api_keys;
mod approvals;
mod attempts;
mod audit;
mod audit_chain;
mod audit_reads;
mod books;
mod conflicts;
mod consents;
mod database;
mod deliveries;
mod delivery_counts;
mod delivery_records;
mod entitlements;
mod entries;
mod erasures;
mod error;
mod inbox;
mod inbox_changes;
mod key_service;
mod local_keys;
mod mails;
mod migrations;
mod notification_settings;
mod notifications;
mod oidc_links;
mod one_transaction;
mod passkeys;
mod past_secrets;
mod person_records;
mod personal_data;
mod portfolios;
mod postgres;
mod publication_counts;
mod push_subscriptions;
mod removals;
mod requests;
mod rights_versions;
mod run_claims;
mod run_steps;
mod runs;
mod schedules;
mod second_factors;
mod session_proofs;
mod sessions;
mod sign_in_challenges;
mod sqlite;
mod statement_events;
mod statements;
mod store;
mod stored_text;
mod subscriptions;
mod suppressions;
mod transactions;
mod unsubscribe_tokens;
mod uploads;
mod user_changes;
mod user_standings;
mod users;
mod work_orders;

pub use account_mails::{AccountMail, AccountMailKind};
pub use account_tokens::AccountPurpose;
pub use api_keys::{API_KEYS_MAX, ApiKey, SERVICE_KEYS_MAX};
pub use approvals::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalKind, Decided, DecisionOutcome, ERASED, NewApproval,
};
pub use attempts::{Attempting, LockOut};
pub use audit::{Acting, ActorKind, AuditAction, AuditEntry, AuditHead, AuditOutcome, AuditSubject, NewAuditEntry};
pub use audit_chain::{ChainBreak, ChainProblem, ChainState, entry_hash};
pub use books::{Book, BookOutcome};
pub use consents::{Consent, ConsentChannel, ConsentDecision};
pub use database::PAGE_ROWS_MAX;
pub use deliveries::{Bundling, Delivery, DeliveryState, FailedAttempt, Necessity, NewDelivery, NextAttempt, SentCopy};
pub use delivery_counts::DeliveryCounts;
pub use delivery_records::{DeliveryChange, DeliveryEvent};
pub use entitlements::{Delegation, DelegationKind, Ownership, SeenPortfolio};
pub use entries::{ChangeOutcome, Correction, EnteredCorrection, EntryBy, EntryKind, OpenOutcome};
pub use erasures::{ErasureOutcome, ErasureRefusal};
pub use error::{Error, Result};
pub use inbox::{
    INBOX_ACTOR, InboxChange, InboxCursor, InboxEvent, InboxFilter, InboxItem, InboxKind, InboxRow, InboxState,
};
pub use inbox_changes::{InboxEnd, InboxOutcome};
pub use key_service::{DataKey, KeyError, KeyService, WrappedKey};
pub use local_keys::LocalKeys;
pub use mails::MAIL_DELIVERIES_MAX;
pub use notification_settings::{NotificationChannels, NotificationSetting, QuietHours};
pub use notifications::{Notification, NotificationFilter, NotificationKind, NotificationMail};
pub use passkeys::{Passkey, PasskeyEnding};
pub use person_records::PersonTable;
pub use personal_data::SealedCounts;
pub use portfolios::SaveOutcome;
pub use publication_counts::{BlockedStatement, PublicationCounts};
pub use push_subscriptions::{EndedPush, NewPushSubscription, PushEnd, PushOutcome, PushSubscription};
pub use removals::Removal;
pub use requests::{KeptAnswer, NamedOutcome, NamedRequest, REQUEST_HOURS};
pub use run_claims::{Claim, NewRun};
pub use run_steps::RunStep;
pub use runs::{Run, RunCursor, RunState};
pub use schedules::{CatchUp, Fire, FireState, Schedule};
pub use second_factors::{ConfirmedFactor, EndedFactor, FactorEnd, FactorEnding, SecondFactor};
pub use session_proofs::{SessionEnd, SessionProof};
pub use sessions::{NewSession, RefreshLimits, Refreshed, Session};
pub use statement_events::StatementEvent;
pub use statements::{PublishOutcome, PublishedPeriod, Statement, StatementFile, StatementFilter};
pub use store::{Store, StoreKind};
pub use subscriptions::{BillingEvent, BillingEventKind, BillingOutcome, Subscription};
pub use suppressions::{NewSuppression, Suppression, SuppressionReason};
pub use transactions::{Conflict, ImportOutcome};
pub use uploads::{NewUpload, Upload, UploadState};
pub use user_standings::UserStanding;
pub use users::{User, UserKind};
pub use work_orders::{NewWorkOrder, OrderLimits, OrderOutcome, WorkOrder, WorkOrderKind, WorkOrderState};
