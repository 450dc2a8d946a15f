//! A document before it has a format.
//!
//! A document is a title, a period, and sections of typed cells. It says what is shown and in which order; how it looks
//! is the business of `render`. Whoever adds a section does so here, and every format has it.

mod cell;
mod graph;
mod table;

use chrono::NaiveDate;
use schemas::tables::exceptions::Exception;
use schemas::{BusinessDate, Currency, Language, RunId, Severity, Subject};

pub use cell::Cell;
pub use graph::{Series, Share, ShareGraph, ShareShape, TimeGraph, TimeShape};
pub use table::{Alignment, Column, ColumnKind, Footnotes, Table, sum_of_printed};

use crate::locale::Locale;
use crate::texts::{Label, Texts};

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The title for people, e.g. the portfolio's name.
    pub title: String,
    /// What kind of document it is, for people, e.g. `Portfolio statement`.
    pub subtitle: String,
    /// What it is about.
    pub subject: Subject,
    /// The time it is about.
    pub period: Period,
    /// Where it comes from.
    pub metadata: Metadata,
    /// What it shows, in order.
    pub sections: Vec<Section>,
}

/// A half-open period: the value at the opening date is known, what is earned after it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The last day before the period; its closing value is the period's opening value.
    pub opening_date: BusinessDate,
    /// The last day of the period, the date of the document.
    pub closing_date: BusinessDate,
}

/// Where a document comes from and how far it can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The id of the kind of document, e.g. `portfolio_statement`.
    pub kind: String,
    /// The version of the program, e.g. `0.1.0`.
    pub program_version: String,
    /// The run that made it.
    pub run_id: RunId,
    /// A fingerprint of the versions of all tables read.
    pub inputs_fingerprint: String,
    /// How sound the data behind it is.
    pub data_grade: DataGrade,
    /// The language of its words, numbers and days.
    pub language: Language,
    /// Whether the market behind the figures is made up. Every page then says so.
    pub synthetic: bool,
}

/// How sound the data behind a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataGrade {
    /// No check found anything.
    A,
    /// Checks found something worth a line.
    B,
    /// Rows were kept out of the figures until somebody has looked at them.
    C,
}

impl DataGrade {
    /// What the findings of the checks make of the data.
    pub(crate) fn of(findings: &[Exception]) -> DataGrade {
        if findings.iter().any(|finding| finding.severity == Severity::Quarantine) {
            DataGrade::C
        } else if findings.is_empty() {
            DataGrade::A
        } else {
            DataGrade::B
        }
    }

    /// The letter.
    pub fn letter(self) -> &'static str {
        match self {
            DataGrade::A => "A",
            DataGrade::B => "B",
            DataGrade::C => "C",
        }
    }
}

impl Document {
    /// Its language: the words that formats add, and how numbers and days look to people.
    pub fn texts(&self) -> Texts {
        Texts::of(self.metadata.language)
    }

    /// What it is about, for people, e.g. `Portfolio D03`.
    pub fn whose(&self) -> String {
        let texts = self.texts();
        match &self.subject {
            Subject::Portfolio(id) => format!("{} {id}", texts.label(Label::Portfolio)),
            Subject::Group(id) => format!("{} {id}", texts.label(Label::Group)),
            Subject::Firm => texts.label(Label::Firm),
        }
    }

    /// How its numbers and days look to people.
    pub fn locale(&self) -> &'static Locale {
        self.texts().locale()
    }
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The name for programs: stable, lower case, unique in the document, e.g. `positions`.
    pub id: &'static str,
    /// The heading for people.
    pub title: String,
    /// What it shows.
    pub content: Content,
}

/// What a section shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A few figures that matter most.
    KeyFigures(KeyFigures),
    /// Rows and columns.
    Table(Table),
    /// A line over time.
    Chart(Chart),
    /// Several series over time.
    TimeGraph(TimeGraph),
    /// The parts of a whole.
    ShareGraph(ShareGraph),
    /// Sentences.
    Notes(Vec<String>),
}

/// A few figures that matter most.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyFigures {
    /// The figures in reading order.
    pub figures: Vec<KeyFigure>,
    /// A sentence below them, e.g. how they add up.
    pub note: String,
}

/// A figure with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyFigure {
    /// The name for people.
    pub label: String,
    /// The figure.
    pub cell: Cell,
}

/// A line over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What the line is, e.g. `Market value`.
    pub series: String,
    /// The currency of its values.
    pub currency: Currency,
    /// The points by date, each date once. An unavailable value breaks the line.
    pub points: Vec<ChartPoint>,
}

/// A dated value of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartPoint {
    /// The day.
    pub date: NaiveDate,
    /// The value on that day.
    pub cell: Cell,
}
