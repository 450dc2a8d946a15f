//! Every word that a client reads, by language.
//!
//! Labels are complete in every language, sentences in English and French: what is missing does not compile. A German,
//! Spanish or Italian document has its sentences in English and says so. What tables record in English, reasons and
//! messages, is told in French where it is known and stays as it is elsewhere.

mod account_mails;
mod bridge;
mod client_assets;
mod codes;
pub mod costs_and_charges;
mod depreciation_notice;
mod execution_confirmation;
mod gips_composite_report;
mod labels;
mod management_report;
mod notifications;
mod performance_report;
mod portfolio_statement;
mod recorded;
mod risk_report;
mod sentences;
pub mod tax_report;
mod transaction_list;
mod words;

use chrono::NaiveDate;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{BusinessDate, Language, ReportingPeriod};

pub use account_mails::AccountLabel;
pub use client_assets::{AssetLabel, AssetSentence};
pub use depreciation_notice::{NoticeLabel, NoticeSentence};
pub use execution_confirmation::{ConfirmationLabel, ConfirmationSentence};
pub use gips_composite_report::{CompositeLabel, CompositeSentence};
pub use labels::Label;
pub use management_report::{ManagementLabel, ManagementSentence};
pub use notifications::NotificationLabel;
pub use performance_report::{PerformanceLabel, PerformanceSentence};
pub use portfolio_statement::{StatementLabel, StatementSentence};
pub use risk_report::{RiskLabel, RiskSentence};
pub use sentences::Sentence;
pub use transaction_list::{ListLabel, ListSentence};
pub use words::Words;

use crate::locale::Locale;

impl Label {
    /// What a period is called.
    pub fn of_period(period: ReportingPeriod) -> Label {
        match period {
            ReportingPeriod::OneDay => Label::OneDay,
            ReportingPeriod::WeekToDate => Label::WeekToDate,
            ReportingPeriod::MonthToDate => Label::MonthToDate,
            ReportingPeriod::QuarterToDate => Label::QuarterToDate,
            ReportingPeriod::YearToDate => Label::YearToDate,
            ReportingPeriod::OneYear => Label::OneYear,
            ReportingPeriod::ThreeYears => Label::ThreeYears,
            ReportingPeriod::FiveYears => Label::FiveYears,
            ReportingPeriod::TenYears => Label::TenYears,
            ReportingPeriod::SinceInception => Label::SinceInception,
        }
    }
}

/// Whether the sentences of a language are its own.
pub fn has_sentences(language: Language) -> bool {
    matches!(language, Language::English | Language::French)
}

/// The words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The words of a language.
    pub fn of(language: Language) -> Texts {
        Texts { language }
    }

    /// The language.
    pub fn language(self) -> Language {
        self.language
    }

    /// How numbers and days look.
    pub fn locale(self) -> &'static Locale {
        Locale::of(self.language)
    }

    /// A label without anything to fill in.
    pub fn label(self, label: impl Words) -> String {
        self.label_with(label, &[])
    }

    /// A label with its names filled in.
    pub fn label_with(self, label: impl Words, values: &[(&str, &str)]) -> String {
        filled(&spaced(label.template(self.language), self.language), values)
    }

    /// A sentence without anything to fill in.
    pub fn sentence(self, sentence: impl Words) -> String {
        self.sentence_with(sentence, &[])
    }

    /// A sentence with its names filled in.
    pub fn sentence_with(self, sentence: impl Words, values: &[(&str, &str)]) -> String {
        filled(&spaced(sentence.template(self.language), self.language), values)
    }

    /// A calendar day.
    pub fn day(self, day: NaiveDate) -> String {
        self.locale().day(day)
    }

    /// A business date.
    pub fn date(self, date: BusinessDate) -> String {
        self.day(date.day())
    }

    /// A text that was recorded in English: the reason of a measure or the message of a check.
    pub fn recorded(self, text: &str) -> String {
        recorded::told(text, self.language)
    }

    /// A kind of transaction by its code.
    pub fn kind(self, code: &str) -> String {
        spaced(&codes::kind(code, self.language), self.language)
    }

    /// A kind of corporate action by its code.
    pub fn event(self, code: &str) -> String {
        spaced(&codes::event(code, self.language), self.language)
    }

    /// A rule that looks ahead by its code.
    pub fn rule(self, code: &str) -> String {
        codes::rule(code, self.language)
    }

    /// A cost basis method by its code, in the language of sentences; none if it is not listed.
    pub fn cost_basis(self, code: &str) -> Option<&'static str> {
        codes::cost_basis(code, self.language)
    }

    /// What a step of the change in value is called.
    pub fn component(self, component: BridgeComponent) -> &'static str {
        bridge::title(component, self.language)
    }

    /// What a step of the change in value counts.
    pub fn component_definition(self, component: BridgeComponent) -> &'static str {
        bridge::definition(component, self.language)
    }
}

/// A template with each name in braces replaced by its value. A name without a value stays, for everybody to see.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut pieces = template.split('{');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let named = piece.split_once('}');
        let value = named.and_then(|(name, _)| values.iter().find(|(known, _)| *known == name));
        match (named, value) {
            (Some((_, after)), Some((_, value))) => {
                text.push_str(value);
                text.push_str(after);
            }
            _ => {
                debug_assert!(false, "`{template}` names what nobody fills in");
                text.push('{');
                text.push_str(piece);
            }
        }
    }
    text
}

/// A text with the spaces of French typography: no line breaks between a word and the mark that belongs to it.
fn spaced(text: &str, language: Language) -> String {
    if language != Language::French {
        return text.to_owned();
    }
    const MARKS: [(&str, &str); 7] = [
        (" :", "\u{A0}:"),
        (" ;", "\u{202F};"),
        (" ?", "\u{202F}?"),
        (" !", "\u{202F}!"),
        (" %", "\u{202F}%"),
        ("« ", "«\u{A0}"),
        (" »", "\u{A0}»"),
    ];
    MARKS.iter().fold(text.to_owned(), |text, (mark, kept)| text.replace(mark, kept))
}

/// The names in the braces of a template.
#[cfg(test)]
fn names(template: &str) -> std::collections::BTreeSet<&str> {
    template.split('{').skip(1).filter_map(|piece| piece.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_label_is_there<L: Words>() {
        for label in L::ALL {
            let english = label.template(Language::English);
            for language in Language::ALL {
                let template = label.template(language);
                assert!(!template.trim().is_empty(), "{label:?} in {language}");
                assert_eq!(names(template), names(english), "{label:?} in {language}");
            }
        }
    }

    fn every_sentence_is_there<S: Words>() {
        for sentence in S::ALL {
            let (english, french) = (sentence.template(Language::English), sentence.template(Language::French));
            assert!(!english.trim().is_empty() && !french.trim().is_empty(), "{sentence:?}");
            assert_ne!(english, french, "{sentence:?} is translated");
            assert_eq!(names(english), names(french), "{sentence:?}");
        }
    }

    #[test]
    fn every_text_is_there_and_fills_in_the_same_in_every_language_that_it_must_have() {
        every_label_is_there::<Label>();
        every_label_is_there::<AccountLabel>();
        every_label_is_there::<NotificationLabel>();
        every_label_is_there::<NoticeLabel>();
        every_label_is_there::<ConfirmationLabel>();
        every_sentence_is_there::<Sentence>();
        every_label_is_there::<CompositeLabel>();
        every_sentence_is_there::<CompositeSentence>();
        every_label_is_there::<ManagementLabel>();
        every_sentence_is_there::<ManagementSentence>();
        every_label_is_there::<AssetLabel>();
        every_sentence_is_there::<AssetSentence>();
        every_label_is_there::<ListLabel>();
        every_sentence_is_there::<ListSentence>();
        every_label_is_there::<costs_and_charges::CostLabel>();
        every_sentence_is_there::<costs_and_charges::CostSentence>();
        every_label_is_there::<tax_report::TaxLabel>();
        every_sentence_is_there::<tax_report::TaxSentence>();
        every_sentence_is_there::<NoticeSentence>();
        every_sentence_is_there::<ConfirmationSentence>();
        every_label_is_there::<PerformanceLabel>();
        every_label_is_there::<RiskLabel>();
        every_label_is_there::<StatementLabel>();
        every_sentence_is_there::<StatementSentence>();
        every_sentence_is_there::<PerformanceSentence>();
        every_sentence_is_there::<RiskSentence>();
    }

    /// German, Spanish and Italian have no sentences of their own. Whoever translates one brings them all, and the
    /// note that says so goes.
    #[test]
    fn sentences_without_a_translation_are_english() {
        for language in [Language::German, Language::Spanish, Language::Italian] {
            assert!(!has_sentences(language));
            let own = Sentence::ALL.iter().filter(|sentence| sentence.template(language) != english(**sentence));
            assert_eq!(own.count(), 0, "{language}");
            let said = Texts::of(language).label(Label::SentencesInEnglish);
            assert_ne!(said, Label::SentencesInEnglish.template(Language::English));
        }
    }

    fn english(sentence: Sentence) -> &'static str {
        sentence.template(Language::English)
    }

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        assert_eq!(filled("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(filled("plain", &[]), "plain");
    }

    #[test]
    fn french_marks_stay_with_their_words() {
        assert_eq!(spaced("ainsi : « oui »", Language::French), "ainsi\u{A0}: «\u{A0}oui\u{A0}»");
        assert_eq!(spaced("so : it", Language::English), "so : it");
    }
}
