//! Why a figure is what it is: the tree of what it follows from, down to the line that was imported.
//!
//! Figures are read from gold, at the newest versions of the tables or at those that a run had read. What they follow
//! from is found in silver and, for lots, by keeping the books of the one portfolio again. Every node can be computed
//! from its parts, and one that does not follow from them says so: a figure is explained, never made to fit.

mod announcements;
mod arithmetic;
mod bridge;
mod facts;
mod figures;
mod gains;
mod handed_over;
mod holdings;
mod lot_origins;
mod lots;
pub mod node;
mod payments;
mod prices;
pub mod refused;
mod replay;
mod returns;
mod series;
mod sources;

use std::collections::BTreeMap;

use lake::Lake;
use rust_decimal::Decimal;
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::{BusinessDate, InstrumentId, PortfolioId, ReportingPeriod, RunId};

use self::facts::Facts;
use self::node::{Figure, Node, Rule, Unit};
use self::refused::Refused;
use self::replay::Replay;
use crate::AgeLimits;
use crate::error::Error;

pub use self::figures::known_figures;

/// Lines that an answer may have.
const NODES_MAX: usize = 100_000;

/// What is to be explained.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// The figure, e.g. `market_value` or `twr`; [`known_figures`] lists them.
    pub figure: String,
    /// The date; none for the last one on which the portfolio was valued.
    pub date: Option<BusinessDate>,
    /// The symbol, or the currency of cash, for figures of one position.
    pub instrument: Option<String>,
    /// The period, for measures, gains and the steps of the bridge.
    pub period: ReportingPeriod,
    /// Parts of a sum that are shown one by one; the others are drawn together as one, with their exact sum.
    pub parts_max: usize,
    /// The versions of the tables.
    pub versions: Versions,
    /// How old what values something may be.
    pub age_limits: AgeLimits,
}

/// Which versions of the tables are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Versions {
    /// The newest.
    Newest,
    /// Those that a run had read.
    OfRun {
        /// The run.
        run_id: RunId,
        /// The last business date that the run was for.
        to_date: BusinessDate,
        /// The version of each table, by the table's name.
        versions: BTreeMap<String, u64>,
    },
}

/// Everything that trees are made from.
struct Trail {
    facts: Facts,
    replay: Replay,
    /// The positions in force on the date, closed ones included.
    positions: BTreeMap<InstrumentId, Position>,
    /// Gains since the first day, in the order of the bookings.
    gains: Vec<RealisedGain>,
    /// What rules that look ahead changed about gains, in the order in which it took effect.
    gain_changes: Vec<LotClosing>,
    /// What issuers paid, in the order of the days.
    payments: Vec<ActionPayment>,
    /// The bridge since the first day, in the order of the days.
    bridge: Vec<NavBridgeRow>,
    parts_max: usize,
}

/// The tree of a figure, every node of it checked against its parts.
///
/// # Errors
/// [`Error::Why`] if the question has no answer, [`Error::Books`] if the portfolio's books cannot be kept, or the
/// lake's reason.
pub async fn explain(lake: &Lake, question: Question) -> Result<Node, Error> {
    let facts = facts::read(lake, &question).await?;
    tokio::task::spawn_blocking(move || answer(facts, &question)).await.map_err(|_| Error::Worker)?
}

fn answer(mut facts: Facts, question: &Question) -> Result<Node, Error> {
    let mut replay = replay::replay(&facts)?;
    // What a run did not pin is made again from what it did.
    let positions = facts.positions.take().unwrap_or_else(|| facts::in_force(std::mem::take(&mut replay.positions)));
    let gains = facts.gains.take().unwrap_or_else(|| std::mem::take(&mut replay.gains));
    let gain_changes = facts.gain_changes.take().unwrap_or_else(|| std::mem::take(&mut replay.gain_changes));
    let payments = facts.payments.take().unwrap_or_else(|| std::mem::take(&mut replay.payments));
    let bridge = facts.bridge.take().unwrap_or_else(|| std::mem::take(&mut replay.bridge));
    let parts_max = question.parts_max.max(1);
    let trail = Trail { facts, replay, positions, gains, gain_changes, payments, bridge, parts_max };
    let tree = figures::tree(&trail, &question.figure, question.instrument.as_deref(), question.period)?;
    let nodes = tree.count();
    if NODES_MAX < nodes {
        return Err(Refused::TooLarge { nodes, max: NODES_MAX }.into());
    }
    Ok(tree.checked())
}

impl Trail {
    /// The parts of a sum, the first ones one by one and the others as one part with their exact sum.
    fn shortened(&self, mut parts: Vec<Node>, unit: &Unit) -> Vec<Node> {
        // One part more than may be shown would take as many lines as the part that stands for it.
        if parts.len() <= self.parts_max + 1 {
            return parts;
        }
        let rest = parts.split_off(self.parts_max);
        let amounts: Option<Vec<Decimal>> = rest.iter().map(|part| part.figure.exact()).collect();
        let figure = Figure::known(amounts.and_then(|amounts| arithmetic::sum(&amounts)), "one of them is unknown");
        let together = Node::given(format!("… and {} more", rest.len()), figure, unit.clone());
        parts.push(Node { rule: Rule::Collapsed(rest.len()), ..together });
        parts
    }
}
