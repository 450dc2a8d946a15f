//! What is traded of an instrument on an average day.
//!
//! A split changes the units in which volumes are counted. Where quotes are as traded, the volume of a day before a
//! split is multiplied by its ratio, as a carried close is divided by it: 1,000 shares traded before a split two for
//! one are 2,000 of today's. Where quotes are adjusted, their volumes are, too.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Quantity};

use crate::books::events::is_booking_of;
use crate::corporate_actions::{ratio_of_decimal, split};
use crate::quote_board::Listing;
use crate::reconciliation::{BalanceBasis, taken_back};
use crate::transaction::TransactionKind;

/// Valuation dates, up to the day itself, over which volumes are averaged: about a month.
pub const VOLUME_DATES: usize = 20;
/// Dates of these on which a volume must be known: an average of less is that of a few days.
pub const VOLUME_DATES_MIN: usize = 10;

/// What was traded on an average day, and of how many days it is the average.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AverageVolume {
    /// Valuation dates in the stretch with a volume.
    pub known_dates: usize,
    /// Units a day, in units of the last day; or why there is no figure.
    pub units: Result<Quantity, String>,
}

/// The changes of units of an instrument whose quotes are as traded, as new units for old ones: those that the market
/// announced up to a day, and those that only the portfolio booked. None where quotes are adjusted. What takes effect
/// later is not known yet on the day, so that it stands for no booking.
///
/// - `transactions`: the SPLITs and REVERSALs of the portfolio, or all it booked.
pub fn unit_changes(
    listing: &Listing,
    transactions: &[Transaction],
    date: BusinessDate,
) -> Vec<(BusinessDate, (i64, i64))> {
    let announced: Vec<(BusinessDate, (i64, i64))> =
        listing.splits().iter().copied().filter(|(ex_date, _)| *ex_date <= date).collect();
    if !listing.is_unadjusted() {
        return announced;
    }
    let mut changes = announced.clone();
    let taken = taken_back(transactions, date, BalanceBasis::Trade);
    let own = transactions.iter().filter(|booked| {
        booked.kind == TransactionKind::Split.code()
            && booked.instrument_id.as_ref() == Some(&listing.instrument.instrument_id)
            && !taken.contains(booked.transaction_id.as_str())
    });
    for booked in own {
        let is_announced = announced.iter().any(|(ex_date, ratio)| is_booking_of(booked, *ex_date, *ratio));
        let ratio = booked.quantity.and_then(|ratio| ratio_of_decimal(ratio.decimal()).ok());
        changes.extend(ratio.filter(|_| !is_announced).map(|ratio| (booked.trade_date, ratio)));
    }
    changes.sort_unstable();
    changes
}

/// The mean of the volumes that are known on the last [`VOLUME_DATES`] valuation dates up to a day, in units of that
/// day. A date without a volume does not count: nobody knows what was traded on it. A volume of zero does.
///
/// - `volumes`: units traded, by day.
/// - `dates`: the valuation dates of the market, in order.
/// - `changes`: splits, in order; see [`unit_changes`].
pub fn average_volume(
    volumes: &BTreeMap<BusinessDate, Quantity>,
    dates: &[BusinessDate],
    changes: &[(BusinessDate, (i64, i64))],
    date: BusinessDate,
) -> AverageVolume {
    let end = dates.partition_point(|day| *day <= date);
    let stretch = dates.get(end.saturating_sub(VOLUME_DATES)..end).unwrap_or_default();
    let known: Vec<(BusinessDate, Decimal)> =
        stretch.iter().filter_map(|day| Some((*day, volumes.get(day)?.decimal()))).collect();
    let known_dates = known.len();
    if known_dates < VOLUME_DATES_MIN {
        let days = stretch.len();
        let reason = match known_dates {
            0 => format!("no volume is known on the last {days} valuation dates"),
            _ => format!(
                "volumes are known on {known_dates} of the last {days} valuation dates, and {VOLUME_DATES_MIN} are \
                 needed"
            ),
        };
        return AverageVolume { known_dates, units: Err(reason) };
    }
    let too_large = || "the volumes are too large to be added up".to_owned();
    AverageVolume { known_dates, units: mean(&known, changes, date).ok_or_else(too_large) }
}

/// The mean in units of the day, to the decimals of a quantity. None on overflow.
fn mean(
    known: &[(BusinessDate, Decimal)],
    changes: &[(BusinessDate, (i64, i64))],
    date: BusinessDate,
) -> Option<Quantity> {
    let mut sum = Decimal::ZERO;
    for (day, volume) in known {
        let (new, old) = split::factor(changes, *day, date)?;
        let new = Decimal::try_from_i128_with_scale(new, 0).ok()?;
        let old = Decimal::try_from_i128_with_scale(old, 0).ok()?;
        sum = sum.checked_add(volume.checked_mul(new)?.checked_div(old)?)?;
    }
    let mean = sum.checked_div(Decimal::from(known.len()))?;
    Quantity::from_units(Quantity::new(mean).to_units().ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::quote_board::QuoteBoard;
    use schemas::tables::corporate_actions::CorporateAction;
    use schemas::tables::instruments::Instrument;
    use schemas::{Amount, Currency, Rate};

    /// The days of January 2014 from the first on.
    fn days(count: u32) -> Vec<BusinessDate> {
        (1..=count).map(|day| format!("2014-01-{day:02}").parse().expect("a date")).collect()
    }

    fn units(number: i64) -> Quantity {
        Quantity::new(Decimal::from(number))
    }

    fn instrument(adjusted: &str) -> Instrument {
        Instrument {
            instrument_id: "M~AAA".parse().expect("an id"),
            market_id: "M".parse().expect("an id"),
            symbol: "AAA".to_owned(),
            name: "AAA".to_owned(),
            currency: Currency::EUR,
            price_scale: Rate::new(Decimal::ONE),
            adjusted: adjusted.to_owned(),
            quote_origin: String::new(),
            isin: None,
            cusip: None,
            return_basis: None,
            modified_duration: None,
            spread_duration: None,
            leveraged: None,
            proxy_instrument_id: None,
        }
    }

    fn booked(id: &str, on: &str, kind: &str, ratio: Option<&str>) -> Transaction {
        Transaction {
            portfolio_id: "P1".parse().expect("an id"),
            transaction_id: id.to_owned(),
            booking_sequence: 1,
            trade_date: on.parse().expect("a date"),
            settlement_date: None,
            kind: kind.to_owned(),
            instrument_id: ratio.map(|_| "M~AAA".parse().expect("an id")),
            quantity: ratio.map(|ratio| ratio.parse().expect("a number")),
            price: None,
            currency: Currency::EUR,
            fees: Amount::ZERO,
            taxes: Amount::ZERO,
            net_cash: Amount::ZERO,
            counter_currency: None,
            counter_amount: None,
            lot_cost: None,
            lot_acquired_date: None,
            lots_closed: None,
            reverses: None,
            counter_portfolio_id: None,
            recorded_at: None,
            note: String::new(),
            origin: String::new(),
        }
    }

    fn changes(adjusted: &str, actions: &[CorporateAction], transactions: &[Transaction]) -> Vec<(i64, i64)> {
        changes_by("2014-01-31", adjusted, actions, transactions).into_iter().map(|(_, ratio)| ratio).collect()
    }

    fn changes_by(
        on: &str,
        adjusted: &str,
        actions: &[CorporateAction],
        transactions: &[Transaction],
    ) -> Vec<(BusinessDate, (i64, i64))> {
        let board = QuoteBoard::new(vec![instrument(adjusted)], &[], actions);
        let listing = board.listing(&"M~AAA".parse().expect("an id")).expect("listed");
        unit_changes(listing, transactions, on.parse().expect("a date"))
    }

    #[test]
    fn volumes_before_a_split_count_in_units_after_it() {
        // Five for one on the 11th. Ten days of 1,000 old units are 5,000 of the new ones each, ten of 7,000 are new:
        // (10 · 5,000 + 10 · 7,000) / 20 = 6,000. On the 10th the split has not been: 1,000.
        let dates = days(20);
        let volumes: BTreeMap<BusinessDate, Quantity> =
            (0..).zip(&dates).map(|(at, day)| (*day, units(if at < 10 { 1_000 } else { 7_000 }))).collect();
        let split = [(dates[10], (5, 1))];
        let found = average_volume(&volumes, &dates, &split, dates[19]);
        assert_eq!(found, AverageVolume { known_dates: 20, units: Ok(units(6_000)) });
        assert_eq!(average_volume(&volumes, &dates, &split, dates[9]).units, Ok(units(1_000)));
        // On the ex-date itself volumes are in new units: (9 · 5,000 + 5,000 + 7,000) / 11 = 57,000 / 11.
        let on_ex_date = average_volume(&volumes, &dates, &split, dates[10]).units.expect("known").decimal();
        assert_eq!(on_ex_date, "5181.8181818182".parse().expect("a number"));
        // One for four: 1,000 old units are 250.
        let reverse = [(dates[10], (1, 4))];
        assert_eq!(average_volume(&volumes, &dates, &reverse, dates[19]).units, Ok(units(3_625)));
    }

    #[test]
    fn only_the_last_twenty_dates_count_and_days_without_a_volume_do_not() {
        let dates = days(31);
        let all = |number: i64| -> BTreeMap<BusinessDate, Quantity> {
            dates.iter().map(|day| (*day, units(number))).collect()
        };
        // Up to the 30th: the 11th to the 30th, and a million on the 10th and on the 31st is not among them.
        let mut volumes = all(500);
        volumes.insert(dates[9], units(1_000_000));
        volumes.insert(dates[30], units(1_000_000));
        let found = average_volume(&volumes, &dates, &[], dates[29]);
        assert_eq!(found, AverageVolume { known_dates: 20, units: Ok(units(500)) });
        // Ten days of 500 without the other ten; with ten days of nothing traded half of it.
        let mut some = volumes.clone();
        some.retain(|day, _| dates[19] < *day);
        let found = average_volume(&some, &dates, &[], dates[29]);
        assert_eq!(found, AverageVolume { known_dates: 10, units: Ok(units(500)) });
        some.extend(dates[..20].iter().map(|day| (*day, Quantity::ZERO)));
        assert_eq!(average_volume(&some, &dates, &[], dates[29]).units, Ok(units(250)));
    }

    #[test]
    fn too_few_days_have_no_average() {
        let dates = days(20);
        let reason = |count: usize, of: usize| {
            let volumes = dates[..count].iter().map(|day| (*day, units(9))).collect();
            average_volume(&volumes, &dates[..of], &[], dates[19]).units.expect_err("no figure")
        };
        assert_eq!(reason(0, 20), "no volume is known on the last 20 valuation dates");
        assert_eq!(reason(9, 20), "volumes are known on 9 of the last 20 valuation dates, and 10 are needed");
        assert_eq!(reason(4, 4), "volumes are known on 4 of the last 4 valuation dates, and 10 are needed");
        let many = dates.iter().map(|day| (*day, Quantity::new(Decimal::MAX))).collect();
        assert!(average_volume(&many, &dates, &[], dates[19]).units.expect_err("too large").contains("too large"));
    }

    #[test]
    fn a_split_that_market_and_portfolio_know_counts_once_and_where_quotes_are_adjusted_never() {
        let announced = CorporateAction {
            market_id: "M".parse().expect("an id"),
            instrument_id: "M~AAA".parse().expect("an id"),
            ex_date: "2014-01-10".parse().expect("a date"),
            kind: "SPLIT".to_owned(),
            ratio_new: Some(2),
            ratio_old: Some(1),
            target_instrument_id: None,
            amount: None,
            basis_fraction: None,
            fraction_price: None,
            pay_date: None,
            currency: None,
            landing_sha256: String::new(),
            line: 2,
        };
        let actions = std::slice::from_ref(&announced);
        // The broker books it two days later; another one it books alone, and a third was taken back.
        let same = booked("1", "2014-01-12", "SPLIT", Some("2"));
        let own = booked("2", "2014-01-20", "SPLIT", Some("1.5"));
        let wrong = booked("3", "2014-01-21", "SPLIT", Some("7"));
        let reversal = Transaction { reverses: Some("3".to_owned()), ..booked("4", "2014-01-22", "REVERSAL", None) };
        let all = [same, own, wrong, reversal];
        assert_eq!(changes("none", actions, &[]), [(2, 1)]);
        // A broker that is a day early splits alone until the ex-date; from then on it is the market's split.
        let day = |text: &str| text.parse::<BusinessDate>().expect("a date");
        let early = [booked("1", "2014-01-09", "SPLIT", Some("2"))];
        assert_eq!(changes_by("2014-01-09", "none", actions, &early), [(day("2014-01-09"), (2, 1))]);
        assert_eq!(changes_by("2014-01-10", "none", actions, &early), [(day("2014-01-10"), (2, 1))]);
        assert_eq!(changes("none", actions, &all), [(2, 1), (3, 2)]);
        assert_eq!(changes("none", &[], &all), [(2, 1), (3, 2)]);
        assert!(changes("split", actions, &all).is_empty());
    }

    proptest! {
        #[test]
        fn a_split_of_the_quotes_alone_changes_no_average(
            traded in prop::collection::vec(0_i64..1_000_000_000, 20),
            at in 1_usize..20,
            new in 1_i64..20,
        ) {
            // The same trade, told in old units before the split and in new ones after it, or in new ones throughout.
            let dates = days(20);
            let after: BTreeMap<BusinessDate, Quantity> =
                dates.iter().zip(&traded).map(|(day, number)| (*day, units(number * new))).collect();
            let told = dates.iter().zip(&traded).enumerate();
            let counted = |place: usize, number: i64| units(if place < at { number } else { number * new });
            let as_traded: BTreeMap<BusinessDate, Quantity> =
                told.map(|(place, (day, number))| (*day, counted(place, *number))).collect();
            let split = [(dates[at], (new, 1))];
            prop_assert_eq!(
                average_volume(&as_traded, &dates, &split, dates[19]),
                average_volume(&after, &dates, &[], dates[19])
            );
        }
    }
}
