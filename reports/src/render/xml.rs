//! XML for regulatory files: elements in the order written, text escaped, two spaces a level, line feeds.
//!
//! Rows are written as they come, so a file of a quarter of a million rows needs no more memory than one row.

use std::io::Write;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::writer::Writer;

use crate::error::Error;

/// A file being written.
pub(crate) struct XmlFile<W: Write> {
    writer: Writer<W>,
    what: &'static str,
}

impl<W: Write> XmlFile<W> {
    /// Begins a file with its declaration.
    pub(crate) fn begin(target: W, what: &'static str) -> Result<XmlFile<W>, Error> {
        let mut file = XmlFile { writer: Writer::new_with_indent(target, b' ', 2), what };
        file.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(file)
    }

    /// Opens an element of a namespace; its children inherit it.
    pub(crate) fn open_in_namespace(&mut self, name: &str, namespace: &str) -> Result<(), Error> {
        let mut start = BytesStart::new(name);
        start.push_attribute(("xmlns", namespace));
        self.event(Event::Start(start))
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &str) -> Result<(), Error> {
        self.event(Event::Start(BytesStart::new(name)))
    }

    /// Closes the element of this name.
    pub(crate) fn close(&mut self, name: &str) -> Result<(), Error> {
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// Writes an element that holds only text.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.event(Event::Start(BytesStart::new(name)))?;
        self.event(Event::Text(BytesText::new(text)))?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// Ends the file with a line feed.
    pub(crate) fn end(self) -> Result<W, Error> {
        let what = self.what;
        let mut target = self.writer.into_inner();
        target.write_all(b"\n").and_then(|()| target.flush()).map_err(|source| Error::Write { what, source })?;
        Ok(target)
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), Error> {
        let what = self.what;
        self.writer.write_event(event).map_err(|source| Error::Write { what, source })
    }
}
