//! What a command shows to people: sentences, tables and drawings, one below the other.

use std::io::Write;

use crate::listing::{Format, Listing};

/// A part of a page.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// A sentence, a heading or a drawing; its lines stand as they are.
    Text(String),
    /// A table.
    Rows(Listing),
}

impl Block {
    pub(crate) fn text(text: impl Into<String>) -> Block {
        Block::Text(text.into())
    }
}

/// Writes the parts as tables for people.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn write(blocks: &[Block], output: &mut dyn Write) -> anyhow::Result<()> {
    for block in blocks {
        match block {
            Block::Text(text) => writeln!(output, "{text}")?,
            Block::Rows(listing) => listing.write(Format::Table, output)?,
        }
    }
    Ok(())
}
