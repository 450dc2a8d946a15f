//! How what is held is spread, and how long it takes to sell it.

use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::liquidity::LiquidityRow;
use serde::Serialize;
use utoipa::ToSchema;

/// How much of the portfolio lies in few hands by one way of grouping. Figures are null if there are none.
#[derive(Serialize, ToSchema)]
pub(super) struct ConcentrationBy {
    /// What is grouped by: `position`, `currency`, or a taxonomy of the market such as `issuer`.
    #[schema(example = "position")]
    grouping: String,
    /// The groups that are not zero.
    #[schema(example = 12)]
    group_count: Option<i64>,
    /// The Herfindahl index: the sum of the squared shares, up to 1.
    #[schema(example = 0.125)]
    herfindahl: Option<f64>,
    /// How many groups of one size would be as concentrated.
    #[schema(example = 8.0)]
    effective_number: Option<f64>,
    /// The index on a scale from 0 (all equal) to 1 (all in one).
    normalized_herfindahl: Option<f64>,
    /// How many groups of one size have the same entropy.
    entropy_number: Option<f64>,
    /// The share of the largest group, a fraction.
    #[schema(example = 0.2)]
    largest_share: Option<f64>,
    /// The share of the five largest groups.
    largest_five_share: Option<f64>,
    /// The share of the ten largest groups.
    largest_ten_share: Option<f64>,
    /// The largest group.
    #[schema(example = "world~SAP")]
    largest_group: Option<String>,
    /// The share of what no row of the taxonomy classifies; null for `position` and `currency`.
    unclassified_share: Option<f64>,
    /// Why there are no figures; null if there are.
    unavailable_reason: Option<String>,
}

impl From<&ConcentrationRow> for ConcentrationBy {
    fn from(row: &ConcentrationRow) -> ConcentrationBy {
        ConcentrationBy {
            grouping: row.grouping.clone(),
            group_count: row.group_count,
            herfindahl: row.herfindahl,
            effective_number: row.effective_number,
            normalized_herfindahl: row.normalized_herfindahl,
            entropy_number: row.entropy_number,
            largest_share: row.largest_share,
            largest_five_share: row.largest_five_share,
            largest_ten_share: row.largest_ten_share,
            largest_group: row.largest_group.clone(),
            unclassified_share: row.unclassified_share,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

/// How long it takes to sell the positions at a part of the volume of an average day. Shares are of the value of all
/// positions regardless of sign; what nobody knows counts as not sold.
#[derive(Serialize, ToSchema)]
pub(super) struct Liquidity {
    /// The part of an average day's volume that one is.
    #[schema(example = 0.2)]
    participation: f64,
    /// The positions held, cash included.
    position_count: i64,
    /// The positions of which nobody knows how long they take.
    unknown_count: i64,
    /// Trading days until everything is sold; null if that is not known of every position.
    #[schema(example = 3.5)]
    days_until_all: Option<f64>,
    /// Why it is not known; null if it is.
    days_unavailable_reason: Option<String>,
    /// The part that is sold within a day, a fraction.
    #[schema(example = 0.64)]
    one_day_share: Option<f64>,
    /// The part that is sold within five days.
    five_day_share: Option<f64>,
    /// The part that is sold within twenty days.
    twenty_day_share: Option<f64>,
    /// The part of which nobody knows how long it takes.
    unknown_share: Option<f64>,
    /// Why there are no shares; null if there are.
    shares_unavailable_reason: Option<String>,
}

impl From<LiquidityRow> for Liquidity {
    fn from(row: LiquidityRow) -> Liquidity {
        Liquidity {
            participation: row.participation,
            position_count: row.position_count,
            unknown_count: row.unknown_count,
            days_until_all: row.days_until_all,
            days_unavailable_reason: row.days_unavailable_reason,
            one_day_share: row.one_day_share,
            five_day_share: row.five_day_share,
            twenty_day_share: row.twenty_day_share,
            unknown_share: row.unknown_share,
            shares_unavailable_reason: row.shares_unavailable_reason,
        }
    }
}
