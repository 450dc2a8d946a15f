//! What was published about the period, and what became of the messages, as it was counted once.

use super::count;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::management::{KindPublications, ManagementInput, Publications};
use crate::overviews;
use crate::sections::{notes_in, total};
use crate::statements;
use crate::texts::{ManagementLabel, ManagementSentence, Texts};

/// The documents and the messages by kind; nothing if nobody counted.
pub(super) fn sections(input: &ManagementInput) -> Result<Vec<Section>, Error> {
    let Some(publications) = &input.publications else { return Ok(Vec::new()) };
    let texts = input.texts();
    if publications.kinds.is_empty() {
        let notes = vec![told_when(publications, ManagementSentence::NothingPublished, texts)];
        return Ok(vec![notes_in(texts, "documents", ManagementLabel::Documents, notes)]);
    }
    Ok(vec![documents(publications, texts)?, messages(publications, texts)?])
}

/// When the counts were made, for the section on what figures mean.
pub(super) fn meaning(input: &ManagementInput) -> Option<String> {
    let publications = input.publications.as_ref()?;
    Some(told_when(publications, ManagementSentence::MeaningOfDocuments, input.texts()))
}

fn told_when(publications: &Publications, sentence: ManagementSentence, texts: Texts) -> String {
    let counted_at = publications.counted_at;
    let (date, time) = (texts.day(counted_at.date_naive()), counted_at.format("%H:%M UTC").to_string());
    texts.sentence_with(sentence, &[("date", &date), ("time", &time)])
}

/// A column of numbers: its name, its head, and where its numbers come from.
struct Figure(&'static str, ManagementLabel, fn(&KindPublications) -> u64);

fn documents(publications: &Publications, texts: Texts) -> Result<Section, Error> {
    let figures = [
        Figure("published", ManagementLabel::Published, |of| of.published),
        Figure("restated", ManagementLabel::Restated, |of| of.restated),
        Figure("blocked", ManagementLabel::Blocked, |of| of.blocked),
    ];
    let table = table_of(publications, &figures, texts)?;
    Ok(Section { id: "documents", title: texts.label(ManagementLabel::Documents), content: Content::Table(table) })
}

fn messages(publications: &Publications, texts: Texts) -> Result<Section, Error> {
    let figures = [
        Figure("delivered", ManagementLabel::Delivered, |of| of.delivered),
        Figure("waiting", ManagementLabel::Waiting, |of| of.waiting),
        Figure("given_up", ManagementLabel::GivenUp, |of| of.given_up),
        Figure("returned", ManagementLabel::Returned, |of| of.returned),
        Figure("not_wanted", ManagementLabel::NotWanted, |of| of.not_wanted),
    ];
    let table = table_of(publications, &figures, texts)?;
    Ok(Section { id: "messages", title: texts.label(ManagementLabel::Messages), content: Content::Table(table) })
}

/// A table with a row for each kind of document, a column for each figure, and their sums.
fn table_of(publications: &Publications, figures: &[Figure], texts: Texts) -> Result<Table, Error> {
    let mut columns = vec![Column::new("document", texts.label(ManagementLabel::Document), ColumnKind::Text)];
    let head = |Figure(id, label, _): &Figure| Column::new(id, texts.label(*label), ColumnKind::Quantity);
    columns.extend(figures.iter().map(head));
    let row = |of: &KindPublications| {
        let counted = figures.iter().map(|Figure(_, _, number)| count(number(of)));
        std::iter::once(Cell::text(title_of(&of.kind, texts))).chain(counted).collect()
    };
    let mut table = Table { columns, rows: publications.kinds.iter().map(row).collect(), total: None };
    let mut sums = vec![total(texts)];
    for Figure(id, _, _) in figures {
        sums.push(table.sum_of_column(id, texts)?);
    }
    table.total = Some(sums);
    Ok(table)
}

/// The name of a kind for people; its id if this version of the program does not make it.
fn title_of(kind: &str, texts: Texts) -> String {
    let overview = overviews::named(kind).map(|overview| overview.title);
    let label = overview.or_else(|| statements::named(kind).ok().map(|statement| statement.title));
    label.map_or_else(|| kind.to_owned(), |label| texts.label(label))
}
