//! The mapping file: how a broker writes, and which of its words mean what.
//!
//! It is JSON, and every key of it is known: a key that means nothing is an error, not a setting that quietly has no
//! effect. docs/IMPORTS.md describes it with an example.

use std::collections::BTreeMap;

use ledger::TransactionKind;
use rust_decimal::Decimal;
use schemas::Currency;
use serde::{Deserialize, Serialize};

use crate::delimited::{Dialect, Encoding};
use crate::numerals::{DateForm, Numerals};

/// Lines before the header.
const SKIP_LINES_MAX: usize = 1_000;
/// The word in `kinds` for rows that always wait for a person.
const INBOX: &str = "INBOX";

/// A field of a booking, by its name in the mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Field {
    Account,
    Kind,
    TradeDate,
    SettlementDate,
    Symbol,
    Name,
    Isin,
    Cusip,
    AssetClass,
    InstrumentCurrency,
    Quantity,
    Price,
    Currency,
    Fees,
    Taxes,
    Cash,
    CounterCurrency,
    CounterAmount,
    LotCost,
    LotAcquiredDate,
    Note,
    BrokerId,
}

/// What the sign of a column is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sign {
    /// It is as the house has it.
    #[default]
    AsWritten,
    /// It is the other way round.
    Negated,
    /// It means nothing: the size counts.
    Absolute,
    /// For `cash`: the kind says whether cash comes in or goes out; where it does not, the sign counts.
    ByKind,
}

/// What the column `cash` holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CashColumn {
    /// The change of the cash account, fees and taxes inside.
    #[default]
    Net,
    /// The amount before fees and taxes, which are still to be taken off.
    BeforeFeesAndTaxes,
}

/// What a word of the broker becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Kind(TransactionKind),
    Inbox,
}

/// A kind that follows from the sign of a column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindBySign {
    field: Field,
    positive: String,
    negative: String,
}

/// The mapping as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    #[serde(default)]
    encoding: EncodingName,
    #[serde(default = "comma")]
    delimiter: String,
    #[serde(default)]
    skip_lines: usize,
    date_format: String,
    #[serde(default = "point")]
    decimal_separator: String,
    #[serde(default)]
    thousands_separator: String,
    #[serde(default)]
    number_affixes: Vec<String>,
    #[serde(default)]
    empty_words: Vec<String>,
    columns: BTreeMap<Field, String>,
    #[serde(default)]
    constants: BTreeMap<Field, String>,
    #[serde(default)]
    kinds: BTreeMap<String, String>,
    kind_by_sign: Option<KindBySign>,
    #[serde(default)]
    signs: BTreeMap<Field, Sign>,
    #[serde(default)]
    cash_column: CashColumn,
    base_currency: Option<Currency>,
    title: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
enum EncodingName {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16")]
    Utf16,
    #[serde(rename = "windows-1252", alias = "iso-8859-1", alias = "latin1")]
    Windows1252,
}

fn comma() -> String {
    ",".to_owned()
}

fn point() -> String {
    ".".to_owned()
}

/// A mapping that has been checked.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub(super) dialect: Dialect,
    pub(super) dates: DateForm,
    pub(super) numerals: Numerals,
    pub(super) number_affixes: Vec<String>,
    pub(super) empty_words: Vec<String>,
    pub(super) columns: BTreeMap<Field, String>,
    pub(super) constants: BTreeMap<Field, String>,
    pub(super) kinds: BTreeMap<String, Meaning>,
    /// The field whose sign gives the kind, and the kinds.
    pub(super) kind_by_sign: Option<(Field, Meaning, Meaning)>,
    signs: BTreeMap<Field, Sign>,
    pub(super) cash_column: CashColumn,
    pub(super) base_currency: Option<Currency>,
    pub(super) title: Option<String>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub(super) fn read(bytes: &[u8]) -> Result<Mapping, String> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let file: MappingFile = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let separator = match file.delimiter.as_bytes() {
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => *byte,
            _ => return Err(format!("`delimiter` is one mark such as `;`, not `{}`", file.delimiter)),
        };
        if SKIP_LINES_MAX < file.skip_lines {
            return Err(format!("`skip_lines` is at most {SKIP_LINES_MAX}"));
        }
        let mut marks = file.decimal_separator.chars();
        let (Some(decimal), None) = (marks.next(), marks.next()) else {
            return Err(format!("`decimal_separator` is one mark, not `{}`", file.decimal_separator));
        };
        let twice = file.columns.keys().find(|field| file.constants.contains_key(field));
        if let Some(field) = twice {
            return Err(format!("{} is a column and a constant; keep one of them", named(*field)));
        }
        let kinds = file.kinds.iter().map(|(word, kind)| Ok((word.clone(), meaning(kind)?)));
        let kind_by_sign = file
            .kind_by_sign
            .map(|by_sign| Ok::<_, String>((by_sign.field, meaning(&by_sign.positive)?, meaning(&by_sign.negative)?)));
        let encoding = match file.encoding {
            EncodingName::Utf8 => Encoding::Utf8,
            EncodingName::Utf16 => Encoding::Utf16,
            EncodingName::Windows1252 => Encoding::Windows1252,
        };
        let mapping = Mapping {
            dialect: Dialect { separator, encoding, lines_before: file.skip_lines },
            dates: DateForm::new(&file.date_format).map_err(|reason| format!("`date_format`: {reason}"))?,
            numerals: Numerals::new(decimal, &file.thousands_separator)?,
            number_affixes: file.number_affixes,
            empty_words: file.empty_words,
            kinds: kinds.collect::<Result<_, String>>()?,
            kind_by_sign: kind_by_sign.transpose()?,
            columns: file.columns,
            constants: file.constants,
            signs: file.signs,
            cash_column: file.cash_column,
            base_currency: file.base_currency,
            title: file.title,
        };
        mapping.complete()
    }

    /// The mapping, if it says what every booking needs.
    fn complete(self) -> Result<Mapping, String> {
        let says = |field: Field| self.columns.contains_key(&field) || self.constants.contains_key(&field);
        let by_kind = |field: Field| self.signs.get(&field) == Some(&Sign::ByKind);
        if let Some(field) = self.signs.keys().find(|field| by_kind(**field) && **field != Field::Cash) {
            return Err(format!("`by_kind` is a sign of cash, not of {}", named(*field)));
        }
        for (field, name) in [(Field::TradeDate, "trade_date"), (Field::Currency, "currency"), (Field::Cash, "cash")] {
            if !says(field) {
                return Err(format!("`columns` does not say where `{name}` is"));
            }
        }
        if !says(Field::Kind) && self.kind_by_sign.is_none() {
            return Err("neither a column `kind` nor `kind_by_sign` says what a row is".to_owned());
        }
        Ok(self)
    }

    /// A number with the sign that the house has.
    pub(super) fn signed(&self, field: Field, number: Decimal) -> Decimal {
        match self.signs.get(&field).copied().unwrap_or_default() {
            Sign::AsWritten | Sign::ByKind => number,
            Sign::Negated => -number,
            Sign::Absolute => number.abs(),
        }
    }

    /// Whether the kind gives the direction of the cash.
    pub(super) fn cash_by_kind(&self) -> bool {
        self.signs.get(&Field::Cash) == Some(&Sign::ByKind)
    }
}

/// The name of a field in the mapping, in quotes.
fn named(field: Field) -> String {
    serde_json::to_string(&field).unwrap_or_default()
}

fn meaning(kind: &str) -> Result<Meaning, String> {
    if kind == INBOX {
        return Ok(Meaning::Inbox);
    }
    kind.parse().map(Meaning::Kind).map_err(|error: ledger::Error| format!("{error}, or {INBOX}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#""date_format": "DD.MM.YYYY", "columns": {"trade_date": "Datum", "cash": "Betrag",
        "currency": "W", "kind": "Art"}"#;

    fn refused(json: &str) -> String {
        Mapping::read(json.as_bytes()).map(|_| ()).expect_err("refused")
    }

    #[test]
    fn the_least_mapping_is_enough() {
        let mapping = Mapping::read(format!("{{{LEAST}}}").as_bytes()).expect("complete");
        assert_eq!(mapping.dialect, Dialect { separator: b',', encoding: Encoding::Utf8, lines_before: 0 });
        assert_eq!(mapping.signed(Field::Fees, Decimal::from(-1)), Decimal::from(-1));
    }

    #[test]
    fn what_means_nothing_is_an_error() {
        assert!(refused(&format!("{{{LEAST}, \"separator\": \";\"}}")).contains("unknown field `separator`"));
        assert!(refused(&format!("{{{LEAST}, \"delimiter\": \";;\"}}")).contains("`delimiter` is one mark"));
        assert!(
            refused(&format!("{{{LEAST}, \"kinds\": {{\"Kauf\": \"BOUGHT\"}}}}")).contains("unknown transaction kind")
        );
        assert!(
            refused(&format!("{{{LEAST}, \"constants\": {{\"cash\": \"1\"}}}}")).contains("\"cash\" is a column and")
        );
        assert!(refused(&format!("{{{LEAST}, \"signs\": {{\"fees\": \"by_kind\"}}}}")).contains("sign of cash"));
        assert!(refused(r#"{"date_format": "DD.MM", "columns": {}}"#).contains("`date_format`"));
        assert!(refused(r#"{"date_format": "DD.MM.YYYY", "columns": {"cash": "Betrag"}}"#).contains("`trade_date`"));
    }
}
