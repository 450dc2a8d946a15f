//! The deals of a client file: what stands in an account and in a depot is one booking.
//!
//! Amounts are booked in the currency of the account that paid, because that is what the broker settled. What a deal
//! says of a foreign currency (the gross amount and its rate) goes into the price, if it has an end, and the note.

use std::collections::{BTreeMap, BTreeSet};

use ledger::TransactionKind;
use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency};

use super::client_file::{Client, Scales, part, whole_number};
use super::element_tree::Node;
use super::time_of;
use crate::imports::{ExportInstrument, ExportTransaction, currency_and_scale};
use crate::intake::{Fault, Intake};
use crate::numerals::exact_quotient;

/// A transaction of an account or a depot.
struct Entry {
    node: Node,
    owner: Node,
    in_depot: bool,
}

/// What an entry says.
struct Deal {
    line: i64,
    account: String,
    word: String,
    date: BusinessDate,
    ex_date: Option<BusinessDate>,
    currency: Currency,
    amount: Decimal,
    fees: Decimal,
    taxes: Decimal,
    shares: Decimal,
    /// The gross amount in the instrument's currency.
    gross: Option<Decimal>,
    instrument: Option<ExportInstrument>,
    cross: Option<Node>,
    note: String,
    id: Option<String>,
}

/// What becomes of an entry.
enum Outcome {
    Booked(Box<ExportTransaction>),
    /// The other side of the deal says it.
    SaidElsewhere,
    Waits(String),
}

impl Outcome {
    fn booked(booking: ExportTransaction) -> Outcome {
        Outcome::Booked(Box::new(booking))
    }
}

/// All transactions of a client file.
pub(super) struct Deals<'c, 't, 'a> {
    client: &'c Client<'t, 'a>,
    entries: Vec<Entry>,
    nodes: BTreeSet<Node>,
}

impl<'c, 't, 'a> Deals<'c, 't, 'a> {
    /// The transactions of every account and depot, each once.
    pub(super) fn of(client: &'c Client<'t, 'a>, intake: &mut Intake) -> Deals<'c, 't, 'a> {
        let tree = client.tree;
        let mut deals = Deals { client, entries: Vec::new(), nodes: BTreeSet::new() };
        for owner in &client.owners {
            let list = part(tree, owner.node, "transactions", intake);
            for entry in list.into_iter().flat_map(|list| tree.children(list)) {
                match tree.resolved(entry) {
                    Ok(node) if deals.nodes.insert(node) => {
                        let in_depot = owner.is_depot;
                        deals.entries.push(Entry { node, owner: owner.node, in_depot });
                    }
                    Ok(_) => {}
                    Err(reason) => intake.reject(tree.line(entry), "transaction", reason),
                }
            }
        }
        deals
    }

    /// Books them.
    pub(super) fn book(&self, intake: &mut Intake) {
        for entry in &self.entries {
            let line = self.client.tree.line(entry.node);
            let deal = match self.deal(entry) {
                Ok(deal) => deal,
                Err((column, reason)) => {
                    intake.reject(line, column, reason);
                    continue;
                }
            };
            match self.outcome(entry, &deal) {
                Ok(Outcome::Booked(booking)) => intake.book(line, vec![*booking]),
                Ok(Outcome::SaidElsewhere) => {}
                Ok(Outcome::Waits(reason)) => intake.wait(&deal.account, line, &deal.word, reason, &deal.text()),
                Err(reason) => intake.reject(line, "crossEntry", reason),
            }
        }
    }

    /// The time of day of each entry, by its line.
    pub(super) fn times(&self) -> BTreeMap<i64, String> {
        let tree = self.client.tree;
        let time = |entry: &Entry| {
            let date = tree.text(entry.node, "date").ok().flatten()?;
            Some((tree.line(entry.node), time_of(date)))
        };
        self.entries.iter().filter_map(time).collect()
    }

    fn deal(&self, entry: &Entry) -> Result<Deal, Fault> {
        let tree = self.client.tree;
        let lost = |column: &'static str| move |reason: String| (column, reason);
        let text = |name: &'static str| tree.text(entry.node, name).map_err(lost(name));
        let required = |name: &'static str| text(name)?.ok_or_else(|| (name, "it is not said".to_owned()));
        let day = |name: &'static str, value: &str| {
            let day = value.get(..10).unwrap_or(value);
            day.parse::<BusinessDate>().map_err(|error| (name, error.to_string()))
        };
        let (currency, scale) =
            currency_and_scale(required("currencyCode")?).map_err(|error| ("currencyCode", error.to_string()))?;
        let amount = whole_number(required("amount")?, Scales::AMOUNT).map_err(lost("amount"))?;
        let shares = whole_number(text("shares")?.unwrap_or("0"), self.client.scales.shares).map_err(lost("shares"))?;
        let security = tree.child(entry.node, "security").map_err(lost("security"))?;
        let units = self.units(entry.node).map_err(lost("units"))?;
        let account = self.client.account_of(entry.owner).unwrap_or_default().to_owned();
        let words = [text("note")?.unwrap_or_default(), &units.foreign];
        Ok(Deal {
            line: tree.line(entry.node),
            account,
            word: required("type")?.to_owned(),
            date: day("date", required("date")?)?,
            ex_date: text("exDate")?.map(|value| day("exDate", value)).transpose()?,
            currency,
            amount: amount * scale,
            fees: units.fees * scale,
            taxes: units.taxes * scale,
            shares,
            gross: units.gross,
            instrument: security.and_then(|security| self.client.instruments.get(&security)).cloned(),
            cross: tree.child(entry.node, "crossEntry").map_err(lost("crossEntry"))?,
            note: words.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
            id: text("uuid")?.map(str::to_owned),
        })
    }

    /// The parts of an amount.
    fn units(&self, entry: Node) -> Result<Units, String> {
        let tree = self.client.tree;
        let mut units = Units::default();
        let Some(list) = tree.child(entry, "units")? else { return Ok(units) };
        for child in tree.children(list) {
            let unit = tree.resolved(child)?;
            let money = |name: &str| -> Result<Option<(Decimal, String)>, String> {
                let Some(node) = tree.child(unit, name)? else { return Ok(None) };
                let number = tree.attribute(node, "amount").unwrap_or_default();
                let code = tree.attribute(node, "currency").unwrap_or_default().into_owned();
                Ok(Some((whole_number(&number, Scales::AMOUNT)?, code)))
            };
            let (amount, _) = money("amount")?.ok_or("a part of the amount says no amount")?;
            match tree.attribute(unit, "type").as_deref() {
                Some("FEE") => units.fees += amount,
                Some("TAX") => units.taxes += amount,
                Some("GROSS_VALUE") => {
                    if let Some((gross, code)) = money("forex")? {
                        let rate = tree.text(unit, "exchangeRate")?.unwrap_or("an unknown rate");
                        units.foreign = format!("gross {} {code} at {rate}", gross.normalize());
                        units.gross = Some(gross);
                    }
                }
                other => return Err(format!("`{}` is no known part of an amount", other.unwrap_or_default())),
            }
        }
        Ok(units)
    }

    fn outcome(&self, entry: &Entry, deal: &Deal) -> Result<Outcome, String> {
        use TransactionKind as Kind;
        let booked = |kind: Kind, net_cash: Decimal| Ok(Outcome::booked(deal.booking(kind, net_cash)));
        let amount = deal.amount;
        match (entry.in_depot, deal.word.as_str()) {
            (true, "BUY") => self.trade(deal, Kind::Buy, -amount),
            (true, "SELL") => self.trade(deal, Kind::Sell, amount),
            (false, "BUY" | "SELL") => match self.partner(deal, "portfolioTransaction")? {
                Some(partner) if self.nodes.contains(&partner) => Ok(Outcome::SaidElsewhere),
                _ => Ok(Outcome::Waits("a purchase or sale without its side in a depot; book it by hand".to_owned())),
            },
            (true, "DELIVERY_INBOUND") => booked(Kind::TransferIn, Decimal::ZERO),
            (true, "DELIVERY_OUTBOUND") => booked(Kind::TransferOut, Decimal::ZERO),
            (true, "TRANSFER_IN" | "TRANSFER_OUT") => self.moved_units(deal),
            (false, "TRANSFER_IN" | "TRANSFER_OUT") => self.moved_cash(deal),
            (false, "DEPOSIT") => booked(Kind::Deposit, amount),
            (false, "REMOVAL") => booked(Kind::Withdrawal, -amount),
            (false, "DIVIDENDS") => booked(Kind::Dividend, amount),
            (false, "INTEREST") => booked(Kind::Interest, amount),
            (false, "INTEREST_CHARGE") => booked(Kind::Interest, -amount),
            (false, "FEES") => booked(Kind::Fee, -amount),
            (false, "FEES_REFUND") => booked(Kind::Fee, amount),
            (false, "TAXES") => booked(Kind::Tax, -amount),
            (false, "TAX_REFUND") => booked(Kind::Tax, amount),
            _ => Ok(Outcome::Waits("there is no booking for this word".to_owned())),
        }
    }

    /// The other side of a deal.
    fn partner(&self, deal: &Deal, name: &str) -> Result<Option<Node>, String> {
        match deal.cross {
            Some(cross) => self.client.tree.child(cross, name),
            None => Ok(None),
        }
    }

    fn trade(&self, deal: &Deal, kind: TransactionKind, net_cash: Decimal) -> Result<Outcome, String> {
        if self.partner(deal, "accountTransaction")?.is_none() {
            return Ok(Outcome::Waits("a purchase or sale without its side in an account; book it by hand".to_owned()));
        }
        Ok(Outcome::booked(ExportTransaction { price: deal.price(kind), ..deal.booking(kind, net_cash) }))
    }

    /// The account of this house on the other side of a transfer.
    fn other_account(&self, deal: &Deal, from: &str, to: &str) -> Result<Option<String>, String> {
        let end = if deal.word == "TRANSFER_OUT" { to } else { from };
        let owner = self.partner(deal, end)?;
        Ok(owner.and_then(|owner| self.client.account_of(owner)).map(str::to_owned))
    }

    /// The outgoing side of a transfer says what its incoming side says, if it is in the file.
    fn said_by(&self, deal: &Deal, name: &str) -> Result<Outcome, String> {
        Ok(match self.partner(deal, name)? {
            Some(partner) if self.nodes.contains(&partner) => Outcome::SaidElsewhere,
            _ => Outcome::Waits("a transfer without the side from which it comes; book it by hand".to_owned()),
        })
    }

    fn moved_units(&self, deal: &Deal) -> Result<Outcome, String> {
        let is_out = deal.word == "TRANSFER_OUT";
        let kind = if is_out { TransactionKind::InternalOut } else { TransactionKind::InternalIn };
        match self.other_account(deal, "portfolioFrom", "portfolioTo")? {
            Some(other) if other == deal.account => Ok(if is_out {
                Outcome::Waits("units moved between two depots that are one account here: nothing to book".to_owned())
            } else {
                self.said_by(deal, "transactionFrom")?
            }),
            other => Ok(Outcome::booked(deal.transferred(kind, Decimal::ZERO, other.as_deref()))),
        }
    }

    /// Cash between two accounts: an exchange of currencies inside one account of this house, or over its border.
    fn moved_cash(&self, deal: &Deal) -> Result<Outcome, String> {
        let is_out = deal.word == "TRANSFER_OUT";
        let other = self.other_account(deal, "accountFrom", "accountTo")?;
        if other.as_ref() != Some(&deal.account) {
            let (kind, net_cash) = if is_out {
                (TransactionKind::Withdrawal, -deal.amount)
            } else {
                (TransactionKind::Deposit, deal.amount)
            };
            return Ok(Outcome::booked(deal.transferred(kind, net_cash, other.as_deref())));
        }
        if !is_out {
            return self.said_by(deal, "transactionFrom");
        }
        let tree = self.client.tree;
        let target = self.partner(deal, "transactionTo")?.ok_or("the transfer does not say where it goes")?;
        let code = tree.text(target, "currencyCode")?.unwrap_or_default();
        let (currency, scale) = currency_and_scale(code).map_err(|error| error.to_string())?;
        let received = whole_number(tree.text(target, "amount")?.unwrap_or_default(), Scales::AMOUNT)? * scale;
        if currency == deal.currency {
            let reason = "cash moved between two accounts that are one account here: nothing to book";
            return Ok(Outcome::Waits(reason.to_owned()));
        }
        Ok(Outcome::booked(ExportTransaction {
            counter_currency: Some(currency),
            counter_amount: Some(received),
            ..deal.booking(TransactionKind::Fx, -deal.amount)
        }))
    }
}

#[derive(Default)]
struct Units {
    fees: Decimal,
    taxes: Decimal,
    gross: Option<Decimal>,
    foreign: String,
}

impl Deal {
    fn booking(&self, kind: TransactionKind, net_cash: Decimal) -> ExportTransaction {
        let moves_cash = !net_cash.is_zero();
        let ex_date = self.ex_date.filter(|ex| kind == TransactionKind::Dividend && *ex < self.date);
        ExportTransaction {
            trade_date: ex_date.unwrap_or(self.date),
            settlement_date: ex_date.map(|_| self.date),
            symbol: self.instrument.as_ref().map(|instrument| instrument.symbol.clone()),
            quantity: Some(self.shares).filter(|shares| !shares.is_zero()),
            fees: if moves_cash { self.fees } else { Decimal::ZERO },
            taxes: if moves_cash { self.taxes } else { Decimal::ZERO },
            lot_cost: Some(self.amount).filter(|_| kind == TransactionKind::TransferIn),
            note: self.note.clone(),
            is_refund: self.word == "FEES_REFUND",
            broker_id: self.id.clone(),
            ..ExportTransaction::new(&self.account, self.line, kind, self.date, (net_cash, self.currency))
        }
    }

    fn transferred(&self, kind: TransactionKind, net_cash: Decimal, other: Option<&str>) -> ExportTransaction {
        let way = if self.word == "TRANSFER_OUT" { "to" } else { "from" };
        let place = other.map(|other| format!("{way} {other}")).unwrap_or_default();
        let note = [self.note.as_str(), &place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        ExportTransaction { note: note.join("; "), ..self.booking(kind, net_cash) }
    }

    /// The price per unit as quoted, where it has an end.
    fn price(&self, kind: TransactionKind) -> Option<Decimal> {
        let instrument = self.instrument.as_ref()?;
        let charges = self.fees + self.taxes;
        let own = if kind == TransactionKind::Buy { self.amount - charges } else { self.amount + charges };
        let amount = match self.gross {
            Some(gross) => gross,
            None if instrument.currency == self.currency => own.checked_div(instrument.price_scale)?,
            None => return None,
        };
        exact_quotient(amount, self.shares).filter(|price| Decimal::ZERO < *price)
    }

    /// The deal in words, for the inbox.
    fn text(&self) -> String {
        let symbol = self.instrument.as_ref().map_or("", |instrument| instrument.symbol.as_str());
        let (date, shares) = (self.date, self.shares.normalize());
        format!("{date} {} {shares} {symbol} {} {} {}", self.word, self.amount, self.currency, self.note)
    }
}
