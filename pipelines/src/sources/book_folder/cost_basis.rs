//! `cost_basis` of `portfolio.json`: one method, or methods with the days from which they count.

use schemas::BusinessDate;
use serde_json::Value;

/// The method of a portfolio that names none.
const DEFAULT: &str = "fifo";
/// Methods that may follow one another.
const METHODS_MAX: usize = 32;

/// The cost basis as it is stored, e.g. `fifo; 2024-01-01 average_cost`, or what is wrong with it.
pub(super) fn read(given: Option<&Value>) -> Result<String, String> {
    match given {
        None => Ok(DEFAULT.to_owned()),
        Some(Value::String(method)) => known(method).map(str::to_owned),
        Some(Value::Array(methods)) => dated(methods),
        Some(_) => Err("`cost_basis` is a method such as \"fifo\", or a list such as [{\"method\": \"fifo\"}, \
                        {\"method\": \"average_cost\", \"from\": \"2024-01-01\"}]"
            .to_owned()),
    }
}

fn known(method: &str) -> Result<&str, String> {
    let ids: Vec<&str> = ledger::lots::METHODS.iter().map(|known| known.id).collect();
    if ids.contains(&method) {
        return Ok(method);
    }
    let shown: String = method.chars().take(40).collect();
    Err(format!("unknown `cost_basis` method `{shown}`; known: {}", ids.join(", ")))
}

fn dated(methods: &[Value]) -> Result<String, String> {
    if methods.is_empty() || METHODS_MAX < methods.len() {
        return Err(format!("`cost_basis` lists {} methods; list 1 to {METHODS_MAX}", methods.len()));
    }
    let mut told: Vec<String> = Vec::with_capacity(methods.len());
    let mut last: Option<BusinessDate> = None;
    for (place, method) in methods.iter().enumerate() {
        let (method, from) = entry(method)?;
        match (place, from) {
            (0, None) => told.push(method.to_owned()),
            (0, Some(_)) => {
                return Err("the first method of `cost_basis` counts from the start; leave its `from` out".to_owned());
            }
            (_, None) => return Err(format!("`{method}` in `cost_basis` has no `from`, the day from which it counts")),
            (_, Some(from)) if last.is_some_and(|last| from <= last) => {
                return Err(format!(
                    "`from` {from} in `cost_basis` is not after the one before it; list them in order"
                ));
            }
            (_, Some(from)) => told.push(format!("{from} {method}")),
        }
        last = from;
    }
    Ok(told.join("; "))
}

/// The method of an entry, and the day from which it counts.
fn entry(given: &Value) -> Result<(&str, Option<BusinessDate>), String> {
    let fields = given.as_object().ok_or("an entry of `cost_basis` has a `method` and, after the first, a `from`")?;
    if let Some(other) = fields.keys().find(|key| !["method", "from"].contains(&key.as_str())) {
        let shown: String = other.chars().take(40).collect();
        return Err(format!("an entry of `cost_basis` has the key `{shown}`; known: method, from"));
    }
    let method = fields.get("method").and_then(Value::as_str).ok_or("an entry of `cost_basis` names no `method`")?;
    let from = match fields.get("from") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => match text.parse::<BusinessDate>() {
            Ok(day) => Some(day),
            Err(error) => return Err(format!("`from` in `cost_basis`: {error}")),
        },
        Some(_) => return Err("`from` in `cost_basis` is a date such as \"2024-01-01\"".to_owned()),
    };
    Ok((known(method)?, from))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_method_or_methods_with_their_days() {
        assert_eq!(read(None), Ok("fifo".to_owned()));
        assert_eq!(read(Some(&json!("fifo"))), Ok("fifo".to_owned()));
        let again = json!([{"method": "fifo"}, {"method": "fifo", "from": "2024-01-01"}]);
        assert_eq!(read(Some(&again)), Ok("fifo; 2024-01-01 fifo".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_known() {
        for (given, told) in [
            (json!("fiofo"), "unknown `cost_basis` method `fiofo`; known: "),
            (json!(7), "`cost_basis` is a method such as \"fifo\""),
            (json!([]), "`cost_basis` lists 0 methods"),
            (json!([{"method": "fifo", "from": "2024-01-01"}]), "leave its `from` out"),
            (json!([{"method": "fifo"}, {"method": "fifo"}]), "has no `from`"),
            (json!([{"method": "fifo"}, {"method": "fifo", "from": "01.01.2024"}]), "`01.01.2024` is no date"),
            (json!([{"method": "fifo"}, {"method": "fifo", "since": "2024-01-01"}]), "has the key `since`"),
            (json!(["fifo"]), "has a `method`"),
        ] {
            let reason = read(Some(&given)).expect_err("refused");
            assert!(reason.contains(told), "{given}: {reason}");
        }
        let backward = json!([
            {"method": "fifo"}, {"method": "fifo", "from": "2024-01-01"}, {"method": "fifo", "from": "2024-01-01"}
        ]);
        assert!(read(Some(&backward)).expect_err("refused").contains("is not after the one before it"));
    }
}
