//! What the firm says of itself and of its composites in composite reports.
//!
//! The GIPS standards ask for statements that only the firm can make: none of them follows from figures. What is
//! required and not configured blocks the report; a claim of compliance is printed if the firm has configured one, and
//! never otherwise.

use std::collections::BTreeMap;

use schemas::{BusinessDate, GroupId, Language};
use serde::{Deserialize, Serialize};

/// Letters that a text of the firm has at most.
const LETTERS_MAX: usize = 4000;
/// Events that are told of a composite at most.
const EVENTS_MAX: usize = 50;

/// What the firm says in composite reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Gips {
    /// The claim of compliance, in the words that the standards prescribe for the firm's status of verification; none
    /// if the firm claims nothing.
    pub compliance_statement: Option<String>,
    /// What the firm is: which assets and businesses its total assets are those of.
    pub firm_definition: Option<String>,
    /// That the list of composites, and the policies for valuing, calculating and reporting, can be had.
    pub availability: Option<String>,
    /// The language of the reports.
    pub language: Language,
    /// What it says of each composite; reports are made of these and of no others.
    pub composites: BTreeMap<GroupId, CompositeTexts>,
}

/// What the firm says of a composite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompositeTexts {
    /// Its strategy: enough for a prospective client to understand it.
    pub description: Option<String>,
    /// The day on which its portfolios were first grouped.
    pub creation_date: Option<BusinessDate>,
    /// Its benchmark: of what, and whether its return is a total one.
    pub benchmark: Option<String>,
    /// Why it has no benchmark.
    pub no_benchmark: Option<String>,
    /// The schedule of fees, and what other fees the returns are after.
    pub fees: Option<String>,
    /// The level of assets below which portfolios are not in it.
    pub minimum_assets: Option<String>,
    /// What it does with portfolios that have significant cash flows.
    pub significant_cash_flows: Option<String>,
    /// How far leverage, derivatives and short positions are used.
    pub leverage: Option<String>,
    /// How withholding taxes are treated, if they matter.
    pub withholding_taxes: Option<String>,
    /// What part of its assets pays no fee, pays bundled ones, or is carved out of other portfolios, if any does.
    pub special_portfolios: Option<String>,
    /// Changes of name or benchmark and other events that help to understand the figures.
    pub events: Vec<String>,
}

/// The section as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    compliance_statement: Option<String>,
    firm_definition: Option<String>,
    availability: Option<String>,
    language: Option<String>,
    #[serde(default)]
    composites: BTreeMap<String, CompositeTexts>,
}

impl From<Gips> for Written {
    fn from(gips: Gips) -> Written {
        let Gips { compliance_statement, firm_definition, availability, language, composites } = gips;
        Written {
            compliance_statement,
            firm_definition,
            availability,
            language: Some(language.code().to_owned()),
            composites: composites.into_iter().map(|(id, texts)| (id.to_string(), texts)).collect(),
        }
    }
}

impl TryFrom<Written> for Gips {
    type Error = String;

    fn try_from(written: Written) -> Result<Gips, String> {
        let Written { compliance_statement, firm_definition, availability, language, composites } = written;
        let of_firm = [
            ("compliance_statement", &compliance_statement),
            ("firm_definition", &firm_definition),
            ("availability", &availability),
        ];
        of_firm.into_iter().try_for_each(|(key, text)| checked("gips", key, text.as_deref()))?;
        let language = language.map_or(Ok(Language::default()), |code| {
            code.parse::<Language>().map_err(|error| format!("`gips.language`: {error}"))
        })?;
        let mut known = BTreeMap::new();
        for (id, texts) in composites {
            let group: GroupId = id.parse().map_err(|error| format!("`gips.composites`: {error}"))?;
            texts.check(&format!("gips.composites.{group}"))?;
            known.insert(group, texts);
        }
        Ok(Gips { compliance_statement, firm_definition, availability, language, composites: known })
    }
}

impl CompositeTexts {
    fn check(&self, place: &str) -> Result<(), String> {
        let texts = [
            ("description", &self.description),
            ("benchmark", &self.benchmark),
            ("no_benchmark", &self.no_benchmark),
            ("fees", &self.fees),
            ("minimum_assets", &self.minimum_assets),
            ("significant_cash_flows", &self.significant_cash_flows),
            ("leverage", &self.leverage),
            ("withholding_taxes", &self.withholding_taxes),
            ("special_portfolios", &self.special_portfolios),
        ];
        texts.into_iter().try_for_each(|(key, text)| checked(place, key, text.as_deref()))?;
        if self.benchmark.is_some() && self.no_benchmark.is_some() {
            return Err(format!("`{place}` says what its benchmark is and why it has none; take one of them out"));
        }
        if EVENTS_MAX < self.events.len() {
            return Err(format!("`{place}.events` has more than {EVENTS_MAX} entries"));
        }
        self.events.iter().try_for_each(|text| checked(place, "events", Some(text)))
    }
}

impl Gips {
    /// The keys of what a report about a composite needs and the firm has not said.
    pub(crate) fn missing(&self, group: &GroupId) -> Vec<String> {
        let unknown = CompositeTexts::default();
        let texts = self.composites.get(group).unwrap_or(&unknown);
        let place = |key: &str| format!("gips.composites.{group}.{key}");
        let required = [
            ("gips.firm_definition".to_owned(), self.firm_definition.is_some()),
            ("gips.availability".to_owned(), self.availability.is_some()),
            (place("description"), texts.description.is_some()),
            (place("creation_date"), texts.creation_date.is_some()),
            (place("benchmark"), texts.benchmark.is_some() || texts.no_benchmark.is_some()),
            (place("fees"), texts.fees.is_some()),
        ];
        required.into_iter().filter(|(_, is_there)| !is_there).map(|(key, _)| key).collect()
    }
}

/// The paragraphs of a text, one a line.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn checked(place: &str, key: &str, text: Option<&str>) -> Result<(), String> {
    let is_wrong = |text: &str| {
        let has_control = text.chars().any(|letter| letter.is_control() && letter != '\n');
        text.trim().is_empty() || LETTERS_MAX < text.chars().count() || has_control
    };
    if text.is_some_and(is_wrong) {
        return Err(format!(
            "`{place}.{key}` has 1 to {LETTERS_MAX} letters and no control characters but line breaks"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Gips, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn what_a_firm_says_is_read_and_written_back() {
        let text = r#"{"firm_definition": "All.", "language": "fr",
            "composites": {"growth": {"description": "Shares.\nOf the world.", "creation_date": "2015-01-01"}}}"#;
        let gips = read(text).expect("readable");
        let written = serde_json::to_string(&gips).expect("text");
        assert_eq!(read(&written).expect("the same"), gips);
        assert_eq!(gips.language, Language::French);
        let group = "growth".parse().expect("an id");
        let missing = gips.missing(&group);
        assert_eq!(missing, ["gips.availability", "gips.composites.growth.benchmark", "gips.composites.growth.fees"]);
        assert_eq!(Gips::default().missing(&group).len(), 6);
        assert_eq!(paragraphs(" Shares.\n\n Of the world. "), ["Shares.", "Of the world."]);
    }

    #[test]
    fn what_nobody_can_mean_is_refused_with_its_place() {
        let error = |text: &str| read(text).expect_err("refused").to_string();
        assert!(error(r#"{"firm_definition": " "}"#).contains("`gips.firm_definition`"));
        assert!(error(r#"{"language": "xx"}"#).contains("`gips.language`"));
        assert!(error(r#"{"firm": "x"}"#).contains("firm"));
        assert!(error(r#"{"composites": {"../x": {}}}"#).contains("`gips.composites`"));
        assert!(error(r#"{"composites": {"growth": {"fees": "a\u0007"}}}"#).contains("`gips.composites.growth.fees`"));
        let both = r#"{"composites": {"growth": {"benchmark": "A", "no_benchmark": "B"}}}"#;
        assert!(error(both).contains("why it has none"));
    }
}
