//! The lots that portfolios take over from each other by internal transfers.
//!
//! What a portfolio sends depends on what it received before, perhaps from others that received it, too. So the senders
//! are walked in rounds: in each one those that know all the lots that they may pass on. Chains of transfers over many
//! days take as many rounds as they have links; a portfolio without internal receipts takes no part.

use std::collections::BTreeMap;

use ledger::books::{BookInputs, lots_sent};
use ledger::internal_transfers::{Handover, LotsByTransaction, NO_LOTS, handovers, in_base};
use ledger::lots::Lot;
use rust_decimal::Decimal;
use schemas::{BusinessDate, PortfolioId};

use crate::error::Error;

/// Lots by the portfolio that receives or sends them, and the transaction.
pub(crate) type LotsByPortfolio = BTreeMap<PortfolioId, LotsByTransaction>;

/// Links that a chain of transfers may have. What comes through more has a cost that is not known.
const LINKS_MAX: usize = 1_000;

/// A transfer with the books of both portfolios.
#[derive(Clone, Copy)]
struct Transfer<'a> {
    handover: Handover<'a>,
    sender: BookInputs<'a>,
    receiver: BookInputs<'a>,
    /// The valuation date on which it takes effect in the receiver.
    arrives_on: BusinessDate,
}

/// A portfolio that is to be walked through a day.
type Errand<'a> = (BookInputs<'a>, BusinessDate);

/// The lots that the portfolios among the books take over from others among them. What lots the books themselves say
/// they receive does not count.
///
/// # Errors
/// [`Error::Worker`] if a thread ends without a result.
pub(crate) fn lots_received(books: &BTreeMap<PortfolioId, BookInputs<'_>>) -> Result<LotsByPortfolio, Error> {
    let mut received = LotsByPortfolio::new();
    let pairs = handovers(books.values().flat_map(|inputs| inputs.transactions));
    let mut waiting: Vec<Transfer<'_>> = pairs.into_iter().filter_map(|pair| transfer(books, pair)).collect();
    for _ in 0..LINKS_MAX {
        if waiting.is_empty() {
            break;
        }
        let (ready, later) = parted(&waiting);
        let sent = all_sent(&errands(&ready, &received))?;
        for transfer in &ready {
            let lots = sent.get(&transfer.sender.portfolio.portfolio_id);
            let lots = lots.and_then(|lots| lots.get(transfer.handover.sent.transaction_id.as_str()));
            transfer.deliver(lots.map(Vec::as_slice), &mut received);
        }
        waiting = later;
    }
    for transfer in waiting {
        transfer.deliver(None, &mut received);
    }
    Ok(received)
}

/// The transfer with its books; none if it does not take effect on the dates of the market.
fn transfer<'a>(books: &BTreeMap<PortfolioId, BookInputs<'a>>, handover: Handover<'a>) -> Option<Transfer<'a>> {
    let sender = *books.get(&handover.sent.portfolio_id)?;
    let receiver = *books.get(&handover.received.portfolio_id)?;
    let arrives_on = takes_effect(&receiver, handover.received.trade_date)?;
    Some(Transfer { handover, sender, receiver, arrives_on })
}

/// The valuation date on which a booking of a day takes effect; none if there is none so far.
fn takes_effect(inputs: &BookInputs<'_>, trade_date: BusinessDate) -> Option<BusinessDate> {
    let day = inputs.board.day_from(trade_date.max(inputs.portfolio.start_date));
    inputs.board.dates().get(day).copied()
}

/// Those whose senders know everything that they may pass on, and the others.
fn parted<'a>(waiting: &[Transfer<'a>]) -> (Vec<Transfer<'a>>, Vec<Transfer<'a>>) {
    let mut arrivals: BTreeMap<&PortfolioId, Vec<&Handover<'a>>> = BTreeMap::new();
    for transfer in waiting {
        arrivals.entry(&transfer.handover.received.portfolio_id).or_default().push(&transfer.handover);
    }
    waiting.iter().copied().partition(|transfer| {
        let arrived = arrivals.get(&transfer.handover.sent.portfolio_id).into_iter().flatten();
        // They are in order of date.
        let mut until = arrived.take_while(|other| other.received.trade_date <= transfer.handover.sent.trade_date);
        !until.any(|other| transfer.handover.waits_for(other))
    })
}

/// The senders of transfers, each with the lots it has received so far and the last day that is asked for.
fn errands<'a>(ready: &[Transfer<'a>], received: &'a LotsByPortfolio) -> Vec<Errand<'a>> {
    let mut errands: BTreeMap<&PortfolioId, Errand<'a>> = BTreeMap::new();
    for Transfer { sender, arrives_on, .. } in ready {
        let id = &sender.portfolio.portfolio_id;
        let lots_received = received.get(id).unwrap_or(&NO_LOTS);
        let inputs = BookInputs { lots_received, ..*sender };
        let (_, through) = errands.entry(id).or_insert((inputs, *arrives_on));
        *through = (*through).max(*arrives_on);
    }
    errands.into_values().collect()
}

/// Walks senders on all cores.
fn all_sent(errands: &[Errand<'_>]) -> Result<LotsByPortfolio, Error> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = errands.len().div_ceil(workers).max(1);
    let walked: Result<Vec<LotsByPortfolio>, Error> = std::thread::scope(|scope| {
        let threads: Vec<_> = errands.chunks(share).map(|errands| scope.spawn(|| sent_by(errands))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| Error::Worker)).collect()
    });
    Ok(walked?.into_iter().flatten().collect())
}

/// The lots that left each of some portfolios, by portfolio and disposal.
fn sent_by(errands: &[Errand<'_>]) -> LotsByPortfolio {
    errands
        .iter()
        .map(|(inputs, through)| (inputs.portfolio.portfolio_id.clone(), lots_sent(*inputs, *through)))
        .collect()
}

impl Transfer<'_> {
    /// Notes the lots as the receiver takes them over. Where it cannot be known what left the sender (it owes these
    /// units, its books cannot be kept up to then, or it does not exist yet or any more), the cost is not known.
    fn deliver(&self, lots: Option<&[Lot]>, received: &mut LotsByPortfolio) {
        let Transfer { handover, sender, receiver, arrives_on } = self;
        let left = takes_effect(sender, handover.sent.trade_date).is_some_and(|left_on| left_on <= *arrives_on);
        let lots = lots.filter(|lots| left && lots.iter().all(|lot| Decimal::ZERO < lot.quantity));
        let lots = match (lots, self.listed_currency()) {
            (Some(lots), _) if sender.portfolio.base_currency == receiver.portfolio.base_currency => lots.to_vec(),
            (Some(lots), Some(currency)) => in_base(lots, currency, receiver.portfolio.base_currency, receiver.fx),
            _ => vec![handover.unknown_lot()],
        };
        let of_receiver = received.entry(receiver.portfolio.portfolio_id.clone()).or_default();
        of_receiver.insert(handover.received.transaction_id.as_str().into(), lots);
    }

    /// The currency of the instrument.
    fn listed_currency(&self) -> Option<schemas::Currency> {
        let instrument = self.handover.received.instrument_id.as_ref()?;
        self.receiver.board.listing(instrument).map(|listing| listing.instrument.currency)
    }
}
