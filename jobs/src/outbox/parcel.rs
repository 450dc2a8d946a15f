//! The files of a delivery into the drop folder: what the archive has, held against what was published.

use reports::Format;
use reports::delivery::Outcome;
use reports::delivery::archive::sha256_hex;
use reports::delivery::drop_folder::Dropped;
use store::Delivery;

use crate::context::Context;
use crate::error::Error;

/// The files of a delivery, or what became of the attempt because they cannot be had.
pub(super) async fn pack(
    context: &Context,
    formats: &[Format],
    delivery: &Delivery,
) -> Result<Result<Dropped, Outcome>, Error> {
    let never = |reason: String| Ok(Err(Outcome::PermanentFailure(reason)));
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else {
        return never("its statement is not in the store".to_owned());
    };
    let mut files = Vec::with_capacity(formats.len());
    for format in formats {
        let Some(file) = statement.files.iter().find(|file| file.media_type == format.content_type()) else {
            let ending = format.extension();
            return never(format!("its statement has no {ending} file; take `{ending}` out of `formats`"));
        };
        let bytes = match context.lake.storage().get(&file.object_path).await {
            Ok(bytes) => bytes,
            Err(error) => {
                // One document that cannot be read must not hold up the others.
                tracing::warn!(delivery.id = delivery.id, %error, "a document cannot be read");
                let reason = "its document cannot be read from the lake".to_owned();
                return Ok(Err(Outcome::TransientFailure(reason)));
            }
        };
        if sha256_hex(&bytes) != file.sha256 {
            let path = &file.object_path;
            return never(format!(
                "`{path}` is not what was published: its SHA-256 differs; restore it from the backup"
            ));
        }
        files.push((*format, bytes));
    }
    let portfolio_id = statement.subject.to_string();
    Ok(Ok(Dropped { portfolio_id, statement_id: statement.id, files }))
}
