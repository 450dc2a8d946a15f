//! What a REVERSAL takes back, on the days before it as well.

use super::*;

#[test]
fn what_is_taken_back_counts_on_no_day_whatever_the_date_of_the_reversal() {
    // 20 were booked in January and were 25: in the middle of February that was taken back and booked again. The
    // custodian has always had 75 of the 100, and 50,000 − 10,060 − 12.50 + 2,745 = 42,672.50 on the last of January.
    let world = |basis| {
        World::on("2024-01-31", basis)
            .book("2024-01-02", Deposit, "", "", "50000")
            .book("2024-01-03", Buy, "AAA", "100", "-10060")
            .book("2024-01-30", Sell, "AAA", "20", "2195")
            .book("2024-01-31", FeeCustody, "", "", "-12.50")
            .book("2024-02-15", Reversal, "", "", "0")
            .but(|booked| booked.reverses = Some("3".to_owned()))
            .book("2024-01-30", Sell, "AAA", "25", "2745")
    };
    for basis in [BalanceBasis::Trade, BalanceBasis::Settlement] {
        assert_eq!(world(basis).holds("AAA", "75").has_cash("42672.50").compare(), [], "{basis}");
    }
    // By settlement date, one that settles takes back from that day on: until then the custodian has 55.
    let settled = |mut world: World| {
        for booked in world.transactions.iter_mut().filter(|booked| booked.kind == Reversal.code()) {
            booked.settlement_date = Some(date("2024-02-19"));
        }
        world.ledger().units_of(&id("AAA"))
    };
    assert_eq!(settled(world(BalanceBasis::Trade)), number("75"));
    assert_eq!(settled(world(BalanceBasis::Settlement)), number("55"));
}

#[test]
fn a_split_whose_booking_was_taken_back_is_the_one_that_was_announced() {
    // Two for one, booked a day late and taken back: the announcement counts, 100 · 2 = 200, and not 100.
    let world = bought()
        .announce("2024-02-01", "SPLIT", "SAP", |action| (action.ratio_new, action.ratio_old) = (Some(2), Some(1)))
        .book("2024-02-02", Split, "SAP", "2", "0");
    assert_eq!(world.ledger().units_of(&id("SAP")), number("200"));
    let world = world.book("2024-02-20", Reversal, "", "", "0").but(|booked| booked.reverses = Some("3".to_owned()));
    assert_eq!(world.ledger().units_of(&id("SAP")), number("200"));
}
