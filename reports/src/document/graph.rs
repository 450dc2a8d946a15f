//! Pictures of figures: several series over time, the parts of a whole, and figures side by side.

use super::ChartPoint;
use super::cell::Cell;

/// Figures over time, several series on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeGraph {
    /// How they are drawn.
    pub shape: TimeShape,
    /// The series, the most important first; each has a line in the legend if there are several.
    pub series: Vec<Series>,
}

/// How figures over time are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeShape {
    /// Lines that break where a figure is missing.
    Lines,
    /// Lines, with the area between the first one and zero filled.
    Area,
    /// Bars from zero, side by side, one group for each date.
    Bars,
    /// Losses from the last peak, zero or less, filled from zero down.
    Drawdown,
}

/// One series of dated figures of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is, e.g. `Market value`.
    pub name: String,
    /// The points by date, each date once. An unavailable figure breaks the line.
    pub points: Vec<ChartPoint>,
}

/// The parts of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareGraph {
    /// How they are drawn.
    pub shape: ShareShape,
    /// The parts in the order drawn. A slice stands for what is above zero: of other parts only the legend tells. Bars
    /// stand for gains and losses.
    pub shares: Vec<Share>,
}

/// How the parts of a whole are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareShape {
    /// Slices of a disk.
    Pie,
    /// Slices of a ring.
    Donut,
    /// Bars from zero, one below the other: to the right what is above zero, to the left what is below.
    Bars,
}

/// One part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// What it is, e.g. `Equities`.
    pub label: String,
    /// How large it is; the size of its slice is this in relation to the sum of all that are above zero.
    pub cell: Cell,
}
