//! Files that are sent to be imported: received part by part, and queued for whoever imports them.
//!
//! A file is never held in memory as a whole, and its name is never part of a path: it lies under an id of the house
//! until it is known what its bytes are. The import itself is not for the API; it is that of the command line.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use sha2::{Digest, Sha256};
use store::{NewUpload, Upload};
use uuid::Uuid;

use super::books::WritablePortfolio;
use super::facts::Facts;
use crate::Context;
use crate::caller::Caller;
use crate::problem::Problem;

const HELP_UPLOAD: &str = "send the bytes of the file as the body of the request";
const HELP_DIGEST: &str = "send the file again; `Content-Digest` is `sha-256=:<base64>:` of its bytes (RFC 9530)";

/// A file that is to be received.
pub(crate) struct Receiving {
    /// The name under which it is imported.
    pub(crate) file_name: String,
    /// Its format, or `recognised`.
    pub(crate) format: String,
    /// The SHA-256 that its sender says it has.
    pub(crate) digest: Option<[u8; 32]>,
    /// Seconds that may pass without a byte.
    pub(crate) idle_s: u64,
}

/// The part of a body that has come: none after the last.
type Part = Option<Result<axum::body::Bytes, axum::Error>>;

impl Facts {
    /// Receives a file for a portfolio, and queues its import. Returns the upload, and whether it waits because of this
    /// request: the same file may have come before.
    pub(crate) async fn receive(
        &self,
        context: &Context,
        of: &WritablePortfolio,
        receiving: Receiving,
        body: Body,
    ) -> Result<(Upload, Receipt), Problem> {
        let upload_id = Uuid::new_v4().to_string();
        let object_path = format!("uploads/{upload_id}");
        let (digest, length) = self.keep(&object_path, &receiving, body).await?;
        let file = NewUpload {
            upload_id,
            portfolio_id: of.agreed().portfolio_id.clone(),
            file_name: receiving.file_name,
            format: receiving.format,
            sha256: digest,
            byte_count: length,
            object_path,
            entered_by: of.by().to_owned(),
        };
        let upload = context.store.queue_upload(&file, context.clock.now()).await?;
        if upload.file.object_path != file.object_path {
            self.0.storage().remove(&file.object_path).await?;
        }
        let receipt = if upload.file.object_path == file.object_path { Receipt::New } else { Receipt::Known };
        Ok((upload, receipt))
    }

    /// Writes a file as it comes. Returns its digest and its length.
    async fn keep(&self, path: &str, receiving: &Receiving, mut body: Body) -> Result<(String, i64), Problem> {
        let mut object = self.0.storage().begin(path).await?;
        let mut hash = Sha256::new();
        let mut length = 0_i64;
        let refusal = loop {
            let bytes = match tokio::time::timeout(Duration::from_secs(receiving.idle_s), next_part(&mut body)).await {
                Err(_) => break Some(Problem::too_slow()),
                Ok(None) => break None,
                Ok(Some(Err(_))) => break Some(Problem::too_large()),
                Ok(Some(Ok(bytes))) => bytes,
            };
            hash.update(&bytes);
            length = length.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
            object.push(bytes).await?;
        };
        let digest = hash.finalize();
        let refusal = match (refusal, receiving.digest) {
            (None, _) if length == 0 => Some(Problem::bad_request("the body is empty", HELP_UPLOAD)),
            (None, Some(said)) if said[..] != digest[..] => {
                Some(Problem::bad_request("the body is not what `Content-Digest` says", HELP_DIGEST))
            }
            (refusal, _) => refusal,
        };
        if let Some(refusal) = refusal {
            object.abandon().await?;
            return Err(refusal);
        }
        object.finish().await?;
        Ok((format!("{digest:x}"), length))
    }
}

/// Whether an upload waits because of this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Receipt {
    /// It does.
    New,
    /// The same file came before.
    Known,
}

impl Caller {
    /// An import into a portfolio that the caller may book in, by the id in the address.
    ///
    /// # Errors
    /// A 404 if the caller may not, or if there is none.
    pub(crate) async fn import(&self, context: &Context, id: &str) -> Result<Upload, Problem> {
        let unknown = || {
            let help = "POST /portfolios/{portfolio_id}/imports answers with the address of an import";
            Problem::not_found("Unknown import", "there is no such import", help)
        };
        if id.chars().any(char::is_control) {
            return Err(unknown());
        }
        let upload = context.store.upload(id).await?.ok_or_else(unknown)?;
        match self.writable(context, upload.file.portfolio_id.as_str()).await {
            Ok(_) => Ok(upload),
            Err(_) => Err(unknown()),
        }
    }
}

async fn next_part(body: &mut Body) -> Part {
    loop {
        let frame = std::future::poll_fn(|polled| Pin::new(&mut *body).poll_frame(polled)).await;
        match frame {
            None => return None,
            Some(Err(error)) => return Some(Err(error)),
            // What comes after the last byte is not of the file.
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Some(Ok(bytes));
                }
            }
        }
    }
}
