//! The forms of words in the description: which text is an id, a date or one of some words.
//!
//! Handlers say that a date is a text; here stands which texts are, once for all addresses, so that a program that is
//! made from the description sends nothing that is refused for its form.

use analytics::linking::LINKING_METHODS;
use analytics::measures::MEASURES;
use schemas::{Language, ReportingPeriod, Role, Scope};
use serde_json::{Map, Value};

/// An id of the house's own: 1 to 64 characters.
const ID: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
/// A day of the years 1900 to 2199 that the calendar has.
const DATE: &str = concat!(
    "^(?:(?:19|2[01])[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    "|(?:(?:19|21)(?:0[48]|[2468][048]|[13579][26])|20(?:[02468][048]|[13579][26]))-02-29)$",
);

/// What a text is, by its name.
enum Form {
    Pattern(&'static str),
    OneOf(Vec<&'static str>),
}

/// The form of a text of this name; none if any text will do.
fn form(name: &str) -> Option<Form> {
    let form = match name {
        "portfolio_id" | "user_id" | "group_id" | "market_id" | "market" | "source" => Form::Pattern(ID),
        "period" => Form::OneOf(ReportingPeriod::ALL.into_iter().map(ReportingPeriod::code).collect()),
        "linking" => Form::OneOf(LINKING_METHODS.iter().map(|method| method.id).collect()),
        "measure" => Form::OneOf(MEASURES.iter().map(|measure| measure.id).collect()),
        "language" => Form::OneOf(Language::ALL.into_iter().map(Language::code).collect()),
        "role" => Form::OneOf(Role::ALL.into_iter().map(Role::word).collect()),
        "scopes" => Form::OneOf(Scope::ALL.into_iter().map(Scope::word).collect()),
        _ => return None,
    };
    Some(form)
}

/// Adds the forms to the parameters of all addresses and to the fields of what is sent and answered.
pub(super) fn add_forms(description: &mut Value) {
    let operations = description.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    let operations = operations.filter_map(|(_, item)| item.as_object_mut()).flatten();
    for (_, operation) in operations {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
        for parameter in parameters {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Some(schema) = parameter.get_mut("schema") {
                add_form(&name, schema);
            }
        }
    }
    let schemas = description.pointer_mut("/components/schemas").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, schema) in schemas {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten();
        for (name, property) in properties {
            add_form(name, property);
        }
    }
}

fn add_form(name: &str, schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    // The form of a list is that of its entries.
    if let Some(items) = schema.get_mut("items") {
        return add_form(name, items);
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind.as_str()],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let (is_text, may_be_null) = (kinds.contains(&"string"), kinds.contains(&"null"));
    if !is_text || schema.contains_key("enum") || schema.contains_key("pattern") {
        return;
    }
    if schema.get("format").and_then(Value::as_str) == Some("date") {
        set(schema, "pattern", DATE.into());
        return;
    }
    match form(name) {
        Some(Form::Pattern(pattern)) => set(schema, "pattern", pattern.into()),
        Some(Form::OneOf(words)) => {
            let words = words.into_iter().map(Value::from).chain(may_be_null.then_some(Value::Null));
            set(schema, "enum", words.collect());
        }
        None => {}
    }
}

fn set(schema: &mut Map<String, Value>, keyword: &str, value: Value) {
    schema.insert(keyword.to_owned(), value);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_get_their_forms_by_name_and_kind() {
        let mut description = json!({
            "paths": {"/x": {"get": {"parameters": [
                {"name": "date", "schema": {"type": "string", "format": "date"}},
                {"name": "period", "schema": {"type": "string", "pattern": "^YTD$"}},
                {"name": "limit", "schema": {"type": "integer"}},
            ]}}},
            "components": {"schemas": {"New": {"properties": {
                "language": {"type": ["string", "null"]},
                "scopes": {"type": "array", "items": {"type": "string"}},
                "user_id": {"type": "string"},
                "reason": {"type": "string"},
            }}}},
        });
        add_forms(&mut description);
        let parameter = |at: usize| description["paths"]["/x"]["get"]["parameters"][at]["schema"].clone();
        assert_eq!(parameter(0)["pattern"], DATE);
        assert_eq!(parameter(1), json!({"type": "string", "pattern": "^YTD$"}));
        assert_eq!(parameter(2), json!({"type": "integer"}));
        let properties = &description["components"]["schemas"]["New"]["properties"];
        let languages = ["en", "fr", "de", "es", "it"].map(Value::from).into_iter().chain([Value::Null]);
        let named: Vec<Value> = properties["language"]["enum"].as_array().expect("words").clone();
        assert!(languages.into_iter().all(|language| named.contains(&language)) && named.len() == 6);
        assert_eq!(properties["scopes"]["items"]["enum"], json!(["read", "write", "operate"]));
        assert_eq!(properties["user_id"]["pattern"], ID);
        assert_eq!(properties["reason"], json!({"type": "string"}));
    }
}
