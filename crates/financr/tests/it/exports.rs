//! Exports of brokers at the door: a preview writes nothing, a second import changes nothing, a longer file adds what
//! is new, and the night values what came in.

use crate::house::House;

/// A Flex file of one euro account that buys a share for dollars; more rows go into its cash transactions.
pub(crate) fn flex(more: &str) -> String {
    format!(
        "<FlexQueryResponse queryName='all' type='AF'>\n\
         <FlexStatements count='1'>\n\
         <FlexStatement accountId='U1' fromDate='20240102' toDate='20240131'>\n\
         <AccountInformation accountId='U1' acctAlias='Savings' currency='EUR' />\n\
         <Trades>\n\
         <Trade assetCategory='CASH' symbol='EUR.USD' currency='USD' tradeDate='20240102' quantity='-1000' \
         tradePrice='1.25' proceeds='1250' buySell='SELL' transactionID='2' />\n\
         <Trade assetCategory='STK' symbol='ACME' description='Acme' currency='USD' tradeDate='20240103' quantity='10' \
         tradePrice='100' proceeds='-1000' ibCommission='-1' netCash='-1001' buySell='BUY' transactionID='3' />\n\
         <Trade assetCategory='FUT' symbol='ESZ4' currency='USD' tradeDate='20240103' quantity='1' />\n\
         </Trades>\n\
         <CashTransactions>\n\
         <CashTransaction currency='EUR' type='Deposits/Withdrawals' dateTime='20240102' amount='2000' />\n\
         {more}\
         </CashTransactions>\n\
         <OpenPositions>\n\
         <OpenPosition assetCategory='STK' symbol='ACME' currency='USD' reportDate='20240131' markPrice='110' />\n\
         </OpenPositions>\n\
         <ConversionRates>\n\
         <ConversionRate reportDate='20240102' fromCurrency='USD' toCurrency='EUR' rate='0.8' />\n\
         <ConversionRate reportDate='20240131' fromCurrency='USD' toCurrency='EUR' rate='0.8' />\n\
         </ConversionRates>\n\
         </FlexStatement>\n\
         </FlexStatements>\n\
         </FlexQueryResponse>\n"
    )
}

fn write(house: &House, more: &str) {
    std::fs::write(house.path().join("flex.xml"), flex(more)).expect("written");
}

#[test]
fn an_export_is_previewed_taken_in_once_and_valued() {
    let house = House::new();
    write(&house, "");
    let preview = house.done(&["import", "flex.xml", "--dry-run", "--format", "csv"]);
    let lines: Vec<&str> = preview.lines().collect();
    assert_eq!(lines[0], "portfolio,what,currency,new,known,changed,net_cash,line,reason");
    for expected in ["U1,new portfolio,,,,,,,", "U1,DEPOSIT,EUR,1,0,0,2000,,", "U1,BUY,USD,1,0,0,-1001,,"] {
        assert!(lines.contains(&expected), "{expected}\n{preview}");
    }
    assert!(preview.contains("inbox: FUT"), "{preview}");
    let said = house.done(&["import", "flex.xml"]);
    let all = "1 new portfolios, 3 new transactions, 4 new files";
    assert!(said.contains(all), "the preview wrote nothing, so that all is new\n{said}");
    let said = house.done(&["import", "flex.xml"]);
    assert!(said.contains("0 new portfolios, 0 new transactions, 0 new files"), "{said}");
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    // Cash: 2,000 − 1,000 EUR, 1,250 − 1,001 = 249 USD. Shares: 10 · 110 = 1,100 USD. One dollar is 0.8 EUR.
    // 1,000 + (249 + 1,100) · 0.8 = 2,079.20.
    let value = house.ask("SELECT market_value FROM gold.portfolio_values WHERE business_date = DATE '2024-01-31'");
    assert_eq!(value.lines().nth(1).map(|text| text.trim_end_matches('0')), Some("2079.2"), "{value}");
}

#[test]
fn a_row_that_was_settled_in_the_inbox_is_not_asked_about_again() {
    let house = House::new();
    write(&house, "");
    let said = house.done(&["import", "flex.xml"]);
    assert!(said.contains("1 rows in the inbox") && said.contains("daily margin"), "{said}");
    let listed = house.done(&["inbox", "--format", "csv"]);
    let key = listed.lines().nth(1).and_then(|row| row.split(',').next()).expect("an item");
    house.done(&["inbox", "resolve", key, "--note", "booked as a deposit", "--by", "anna"]);
    let said = house.done(&["import", "flex.xml"]);
    assert!(said.contains("1 rows settled in the inbox") && !said.contains("daily margin"), "{said}");
    let preview = house.done(&["import", "flex.xml", "--dry-run", "--format", "csv"]);
    assert!(preview.contains("rows settled in the inbox,,,1,") && !preview.contains("inbox: FUT"), "{preview}");
}

#[test]
fn a_refund_is_no_question_and_an_unknown_kind_is_one() {
    let house = House::new();
    let depot = "Datum;Typ;Wert;Buchungswährung;Stück;ISIN;Notiz\r\n\
                 2024-01-02;Einlage;1.000,00;EUR;;;\r\n\
                 2024-01-03;Gebühren;-5,00;EUR;;;\r\n\
                 2024-01-04;Gebührenerstattung;4,00;EUR;;;\r\n\
                 2024-01-05;Vorabpauschale;-2,00;EUR;;;\r\n";
    let units: Vec<u8> = depot.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(house.path().join("depot.csv"), [[0xFF, 0xFE].as_slice(), units.as_slice()].concat())
        .expect("written");
    let preview = house.done(&["import", "depot.csv", "--dry-run", "--format", "csv"]);
    assert!(preview.lines().any(|line| line == "depot,FEE,EUR,2,0,0,-1,,"), "{preview}");
    assert!(preview.contains("inbox: Vorabpauschale") && !preview.contains("sign of"), "{preview}");
    let said = house.done(&["import", "depot.csv"]);
    assert!(said.contains("3 new transactions") && said.contains("1 rows in the inbox"), "{said}");
    let rows = "Date,Code,CCY,Price,Qty,Action,Fee\n16/09/2021,ACME,USD,2,5,buy,1\n17/09/2021,ACME,USD,2,5,staking,1\n";
    std::fs::write(house.path().join("rows.csv"), rows).expect("written");
    house.done(&["import", "rows.csv", "--portfolio", "P1", "--base-currency", "USD"]);
    let waiting = house.done(&["inbox", "--portfolio", "P1", "--format", "csv"]);
    assert!(waiting.contains("STAKING (line 3)"), "{waiting}");
}

#[test]
fn a_file_without_anything_to_book_says_so() {
    let house = House::new();
    let header = "Datum;Typ;Wert;Buchungswährung;Stück;ISIN;Notiz\n";
    std::fs::write(house.path().join("depot.csv"), header).expect("written");
    let said = house.done(&["import", "depot.csv"]);
    assert!(said.contains("`depot.csv` names no account with something to book"), "{said}");
}

#[test]
fn a_row_without_a_portfolio_to_wait_in_is_listed_and_makes_the_import_partial() {
    let house = House::new();
    let header = "Date,Code,CCY,Price,Qty,Action,Fee\n";
    let unknown = "17/09/2021,ACME,USD,2,5,staking,1\n";
    std::fs::write(house.path().join("rows.csv"), format!("{header}{unknown}")).expect("written");
    let asked = ["import", "rows.csv", "--portfolio", "P1", "--base-currency", "USD", "--format", "csv"];
    for more in [&["--dry-run"][..], &[]] {
        let ended = house.run(&[asked.as_slice(), more].concat());
        assert_eq!(ended.code, Some(3), "partial\n{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains("it is kept nowhere"), "{}", ended.stdout);
    }
    let listed = house.run(&asked).stdout;
    assert!(listed.lines().any(|line| line.starts_with("rows.csv,2,STAKING,")), "{listed}");
    // With a row that is booked there is a portfolio, and the other one waits in its inbox.
    let both = format!("{header}{unknown}16/09/2021,ACME,USD,2,5,buy,1\n");
    std::fs::write(house.path().join("rows.csv"), both).expect("written");
    house.done(&asked);
    let waiting = house.done(&["inbox", "--portfolio", "P1", "--format", "csv"]);
    assert!(waiting.contains("STAKING (line 2)"), "{waiting}");
}

#[test]
fn a_longer_export_adds_only_what_is_new() {
    let house = House::new();
    let fee =
        "<CashTransaction currency='EUR' type='Other Fees' dateTime='20240105' amount='-3' description='one' />\n";
    write(&house, fee);
    house.done(&["import", "flex.xml"]);
    let edited = fee.replace("one", "another note");
    write(&house, &format!("{edited}{edited}"));
    let said = house.done(&["import", "flex.xml"]);
    assert!(said.contains("1 new transactions"), "a second fee of the day is new, an edited note is not\n{said}");
    assert!(said.contains("4 transactions known"), "{said}");
}

#[test]
fn what_a_file_does_not_say_is_asked_for() {
    let house = House::new();
    std::fs::write(house.path().join("a.csv"), "Date,Code,CCY,Price,Qty,Action,Fee\n16/09/2021,ACME,USD,2,5,buy,1\n")
        .expect("written");
    std::fs::write(house.path().join("a.txt"), "hello").expect("written");
    std::fs::write(house.path().join("empty.csv"), "").expect("written");
    std::fs::create_dir(house.path().join("books")).expect("made");
    for (arguments, words) in [
        (&["import", "a.csv"][..], "name their portfolio with --portfolio ID"),
        (
            &["import", "a.csv", "--portfolio", "P1"],
            "it does not say the base currency of portfolio `P1`; say it, e.g. with --base-currency EUR",
        ),
        (&["import", "a.txt"], "a.txt is in no format that is known; name one with --as; known:"),
        (&["import", "empty.csv"], "empty.csv: the file is empty; export it again"),
        (&["import", "a.txt", "--as", "excel"], "there is no format `excel`; known:"),
        (&["import", "books", "--as", "ghostfolio"], "--as is for a file, and books is none"),
    ] {
        let ended = house.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}\n{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}\n{}", ended.stderr);
    }
    let said = house.done(&["import", "a.csv", "--portfolio", "P1", "--base-currency", "USD"]);
    assert!(said.contains("1 new portfolios, 1 new transactions"), "{said}");
}
