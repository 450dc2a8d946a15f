//! What a beancount file declares: accounts, commodities, prices, balances and transactions.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::tokens::{Token, TokenLine, token_lines};
use crate::sieve::BadLine;

/// Brackets inside each other in a number.
const BRACKETS_MAX: usize = 32;

/// A number of a currency or a commodity.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Amount {
    pub(super) number: Decimal,
    pub(super) commodity: String,
}

/// What a lot cost, as far as it is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CostSpec {
    pub(super) per_unit: Option<Decimal>,
    pub(super) total: Option<Decimal>,
    pub(super) currency: Option<String>,
    pub(super) date: Option<BusinessDate>,
}

/// A price, of one unit or of all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PriceSpec {
    pub(super) number: Option<Decimal>,
    pub(super) currency: Option<String>,
    pub(super) is_total: bool,
}

/// A leg of a transaction as it is written; what is missing follows from the other legs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Posting {
    pub(super) account: String,
    pub(super) number: Option<Decimal>,
    pub(super) commodity: Option<String>,
    pub(super) cost: Option<CostSpec>,
    pub(super) price: Option<PriceSpec>,
}

/// What a directive says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Open {
        account: String,
        currencies: Vec<String>,
    },
    Commodity {
        code: String,
        metadata: BTreeMap<String, String>,
    },
    Price {
        code: String,
        amount: Amount,
    },
    Balance {
        account: String,
        amount: Amount,
    },
    Pad {
        account: String,
        source: String,
    },
    Transaction {
        words: String,
        postings: Vec<Posting>,
    },
    Include {
        path: String,
    },
    Plugin {
        name: String,
    },
    /// Something that books nothing: an event, a note, a query.
    Silent,
}

/// A directive.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Directive {
    pub(super) line: i64,
    /// The day; none where the directive has none.
    pub(super) date: Option<BusinessDate>,
    /// Where it begins and ends in the file.
    pub(super) range: std::ops::Range<usize>,
    pub(super) body: Body,
}

/// A file as directives.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ledger {
    pub(super) directives: Vec<Directive>,
    /// Options by name; the first of a name is kept.
    pub(super) options: BTreeMap<String, String>,
    pub(super) rejected: Vec<BadLine>,
}

/// Reads a file.
pub(super) fn ledger(text: &str) -> Ledger {
    let lines = token_lines(text);
    let mut ledger = Ledger::default();
    let mut rest = lines.as_slice();
    while let Some((head, after)) = rest.split_first() {
        let body = after.iter().take_while(|line| line.indented).count();
        let (body, next) = after.split_at(body);
        rest = next;
        match directive(head, body, &mut ledger.options) {
            Ok(directive) => ledger.directives.push(directive),
            Err(reason) => ledger.rejected.push(BadLine { line: head.line, reason }),
        }
    }
    ledger
}

fn directive(
    head: &TokenLine,
    body: &[TokenLine],
    options: &mut BTreeMap<String, String>,
) -> Result<Directive, String> {
    if head.indented {
        return Err("an indented line belongs to a directive, and there is none before it".to_owned());
    }
    // A directive of which one line cannot be read is not read without it: a leg less is another amount.
    if let Some(line) = std::iter::once(head).chain(body).find(|line| line.fault.is_some()) {
        return Err(format!("line {}: {}", line.line, line.fault.clone().unwrap_or_default()));
    }
    let mut reader = Reader { rest: &head.tokens };
    let date = reader.date();
    let said = match (reader.next(), date) {
        (Some(Token::Word(word)), Some(_)) => dated(word, &mut reader, body)?,
        (Some(Token::Word(word)), None) => undated(word, &mut reader, options)?,
        (Some(Token::Mark("*" | "!" | "&" | "?" | "%" | "#")), Some(_)) => transaction(&mut reader, body)?,
        (Some(Token::Commodity(flag)), Some(_)) if flag.len() == 1 => transaction(&mut reader, body)?,
        _ => return Err("this is no directive: a day and a word such as `txn` or `price` begin one".to_owned()),
    };
    let end = body.last().map_or(head.range.end, |line| line.range.end);
    let books_nothing = matches!(said, Body::Open { .. } | Body::Commodity { .. } | Body::Silent);
    let date = match date.map(BusinessDate::new).transpose() {
        Err(error) if !books_nothing => return Err(error.to_string()),
        date => date.ok().flatten(),
    };
    Ok(Directive { line: head.line, date, range: head.range.start..end, body: said })
}

fn undated(word: &str, reader: &mut Reader<'_>, options: &mut BTreeMap<String, String>) -> Result<Body, String> {
    match word {
        "option" => {
            let (name, value) = (reader.text()?, reader.text()?);
            reader.end()?;
            options.entry(name).or_insert(value);
            Ok(Body::Silent)
        }
        "include" => Ok(Body::Include { path: reader.last(Reader::text)? }),
        "plugin" => Ok(Body::Plugin { name: reader.text()? }),
        "pushtag" | "poptag" | "pushmeta" | "popmeta" => Ok(Body::Silent),
        other => Err(format!("`{other}` needs a day before it, or means nothing")),
    }
}

fn dated(word: &str, reader: &mut Reader<'_>, body: &[TokenLine]) -> Result<Body, String> {
    match word {
        "txn" => transaction(reader, body),
        "open" => {
            let account = reader.account()?;
            let mut currencies = Vec::new();
            while let Some(Token::Commodity(code)) = reader.rest.first() {
                currencies.push(code.clone());
                reader.next();
                reader.mark(",");
            }
            // The booking method.
            if matches!(reader.rest.first(), Some(Token::Text(_))) {
                reader.next();
            }
            reader.end()?;
            Ok(Body::Open { account, currencies })
        }
        "commodity" => Ok(Body::Commodity { code: reader.last(Reader::commodity)?, metadata: metadata(body) }),
        "price" => Ok(Body::Price { code: reader.commodity()?, amount: reader.last(Reader::amount)? }),
        "balance" => Ok(Body::Balance { account: reader.account()?, amount: reader.last(Reader::amount)? }),
        "pad" => Ok(Body::Pad { account: reader.account()?, source: reader.last(Reader::account)? }),
        "close" | "note" | "document" | "event" | "query" | "custom" => Ok(Body::Silent),
        other => Err(format!("`{other}` is no directive")),
    }
}

/// The texts of a directive's metadata, by key in lower case.
fn metadata(body: &[TokenLine]) -> BTreeMap<String, String> {
    let entries = body.iter().filter_map(|line| match line.tokens.as_slice() {
        [Token::Key(key), Token::Text(text), ..] => Some((key.to_lowercase(), text.clone())),
        _ => None,
    });
    entries.collect()
}

fn transaction(reader: &mut Reader<'_>, body: &[TokenLine]) -> Result<Body, String> {
    let mut words = Vec::new();
    while let Some(token) = reader.next() {
        match token {
            Token::Text(text) if !text.is_empty() => words.push(text.clone()),
            Token::Text(_) | Token::Label(_) | Token::Mark("|") => {}
            _ => return Err("after the flag of a transaction come texts, tags and links".to_owned()),
        }
    }
    let mut postings = Vec::new();
    for line in body {
        match line.tokens.first() {
            Some(Token::Key(_) | Token::Label(_)) => {}
            _ => {
                let posting = posting(&mut Reader { rest: &line.tokens });
                postings.push(posting.map_err(|reason| format!("line {}: {reason}", line.line))?);
            }
        }
    }
    Ok(Body::Transaction { words: words.join(" | "), postings })
}

fn posting(reader: &mut Reader<'_>) -> Result<Posting, String> {
    let is_flagged = match reader.rest.first() {
        Some(Token::Commodity(flag)) => flag.len() == 1,
        first => matches!(first, Some(Token::Mark(_))),
    };
    if is_flagged {
        reader.next();
    }
    let account = reader.account()?;
    let number = reader.number_if_any()?;
    let commodity = reader.commodity_if_any();
    let cost = if reader.mark("{{") {
        let spec = cost(reader, "}}")?;
        Some(CostSpec { total: spec.per_unit, per_unit: None, ..spec })
    } else if reader.mark("{") {
        Some(cost(reader, "}")?)
    } else {
        None
    };
    let is_total = reader.mark("@@");
    let price = if is_total || reader.mark("@") {
        Some(PriceSpec { number: reader.number_if_any()?, currency: reader.commodity_if_any(), is_total })
    } else {
        None
    };
    reader.end()?;
    Ok(Posting { account, number, commodity, cost, price })
}

fn cost(reader: &mut Reader<'_>, close: &'static str) -> Result<CostSpec, String> {
    let mut spec = CostSpec::default();
    while !reader.mark(close) {
        match reader.rest.first() {
            Some(Token::Date(date)) => {
                spec.date = Some(BusinessDate::new(*date).map_err(|error| error.to_string())?);
                reader.next();
            }
            Some(Token::Text(_) | Token::Mark("," | "*")) => {
                reader.next();
            }
            Some(Token::Commodity(_)) => spec.currency = reader.commodity_if_any(),
            Some(_) => {
                spec.per_unit = reader.number_if_any()?;
                if reader.mark("#") {
                    spec.total = reader.number_if_any()?;
                }
                if spec.per_unit.is_none() && spec.total.is_none() {
                    return Err("a cost is a number with its currency, a day and a label".to_owned());
                }
                spec.currency = reader.commodity_if_any().or(spec.currency);
            }
            None => return Err(format!("a cost is opened and not closed with `{close}`")),
        }
    }
    Ok(spec)
}

/// The words of a line that are not read yet.
struct Reader<'t> {
    rest: &'t [Token],
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<&'t Token> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn mark(&mut self, mark: &str) -> bool {
        let is_next = matches!(self.rest.first(), Some(Token::Mark(found)) if *found == mark);
        if is_next {
            self.next();
        }
        is_next
    }

    fn date(&mut self) -> Option<NaiveDate> {
        let Some(Token::Date(date)) = self.rest.first() else { return None };
        self.next();
        Some(*date)
    }

    fn account(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Account(name)) => Ok(name.clone()),
            _ => Err("an account such as Assets:Broker is missing".to_owned()),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text.clone()),
            _ => Err("a text in quotes is missing".to_owned()),
        }
    }

    fn commodity_if_any(&mut self) -> Option<String> {
        let Some(Token::Commodity(code)) = self.rest.first() else { return None };
        self.next();
        Some(code.clone())
    }

    fn commodity(&mut self) -> Result<String, String> {
        self.commodity_if_any().ok_or_else(|| "a currency or a commodity is missing".to_owned())
    }

    /// What ends the line: whatever stands behind it would be lost.
    fn last<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        let found = read(self)?;
        self.end()?;
        Ok(found)
    }

    fn end(&self) -> Result<(), String> {
        if self.rest.is_empty() { Ok(()) } else { Err("the end of the line cannot be read".to_owned()) }
    }

    /// A number with its commodity; a tolerance between the two is read over.
    fn amount(&mut self) -> Result<Amount, String> {
        let number = self.number_if_any()?.ok_or("a number is missing")?;
        if self.mark("~") {
            self.number_if_any()?;
        }
        Ok(Amount { number, commodity: self.commodity()? })
    }

    fn number_if_any(&mut self) -> Result<Option<Decimal>, String> {
        match self.rest.first() {
            Some(Token::Number(_) | Token::Mark("-" | "+" | "(")) => self.sum(0).map(Some),
            _ => Ok(None),
        }
    }

    fn sum(&mut self, depth: usize) -> Result<Decimal, String> {
        let mut sum = self.product(depth)?;
        loop {
            let next = if self.mark("+") {
                sum.checked_add(self.product(depth)?)
            } else if self.mark("-") {
                sum.checked_sub(self.product(depth)?)
            } else {
                return Ok(sum);
            };
            sum = next.ok_or("a number has too many digits")?;
        }
    }

    fn product(&mut self, depth: usize) -> Result<Decimal, String> {
        let mut product = self.factor(depth)?;
        loop {
            let next = if self.mark("*") {
                product.checked_mul(self.factor(depth)?)
            } else if self.mark("/") {
                let divisor = self.factor(depth)?;
                let quotient = product.checked_div(divisor).ok_or("a number is divided by zero")?;
                if quotient.checked_mul(divisor) != Some(product) {
                    return Err(format!("{product} / {divisor} has no end; write the amount that was booked"));
                }
                Some(quotient)
            } else {
                return Ok(product);
            };
            product = next.ok_or("a number has too many digits")?;
        }
    }

    fn factor(&mut self, depth: usize) -> Result<Decimal, String> {
        if BRACKETS_MAX < depth {
            return Err(format!("a number has more than {BRACKETS_MAX} brackets or signs inside each other"));
        }
        match self.next() {
            Some(Token::Number(number)) => Ok(*number),
            Some(Token::Mark("-")) => self.factor(depth + 1).map(|number| -number),
            Some(Token::Mark("+")) => self.factor(depth + 1),
            Some(Token::Mark("(")) => {
                let inner = self.sum(depth + 1)?;
                if self.mark(")") { Ok(inner) } else { Err("a bracket is not closed".to_owned()) }
            }
            _ => Err("a number is missing".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn postings(text: &str) -> Vec<Posting> {
        let ledger = ledger(text);
        assert_eq!(ledger.rejected, []);
        match &ledger.directives[0].body {
            Body::Transaction { postings, .. } => postings.clone(),
            other => panic!("no transaction: {other:?}"),
        }
    }

    fn number(text: &str) -> Option<Decimal> {
        Some(text.parse().expect("a number"))
    }

    #[test]
    fn lots_prices_and_sums_are_read() {
        let found = postings(
            "2024-03-01 ! \"Payee\" \"Narration\" #tag ^link\n  key: \"value\"\n  \
             ! Assets:B:X  -(10 + 2 * 3) X {{ 32 USD, 2024-01-02, \"lot\" }} @ 2.5 USD\n  Assets:B  USD\n  Income:G\n",
        );
        let spec = found[0].cost.clone().expect("a cost");
        assert_eq!((found[0].number, found[0].commodity.as_deref()), (number("-16"), Some("X")));
        assert_eq!((spec.per_unit, spec.total, spec.currency.as_deref()), (None, number("32"), Some("USD")));
        assert_eq!(spec.date, Some("2024-01-02".parse().expect("a date")));
        assert_eq!(found[0].price.as_ref().and_then(|price| price.number), number("2.5"));
        assert_eq!((found[1].number, found[1].commodity.as_deref()), (None, Some("USD")));
        assert_eq!(found[2], Posting { account: "Income:G".to_owned(), ..Posting::default() });
    }

    #[test]
    fn what_is_no_directive_is_rejected_with_its_line() {
        let file =
            "  Assets:A 1 USD\n2024-01-01 opne Assets:A\n2024-01-02 *\n  Assets:A 1/3 USD\n2024-01-03 price X 1 USD\n";
        let found = ledger(file);
        assert_eq!(found.rejected.iter().map(|bad| bad.line).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(found.rejected[2].reason, "line 4: 1 / 3 has no end; write the amount that was booked");
        assert_eq!(found.directives.len(), 1);
    }

    #[test]
    fn nothing_that_stands_behind_a_directive_is_lost() {
        for line in [
            "option \"title\" \"x\" 2024-01-01",
            "2024-01-01 open Assets:A USD \"STRICT\" USD",
            "2024-01-01 price X 1 USD 2024-01-02 price X 2 USD",
            "2024-01-01 balance Assets:A 1 USD EUR",
            "2024-01-01 pad Assets:A Equity:B Equity:C",
        ] {
            let rejected = ledger(line).rejected;
            assert_eq!(rejected.len(), 1, "{line}");
            assert_eq!(rejected[0].reason, "the end of the line cannot be read");
        }
        let whole = "plugin \"a\" \"b\"\n2024-01-01 open Assets:A USD, EUR \"STRICT\"\n\
                     2024-01-01 balance Assets:A 1 ~ 0.1 USD\n2024-01-01 note Assets:A \"x\" #tag\n";
        assert_eq!(ledger(whole).rejected, []);
    }

    #[test]
    fn a_leg_that_cannot_be_read_costs_the_whole_transaction() {
        let found = ledger("2024-01-02 *\n  Assets:A 1 USD\n  Assets:B 1 $\n  Income:C\n1792-01-01 commodity USD\n");
        assert_eq!(found.rejected.len(), 1);
        assert_eq!(found.rejected[0].reason, "line 3: `$` means nothing here");
        assert_eq!(found.directives.len(), 1, "a commodity may be older than any book");
        assert_eq!(ledger("1792-01-01 price USD 1 EUR\n").rejected.len(), 1);
    }

    #[test]
    fn brackets_have_a_limit() {
        let deep = format!("2024-01-01 *\n  Assets:A {}1{} USD\n", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(ledger(&deep).rejected.len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(
            lines in prop::collection::vec("[ ]{0,2}(2024-01-01 )?[a-zA-Z:0-9{}@ \\-+*/(),\"]{0,40}", 0..6),
        ) {
            let _ = ledger(&lines.join("\n"));
        }
    }
}
