//! The words of a beancount file, line by line.
//!
//! A line that begins with a mark is prose (an org-mode title, a comment), an indented line belongs to the one before
//! it, and a text in quotes may run over several lines.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::numerals::plain_number;

/// Bytes of one line, texts that run on included.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A day.
    Date(NaiveDate),
    /// An account: names with colons between them.
    Account(String),
    /// A currency or a commodity.
    Commodity(String),
    /// A text in quotes, without them.
    Text(String),
    /// A number without its sign.
    Number(Decimal),
    /// A key of metadata, without its colon.
    Key(String),
    /// A keyword.
    Word(String),
    /// A tag or a link.
    Label(String),
    /// A mark, e.g. `{` or `@@`.
    Mark(&'static str),
}

/// A line with at least one word, or one that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TokenLine {
    /// The line it begins on, from 1.
    pub(super) line: i64,
    /// Whether it belongs to the line before it.
    pub(super) indented: bool,
    /// Where it begins and ends in the file.
    pub(super) range: std::ops::Range<usize>,
    /// Its words.
    pub(super) tokens: Vec<Token>,
    /// Why it cannot be read.
    pub(super) fault: Option<String>,
}

/// Marks of more than one letter come before those that they begin with.
const MARKS: &[&str] =
    &["@@", "{{", "}}", "@", "{", "}", ",", "~", "+", "-", "*", "/", "(", ")", "|", "!", "&", "?", "%", "#", ":"];
/// A line that begins with one of these is prose.
const PROSE: &[char] = &['*', ':', '#', '!', '&', '?', '%', ';'];

/// The lines of a file that have words, and those that cannot be read.
pub(super) fn token_lines(text: &str) -> Vec<TokenLine> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut line = 1_i64;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let first_end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let read = if rest.starts_with(PROSE) { Ok((Vec::new(), first_end)) } else { tokens(rest) };
        let (tokens, length, fault) = match read {
            Ok((tokens, length)) => (tokens, length, None),
            Err(reason) => (Vec::new(), first_end, Some(reason)),
        };
        let taken = rest.get(..length).unwrap_or_default();
        if !tokens.is_empty() || fault.is_some() {
            let range = start..start + taken.trim_end().len();
            lines.push(TokenLine { line, indented: rest.starts_with([' ', '\t']), range, tokens, fault });
        }
        line += i64::try_from(taken.matches('\n').count()).unwrap_or(0);
        start += length;
    }
    lines
}

/// The words up to the end of the line, and the bytes that it takes.
fn tokens(text: &str) -> Result<(Vec<Token>, usize), String> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(rest) = text.get(position..) {
        let Some(letter) = rest.chars().next() else { break };
        if LINE_BYTES_MAX < position {
            return Err(format!("the line has more than {LINE_BYTES_MAX} bytes, or a quote is never closed"));
        }
        match letter {
            '\n' => return Ok((found, position + 1)),
            ' ' | '\t' | '\r' => position += 1,
            ';' => position += rest.find('\n').unwrap_or(rest.len()),
            _ => {
                let (token, length) = token(rest, letter)?;
                found.push(token);
                position += length;
            }
        }
    }
    Ok((found, text.len()))
}

fn token(rest: &str, first: char) -> Result<(Token, usize), String> {
    if first == '"' {
        return quoted(rest);
    }
    if first.is_ascii_digit() {
        return date_or_number(rest);
    }
    if first.is_ascii_lowercase() {
        let length = run(rest, |letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
        let word = rest.get(..length).unwrap_or_default().to_owned();
        let is_key = rest.get(length..).is_some_and(|after| after.starts_with(':'));
        return Ok(if is_key { (Token::Key(word), length + 1) } else { (Token::Word(word), length) });
    }
    if first.is_ascii_uppercase() || !first.is_ascii() {
        return Ok(name(rest));
    }
    if ['#', '^'].contains(&first) {
        let after = rest.get(1..).unwrap_or_default();
        let length = run(after, |letter| letter.is_ascii_alphanumeric() || "-_/.".contains(letter));
        if 0 < length {
            return Ok((Token::Label(after.get(..length).unwrap_or_default().to_owned()), length + 1));
        }
    }
    let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
    mark.map(|mark| (Token::Mark(mark), mark.len())).ok_or_else(|| format!("`{first}` means nothing here"))
}

/// Bytes of the letters that a text begins with.
fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !belongs(letter)).unwrap_or(text.len())
}

/// An account or a commodity.
fn name(rest: &str) -> (Token, usize) {
    let belongs = |letter: char| letter.is_alphanumeric() || !letter.is_ascii() || "-:'._".contains(letter);
    let length = run(rest, belongs);
    let name = rest.get(..length).unwrap_or_default().to_owned();
    let token = if name.contains(':') { Token::Account(name) } else { Token::Commodity(name) };
    (token, length)
}

fn quoted(rest: &str) -> Result<(Token, usize), String> {
    let mut text = String::new();
    let mut escaped = false;
    for (position, letter) in rest.char_indices().skip(1) {
        if LINE_BYTES_MAX < position {
            break;
        }
        match letter {
            '"' if !escaped => return Ok((Token::Text(text), position + 1)),
            '\\' if !escaped => escaped = true,
            _ => {
                text.push(if escaped && letter == 'n' { '\n' } else { letter });
                escaped = false;
            }
        }
    }
    Err("a quote is opened and never closed".to_owned())
}

fn date_or_number(rest: &str) -> Result<(Token, usize), String> {
    let length = run(rest, |letter| letter.is_ascii_digit() || "-/".contains(letter));
    let run_of_digits = rest.get(..length).unwrap_or_default();
    let parts: Vec<&str> = run_of_digits.split(['-', '/']).collect();
    if let [year, month, day] = parts.as_slice()
        && year.len() == 4
        && [month, day].into_iter().all(|part| (1..=2).contains(&part.len()))
    {
        let written = format!("{year}-{month:0>2}-{day:0>2}");
        let date = written.parse().map_err(|_| format!("`{written}` is no day of the calendar"))?;
        return Ok((Token::Date(date), length));
    }
    let whole = run(rest, |letter| letter.is_ascii_digit() || letter == ',');
    let after = rest.get(whole..).unwrap_or_default();
    let fraction = match after.strip_prefix('.') {
        Some(digits) => 1 + run(digits, |letter| letter.is_ascii_digit()),
        None => 0,
    };
    // A comma after the last digit separates, it does not belong to the number.
    let written = rest.get(..whole + fraction).unwrap_or_default();
    let number = written.trim_end_matches(',');
    let digits = number.replace(',', "");
    let plain = plain_number(digits.trim_end_matches('.'))?;
    Ok((Token::Number(plain), number.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn commodity(name: &str) -> Token {
        Token::Commodity(name.to_owned())
    }

    /// The numbers of the lines that can be read, or of the others.
    fn numbers(lines: &[TokenLine], faulty: bool) -> Vec<i64> {
        lines.iter().filter(|line| line.fault.is_some() == faulty).map(|line| line.line).collect()
    }

    #[test]
    fn a_posting_is_cut_into_words() {
        let lines = token_lines("  Assets:UTrade:Böse  -1,030.5 AAPL {185.40 USD, 2024-03-01} @@ 2 USD ; note\n");
        let number = |text: &str| Token::Number(text.parse().expect("a number"));
        let date = Token::Date("2024-03-01".parse().expect("a date"));
        assert_eq!(lines[0].fault, None);
        assert!(lines[0].indented);
        assert_eq!(
            lines[0].tokens,
            [
                Token::Account("Assets:UTrade:Böse".to_owned()),
                Token::Mark("-"),
                number("1030.5"),
                commodity("AAPL"),
                Token::Mark("{"),
                number("185.40"),
                commodity("USD"),
                Token::Mark(","),
                date,
                Token::Mark("}"),
                Token::Mark("@@"),
                number("2"),
                commodity("USD"),
            ]
        );
    }

    #[test]
    fn texts_run_over_lines_and_prose_is_left_out() {
        let file = "* Title\n;; comment\n2024/3/1 query \"a\" \"\n  select \\\"x\\\"\n\"\n\n  key: 1\n\
                    2024-01-01 $\n2024-02-30 open\n";
        let lines = token_lines(file);
        assert_eq!(numbers(&lines, false), [3, 7]);
        assert_eq!(lines[0].tokens.last(), Some(&Token::Text("\n  select \"x\"\n".to_owned())));
        assert_eq!(lines[1].tokens[0], Token::Key("key".to_owned()));
        assert_eq!(numbers(&lines, true), [8, 9]);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_one_line() {
        let lines = token_lines("2024-01-01 note \"open\n2024-01-02 open Assets:A\n");
        assert_eq!((numbers(&lines, true), numbers(&lines, false)), (vec![1], vec![2]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z0-9 :;.,{}@#\"\\\\\\-/\nä*~]{0,120}") {
            let written = text.lines().filter(|line| !line.trim().is_empty()).count();
            prop_assert!(token_lines(&text).len() <= written);
        }
    }
}
