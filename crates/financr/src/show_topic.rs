//! Which portfolio and which side of it `financr show` is asked for.
//!
//! One word is a portfolio, two are a topic and a portfolio. A portfolio that is called like a topic is asked for with
//! the topic `portfolio` before it, so that no name is lost.

use std::str::FromStr;

use schemas::PortfolioId;

/// A side of a portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// A page of everything.
    Overview,
    /// Returns by period, month and year, and the way of the wealth.
    Performance,
    /// The tail of the losses, dispersion, drawdown, and how daily returns are spread.
    Risk,
    /// Every measure.
    Measures,
    /// Why it did better or worse than its benchmark, and what its groups and positions added.
    Attribution,
    /// What moves it: its returns explained by factors.
    Factors,
    /// How long it takes to sell the positions.
    Liquidity,
    /// What scenarios would do.
    Stress,
    /// What changed the value between two dates.
    Explain,
}

impl Topic {
    /// Every topic, in the order of the help text.
    pub(crate) const ALL: [Topic; 9] = [
        Topic::Overview,
        Topic::Performance,
        Topic::Risk,
        Topic::Measures,
        Topic::Attribution,
        Topic::Factors,
        Topic::Liquidity,
        Topic::Stress,
        Topic::Explain,
    ];

    /// The word on the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Topic::Overview => "portfolio",
            Topic::Performance => "performance",
            Topic::Risk => "risk",
            Topic::Measures => "measures",
            Topic::Attribution => "attribution",
            Topic::Factors => "factors",
            Topic::Liquidity => "liquidity",
            Topic::Stress => "stress",
            Topic::Explain => "explain",
        }
    }
}

impl FromStr for Topic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Topic::ALL.into_iter().find(|topic| topic.word() == text);
        found.ok_or_else(|| format!("unknown topic `{text}`; known: {}", Topic::ALL.map(Topic::word).join(", ")))
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The list of portfolios.
    Portfolios,
    /// A side of one portfolio.
    One(Topic, PortfolioId),
}

/// Reads the words of the command line.
///
/// # Errors
/// If they mean nothing; the message says what to write.
pub(crate) fn asked(first: Option<&str>, second: Option<&str>) -> Result<Asked, String> {
    let portfolio = |word: &str| word.parse::<PortfolioId>().map_err(|error| error.to_string());
    match (first, second) {
        (None, _) => Ok(Asked::Portfolios),
        (Some(word), None) => match word.parse::<Topic>() {
            Ok(_) => Err(format!(
                "`{word}` is a topic; name a portfolio after it: `financr show {word} PORTFOLIO`. A portfolio that is \
                 called `{word}` is shown by `financr show {} {word}`",
                Topic::Overview.word()
            )),
            Err(_) => Ok(Asked::One(Topic::Overview, portfolio(word)?)),
        },
        (Some(word), Some(id)) => match word.parse::<Topic>() {
            Ok(topic) => Ok(Asked::One(topic, portfolio(id)?)),
            Err(_) if id.parse::<Topic>().is_ok() => {
                Err(format!("the topic comes before the portfolio: `financr show {id} {word}`"))
            }
            Err(unknown) => Err(unknown),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(topic: Topic, id: &str) -> Result<Asked, String> {
        Ok(Asked::One(topic, id.parse().expect("an id")))
    }

    #[test]
    fn one_word_is_a_portfolio_and_two_are_a_topic_and_a_portfolio() {
        assert_eq!(asked(None, None), Ok(Asked::Portfolios));
        assert_eq!(asked(Some("D01"), None), one(Topic::Overview, "D01"));
        assert_eq!(asked(Some("risk"), Some("D01")), one(Topic::Risk, "D01"));
        for topic in Topic::ALL {
            assert_eq!(asked(Some(topic.word()), Some("D01")), one(topic, "D01"));
        }
    }

    #[test]
    fn a_portfolio_that_is_called_like_a_topic_can_be_shown() {
        for topic in Topic::ALL {
            let word = topic.word();
            assert_eq!(asked(Some("portfolio"), Some(word)), one(Topic::Overview, word));
            assert_eq!(asked(Some("measures"), Some(word)), one(Topic::Measures, word));
            let refused = asked(Some(word), None).expect_err("a topic alone");
            assert!(refused.contains(&format!("`financr show portfolio {word}`")), "{refused}");
        }
    }

    #[test]
    fn what_means_nothing_is_told_what_is_known() {
        let refused = |first: &str, second: &str| asked(Some(first), Some(second)).expect_err("refused");
        let known = "unknown topic `risks`; known: portfolio, performance, risk, measures, attribution, factors, \
             liquidity, stress, explain";
        assert_eq!(refused("risks", "D01"), known);
        assert_eq!(refused("D01", "risk"), "the topic comes before the portfolio: `financr show risk D01`");
        assert!(refused("risk", "a b").contains("is no portfolio id"));
    }
}
