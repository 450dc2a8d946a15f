//! `financr why`: the tree of what a figure follows from.

use std::io::Write;

use anyhow::Context as _;
use clap::Args;
use jobs::why::{Why, known_figures, why};
use jobs::{Figure, Node};
use schemas::{BusinessDate, PortfolioId, ReportingPeriod, RunId};
use serde_json::{Value, json};

use super::Session;
use crate::ending::Ending;
use crate::listing::{Format, Listing};
use crate::{house, tree_text};

/// Show what a figure follows from: positions, lots, bookings, quotes and rates, down to the imported line
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The portfolio, e.g. D01
    portfolio: PortfolioId,
    /// The figure, e.g. market_value, unrealised_gain, fees or twr; without it all figures are listed
    figure: Option<String>,
    /// The date; without it the last one on which the portfolio was valued
    #[arg(long)]
    date: Option<BusinessDate>,
    /// The symbol of a position, e.g. AAPL; for cash_balance a currency, e.g. EUR
    #[arg(long, value_name = "SYMBOL")]
    instrument: Option<String>,
    /// The period of measures, gains and steps of the bridge: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y or SI (since
    /// inception)
    #[arg(long, default_value = "SI")]
    period: ReportingPeriod,
    /// How many levels of parts are shown; without it all of them
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
    /// How many parts of a sum are shown one by one; the others are drawn together with their exact sum
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    list: u32,
    /// Explain the figures that this run read, e.g. nightly-2014-12-31-1, instead of the newest ones
    #[arg(long, value_name = "RUN")]
    as_of_run: Option<RunId>,
}

const EXAMPLES: &str = "\
How to read it: each figure follows, by the rule after `=`, from the lines that branch off below it. First comes the
figure as a statement prints it, then all its digits where there are more. `←` says where it was read: the file that
landed, the line in it, and the beginning of the SHA-256 of its bytes.

Examples:
  financr why D01                                           the figures that can be asked for
  financr why D01 market_value --date 2014-12-31            positions and cash, down to bookings and quotes
  financr why D01 market_value --depth 2                    the same, two levels of it
  financr why D01 unrealised_gain --instrument AAPL         value less cost, lot by lot
  financr why D01 cash_balance --instrument USD --list 500  every booking of the dollars
  financr why D01 daily_return --date 2014-12-31            begin, inflow, outflow, end
  financr why D01 twr --period YTD                          the daily returns it is linked from
  financr why D01 value_at_end --period MTD                 the bridge of the month: the value before, every step
  financr why D01 tax_withholding --period YTD              one step of it, by currency, day and booking
  financr why D01 market_value --as-of-run nightly-2014-12-31-1    as that night saw it
  financr why D01 realised_gains --format csv > gains.csv   one row per line of the tree";

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let Some(figure) = &arguments.figure else {
        let mut listing = Listing::new(&["figure", "what it is"]);
        for (id, definition) in known_figures() {
            listing.push([id.into(), definition.into()]);
        }
        session.write(&listing)?;
        return Ok(Ending::Done);
    };
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let asked = Why {
        portfolio_id: arguments.portfolio.clone(),
        figure: figure.clone(),
        date: arguments.date,
        instrument: arguments.instrument.clone(),
        period: arguments.period,
        parts_max: usize::try_from(arguments.list).context("--list is too large")?,
        as_of_run: arguments.as_of_run.clone(),
    };
    let tree = why(&context, asked).await?;
    let tree = match arguments.depth {
        Some(depth) => tree.down_to(depth),
        None => tree,
    };
    let mut output = std::io::stdout().lock();
    match session.format {
        Format::Table => tree_text::write(&tree, tree_text::width(), &mut output)?,
        Format::Json => writeln!(output, "{}", serde_json::to_string_pretty(&nested(&tree))?)?,
        Format::Csv => {
            let mut listing =
                Listing::new(&["depth", "path", "label", "value", "printed", "unit", "rule", "note", "source"]);
            flatten(&tree, 0, "", &mut listing);
            listing.write(Format::Csv, &mut output)?;
        }
    }
    Ok(Ending::Done)
}

/// The tree as objects in objects. Exact numbers are texts, so that no reader rounds them.
fn nested(node: &Node) -> Value {
    let figure = match &node.figure {
        Figure::Exact(_) | Figure::Day(_) => Value::from(node.figure.exact_text()),
        Figure::Estimate(number) => Value::from(*number),
        Figure::Unavailable(_) => Value::Null,
    };
    let reason = match &node.figure {
        Figure::Unavailable(reason) => Value::from(reason.clone()),
        _ => Value::Null,
    };
    let source = node.source.as_ref().map(|source| {
        json!({
            "file": source.file,
            "line": source.line,
            "sha256": source.sha256,
            "recorded_at": source.recorded_at.map(|at| at.to_rfc3339()),
        })
    });
    json!({
        "label": node.label,
        "value": figure,
        "unavailable": reason,
        "printed": node.figure.printed(&node.unit),
        "unit": node.unit.name(),
        "rule": node.rule.sentence(),
        "date": node.date.map(|date| date.to_string()),
        "note": node.note,
        "source": source,
        "differs": node.differs.as_ref().map(Figure::exact_text),
        "hidden": node.hidden,
        "children": node.children.iter().map(nested).collect::<Vec<Value>>(),
    })
}

fn flatten(node: &Node, depth: usize, above: &str, listing: &mut Listing) {
    let path = if above.is_empty() { node.label.clone() } else { format!("{above} > {}", node.label) };
    let reason = match &node.figure {
        Figure::Unavailable(reason) => Some(format!("unavailable: {reason}")),
        _ => None,
    };
    let differs = node.differs.as_ref().map(|parts| format!("differs: the parts give {}", parts.exact_text()));
    let notes: Vec<String> = reason.iter().chain(&differs).chain(&node.note).cloned().collect();
    let value = if reason.is_some() { Value::Null } else { node.figure.exact_text().into() };
    listing.push([
        depth.into(),
        path.clone().into(),
        node.label.clone().into(),
        value,
        node.figure.printed(&node.unit).into(),
        node.unit.name().into(),
        node.rule.sentence().into(),
        notes.join("; ").into(),
        node.source.as_ref().map_or(Value::Null, |source| source.to_string().into()),
    ]);
    for child in &node.children {
        flatten(child, depth + 1, &path, listing);
    }
}

#[cfg(test)]
mod tests {
    use jobs::{Rule, Unit};

    use super::*;

    fn tree() -> Node {
        let leaf = |label: &str, number: i64| {
            Node::given(label, Figure::Exact(number.into()), Unit::Money(schemas::Currency::EUR))
        };
        let unknown = Node::given("price", Figure::Unavailable("no quote".to_owned()), Unit::Number);
        leaf("value", 3).with_parts(Rule::Sum, vec![leaf("one", 1), unknown])
    }

    #[test]
    fn every_line_of_the_tree_is_a_row() {
        let mut listing =
            Listing::new(&["depth", "path", "label", "value", "printed", "unit", "rule", "note", "source"]);
        flatten(&tree(), 0, "", &mut listing);
        let rows: Vec<(Value, Value, Value)> =
            listing.rows.iter().map(|row| (row[0].clone(), row[1].clone(), row[3].clone())).collect();
        let expected = [
            (json!(0), json!("value"), json!("3")),
            (json!(1), json!("value > one"), json!("1")),
            (json!(1), json!("value > price"), Value::Null),
        ];
        assert_eq!(rows, expected);
        assert_eq!(listing.rows[2][7], json!("unavailable: no quote"));
    }

    #[test]
    fn an_unknown_figure_is_null_with_its_reason() {
        let value = nested(&tree());
        assert_eq!(value["children"][0]["value"], json!("1"));
        assert_eq!(value["children"][1]["value"], Value::Null);
        assert_eq!(value["children"][1]["unavailable"], json!("no quote"));
    }
}
