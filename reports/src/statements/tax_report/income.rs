//! Income: dividends, interest and what came in kind, with the tax withheld from it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency, InstrumentId};

use super::{TaxFacts, of_table};
use crate::document::{Cell, ColumnKind, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::further::Country;
use crate::texts::Label;
use crate::texts::tax_report::{TaxLabel, TaxSentence};

/// Income in units, at the price that the booking names.
const IN_UNITS: [&str; 2] = ["DIVIDEND_IN_KIND", "DIVIDEND_REINVESTED"];

/// What is paid by who borrows securities, not by who issued them.
const LENDING: &str = "LENDING_INCOME";

/// The kind of income that a booking is, as the books have it; none if it is no income.
pub(super) fn component(kind: &str) -> Option<BridgeComponent> {
    match kind {
        "DIVIDEND" | "STOCK_DIVIDEND" | "DIVIDEND_IN_KIND" | "DIVIDEND_REINVESTED" => Some(BridgeComponent::Dividends),
        "INTEREST" => Some(BridgeComponent::Interest),
        "ACCRUED_INTEREST" => Some(BridgeComponent::AccruedInterest),
        LENDING => Some(BridgeComponent::LendingIncome),
        _ => None,
    }
}

/// Gross income and the tax withheld from it, by country and kind: whether the country is unknown, its name or the
/// reason, and the kind; with them the country as it is printed.
type Countries = BTreeMap<(bool, String, String), (Cell, [Vec<Cell>; 2])>;

/// The tables of this part, for the totals.
pub(super) struct Incomes {
    income: Table,
    by_country: Table,
    /// The printed gross amounts by kind of income.
    gross: BTreeMap<BridgeComponent, Vec<Cell>>,
}

impl Incomes {
    pub(super) fn of(facts: &TaxFacts<'_>) -> Result<Incomes, Error> {
        let mut gross: BTreeMap<BridgeComponent, Vec<Cell>> = BTreeMap::new();
        let mut countries = Countries::new();
        let mut rows = Vec::new();
        for booking in &facts.booked {
            let Some(component) = component(&booking.kind) else { continue };
            let (amount, currency) = gross_of(facts, booking)?;
            if booking.kind == "STOCK_DIVIDEND" && amount.is_none_or(Amount::is_zero) && booking.taxes.is_zero() {
                continue;
            }
            let kind = facts.input.texts().kind(&booking.kind);
            let country = country(facts, booking);
            let gross_base = facts.converted(amount, currency, booking.trade_date);
            let withheld_base = facts.converted(Some(booking.taxes), booking.currency, booking.trade_date);
            gross.entry(component).or_default().push(gross_base.clone());
            // Countries by name, then those that are not known, each with its reason.
            let is_unknown = matches!(country, Cell::Unavailable(_));
            let of_country = countries.entry((is_unknown, country.plain(), kind.clone()));
            let (_, [of_gross, of_withheld]) = of_country.or_insert_with(|| (country.clone(), Default::default()));
            of_gross.push(gross_base.clone());
            of_withheld.push(withheld_base.clone());
            rows.push(vec![
                Cell::Date(booking.trade_date.day()),
                Cell::text(kind),
                Cell::text(facts.name_in(booking)),
                country,
                amount.map_or_else(
                    || facts.reason(TaxSentence::ValueNotOnBooking),
                    |amount| Cell::money(amount, currency),
                ),
                Cell::money(booking.taxes, booking.currency),
                Cell::text(currency.code()),
                gross_base,
                withheld_base,
            ]);
        }
        let columns = vec![
            facts.column("date", Label::Date, ColumnKind::Date),
            facts.column("kind", Label::Kind, ColumnKind::Text),
            facts.column("name", Label::Instrument, ColumnKind::Text),
            facts.column("country", TaxLabel::Country, ColumnKind::Text),
            facts.column("gross", TaxLabel::Gross, ColumnKind::Money),
            facts.column("withheld", TaxLabel::Withheld, ColumnKind::Money),
            facts.column("currency", Label::CurrencyShort, ColumnKind::Text),
            facts.base_column("gross_base", TaxLabel::GrossIn),
            facts.base_column("withheld_base", TaxLabel::WithheldIn),
        ];
        let income = facts.table(columns, rows, &["gross_base", "withheld_base"])?;
        Ok(Incomes { income, by_country: by_country(facts, countries)?, gross })
    }

    /// What is printed of a kind of income.
    pub(super) fn total(&self, facts: &TaxFacts<'_>, component: BridgeComponent) -> Result<Cell, Error> {
        match self.gross.get(&component) {
            Some(cells) => sum_of_printed(cells, "income", facts.input.texts()),
            None => Ok(facts.zero()),
        }
    }

    /// Whether there is any of a kind of income.
    pub(super) fn has(&self, component: BridgeComponent) -> bool {
        self.gross.contains_key(&component)
    }

    pub(super) fn sections(self, facts: &TaxFacts<'_>) -> Vec<Section> {
        vec![
            of_table("income", facts.label(TaxLabel::IncomeInPeriod), self.income),
            of_table("income_by_country", facts.in_base(TaxLabel::IncomeByCountry), self.by_country),
        ]
    }
}

fn by_country(facts: &TaxFacts<'_>, countries: Countries) -> Result<Table, Error> {
    let texts = facts.input.texts();
    let mut rows = Vec::with_capacity(countries.len());
    for ((_, _, kind), (country, [gross, withheld])) in countries {
        let [gross, withheld] = [sum_of_printed(&gross, "income", texts)?, sum_of_printed(&withheld, "income", texts)?];
        rows.push(vec![country, Cell::text(kind), gross, withheld]);
    }
    let columns = vec![
        facts.column("country", TaxLabel::Country, ColumnKind::Text),
        facts.column("kind", Label::Kind, ColumnKind::Text),
        facts.base_column("gross_base", TaxLabel::GrossIn),
        facts.base_column("withheld_base", TaxLabel::WithheldIn),
    ];
    facts.table(columns, rows, &["gross_base", "withheld_base"])
}

/// The country of the instrument of a booking, or why there is none. Income of no instrument has none, and that from
/// lending comes from the borrower.
fn country(facts: &TaxFacts<'_>, booking: &Transaction) -> Cell {
    if booking.kind == LENDING {
        return facts.reason(TaxSentence::BorrowerNotKnown);
    }
    let no_instrument = || Cell::text(facts.label(TaxLabel::NoInstrument));
    booking.instrument_id.as_ref().map_or_else(no_instrument, |id| country_of(facts, id))
}

/// The country of an instrument, or why there is none.
pub(super) fn country_of(facts: &TaxFacts<'_>, id: &InstrumentId) -> Cell {
    match facts.input.further.countries.get(id) {
        Some(Country::One(country)) => Cell::text(country.clone()),
        Some(Country::Several) => facts.reason(TaxSentence::SeveralCountries),
        None => facts.reason(TaxSentence::CountryNotKnown),
    }
}

/// The income before tax and fees, and its currency; none if units came without a price.
fn gross_of(facts: &TaxFacts<'_>, booking: &Transaction) -> Result<(Option<Amount>, Currency), Error> {
    let overflow = || Error::Overflow { what: "the gross amount of an income" };
    let charges = booking.fees.decimal().checked_add(booking.taxes.decimal()).ok_or_else(overflow)?;
    let cash = booking.net_cash.decimal().checked_add(charges).ok_or_else(overflow)?;
    if !IN_UNITS.contains(&booking.kind.as_str()) {
        return Ok((Some(Amount::new(cash)), booking.currency));
    }
    let instrument = booking.instrument_id.as_ref().and_then(|id| facts.instruments.get(id));
    let currency = instrument.map_or(booking.currency, |instrument| instrument.currency);
    let scale = instrument.map_or(Decimal::ONE, |instrument| instrument.price_scale.decimal());
    let (Some(units), Some(price)) = (booking.quantity, booking.price) else { return Ok((None, currency)) };
    if currency != booking.currency && !cash.is_zero() {
        return Ok((None, currency));
    }
    let value = units.decimal().checked_mul(price.decimal()).and_then(|value| value.checked_mul(scale));
    let value = value.and_then(|value| value.checked_add(cash)).ok_or_else(overflow)?;
    Ok((Some(Amount::new(value)), currency))
}
