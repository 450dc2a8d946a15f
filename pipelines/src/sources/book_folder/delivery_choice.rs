//! `delivery` of `portfolio.json`: the channels by which the documents of a portfolio go.

use schemas::DeliveryChannel;
use serde_json::Value;

/// The choice as it is stored, e.g. `email, webhook`, or what is wrong with it; none if nothing is chosen, which is
/// mail if there is an address.
pub(super) fn read(given: Option<&Value>, client_email: Option<&str>) -> Result<Option<String>, String> {
    let Some(given) = given else { return Ok(None) };
    let names = given.as_array().ok_or_else(form)?;
    let mut chosen = Vec::with_capacity(names.len());
    for name in names {
        let channel: DeliveryChannel =
            name.as_str().ok_or_else(form)?.parse().map_err(|error: String| format!("`delivery`: {error}"))?;
        if chosen.contains(&channel) {
            return Err(format!("`delivery` names `{channel}` twice"));
        }
        if channel == DeliveryChannel::Email && client_email.is_none() {
            return Err("`delivery` names `email`, and there is no `client_email`; give one, or take it out".to_owned());
        }
        chosen.push(channel);
    }
    Ok(Some(DeliveryChannel::text_of(&chosen)))
}

fn form() -> String {
    let known = DeliveryChannel::ALL.map(DeliveryChannel::name).join(", ");
    format!("`delivery` is a list of channels such as [\"email\", \"webhook\"], of {known}; [] for none")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_choice_is_a_list_of_known_channels_each_once() {
        let address = Some("a@example.org");
        let read = |given: Value, address: Option<&str>| read(Some(&given), address);
        assert_eq!(read(json!(["webhook", "email"]), address), Ok(Some("email, webhook".to_owned())));
        assert_eq!(read(json!(["drop_folder"]), None), Ok(Some("drop_folder".to_owned())));
        assert_eq!(read(json!([]), address), Ok(Some("none".to_owned())));
        for (given, words) in [
            (json!("email"), "is a list of channels"),
            (json!([1]), "is a list of channels"),
            (json!(["fax"]), "unknown channel `fax`; known: email, drop_folder, webhook, web_push"),
            (json!(["webhook", "webhook"]), "names `webhook` twice"),
            (json!(["email"]), "there is no `client_email`"),
        ] {
            let error = read(given, None).expect_err("refused");
            assert!(error.contains("`delivery`") && error.contains(words), "{error}");
        }
        assert_eq!(super::read(None, address), Ok(None));
    }
}
