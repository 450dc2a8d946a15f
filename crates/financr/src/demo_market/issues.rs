//! What is listed on the demo's exchanges: invented shares, bond funds and indices.
//!
//! Every name begins with "Example", so that no figure of the demo can be taken for one of a real company. Each
//! exchange has its own block with the index last: the index is the mean of the shares before it.

use self::Fate::{Fails, Split, Suspended};
use self::Payout::{Never, Quarterly, Yearly};
use self::Sector::{Bonds, Consumer, Finance, Health, Industry, Resources, Technology, Utilities};
use super::exchanges::Exchange::{self, Dollar, Euro, Sterling, Yen};

/// The line of business of an issue. Issues of one sector rise and fall together a little more than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sector {
    /// Oil, gas, mining.
    Resources,
    /// Machines, transport, construction.
    Industry,
    /// Drugs and hospitals.
    Health,
    /// Banks and insurers.
    Finance,
    /// Software, chips, networks.
    Technology,
    /// Food, shops, luxury.
    Consumer,
    /// Power, water, telephone.
    Utilities,
    /// Government bonds.
    Bonds,
}

/// When an issue pays dividends, and how much of its price a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Payout {
    /// It pays none.
    Never,
    /// Once a year in this month; the fraction of the price.
    Yearly(f64, u32),
    /// Every three months from this month (1 to 3) on; the fraction of the price a year.
    Quarterly(f64, u32),
}

/// What happens to an issue during the demo. Percentages are of the demo's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    Ordinary,
    /// A split after so many percent; tenths of a new share for an old one (20 is two for one).
    Split(usize, i64),
    /// No quotes for two weeks, after so many percent.
    Suspended(usize),
    /// Falls after the first percentage and is quoted for the last time before the second.
    Fails(usize, usize),
    /// An index: not for sale, and without an own walk.
    Index,
}

/// One instrument of the demo.
#[derive(Clone, Copy, Debug)]
pub(super) struct Issue {
    /// The symbol, e.g. `ALDER.XE`.
    pub(super) symbol: &'static str,
    /// Its invented name, e.g. `Alder Energy SE`.
    invented_name: &'static str,
    /// Where it trades.
    pub(super) exchange: Exchange,
    /// Its line of business.
    pub(super) sector: Sector,
    /// The first quote, in the unit of the exchange: pence in London.
    pub(super) first_close: f64,
    /// Standard deviation of the part of its daily return that is its own, as a fraction.
    pub(super) own_volatility: f64,
    /// Its dividends.
    pub(super) payout: Payout,
    /// What happens to it.
    pub(super) fate: Fate,
}

impl Issue {
    /// The name for people, which says that the issue is invented, e.g. `Example Alder Energy SE`.
    pub(super) fn name(&self) -> String {
        format!("Example {}", self.invented_name)
    }

    /// Whether clients may buy it in the ordinary course: no index, and not the one that fails.
    pub(super) const fn is_investable(&self) -> bool {
        !matches!(self.fate, Fate::Index | Fate::Fails(_, _))
    }

    /// Whether its return counts in the index of its exchange.
    pub(super) const fn is_in_index(&self) -> bool {
        self.is_investable() && !matches!(self.sector, Sector::Bonds)
    }

    /// The unit of its quotes. Indices are points, written in the currency.
    pub(super) const fn quote_unit(&self) -> &'static str {
        match self.fate {
            Fate::Index => self.exchange.currency_code(),
            _ => self.exchange.quote_unit(),
        }
    }

    const fn fated(self, fate: Fate) -> Issue {
        Issue { fate, ..self }
    }
}

const fn issue(
    symbol: &'static str,
    invented_name: &'static str,
    exchange: Exchange,
    sector: Sector,
    first_close: f64,
    own_volatility: f64,
    payout: Payout,
) -> Issue {
    Issue { symbol, invented_name, exchange, sector, first_close, own_volatility, payout, fate: Fate::Ordinary }
}

const fn index(symbol: &'static str, name: &'static str, exchange: Exchange, first_close: f64) -> Issue {
    issue(symbol, name, exchange, Finance, first_close, 0.0, Never).fated(Fate::Index)
}

/// Everything that is listed, exchange by exchange.
pub(super) static ISSUES: &[Issue] = &[
    issue("ALDER.XE", "Alder Energy SE", Euro, Resources, 48.2, 0.011, Quarterly(0.042, 1)),
    issue("ASPEN.XE", "Aspen Bank AG", Euro, Finance, 21.4, 0.013, Yearly(0.045, 5)),
    issue("BEECH.XE", "Beech Software SE", Euro, Technology, 182.5, 0.014, Yearly(0.011, 5)).fated(Split(60, 20)),
    issue("BIRCH.XE", "Birch Pharma SA", Euro, Health, 88.6, 0.01, Yearly(0.026, 4)),
    issue("CEDAR.XE", "Cedar Insurance SE", Euro, Finance, 204.0, 0.009, Yearly(0.041, 5)),
    issue("CHERRY.XE", "Cherry Foods NV", Euro, Consumer, 56.3, 0.008, Quarterly(0.028, 2)),
    issue("CYPRESS.XE", "Cypress Utilities SpA", Euro, Utilities, 9.35, 0.008, Yearly(0.051, 6)),
    issue("ELM.XE", "Elm Motors AG", Euro, Industry, 74.9, 0.014, Yearly(0.048, 6)),
    issue("FIR.XE", "Fir Chemicals SE", Euro, Resources, 63.1, 0.011, Yearly(0.036, 4)),
    issue("HAZEL.XE", "Hazel Retail SA", Euro, Consumer, 31.7, 0.012, Never),
    issue("LARCH.XE", "Larch Semiconductors NV", Euro, Technology, 412.0, 0.018, Quarterly(0.009, 2)),
    issue("LINDEN.XE", "Linden Telecom AG", Euro, Utilities, 15.8, 0.008, Yearly(0.044, 4)),
    issue("MAPLE.XE", "Maple Logistics SE", Euro, Industry, 42.6, 0.011, Yearly(0.031, 5)),
    issue("OAK.XE", "Oak Engineering AG", Euro, Industry, 128.4, 0.011, Yearly(0.025, 2)),
    issue("PINE.XE", "Pine Paper Oyj", Euro, Resources, 4.85, 0.016, Yearly(0.018, 3)).fated(Split(55, 1)),
    issue("POPLAR.XE", "Poplar Luxury SE", Euro, Consumer, 538.0, 0.013, Quarterly(0.014, 3)),
    issue("WILLOW.XE", "Willow Health SE", Euro, Health, 37.2, 0.01, Never),
    issue("EURBOND.XE", "Euro Government Bond Fund", Euro, Bonds, 101.3, 0.0006, Quarterly(0.016, 3)),
    index("INDEX.XE", "Euro Share Index", Euro, 1000.0),
    issue("CONDOR.XU", "Condor Oil Corp.", Dollar, Resources, 61.8, 0.014, Quarterly(0.047, 1)),
    issue("CRANE.XU", "Crane Machines Inc.", Dollar, Industry, 214.0, 0.011, Quarterly(0.018, 2)),
    issue("DOVE.XU", "Dove Consumer Products Co.", Dollar, Consumer, 139.2, 0.008, Quarterly(0.025, 1)),
    issue("EAGLE.XU", "Eagle Bank Corp.", Dollar, Finance, 127.5, 0.012, Quarterly(0.027, 2)),
    issue("EGRET.XU", "Egret Water Inc.", Dollar, Utilities, 153.3, 0.009, Quarterly(0.016, 3)),
    issue("FALCON.XU", "Falcon Aerospace Corp.", Dollar, Industry, 205.7, 0.014, Never),
    issue("FINCH.XU", "Finch Payments Inc.", Dollar, Technology, 219.4, 0.014, Quarterly(0.006, 3)),
    issue("HAWK.XU", "Hawk Networks Inc.", Dollar, Technology, 44.9, 0.011, Quarterly(0.031, 1)),
    issue("HERON.XU", "Heron Utilities Corp.", Dollar, Utilities, 77.0, 0.008, Quarterly(0.034, 2)),
    issue("IBIS.XU", "Ibis Biotech Inc.", Dollar, Health, 112.8, 0.021, Never),
    issue("JAY.XU", "Jay Media Co.", Dollar, Consumer, 52.4, 0.013, Quarterly(0.019, 3)),
    issue("KITE.XU", "Kite Cloud Inc.", Dollar, Technology, 224.6, 0.016, Never),
    issue("LARK.XU", "Lark Foods Co.", Dollar, Consumer, 54.1, 0.008, Quarterly(0.03, 2)),
    issue("OSPREY.XU", "Osprey Insurance Group", Dollar, Finance, 96.5, 0.01, Quarterly(0.022, 1)),
    issue("RAVEN.XU", "Raven Chips Corp.", Dollar, Technology, 525.0, 0.021, Quarterly(0.002, 3)).fated(Split(45, 50)),
    issue("SWIFT.XU", "Swift Logistics Inc.", Dollar, Industry, 168.2, 0.012, Quarterly(0.023, 2)),
    issue("WREN.XU", "Wren Health Group", Dollar, Health, 352.1, 0.01, Quarterly(0.013, 3)),
    issue("USDBOND.XU", "Dollar Government Bond Fund", Dollar, Bonds, 98.4, 0.0008, Quarterly(0.024, 1)),
    index("INDEX.XU", "Dollar Share Index", Dollar, 3000.0),
    issue("AGATE.XL", "Agate Mining plc", Sterling, Resources, 5610.0, 0.013, Yearly(0.052, 8)),
    issue("BASALT.XL", "Basalt Energy plc", Sterling, Resources, 268.0, 0.013, Quarterly(0.045, 2)),
    issue("CHALK.XL", "Chalk Retail plc", Sterling, Consumer, 158.0, 0.015, Never).fated(Suspended(50)),
    issue("FLINT.XL", "Flint Bank plc", Sterling, Finance, 391.0, 0.013, Yearly(0.039, 3)),
    issue("GARNET.XL", "Garnet Pharma plc", Sterling, Health, 7320.0, 0.01, Yearly(0.027, 2)),
    issue("GRANITE.XL", "Granite Builders plc", Sterling, Industry, 2840.0, 0.013, Yearly(0.041, 4)),
    issue("JASPER.XL", "Jasper Insurance plc", Sterling, Finance, 1345.0, 0.011, Yearly(0.048, 3)),
    issue("MARBLE.XL", "Marble Foods plc", Sterling, Consumer, 3450.0, 0.008, Quarterly(0.032, 3)),
    issue("OPAL.XL", "Opal Telecom plc", Sterling, Utilities, 128.0, 0.01, Yearly(0.055, 6)),
    issue("QUARTZ.XL", "Quartz Software plc", Sterling, Technology, 4120.0, 0.015, Yearly(0.008, 11))
        .fated(Split(35, 20)),
    issue("SLATE.XL", "Slate Utilities plc", Sterling, Utilities, 902.0, 0.008, Yearly(0.049, 6)),
    issue("TOPAZ.XL", "Topaz Aviation plc", Sterling, Industry, 184.0, 0.022, Never).fated(Fails(40, 75)),
    index("INDEX.XL", "Sterling Share Index", Sterling, 5000.0),
    issue("ASTER.XT", "Aster Motors", Yen, Industry, 7940.0, 0.01, Yearly(0.027, 3)),
    issue("CAMELLIA.XT", "Camellia Foods", Yen, Consumer, 2310.0, 0.008, Yearly(0.02, 12)),
    issue("IRIS.XT", "Iris Electronics", Yen, Technology, 8960.0, 0.014, Yearly(0.009, 3)).fated(Split(70, 50)),
    issue("LILY.XT", "Lily Robotics", Yen, Industry, 5470.0, 0.014, Yearly(0.012, 3)),
    issue("LOTUS.XT", "Lotus Bank", Yen, Finance, 456.0, 0.012, Yearly(0.046, 9)),
    issue("ORCHID.XT", "Orchid Pharma", Yen, Health, 3720.0, 0.01, Yearly(0.038, 9)),
    issue("PEONY.XT", "Peony Games", Yen, Technology, 6380.0, 0.016, Never),
    issue("PRIMROSE.XT", "Primrose Trading", Yen, Finance, 1985.0, 0.011, Yearly(0.043, 3)),
    issue("TULIP.XT", "Tulip Steel", Yen, Resources, 1320.0, 0.013, Yearly(0.035, 9)),
    issue("VIOLET.XT", "Violet Rail", Yen, Utilities, 6780.0, 0.009, Yearly(0.018, 3)),
    index("INDEX.XT", "Yen Share Index", Yen, 20000.0),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use schemas::identifiers::InstrumentId;

    use super::*;

    #[test]
    fn symbols_are_valid_and_unique_and_names_are_invented() {
        let market = "DEMO".parse().expect("an id");
        let symbols: BTreeSet<&str> = ISSUES.iter().map(|issue| issue.symbol).collect();
        assert_eq!(symbols.len(), ISSUES.len());
        for issue in ISSUES {
            assert!(InstrumentId::new(&market, issue.symbol).is_ok(), "{}", issue.symbol);
            assert!(issue.name().starts_with("Example "), "{}", issue.name());
        }
    }

    #[test]
    fn exchanges_stand_in_blocks_with_their_index_last() {
        let exchanges: Vec<Exchange> = ISSUES.iter().map(|issue| issue.exchange).collect();
        assert!(exchanges.is_sorted(), "one block for each exchange");
        for exchange in Exchange::ALL {
            let last = ISSUES.iter().rfind(|issue| issue.exchange == exchange);
            assert!(last.is_some_and(|issue| issue.fate == Fate::Index), "{exchange:?}");
        }
    }
}
