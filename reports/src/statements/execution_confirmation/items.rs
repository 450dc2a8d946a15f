//! The items (c) to (p) of Art. 59(4) about one order.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::tables::executions::Execution;
use schemas::tables::instruments::Instrument;
use schemas::{Amount, Currency, InstrumentId};

use super::Order;
use crate::document::Cell;
use crate::sections::execution;
use crate::texts::{ConfirmationLabel, Texts};

/// One item: the point that prescribes it, what it is called, and what is known.
pub(super) struct Item {
    pub(super) point: &'static str,
    pub(super) label: String,
    pub(super) entry: Cell,
}

/// Every item, in the order of the article. An item that is prescribed and unknown says that it was not recorded.
pub(super) fn items(order: &Order<'_>, instruments: &BTreeMap<&InstrumentId, &Instrument>, texts: Texts) -> Vec<Item> {
    let booking = order.booking;
    let listed = booking.instrument_id.as_ref().and_then(|id| instruments.get(id)).copied();
    let about = About { order, listed, texts };
    let item = |point, label: ConfirmationLabel, entry| Item { point, label: texts.label(label), entry };
    let mut items = vec![
        item("(c)", ConfirmationLabel::TradingDay, Cell::Date(booking.trade_date.day())),
        item("(d)", ConfirmationLabel::TradingTime, execution::time(&order.tranches, texts)),
        item("(e)", ConfirmationLabel::OrderType, execution::order_type(&order.tranches, texts)),
    ];
    let order_ids = order.tranches.iter().filter_map(|row| row.order_id.as_deref());
    let order_ids: BTreeSet<&str> = order_ids.collect();
    if !order_ids.is_empty() {
        let ids: Vec<&str> = order_ids.into_iter().collect();
        items.push(item("(e)", ConfirmationLabel::OrderId, Cell::text(ids.join(", "))));
    }
    items.extend([
        item("(f)", ConfirmationLabel::Venue, execution::venues(&order.tranches, texts)),
        item("(g)", ConfirmationLabel::Instrument, Cell::text(execution::instrument(booking, listed, texts))),
        item("(h)", ConfirmationLabel::BuyOrSell, Cell::text(texts.kind(&booking.kind))),
        item("(i)", ConfirmationLabel::Nature, execution::nature(&order.tranches, texts)),
        item("(j)", ConfirmationLabel::Quantity, about.quantity()),
        Item { point: "(k)", label: about.price_label(), entry: about.price() },
    ]);
    let currency = booking.currency;
    let money = |point, label: ConfirmationLabel, amount| Item {
        point,
        label: texts.label_with(label, &[("currency", currency.code())]),
        entry: Cell::money(amount, currency),
    };
    items.push(money("(l)", ConfirmationLabel::TotalConsideration, booking.net_cash));
    if let Some(accrued) = order.accrued {
        items.push(money("(l)", ConfirmationLabel::AccruedInterest, accrued));
        let both = booking.net_cash.decimal().checked_add(accrued.decimal()).map(Amount::new);
        items.extend(both.map(|both| money("(l)", ConfirmationLabel::WithAccruedInterest, both)));
    }
    items.push(money("(m)", ConfirmationLabel::TotalFees, booking.fees));
    if booking.taxes != Amount::ZERO {
        items.push(money("(m)", ConfirmationLabel::TotalTaxes, booking.taxes));
    }
    items.extend(about.mark_up());
    items.push(about.exchange_rate());
    let settled = booking.settlement_date.unwrap_or(booking.trade_date);
    items.extend([
        item("(o)", ConfirmationLabel::SettlementDay, Cell::Date(settled.day())),
        item(
            "(o)",
            ConfirmationLabel::SettlementAccount,
            about.words(|row| row.settlement_account.as_deref(), |account, _| account.to_owned()),
        ),
        item("(p)", ConfirmationLabel::Counterparty, about.words(|row| row.counterparty.as_deref(), counterparty)),
    ]);
    items
}

struct About<'a> {
    order: &'a Order<'a>,
    listed: Option<&'a Instrument>,
    texts: Texts,
}

impl About<'_> {
    fn not_recorded(&self) -> Cell {
        execution::not_recorded(self.texts)
    }

    fn words<'r>(
        &'r self,
        column: impl Fn(&'r Execution) -> Option<&'r str>,
        told: impl Fn(&str, Texts) -> String,
    ) -> Cell {
        execution::words(&self.order.tranches, self.texts, column, told)
    }

    fn quantity(&self) -> Cell {
        self.order.booking.quantity.map_or_else(|| self.not_recorded(), |quantity| Cell::Quantity(quantity.decimal()))
    }

    /// Prices in parts of a currency name no currency here: what they are in is said where the entries are explained.
    fn price_label(&self) -> String {
        let quoted = self.listed.filter(|listed| listed.price_scale.decimal() == Decimal::ONE);
        let price = match quoted {
            Some(listed) => {
                let currency = [("currency", listed.currency.code())];
                self.texts.label_with(ConfirmationLabel::UnitPriceIn, &currency)
            }
            None => self.texts.label(ConfirmationLabel::UnitPrice),
        };
        match self.order.tranches.len() {
            0 | 1 => price,
            count => {
                let values = [("price", &*price), ("count", &*count.to_string())];
                self.texts.label_with(ConfirmationLabel::AveragePrice, &values)
            }
        }
    }

    fn price(&self) -> Cell {
        self.order.booking.price.map_or_else(|| self.not_recorded(), |price| Cell::Price(price.decimal()))
    }

    /// What was inside the price of a firm that dealt on its own account; nothing where it did not.
    fn mark_up(&self) -> Option<Item> {
        let is_own = |row: &&Execution| row.counterparty.as_deref() == Some("firm");
        let own: Vec<&Execution> = self.order.tranches.iter().copied().filter(is_own).collect();
        if own.is_empty() && self.order.tranches.iter().all(|row| row.mark_up.is_none()) {
            return None;
        }
        let currency = self.order.booking.currency;
        let known: Option<Vec<Amount>> = own.iter().map(|row| row.mark_up).collect();
        let sum = known.and_then(|known| {
            known
                .into_iter()
                .try_fold(Amount::ZERO, |sum, amount| sum.decimal().checked_add(amount.decimal()).map(Amount::new))
        });
        Some(Item {
            point: "(m)",
            label: self.texts.label_with(ConfirmationLabel::MarkUp, &[("currency", currency.code())]),
            entry: sum.map_or_else(|| self.not_recorded(), |sum| Cell::money(sum, currency)),
        })
    }

    /// The rate at which the instrument's currency became the booking's, if they are two.
    fn exchange_rate(&self) -> Item {
        let quoted = self.listed.map(|listed| listed.currency);
        let booked = self.order.booking.currency;
        let rates: Option<Vec<_>> = self.order.tranches.iter().map(|row| row.fx_rate).collect();
        let rates = rates.filter(|rates| !rates.is_empty());
        if rates.is_none() && quoted == Some(booked) {
            let entry = Cell::text(self.texts.label(ConfirmationLabel::NoConversion));
            return Item { point: "(n)", label: self.texts.label(ConfirmationLabel::Conversion), entry };
        }
        let pair = format!("{}/{}", quoted.as_ref().map_or("?", Currency::code), booked.code());
        let entry = match rates.as_deref() {
            Some([first, others @ ..]) if others.iter().all(|rate| rate == first) => Cell::Price(first.decimal()),
            Some(several) => {
                let each: Vec<String> =
                    several.iter().map(|rate| Cell::Price(rate.decimal()).printed(self.texts.locale())).collect();
                Cell::text(each.join(", "))
            }
            None => self.not_recorded(),
        };
        Item { point: "(n)", label: self.texts.label_with(ConfirmationLabel::ExchangeRate, &[("pair", &pair)]), entry }
    }
}

fn counterparty(code: &str, texts: Texts) -> String {
    let label = match code {
        "market" => ConfirmationLabel::OnTheMarket,
        "anonymous" => ConfirmationLabel::Anonymous,
        "firm" => ConfirmationLabel::TheFirmItself,
        "group" => ConfirmationLabel::GroupMember,
        "client" => ConfirmationLabel::AnotherClient,
        unknown => return unknown.to_owned(),
    };
    texts.label(label)
}
