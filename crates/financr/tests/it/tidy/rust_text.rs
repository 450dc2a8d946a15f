//! Rust source taken apart into code, comments and string literals.
//!
//! A rule about code must not be broken by a sentence in a comment, nor a rule about comments by a string. Every layer
//! keeps its lines and columns, so that a finding can be named by its place in the file.

use super::is_word;

/// The layers of a Rust file.
pub(super) struct RustText {
    /// The source without comments and without what stands between quotes.
    pub(super) code: String,
    /// The same without test modules.
    pub(super) library: String,
    /// The comments alone.
    pub(super) comments: String,
    /// The string literals.
    pub(super) literals: Vec<Literal>,
}

/// A string literal.
pub(super) struct Literal {
    /// The line it begins in.
    pub(super) line: usize,
    /// What stands between the quotes, as written.
    pub(super) text: String,
    /// The function or macro in whose call it stands, e.g. `format!`; empty if in none.
    pub(super) call: String,
}

/// A function and its size.
pub(super) struct Function {
    /// The line of its `fn`.
    pub(super) line: usize,
    /// Its name.
    pub(super) name: String,
    /// Lines from `fn` to the closing brace.
    pub(super) lines: usize,
}

enum Piece {
    Comment,
    /// From the first character after the opening quote to the closing quote.
    Text(usize, usize),
    /// The same, of a character literal.
    Character(usize, usize),
    Code,
}

impl RustText {
    /// Takes a source text apart.
    pub(super) fn split(text: &str) -> RustText {
        let source: Vec<char> = text.chars().collect();
        let mut code = source.clone();
        let mut comments = source.clone();
        let mut places = Vec::new();
        let mut start = 0;
        while start < source.len() {
            let (piece, end) = piece_at(&source, start);
            match piece {
                Piece::Comment => blank(&mut code, start, end),
                Piece::Text(from, to) => {
                    blank(&mut code, from, to);
                    places.push((from, to));
                }
                Piece::Character(from, to) => blank(&mut code, from, to),
                Piece::Code => {}
            }
            if !matches!(piece, Piece::Comment) {
                blank(&mut comments, start, end);
            }
            start = end;
        }
        let starts = line_starts(&source);
        let literal = |(from, to): (usize, usize)| Literal {
            line: line_of(&starts, from),
            text: source[from..to].iter().collect(),
            call: call_around(&code, from.saturating_sub(1)),
        };
        let literals = places.into_iter().map(literal).collect();
        let library = without_tests(&code);
        RustText { code: code.into_iter().collect(), library, comments: comments.into_iter().collect(), literals }
    }

    /// The functions that have a body.
    pub(super) fn functions(&self) -> Vec<Function> {
        let code: Vec<char> = self.code.chars().collect();
        let starts = line_starts(&code);
        let mut functions = Vec::new();
        let mut start = 0;
        while start < code.len() {
            let end = word_end(&code, start).max(start + 1);
            if code[start..end] == ['f', 'n']
                && let Some(function) = function_at(&code, &starts, start)
            {
                functions.push(function);
            }
            start = end;
        }
        functions
    }
}

/// What begins at a place, and where it ends.
fn piece_at(source: &[char], start: usize) -> (Piece, usize) {
    match (source[start], source.get(start + 1)) {
        ('/', Some('/')) => (Piece::Comment, line_end(source, start)),
        ('/', Some('*')) => (Piece::Comment, block_comment_end(source, start)),
        ('"', _) => {
            let close = text_end(source, start + 1);
            (Piece::Text(start + 1, close), (close + 1).min(source.len()))
        }
        ('\'', _) => match character_end(source, start) {
            Some(close) => (Piece::Character(start + 1, close), close + 1),
            None => (Piece::Code, start + 1),
        },
        (first, _) if is_word(first) => {
            let end = word_end(source, start);
            raw_text(source, start, end).unwrap_or((Piece::Code, end))
        }
        _ => (Piece::Code, start + 1),
    }
}

fn line_end(source: &[char], start: usize) -> usize {
    source[start..].iter().position(|character| *character == '\n').map_or(source.len(), |length| start + length)
}

fn block_comment_end(source: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut place = start;
    while place < source.len() {
        match (source[place], source.get(place + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                place += 2;
            }
            ('*', Some('/')) => {
                depth = depth.saturating_sub(1);
                place += 2;
                if depth == 0 {
                    return place;
                }
            }
            _ => place += 1,
        }
    }
    source.len()
}

/// The closing quote of a text that begins at a place.
fn text_end(source: &[char], start: usize) -> usize {
    let mut place = start;
    while place < source.len() {
        match source[place] {
            '\\' => place += 2,
            '"' => return place,
            _ => place += 1,
        }
    }
    source.len()
}

/// The closing quote of a character literal; none if the quote begins a lifetime.
fn character_end(source: &[char], start: usize) -> Option<usize> {
    if source.get(start + 1) == Some(&'\\') {
        let rest = source.get(start + 3..)?;
        return rest.iter().position(|character| *character == '\'').map(|length| start + 3 + length);
    }
    (source.get(start + 2) == Some(&'\'')).then_some(start + 2)
}

/// A raw text whose prefix is the word from `start` to `end`.
fn raw_text(source: &[char], start: usize, end: usize) -> Option<(Piece, usize)> {
    let prefix: String = source[start..end].iter().collect();
    if !["r", "br", "cr"].contains(&prefix.as_str()) {
        return None;
    }
    let hashes = source[end..].iter().take_while(|character| **character == '#').count();
    if source.get(end + hashes) != Some(&'"') {
        return None;
    }
    let from = end + hashes + 1;
    let mut closing = vec!['"'];
    closing.resize(hashes + 1, '#');
    let length = source[from..].windows(hashes + 1).position(|window| window == closing)?;
    Some((Piece::Text(from, from + length), from + length + hashes + 1))
}

fn word_end(source: &[char], start: usize) -> usize {
    start + source[start..].iter().take_while(|character| is_word(**character)).count()
}

fn blank(layer: &mut [char], from: usize, to: usize) {
    let end = to.min(layer.len());
    for character in layer[from.min(end)..end].iter_mut().filter(|character| **character != '\n') {
        *character = ' ';
    }
}

/// The places at which lines begin.
fn line_starts(source: &[char]) -> Vec<usize> {
    let breaks = source.iter().enumerate().filter(|(_, character)| **character == '\n');
    std::iter::once(0).chain(breaks.map(|(place, _)| place + 1)).collect()
}

/// The number of the line in which a place is, from 1.
fn line_of(starts: &[usize], place: usize) -> usize {
    starts.partition_point(|start| *start <= place)
}

/// The name of the call whose parentheses stand around a place.
fn call_around(code: &[char], place: usize) -> String {
    let mut depth = 0_usize;
    for (index, character) in code.iter().enumerate().take(place).rev() {
        match character {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if 0 < depth => depth -= 1,
            '(' => return name_before(code, index),
            '[' | '{' => return String::new(),
            ';' if depth == 0 => return String::new(),
            _ => {}
        }
    }
    String::new()
}

fn name_before(code: &[char], place: usize) -> String {
    let name = code[..place].iter().rev().skip_while(|character| character.is_whitespace());
    let mut name: Vec<char> =
        name.take_while(|character| is_word(**character) || **character == '!').copied().collect();
    name.reverse();
    name.into_iter().collect()
}

/// The function whose `fn` is at a place; none for a function pointer and for one without a body.
fn function_at(code: &[char], starts: &[usize], start: usize) -> Option<Function> {
    let rest = &code[start + 2..];
    let space = rest.iter().take_while(|character| character.is_whitespace()).count();
    let name: String =
        rest[space..].iter().take_while(|character| is_word(**character) || **character == '$').collect();
    let after_name = rest[space + name.chars().count()..].iter().find(|character| !character.is_whitespace());
    if name.is_empty() || !matches!(after_name, Some('(' | '<')) {
        return None;
    }
    let (open, '{') = body_or_end(code, start)? else { return None };
    let line = line_of(starts, start);
    Some(Function { line, name, lines: line_of(starts, closing_brace(code, open)) - line + 1 })
}

/// The first brace or semicolon outside parentheses and brackets.
fn body_or_end(code: &[char], start: usize) -> Option<(usize, char)> {
    let mut depth = 0_usize;
    for (index, character) in code.iter().enumerate().skip(start) {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '{' | ';' if depth == 0 => return Some((index, *character)),
            _ => {}
        }
    }
    None
}

/// The brace that closes the one at a place, or the last character.
fn closing_brace(code: &[char], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, character) in code.iter().enumerate().skip(open) {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index;
        }
    }
    code.len().saturating_sub(1)
}

fn without_tests(code: &[char]) -> String {
    let marker: Vec<char> = "#[cfg(test)]".chars().collect();
    let mut library = code.to_vec();
    let mut from = 0;
    while let Some(found) = library[from..].windows(marker.len()).position(|window| window == marker) {
        let start = from + found;
        let end = match body_or_end(&library, start + marker.len()) {
            Some((open, '{')) => closing_brace(&library, open) + 1,
            Some((semicolon, _)) => semicolon + 1,
            None => library.len(),
        };
        blank(&mut library, start, end);
        from = end;
    }
    library.into_iter().collect()
}

#[test]
fn layers_are_told_apart() {
    let text = concat!(
        "let a = \"// no comment {\"; // a 'comment' \"with quotes\"\n",
        "let b = r#\"raw \" text\"#; /* block /* in block */ still */ let c = '\"';\n",
        "fn f<'a>(x: &'a str) -> char { '\\'' }\n",
    );
    let rust = RustText::split(text);
    assert_eq!(rust.code.lines().count(), 3);
    assert!(!rust.code.contains("comment") && !rust.code.contains("raw") && !rust.code.contains("block"));
    assert!(rust.code.contains("let c = ' ';"), "{}", rust.code);
    assert!(rust.code.contains("fn f<'a>(x: &'a str) -> char {"), "{}", rust.code);
    assert!(rust.comments.contains("a 'comment' \"with quotes\"") && rust.comments.contains("still */"));
    assert!(!rust.comments.contains("no comment"));
    let texts: Vec<(usize, &str)> = rust.literals.iter().map(|literal| (literal.line, literal.text.as_str())).collect();
    assert_eq!(texts, [(1, "// no comment {"), (2, "raw \" text")]);
}

#[test]
fn a_literal_knows_its_call() {
    let rust = RustText::split("let a = format!(\"one {}\", name(\"two\")); let b = [\"three\"];");
    let calls: Vec<&str> = rust.literals.iter().map(|literal| literal.call.as_str()).collect();
    assert_eq!(calls, ["format!", "name", ""]);
}

#[test]
fn functions_are_measured_with_braces_in_texts_and_signatures() {
    let text = concat!(
        "trait T { fn without_body(&self) -> [u8; 2]; }\n",
        "fn three(\n    f: fn(u8) -> u8,\n) -> &'static str { \"}\" }\n",
        "fn one() { let _ = '{'; /* } */ }\n",
    );
    let functions = RustText::split(text).functions();
    let sizes: Vec<(usize, &str, usize)> =
        functions.iter().map(|function| (function.line, function.name.as_str(), function.lines)).collect();
    assert_eq!(sizes, [(2, "three", 3), (5, "one", 1)]);
}

#[test]
fn test_modules_are_left_out_of_the_library() {
    let text = "use a::b;\n#[cfg(test)]\nmod tests {\n    fn inner() { Utc::now(); }\n}\nfn after() {}\n";
    let rust = RustText::split(text);
    assert!(rust.code.contains("Utc::now") && !rust.library.contains("Utc::now"));
    assert!(rust.library.contains("use a::b;") && rust.library.contains("fn after() {}"));
}
