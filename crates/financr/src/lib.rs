//! Financr: the reporting back office of an investment platform in one binary.
//!
//! This crate is the door: command line, configuration and wiring. What the program does is done in the rooms behind.

mod attribution_figures;
mod attribution_listing;
mod audit_heads;
mod bookkeeping;
mod class_listing;
pub mod commands;
mod concentration_listing;
mod config;
pub mod demo_market;
mod ending;
mod explain_listing;
mod factors_listing;
mod forecast_listing;
mod held_risk_listing;
mod holdings_listing;
mod house;
mod liquidity_listing;
mod listing;
mod measures_listing;
mod overview_listing;
mod page;
mod performance_listing;
mod preview_listing;
mod printed_figures;
mod progress;
mod refused_rows;
mod return_parts_listing;
mod risk_by_factor_listing;
mod risk_listing;
mod risk_night;
mod risk_over_days_listing;
mod risk_parts_listing;
mod show_topic;
mod shown_attribution;
mod shown_portfolio;
mod stress_listing;
mod telemetry;
mod terminal_chart;
mod tree_text;
