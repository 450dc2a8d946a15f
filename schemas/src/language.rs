//! The languages in which clients read their documents.

use std::fmt;
use std::str::FromStr;

/// A language of documents. Which formats of numbers and days belong to it, and its words, are the business of the
/// room that makes documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, the language of everything that is not for clients.
    #[default]
    English,
    /// French.
    French,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// Italian.
    Italian,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 5] =
        [Language::English, Language::French, Language::German, Language::Spanish, Language::Italian];

    /// The code in tables and files (ISO 639-1, which is a BCP 47 tag), e.g. `fr`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::German => "de",
            Language::Spanish => "es",
            Language::Italian => "it",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.code())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Language::ALL.into_iter().find(|language| language.code() == text);
        found.ok_or_else(|| {
            let known = Language::ALL.map(Language::code).join(", ");
            format!("unknown language `{}`; known: {known}", text.chars().take(40).collect::<String>())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_one_language() {
        for language in Language::ALL {
            assert_eq!(language.code().parse(), Ok(language));
        }
        let error = "fr-CH".parse::<Language>().expect_err("not listed");
        assert_eq!(error, "unknown language `fr-CH`; known: en, fr, de, es, it");
    }
}
