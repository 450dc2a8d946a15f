//! The copy of the transactions in the lake: what is new is added, and it is what the store holds, whatever happened
//! to the store.

use crate::books;
use crate::house::House;

const ROWS: &str = "SELECT portfolio_id, transaction_id, kind, net_cash FROM silver.transactions ORDER BY 1, 2";
const NIGHT: [&str; 4] = ["run", "nightly", "--date", "2024-01-31"];

fn book(house: &House, line: &str) {
    let path = house.path().join("books/EMPTIED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + line).expect("written");
    assert!(house.done(&["import", "books"]).contains("1 new transactions"));
}

#[test]
fn new_transactions_are_added_to_the_copy() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    assert!(house.done(&NIGHT).contains("22 transactions, of which 22 were copied"));
    let before = house.ask(ROWS);

    book(&house, "7,2024-01-30,FEE,,,,USD,0,0,-2.50,,,booked late\n");
    let said = house.done(&NIGHT);
    assert!(said.contains("23 transactions, of which 1 were copied"), "{said}");
    let after = house.ask(ROWS);
    let new: Vec<&str> = after.lines().filter(|line| !before.lines().any(|known| known == *line)).collect();
    assert_eq!(new, ["EMPTIED,7,FEE,-2.5000000000"]);
    assert_eq!(after.lines().count(), before.lines().count() + 1);
}

#[test]
fn a_store_that_was_set_back_is_copied_again() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    let earlier = house.copy();
    book(&house, "7,2024-01-30,FEE,,,,USD,0,0,-2.50,,,booked before the accident\n");
    house.done(&NIGHT);

    // The store comes back from the day before, and as many transactions as were lost are booked, but not the same.
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        let (from, to) = (earlier.path().join("financr-data").join(name), house.path().join("financr-data").join(name));
        std::fs::remove_file(&to).ok();
        if from.exists() {
            std::fs::copy(&from, &to).expect("copied");
        }
    }
    let path = house.path().join("books/EMPTIED/transactions.csv");
    let earlier_path = earlier.path().join("books/EMPTIED/transactions.csv");
    std::fs::copy(&earlier_path, &path).expect("copied");
    book(&house, "8,2024-01-30,FEE,,,,USD,0,0,-1.25,,,booked after it\n");
    let said = house.done(&NIGHT);
    assert!(said.contains("23 transactions, of which 23 were copied"), "{said}");
    let rows = house.ask(ROWS);
    assert!(rows.contains("EMPTIED,8,FEE,-1.2500000000") && !rows.contains("EMPTIED,7,"), "{rows}");
}
