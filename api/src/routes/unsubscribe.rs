//! The end of mails that are optional, for whoever holds the token that stood in one of them (RFC 8058).
//!
//! A mail program sends one POST, without a login. A person who follows the link sees a page with a button: programs
//! that look into links before people do must not end anything.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName};
use schemas::Language;
use store::{NewSuppression, SuppressionReason};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::Addressed;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "unsubscribe",
    doc: "The end of mails that are optional, for whoever holds the token that stood in one.",
    routes: unsubscribe_routes,
};

/// Who puts the address on the list.
const ACTOR: &str = "recipient";
/// What a mail program posts (RFC 8058, section 3.2), as the name and the value of a field.
const ONE_CLICK: (&str, &str) = ("List-Unsubscribe", "One-Click");
/// The page loads nothing, sends its form to this address only, and stands in no other page.
const POLICY: &str =
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/// The form that a mail program posts, for the description.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only its description is used")]
struct OneClick {
    /// Always `One-Click`.
    #[schema(rename = "List-Unsubscribe", pattern = "^One-Click$", example = "One-Click")]
    list_unsubscribe: String,
}

type Page = ([(HeaderName, &'static str); 3], String);

/// What the page says.
struct Words {
    question: &'static str,
    button: &'static str,
    done: &'static str,
}

fn unsubscribe_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(ask, end))
}

/// A page that asks whether optional mails should end. It changes nothing.
#[utoipa::path(
    get,
    path = "/unsubscribe/{token}",
    tag = "unsubscribe",
    security(()),
    params(("token" = String, Path, description = "The token in the mail.")),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
)]
async fn ask(
    State(context): State<Arc<Context>>,
    Addressed(token): Addressed<String>,
    headers: HeaderMap,
) -> Result<Page, Problem> {
    recipient(&context, &token).await?;
    let (language, words) = words(&headers);
    let (name, value) = ONE_CLICK;
    let form = format!(
        "<p>{}</p><form method=\"post\"><input type=\"hidden\" name=\"{name}\" value=\"{value}\">\
         <button>{}</button></form>",
        words.question, words.button
    );
    Ok(page(language, &form))
}

/// Ends the mails that are optional for the address that the token belongs to. Documents that are owed are sent all the
/// same. Asked twice, it answers the same.
#[utoipa::path(
    post,
    path = "/unsubscribe/{token}",
    tag = "unsubscribe",
    security(()),
    params(("token" = String, Path, description = "The token in the mail.")),
    request_body(
        content = OneClick, content_type = "application/x-www-form-urlencoded",
        description = "`List-Unsubscribe=One-Click` (RFC 8058), also as multipart/form-data.",
    ),
    responses((status = 200, description = "They have ended.", body = String, content_type = "text/html"), Refusals),
)]
async fn end(
    State(context): State<Arc<Context>>,
    Addressed(token): Addressed<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Page, Problem> {
    if !is_one_click(&body) {
        let help = "send the form field `List-Unsubscribe` with the value `One-Click` (RFC 8058)";
        return Err(Problem::bad_request("the body does not ask to end anything", help));
    }
    let recipient = recipient(&context, &token).await?;
    let new = NewSuppression { reason: SuppressionReason::Request, note: "by the link in a mail", by: ACTOR };
    context.store.suppress(&recipient, &new, context.clock.now()).await?;
    let (language, words) = words(&headers);
    Ok(page(language, &format!("<p>{}</p>", words.done)))
}

async fn recipient(context: &Context, token: &str) -> Result<String, Problem> {
    let found = context.store.recipient_of_token(token).await?;
    found.ok_or_else(|| {
        let help = "use the link as it stands in the mail, or write to its sender";
        Problem::not_found("Unknown link", "this link belongs to no mail of this house", help)
    })
}

/// Whether a body has the field, in either of the two forms in which programs send it.
fn is_one_click(body: &[u8]) -> bool {
    let (name, value) = ONE_CLICK;
    let Ok(text) = std::str::from_utf8(body) else { return false };
    if text.split('&').any(|field| field.trim() == format!("{name}={value}")) {
        return true;
    }
    let field = format!("name=\"{name}\"");
    let mut parts = text.split(&field).skip(1);
    parts.any(|part| part.split_once("\r\n\r\n").is_some_and(|(_, rest)| rest.lines().next() == Some(value)))
}

fn page(language: Language, content: &str) -> Page {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
    ];
    let head = "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Financr</title>";
    (headers, format!("<!doctype html><html lang=\"{language}\"><head>{head}</head><body>{content}</body></html>\n"))
}

/// The words of the page in the first language that the browser asks for; in English if the house does not have it.
fn words(headers: &HeaderMap) -> (Language, Words) {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = asked.split([',', ';', '-']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let language = first.parse().unwrap_or_default();
    let words = match language {
        Language::English => Words {
            question: "Do you want no more optional mails at this address? What we owe you, such as your statements, \
                       still comes.",
            button: "No more optional mails",
            done: "Done: no more optional mails will come to this address.",
        },
        Language::French => Words {
            question: "Ne plus recevoir de courriels facultatifs à cette adresse ? Ce que nous vous devons, comme vos \
                       relevés, vous parviendra toujours.",
            button: "Plus de courriels facultatifs",
            done: "C’est fait : plus aucun courriel facultatif ne parviendra à cette adresse.",
        },
        Language::German => Words {
            question: "Möchten Sie an dieser Adresse keine freiwilligen Mails mehr? Was wir Ihnen schulden, etwa Ihre \
                       Berichte, kommt weiterhin.",
            button: "Keine freiwilligen Mails mehr",
            done: "Erledigt: An diese Adresse kommen keine freiwilligen Mails mehr.",
        },
        Language::Spanish => Words {
            question: "¿No desea más correos opcionales en esta dirección? Lo que le debemos, como sus informes, \
                       seguirá llegando.",
            button: "No más correos opcionales",
            done: "Hecho: a esta dirección no llegarán más correos opcionales.",
        },
        Language::Italian => Words {
            question: "Non desidera più messaggi facoltativi a questo indirizzo? Ciò che le dobbiamo, come i \
                       rendiconti, arriverà ancora.",
            button: "Niente più messaggi facoltativi",
            done: "Fatto: a questo indirizzo non arriveranno più messaggi facoltativi.",
        },
    };
    (language, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_found_in_both_forms_and_nowhere_else() {
        // After the examples of RFC 8058, section 8: the request of a mail program.
        let multipart = "---FormBoundaryjWmhtjORrn\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                         One-Click\r\n---FormBoundaryjWmhtjORrn--";
        for right in ["List-Unsubscribe=One-Click", "a=b&List-Unsubscribe=One-Click", multipart] {
            assert!(is_one_click(right.as_bytes()), "{right}");
        }
        let other = multipart.replace("One-Click\r", "Two\r");
        for wrong in ["", "List-Unsubscribe", "List-Unsubscribe=No", "x=List-Unsubscribe=One-Click", other.as_str()] {
            assert!(!is_one_click(wrong.as_bytes()), "{wrong}");
        }
        assert!(!is_one_click(b"\xff"));
    }

    #[test]
    fn the_page_is_in_the_language_of_the_browser() {
        let of = |asked: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().expect("a header"));
            words(&headers).0
        };
        assert_eq!(
            (of("fr-CH, fr;q=0.9, en;q=0.8"), of("DE"), of("*")),
            (Language::French, Language::German, Language::English)
        );
        assert_eq!(words(&HeaderMap::new()).0, Language::English);
    }
}
