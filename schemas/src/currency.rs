//! Currencies, and the minor units that are not currencies.
//!
//! Prices in pence (`GBX`) taken for pounds are wrong by a factor of one hundred. A minor unit is therefore a scale on
//! a price, and asking for it as a currency is an error that names the way out.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A currency by its ISO 4217 code, e.g. `EUR`. The code has been checked against the list of codes in use since 1999.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Why a text is not a currency.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CurrencyError {
    /// The text names a hundredth of a currency.
    #[error("`{code}` is a minor unit, not a currency; use `{major}` with a price_scale of 0.01")]
    MinorUnit {
        /// The code as given, e.g. `GBX`.
        code: String,
        /// The currency it is a hundredth of, e.g. `GBP`.
        major: &'static str,
    },
    /// The text is no code of ISO 4217.
    #[error("`{0}` is no ISO 4217 currency code (three capital letters, e.g. EUR)")]
    Unknown(String),
}

/// Codes of hundredths that quote feeds use, each with its currency.
const MINOR_UNITS: &[(&str, &str)] = &[("GBX", "GBP"), ("GBp", "GBP"), ("ZAc", "ZAR"), ("ZAC", "ZAR"), ("ILA", "ILS")];

/// ISO 4217 codes in use since 1999, in alphabetical order.
const CODES: &str = "\
    AED AFN ALL AMD ANG AOA ARS ATS AUD AWG AZN BAM BBD BDT BEF BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
    CDF CHF CLP CNH CNY COP CRC CUP CVE CYP CZK DEM DJF DKK DOP DZD EEK EGP ERN ESP ETB EUR FIM FJD FKP FRF GBP GEL \
    GHS GIP GMD GNF GRD GTQ GYD HKD HNL HRK HTG HUF IDR IEP ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW \
    KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LUF LVL LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MYR MZN \
    NAD NGN NIO NLG NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PTE PYG QAR ROL RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
    SHP SIT SKK SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRL TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES \
    VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL";

/// Currencies without a minor unit in use.
const NO_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Currencies with thousandths.
const THREE_DECIMALS: &str = "BHD IQD JOD KWD LYD OMR TND";

impl Currency {
    /// The euro, the pivot of the ECB's reference rates.
    pub const EUR: Currency = Currency(*b"EUR");
    /// The US dollar.
    pub const USD: Currency = Currency(*b"USD");
    /// The pound sterling.
    pub const GBP: Currency = Currency(*b"GBP");

    /// The code, e.g. `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Decimals of the smallest unit in which the currency is booked: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn minor_unit_digits(&self) -> u32 {
        if NO_DECIMALS.contains(self.code()) {
            0
        } else if THREE_DECIMALS.contains(self.code()) {
            3
        } else {
            2
        }
    }

    /// The currency that a quote unit is a hundredth of, e.g. `GBP` for `GBX`; none for anything else.
    pub fn of_minor_unit(code: &str) -> Option<Currency> {
        let (_, major) = MINOR_UNITS.iter().find(|(minor, _)| *minor == code)?;
        major.parse().ok()
    }

    /// Whether quotes in a hundredth of it have a code of their own, as pence do.
    pub fn has_quoted_hundredth(self) -> bool {
        MINOR_UNITS.iter().any(|(_, major)| *major == self.code())
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((code, major)) = MINOR_UNITS.iter().find(|(code, _)| *code == text) {
            return Err(CurrencyError::MinorUnit { code: (*code).to_owned(), major });
        }
        let known = text.len() == 3 && CODES.split_ascii_whitespace().any(|code| code == text);
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(bytes) if known => Ok(Currency(bytes)),
            _ => Err(CurrencyError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pence_are_not_a_currency() {
        let error = "GBX".parse::<Currency>().expect_err("pence");
        assert_eq!(error.to_string(), "`GBX` is a minor unit, not a currency; use `GBP` with a price_scale of 0.01");
        assert_eq!(Currency::of_minor_unit("GBX"), Some(Currency::GBP));
        assert_eq!(Currency::of_minor_unit("GBP"), None);
        assert!(Currency::GBP.has_quoted_hundredth() && !Currency::EUR.has_quoted_hundredth());
    }

    #[test]
    fn codes_are_checked() {
        assert_eq!("JPY".parse::<Currency>().map(|yen| yen.minor_unit_digits()), Ok(0));
        assert_eq!("KWD".parse::<Currency>().map(|dinar| dinar.minor_unit_digits()), Ok(3));
        for wrong in ["", "EU", "eur", "EURO", "ZZZ", "R E", "€"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
    }
}
