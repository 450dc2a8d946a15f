//! Where a row was read: the file that landed, and the line in it.

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;

use super::facts::Facts;
use super::node::{Figure, Node, Source, Unit};

/// Letters of a broker's note that are shown.
const NOTE_LETTERS_MAX: usize = 80;

impl Facts {
    /// The place of a row that a landed file brought.
    pub(super) fn landed(&self, sha256: &str, line: i64) -> Option<Source> {
        if sha256.is_empty() {
            return None;
        }
        // Equal bytes may have come under several names; the last of them is the newest word.
        let landing = self.landings.iter().rev().find(|landing| landing.sha256 == sha256);
        let file = landing.map_or_else(
            || "a file of another market".to_owned(),
            |landing| format!("{}/{}", landing.market_id, landing.file_name),
        );
        Some(Source { file, line: Some(line), sha256: Some(sha256.to_owned()), recorded_at: None })
    }

    /// The place of a booking: the line that it was imported from, in the file as it was when the store learned of it.
    pub(super) fn booked_in(&self, transaction: &Transaction) -> Option<Source> {
        if transaction.origin.is_empty() {
            return None;
        }
        let (file, line) = match transaction.origin.rsplit_once(':') {
            Some((file, line)) => (file, line.parse::<i64>().ok()),
            None => (transaction.origin.as_str(), None),
        };
        let landed = self.landings.iter().rev().find(|landing| {
            let by_then = transaction.recorded_at.is_none_or(|recorded| landing.landed_at <= recorded);
            by_then && format!("{}/{}", landing.market_id, landing.file_name) == file
        });
        Some(Source {
            file: if line.is_some() { file.to_owned() } else { transaction.origin.clone() },
            line,
            sha256: landed.map(|landing| landing.sha256.clone()),
            recorded_at: transaction.recorded_at,
        })
    }

    /// A booking as a part of something: the number that it contributes, with everything that identifies it.
    pub(super) fn booking(&self, transaction: &Transaction, contributes: Decimal, unit: Unit) -> Node {
        Node::given(self.words_of(transaction), Figure::Exact(contributes), unit)
            .on(transaction.trade_date)
            .noted(note_of(transaction))
            .read_in(self.booked_in(transaction))
    }

    /// What was booked, e.g. `BUY 3 of 2024-03-25: 40 ACME at 120`.
    pub(super) fn words_of(&self, transaction: &Transaction) -> String {
        let mut words = format!("{} {} of {}", transaction.kind, transaction.transaction_id, transaction.trade_date);
        let units = transaction.quantity.map(|quantity| quantity.decimal().normalize().to_string());
        let symbol = transaction.instrument_id.as_ref().map(|id| id.symbol().to_owned());
        let what: Vec<String> = units.into_iter().chain(symbol).collect();
        if !what.is_empty() {
            words += &format!(": {}", what.join(" "));
        }
        if let Some(price) = transaction.price {
            words += &format!(" at {}", price.decimal().normalize());
        }
        words
    }
}

fn note_of(transaction: &Transaction) -> String {
    let mut parts = Vec::new();
    let costs = [(transaction.fees, "fees"), (transaction.taxes, "taxes")];
    for (amount, what) in costs.into_iter().filter(|(amount, _)| !amount.is_zero()) {
        parts.push(format!("{what} {} {} inside", amount.decimal().normalize(), transaction.currency));
    }
    if let Some(settled) = transaction.settlement_date {
        parts.push(format!("settles {settled}"));
    }
    if let Some(reversed) = &transaction.reverses {
        parts.push(format!("takes back {reversed}"));
    }
    if !transaction.note.is_empty() {
        let shown: String = transaction.note.chars().take(NOTE_LETTERS_MAX).collect();
        parts.push(format!("“{shown}”"));
    }
    parts.join("; ")
}
