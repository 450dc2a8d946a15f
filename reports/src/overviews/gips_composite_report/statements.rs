//! What the firm says of itself and of the composite, in its own words, and what the checks found.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{BusinessDate, PortfolioId, Severity};

use crate::composite::CompositeInput;
use crate::document::Section;
use crate::gips::{CompositeTexts, paragraphs};
use crate::sections::notes_in;
use crate::texts::{CompositeLabel, CompositeSentence, Label};

/// The claim of compliance with the trademark of the standards; that the firm claims nothing, if so.
pub(super) fn compliance(input: &CompositeInput) -> Section {
    let texts = input.texts();
    let notes = match &input.gips.compliance_statement {
        Some(claim) => {
            let mut notes = paragraphs(claim);
            notes.push(texts.sentence(CompositeSentence::Trademark));
            notes
        }
        None => vec![texts.sentence(CompositeSentence::NoClaim)],
    };
    notes_in(texts, "compliance", CompositeLabel::Compliance, notes)
}

/// What the firm must say, and what it says beside.
pub(super) fn sections(input: &CompositeInput, inception: BusinessDate) -> Vec<Section> {
    let texts = input.texts();
    let nothing = CompositeTexts::default();
    let said = input.gips.composites.get(&input.group_id).unwrap_or(&nothing);
    let lines = |text: &Option<String>| text.as_deref().map(paragraphs).unwrap_or_default();
    let mut description = lines(&said.description);
    description.extend(said.creation_date.map(|created| {
        let (created, begun) = (texts.date(created), texts.date(inception));
        let days = [("created", &*created), ("begun", &*begun)];
        texts.sentence_with(CompositeSentence::CreatedOn, &days)
    }));
    let mut benchmark = lines(&said.benchmark);
    let none = said.no_benchmark.as_deref();
    benchmark.extend(none.map(|reason| texts.sentence_with(CompositeSentence::NoBenchmark, &[("reason", reason)])));
    vec![
        notes_in(texts, "firm_definition", CompositeLabel::FirmDefinition, lines(&input.gips.firm_definition)),
        notes_in(texts, "description", CompositeLabel::Description, description),
        notes_in(texts, "benchmark", CompositeLabel::BenchmarkDescription, benchmark),
        notes_in(texts, "fees", CompositeLabel::FeesDescription, lines(&said.fees)),
        notes_in(texts, "policies", CompositeLabel::Policies, policies(input, said)),
        notes_in(texts, "events", CompositeLabel::Events, events(input, said)),
    ]
}

fn policies(input: &CompositeInput, said: &CompositeTexts) -> Vec<String> {
    let texts = input.texts();
    let mut notes = input.gips.availability.as_deref().map(paragraphs).unwrap_or_default();
    for (sentence, text) in [
        (CompositeSentence::MinimumAssets, &said.minimum_assets),
        (CompositeSentence::SignificantCashFlows, &said.significant_cash_flows),
        (CompositeSentence::Leverage, &said.leverage),
        (CompositeSentence::WithholdingTaxes, &said.withholding_taxes),
        (CompositeSentence::SpecialPortfolios, &said.special_portfolios),
    ] {
        let text = text.as_deref().map(|text| paragraphs(text).join(" "));
        notes.extend(text.map(|text| texts.sentence_with(sentence, &[("text", &text)])));
    }
    notes
}

fn events(input: &CompositeInput, said: &CompositeTexts) -> Vec<String> {
    if said.events.is_empty() {
        return vec![input.texts().sentence(CompositeSentence::NoEvents)];
    }
    said.events.iter().flat_map(|text| paragraphs(text)).collect()
}

/// A check whose findings are counted, the severest first.
type Check<'a> = (std::cmp::Reverse<Severity>, &'a str);

/// What the checks of the closing date found of the members, by check.
pub(super) fn findings(input: &CompositeInput) -> Section {
    let texts = input.texts();
    let mut found: BTreeMap<Check<'_>, (usize, BTreeSet<&PortfolioId>)> = BTreeMap::new();
    for row in &input.exceptions {
        let (count, members) = found.entry((std::cmp::Reverse(row.severity), row.check_name.as_str())).or_default();
        *count += 1;
        members.insert(&row.portfolio_id);
    }
    let line = |((severity, check), (count, members)): (Check<'_>, (usize, BTreeSet<_>))| {
        let severity = texts.label(match severity.0 {
            Severity::Info => Label::Note,
            Severity::Warn => Label::Warning,
            Severity::Quarantine => Label::KeptOut,
            Severity::Block => Label::Blocking,
        });
        let (count, members) = (count.to_string(), members.len().to_string());
        let values = [("severity", &*severity), ("check", check), ("count", &*count), ("portfolios", &*members)];
        texts.label_with(CompositeLabel::FindingsOfMembers, &values)
    };
    let mut notes: Vec<String> = found.into_iter().map(line).collect();
    if notes.is_empty() {
        let date = texts.date(input.business_date);
        notes.push(texts.sentence_with(CompositeSentence::NothingFound, &[("date", &date)]));
    }
    notes_in(texts, "findings", Label::Findings, notes)
}
