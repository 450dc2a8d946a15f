//! The level of a benchmark on every valuation date of a market, in the currency of those who are compared with it.
//!
//! A benchmark is an instrument of the market of which nothing has to be held. Its level is its close, carried to days
//! without one, times its price scale, at the rate of the day. Where closes are as traded, a split would look like a
//! crash: the level counts the units that one unit of the first day has become. A blend is made of such levels.

use rust_decimal::Decimal;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, InstrumentId};

use crate::benchmark_blend::Blend;
use crate::conversion::FxBoard;
use crate::corporate_actions::split;
use crate::quote_board::{Listing, QuoteBoard};

/// What a portfolio is compared with: one instrument, or a blend of some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Benchmark {
    /// The instruments; those of a blend in its order.
    pub instruments: Vec<InstrumentId>,
    /// Their weights; none of one instrument alone.
    pub blend: Option<Blend>,
}

impl Benchmark {
    /// The level on each date, of the levels of the instruments. That of a blend begins on a day: see
    /// [`Blend::levels`].
    pub fn levels(
        &self,
        dates: &[BusinessDate],
        start_date: BusinessDate,
        of_instruments: &[&[Option<Decimal>]],
    ) -> Vec<Option<Decimal>> {
        match &self.blend {
            Some(blend) => blend.levels(dates, start_date, of_instruments),
            None => of_instruments.first().map_or_else(Vec::new, |levels| levels.to_vec()),
        }
    }
}

/// What a portfolio is compared with; none if it names nothing, or something that is neither a symbol nor a blend.
pub fn benchmark_of(portfolio: &Portfolio) -> Option<Benchmark> {
    let listed = |symbol: &str| InstrumentId::new(&portfolio.market_id, symbol).ok();
    if let Some(text) = portfolio.benchmark_blend.as_deref() {
        let blend: Blend = text.parse().ok()?;
        let instruments = blend.symbols().map(listed).collect::<Option<Vec<InstrumentId>>>()?;
        return Some(Benchmark { instruments, blend: Some(blend) });
    }
    Some(Benchmark { instruments: vec![listed(portfolio.benchmark_symbol.as_deref()?)?], blend: None })
}

/// The level on each valuation date of the board, in order. None on days before the first close or rate, and for every
/// day if the instrument is not listed.
pub fn benchmark_levels(
    board: &QuoteBoard,
    benchmark: &InstrumentId,
    fx: &FxBoard,
    base_currency: Currency,
) -> Vec<Option<Decimal>> {
    let Some(listing) = board.listing(benchmark) else { return vec![None; board.dates().len()] };
    let level = |(day, date): (usize, &BusinessDate)| {
        let close = board.close(listing, day)?.price;
        let local = close.checked_mul(listing.instrument.price_scale.decimal())?;
        let converted = fx.convert(local, listing.instrument.currency, base_currency, *date)?.amount;
        units_grown(listing, converted, *date)
    };
    board.dates().iter().enumerate().map(level).collect()
}

/// The level of a listing on a day of the board in its own currency, as if its splits had not been: what its returns
/// are made of. None before its first close, if the close that counts is older than so many calendar days, and on
/// overflow.
pub fn local_level(board: &QuoteBoard, listing: &Listing, day: usize, close_days_max: i64) -> Option<Decimal> {
    let date = *board.dates().get(day)?;
    let close = board.close(listing, day)?;
    if close_days_max < date.days_since(close.observed_date) {
        return None;
    }
    let local = close.price.checked_mul(listing.instrument.price_scale.decimal())?;
    units_grown(listing, local, date)
}

/// What the units are worth that one unit of the first day has become by a date. None on overflow.
fn units_grown(listing: &Listing, price: Decimal, date: BusinessDate) -> Option<Decimal> {
    if listing.splits().is_empty() {
        return Some(price);
    }
    let (new, old) = split::factor(listing.splits(), BusinessDate::FIRST, date)?;
    let new = Decimal::try_from_i128_with_scale(new, 0).ok()?;
    let old = Decimal::try_from_i128_with_scale(old, 0).ok()?;
    price.checked_mul(new)?.checked_div(old)
}

#[cfg(test)]
mod tests {
    use schemas::Rate;
    use schemas::tables::corporate_actions::CorporateAction;
    use schemas::tables::fx_rates::FxRate;
    use schemas::tables::instruments::Instrument;
    use schemas::tables::quotes::Quote;

    use super::*;

    fn index(currency: Currency, price_scale: &str, adjusted: &str) -> Instrument {
        Instrument {
            market_id: "M".parse().expect("an id"),
            instrument_id: "M~INDEX".parse().expect("an id"),
            name: "Index".to_owned(),
            symbol: "INDEX".to_owned(),
            currency,
            price_scale: price_scale.parse().expect("a number"),
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

    fn quote(instrument: &str, on: &str, close: &str) -> Quote {
        Quote {
            market_id: "M".parse().expect("an id"),
            instrument_id: instrument.parse().expect("an id"),
            quote_date: on.parse().expect("a date"),
            close: close.parse().expect("a number"),
            quote_unit: String::new(),
            volume: None,
            landing_sha256: String::new(),
            line: 1,
        }
    }

    fn rate(currency: Currency, on: &str, units: &str) -> FxRate {
        FxRate {
            fx_source: "M".parse().expect("an id"),
            currency,
            rate_date: on.parse().expect("a date"),
            units_per_eur: units.parse::<Rate>().expect("a number"),
            landing_sha256: String::new(),
            line: 1,
        }
    }

    fn split(on: &str, ratio_new: i64) -> CorporateAction {
        CorporateAction {
            market_id: "M".parse().expect("an id"),
            instrument_id: "M~INDEX".parse().expect("an id"),
            ex_date: on.parse().expect("a date"),
            kind: "SPLIT".to_owned(),
            ratio_new: Some(ratio_new),
            ratio_old: Some(1),
            target_instrument_id: None,
            amount: None,
            basis_fraction: None,
            fraction_price: None,
            pay_date: None,
            currency: None,
            landing_sha256: String::new(),
            line: 1,
        }
    }

    fn levels(instrument: Instrument, quotes: &[Quote], actions: &[CorporateAction], fx: &[FxRate]) -> Vec<String> {
        let board = QuoteBoard::new(vec![instrument], quotes, actions);
        let id = "M~INDEX".parse().expect("an id");
        let levels = benchmark_levels(&board, &id, &FxBoard::new(fx), Currency::EUR);
        levels.iter().map(|level| level.map_or("-".to_owned(), |level| level.normalize().to_string())).collect()
    }

    #[test]
    fn a_close_counts_from_its_day_until_the_next_one() {
        let other = |on: &str| quote("M~OTHER", on, "1");
        let quotes = [
            other("2014-01-02"),
            quote("M~INDEX", "2014-01-03", "80"),
            other("2014-01-06"),
            quote("M~INDEX", "2014-01-07", "84"),
        ];
        assert_eq!(levels(index(Currency::EUR, "1", "total"), &quotes, &[], &[]), ["-", "80", "80", "84"]);
        let another =
            Instrument { instrument_id: "M~WORLD".parse().expect("an id"), ..index(Currency::EUR, "1", "none") };
        assert_eq!(levels(another, &quotes, &[], &[]), ["-", "-", "-", "-"]);
    }

    #[test]
    fn pence_are_pounds_and_pounds_are_euros_of_the_day() {
        let quotes = [quote("M~INDEX", "2014-01-02", "800"), quote("M~INDEX", "2014-01-03", "800")];
        // Eight pounds at 0.8 and at 0.64 pounds per euro; before the first rate there is no level.
        let rates = [rate(Currency::GBP, "2014-01-02", "0.8"), rate(Currency::GBP, "2014-01-03", "0.64")];
        assert_eq!(levels(index(Currency::GBP, "0.01", "none"), &quotes, &[], &rates), ["10", "12.5"]);
        assert_eq!(levels(index(Currency::GBP, "0.01", "none"), &quotes, &[], &rates[1..]), ["-", "12.5"]);
    }

    #[test]
    fn a_split_is_no_crash() {
        // 90 before three for one, not quoted on the day itself, and 31 after it: three units of 31 for one of 90.
        let quotes = [
            quote("M~INDEX", "2014-01-02", "90"),
            quote("M~OTHER", "2014-01-03", "1"),
            quote("M~INDEX", "2014-01-06", "31"),
            quote("M~INDEX", "2014-01-07", "16"),
        ];
        let splits = [split("2014-01-03", 3), split("2014-01-07", 2)];
        assert_eq!(levels(index(Currency::EUR, "1", "none"), &quotes, &splits, &[]), ["90", "90", "93", "96"]);
        // Adjusted closes have the splits in them.
        assert_eq!(levels(index(Currency::EUR, "1", "split"), &quotes, &splits, &[]), ["90", "90", "31", "16"]);
    }
}
