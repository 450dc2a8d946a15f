//! The steps by which the tables came to be what they are, in the order of their numbers.
//!
//! To change the tables: a file of one name in `migrations/sqlite` and in `migrations/postgres`, and a line in the
//! list. A step that has been released is never edited: the store remembers its checksum and refuses to open.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// One step, told to both engines.
struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! step {
    ($version:literal, $name:literal) => {
        Step {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }
    };
}

const STEPS: &[Step] = &[
    step!(1, "0001_stores"),
    step!(2, "0002_portfolios"),
    step!(3, "0003_transactions"),
    step!(4, "0004_runs"),
    step!(5, "0005_statements"),
    step!(6, "0006_deliveries"),
    step!(7, "0007_schedules"),
    step!(8, "0008_lots_and_locks"),
    step!(9, "0009_inbox"),
    step!(10, "0010_refunds_in_bookings"),
    step!(11, "0011_dated_rates_and_blends"),
    step!(12, "0012_statement_lookups"),
    step!(13, "0013_delivery_records"),
    step!(14, "0014_languages"),
    step!(15, "0015_statement_removals"),
    step!(16, "0016_delivery_languages"),
    step!(17, "0017_delivery_channels"),
    step!(18, "0018_confirmations"),
    step!(19, "0019_statement_events"),
    step!(20, "0020_statement_subjects"),
    step!(21, "0021_mails"),
    step!(22, "0022_users"),
    step!(23, "0023_sessions"),
    step!(24, "0024_entitlements"),
    step!(25, "0025_push_subscriptions"),
    step!(26, "0026_blocked_statements"),
    step!(27, "0027_requests"),
    step!(28, "0028_on_demand"),
    step!(29, "0029_entries"),
    step!(30, "0030_second_factors"),
    step!(31, "0031_privacy"),
    step!(32, "0032_rights_versions"),
    step!(33, "0033_approvals_of_erasures"),
    step!(34, "0034_sign_in_mails"),
    step!(35, "0035_passkeys"),
];

/// The steps for SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrator(|step| step.sqlite)
}

/// The steps for PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrator(|step| step.postgres)
}

fn migrator(text: fn(&Step) -> &'static str) -> Migrator {
    let migration = |step: &Step| {
        let sql = text(step).into_sql_str();
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(STEPS.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_both_folders_is_in_the_list_under_its_number() {
        let listed: BTreeSet<String> = STEPS.iter().map(|step| format!("{}.sql", step.name)).collect();
        assert_eq!(listed.len(), STEPS.len(), "names are unique");
        for engine in ["sqlite", "postgres"] {
            let folder = format!("{}/../../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
            let files = std::fs::read_dir(folder).expect("the folder is there");
            let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned());
            assert_eq!(names.collect::<BTreeSet<String>>(), listed, "{engine}");
        }
        for (step, number) in STEPS.iter().zip(1..) {
            assert_eq!(step.version, number);
            assert!(step.name.starts_with(&format!("{number:04}_")), "{}", step.name);
        }
    }
}
