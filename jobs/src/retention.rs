//! How long published documents are kept, and what is past that.
//!
//! Nothing is removed by itself. What is removed on command leaves its hashes, its dates and who asked for it: a
//! document that a client still holds can be proven afterwards.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use schemas::{BusinessDate, with_causes};
use store::{PAGE_ROWS_MAX, Removal, Statement};

use crate::context::Context;
use crate::error::Error;

/// Years that the law asks for at least: MiFID II, Article 16(6) with Delegated Regulation (EU) 2017/565, Article 72.
pub const LEGAL_YEARS: u16 = 5;
/// Years that can be asked for at most.
const YEARS_MAX: u16 = 100;

/// How long documents are kept, in years after the end of the calendar year in which they were published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    years: u16,
    kinds: BTreeMap<String, u16>,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { years: 10, kinds: BTreeMap::new() }
    }
}

/// A document that need not be kept any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    /// The statement.
    pub statement: Statement,
    /// The last day on which it had to be kept.
    pub kept_through: BusinessDate,
}

impl Retention {
    /// A rule for all kinds, and for some of them another one.
    ///
    /// # Errors
    /// A sentence if a period is shorter than the law has it, or longer than anybody means.
    pub fn new(years: u16, kinds: BTreeMap<String, u16>) -> Result<Retention, String> {
        let all = kinds.iter().map(|(kind, years)| (kind.as_str(), *years)).chain([("years", years)]);
        for (name, years) in all {
            if !(LEGAL_YEARS..=YEARS_MAX).contains(&years) {
                return Err(format!(
                    "retention of {years} years for `{name}`: documents are kept for {LEGAL_YEARS} to {YEARS_MAX} years"
                ));
            }
        }
        Ok(Retention { years, kinds })
    }

    /// The years for which a kind is kept.
    pub fn years_of(&self, kind: &str) -> u16 {
        self.kinds.get(kind).copied().unwrap_or(self.years)
    }

    /// The last day on which a document must be kept.
    fn kept_through(&self, kind: &str, published_at: DateTime<Utc>) -> Option<BusinessDate> {
        let year = published_at.year().checked_add(i32::from(self.years_of(kind)))?;
        BusinessDate::new(NaiveDate::from_ymd_opt(year, 12, 31)?).ok()
    }

    /// The instant before which a kind must have been published to be past its period on a day.
    fn published_before(&self, kind: &str, on: NaiveDate) -> Option<DateTime<Utc>> {
        let year = on.year().checked_sub(i32::from(self.years_of(kind)))?;
        Some(NaiveDate::from_ymd_opt(year, 1, 1)?.and_time(NaiveTime::MIN).and_utc())
    }
}

/// The documents that need not be kept any more on a day, the earliest of each kind first, at most `limit`.
///
/// # Errors
/// [`Error::Store`] if the store cannot be read.
pub async fn expired(
    context: &Context,
    retention: &Retention,
    on: NaiveDate,
    limit: usize,
) -> Result<Vec<Expired>, Error> {
    let mut found: Vec<Expired> = Vec::new();
    for kind in context.store.published_kinds().await? {
        let Some(before) = retention.published_before(&kind, on) else { continue };
        let mut last: Option<Statement> = None;
        while found.len() < limit {
            let room = u32::try_from(limit - found.len()).unwrap_or(PAGE_ROWS_MAX);
            let page = context.store.kept_since(&kind, before, last.as_ref(), room.min(PAGE_ROWS_MAX)).await?;
            let Some(end) = page.last().cloned() else { break };
            last = Some(end);
            let past = page.into_iter().filter_map(|statement| {
                let kept_through = retention.kept_through(&kind, statement.published_at)?;
                (kept_through.day() < on).then_some(Expired { statement, kept_through })
            });
            found.extend(past);
        }
    }
    Ok(found)
}

/// Removes the archived files of documents that need not be kept any more, and notes for each who asked for it. Files
/// first: what is interrupted is found again by the next one.
///
/// # Errors
/// [`Error::Published`] if a period is not over or nobody is named, [`Error`] if archive or store refuse.
pub async fn remove(context: &Context, retention: &Retention, expired: &[Expired], by: &str) -> Result<u64, Error> {
    let by = by.trim();
    let mut removed = 0;
    for Expired { statement, .. } in expired {
        let refused = |problem: &str| Error::Published { what: statement.id.clone(), problem: problem.to_owned() };
        let now = context.clock.now();
        let kept_through = retention.kept_through(&statement.kind, statement.published_at);
        let kept_through = kept_through.filter(|through| through.day() < now.date_naive());
        let kept_through = kept_through.ok_or_else(|| refused("its period of retention is not over"))?;
        if by.is_empty() {
            return Err(refused("say who removes it"));
        }
        for file in &statement.files {
            context.lake.storage().remove(&file.object_path).await?;
        }
        let removal =
            Removal { statement_id: statement.id.clone(), removed_at: now, removed_by: by.to_owned(), kept_through };
        context.store.note_removal(&removal).await.inspect_err(|error| {
            tracing::error!(statement.id = statement.id, reason = with_causes(error), "a removal could not be noted");
        })?;
        removed += 1;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_with_its_calendar_year_and_is_never_shorter_than_the_law() {
        let kinds = |years| BTreeMap::from([("portfolio_statement".to_owned(), years)]);
        let retention = Retention::new(10, kinds(6)).expect("a rule");
        let published: DateTime<Utc> = "2014-01-31T22:30:00Z".parse().expect("an instant");
        let through = |kind: &str| retention.kept_through(kind, published).map(|day| day.to_string());
        assert_eq!(through("portfolio_statement").as_deref(), Some("2020-12-31"));
        assert_eq!(through("tax_report").as_deref(), Some("2024-12-31"));
        // On the first day after it, and not before, what was published in that year is found.
        let on = |day: &str| {
            let day: NaiveDate = day.parse().expect("a day");
            retention.published_before("portfolio_statement", day).is_some_and(|before| published < before)
        };
        assert!(!on("2020-12-31") && on("2021-01-01"));
        for (years, of_kind) in [(4, 10), (10, 4), (0, 5), (101, 5)] {
            assert!(Retention::new(years, kinds(of_kind)).is_err(), "{years}, {of_kind}");
        }
    }

    fn run_of(date: BusinessDate) -> store::NewRun {
        store::NewRun {
            id: "nightly-2014-01-31-1".parse().expect("an id"),
            job: "nightly".to_owned(),
            from_date: date,
            to_date: date,
            revision: 1,
            input_fingerprint: "ab".to_owned(),
            program_version: "0.1.0".to_owned(),
        }
    }

    fn an_old_portfolio() -> schemas::tables::portfolios::Portfolio {
        schemas::tables::portfolios::Portfolio {
            portfolio_id: "D01".parse().expect("an id"),
            market_id: "world".parse().expect("an id"),
            fx_source: "ecb_reference_rates".parse().expect("an id"),
            title: "Old".to_owned(),
            base_currency: schemas::Currency::EUR,
            start_date: "2014-01-02".parse().expect("a date"),
            end_date: None,
            benchmark_symbol: None,
            benchmark_blend: None,
            risk_free_annual: None,
            risk_free_source: None,
            client_email: None,
            delivery: None,
            language: schemas::Language::English,
            confirmations: false,
            cost_basis: "fifo".to_owned(),
            locked_through: None,
        }
    }

    /// A house in the year 2040 that published one document in 2014, of one file.
    async fn with_an_old_document(url: &str) -> (Context, Statement) {
        let published_at: DateTime<Utc> = "2014-02-01T02:00:00Z".parse().expect("an instant");
        let storage = lake::Storage::open("memory:", &lake::S3Settings::default()).expect("opened");
        let settings = crate::context::Settings {
            age_limits: pipelines::AgeLimits::default(),
            holding_years: pipelines::HoldingYears::default(),
            firm: None,
            gips: reports::Gips::default(),
            statement_plan: crate::publication::StatementPlan::default(),
            ecb_reference_rates: crate::EcbSettings::default(),
            inbox: None,
            mail: None,
            drop_folder: None,
            webhook: None,
            web_push: None,
            delivery_attempts_max: 1,
            delivery_minutes_max: 1,
            bundle_mails: true,
        };
        let context = Context {
            store: store::Store::open(url, store::StoreKind::Live).await.expect("opened"),
            lake: lake::Lake::open(storage, &lake::EngineSettings::default()).expect("opened"),
            clock: schemas::Clock::Fixed("2040-01-01T02:00:00Z".parse().expect("an instant")),
            settings,
            program_version: "0.1.0".to_owned(),
            watch: std::sync::Arc::new(|_| ()),
        };
        let portfolio = an_old_portfolio();
        context.store.save_portfolio(&portfolio, false, schemas::Clock::Fixed(published_at)).await.expect("saved");
        let date: BusinessDate = "2014-01-31".parse().expect("a date");
        let run = run_of(date);
        context.store.claim_run(&run, "test", chrono::TimeDelta::minutes(1), published_at).await.expect("claimed");
        let statement = Statement {
            id: "portfolio_statement-D01-2014-01-31-v1".to_owned(),
            kind: "portfolio_statement".to_owned(),
            subject: portfolio.portfolio_id.into(),
            period_start: "2013-12-31".parse().expect("a date"),
            period_end: date,
            version: 1,
            run_id: run.id,
            document_sha256: "a".repeat(64),
            files: vec![store::StatementFile {
                media_type: "application/pdf".to_owned(),
                object_path: "statements/a.pdf".to_owned(),
                // FIPS 180-2, appendix B.1: SHA-256 of "abc".
                sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
                byte_count: 3,
            }],
            published_at,
        };
        context.lake.storage().put_once("statements/a.pdf", "abc".into()).await.expect("archived");
        context.store.publish_statement(&statement).await.expect("published");
        (context, statement)
    }

    #[tokio::test]
    async fn what_is_removed_leaves_its_hash_and_who_asked_and_can_still_be_proven() {
        let folder = std::env::temp_dir().join(format!("financr-retention-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let (context, statement) = with_an_old_document(&format!("sqlite:{}/store.db", folder.display())).await;
        let copy = folder.join("copy.pdf");
        std::fs::write(&copy, "abc").expect("written");

        // Kept for thirty years nothing is due; a list that was made by another rule is refused.
        let on = context.clock.now().date_naive();
        let long = Retention::new(30, BTreeMap::new()).expect("a rule");
        assert!(expired(&context, &long, on, 10).await.expect("readable").is_empty());
        let found = expired(&context, &Retention::default(), on, 10).await.expect("readable");
        let through: Vec<String> = found.iter().map(|past| past.kept_through.to_string()).collect();
        assert_eq!(through, ["2024-12-31"]);
        assert!(remove(&context, &long, &found, "anna").await.is_err());
        assert!(remove(&context, &Retention::default(), &found, " ").await.is_err());
        let proof = crate::proof::prove(&context, &copy).await.expect("read");
        assert_eq!(proof.published.first().map(|file| &file.archived), Some(&crate::proof::Archived::Same));

        assert_eq!(remove(&context, &Retention::default(), &found, "anna").await.expect("removed"), 1);
        assert!(context.lake.storage().get("statements/a.pdf").await.is_err());
        assert!(expired(&context, &Retention::default(), on, 10).await.expect("readable").is_empty());
        let proof = crate::proof::prove(&context, &copy).await.expect("read");
        assert!(proof.holds(), "a document that a client still holds is known");
        let removal = context.store.removal(&statement.id).await.expect("readable").expect("on record");
        assert_eq!((removal.removed_by.as_str(), removal.removed_at), ("anna", context.clock.now()));
        context.store.close().await;
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
