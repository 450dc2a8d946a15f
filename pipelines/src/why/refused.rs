//! Questions that have no answer, with what to ask instead.

use schemas::{BusinessDate, PortfolioId, RunId};

/// Names that an error lists at most.
const NAMES_MAX: usize = 60;

/// Why a figure cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such portfolio.
    #[error(
        "there is no portfolio `{portfolio_id}` in silver.portfolios; `financr show` lists them, and a portfolio that \
         was just imported is there after its first night"
    )]
    UnknownPortfolio {
        /// The id as given.
        portfolio_id: PortfolioId,
    },
    /// No night has valued the portfolio.
    #[error("{portfolio_id} was never valued; run `financr run nightly --date D` first")]
    NeverValued {
        /// The portfolio.
        portfolio_id: PortfolioId,
    },
    /// The date is no valuation date, or no night was run for it.
    #[error("{portfolio_id} was not valued on {date}{}", hint(.before))]
    NotValued {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The date as asked for.
        date: BusinessDate,
        /// The last date before on which it was.
        before: Option<BusinessDate>,
    },
    /// No such figure.
    #[error("unknown figure `{figure}`; known: {known}")]
    UnknownFigure {
        /// The name as given.
        figure: String,
        /// The names that are known.
        known: String,
    },
    /// The figure is of one position, and none was named.
    #[error("`{figure}` is a figure of one position: add --instrument SYMBOL; held on {date}: {held}")]
    InstrumentMissing {
        /// The figure.
        figure: &'static str,
        /// The date of the answer.
        date: BusinessDate,
        /// What is held.
        held: String,
    },
    /// The figure is of the whole portfolio, and an instrument was named.
    #[error("`{figure}` is a figure of the whole portfolio: leave out --instrument, or ask for one of: {others}")]
    InstrumentUnused {
        /// The figure.
        figure: String,
        /// Figures of one instrument.
        others: String,
    },
    /// The market has no such instrument.
    #[error("the market of the portfolio lists no `{instrument}`; held on {date}: {held}")]
    UnknownInstrument {
        /// The symbol as given.
        instrument: String,
        /// The date of the answer.
        date: BusinessDate,
        /// What is held.
        held: String,
    },
    /// The portfolio has cash in several currencies, or the one named is none.
    #[error("name the currency of the cash: --instrument followed by one of: {held}")]
    CurrencyMissing {
        /// The currencies that were ever booked.
        held: String,
    },
    /// The run did not read a table that the answer needs.
    #[error(
        "run {run_id} did not record which version of {table} it read, so its figures cannot be traced; \
         name a run of `nightly` or leave out --as-of-run"
    )]
    Unpinned {
        /// The run.
        run_id: RunId,
        /// The table.
        table: &'static str,
    },
    /// The tree is too large to be of use.
    #[error("the answer has {nodes} lines, more than {max}; ask for fewer parts with --list")]
    TooLarge {
        /// Lines of the answer.
        nodes: usize,
        /// Lines that an answer may have.
        max: usize,
    },
}

fn hint(before: &Option<BusinessDate>) -> String {
    match before {
        Some(before) => format!("; the last date before on which it was is {before}"),
        None => "; it has no valuation before that date either".to_owned(),
    }
}

/// A list of names that stays readable however long it is.
pub(super) fn listed(names: impl IntoIterator<Item = String>) -> String {
    let mut names: Vec<String> = names.into_iter().collect();
    let more = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    match (names.is_empty(), more) {
        (true, _) => "nothing".to_owned(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_to_ask_instead() {
        let refused = Refused::NotValued {
            portfolio_id: "D01".parse().expect("an id"),
            date: "2024-03-31".parse().expect("a date"),
            before: Some("2024-03-28".parse().expect("a date")),
        };
        let words = "D01 was not valued on 2024-03-31; the last date before on which it was is 2024-03-28";
        assert_eq!(refused.to_string(), words);
        assert_eq!(listed((0..62).map(|number| number.to_string())).matches(',').count(), 59);
        assert!(listed((0..62).map(|number| number.to_string())).ends_with("59 and 2 more"));
        assert_eq!(listed([]), "nothing");
    }
}
