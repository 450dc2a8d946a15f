//! Specific identification under the tax law of the United States.

use super::{CostBasis, Keeps, TaxLaw, fifo, specific_identification};
use crate::lot_choice::LotError;
use crate::open_lots::{Closing, Disposal, OpenLots};
use crate::wash_sales;

/// The lots that the seller names, with holding terms and wash sales.
pub static METHOD: CostBasis = CostBasis {
    id: "us_specific_identification",
    definition: "a sale closes the lots that it names in `lots_closed`, or the oldest if it names none; holding terms \
                 and wash sales as under `us_fifo`",
    source: "26 CFR 1.1012-1(c)(2); 26 USC 1222, 1091, 1223(3); IRS Publication 550",
    keeps: Keeps::Lots,
    law: TaxLaw::UnitedStates,
    next: fifo::next,
    acquire: wash_sales::acquire,
    dispose,
    settle: wash_sales::settle,
};

fn dispose(open: &mut OpenLots, disposal: &Disposal<'_>, method: &CostBasis) -> Result<Closing, LotError> {
    let closing = specific_identification::dispose(open, disposal, method)?;
    wash_sales::after_sale(open, disposal, closing.closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding::replay::{Replay, amount};
    use crate::lots::HoldingTerm;

    #[test]
    fn a_named_lot_is_long_term_and_its_loss_a_wash_sale() {
        // Two lots, 2020 at 50 and 2021 at 80. The second is named and sold at 60 in 2023: a long-term loss of 20 · 10
        // units. Four units bought nine days later replace four of the ten: 80 is disallowed.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2020-02-03", 10, "500");
        replay.buy("2021-02-03", 10, "800");
        let sale = replay.sell_lots("2023-05-01", 10, "600", "2").expect("the lot is open");
        assert_eq!(replay.closed_by(&sale)[0].term, Some(HoldingTerm::Long));
        replay.buy("2023-05-10", 4, "248");
        assert_eq!(replay.gain(&sale), amount("-120"));
        let replacement = replay.holding.lots().last().expect("a lot");
        assert_eq!(replacement.basis.local, Some(amount("328")));
        // Held from 3 February 2021 to 1 May 2023, 817 days: so many before 10 May 2023.
        assert_eq!(replacement.acquired_date.to_string(), "2021-02-12");
    }
}
