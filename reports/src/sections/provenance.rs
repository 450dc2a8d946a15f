//! Where a statement comes from: how sound its data is, the run and the program that made it.

use super::of_notes;
use crate::document::{DataGrade, Section};
use crate::input::{StatementInput, data_grade};
use crate::texts::{Label, Sentence, has_sentences};

/// How sound the data is, the run, the version of the program and the marker of what was read.
pub(crate) fn section(input: &StatementInput) -> Section {
    of_notes(input, "provenance", Label::AboutThisStatement, provenance(input))
}

fn provenance(input: &StatementInput) -> Vec<String> {
    let texts = input.texts();
    let grade = data_grade(input);
    let meaning = texts.sentence(match grade {
        DataGrade::A => Sentence::GradeA,
        DataGrade::B => Sentence::GradeB,
        DataGrade::C => Sentence::GradeC,
    });
    let (run, version) = (("run", input.run_id.as_str()), ("version", input.program_version.as_str()));
    let fingerprint = ("fingerprint", input.inputs_fingerprint.as_str());
    let mut notes = vec![
        texts.sentence_with(Sentence::DataGradeIs, &[("grade", grade.letter()), ("meaning", &meaning)]),
        texts.sentence_with(Sentence::MadeBy, &[run, version]),
        texts.sentence_with(Sentence::Fingerprint, &[fingerprint]),
    ];
    if input.synthetic {
        notes.push(texts.sentence(Sentence::SyntheticMarket));
    }
    if !has_sentences(texts.language()) {
        notes.push(texts.label(Label::SentencesInEnglish));
    }
    notes
}
