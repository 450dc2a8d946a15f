//! Reports of mail providers: mails that came back, and complaints.
//!
//! A provider has no token of the house. It signs what it sends (`financr-signature`) with a secret that both have.
//! What a report changes is decided where deliveries are kept, and only for a mail that was sent to that address.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use schemas::signed_message::{SignatureError, verify};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::problem::{Problem, Refusals};
use crate::returned_mail::{NotTakenIn, TakenIn};
use crate::signature::given_signature;

pub(super) static RESOURCE: Resource = Resource {
    name: "returned_mails",
    doc: "Reports of mail providers: mails that came back, and complaints.",
    routes: returned_mail_routes,
};

/// What a report changed.
#[derive(Serialize, ToSchema)]
struct Receipt {
    /// `noted`: a delivery came back or its recipient complained. `nothing`: it tells of a delay or a success.
    #[schema(value_type = String, example = "noted")]
    taken_in: &'static str,
}

fn returned_mail_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(take_in))
}

/// Takes in a report about a mail: that it could not be delivered (RFC 3464), or that its recipient complained
/// (RFC 5965). The body is the report as the mail that it came in; of the mail that came back, its headers are enough.
#[utoipa::path(
    post,
    path = "/returned-mails",
    tag = "returned_mails",
    security(()),
    params((
        "financr-signature" = String, Header,
        description = "`t=<seconds since 1970>,v1=<HMAC-SHA-256 of \"<seconds>.<body>\" in hexadecimal digits>`",
    )),
    request_body(
        content((String = "message/rfc822"), (String = "application/octet-stream")),
        description = "The report: a mail with its headers.",
    ),
    responses((status = 200, description = "It was understood.", body = Receipt), Refusals),
)]
async fn take_in(
    State(context): State<Arc<Context>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Receipt>, Problem> {
    let header = given_signature(&headers)?;
    let Some(returned) = &context.returned else {
        return Err(Problem::not_found(
            "No reports",
            "this house takes no reports here",
            "name the file of the secret as `returned_secret_file` under [api], and start the API again",
        ));
    };
    let secret = returned.secret.expose_secret().as_bytes();
    verify(secret, header, &body, context.clock.now()).map_err(refusal)?;
    match (returned.take_in)(body.to_vec()).await {
        Ok(TakenIn::Noted) => Ok(Json(Receipt { taken_in: "noted" })),
        Ok(TakenIn::Nothing) => Ok(Json(Receipt { taken_in: "nothing" })),
        Err(NotTakenIn::Refused(problem)) => {
            Err(Problem::bad_request(problem, "send the report as it came, by RFC 3464"))
        }
        Err(NotTakenIn::Failed(error)) => Err(Problem::internal(&*error)),
    }
}

fn refusal(error: SignatureError) -> Problem {
    let help =
        "sign `<seconds>.<body>` with HMAC-SHA-256 and the secret of `returned_secret_file`, at the time of sending";
    let detail = match error {
        SignatureError::Malformed => {
            "the request has no header `financr-signature` of the form `t=<seconds>,v1=<digits>`"
        }
        SignatureError::Stale => "the time of the signature is more than five minutes from now",
        SignatureError::Wrong => "the signature is not of this body, or made with another secret",
    };
    Problem::unauthorized(detail, help)
}
