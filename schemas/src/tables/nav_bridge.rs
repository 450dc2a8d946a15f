//! gold.nav_bridge: what led from one value of a portfolio to the next.
//!
//! The opening value plus all components is the closing value, per currency and for the portfolio as a whole. How each
//! component is computed is in docs/adr/0011.

use std::fmt;
use std::str::FromStr;

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date, component and currency whose amount is not zero: what happened after the
    /// close of the valuation date before, up to the close of this one. Sums over dates are the bridge of a period.
    NavBridgeRow = "gold.nav_bridge", key ["portfolio_id", "business_date", "component", "currency"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date at whose close the change is complete.
    business_date: BusinessDate,
    /// What changed the value, e.g. `dividends`.
    component: BridgeComponent,
    /// The currency of `amount`: of the cash that moved, or of the securities that gained.
    currency: Currency,
    /// The signed amount in `currency`, positive if it raised the value; none for gains that exchange rates made,
    /// which exist in the base currency only, and where nothing is known.
    amount: Option<Amount>,
    /// The same in the portfolio's base currency; none where nothing is known.
    amount_base: Option<Amount>,
    /// For a `residual` the transactions behind it, for `unknown` and `gap` the reason; otherwise none.
    detail: Option<String>,
}

/// A step of the bridge from the opening value to the closing value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BridgeComponent {
    /// Cash and units that were there when the books were opened.
    OpeningBalances,
    /// Cash that the client paid in.
    Contributions,
    /// Cash that the client took out.
    Withdrawals,
    /// Units that were brought in.
    TransfersIn,
    /// Units that were taken out.
    TransfersOut,
    /// Income from issuers, before tax.
    Dividends,
    /// Interest received or paid, before tax.
    Interest,
    /// Interest accrued on bonds, paid and received with their trades.
    AccruedInterest,
    /// Income from lending securities, before tax.
    LendingIncome,
    /// What prices made of units that were sold.
    RealisedPriceGain,
    /// What exchange rates made of units that were sold.
    RealisedCurrencyGain,
    /// What prices made of units that are held.
    UnrealisedPriceGain,
    /// What exchange rates made of units that are held.
    UnrealisedCurrencyGain,
    /// What exchange rates made of cash.
    CashCurrencyGain,
    /// What left one currency for another; nothing in sum.
    Exchanges,
    /// Fees without a kind of their own.
    Fee,
    /// Fees for safekeeping.
    FeeCustody,
    /// Fees for management or advice.
    FeeManagement,
    /// Fees that depend on the result.
    FeePerformance,
    /// Commissions of trades and exchanges of currencies.
    FeeBrokerage,
    /// Fees of exchanges, clearing houses and market data.
    FeeExchange,
    /// Taxes without a kind of their own, and their refunds.
    Tax,
    /// Tax withheld from income.
    TaxWithholding,
    /// Withholding tax that came back.
    TaxReclaim,
    /// Stamp duties.
    TaxStampDuty,
    /// Taxes on trades.
    TaxTransaction,
    /// What corporate actions brought or took beyond realised gains.
    CorporateActions,
    /// What became worthless.
    WriteOffs,
    /// What reversals took back.
    Corrections,
    /// What no component explains: a mistake, which blocks publication.
    Residual,
    /// A change that will never be known in parts.
    Unknown,
    /// A close that could not be valued: what happened up to it is counted at the next one that can be.
    Gap,
}

/// A component with its words: code, title for people, definition.
struct Words(BridgeComponent, &'static str, &'static str, &'static str);

impl BridgeComponent {
    /// Every component, in the order of a bridge.
    pub const ALL: [BridgeComponent; WORDS.len()] = {
        let mut all = [BridgeComponent::Gap; WORDS.len()];
        let mut place = 0;
        while place < WORDS.len() {
            all[place] = WORDS[place].0;
            place += 1;
        }
        all
    };

    /// The word in tables, e.g. `realised_price_gain`.
    pub fn code(self) -> &'static str {
        WORDS[self as usize].1
    }

    /// The words for people, e.g. `Realised gain, prices`.
    pub fn title(self) -> &'static str {
        WORDS[self as usize].2
    }

    /// What it counts, in a phrase.
    pub fn definition(self) -> &'static str {
        WORDS[self as usize].3
    }

    /// Whether it is a fee, of whatever kind.
    pub fn is_fee(self) -> bool {
        matches!(
            self,
            BridgeComponent::Fee
                | BridgeComponent::FeeCustody
                | BridgeComponent::FeeManagement
                | BridgeComponent::FeePerformance
                | BridgeComponent::FeeBrokerage
                | BridgeComponent::FeeExchange
        )
    }

    /// Whether it is a tax or one that came back, of whatever kind.
    pub fn is_tax(self) -> bool {
        matches!(
            self,
            BridgeComponent::Tax
                | BridgeComponent::TaxWithholding
                | BridgeComponent::TaxReclaim
                | BridgeComponent::TaxStampDuty
                | BridgeComponent::TaxTransaction
        )
    }

    /// Whether it exists in the base currency only: what exchange rates make is no amount of either currency.
    pub fn is_in_base_only(self) -> bool {
        matches!(
            self,
            BridgeComponent::RealisedCurrencyGain
                | BridgeComponent::UnrealisedCurrencyGain
                | BridgeComponent::CashCurrencyGain
        )
    }
}

/// The words of every component, in the order of the enum.
const WORDS: [Words; 32] = [
    Words(
        BridgeComponent::OpeningBalances,
        "opening_balances",
        "Opening balances",
        "cash and units that were there when the books were opened, units at their value of the day",
    ),
    Words(BridgeComponent::Contributions, "contributions", "Contributions", "cash that the client paid in"),
    Words(BridgeComponent::Withdrawals, "withdrawals", "Withdrawals", "cash that the client took out"),
    Words(
        BridgeComponent::TransfersIn,
        "transfers_in",
        "Transfers in",
        "securities that were brought in, at their value of the day",
    ),
    Words(
        BridgeComponent::TransfersOut,
        "transfers_out",
        "Transfers out",
        "securities that were taken out, at their value of the day",
    ),
    Words(BridgeComponent::Dividends, "dividends", "Dividends", "income from issuers, before the tax withheld from it"),
    Words(BridgeComponent::Interest, "interest", "Interest", "interest received less interest paid, before tax"),
    Words(
        BridgeComponent::AccruedInterest,
        "accrued_interest",
        "Accrued interest",
        "interest accrued on bonds, received with their sale less paid with their purchase",
    ),
    Words(
        BridgeComponent::LendingIncome,
        "lending_income",
        "Income from securities lending",
        "what borrowers of securities paid for them less what was paid back, before tax",
    ),
    Words(
        BridgeComponent::RealisedPriceGain,
        "realised_price_gain",
        "Realised gain, prices",
        "proceeds less cost of what was sold, both before charges, at the exchange rate of the sale",
    ),
    Words(
        BridgeComponent::RealisedCurrencyGain,
        "realised_currency_gain",
        "Realised gain, exchange rates",
        "the cost of what was sold at the exchange rate of the sale less at those of the purchases",
    ),
    Words(
        BridgeComponent::UnrealisedPriceGain,
        "unrealised_price_gain",
        "Unrealised gain, prices",
        "the change of value less cost of what is held, before charges, at the exchange rate of the day",
    ),
    Words(
        BridgeComponent::UnrealisedCurrencyGain,
        "unrealised_currency_gain",
        "Unrealised gain, exchange rates",
        "the change of the cost of what is held at the exchange rate of the day less at those of the purchases",
    ),
    Words(
        BridgeComponent::CashCurrencyGain,
        "cash_currency_gain",
        "Exchange rates on cash",
        "what exchange rates made of cash balances, the margin of exchanging currencies inside",
    ),
    Words(
        BridgeComponent::Exchanges,
        "exchanges",
        "Exchanges between currencies",
        "what left one currency for another, at the rate of the deal; nothing in sum",
    ),
    Words(BridgeComponent::Fee, "fee", "Other fees", "fees without a kind of their own"),
    Words(BridgeComponent::FeeCustody, "fee_custody", "Custody fees", "fees for safekeeping"),
    Words(BridgeComponent::FeeManagement, "fee_management", "Management fees", "fees for management or advice"),
    Words(BridgeComponent::FeePerformance, "fee_performance", "Performance fees", "fees that depend on the result"),
    Words(
        BridgeComponent::FeeBrokerage,
        "fee_brokerage",
        "Brokerage",
        "commissions, those inside trades and exchanges of currencies among them",
    ),
    Words(
        BridgeComponent::FeeExchange,
        "fee_exchange",
        "Exchange fees",
        "fees of exchanges, clearing houses and market data",
    ),
    Words(BridgeComponent::Tax, "tax", "Other taxes", "taxes without a kind of their own less refunds"),
    Words(BridgeComponent::TaxWithholding, "tax_withholding", "Withholding tax", "tax withheld from income"),
    Words(BridgeComponent::TaxReclaim, "tax_reclaim", "Withholding tax reclaimed", "withholding tax that came back"),
    Words(BridgeComponent::TaxStampDuty, "tax_stamp_duty", "Stamp duty", "stamp duties booked apart from their trades"),
    Words(
        BridgeComponent::TaxTransaction,
        "tax_transaction",
        "Transaction tax",
        "taxes on trades, those inside the trades among them",
    ),
    Words(
        BridgeComponent::CorporateActions,
        "corporate_actions",
        "Corporate actions",
        "what corporate actions brought or took beyond realised gains",
    ),
    Words(BridgeComponent::WriteOffs, "write_offs", "Write-offs", "the cost of what became worthless, before charges"),
    Words(
        BridgeComponent::Corrections,
        "corrections",
        "Corrections",
        "cash and cost that reversals of earlier bookings brought back or took",
    ),
    Words(BridgeComponent::Residual, "residual", "Unexplained", "what no component explains"),
    Words(BridgeComponent::Unknown, "unknown", "Not known", "a change whose parts will never be known"),
    Words(
        BridgeComponent::Gap,
        "gap",
        "Not valued",
        "a close that could not be valued; what happened up to it is counted at the next one that can be",
    ),
];

impl fmt::Display for BridgeComponent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.code())
    }
}

impl FromStr for BridgeComponent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = BridgeComponent::ALL.into_iter().find(|component| component.code() == text);
        found.ok_or_else(|| {
            let known = BridgeComponent::ALL.map(BridgeComponent::code).join(", ");
            format!("unknown component `{}`; known: {known}", text.chars().take(40).collect::<String>())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_component_has_its_own_words() {
        for component in BridgeComponent::ALL {
            assert_eq!(component.code().parse(), Ok(component));
            let words = format!("{component:?}").chars().fold(String::new(), |code, letter| {
                let gap = if letter.is_uppercase() && !code.is_empty() { "_" } else { "" };
                code + gap + &letter.to_lowercase().to_string()
            });
            assert_eq!(component.code(), words);
        }
        let titles: BTreeSet<&str> = BridgeComponent::ALL.iter().map(|component| component.title()).collect();
        assert_eq!(titles.len(), BridgeComponent::ALL.len());
    }

    #[test]
    fn fees_and_taxes_are_called_so() {
        for component in BridgeComponent::ALL {
            assert_eq!(component.is_fee(), component.code().starts_with("fee"), "{component}");
            assert_eq!(component.is_tax(), component.code().starts_with("tax"), "{component}");
        }
    }

    #[test]
    fn an_unknown_component_lists_the_known_ones() {
        let error = "divs".parse::<BridgeComponent>().expect_err("no such component");
        assert!(error.starts_with("unknown component `divs`; known: opening_balances, contributions"), "{error}");
    }
}
