//! Parts of a JSON text as they stand in it, so that a number is read from its own digits and never through a float.

use serde::de::IgnoredAny;

/// Why a text has no parts.
pub(crate) type Problem = String;

/// The members of an object, in their order: each key with the text of its value.
///
/// # Errors
/// Why the text is no object.
pub(crate) fn members(text: &str) -> Result<Vec<(String, &str)>, Problem> {
    let mut found = Vec::new();
    for part in inside(text, '{', '}')? {
        let key_end = end_of_string(part).ok_or_else(|| "a key is not in quotes".to_owned())?;
        let (key, rest) = part.split_at_checked(key_end).ok_or_else(|| "a key does not end".to_owned())?;
        let key: String = serde_json::from_str(key).map_err(|error| error.to_string())?;
        let value = rest.trim_start().strip_prefix(':').ok_or_else(|| format!("`{key}` has no value"))?;
        found.push((key, value.trim()));
    }
    Ok(found)
}

/// The elements of an array, in their order.
///
/// # Errors
/// Why the text is no array.
pub(crate) fn elements(text: &str) -> Result<Vec<&str>, Problem> {
    inside(text, '[', ']')
}

/// The value of a key among members.
pub(crate) fn value_of<'a>(members: &[(String, &'a str)], key: &str) -> Option<&'a str> {
    members.iter().find(|(name, _)| name == key).map(|(_, value)| *value).filter(|value| *value != "null")
}

/// What stands between the brackets of a text, parted at the commas that are not deeper.
fn inside(text: &str, open: char, close: char) -> Result<Vec<&str>, Problem> {
    // The reader of the library also refuses texts that are nested too deeply.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| error.to_string())?;
    let text = text.trim();
    let inner = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
    let inner = inner.ok_or_else(|| format!("it does not begin with `{open}`"))?;
    let mut parts = Vec::new();
    let (mut depth, mut start, mut position) = (0_usize, 0, 0);
    let bytes = inner.as_bytes();
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'"' => position += inner.get(position..).and_then(end_of_string).map_or(0, |length| length - 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.extend(inner.get(start..position).map(str::trim));
                start = position + 1;
            }
            _ => {}
        }
        position += 1;
    }
    parts.extend(inner.get(start..).map(str::trim).filter(|part| !part.is_empty()));
    Ok(parts)
}

/// The length of the string, with its quotes, with which a text begins.
fn end_of_string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (position, byte) in text.bytes().enumerate() {
        match (position, byte) {
            (0, b'"') => {}
            (0, _) => return None,
            _ if escaped => escaped = false,
            (_, b'\\') => escaped = true,
            (_, b'"') => return Some(position + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        let text = r#" {"a": 0.12345678901234567890, "b,}": ["x\"],", {"c": [1, 2]}], "d": null} "#;
        let found = members(text).expect("an object");
        assert_eq!(value_of(&found, "a"), Some("0.12345678901234567890"));
        assert_eq!(value_of(&found, "d"), None);
        let parts = elements(value_of(&found, "b,}").expect("there")).expect("an array");
        assert_eq!(parts, [r#""x\"],""#, r#"{"c": [1, 2]}"#]);
        assert_eq!(elements("[]"), Ok(Vec::new()));
        assert!(members("[1]").is_err() && elements("{\"a\":1").is_err());
    }
}
