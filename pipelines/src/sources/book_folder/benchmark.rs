//! `benchmark` of `portfolio.json`: a symbol, or symbols with their weights.

use ledger::benchmark_blend::{Blend, BlendError, COMPONENTS_MAX, Rebalancing};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::frames::exact;

/// How often weights are restored if nothing is said.
const DEFAULT: &str = "monthly";
/// How a benchmark is written.
const FORM: &str = "`benchmark` is a symbol such as \"SPY\", or symbols with weights such as {\"components\": \
                    [{\"symbol\": \"SPY\", \"weight\": 0.6}, {\"symbol\": \"AGG\", \"weight\": 0.4}], \
                    \"rebalance\": \"quarterly\"}";

/// What a portfolio is compared with, as it is stored: a symbol, or a blend, or neither.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) symbol: Option<String>,
    pub(super) blend: Option<String>,
}

/// The benchmark as it is stored, or what is wrong with it.
pub(super) fn read(given: Option<&Value>) -> Result<Compared, String> {
    match given {
        None => Ok(Compared::default()),
        Some(Value::String(symbol)) => Ok(Compared { symbol: Some(symbol.clone()), blend: None }),
        Some(Value::Object(fields)) => {
            let blend = blend(fields)?;
            Ok(Compared { symbol: None, blend: Some(blend.to_string()) })
        }
        Some(_) => Err(FORM.to_owned()),
    }
}

fn blend(fields: &Map<String, Value>) -> Result<Blend, String> {
    only(fields, &["components", "rebalance"], "`benchmark`")?;
    let listed = fields.get("components").and_then(Value::as_array).ok_or(FORM)?;
    if COMPONENTS_MAX < listed.len() {
        return Err(BlendError::Components(listed.len()).to_string());
    }
    let components = listed.iter().map(component).collect::<Result<Vec<(String, Decimal)>, String>>()?;
    let rebalancing = match fields.get("rebalance") {
        None | Some(Value::Null) => DEFAULT,
        Some(Value::String(word)) => word,
        Some(_) => return Err("`rebalance` of `benchmark` is a word such as \"quarterly\"".to_owned()),
    };
    let rebalancing: Rebalancing = rebalancing.parse().map_err(|error: BlendError| error.to_string())?;
    Blend::new(components, rebalancing).map_err(|error| error.to_string())
}

fn component(given: &Value) -> Result<(String, Decimal), String> {
    let fields = given.as_object().ok_or("a component of `benchmark` has a `symbol` and a `weight`")?;
    only(fields, &["symbol", "weight"], "a component of `benchmark`")?;
    let symbol = fields.get("symbol").and_then(Value::as_str).ok_or("a component of `benchmark` names no `symbol`")?;
    let weight = match fields.get("weight") {
        Some(Value::Number(number)) => exact(&number.to_string()).ok(),
        _ => None,
    };
    let shown: String = symbol.chars().take(80).collect();
    let weight = weight.ok_or_else(|| format!("the `weight` of `{shown}` in `benchmark` is no number such as 0.6"))?;
    Ok((symbol.to_owned(), weight))
}

fn only(fields: &Map<String, Value>, known: &[&str], whose: &str) -> Result<(), String> {
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(other) => {
            let shown: String = other.chars().take(40).collect();
            Err(format!("{whose} has the key `{shown}`; known: {}", known.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn blend_of(given: &Value) -> Option<String> {
        let Compared { symbol, blend } = read(Some(given)).expect("a benchmark");
        assert_eq!(symbol, None);
        blend
    }

    #[test]
    fn a_symbol_or_symbols_with_weights() {
        assert_eq!(read(None), Ok(Compared::default()));
        let one = Compared { symbol: Some("SPY".to_owned()), blend: None };
        assert_eq!(read(Some(&json!("SPY"))), Ok(one));
        let components = json!([{"symbol": "SPY", "weight": 0.6}, {"symbol": "AGG", "weight": 4e-1}]);
        let quarterly = json!({"components": components, "rebalance": "quarterly"});
        assert_eq!(blend_of(&quarterly).as_deref(), Some("SPY 0.6, AGG 0.4; quarterly"));
        let unsaid = json!({"components": components, "rebalance": null});
        assert_eq!(blend_of(&unsaid).as_deref(), Some("SPY 0.6, AGG 0.4; monthly"));
        // 0.1 + 0.2 + 0.7 is one, which it is not in binary.
        let part = |symbol: &str, weight: f64| json!({"symbol": symbol, "weight": weight});
        let three = json!({"components": [part("A", 0.1), part("B", 0.2), part("C", 0.7)]});
        assert_eq!(blend_of(&three).as_deref(), Some("A 0.1, B 0.2, C 0.7; monthly"));
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_known() {
        let one = json!([{"symbol": "SPY", "weight": 1}]);
        let of = |components: Value| json!({"components": components, "rebalance": "monthly"});
        for (given, told) in [
            (json!(7), "`benchmark` is a symbol such as"),
            (json!({}), "`benchmark` is a symbol such as"),
            (json!({"weights": []}), "`benchmark` has the key `weights`; known: components, rebalance"),
            (of(json!([])), "1 to 32 components, not 0"),
            (of(json!(["SPY"])), "has a `symbol` and a `weight`"),
            (of(json!([{"weight": 1}])), "names no `symbol`"),
            (of(json!([{"symbol": "SPY"}])), "the `weight` of `SPY` in `benchmark` is no number"),
            (of(json!([{"symbol": "SPY", "weight": "1"}])), "the `weight` of `SPY` in `benchmark` is no number"),
            (of(json!([{"symbol": "SPY", "weight": 1, "of": 2}])), "has the key `of`; known: symbol, weight"),
            (of(json!([{"symbol": "SPY", "weight": 0.6}, {"symbol": "AGG", "weight": 0.3}])), "sum to 0.9, not to 1"),
            (of(json!([{"symbol": "S P", "weight": 1}])), "`S P` is no symbol"),
            (json!({"components": one, "rebalance": "weekly"}), "unknown rebalancing `weekly`"),
            (json!({"components": one, "rebalance": 4}), "`rebalance` of `benchmark`"),
        ] {
            let reason = read(Some(&given)).expect_err("refused");
            assert!(reason.contains(told), "{given}: {reason}");
        }
    }
}
