//! Makes documents: statements and regulatory files, and hands them over.
//!
//! A statement is built once, as a [`document::Document`] that knows no file format, and then rendered as PDF, CSV and
//! JSON. A figure becomes text in one place only (`document/cell.rs`), so the three files cannot show two numbers.
//! Everything here is a function of its arguments: no clock, no network before `delivery`, no table is written.

pub mod delivery;
pub mod document;
mod error;
pub mod gather;
pub mod prepared;
pub mod regulatory;
pub mod render;
pub mod statements;

pub use document::Document;
pub use error::Error;
pub use render::{Format, render};
