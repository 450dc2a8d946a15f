//! Which values are market prices of the day and which are estimates, Article 63(2)(f).

use schemas::tables::valuations::Valuation;

use crate::document::Section;
use crate::input::StatementInput;
use crate::sections::price_basis::price_basis;
use crate::sections::{name_of, of_notes};
use crate::texts::{AssetLabel, AssetSentence};

/// A line for every instrument without a market price of the day, and what the absence of one is likely to mean.
pub(super) fn section(input: &StatementInput) -> Section {
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let mut estimated: Vec<(String, &Valuation)> = input
        .valuations
        .iter()
        .filter(|row| !row.instrument_id.is_cash() && price_basis(row) != "quote")
        .map(|row| (name_of(&row.instrument_id, &instruments), row))
        .collect();
    estimated.sort_by(|(left, a), (right, b)| (left, &a.instrument_id).cmp(&(right, &b.instrument_id)));
    let line = |(name, row): (String, &Valuation)| {
        let day = row.price_date.map_or_else(|| texts.sentence(AssetSentence::PriceNotDated), |day| texts.date(day));
        let basis = price_basis(row);
        let values = [("asset", &*name), ("date", &*day)];
        match basis {
            "carried" => texts.sentence_with(AssetSentence::ValuedAtCarried, &values),
            "last_trade" => texts.sentence_with(AssetSentence::ValuedAtLastTrade, &values),
            "missing" => texts.sentence_with(AssetSentence::NotValued, &values),
            other => {
                let values = [("asset", &*name), ("date", &*day), ("basis", other)];
                texts.sentence_with(AssetSentence::ValuedOtherwise, &values)
            }
        }
    };
    let mut notes: Vec<String> = estimated.into_iter().map(line).collect();
    if notes.is_empty() {
        let date = texts.date(input.business_date);
        notes.push(texts.sentence_with(AssetSentence::MarketPricesOnly, &[("date", &date)]));
    }
    notes.push(texts.sentence(AssetSentence::AbsenceOfPrice));
    of_notes(input, "market_prices", AssetLabel::MarketPrices, notes)
}
