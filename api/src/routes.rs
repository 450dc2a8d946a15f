//! What can be asked, one resource a file.
//!
//! To add one: a file here and a line in the list.

mod api_keys;
mod approvals;
mod assets;
mod attribution;
mod audit_entries;
mod billing_events;
mod consents;
mod contributions;
mod currency_split;
mod exceptions;
mod health;
mod imports;
mod income;
mod market_data;
mod market_news;
mod measures;
mod metrics;
mod notifications;
mod oidc_sign_ins;
mod optimize;
mod passkeys;
mod passwords;
mod performance;
mod personal_erasures;
mod personal_exports;
mod portfolio_groups;
mod portfolios;
mod position_returns;
mod positions;
mod registrations;
mod reports;
mod returned_mails;
mod risk_analysis;
mod runs;
mod second_factors;
mod service_accounts;
mod sessions;
mod sign_ins;
mod statements;
mod step_ups;
mod subscriptions;
mod token_keys;
mod transactions;
mod unsubscribe;
mod users;
mod valuations;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::Context;

/// A resource with its addresses.
pub(crate) struct Resource {
    /// The name in the description. Also the name of its file.
    pub(crate) name: &'static str,
    /// What it is, in a sentence.
    pub(crate) doc: &'static str,
    /// Its addresses and who answers them.
    pub(crate) routes: fn() -> OpenApiRouter<Arc<Context>>,
}

/// Every resource, in the order of the description.
pub(crate) static RESOURCES: &[&Resource] = &[
    &health::RESOURCE,
    &metrics::RESOURCE,
    &portfolios::RESOURCE,
    &portfolio_groups::RESOURCE,
    &positions::RESOURCE,
    &valuations::RESOURCE,
    &performance::RESOURCE,
    &measures::RESOURCE,
    &position_returns::RESOURCE,
    &currency_split::RESOURCE,
    &contributions::RESOURCE,
    &attribution::RESOURCE,
    &risk_analysis::RESOURCE,
    &optimize::RESOURCE,
    &market_news::RESOURCE,
    &transactions::RESOURCE,
    &income::RESOURCE,
    &imports::RESOURCE,
    &assets::RESOURCE,
    &market_data::RESOURCE,
    &exceptions::RESOURCE,
    &statements::RESOURCE,
    &reports::RESOURCE,
    &runs::RESOURCE,
    &registrations::RESOURCE,
    &sign_ins::RESOURCE,
    &oidc_sign_ins::RESOURCE,
    &passkeys::RESOURCE,
    &passwords::RESOURCE,
    &second_factors::RESOURCE,
    &step_ups::RESOURCE,
    &users::RESOURCE,
    &sessions::RESOURCE,
    &api_keys::RESOURCE,
    &consents::RESOURCE,
    &personal_exports::RESOURCE,
    &personal_erasures::RESOURCE,
    &service_accounts::RESOURCE,
    &token_keys::RESOURCE,
    &notifications::RESOURCE,
    &subscriptions::RESOURCE,
    &approvals::RESOURCE,
    &audit_entries::RESOURCE,
    &returned_mails::RESOURCE,
    &billing_events::RESOURCE,
    &unsubscribe::RESOURCE,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<&str> = RESOURCES.iter().map(|resource| resource.name).collect();
        assert_eq!(listed.len(), RESOURCES.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/routes");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().replace(".rs", ""));
        let on_disk: BTreeSet<String> = names.collect();
        assert_eq!(on_disk, listed.into_iter().map(str::to_owned).collect());
    }
}
