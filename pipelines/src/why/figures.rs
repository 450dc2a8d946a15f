//! Every figure that can be asked for, with what it is and how its tree is made.

use analytics::MEASURES;
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
        id: "dividends",
        definition: "cash dividends, net of withheld tax, at the rates of their days",
        tree: Tree::Period(Trail::dividends),
    },
    Explained {
        id: "daily_return",
        definition: "(value + outflow) / (value before + inflow) − 1",
        tree: Tree::Portfolio(Trail::daily_return),
    },
];

/// Other names by which figures are asked for.
const ALSO_CALLED: &[(&str, &str)] = &[("realised_gain", "realised_gains"), ("dividend", "dividends")];

/// Every figure that can be asked for with what it is: the id, and a sentence.
pub fn known_figures() -> impl Iterator<Item = (&'static str, &'static str)> {
    let explained = EXPLAINED.iter().map(|explained| (explained.id, explained.definition));
    explained.chain(MEASURES.iter().map(|measure| (measure.id, measure.definition)))
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
            (Tree::Portfolio(_), Some(_)) => Err(unused(figure)),
            (Tree::Position(tree), Some(symbol)) => Ok(tree(trail, &position(trail, symbol)?)),
            (Tree::Position(_), None) => {
                Err(Refused::InstrumentMissing { figure: explained.id, date: trail.facts.date, held: held(trail) })
            }
            (Tree::Currency(tree), named) => Ok(tree(trail, currency(trail, named)?)),
            (Tree::Period(tree), None) => Ok(tree(trail, None, period)),
            (Tree::Period(tree), Some(symbol)) => Ok(tree(trail, Some(&position(trail, symbol)?), period)),
        };
    }
    let Some(measure) = series::named(id) else {
        let known = known_figures().map(|(id, _)| id.to_owned());
        return Err(Refused::UnknownFigure { figure: figure.chars().take(40).collect(), known: listed(known) });
    };
    if instrument.is_some() {
        return Err(unused(figure));
    }
    Ok(trail.measure(measure, period))
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
    let mut booked: Vec<Currency> =
        rows.iter().flat_map(|row| [Some(row.currency), row.counter_currency]).flatten().collect();
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
