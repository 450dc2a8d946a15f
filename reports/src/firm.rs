//! The firm that issues documents.

use schemas::Currency;
use schemas::identifiers::Lei;
use serde::{Deserialize, Serialize};

/// Letters that a line about the firm has at most.
const LETTERS_MAX: usize = 200;

/// The firm that issues documents, as the house describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Described", into = "Described")]
pub struct Firm {
    /// Its name.
    pub name: String,
    /// Its legal entity identifier.
    pub lei: Option<Lei>,
    /// Its address, on one line.
    pub address: Option<String>,
    /// How a client reaches it, e.g. an address of mail or a number.
    pub contact: Option<String>,
    /// Where complaints go.
    pub complaints: Option<String>,
    /// The currency of reports on the firm as a whole.
    pub reporting_currency: Option<Currency>,
}

/// The section as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    name: String,
    lei: Option<String>,
    address: Option<String>,
    contact: Option<String>,
    complaints: Option<String>,
    // What is not set is not written: manifests of before there was such a key stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reporting_currency: Option<String>,
}

impl From<Firm> for Described {
    fn from(firm: Firm) -> Described {
        let Firm { name, lei, address, contact, complaints, reporting_currency } = firm;
        let reporting_currency = reporting_currency.map(|currency| currency.code().to_owned());
        Described { name, lei: lei.map(|lei| lei.to_string()), address, contact, complaints, reporting_currency }
    }
}

impl TryFrom<Described> for Firm {
    type Error = String;

    fn try_from(described: Described) -> Result<Firm, String> {
        let Described { name, lei, address, contact, complaints, reporting_currency } = described;
        let lines = [("name", Some(&name)), ("address", address.as_ref()), ("contact", contact.as_ref())];
        for (key, text) in lines.into_iter().chain([("complaints", complaints.as_ref())]) {
            let wrong = |text: &String| {
                text.trim().is_empty() || LETTERS_MAX < text.chars().count() || text.chars().any(char::is_control)
            };
            if text.is_some_and(wrong) {
                return Err(format!("`{key}` of the firm has 1 to {LETTERS_MAX} letters on one line"));
            }
        }
        let lei = lei.map(|text| text.parse::<Lei>().map_err(|error| format!("`lei` of the firm: {error}")));
        let currency = reporting_currency.map(|text| text.parse::<Currency>());
        let reporting_currency =
            currency.transpose().map_err(|error| format!("`reporting_currency` of the firm: {error}"))?;
        Ok(Firm { name, lei: lei.transpose()?, address, contact, complaints, reporting_currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firm_is_described_on_lines_that_fit_a_page() {
        let read = |text: &str| serde_json::from_str::<Firm>(text);
        let firm = read(r#"{"name": "A House", "lei": "529900T8BM49AURSDO55"}"#).expect("a firm");
        let written = serde_json::to_string(&firm).expect("text");
        assert_eq!(read(&written).expect("the same"), firm);
        let error = |text: &str| read(text).expect_err("refused").to_string();
        assert!(error(r#"{"name": " "}"#).contains("`name`"));
        assert!(error(r#"{"name": "A", "lei": "529900T8BM49AURSDO56"}"#).contains("`lei`"));
        assert!(error(r#"{"name": "A", "contact": "a\nb"}"#).contains("one line"));
        assert!(error(r#"{"name": "A", "reporting_currency": "euro"}"#).contains("`reporting_currency`"));
        assert!(!written.contains("reporting_currency"), "what is not set is not written: {written}");
        assert!(error(r#"{"name": "A", "telephone": "1"}"#).contains("telephone"));
    }
}
