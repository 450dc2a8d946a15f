//! Exports of brokers and of other programs, one format per file.
//!
//! An importer says in the house's words what an export says: accounts, instruments, transactions, quotes and rates.
//! Nothing of an export is dropped. Each of its rows ends as a transaction, as a row of the inbox that waits for a
//! person, or as a reject with its line and reason.

pub mod beancount;
pub mod generic_csv;
pub mod ghostfolio;
pub mod ibkr_flex;
pub mod portfolio_performance;
pub mod trade_republic;

use std::io::Read;

use rust_decimal::Decimal;
use schemas::currency::CurrencyError;
use schemas::{BusinessDate, Currency};

use crate::delimited::utf16;
use crate::error::Error;
use crate::file_endings;
use crate::sources::RowReject;

/// Size of an export; a larger one is refused.
pub const FILE_BYTES_MAX: usize = 256 << 20;
/// Begins the name of every deal, and no id of a broker.
pub const DEAL_PREFIX: &str = "ib-trade-";
/// Ends the name of the deal of the rows that take back those of another one.
pub const DEAL_CANCELLED: &str = "-cancelled";
/// Characters of a row that go with it into the inbox.
pub const ROW_TEXT_MAX: usize = 2_000;

/// An export format.
pub struct Importer {
    /// The name on the command line, e.g. `ibkr_flex`.
    pub name: &'static str,
    /// What it reads, in a phrase.
    pub definition: &'static str,
    /// Whether a file is of this format, by its first bytes and its form. Two formats must not both say so.
    pub recognises: fn(&ExportFile<'_>) -> bool,
    /// Reads a file. [`Error::Sheet`] if the file as a whole cannot be used; a row that cannot be used is a reject.
    pub read: fn(&ExportFile<'_>) -> Result<Export, Error>,
}

/// Every importer.
pub const IMPORTERS: &[&Importer] = &[
    &ibkr_flex::IMPORTER,
    &ghostfolio::IMPORTER,
    &trade_republic::IMPORTER,
    &portfolio_performance::IMPORTER,
    &beancount::IMPORTER,
    &generic_csv::IMPORTER,
];

/// A file that somebody exported.
#[derive(Clone, Copy, Debug)]
pub struct ExportFile<'a> {
    /// Its name, e.g. `flex_2024.xml`.
    pub file_name: &'a str,
    /// Its bytes, unpacked.
    pub bytes: &'a [u8],
    /// For `generic_csv`: the mapping file.
    pub mapping: Option<&'a [u8]>,
}

/// What an export says, in the house's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Export {
    /// The accounts that it speaks of. Each becomes a portfolio.
    pub accounts: Vec<ExportAccount>,
    /// The instruments that its transactions and quotes name.
    pub instruments: Vec<ExportInstrument>,
    /// What was booked, in the order of the file, or of the times if the file has them in no order.
    pub transactions: Vec<ExportTransaction>,
    /// Closes.
    pub quotes: Vec<ExportQuote>,
    /// Reference rates.
    pub fx_rates: Vec<ExportFxRate>,
    /// Rows that wait for a person.
    pub inbox: Vec<InboxRow>,
    /// What rows of the inbox book, if somebody says what they leave open.
    pub unsure: Vec<UnsureRow>,
    /// Rows that cannot be read.
    pub rejects: Vec<RowReject>,
}

/// An account of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportAccount {
    /// Its name in the export, e.g. `U1234567`; empty if the export names none.
    pub account: String,
    /// Its title for people.
    pub title: String,
    /// The currency of its figures; none if the export does not say.
    pub base_currency: Option<Currency>,
}

/// An instrument of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportInstrument {
    /// A valid symbol (see `InstrumentId`), unique in the export.
    pub symbol: String,
    /// The name for people.
    pub name: String,
    /// The currency in which it is valued; for a share quoted in pence `GBP`.
    pub currency: Currency,
    /// What a quote is multiplied by to be in `currency`: 0.01 for GBX, ZAc and ILA.
    pub price_scale: Decimal,
    /// Its ISIN, if the export has a valid one.
    pub isin: Option<String>,
    /// Its CUSIP, if the export has a valid one.
    pub cusip: Option<String>,
    /// The export's word for its class, e.g. `STK`; empty if it has none.
    pub asset_class: String,
}

/// A booking of an export. Its fields are those of `schemas::tables::transactions::Transaction`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportTransaction {
    /// The account, as in [`ExportAccount::account`].
    pub account: String,
    /// The line of the file on which its row begins, from 1.
    pub line: i64,
    /// What happened.
    pub kind: ledger::TransactionKind,
    /// The day of the trade or cash movement.
    pub trade_date: BusinessDate,
    /// The day on which it settles, if the export says so.
    pub settlement_date: Option<BusinessDate>,
    /// The instrument, as in [`ExportInstrument::symbol`].
    pub symbol: Option<String>,
    /// Units, positive; the kind gives the direction. For a split the ratio.
    pub quantity: Option<Decimal>,
    /// The price per unit as quoted; for a dividend the amount per unit.
    pub price: Option<Decimal>,
    /// The currency of `net_cash`, `fees` and `taxes`.
    pub currency: Currency,
    /// The part of `net_cash` that is fees, zero or positive.
    pub fees: Decimal,
    /// The part of `net_cash` that is taxes, zero or positive.
    pub taxes: Decimal,
    /// The signed change of the cash account in `currency`, fees and taxes inside.
    pub net_cash: Decimal,
    /// For an FX deal: the other currency.
    pub counter_currency: Option<Currency>,
    /// For an FX deal: the signed change of the account in the other currency.
    pub counter_amount: Option<Decimal>,
    /// For units brought in: what they had cost, in `currency`.
    pub lot_cost: Option<Decimal>,
    /// For units brought in: the day on which they were acquired.
    pub lot_acquired_date: Option<BusinessDate>,
    /// What the broker wrote.
    pub note: String,
    /// The broker's own id, if the format has a stable one that is unique in the account.
    pub broker_id: Option<String>,
    /// The deal that it is of, if the format numbers deals. It stands in for an id of its own.
    pub deal: Option<Deal>,
    /// Whether the export itself says that a charge came back, by its word or by signs that leave no doubt.
    pub is_refund: bool,
}

/// A deal: rows of one kind that share a number of the broker, e.g. the executions of one trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    /// What its rows are called: [`DEAL_PREFIX`], the number, and the kind of row, e.g. `ib-trade-1908991475-fx`.
    pub name: String,
    /// How many of its rows the export takes back. So many of those that are booked may have been replaced by others.
    pub taken_back: usize,
}

/// A close of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportQuote {
    /// The instrument, as in [`ExportInstrument::symbol`].
    pub symbol: String,
    /// The day.
    pub date: BusinessDate,
    /// The close as quoted (in pence where the instrument's price scale is 0.01), positive.
    pub close: Decimal,
}

/// A reference rate of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFxRate {
    /// The currency, not EUR.
    pub currency: Currency,
    /// The day.
    pub date: BusinessDate,
    /// Units of it for one euro, positive.
    pub units_per_eur: Decimal,
}

/// A row that means something which Financr has no booking for: it waits for a person, nothing is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// The account, as in [`ExportAccount::account`].
    pub account: String,
    /// The line of the file on which it begins, from 1.
    pub line: i64,
    /// The broker's word for it, e.g. `OPT`.
    pub what: String,
    /// Why it was not booked, and what to do.
    pub reason: String,
    /// The row as it stands in the file, at most [`ROW_TEXT_MAX`] characters.
    pub text: String,
}

/// What a row of the inbox books in each way in which it can be read. It may be booked already, from a file that said
/// more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsureRow {
    /// The account, as in [`ExportAccount::account`].
    pub account: String,
    /// The line of the row of the inbox.
    pub line: i64,
    /// Its word.
    pub what: String,
    /// The bookings of each reading.
    pub readings: Vec<Vec<ExportTransaction>>,
}

impl ExportTransaction {
    /// A booking that moves cash and says no more; whoever knows more sets the other fields.
    pub fn new(
        account: &str,
        line: i64,
        kind: ledger::TransactionKind,
        trade_date: BusinessDate,
        (net_cash, currency): (Decimal, Currency),
    ) -> ExportTransaction {
        ExportTransaction {
            account: account.to_owned(),
            line,
            kind,
            trade_date,
            settlement_date: None,
            symbol: None,
            quantity: None,
            price: None,
            currency,
            fees: Decimal::ZERO,
            taxes: Decimal::ZERO,
            net_cash,
            counter_currency: None,
            counter_amount: None,
            lot_cost: None,
            lot_acquired_date: None,
            note: String::new(),
            broker_id: None,
            deal: None,
            is_refund: false,
        }
    }
}

/// The importer of a name.
///
/// # Errors
/// [`Error::UnknownFormat`] with the names that are known.
pub fn importer(name: &str) -> Result<&'static Importer, Error> {
    let found = IMPORTERS.iter().find(|importer| importer.name == name).copied();
    found.ok_or_else(|| Error::UnknownFormat { what: format!("there is no format `{name}`"), known: known() })
}

/// The one importer that says that a file is of its format. The name of the file must not say something else; what a
/// mapping says of it counts more.
///
/// # Errors
/// [`Error::UnknownFormat`] with the names that are known if none says so, or more than one; [`Error::Sheet`] if its
/// name says something else.
pub fn recognise(file: &ExportFile<'_>) -> Result<&'static Importer, Error> {
    let found: Vec<&'static Importer> =
        IMPORTERS.iter().filter(|importer| (importer.recognises)(file)).copied().collect();
    let what = match found[..] {
        [only] => {
            let contradiction = file_endings::contradiction(file.file_name, file.bytes);
            return match contradiction.filter(|_| file.mapping.is_none()) {
                Some(problem) => Err(Error::Sheet { file: file.file_name.to_owned(), problem }),
                None => Ok(only),
            };
        }
        [] => match std::str::from_utf8(file.bytes) {
            Ok(_) => format!("{} is in no format that is known; name one with --as", file.file_name),
            Err(error) => format!(
                "{} is in no format that is known, and not UTF-8 from byte {} on; save it as UTF-8, or name a format \
                 with --as",
                file.file_name,
                error.valid_up_to() + 1
            ),
        },
        _ => {
            let names: Vec<&str> = found.iter().map(|importer| importer.name).collect();
            format!("{} could be {}; say which with --as", file.file_name, names.join(" or "))
        }
    };
    Err(Error::UnknownFormat { what, known: known() })
}

fn known() -> String {
    IMPORTERS.iter().map(|importer| importer.name).collect::<Vec<_>>().join(", ")
}

/// Unpacks gzip, and gives text that is marked as UTF-16 as UTF-8 and lines that end with a carriage return alone a
/// line feed; anything else is returned as it is.
///
/// # Errors
/// [`Error::Sheet`] if the stream is damaged, the file is empty, marked as what it is not, or larger than
/// [`FILE_BYTES_MAX`], packed or unpacked.
pub fn unpack(file_name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    unpack_within(file_name, bytes, FILE_BYTES_MAX)
}

/// As [`unpack`], with another limit. Unpacking ends one byte after it, whatever else there is.
fn unpack_within(file_name: &str, bytes: Vec<u8>, bytes_max: usize) -> Result<Vec<u8>, Error> {
    let problem = |problem: String| Error::Sheet { file: file_name.to_owned(), problem };
    let too_large = || problem(format!("the file has more than {bytes_max} bytes; export fewer years"));
    let checked = |plain: Vec<u8>| match plain.len() {
        length if bytes_max < length => Err(too_large()),
        _ if is_blank(&plain) => Err(problem("the file is empty; export it again".to_owned())),
        _ => plain_text(plain).map_err(&problem),
    };
    if !bytes.starts_with(b"\x1f\x8b") {
        return checked(bytes);
    }
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX - 1) + 1;
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|error| problem(format!("the gzip stream is damaged: {error}")))?;
    checked(plain)
}

/// Text in the form that every format reads. Read as it stands, a file without line feeds would be a single line.
fn plain_text(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let has_mark = |mark: &[u8]| bytes.starts_with(mark);
    let mut text = if has_mark(b"\xFF\xFE") || has_mark(b"\xFE\xFF") {
        let units = bytes.get(2..).unwrap_or_default();
        let decoded = utf16(units, has_mark(b"\xFE\xFF")).map_err(|error| format!("{error}; export it again"))?;
        // The mark says more than a mapping that calls the file UTF-16.
        [b"\xEF\xBB\xBF".as_slice(), decoded.as_slice()].concat()
    } else {
        bytes
    };
    if text.contains(&b'\r') && !text.contains(&b'\n') {
        text.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    Ok(text)
}

/// Whether a file has no character that is seen.
fn is_blank(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
    let body = marks.iter().find_map(|mark| bytes.strip_prefix(*mark)).unwrap_or(bytes);
    body.iter().all(u8::is_ascii_whitespace)
}

/// The currency of a code and the scale of an amount in it: 0.01 for `GBX`, `ZAc` and `ILA`, otherwise 1.
pub(crate) fn currency_and_scale(code: &str) -> Result<(Currency, Decimal), CurrencyError> {
    match Currency::of_minor_unit(code) {
        Some(major) => Ok((major, Decimal::new(1, 2))),
        None => Ok((code.parse()?, Decimal::ONE)),
    }
}

/// Words that a table reads as an empty cell, and that some company has as its symbol.
const EMPTY_WORDS: &[&str] = &["N/A", "NA", "NaN", "nan", "null", "NULL", "-"];
/// Characters of a symbol.
const SYMBOL_LENGTH_MAX: usize = 64;

/// A symbol from what an export calls an instrument: each run of characters that no symbol has becomes a point, e.g.
/// `BRK B` becomes `BRK.B`. None if nothing is left.
pub(crate) fn clean_symbol(text: &str) -> Option<String> {
    let allowed = |letter: char| letter.is_ascii_graphic() && !"~,\"'\\/`".contains(letter);
    let parts: Vec<&str> = text.split(|letter| !allowed(letter)).filter(|part| !part.is_empty()).collect();
    let mut symbol: String = parts.join(".").chars().take(SYMBOL_LENGTH_MAX).collect();
    if EMPTY_WORDS.contains(&symbol.as_str()) {
        symbol.push('_');
    }
    (!symbol.is_empty()).then_some(symbol)
}

/// The beginning of a row, as much of it as goes into the inbox.
pub(crate) fn row_text(row: &str) -> String {
    row.chars().take(ROW_TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = IMPORTERS.iter().map(|importer| format!("{}.rs", importer.name)).collect();
        assert_eq!(listed.len(), IMPORTERS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/imports");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned());
        let on_disk: BTreeSet<String> = names.filter(|name| name.ends_with(".rs")).collect();
        assert_eq!(on_disk, listed);
    }

    #[test]
    fn an_unknown_format_lists_the_known_ones() {
        let file = ExportFile { file_name: "a.txt", bytes: b"hello", mapping: None };
        let error = recognise(&file).map(|importer| importer.name).expect_err("no format");
        assert!(error.to_string().contains("a.txt is in no format that is known"), "{error}");
        assert!(error.to_string().contains("ibkr_flex"), "{error}");
        assert!(importer("excel").is_err() && importer("ghostfolio").is_ok());
    }

    #[test]
    fn symbols_are_made_of_what_the_export_says() {
        for (text, symbol) in [
            ("AAPL", Some("AAPL")),
            ("BRK B", Some("BRK.B")),
            ("ORCL  170915P00050000", Some("ORCL.170915P00050000")),
            ("Crédit, Agricole", Some("Cr.dit.Agricole")),
            ("NA", Some("NA_")),
            (" ~ ", None),
        ] {
            assert_eq!(clean_symbol(text).as_deref(), symbol, "{text}");
            let Some(symbol) = symbol else { continue };
            let market = "M1".parse().expect("an id");
            assert!(schemas::InstrumentId::new(&market, symbol).is_ok(), "{symbol}");
        }
    }

    #[test]
    fn hundredths_are_a_scale() {
        let hundredth = Decimal::new(1, 2);
        assert_eq!(currency_and_scale("GBX"), Ok((Currency::GBP, hundredth)));
        assert_eq!(currency_and_scale("USD"), Ok((Currency::USD, Decimal::ONE)));
        assert!(currency_and_scale("<invalid>").is_err());
    }

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packer, plain).expect("written");
        packer.finish().expect("finished")
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_huge_one_is_refused() {
        // 60 KiB of nothing in some hundred bytes.
        let (zeros, bytes_max) = (vec![b'0'; 60 << 10], 50 << 10);
        let small = packed(&zeros);
        assert!(small.len() < 1 << 10);
        // One stream, many in a row, and one that is cut off behind the limit: nobody looks that far.
        let many = packed(&zeros[..1 << 10]).repeat(60);
        let (cut, _) = small.split_at(small.len() - 4);
        for bytes in [small.as_slice(), many.as_slice(), cut] {
            let error = unpack_within("a.gz", bytes.to_vec(), bytes_max).expect_err("too large");
            assert_eq!(error.to_string(), "a.gz: the file has more than 51200 bytes; export fewer years");
        }
        let whole = packed(&zeros[..bytes_max]);
        assert_eq!(unpack_within("a.gz", whole, bytes_max).expect("just so large").len(), bytes_max);
        assert!(unpack_within("a.csv", zeros, bytes_max).is_err(), "packed or not");
    }

    #[test]
    fn gzip_is_unpacked_and_damage_is_told() {
        let packed = packed(b"hello");
        assert_eq!(unpack("a.gz", packed.clone()).expect("unpacked"), b"hello");
        assert_eq!(unpack("a.txt", b"hello".to_vec()).expect("as it is"), b"hello");
        let cut = packed.get(..packed.len() - 4).expect("longer than that").to_vec();
        assert!(unpack("a.gz", cut).expect_err("damaged").to_string().contains("damaged"));
    }

    #[test]
    fn other_encodings_and_line_ends_are_read_like_any() {
        let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        let little = [0xFF, 0xFE].into_iter().chain(units("ä\n").into_iter().flat_map(u16::to_le_bytes)).collect();
        let big = [0xFE, 0xFF].into_iter().chain(units("ä\n").into_iter().flat_map(u16::to_be_bytes)).collect();
        let marked: Vec<u8> = "\u{feff}ä\n".bytes().collect();
        assert_eq!(unpack("a.csv", little).expect("UTF-16"), marked);
        assert_eq!(unpack("a.csv", big).expect("UTF-16"), marked);
        assert!(unpack("a.csv", b"\xFF\xFEabc".to_vec()).expect_err("cut").to_string().contains("cut short"));
        assert_eq!(unpack("a.csv", b"a;b\r1;2\r".to_vec()).expect("text"), b"a;b\n1;2\n");
        let windows = b"a;b\r\n1;\"2\r3\"\r\n".to_vec();
        assert_eq!(unpack("a.csv", windows.clone()).expect("text"), windows);
        let latin = ExportFile { file_name: "a.csv", bytes: b"W\xE4hrung", mapping: None };
        let error = recognise(&latin).map(|importer| importer.name).expect_err("no format");
        assert!(error.to_string().contains("not UTF-8 from byte 2 on; save it as UTF-8"), "{error}");
    }

    #[test]
    fn an_empty_file_is_called_empty() {
        for empty in [b"".to_vec(), b"\xEF\xBB\xBF\r\n \n".to_vec(), packed(b"")] {
            let error = unpack("a.csv", empty).expect_err("nothing to read");
            assert_eq!(error.to_string(), "a.csv: the file is empty; export it again");
        }
    }
}
