//! Inputs of statements: one small portfolio whose every figure is worked out, and portfolios of any size.

mod announced;
mod at_risk;
mod attributed;
mod changed_gains;
mod charged;
mod earning;
mod judged;
mod kept;
mod reversed;
mod taxed;

pub(crate) use announced::{announced, payment};
pub(crate) use at_risk::at_risk;
pub(crate) use attributed::attributed;
pub(crate) use changed_gains::bought_again;
pub(crate) use charged::{charged, held, returned, stated};
use chrono::NaiveDate;
pub(crate) use earning::{day as daily, earning};
pub(crate) use judged::judged;
pub(crate) use kept::{booked, kept, rate};
use reports::Further;
use reports::statements::StatementInput;
pub(crate) use reversed::reversed;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::exceptions::Exception;
use schemas::tables::instruments::Instrument;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{
    Amount, BusinessDate, Currency, InstrumentId, MarketId, PortfolioId, Price, Quantity, Rate, ReportingPeriod,
    Severity,
};
pub(crate) use taxed::{lot, taxed};

pub(crate) fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(crate) fn portfolio_id() -> PortfolioId {
    "D03".parse().expect("an id")
}

fn market_id() -> MarketId {
    "D03".parse().expect("an id")
}

pub(crate) fn instrument_id(symbol: &str) -> InstrumentId {
    InstrumentId::new(&market_id(), symbol).expect("a symbol")
}

fn instrument(symbol: &str, name: &str, currency: Currency) -> Instrument {
    Instrument {
        instrument_id: instrument_id(symbol),
        market_id: market_id(),
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        currency,
        price_scale: "1".parse().expect("a rate"),
        adjusted: "none".to_owned(),
        quote_origin: "exchange".to_owned(),
        isin: None,
        cusip: None,
        return_basis: None,
        modified_duration: None,
        spread_duration: None,
        leveraged: None,
        proxy_instrument_id: None,
    }
}

/// A portfolio that began on 30 June 2014, without anything in it, on 31 December 2014.
pub(crate) fn empty() -> StatementInput {
    StatementInput {
        portfolio: Portfolio {
            portfolio_id: portfolio_id(),
            market_id: market_id(),
            fx_source: market_id(),
            title: "Réserve familiale Müller & Søn".to_owned(),
            base_currency: Currency::EUR,
            start_date: date("2014-06-30"),
            end_date: None,
            benchmark_symbol: None,
            benchmark_blend: None,
            risk_free_annual: Some(0.01),
            risk_free_source: None,
            client_email: Some("client@example.org".to_owned()),
            delivery: None,
            cost_basis: "fifo".to_owned(),
            locked_through: None,
            language: schemas::Language::English,
            confirmations: false,
        },
        business_date: date("2014-12-31"),
        period_start: date("2014-11-30"),
        run_id: "nightly-2014-12-31-1".parse().expect("an id"),
        inputs_fingerprint: "5f1c".repeat(16),
        program_version: "0.1.0".to_owned(),
        synthetic: false,
        instruments: Vec::new(),
        valuations: Vec::new(),
        positions: Vec::new(),
        portfolio_values: vec![
            value("2014-06-30", None, "10000"),
            value("2014-11-28", Some("2014-11-27"), "0"),
            value("2014-12-31", Some("2014-12-30"), "0"),
        ],
        cash_flows: Vec::new(),
        transactions: Vec::new(),
        taken_back: Vec::new(),
        reversals_elsewhere: Vec::new(),
        action_payments: Vec::new(),
        realised_gains: Vec::new(),
        gain_changes: Vec::new(),
        changed_disposals: Vec::new(),
        nav_bridge: Vec::new(),
        measures: Vec::new(),
        backtests: Vec::new(),
        attribution: Vec::new(),
        exceptions: Vec::new(),
        further: Further::default(),
        firm: None,
    }
}

fn value(business_date: &str, previous: Option<&str>, market_value: &str) -> PortfolioValue {
    PortfolioValue {
        portfolio_id: portfolio_id(),
        business_date: date(business_date),
        previous_business_date: previous.map(date),
        base_currency: Currency::EUR,
        market_value: Some(amount(market_value)),
        securities_value: None,
        cash_value: None,
        position_count: 0,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    }
}

struct Worth {
    quantity: &'static str,
    price: &'static str,
    price_date: &'static str,
    basis: &'static str,
    currency: Currency,
    value: &'static str,
    rate: Option<&'static str>,
    value_base: &'static str,
}

fn valuation(instrument_id: InstrumentId, worth: &Worth) -> Valuation {
    let price_date = (worth.basis != "cash").then(|| date(worth.price_date));
    Valuation {
        portfolio_id: portfolio_id(),
        instrument_id,
        business_date: date("2014-12-31"),
        quantity: worth.quantity.parse::<Quantity>().expect("a quantity"),
        price: Some(worth.price.parse::<Price>().expect("a price")),
        price_date,
        price_basis: worth.basis.to_owned(),
        currency: worth.currency,
        value: Some(amount(worth.value)),
        fx_rate: worth.rate.map(|rate| rate.parse::<Rate>().expect("a rate")),
        fx_rate_date: worth.rate.map(|_| date("2014-12-31")),
        value_base: Some(amount(worth.value_base)),
    }
}

fn position(instrument_id: InstrumentId, since: &str, quantity: &str, currency: Currency, cost_base: &str) -> Position {
    Position {
        portfolio_id: portfolio_id(),
        instrument_id,
        business_date: date(since),
        quantity: quantity.parse().expect("a quantity"),
        currency,
        cost: Some(amount(cost_base)),
        cost_base: Some(amount(cost_base)),
        charges: None,
        charges_base: None,
    }
}

fn measure(period: ReportingPeriod, measure: &str, value: Result<f64, &str>) -> MeasureRow {
    MeasureRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        period,
        measure: measure.to_owned(),
        value: value.ok(),
        amount: None,
        value_date: None,
        unavailable_reason: value.err().map(str::to_owned),
    }
}

pub(crate) fn transaction(sequence: i64, trade_date: &str, kind: &str, net_cash: &str) -> Transaction {
    Transaction {
        portfolio_id: portfolio_id(),
        transaction_id: format!("t{sequence}"),
        booking_sequence: sequence,
        trade_date: date(trade_date),
        settlement_date: None,
        kind: kind.to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        currency: Currency::EUR,
        fees: Amount::ZERO,
        taxes: Amount::ZERO,
        net_cash: amount(net_cash),
        counter_currency: None,
        counter_amount: None,
        lot_cost: None,
        lot_acquired_date: None,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: String::new(),
        origin: format!("D03/transactions.csv:{sequence}"),
    }
}

fn cash_flow(sequence: i64, flow_date: &str, kind: &str, flow: &str) -> CashFlow {
    CashFlow {
        portfolio_id: portfolio_id(),
        transaction_id: format!("t{sequence}"),
        business_date: date(flow_date),
        flow_date: day(flow_date),
        kind: kind.to_owned(),
        currency: Currency::EUR,
        amount: Some(amount(flow)),
        amount_base: Some(amount(flow)),
    }
}

/// SAP with a price of the day before, Apple in dollars, cash in both currencies. What the statement must show is in
/// `tests/cases/portfolio_statement/two_positions/expected.csv`, with the arithmetic in its README.
pub(crate) fn two_positions() -> StatementInput {
    let (sap, apple) = (instrument_id("SAP.DE"), instrument_id("AAPL"));
    let mut input = empty();
    input.instruments =
        vec![instrument("SAP.DE", "SAP SE", Currency::EUR), instrument("AAPL", "Apple, Inc.", Currency::USD)];
    input.valuations = valuations(&sap, &apple);
    input.positions = vec![
        position(sap.clone(), "2014-06-30", "120", Currency::EUR, "6000"),
        position(sap.clone(), "2014-12-18", "100", Currency::EUR, "5000"),
        position(apple.clone(), "2014-12-16", "50", Currency::USD, "4700"),
        position(InstrumentId::cash(Currency::EUR), "2014-06-30", "972.215", Currency::EUR, "972.215"),
        position(InstrumentId::cash(Currency::USD), "2014-06-30", "4.497", Currency::USD, "4.497"),
    ];
    input.portfolio_values = vec![
        value("2014-06-30", None, "10000"),
        value("2014-11-28", Some("2014-11-27"), "11500"),
        value("2014-12-31", Some("2014-12-30"), "11614.554024035"),
    ];
    input.cash_flows =
        vec![cash_flow(1, "2014-12-15", "DEPOSIT", "250.004"), cash_flow(5, "2014-12-22", "WITHDRAWAL", "-100")];
    input.transactions = transactions(&sap, &apple);
    input.realised_gains = vec![realised(sap)];
    input.nav_bridge = bridge();
    input.measures = measures();
    input.exceptions = vec![Exception {
        check_name: "carried_price".to_owned(),
        business_date: date("2014-12-31"),
        severity: Severity::Warn,
        portfolio_id: portfolio_id(),
        subject: "D03~SAP.DE".to_owned(),
        message: "the price of 2014-12-30 is carried to 2014-12-31".to_owned(),
    }];
    input
}

fn valuations(sap: &InstrumentId, apple: &InstrumentId) -> Vec<Valuation> {
    let rate = Some("0.823655");
    vec![
        valuation(
            sap.clone(),
            &Worth {
                quantity: "100",
                price: "58.26004",
                price_date: "2014-12-30",
                basis: "quote",
                currency: Currency::EUR,
                value: "5826.004",
                rate: None,
                value_base: "5826.004",
            },
        ),
        valuation(
            apple.clone(),
            &Worth {
                quantity: "50",
                price: "110.38",
                price_date: "2014-12-31",
                basis: "quote",
                currency: Currency::USD,
                value: "5519",
                rate,
                value_base: "4545.751945",
            },
        ),
        valuation(
            InstrumentId::cash(Currency::EUR),
            &Worth {
                quantity: "1234.564",
                price: "1",
                price_date: "",
                basis: "cash",
                currency: Currency::EUR,
                value: "1234.564",
                rate: None,
                value_base: "1234.564",
            },
        ),
        valuation(
            InstrumentId::cash(Currency::USD),
            &Worth {
                quantity: "9.997",
                price: "1",
                price_date: "",
                basis: "cash",
                currency: Currency::USD,
                value: "9.997",
                rate,
                value_base: "8.234079035",
            },
        ),
    ]
}

fn realised(sap: InstrumentId) -> RealisedGain {
    RealisedGain {
        portfolio_id: portfolio_id(),
        transaction_id: "t3".to_owned(),
        booking_sequence: 3,
        instrument_id: sap,
        business_date: date("2014-12-18"),
        trade_date: date("2014-12-18"),
        kind: "SELL".to_owned(),
        quantity: "20".parse().expect("a quantity"),
        currency: Currency::EUR,
        proceeds: Some(amount("1012.345")),
        cost: Some(amount("1000")),
        gain: Some(amount("12.345")),
        gain_base: Some(amount("12.345")),
        price_gain_base: Some(amount("12.345")),
        currency_gain_base: Some(Amount::ZERO),
        charges: Some(amount("10")),
        charges_base: Some(amount("10")),
    }
}

/// A line of the bridge; what exchange rates make has no amount in its currency.
pub(crate) fn step(
    component: BridgeComponent,
    currency: Currency,
    own: Option<&str>,
    amount_base: Option<&str>,
) -> NavBridgeRow {
    NavBridgeRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        component,
        currency,
        amount: own.map(amount),
        amount_base: amount_base.map(amount),
        detail: None,
    }
}

/// What led from 11,500 to 11,614.554024035.
fn bridge() -> Vec<NavBridgeRow> {
    use BridgeComponent as C;
    let euro = |component, own| step(component, Currency::EUR, Some(own), Some(own));
    let dollar = |component, own, in_euro| step(component, Currency::USD, own, Some(in_euro));
    vec![
        euro(C::Contributions, "250.004"),
        euro(C::Withdrawals, "-100"),
        euro(C::RealisedPriceGain, "22.345"),
        euro(C::UnrealisedPriceGain, "-60.1"),
        dollar(C::UnrealisedPriceGain, Some("25"), "20.4"),
        dollar(C::UnrealisedCurrencyGain, None, "-0.594975965"),
        dollar(C::CashCurrencyGain, None, "-3.5"),
        euro(C::Exchanges, "-900"),
        dollar(C::Exchanges, Some("1100.5"), "900"),
        euro(C::FeeBrokerage, "-10"),
        dollar(C::FeeBrokerage, Some("-5"), "-4"),
    ]
}

fn transactions(sap: &InstrumentId, apple: &InstrumentId) -> Vec<Transaction> {
    vec![
        transaction(1, "2014-12-15", "DEPOSIT", "250.004"),
        Transaction {
            instrument_id: Some(apple.clone()),
            quantity: Some("10".parse().expect("a quantity")),
            price: Some("109".parse().expect("a price")),
            currency: Currency::USD,
            fees: amount("5"),
            ..transaction(2, "2014-12-16", "BUY", "-1095")
        },
        Transaction {
            instrument_id: Some(sap.clone()),
            quantity: Some("20".parse().expect("a quantity")),
            price: Some("51.11725".parse().expect("a price")),
            fees: amount("10"),
            ..transaction(3, "2014-12-18", "SELL", "1012.345")
        },
        Transaction {
            counter_currency: Some(Currency::USD),
            counter_amount: Some(amount("1100.5")),
            ..transaction(4, "2014-12-18", "FX_SPOT", "-900")
        },
        transaction(5, "2014-12-22", "WITHDRAWAL", "-100"),
    ]
}

fn measures() -> Vec<MeasureRow> {
    use ReportingPeriod::{MonthToDate, OneYear, SinceInception, YearToDate};
    let young = "the portfolio is younger than the period";
    let mut rows = vec![
        measure(MonthToDate, "twr", Ok(-0.003_083)),
        measure(YearToDate, "twr", Ok(0.161_455)),
        measure(OneYear, "twr", Err(young)),
        measure(SinceInception, "twr", Ok(0.161_455)),
        measure(MonthToDate, "annualised_return_act365", Ok(-0.03)),
        measure(SinceInception, "annualised_return_act365", Ok(0.35)),
        measure(OneYear, "annualised_return_act365", Err(young)),
        measure(MonthToDate, "volatility", Ok(0.1)),
        measure(SinceInception, "sharpe_rf", Ok(1.234_9)),
        measure(SinceInception, "max_drawdown", Ok(-0.052_5)),
        measure(SinceInception, "xirr", Ok(f64::MAX)),
    ];
    let dated = |period, name: &str, day| MeasureRow { value_date: Some(day), ..measure(period, name, Err("")) };
    rows.push(dated(SinceInception, "max_drawdown_peak_date", day("2014-09-19")));
    rows.push(dated(SinceInception, "max_drawdown_trough_date", day("2014-10-16")));
    rows
}

/// A portfolio of this many funds, each worth one euro, bought for fifty cents.
pub(crate) fn of_size(count: usize) -> StatementInput {
    let mut input = empty();
    for number in 1..=count {
        let symbol = format!("F{number:04}");
        let id = instrument_id(&symbol);
        input.instruments.push(instrument(&symbol, &format!("Fund number {number:04}"), Currency::EUR));
        input.valuations.push(valuation(
            id.clone(),
            &Worth {
                quantity: "2",
                price: "0.5",
                price_date: "2014-12-31",
                basis: "quote",
                currency: Currency::EUR,
                value: "1",
                rate: None,
                value_base: "1",
            },
        ));
        input.positions.push(position(id, "2014-06-30", "2", Currency::EUR, "0.5"));
    }
    let count = count.to_string();
    input.nav_bridge = vec![step(BridgeComponent::UnrealisedPriceGain, Currency::EUR, Some(&count), Some(&count))];
    if let Some(last) = input.portfolio_values.last_mut() {
        last.market_value = Some(amount(&count));
    }
    input
}
