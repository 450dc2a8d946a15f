//! Corporate actions: splits are booked, everything else waits for a person.
//!
//! A split is one row, or two where the ISIN changes: the new units come in under the symbol, the old ones go out under
//! the symbol with `.OLD` behind it. Its ratio stands in the text: `SPLIT 1 FOR 25`.

use ledger::TransactionKind;
use rust_decimal::Decimal;

use super::instruments::{Instruments, Naming};
use super::rows::Row;
use crate::imports::ExportTransaction;
use crate::refusals::{Refusal, inbox, reject};

/// Decimals that a ratio may have.
const RATIO_DECIMALS_MAX: u32 = 10;

/// The broker's words for corporate actions, and the types of `corporate_actions.csv` that they are.
///
/// The broker has more of them; those that move nothing, or about which nothing is known, are not here.
const TYPES: &[(&str, &str)] = &[
    ("BC", "CONVERSION"),
    ("BM", "REDEMPTION"),
    ("CH", "OPTIONAL_DIVIDEND"),
    ("DI", "RIGHTS_ISSUE"),
    ("DW", "LIQUIDATION"),
    ("ED", "RIGHTS_LAPSE"),
    ("FS", "SPLIT"),
    ("HD", "OPTIONAL_DIVIDEND"),
    ("HI", "OPTIONAL_DIVIDEND"),
    ("IC", "CHANGE"),
    ("RI", "RIGHTS_ISSUE"),
    ("RS", "REVERSE_SPLIT"),
    ("SD", "STOCK_DIVIDEND"),
    ("SO", "SPIN_OFF"),
    ("SR", "RIGHTS_EXERCISE"),
    ("TC", "MERGER"),
    ("TI", "TENDER"),
    ("TO", "TENDER"),
];

/// A split as the text of a row tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Split {
    /// The text up to the ratio, which the two rows of one split share.
    head: String,
    /// The symbol of the units that are split.
    symbol: String,
    new: u32,
    old: u32,
}

/// Books the corporate actions of a statement. The answer to a row is none if it is the second of one split.
pub(super) fn book(rows: &[Row], instruments: &mut Instruments) -> Vec<Result<Option<ExportTransaction>, Refusal>> {
    let splits: Vec<Option<Split>> = rows.iter().map(|row| row.text("description").and_then(split_of_text)).collect();
    let answer = |(row, split): (&Row, &Option<Split>)| -> Result<Option<ExportTransaction>, Refusal> {
        let word = row.text("type").or(split.as_ref().map(|_| "SPLIT")).unwrap_or("CorporateAction");
        let Some(split) = split else {
            let known = TYPES.iter().find(|(code, _)| *code == word);
            let announcement = known.map_or_else(|| "it".to_owned(), |(_, kind)| format!("it as `{kind}`"));
            return Err(inbox(word, by_hand("Financr does not read this corporate action", &announcement)));
        };
        let pairs = rows.iter().zip(&splits);
        let others = pairs.filter(|(_, other)| other.as_ref().is_some_and(|other| other.head == split.head));
        let symbols: Vec<&str> = others.filter_map(|(other, _)| other.text("symbol")).collect();
        let replaced = format!("{}.OLD", split.symbol);
        let is_plain = symbols.iter().all(|symbol| *symbol == split.symbol || *symbol == replaced)
            && symbols.contains(&split.symbol.as_str());
        if !is_plain {
            let announcement = format!("it as `CHANGE` with ratio {}:{}", split.new, split.old);
            return Err(inbox(word, by_hand("the split gives the instrument another symbol", &announcement)));
        }
        if row.text("symbol") == Some(replaced.as_str()) {
            return Ok(None);
        }
        book_split(row, split, instruments, word).map(Some)
    };
    rows.iter().zip(&splits).map(answer).collect()
}

/// Why a corporate action waits, and the two ways in which a person can book it.
fn by_hand(why: &str, announcement: &str) -> String {
    format!(
        "{why}; book what it moved in transactions.csv, or announce {announcement} in corporate_actions.csv of the \
         market, as docs/IMPORTS.md says under Booking by hand; then close this with `financr inbox resolve`"
    )
}

fn book_split(
    row: &Row,
    split: &Split,
    instruments: &mut Instruments,
    word: &str,
) -> Result<ExportTransaction, Refusal> {
    let unit = row.unit()?;
    let (new, old) = (Decimal::from(split.new), Decimal::from(split.old));
    let ratio = new.checked_div(old).map(|ratio| ratio.normalize());
    let exact = ratio.filter(|ratio| ratio.scale() <= RATIO_DECIMALS_MAX && *ratio * old == new);
    let Some(ratio) = exact else {
        let why = format!("{new} for {old} is no decimal number");
        return Err(inbox(word, by_hand(&why, &format!("it as `SPLIT` with ratio {new}:{old}"))));
    };
    let date = match row.date("reportDate")? {
        Some(date) => date,
        None => {
            row.date("dateTime")?.ok_or_else(|| reject("reportDate", "reportDate and dateTime are both missing"))?
        }
    };
    let symbol = instruments.listed(row, unit, Naming::Sentence)?;
    Ok(ExportTransaction {
        symbol: Some(symbol),
        quantity: Some(ratio),
        note: row.text("description").unwrap_or_default().to_owned(),
        broker_id: row.broker_id(),
        ..ExportTransaction::new(&row.account, row.line, TransactionKind::Split, date, (Decimal::ZERO, unit.currency))
    })
}

/// Reads e.g. `GCM(CA38501D2041) SPLIT 1 FOR 25 (GCM, GRAN COLOMBIA GOLD CORP, CA38501D5010)`.
fn split_of_text(text: &str) -> Option<Split> {
    let (instrument, rest) = text.split_once(" SPLIT ")?;
    let (symbol, _) = instrument.split_once('(')?;
    let words: Vec<&str> = rest.split_ascii_whitespace().take(3).collect();
    let [new, "FOR", old] = words[..] else { return None };
    let count = |word: &str| word.parse::<u32>().ok().filter(|count| 0 < *count);
    let (new, old) = (count(new)?, count(old)?);
    Some(Split { head: format!("{instrument} SPLIT {new} FOR {old}"), symbol: symbol.trim().to_owned(), new, old })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml_elements::read_elements;

    fn rows(texts: &[(&str, &str)]) -> Vec<Row> {
        let row = |(symbol, text): &(&str, &str)| {
            let tag = format!(
                "<CorporateAction symbol='{symbol}' currency='USD' reportDate='20130618' description='{text}'/>"
            );
            let elements = read_elements("a.xml", tag.as_bytes()).expect("readable");
            Row::of(&elements[0], "U1").expect("a row")
        };
        texts.iter().map(row).collect()
    }

    fn answers(texts: &[(&str, &str)]) -> Vec<String> {
        let told = |answer: Result<Option<ExportTransaction>, Refusal>| match answer {
            Ok(Some(booked)) => format!("{:?} {:?}", booked.symbol, booked.quantity),
            Ok(None) => "second".to_owned(),
            Err(Refusal::Inbox { .. }) => "inbox".to_owned(),
            Err(Refusal::Reject { column, .. }) => column.to_owned(),
        };
        book(&rows(texts), &mut Instruments::default()).into_iter().map(told).collect()
    }

    #[test]
    fn a_split_is_booked_once_whether_it_has_one_row_or_two() {
        let forward = [("TSLA", "TSLA(US88160R1014) SPLIT 3 FOR 1 (TSLA, TESLA INC, US88160R1014)")];
        assert_eq!(answers(&forward), ["Some(\"TSLA\") Some(3)"]);
        let reverse = [
            ("GCM", "GCM(CA38501D2041) SPLIT 1 FOR 25 (GCM, GRAN COLOMBIA, CA38501D5010)"),
            ("GCM.OLD", "GCM(CA38501D2041) SPLIT 1 FOR 25 (GCM.OLD, GRAN COLOMBIA, CA38501D2041)"),
        ];
        assert_eq!(answers(&reverse), ["Some(\"GCM\") Some(0.04)", "second"]);
    }

    #[test]
    fn what_waits_says_how_it_is_booked_by_hand() {
        let reason = |cells: &str| {
            let tag = format!("<CorporateAction symbol='X' currency='USD' reportDate='20130618' {cells}/>");
            let elements = read_elements("a.xml", tag.as_bytes()).expect("readable");
            let row = Row::of(&elements[0], "U1").expect("a row");
            match book(&[row], &mut Instruments::default()).remove(0) {
                Err(Refusal::Inbox { reason, .. }) => reason,
                other => panic!("{other:?}"),
            }
        };
        assert!(reason("type='SO' description='X(US) SPINOFF 1 FOR 4'").contains("announce it as `SPIN_OFF` in"));
        assert!(reason("type='PV' description='X(US) VOTE'").contains("announce it in corporate_actions.csv"));
        let third = reason("type='FS' description='X(US) SPLIT 1 FOR 3 (X, X INC, US)'");
        assert!(third.starts_with("1 for 3 is no decimal number; book what it moved in transactions.csv"), "{third}");
        assert!(third.contains("announce it as `SPLIT` with ratio 1:3 in"), "{third}");
    }

    #[test]
    fn what_is_not_exactly_a_split_of_one_instrument_waits() {
        let third = [("X", "X(US88160R1014) SPLIT 1 FOR 3 (X, X INC, US88160R1014)")];
        assert_eq!(answers(&third), ["inbox"], "a third is no decimal number");
        let renamed = [
            ("Y", "X(US88160R1014) SPLIT 1 FOR 2 (Y, Y INC, US88160R1014)"),
            ("X.OLD", "X(US88160R1014) SPLIT 1 FOR 2 (X.OLD, X INC, US88160R1014)"),
        ];
        assert_eq!(answers(&renamed), ["inbox", "inbox"]);
        assert_eq!(answers(&[("X", "X(US88160R1014) TENDERED TO US88160R1TN 1 FOR 1 (X, X INC, X)")]), ["inbox"]);
    }
}
