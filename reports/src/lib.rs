//! Makes documents: statements and regulatory files, and hands them over.
//!
//! A statement is built once, as a [`document::Document`] that knows no file format, and then rendered as PDF, CSV,
//! JSON and HTML. A figure becomes text in one place only (`document/cell.rs`), so the files cannot show two numbers.
//! Words, and how numbers and days look, follow from the language of the client: `texts` and `locale`.
//! Everything here is a function of its arguments: no clock, no network before `delivery`, no table is written.

pub mod delivery;
pub mod document;
mod error;
pub mod gather;
pub mod locale;
pub mod prepared;
pub mod regulatory;
pub mod render;
pub mod statements;
pub mod texts;

pub use document::Document;
pub use error::Error;
pub use render::{Format, render, render_every_format};
