//! Where the price of a position comes from, and in which unit it is quoted.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency, InstrumentId};

use crate::input::StatementInput;
use crate::texts::Sentence;

/// Where a price comes from: the word of the valuation, or `carried` for a quote of an earlier day.
pub(crate) fn price_basis(row: &Valuation) -> &str {
    match row.price_basis.as_str() {
        "quote" if is_carried(row.price_date, row.business_date) => "carried",
        other => other,
    }
}

/// The instruments that a document shows with a price: those that are held, and those that were traded.
pub(crate) fn priced(input: &StatementInput) -> impl Iterator<Item = &InstrumentId> {
    let held = input.valuations.iter().map(|row| &row.instrument_id);
    held.chain(traded(&input.transactions))
}

/// The instruments of bookings.
pub(crate) fn traded<'a>(
    bookings: impl IntoIterator<Item = &'a Transaction>,
) -> impl Iterator<Item = &'a InstrumentId> {
    bookings.into_iter().filter_map(|row| row.instrument_id.as_ref())
}

/// A sentence for the instruments of which prices are no amounts of their currency, such as those in pence or in
/// percent: quantity times price is not what they are worth.
pub(crate) fn quoted_in_parts<'a>(
    input: &StatementInput,
    shown: impl IntoIterator<Item = &'a InstrumentId>,
) -> Vec<String> {
    let (texts, instruments) = (input.texts(), input.instruments_by_id());
    let mut parts: BTreeMap<(Currency, Decimal), BTreeSet<&str>> = BTreeMap::new();
    for listed in shown.into_iter().filter_map(|id| instruments.get(id)) {
        let factor = listed.price_scale.decimal().normalize();
        if factor != Decimal::ONE {
            parts.entry((listed.currency, factor)).or_default().insert(&listed.name);
        }
    }
    let sentence = |((currency, factor), names): ((Currency, Decimal), BTreeSet<&str>)| {
        let names = names.into_iter().collect::<Vec<&str>>().join(", ");
        let factor = texts.locale().number(&factor.to_string());
        let values = [("names", &*names), ("currency", currency.code()), ("factor", &*factor)];
        texts.sentence_with(Sentence::QuotedInParts, &values)
    };
    parts.into_iter().map(sentence).collect()
}

fn is_carried(price_date: Option<BusinessDate>, business_date: BusinessDate) -> bool {
    price_date.is_some_and(|date| date < business_date)
}
