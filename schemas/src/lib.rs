//! The words of Financr: domain types, table definitions and contracts.
//!
//! Everything that two rooms of the house must agree on stands here and nowhere else: what a portfolio, a date, an
//! amount and a table row are. Nothing here does I/O; the wall clock is read in `clock` and in no other place.

pub mod causes;
pub mod clock;
pub mod currency;
pub mod dates;
pub mod decimals;
pub mod delivery_channel;
pub mod identifiers;
pub mod language;
pub mod measure_value;
pub mod money;
pub mod person_retention;
pub mod plan;
pub mod role;
pub mod scope;
pub mod secret_file;
pub mod secret_hash;
pub mod severity;
pub mod signed_message;
pub mod subject;
pub mod table;
pub mod tables;
pub mod work_order;

pub use causes::with_causes;
pub use clock::Clock;
pub use currency::Currency;
pub use dates::{BusinessDate, CalendarLength, CalendarPeriod, DayCount, HolidayCalendar, ReportingPeriod};
pub use decimals::{Amount, Price, Quantity, Rate};
pub use delivery_channel::DeliveryChannel;
pub use identifiers::{GroupId, InstrumentId, MarketId, PortfolioId, RunId, UserId};
pub use language::Language;
pub use measure_value::MeasureValue;
pub use money::Money;
pub use plan::{Feature, Plan};
pub use role::Role;
pub use scope::Scope;
pub use severity::Severity;
pub use subject::Subject;
