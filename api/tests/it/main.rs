//! The API as callers see it, over a lake in memory and a store in a folder of the test.

#[cfg(test)]
mod assets {
    pub(crate) mod get;
}
#[cfg(test)]
mod attribution {
    mod get;
}
#[cfg(test)]
mod audit_entries {
    mod get;
}
#[cfg(test)]
mod bookkeeper;
#[cfg(test)]
mod callers {
    mod get;
}
#[cfg(test)]
mod consents {
    mod post;
}
#[cfg(test)]
mod contributions {
    mod get;
}
#[cfg(test)]
mod currency_split {
    mod get;
}
#[cfg(test)]
mod docs {
    mod get;
}
#[cfg(test)]
mod door;
#[cfg(test)]
mod exceptions {
    mod get;
}
#[cfg(test)]
mod gateway {
    mod answers;
    mod hostile;
    mod instances;
    mod kept_answers;
    mod lengths;
    mod rate_limits;
}
#[cfg(test)]
mod health {
    mod get;
}
#[cfg(test)]
mod house;
#[cfg(test)]
mod identity {
    mod accounts;
    mod authenticator;
    mod oidc;
    mod passkeys;
    mod second_factors;
    mod service_accounts;
    mod sign_ins;
    mod step_ups;
}
#[cfg(test)]
mod imports {
    mod send;
}
#[cfg(test)]
mod income {
    mod get;
}
#[cfg(test)]
mod market_data {
    mod get;
}
#[cfg(test)]
mod market_news {
    pub(crate) mod get;
}
#[cfg(test)]
mod measures {
    mod get;
}
#[cfg(test)]
mod metrics {
    mod get;
}
#[cfg(test)]
mod notifications {
    mod settings;
}
#[cfg(test)]
mod openapi {
    mod get;
}
#[cfg(test)]
mod optimize {
    mod post;
}
#[cfg(test)]
mod performance {
    mod get;
}
#[cfg(test)]
mod personal_exports {
    mod post;
}
#[cfg(test)]
mod portfolio_groups {
    mod get;
}

mod portfolios {
    mod get;
    mod write;
}
#[cfg(test)]
mod position_returns {
    mod get;
}
#[cfg(test)]
mod positions {
    mod get;
}
#[cfg(test)]
mod reports {
    mod post;
}
#[cfg(test)]
mod returned_mails {
    mod post;
}
#[cfg(test)]
mod rights {
    mod matrix;
    pub(crate) mod people;
    mod plans;
    mod statuses;
}
#[cfg(test)]
mod risk_analysis {
    mod get;
}
#[cfg(test)]
mod runs {
    mod get;
}
#[cfg(test)]
mod statements {
    mod get;
}
#[cfg(test)]
mod tls {
    mod acme;
    mod authority;
    mod client;
    mod get;
    mod served;
}
#[cfg(test)]
mod transactions {
    mod get;
    mod write;
}
#[cfg(test)]
mod unsubscribe {
    mod post;
}
#[cfg(test)]
mod valuations {
    mod get;
}
