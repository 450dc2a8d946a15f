//! The euro reference rates of the European Central Bank, in the layout of `eurofxref-hist.csv`.
//!
//! One row per day, newest first, one column per currency, `N/A` where a currency had no rate. The file is pulled over
//! HTTP with limits on size, time and tries, or read from disk.

use std::path::PathBuf;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use schemas::tables::fx_rates::FxRate;
use schemas::{Currency, MarketId, Rate};
use serde::Deserialize;

use super::{Facts, Instruments, LandedFile, RowReject, Source};
use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::landing::Delivered;

/// Reference rates of the European Central Bank.
pub static SOURCE: Source = Source {
    name: "ecb_reference_rates",
    definition: "euro reference rates of the ECB: eurofxref-hist.csv over HTTP or from a file",
    order: |_| 0,
    parse,
};

/// The name under which the file lands.
pub const FILE_NAME: &str = "eurofxref-hist.csv";

/// Size of the file, unpacked. The whole history since 1999 has about two megabytes.
const BYTES_MAX: usize = 64 << 20;

/// Where the rates come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address of the file, plain or gzip. None: not pulled.
    pub url: Option<String>,
    /// A file on disk, plain or gzip; read instead of the address.
    pub file: Option<PathBuf>,
    /// Tries before the source counts as failed.
    pub tries_max: u32,
    /// Time for one try, in seconds.
    pub timeout_s: u64,
    /// Pause after the first failed try, in milliseconds; doubled after each further one.
    pub pause_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { url: None, file: None, tries_max: 4, timeout_s: 30, pause_ms: 500 }
    }
}

/// The name under which portfolios refer to these rates.
pub fn fx_source() -> MarketId {
    // A constant that satisfies the rule of ids, which a test states.
    SOURCE.name.parse().unwrap_or_else(|_| unreachable!("the name of the source is an id"))
}

/// Fetches the file as configured; none if neither an address nor a file is configured.
///
/// # Errors
/// [`Error::Download`] after the last try, [`Error::File`] if the file cannot be read.
pub async fn fetch(settings: &Settings) -> Result<Option<Delivered>, Error> {
    let bytes = match (&settings.file, &settings.url) {
        (Some(path), _) => {
            let failed = |source| Error::File { path: path.clone(), source };
            unpacked(tokio::fs::read(path).await.map_err(failed)?.into())?
        }
        (None, Some(url)) => unpacked(download(settings, url).await?)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(Delivered { source: SOURCE.name, market_id: fx_source(), file_name: FILE_NAME.to_owned(), bytes }))
}

fn problem(problem: String) -> Error {
    Error::Download { source_name: SOURCE.name, problem }
}

async fn download(settings: &Settings, url: &str) -> Result<Bytes, Error> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(settings.timeout_s))
        .redirect(reqwest::redirect::Policy::limited(3))
        .build()
        .map_err(|error| problem(error.to_string()))?;
    let mut pause = Duration::from_millis(settings.pause_ms);
    let mut last = String::new();
    for attempt in 1..=settings.tries_max.max(1) {
        match one_try(&client, url).await {
            Ok(bytes) => return Ok(bytes),
            Err(Failure { reason, worth_another: false }) => return Err(problem(format!("{url}: {reason}"))),
            Err(Failure { reason, .. }) => last = reason,
        }
        tracing::warn!(source.name = SOURCE.name, attempt, reason = last, "the download failed and is tried again");
        if attempt < settings.tries_max {
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
    Err(problem(format!("{url}: gave up after {} tries; last: {last}", settings.tries_max)))
}

struct Failure {
    reason: String,
    worth_another: bool,
}

async fn one_try(client: &reqwest::Client, url: &str) -> Result<Bytes, Failure> {
    let again =
        |error: reqwest::Error| Failure { reason: schemas::with_causes(&error), worth_another: !error.is_builder() };
    let response = client.get(url).send().await.map_err(again)?;
    let status = response.status();
    if !status.is_success() {
        let worth_another = status.is_server_error() || matches!(status.as_u16(), 408 | 429);
        return Err(Failure { reason: format!("the server answered {status}"), worth_another });
    }
    let announced = response.content_length();
    let mut bytes = BytesMut::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        bytes.extend_from_slice(&chunk.map_err(again)?);
        if BYTES_MAX < bytes.len() {
            return Err(Failure { reason: format!("the file has more than {BYTES_MAX} bytes"), worth_another: false });
        }
    }
    if announced.is_some_and(|announced| u64::try_from(bytes.len()) != Ok(announced)) {
        return Err(Failure { reason: "the answer was cut short".to_owned(), worth_another: true });
    }
    Ok(bytes.freeze())
}

/// Unpacks gzip; anything else is returned as it is.
fn unpacked(bytes: Bytes) -> Result<Bytes, Error> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let limit = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX) + 1;
    let mut reader = std::io::Read::take(flate2::read::MultiGzDecoder::new(bytes.as_ref()), limit);
    std::io::Read::read_to_end(&mut reader, &mut plain)
        .map_err(|error| problem(format!("the gzip stream is damaged: {error}")))?;
    if BYTES_MAX < plain.len() {
        return Err(problem(format!("the file has more than {BYTES_MAX} bytes unpacked")));
    }
    Ok(plain.into())
}

fn parse(file: &LandedFile<'_>, _instruments: &Instruments) -> Result<Facts, Error> {
    let label = format!("{}/{}", file.market_id, file.file_name);
    let sheet = Sheet::read(&label, file.bytes, &["Date", "USD"])?;
    let date = sheet.text("Date")?;
    let dates = sheet.dates(&date)?;
    let mut facts = Facts::default();
    let reject = |line: i64, column: &str, reason: String| RowReject {
        file: label.clone(),
        line,
        column: column.to_owned(),
        reason,
    };
    let whole_line = |bad: &crate::sieve::BadLine| reject(bad.line, "(line)", bad.reason.clone());
    facts.rejects.extend(sheet.rejected().iter().map(whole_line));
    let mut columns: Vec<(Currency, TextColumn)> = Vec::new();
    for name in sheet.columns().iter().filter(|name| *name != "Date" && !name.is_empty()) {
        match name.parse::<Currency>() {
            Ok(currency) => columns.push((currency, sheet.text(name)?)),
            Err(error) => facts.rejects.push(reject(1, name, error.to_string())),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for (row, line) in sheet.lines().iter().enumerate() {
        let day = dates.get(row).copied().flatten().and_then(|day| schemas::BusinessDate::new(day).ok());
        let Some(rate_date) = day else {
            let text = date.cell(row).unwrap_or_default();
            facts.rejects.push(reject(*line, "Date", format!("`{text}` is no date of the form YYYY-MM-DD")));
            continue;
        };
        if !seen.insert(rate_date) {
            facts.rejects.push(reject(*line, "Date", format!("{rate_date} is already in the file")));
            continue;
        }
        for (currency, cells) in &columns {
            match rate(cells, row) {
                Ok(None) => {}
                Ok(Some(units_per_eur)) => facts.fx_rates.push(FxRate {
                    fx_source: file.market_id.clone(),
                    currency: *currency,
                    rate_date,
                    units_per_eur,
                    landing_sha256: file.sha256.to_owned(),
                    line: *line,
                }),
                Err(reason) => facts.rejects.push(reject(*line, currency.code(), reason)),
            }
        }
    }
    Ok(facts)
}

fn rate(cells: &TextColumn, row: usize) -> Result<Option<Rate>, String> {
    let Some(number) = cells.number(row)? else { return Ok(None) };
    let rate = Rate::new(number);
    rate.to_units().map_err(|error| error.to_string())?;
    if number <= rust_decimal::Decimal::ZERO {
        return Err(format!("a rate is positive, not {number}"));
    }
    Ok(Some(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Facts {
        let market_id = fx_source();
        let file = LandedFile { market_id: &market_id, file_name: FILE_NAME, sha256: "0", bytes };
        parse(&file, &Instruments::new()).expect("readable")
    }

    #[test]
    fn the_wide_file_becomes_one_row_per_currency_and_day() {
        // Two days of the ECB's file: 30 October 2026 as published, with a currency that no longer has a rate.
        let facts = read(b"Date,USD,JPY,BGN,\n2026-10-30,1.1172,175.68,N/A,\n2026-10-29,1.1653,abc,1.9558,\n");
        let rows: Vec<String> = facts
            .fx_rates
            .iter()
            .map(|rate| format!("{} {} {} {}", rate.rate_date, rate.currency, rate.units_per_eur, rate.line))
            .collect();
        assert_eq!(
            rows,
            [
                "2026-10-30 USD 1.1172 2",
                "2026-10-30 JPY 175.68 2",
                "2026-10-29 USD 1.1653 3",
                "2026-10-29 BGN 1.9558 3"
            ]
        );
        assert_eq!(facts.rejects.len(), 1);
        assert_eq!((facts.rejects[0].line, facts.rejects[0].column.as_str()), (3, "JPY"));
    }

    #[test]
    fn a_day_that_comes_twice_is_rejected_the_second_time() {
        let facts = read(b"Date,USD\n2026-10-30,1.1\n2026-10-30,1.2\n30/10/2026,1.3\n");
        assert_eq!(facts.fx_rates.len(), 1);
        assert_eq!(facts.rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [3, 4]);
    }
}
