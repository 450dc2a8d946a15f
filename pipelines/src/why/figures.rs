//! Every figure that can be asked for, with what it is and how its tree is made.

use analytics::every_measure;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{Currency, InstrumentId, ReportingPeriod};

use super::Trail;
use super::node::Node;
use super::refused::{Refused, listed};
use super::series;

/// What a figure is a figure of.
enum Tree {
    /// The whole portfolio on the date.
    Portfolio(fn(&Trail) -> Node),
    /// One position on the date.
    Position(fn(&Trail, &InstrumentId) -> Node),
    /// The cash of one currency on the date.
    Currency(fn(&Trail, Currency) -> Node),
    /// A period, of one instrument or of all.
    Period(fn(&Trail, Option<&InstrumentId>, ReportingPeriod) -> Node),
    /// A period of the whole portfolio.
    Bridge(fn(&Trail, ReportingPeriod) -> Node),
    /// Several steps of the bridge of a period.
    Steps(&'static [BridgeComponent]),
}

/// A figure that can be asked for.
struct Explained {
    id: &'static str,
    definition: &'static str,
    tree: Tree,
}

/// The figures that are no measures.
const EXPLAINED: &[Explained] = &[
    Explained {
        id: "market_value",
        definition: "securities and cash in the base currency",
        tree: Tree::Portfolio(Trail::market_value),
    },
    Explained {
        id: "securities_value",
        definition: "securities in the base currency",
        tree: Tree::Portfolio(Trail::securities_value),
    },
    Explained {
        id: "cash_value",
        definition: "cash of every currency in the base currency",
        tree: Tree::Portfolio(Trail::cash_value),
    },
    Explained {
        id: "cash_balance",
        definition: "the cash of one currency, from its bookings; --instrument names the currency",
        tree: Tree::Currency(Trail::cash_balance),
    },
    Explained {
        id: "quantity",
        definition: "units held, from the lots and their bookings",
        tree: Tree::Position(Trail::quantity),
    },
    Explained {
        id: "price",
        definition: "the price that a position is valued with, from its quote",
        tree: Tree::Position(Trail::price_of),
    },
    Explained {
        id: "value",
        definition: "what a position is worth in the base currency",
        tree: Tree::Position(Trail::value_of),
    },
    Explained {
        id: "cost",
        definition: "what the open lots cost in the base currency, at the rates of their days",
        tree: Tree::Position(Trail::cost),
    },
    Explained {
        id: "unrealised_gain",
        definition: "value less cost of a position",
        tree: Tree::Position(Trail::unrealised_gain),
    },
    Explained {
        id: "realised_gains",
        definition: "what sales earned against the lots they closed, and what rules that look ahead changed about it, \
                     e.g. a wash sale",
        tree: Tree::Period(Trail::realised_gains),
    },
    Explained {
        id: "cash_dividends",
        definition: "cash dividends, net of withheld tax, at the rates of their days; of one instrument with \
                     --instrument",
        tree: Tree::Period(Trail::dividends),
    },
    Explained {
        id: "daily_return",
        definition: "(value + outflow) / (value before + inflow) − 1",
        tree: Tree::Portfolio(Trail::daily_return),
    },
    Explained {
        id: "value_at_start",
        definition: "the value that the bridge of the period begins with",
        tree: Tree::Bridge(Trail::value_at_start),
    },
    Explained {
        id: "value_at_end",
        definition: "the value that the bridge of the period ends with: the value at its start and every step",
        tree: Tree::Bridge(Trail::value_at_end),
    },
    Explained {
        id: "transfers",
        definition: "steps of the bridge: securities brought in and taken out, at their value of the day",
        tree: Tree::Steps(&[BridgeComponent::TransfersIn, BridgeComponent::TransfersOut]),
    },
    Explained {
        id: "bridge_realised_gains",
        definition: "steps of the bridge: what prices and exchange rates made of what was sold, before charges",
        tree: Tree::Steps(&[BridgeComponent::RealisedPriceGain, BridgeComponent::RealisedCurrencyGain]),
    },
    Explained {
        id: "unrealised_gains",
        definition: "steps of the bridge: what prices and exchange rates made of what is held",
        tree: Tree::Steps(&[BridgeComponent::UnrealisedPriceGain, BridgeComponent::UnrealisedCurrencyGain]),
    },
    Explained {
        id: "fees",
        definition: "steps of the bridge: fees of every kind, those inside trades among them",
        tree: Tree::Steps(&[
            BridgeComponent::Fee,
            BridgeComponent::FeeCustody,
            BridgeComponent::FeeManagement,
            BridgeComponent::FeePerformance,
            BridgeComponent::FeeBrokerage,
            BridgeComponent::FeeExchange,
        ]),
    },
    Explained {
        id: "taxes",
        definition: "steps of the bridge: taxes of every kind less refunds, those inside trades among them",
        tree: Tree::Steps(&[
            BridgeComponent::Tax,
            BridgeComponent::TaxWithholding,
            BridgeComponent::TaxReclaim,
            BridgeComponent::TaxStampDuty,
            BridgeComponent::TaxTransaction,
        ]),
    },
];

/// Other names by which figures are asked for.
const ALSO_CALLED: &[(&str, &str)] = &[
    ("realised_gain", "realised_gains"),
    ("dividend", "dividends"),
    ("opening_value", "value_at_start"),
    ("closing_value", "value_at_end"),
    ("nav_bridge", "value_at_end"),
];

/// The steps of the bridge that have an amount, by the names of the bridge itself.
fn steps() -> impl Iterator<Item = BridgeComponent> {
    let is_amount = |component: &BridgeComponent| !matches!(component, BridgeComponent::Unknown | BridgeComponent::Gap);
    BridgeComponent::ALL.into_iter().filter(is_amount)
}

/// Every figure that can be asked for with what it is: the id, and a sentence.
pub fn known_figures() -> impl Iterator<Item = (&'static str, &'static str)> {
    let explained = EXPLAINED.iter().map(|explained| (explained.id, explained.definition));
    let explained = explained.chain(steps().map(|component| (component.code(), component.definition())));
    explained.chain(every_measure().map(|measure| (measure.id, measure.definition)))
}

/// Makes the tree of a figure.
///
/// # Errors
/// [`Refused`] if there is no such figure, or it needs an instrument and none or a wrong one was named.
pub(super) fn tree(
    trail: &Trail,
    figure: &str,
    instrument: Option<&str>,
    period: ReportingPeriod,
) -> Result<Node, Refused> {
    let id = ALSO_CALLED.iter().find(|(other, _)| *other == figure).map_or(figure, |(_, id)| *id);
    if let Some(explained) = EXPLAINED.iter().find(|explained| explained.id == id) {
        return match (&explained.tree, instrument) {
            (Tree::Portfolio(tree), None) => Ok(tree(trail)),
            (Tree::Bridge(tree), None) => Ok(tree(trail, period)),
            (Tree::Steps(components), None) => {
                Ok(trail.bridge_steps(&explained.id.replace('_', " "), components, period))
            }
            (Tree::Portfolio(_) | Tree::Bridge(_) | Tree::Steps(_), Some(_)) => Err(unused(figure)),
            (Tree::Position(tree), Some(symbol)) => Ok(tree(trail, &position(trail, symbol)?)),
            (Tree::Position(_), None) => {
                Err(Refused::InstrumentMissing { figure: explained.id, date: trail.facts.date, held: held(trail) })
            }
            (Tree::Currency(tree), named) => Ok(tree(trail, currency(trail, named)?)),
            (Tree::Period(tree), None) => Ok(tree(trail, None, period)),
            (Tree::Period(tree), Some(symbol)) => Ok(tree(trail, Some(&position(trail, symbol)?), period)),
        };
    }
    match (steps().find(|step| step.code() == id), series::named(id)) {
        (None, None) => {
            // All of them: a name that is left out may be the one that was meant.
            let known: Vec<&str> = known_figures().map(|(id, _)| id).collect();
            Err(Refused::UnknownFigure { figure: figure.chars().take(40).collect(), known: known.join(", ") })
        }
        _ if instrument.is_some() => Err(unused(figure)),
        (Some(step), _) => Ok(trail.bridge_step(step, period)),
        (None, Some(measure)) => Ok(trail.measure(measure, period)),
    }
}

fn unused(figure: &str) -> Refused {
    let of_one = |explained: &&Explained| matches!(explained.tree, Tree::Position(_) | Tree::Period(_));
    let others = EXPLAINED.iter().filter(of_one).map(|explained| explained.id.to_owned());
    Refused::InstrumentUnused { figure: figure.to_owned(), others: listed(others) }
}

/// The instrument of a symbol, or of an id with its market.
fn position(trail: &Trail, symbol: &str) -> Result<InstrumentId, Refused> {
    let facts = &trail.facts;
    let found = facts.instruments.keys().find(|id| id.as_str() == symbol || id.symbol() == symbol);
    found.cloned().ok_or_else(|| Refused::UnknownInstrument {
        instrument: symbol.chars().take(80).collect(),
        date: facts.date,
        held: held(trail),
    })
}

fn held(trail: &Trail) -> String {
    let securities = trail.facts.valuations.iter().filter(|row| !row.instrument_id.is_cash());
    let mut symbols: Vec<String> = securities.map(|row| row.instrument_id.symbol().to_owned()).collect();
    symbols.sort_unstable();
    listed(symbols)
}

/// The currency that was named, or the only one that there is.
fn currency(trail: &Trail, named: Option<&str>) -> Result<Currency, Refused> {
    let rows = &trail.facts.transactions;
    let of_transactions = rows.iter().flat_map(|row| [Some(row.currency), row.counter_currency]).flatten();
    let mut booked: Vec<Currency> = of_transactions.chain(trail.payments.iter().map(|row| row.currency)).collect();
    booked.sort_unstable();
    booked.dedup();
    let wanted = named.map(|name| name.trim_start_matches("CASH~"));
    match (wanted, booked.as_slice()) {
        (None, [only]) => Ok(*only),
        (Some(code), known) if known.iter().any(|currency| currency.code() == code) => {
            code.parse().map_err(|_| Refused::CurrencyMissing { held: code.to_owned() })
        }
        (_, known) => Err(Refused::CurrencyMissing { held: listed(known.iter().map(ToString::to_string)) }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_other_names_lead_to_them() {
        let ids: BTreeSet<&str> = known_figures().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), known_figures().count());
        for (other, id) in ALSO_CALLED {
            assert!(ids.contains(id) && !ids.contains(other), "{other}");
        }
    }
}
