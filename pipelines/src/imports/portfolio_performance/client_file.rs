//! The client file: its securities with their closes, and which accounts and depots belong together.
//!
//! A depot has a reference account, and a deal may be paid from any account. Depots and accounts that share a deal or
//! a reference are one account of this house, called like its first depot: cash and units of one investor at one
//! broker. An account that no depot uses stands alone.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency};

use super::deals::Deals;
use super::element_tree::{ElementTree, Node};
use super::put_in_order;
use crate::error::Error;
use crate::imports::{Export, ExportFile, ExportInstrument, ExportQuote, clean_symbol, currency_and_scale};
use crate::intake::{Intake, valid_isin};

/// Versions of the file format that are known: earlier ones have no currencies, later ones may count otherwise.
const VERSION_FIRST: u32 = 29;
const VERSION_LAST: u32 = 70;

/// Decimals of the whole numbers in a client file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scales {
    /// Of units.
    pub(super) shares: u32,
    /// Of closes.
    pub(super) quotes: u32,
}

impl Scales {
    /// Of amounts, in all versions.
    pub(super) const AMOUNT: u32 = 2;

    fn of_version(version: u32) -> Scales {
        match version {
            ..=29 => Scales { shares: 6, quotes: 2 },
            30..=48 => Scales { shares: 6, quotes: 4 },
            _ => Scales { shares: 8, quotes: 8 },
        }
    }
}

/// An account or a depot.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    /// Where it stands.
    pub(super) node: Node,
    /// Its name.
    name: String,
    /// The currency of an account.
    currency: Option<Currency>,
    /// Whether it is a depot.
    pub(super) is_depot: bool,
}

/// What the deals of a client file refer to.
pub(super) struct Client<'t, 'a> {
    pub(super) tree: &'t ElementTree<'a>,
    pub(super) scales: Scales,
    /// Accounts and depots in the order of the file.
    pub(super) owners: Vec<Owner>,
    /// The account of this house for each of them.
    groups: BTreeMap<Node, String>,
    /// The instrument of each security.
    pub(super) instruments: BTreeMap<Node, ExportInstrument>,
}

/// Reads a client file.
pub(super) fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let mut intake = Intake::new(file)?;
    let tree = ElementTree::read(file.file_name, file.bytes)?;
    let problem = |problem: String| Error::Sheet { file: file.file_name.to_owned(), problem };
    let scales = Scales::of_version(version(&tree).map_err(&problem)?);
    let owners = owners(&tree).map_err(&problem)?;
    let links = links(&tree, &owners);
    let groups = groups(&owners, &links, &mut intake);
    let mut client = Client { tree: &tree, scales, owners, groups, instruments: BTreeMap::new() };
    client.securities(&mut intake);
    let deals = Deals::of(&client, &mut intake);
    deals.book(&mut intake);
    ledger_entries(&tree, &mut intake);
    let mut export = intake.finish();
    put_in_order(&mut export.transactions, &deals.times());
    Ok(export)
}

fn version(tree: &ElementTree<'_>) -> Result<u32, String> {
    let text = tree.text(tree.root(), "version")?.unwrap_or_default();
    let version: u32 = text.parse().map_err(|_| format!("`{text}` is no version of a client file"))?;
    match version {
        VERSION_FIRST..=VERSION_LAST => Ok(version),
        ..VERSION_FIRST => Err(format!(
            "the file has version {version}, which has no currencies; open it with a current Portfolio Performance and \
             save it again"
        )),
        _ => Err(format!(
            "the file has version {version}, and the last one that is known here is {VERSION_LAST}; export the \
             transactions as CSV instead"
        )),
    }
}

/// The accounts and depots of the two lists, and those that only depots and deals name.
fn owners(tree: &ElementTree<'_>) -> Result<Vec<Owner>, String> {
    let mut found: Vec<Owner> = Vec::new();
    for (list, is_depot) in [("portfolios", true), ("accounts", false)] {
        let Some(list) = tree.child(tree.root(), list)? else { continue };
        for child in tree.children(list) {
            let node = tree.resolved(child)?;
            if found.iter().any(|owner| owner.node == node) {
                continue;
            }
            let fallback = if is_depot { "depot" } else { "account" };
            let code = tree.text(node, "currencyCode")?;
            found.push(Owner {
                node,
                name: tree.text(node, "name")?.unwrap_or(fallback).to_owned(),
                currency: code.and_then(|code| currency_and_scale(code).ok()).map(|(currency, _)| currency),
                is_depot,
            });
        }
    }
    Ok(found)
}

/// Which owners belong together: a depot and its reference account, and both sides of a purchase or sale.
fn links(tree: &ElementTree<'_>, owners: &[Owner]) -> Vec<(Node, Node)> {
    let mut links = Vec::new();
    let end = |from: Node, name: &str| tree.child(from, name).ok().flatten();
    for owner in owners {
        links.extend(end(owner.node, "referenceAccount").map(|account| (owner.node, account)));
        let Some(list) = end(owner.node, "transactions") else { continue };
        for entry in tree.children(list).filter_map(|entry| tree.resolved(entry).ok()) {
            let Some(cross) = end(entry, "crossEntry") else { continue };
            if let (Some(depot), Some(account)) = (end(cross, "portfolio"), end(cross, "account")) {
                links.push((depot, account));
            }
        }
    }
    links
}

/// The account of this house for each owner. Names that come twice get a number.
fn groups(owners: &[Owner], links: &[(Node, Node)], intake: &mut Intake) -> BTreeMap<Node, String> {
    let mut head: BTreeMap<Node, Node> = owners.iter().map(|owner| (owner.node, owner.node)).collect();
    for (left, right) in links {
        if let (Some(kept), Some(given_up)) = (head.get(left).copied(), head.get(right).copied()) {
            head.values_mut().filter(|head| **head == given_up).for_each(|head| *head = kept);
        }
    }
    let mut names: BTreeMap<Node, String> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for owner in owners {
        let Some(of) = head.get(&owner.node).copied() else { continue };
        if names.contains_key(&of) {
            continue;
        }
        let numbered = (2..).map(|number| format!("{} {number}", owner.name));
        let name = std::iter::once(owner.name.clone()).chain(numbered).find(|name| !taken.contains(name));
        let name = name.unwrap_or_else(|| owner.name.clone());
        let members: Vec<&Owner> = owners.iter().filter(|member| head.get(&member.node) == Some(&of)).collect();
        let title = members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ");
        let reference = members.iter().find_map(|member| member.currency.filter(|_| !member.is_depot));
        intake.account(&name, &title, reference);
        taken.insert(name.clone());
        names.insert(of, name);
    }
    let name_of = |(node, head): (Node, Node)| names.get(&head).map(|name| (node, name.clone()));
    head.into_iter().filter_map(name_of).collect()
}

impl Client<'_, '_> {
    /// The account of this house that an account or a depot belongs to.
    pub(super) fn account_of(&self, owner: Node) -> Option<&str> {
        self.groups.get(&owner).map(String::as_str)
    }

    /// Takes in the securities with their closes; one without a currency, such as an index, goes to the inbox.
    fn securities(&mut self, intake: &mut Intake) {
        let tree = self.tree;
        let list = part(tree, tree.root(), "securities", intake);
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for child in list.into_iter().flat_map(|list| tree.children(list)) {
            let line = tree.line(child);
            let read = tree.resolved(child).and_then(|node| Ok((node, self.instrument(node, &taken)?)));
            match read {
                Err(reason) => intake.reject(line, "security", reason),
                Ok((node, None)) => {
                    let name = tree.text(node, "name").ok().flatten().unwrap_or_default();
                    let reason = "a security without a currency of its own, such as an index or an exchange rate, is \
                                  no instrument; import its values as quotes if something is compared with it";
                    intake.wait("", line, "security", reason, name);
                }
                Ok((node, Some(instrument))) => {
                    taken.insert(instrument.symbol.clone());
                    intake.instrument(instrument.clone());
                    self.closes(node, &instrument.symbol, intake);
                    self.splits(node, &instrument.symbol, intake);
                    self.instruments.insert(node, instrument);
                }
            }
        }
    }

    /// The instrument of a security: its ISIN is its symbol, or its ticker, its WKN or its name.
    fn instrument(&self, node: Node, taken: &BTreeSet<String>) -> Result<Option<ExportInstrument>, String> {
        let text = |name: &str| self.tree.text(node, name);
        let Some(code) = text("currencyCode")? else { return Ok(None) };
        if text("targetCurrencyCode")?.is_some() {
            return Ok(None);
        }
        let (currency, price_scale) = currency_and_scale(code).map_err(|error| error.to_string())?;
        let isin = text("isin")?.and_then(valid_isin);
        let others = [text("tickerSymbol")?, text("wkn")?, text("name")?, text("uuid")?];
        let other = others.into_iter().flatten().find_map(clean_symbol);
        let plain = isin.clone().or(other).ok_or("a security without a name, an ISIN, a ticker and a WKN")?;
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        let symbol = std::iter::once(plain.clone()).chain(numbered).find(|symbol| !taken.contains(symbol));
        let symbol = symbol.unwrap_or(plain);
        let name = text("name")?.unwrap_or(&symbol).to_owned();
        let asset_class = String::new();
        Ok(Some(ExportInstrument { symbol, name, currency, price_scale, isin, cusip: None, asset_class }))
    }

    fn closes(&self, security: Node, symbol: &str, intake: &mut Intake) {
        let tree = self.tree;
        let list = part(tree, security, "prices", intake);
        let mut days = BTreeSet::new();
        for price in list.into_iter().flat_map(|list| tree.children(list)) {
            match self.close(price) {
                Ok((date, close)) => {
                    days.insert(date);
                    intake.quote(tree.line(price), ExportQuote { symbol: symbol.to_owned(), date, close });
                }
                Err(reason) => intake.reject(tree.line(price), "price", reason),
            }
        }
        // The latest close repeats the last of the list, unless it was fetched later.
        if let Some(latest) = part(tree, security, "latest", intake) {
            match self.close(latest) {
                Ok((date, close)) if !days.contains(&date) && Decimal::ZERO < close => {
                    intake.quote(tree.line(latest), ExportQuote { symbol: symbol.to_owned(), date, close });
                }
                Ok(_) => {}
                Err(reason) => intake.reject(tree.line(latest), "latest", reason),
            }
        }
    }

    fn close(&self, price: Node) -> Result<(BusinessDate, Decimal), String> {
        // Some files have the long names.
        let attribute = |short: &str, long: &str| {
            let found = self.tree.attribute(price, short).or_else(|| self.tree.attribute(price, long));
            found.ok_or_else(|| format!("a close without the attribute `{short}`"))
        };
        let date = attribute("t", "date")?.parse::<BusinessDate>().map_err(|error| error.to_string())?;
        Ok((date, whole_number(&attribute("v", "value")?, self.scales.quotes)?))
    }

    /// A split that the file only notes may or may not be in its units already: a person decides.
    fn splits(&self, security: Node, symbol: &str, intake: &mut Intake) {
        let tree = self.tree;
        let list = part(tree, security, "events", intake);
        for event in list.into_iter().flat_map(|list| tree.children(list)) {
            let text = |name: &str| tree.text(event, name).ok().flatten().unwrap_or_default();
            if text("type") == "STOCK_SPLIT" {
                let row = format!("{symbol} {} {}", text("date"), text("details"));
                let reason = "the program may have multiplied the units and divided the closes before this day; if it \
                              did not, book a SPLIT with its ratio";
                intake.wait("", tree.line(event), "STOCK_SPLIT", reason, &row);
            }
        }
    }
}

/// Entries of the ledger that versions from 70 on can keep beside accounts and depots.
fn ledger_entries(tree: &ElementTree<'_>, intake: &mut Intake) {
    let ledger = part(tree, tree.root(), "ledger", intake);
    let entries = ledger.and_then(|ledger| part(tree, ledger, "entries", intake));
    for entry in entries.into_iter().flat_map(|entries| tree.children(entries)) {
        let part = |name: &str| match tree.attribute(entry, name) {
            Some(value) => value.into_owned(),
            None => tree.text(entry, name).ok().flatten().unwrap_or_default().to_owned(),
        };
        let row = format!("{} {} {}", part("type"), part("dateTime"), part("note"));
        let reason = "an entry of the program's new ledger, which is not read yet; export the transactions as CSV";
        intake.wait("", tree.line(entry), &part("type"), reason, &row);
    }
}

/// The part of an element that has a name. A reference that leads nowhere is rejected: what it stood for is not read.
pub(super) fn part(tree: &ElementTree<'_>, node: Node, name: &str, intake: &mut Intake) -> Option<Node> {
    tree.child(node, name).unwrap_or_else(|reason| {
        intake.reject(tree.line(node), name, reason);
        None
    })
}

/// A number that a client file counts in units of its last decimal.
pub(super) fn whole_number(text: &str, decimals: u32) -> Result<Decimal, String> {
    let shown = || text.chars().take(40).collect::<String>();
    let units: i64 = text.parse().map_err(|_| format!("`{}` is no whole number", shown()))?;
    Ok(Decimal::new(units, decimals))
}
