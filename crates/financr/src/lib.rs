//! Financr: the reporting back office of an investment platform in one binary.
//!
//! This crate is the door: command line, configuration and wiring. What the program does is done in the rooms behind.

pub mod commands;
mod config;
pub mod demo_market;
mod ending;
mod explain_listing;
mod holdings_listing;
mod house;
mod listing;
mod measures_listing;
mod overview_listing;
mod page;
mod performance_listing;
mod preview_listing;
mod printed_figures;
mod progress;
mod refused_rows;
mod risk_listing;
mod show_topic;
mod shown_portfolio;
mod stress_listing;
mod telemetry;
mod terminal_chart;
mod tree_text;
