//! Published statements and their documents.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use schemas::{BusinessDate, GroupId, PortfolioId, RunId};
use serde::Serialize;
use store::{Statement, StatementFile};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::page::LimitQuery;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "statements", doc: "Published statements and their documents.", routes: statement_routes };

/// The formats in addresses and file names, with their media types.
const FORMATS: &[(&str, &str)] = &[("pdf", "application/pdf"), ("csv", "text/csv"), ("json", "application/json")];

/// Where groups are listed.
const HELP_GROUPS: &str = "GET /portfolio-groups lists the households and composites that there are";

/// The statements of a portfolio.
#[derive(Serialize, ToSchema)]
struct Statements {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The statements, the latest period first.
    items: Vec<PublishedStatement>,
}

/// The documents about a household or a composite.
#[derive(Serialize, ToSchema)]
struct GroupStatements {
    /// The group.
    #[schema(value_type = String, example = "growth")]
    group_id: GroupId,
    /// The documents, the latest period first.
    items: Vec<PublishedStatement>,
}

/// A published statement. It never changes; a restatement is another one with a higher version.
#[derive(Serialize, ToSchema)]
struct PublishedStatement {
    /// The statement.
    #[schema(example = "periodic-D03-2014-12-31-v1")]
    id: String,
    /// The kind of document.
    #[schema(example = "periodic")]
    kind: String,
    /// The day before the first day of the period.
    #[schema(value_type = String, format = Date, example = "2014-11-30")]
    period_start: BusinessDate,
    /// The last day of the period.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    period_end: BusinessDate,
    /// Which version it is.
    version: i64,
    /// The run that made it.
    #[schema(value_type = String, example = "nightly-2014-12-31-1")]
    run_id: RunId,
    /// When it was published.
    published_at: DateTime<Utc>,
    /// Its documents, one for each format.
    documents: Vec<StatementDocument>,
}

/// A document of a statement.
#[derive(Serialize, ToSchema)]
struct StatementDocument {
    /// The format: `pdf`, `csv` or `json`.
    #[schema(value_type = String, example = "pdf")]
    format: &'static str,
    /// The media type.
    #[schema(example = "application/pdf")]
    media_type: String,
    /// Its length in bytes.
    byte_count: i64,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    sha256: String,
    /// Where to get it.
    #[schema(example = "/statements/periodic-D03-2014-12-31-v1/pdf")]
    href: String,
}

impl From<Statement> for PublishedStatement {
    fn from(statement: Statement) -> PublishedStatement {
        let documents = statement.files.iter().filter_map(|file| document(&statement.id, file)).collect();
        PublishedStatement {
            documents,
            id: statement.id,
            kind: statement.kind,
            period_start: statement.period_start,
            period_end: statement.period_end,
            version: statement.version,
            run_id: statement.run_id,
            published_at: statement.published_at,
        }
    }
}

/// The bytes of a file, for the description.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only its description is used")]
struct FileBytes(Vec<u8>);

/// A statement as data: what the pages show, for programs.
#[derive(ToSchema)]
#[schema(value_type = Object)]
#[allow(dead_code, reason = "only its description is used")]
struct StatementJson(serde_json::Value);

fn statement_routes() -> OpenApiRouter<Arc<Context>> {
    let of_portfolios = OpenApiRouter::default().routes(routes!(statements)).routes(routes!(statement_document));
    of_portfolios.routes(routes!(group_statements))
}

/// The statements of a portfolio, the latest period first.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/documents",
    tag = "statements",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), LimitQuery),
    responses((status = 200, description = "The statements.", body = Statements), Refusals),
)]
async fn statements(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<LimitQuery>,
) -> Result<Json<Statements>, Problem> {
    let limit = query.limit()?;
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let found = portfolio.statements(&context, limit).await?;
    let items = found.into_iter().map(PublishedStatement::from).collect();
    Ok(Json(Statements { portfolio_id: portfolio.id().clone(), items }))
}

/// The documents about a household or a composite, the latest period first.
#[utoipa::path(
    get,
    path = "/portfolio-groups/{group_id}/documents",
    tag = "statements",
    params(("group_id" = String, Path, description = "The group, e.g. `growth`."), LimitQuery),
    responses((status = 200, description = "The documents.", body = GroupStatements), Refusals),
)]
async fn group_statements(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(group_id): Addressed<String>,
    Asked(query): Asked<LimitQuery>,
) -> Result<Json<GroupStatements>, Problem> {
    let limit = query.limit()?;
    let unknown = |detail: String| Problem::not_found("Unknown group", detail, HELP_GROUPS);
    let group = caller.group(&context, &group_id).await?;
    let found = group.statements(&context, limit).await?;
    // What was published of a group stays, also when the group is no more.
    if found.is_empty() && group.members().is_empty() {
        return Err(unknown(format!("there is no group `{group_id}`")));
    }
    let items = found.into_iter().map(PublishedStatement::from).collect();
    Ok(Json(GroupStatements { group_id: group.id().clone(), items }))
}

/// A document of a statement, byte for byte as it was published. Its tag is the SHA-256 of the bytes.
#[utoipa::path(
    get,
    path = "/statements/{statement_id}/{format}",
    tag = "statements",
    params(
        ("statement_id" = String, Path, description = "The statement, e.g. `periodic-D03-2014-12-31-v1`."),
        ("format" = String, Path, description = "`pdf`, `csv` or `json`."),
    ),
    responses(
        (
            status = 200,
            description = "The document, in the media type of its format.",
            content(
                (FileBytes = "application/pdf"),
                (String = "text/csv"),
                (StatementJson = "application/json"),
            ),
        ),
        (status = 304, description = "The document is the one named in `If-None-Match`."),
        Refusals,
    ),
)]
async fn statement_document(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(named): Addressed<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (statement_id, format) = named;
    let statement = caller.statement(&context, &statement_id).await?;
    let wanted = |file: &&StatementFile| format_of(&file.media_type).is_some_and(|known| known == format);
    let offered = statement.files.iter().find(wanted);
    let file = offered.ok_or_else(|| unknown("the statement has no such format; there are pdf, csv and json"))?;
    let tag = format!("\"{}\"", file.sha256);
    if headers.get_all(IF_NONE_MATCH).iter().any(|given| names(given.as_bytes(), &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    if statement.is_removed(&context).await? {
        return Err(unknown("the document was removed after its period of retention"));
    }
    let bytes = context.facts.document(&statement, file).await?;
    let bytes = bytes.ok_or_else(|| unknown("the statement has no such file"))?;
    let disposition = format!("attachment; filename=\"{}.{format}\"", file_name(&statement.id));
    let described = [(CONTENT_TYPE, file.media_type.clone()), (CONTENT_DISPOSITION, disposition), (ETAG, tag)];
    Ok((described, bytes).into_response())
}

fn unknown(detail: &'static str) -> Problem {
    Problem::not_found("Unknown document", detail, "GET /portfolios/{portfolio_id}/documents lists the documents")
}

fn document(statement_id: &str, file: &StatementFile) -> Option<StatementDocument> {
    let format = format_of(&file.media_type)?;
    Some(StatementDocument {
        format,
        media_type: file.media_type.clone(),
        byte_count: file.byte_count,
        sha256: file.sha256.clone(),
        href: format!("/statements/{statement_id}/{format}"),
    })
}

/// The format of a media type, whose parameters do not matter.
fn format_of(media_type: &str) -> Option<&'static str> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    FORMATS.iter().find(|(_, known)| *known == essence).map(|(format, _)| *format)
}

/// Whether a list of tags in a header names a tag, strong or weak.
fn names(header: &[u8], tag: &str) -> bool {
    let text = std::str::from_utf8(header).unwrap_or_default();
    text.split(',').map(str::trim).any(|given| given == "*" || given.trim_start_matches("W/") == tag)
}

/// An id without what could mean something in a header or a file system.
fn file_name(id: &str) -> String {
    id.chars().filter(|character| character.is_ascii_alphanumeric() || "._-".contains(*character)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_media_type_do_not_matter() {
        assert_eq!(format_of("text/csv; charset=utf-8; header=absent"), Some("csv"));
        assert_eq!(format_of("application/pdf"), Some("pdf"));
        assert_eq!(format_of("text/html"), None);
    }

    #[test]
    fn tags_are_found_in_lists() {
        assert!(names(b"\"a\", W/\"b\"", "\"b\""));
        assert!(names(b"*", "\"b\""));
        assert!(!names(b"\"a\"", "\"b\""));
    }
}
