//! The documents as their readers get them, and how they are handed over.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod archival;
#[cfg(test)]
mod article_60;
#[cfg(test)]
mod client_assets;
#[cfg(test)]
mod corporate_actions;
#[cfg(test)]
mod costs_and_charges;
#[cfg(test)]
mod encrypted;
#[cfg(test)]
mod form_13f;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod gips_composite_report;
#[cfg(test)]
mod happened;
#[cfg(test)]
mod inputs;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod links;
#[cfg(test)]
mod mail_folder;
#[cfg(test)]
mod mail_server;
#[cfg(test)]
mod mail_tls;
#[cfg(test)]
mod management_report;
#[cfg(test)]
mod performance_report;
#[cfg(test)]
mod prepared;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod risk_report;
#[cfg(test)]
mod statement;
#[cfg(test)]
mod tax_report;
#[cfg(test)]
mod transaction_list;
#[cfg(test)]
mod value_change;
