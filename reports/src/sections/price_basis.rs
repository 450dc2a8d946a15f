//! Where the price of a position comes from.

use schemas::BusinessDate;
use schemas::tables::valuations::Valuation;

/// Where a price comes from: the word of the valuation, or `carried` for a quote of an earlier day.
pub(crate) fn price_basis(row: &Valuation) -> &str {
    match row.price_basis.as_str() {
        "quote" if is_carried(row.price_date, row.business_date) => "carried",
        other => other,
    }
}

fn is_carried(price_date: Option<BusinessDate>, business_date: BusinessDate) -> bool {
    price_date.is_some_and(|date| date < business_date)
}
