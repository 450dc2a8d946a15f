//! Makes documents: statements and regulatory files, and hands them over.
//!
//! A statement is built once, as a [`document::Document`] that knows no file format, and then rendered as PDF, CSV,
//! JSON and HTML. A figure becomes text in one place only (`document/cell.rs`), so the files cannot show two numbers.
//! Words, and how numbers and days look, follow from the language of the client: `texts` and `locale`.
//! Everything here is a function of its arguments: no clock, no network before `delivery`, no table is written.

mod business_months;
mod composite;
pub mod delivery;
pub mod document;
mod error;
mod firm;
mod further;
pub mod gather;
mod gips;
mod input;
mod leveraged;
pub mod locale;
pub mod management;
pub mod overviews;
pub mod prepared;
mod rates;
pub mod regulatory;
pub mod render;
mod rhythm;
mod secret_file;
mod sections;
mod span;
pub mod statements;
pub mod texts;
mod tls;

pub use composite::{Benchmark, BenchmarkLevel, CompositeInput, FeeDay, FirmAssets, MemberYear};
pub use document::Document;
pub use error::Error;
pub use firm::Firm;
pub use further::{ClassDay, Country, Further, HeldValue, InstrumentCosts, Need, PositionDay};
pub use gips::{CompositeTexts, Gips};
pub use leveraged::LeveragedFall;
pub use rates::Rates;
pub use render::{Format, render, render_every_format};
pub use rhythm::{Event, Rhythm, RhythmError};
