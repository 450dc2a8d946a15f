//! Answers with only the fields that the caller names: `?fields=portfolio_id,items.market_value`.
//!
//! A point goes into an object, and into every object of a list. Fields keep the order of the whole answer. A field
//! that there is not is refused with those that there are: an answer that lacks what was asked for looks like one that
//! has no value for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::kept_answers::{ENTRIES_EXPECTED, bytes, room};
use crate::problem::Problem;

/// Characters of a selection.
const LENGTH_MAX: usize = 1_000;
/// Fields of a selection.
const FIELDS_MAX: usize = 50;
/// Names of a field, from the outermost to its own.
const DEPTH_MAX: usize = 6;
/// Names of fields that a refusal lists.
const LISTED_MAX: usize = 60;
/// Bytes that an entry takes beside its texts.
const ENTRY_BYTES: usize = 300;
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HELP: &str =
    "name fields of the answer in `fields`, separated by commas, with points between the names of a path";

/// The fields of an object that are wanted, each with those of it that are; all of it if none is named.
#[derive(Debug, Default, PartialEq, Eq)]
struct Selection(BTreeMap<String, Selection>);

#[derive(Deserialize)]
struct FieldsQuery {
    fields: String,
}

/// What answers were reduced to: by the tag of the whole answer, which stands for its bytes, and the selection.
pub(crate) struct Reductions(Cache<(String, String), (Bytes, HeaderValue), ByBytes>);

/// What an entry takes of the room.
#[derive(Clone)]
struct ByBytes;

impl Weighter<(String, String), (Bytes, HeaderValue)> for ByBytes {
    fn weight(&self, (tag, words): &(String, String), (text, _): &(Bytes, HeaderValue)) -> u64 {
        bytes(tag.len() + words.len() + text.len() + ENTRY_BYTES)
    }
}

impl Reductions {
    /// Room for so many mebibytes; those that were not asked for longest give way.
    pub(crate) fn with_room(mebibytes: u32) -> Reductions {
        Reductions(Cache::with_weighter(ENTRIES_EXPECTED, room(mebibytes), ByBytes))
    }
}

/// Reduces an answer to the fields that the request names.
pub(crate) async fn selected(State(reductions): State<Arc<Reductions>>, mut request: Request, next: Next) -> Response {
    let asked = match taken_from(request.uri()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(asked)) => asked,
        Err(problem) => return problem.into_response(),
    };
    let (selection, words, uri) = asked;
    *request.uri_mut() = uri;
    // A tag that the caller knows is of the reduced answer, which the handler has never seen.
    request.headers_mut().remove(IF_NONE_MATCH);
    let reads = request.method() == Method::GET;
    let response = next.run(request).await;
    if !reads || response.status() != StatusCode::OK {
        return response;
    }
    let done = match response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned) {
        None => reduced(response, selection).await,
        Some(tag) => reduced_once(response, selection, (tag, words), &reductions).await,
    };
    done.unwrap_or_else(IntoResponse::into_response)
}

/// As [`reduced`], for an answer with a tag: the same answer is reduced in the same way only once.
async fn reduced_once(
    response: Response,
    selection: Selection,
    key: (String, String),
    reductions: &Reductions,
) -> Result<Response, Problem> {
    if let Some((text, tag)) = reductions.0.get(&key) {
        return Ok(([(CONTENT_TYPE, JSON), (ETAG, tag)], text).into_response());
    }
    let response = reduced(response, selection).await?;
    let (mut parts, body) = response.into_parts();
    let text = to_bytes(body, usize::MAX).await.map_err(|error| Problem::internal(&error))?;
    let tag = format!("\"{:x}\"", Sha256::digest(&text));
    let tag = HeaderValue::try_from(tag).map_err(|error| Problem::internal(&error))?;
    reductions.0.insert(key, (text.clone(), tag.clone()));
    parts.headers.insert(ETAG, tag);
    Ok(Response::from_parts(parts, Body::from(text)))
}

async fn reduced(response: Response, selection: Selection) -> Result<Response, Problem> {
    let (mut parts, body) = response.into_parts();
    let media_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.split(';').next().is_none_or(|essence| essence.trim() != "application/json") {
        return Err(Problem::bad_request("this answer has no fields to select", HELP));
    }
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| Problem::internal(&error))?;
    let work = move || -> Result<Result<Vec<u8>, String>, serde_json::Error> {
        let mut answer: Value = serde_json::from_slice(&bytes)?;
        if let Err(unknown) = selection.check(&[&answer], "") {
            return Ok(Err(unknown));
        }
        selection.reduce(&mut answer);
        serde_json::to_vec(&answer).map(Ok)
    };
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))?;
    let written = done.map_err(|error| Problem::internal(&error))?;
    let reduced = written.map_err(|unknown| Problem::bad_request(unknown, HELP))?;
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(ETAG);
    Ok(Response::from_parts(parts, Body::from(reduced)))
}

/// The selection of a request, as it is understood and as it was sent, and its address without it; none if it selects
/// nothing.
fn taken_from(uri: &Uri) -> Result<Option<(Selection, String, Uri)>, Problem> {
    let Some(query) = uri.query() else { return Ok(None) };
    let is_selection = |part: &&str| part.split('=').next() == Some("fields");
    let (selections, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(is_selection);
    let Some(given) = selections.first() else { return Ok(None) };
    if 1 < selections.len() {
        return Err(Problem::bad_request("`fields` is given twice", HELP));
    }
    let refused = |problem: String| Problem::bad_request(problem, HELP);
    let alone = format!("/?{given}").parse::<Uri>().map_err(|error| refused(error.to_string()))?;
    let Query(parsed) = Query::<FieldsQuery>::try_from_uri(&alone).map_err(|error| refused(error.body_text()))?;
    let selection = Selection::parse(&parsed.fields).map_err(refused)?;
    let path = uri.path();
    let bare = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
    let mut parts = uri.clone().into_parts();
    let bare = bare.parse::<PathAndQuery>().map_err(|error| refused(error.to_string()))?;
    parts.path_and_query = Some(bare);
    let uri = Uri::from_parts(parts).map_err(|error| refused(error.to_string()))?;
    Ok(Some((selection, parsed.fields, uri)))
}

impl Selection {
    fn parse(text: &str) -> Result<Selection, String> {
        if LENGTH_MAX < text.len() {
            return Err(format!("`fields` has more than {LENGTH_MAX} characters"));
        }
        let mut selection = Selection::default();
        for (number, field) in text.split(',').enumerate() {
            if FIELDS_MAX <= number {
                return Err(format!("`fields` names more than {FIELDS_MAX} fields"));
            }
            let mut place = &mut selection;
            for (depth, name) in field.trim().split('.').enumerate() {
                if name.is_empty() {
                    return Err("`fields` has a field without a name".to_owned());
                }
                if DEPTH_MAX <= depth {
                    return Err(format!("a field in `fields` has more than {DEPTH_MAX} names"));
                }
                place = place.0.entry(name.to_owned()).or_default();
            }
            // The whole of a field is wanted, whatever parts of it are named besides.
            place.0.insert(String::new(), Selection::default());
        }
        selection.settle();
        Ok(selection)
    }

    /// Forgets parts of fields that are wanted as a whole.
    fn settle(&mut self) {
        for part in self.0.values_mut() {
            if part.0.contains_key("") {
                part.0.clear();
            } else {
                part.settle();
            }
        }
    }

    /// Whether values have the fields; otherwise which they have not, and which they have.
    fn check(&self, values: &[&Value], path: &str) -> Result<(), String> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut objects = Vec::new();
        let mut scalars = 0_usize;
        let mut rest: Vec<&Value> = values.to_vec();
        while let Some(value) = rest.pop() {
            match value {
                Value::Array(items) => rest.extend(items),
                Value::Object(fields) => objects.push(fields),
                Value::Null => {}
                _ => scalars += 1,
            }
        }
        if objects.is_empty() && 0 < scalars {
            return Err(format!("`{path}` has no fields"));
        }
        for (name, part) in &self.0 {
            let inner: Vec<&Value> = objects.iter().filter_map(|fields| fields.get(name)).collect();
            if inner.is_empty() && !objects.is_empty() {
                let known: BTreeSet<&str> =
                    objects.iter().flat_map(|fields| fields.keys().map(String::as_str)).collect();
                let listed: Vec<&str> = known.into_iter().take(LISTED_MAX).collect();
                let place = if path.is_empty() { "the answer".to_owned() } else { format!("`{path}`") };
                return Err(format!("{place} has no field `{name}`; it has {}", listed.join(", ")));
            }
            let inner_path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            part.check(&inner, &inner_path)?;
        }
        Ok(())
    }

    fn reduce(&self, value: &mut Value) {
        if self.0.is_empty() {
            return;
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.reduce(item)),
            Value::Object(fields) => {
                fields.retain(|name, _| self.0.contains_key(name));
                for (name, inner) in fields.iter_mut() {
                    if let Some(part) = self.0.get(name) {
                        part.reduce(inner);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(fields: &str, answer: &Value) -> Result<Value, String> {
        let selection = Selection::parse(fields)?;
        selection.check(&[answer], "")?;
        let mut reduced = answer.clone();
        selection.reduce(&mut reduced);
        Ok(reduced)
    }

    #[test]
    fn fields_of_objects_and_lists() {
        let answer =
            json!({ "next": "b", "items": [{ "id": "a", "latest": { "value": 1, "date": 2 } }, { "id": "b" }] });
        assert_eq!(of("next", &answer).unwrap(), json!({ "next": "b" }));
        assert_eq!(of("items.id", &answer).unwrap(), json!({ "items": [{ "id": "a" }, { "id": "b" }] }));
        let value = json!({ "items": [{ "latest": { "value": 1 } }, {}] });
        assert_eq!(of("items.latest.value", &answer).unwrap(), value);
        assert_eq!(of("items.latest.value,items.latest,items.id", &answer).unwrap()["items"], answer["items"]);
    }

    #[test]
    fn a_field_that_there_is_not_is_refused_with_those_that_there_are() {
        let answer = json!({ "next": null, "items": [{ "id": "a" }] });
        assert_eq!(of("nxt", &answer).unwrap_err(), "the answer has no field `nxt`; it has items, next");
        assert_eq!(of("items.name", &answer).unwrap_err(), "`items` has no field `name`; it has id");
        assert_eq!(of("items.id.x", &answer).unwrap_err(), "`items.id` has no fields");
        assert!(of("next.x", &answer).is_ok(), "what is null has the fields of what is not");
    }

    #[test]
    fn selections_are_bounded() {
        for wrong in ["", ",", "a,", "a..b", ".", "a.b.c.d.e.f.g", &"a,".repeat(51), &"a".repeat(1_001)] {
            assert!(Selection::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Selection::parse(&vec!["a"; 50].join(",")).is_ok());
    }

    #[test]
    fn only_the_selection_is_taken_from_the_address() {
        let uri: Uri = "/portfolios?limit=2&fields=items%2Eid%2Cnext&after=a%20b".parse().unwrap();
        let (selection, words, bare) = taken_from(&uri).unwrap().unwrap();
        assert_eq!((words.as_str(), bare.to_string().as_str()), ("items.id,next", "/portfolios?limit=2&after=a%20b"));
        assert_eq!(selection, Selection::parse("items.id,next").unwrap());
        let (_, _, bare) = taken_from(&"/runs?fields=items".parse().unwrap()).unwrap().unwrap();
        assert_eq!(bare, "/runs");
        assert!(taken_from(&"/runs?limit=1".parse().unwrap()).unwrap().is_none());
        assert!(taken_from(&"/runs?fields=a&fields=b".parse().unwrap()).is_err());
    }
}
