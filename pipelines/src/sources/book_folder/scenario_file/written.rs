//! A scenario as it is written, with the places of everything that can be wrong.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioFile {
    pub(super) id: Spanned<String>,
    pub(super) version: Spanned<i64>,
    title: Spanned<String>,
    description: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    pub(super) effective: Option<Spanned<Datetime>>,
    pub(super) until: Option<Spanned<Datetime>>,
    #[serde(default)]
    pub(super) shocks: Vec<Spanned<Shock>>,
    pub(super) replay: Option<Spanned<Replay>>,
    pub(super) yields: Option<Spanned<Yields>>,
}

/// What is written for people.
pub(super) struct Texts<'a> {
    pub(super) title: &'a Spanned<String>,
    pub(super) description: Option<&'a Spanned<String>>,
    pub(super) source: Option<&'a Spanned<String>>,
}

/// A change of one thing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shock {
    pub(super) instrument: Option<Spanned<String>>,
    pub(super) asset_class: Option<Spanned<String>>,
    pub(super) factor: Option<Spanned<String>>,
    pub(super) currency: Option<Spanned<String>>,
    pub(super) change: Spanned<f64>,
    #[serde(default)]
    pub(super) loadings: BTreeMap<String, Spanned<f64>>,
}

/// A time of the past that is repeated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replay {
    pub(super) from: Spanned<Datetime>,
    pub(super) to: Spanned<Datetime>,
    #[serde(default)]
    pub(super) proxies: BTreeMap<String, Spanned<String>>,
}

/// All yields, or all spreads, move by as much.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Yields {
    pub(super) duration: Spanned<String>,
    pub(super) change_bp: Spanned<i64>,
}

impl ScenarioFile {
    /// What is written for people.
    pub(super) fn texts(&self) -> Texts<'_> {
        Texts { title: &self.title, description: self.description.as_ref(), source: self.source.as_ref() }
    }
}
