//! What each kind of transaction must say.

/// Whether a kind names an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstrumentRule {
    /// It must.
    Required,
    /// It may.
    Optional,
    /// It means nothing.
    None,
}

/// Whether a kind says how many units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityRule {
    /// It must.
    Yes,
    /// It must if it names an instrument.
    IfInstrument,
    /// It need not.
    No,
}

/// Whether a kind moves cash, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CashRule {
    /// Cash comes in: zero or positive.
    In,
    /// Cash goes out: zero or negative.
    Out,
    /// Cash moves either way, but it must be said how much.
    Either,
    /// Cash may move.
    Optional,
    /// No cash moves.
    None,
}

/// What a kind must say and what it means.
#[derive(Clone, Copy, Debug)]
pub struct KindRules {
    /// The word in files and tables.
    pub code: &'static str,
    /// What it does, in a phrase.
    pub definition: &'static str,
    /// Whether it crosses the border of the portfolio (GIPS "external cash flow").
    pub is_external: bool,
    /// Whether it names an instrument.
    pub instrument: InstrumentRule,
    /// Whether it says how many units.
    pub quantity: QuantityRule,
    /// Whether and how it moves cash.
    pub cash: CashRule,
}

/// The rules of every kind, in the order of [`TransactionKind::ALL`].
pub(super) static RULES: [KindRules; 38] = [
    rules("DEPOSIT", "the client pays cash in", EXTERNAL, InstrumentRule::None, QuantityRule::No, CashRule::In),
    rules("WITHDRAWAL", "the client takes cash out", EXTERNAL, InstrumentRule::None, QuantityRule::No, CashRule::Out),
    rules("BUY", "units in, cash out", INSIDE, InstrumentRule::Required, QuantityRule::Yes, CashRule::Out),
    rules(
        "SELL",
        "units out by the portfolio's cost basis method, cash in",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::Either,
    ),
    rules("DIVIDEND", "cash from an issuer", INSIDE, InstrumentRule::Required, QuantityRule::No, CashRule::Either),
    rules(
        "STOCK_DIVIDEND",
        "units in without cost; the basis is spread over all units",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::Optional,
    ),
    rules(
        "DIVIDEND_IN_KIND",
        "units in at their value of the day, which is income",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::Optional,
    ),
    rules(
        "DIVIDEND_REINVESTED",
        "income of quantity × price, and units in at that cost",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::Optional,
    ),
    rules(
        "RETURN_OF_CAPITAL",
        "cash in, which lowers the basis of the units held",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::No,
        CashRule::In,
    ),
    rules(
        "INTEREST",
        "interest received, or paid if negative",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "ACCRUED_INTEREST",
        "accrued interest paid or received with a bond trade",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "LENDING_INCOME",
        "income from lending securities, or its repayment",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "FEE",
        "a fee that belongs to no trade, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "FEE_CUSTODY",
        "a custody fee, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "FEE_MANAGEMENT",
        "a management or advice fee, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "FEE_PERFORMANCE",
        "a performance fee, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "FEE_BROKERAGE",
        "a commission booked apart from its trade, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "FEE_EXCHANGE",
        "an exchange, clearing or market data fee, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "TAX",
        "a tax that belongs to no trade, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "TAX_WITHHOLDING",
        "withholding tax booked apart from its income, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "TAX_RECLAIM",
        "withholding tax that came back, or was taken again",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "TAX_STAMP_DUTY",
        "stamp duty booked apart from its trade, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules(
        "TAX_TRANSACTION",
        "a transaction tax booked apart from its trade, or its refund",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Either,
    ),
    rules("FX", "one currency for another", INSIDE, InstrumentRule::None, QuantityRule::No, CashRule::Either),
    rules(
        "SPLIT",
        "units times `quantity`, before all else of the day",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "TRANSFER_IN",
        "securities in, at the close of the valuation date",
        EXTERNAL,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "TRANSFER_OUT",
        "securities out, at the close of the valuation date",
        EXTERNAL,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "INTERNAL_IN",
        "securities in from another portfolio; the lots keep cost and age",
        EXTERNAL,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "INTERNAL_OUT",
        "securities out to another portfolio; nothing is realised",
        EXTERNAL,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "LEND",
        "units lent out: a mark, the position stays",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "LEND_RETURN",
        "lent units back: a mark",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "WRITE_OFF",
        "the position becomes zero, without proceeds",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::No,
        CashRule::None,
    ),
    rules(
        "OPENING_BALANCE",
        "cash or units that were there when the books were opened",
        EXTERNAL,
        InstrumentRule::Optional,
        QuantityRule::IfInstrument,
        CashRule::Optional,
    ),
    rules(
        "ELECT_CASH",
        "the choice of cash in a corporate action",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "ELECT_STOCK",
        "the choice of units in a corporate action",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "ELECT_TENDER",
        "units offered in a tender",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "ELECT_EXERCISE",
        "rights that are exercised",
        INSIDE,
        InstrumentRule::Required,
        QuantityRule::Yes,
        CashRule::None,
    ),
    rules(
        "REVERSAL",
        "takes back the transaction that `reverses` names",
        INSIDE,
        InstrumentRule::Optional,
        QuantityRule::No,
        CashRule::Optional,
    ),
];

const EXTERNAL: bool = true;
const INSIDE: bool = false;

const fn rules(
    code: &'static str,
    definition: &'static str,
    is_external: bool,
    instrument: InstrumentRule,
    quantity: QuantityRule,
    cash: CashRule,
) -> KindRules {
    KindRules { code, definition, is_external, instrument, quantity, cash }
}
