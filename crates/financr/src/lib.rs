//! Financr: the reporting back office of an investment platform in one binary.
//!
//! This crate is the door: command line, configuration and wiring. What the program does is done in the rooms behind.

pub mod commands;
mod config;
pub mod demo_market;
mod ending;
mod holdings_listing;
mod house;
mod listing;
mod preview_listing;
mod progress;
mod refused_rows;
mod telemetry;
mod tree_text;
