//! Where a statement comes from: how sound its data is, the run and the program that made it.

use super::notes_in;
use crate::document::{DataGrade, Section};
use crate::input::StatementInput;
use crate::texts::{Label, Sentence, Texts, has_sentences};

/// Where a document comes from.
pub(crate) struct Provenance<'a> {
    pub(crate) grade: DataGrade,
    pub(crate) run: &'a str,
    pub(crate) version: &'a str,
    pub(crate) fingerprint: &'a str,
    pub(crate) synthetic: bool,
}

/// How sound the data is, the run, the version of the program and the marker of what was read.
pub(crate) fn section(input: &StatementInput) -> Section {
    let provenance = Provenance {
        grade: DataGrade::of(&input.exceptions),
        run: input.run_id.as_str(),
        version: &input.program_version,
        fingerprint: &input.inputs_fingerprint,
        synthetic: input.synthetic,
    };
    section_of(&provenance, input.texts())
}

/// The same of any document.
pub(crate) fn section_of(provenance: &Provenance<'_>, texts: Texts) -> Section {
    notes_in(texts, "provenance", Label::AboutThisStatement, notes(provenance, texts))
}

fn notes(provenance: &Provenance<'_>, texts: Texts) -> Vec<String> {
    let Provenance { grade, run, version, fingerprint, synthetic } = *provenance;
    let meaning = texts.sentence(match grade {
        DataGrade::A => Sentence::GradeA,
        DataGrade::B => Sentence::GradeB,
        DataGrade::C => Sentence::GradeC,
    });
    let mut notes = vec![
        texts.sentence_with(Sentence::DataGradeIs, &[("grade", grade.letter()), ("meaning", &meaning)]),
        texts.sentence_with(Sentence::MadeBy, &[("run", run), ("version", version)]),
        texts.sentence_with(Sentence::Fingerprint, &[("fingerprint", fingerprint)]),
    ];
    if synthetic {
        notes.push(texts.sentence(Sentence::SyntheticMarket));
    }
    if !has_sentences(texts.language()) {
        notes.push(texts.label(Label::SentencesInEnglish));
    }
    notes
}
