//! What a night recorded in English, in the words of a reader: reasons of measures and messages of checks.
//!
//! Tables keep these texts in English. Here is what each says in French; one that is not listed, and every one in other
//! languages, stays as it was recorded. Braces name what a text tells: `{date…}` is a day and `{number…}` a number,
//! shown as the reader writes them, `{period}` is the code of a period, and all else is shown as it was recorded.

use schemas::{Language, ReportingPeriod};

use super::{Label, Words, filled};
use crate::locale::Locale;

/// A text as it is recorded, and in French.
type Pair = (&'static str, &'static str);

/// Why a measure has no figure, as far as a statement shows it, and why the change in value is not known.
const REASONS: &[Pair] = &[
    ("no daily return from {date_from} to {date_to}", "aucune performance quotidienne du {date_from} au {date_to}"),
    (
        "no day with invested capital from {date_from} to {date_to}",
        "aucun jour avec un capital investi du {date_from} au {date_to}",
    ),
    ("no valuation from {date_from} to {date_to}", "aucune valorisation du {date_from} au {date_to}"),
    ("no day up to {date} was valued", "aucun jour jusqu’au {date} n’a été valorisé"),
    (
        "the portfolio began on {date}, inside the period {period}",
        "le portefeuille a commencé le {date}, au cours de la période {period}",
    ),
    (
        "the value or a flow of {date} is unknown; see the exceptions of that date",
        "la valeur ou un flux du {date} n’est pas connu ; voir les constats de cette date",
    ),
    (
        "the period is shorter than a year and is not annualised",
        "la période est inférieure à un an et n’est pas annualisée",
    ),
    ("a period without a day cannot be annualised", "une période sans aucun jour ne peut pas être annualisée"),
    (
        "a loss of more than everything cannot be annualised",
        "une perte supérieure à la totalité ne peut pas être annualisée",
    ),
    ("a dispersion needs at least two daily returns", "une dispersion exige au moins deux performances quotidiennes"),
    ("the returns do not vary", "les performances ne varient pas"),
    (
        "the returns above the risk-free rates do not vary",
        "les performances au-delà des taux sans risque ne varient pas",
    ),
    ("no risk-free rate is known", "aucun taux sans risque n’est connu"),
    (
        "no risk-free rate is known for {days}, or only one that is too old",
        "aucun taux sans risque n’est connu pour {days}, ou seulement un taux trop ancien",
    ),
    (
        "no drawdown: no day closed below an earlier high",
        "aucune baisse : aucune clôture n’est inférieure à un plus haut antérieur",
    ),
    (
        "no money-weighted return of a period without a day",
        "aucune performance pondérée par les flux pour une période sans aucun jour",
    ),
    ("no rate without flows on two days", "aucun taux sans flux à deux dates différentes"),
    ("no rate solves it: all flows have one sign", "aucun taux ne convient : tous les flux sont de même signe"),
    (
        "no rate solves it: nothing came back of what was paid in, and nothing is left",
        "aucun taux ne convient : rien n’est revenu de ce qui a été versé, et il ne reste rien",
    ),
    ("no rate solves it, however high or low", "aucun taux ne convient, si élevé ou si bas soit-il"),
    (
        "ambiguous: the rates that solve it cannot be told apart",
        "ambigu : les taux qui conviennent ne peuvent pas être distingués",
    ),
    ("ambiguous: {number} rates solve it: {rates}", "ambigu : {number} taux conviennent : {rates}"),
    ("the rate a year is higher than any number", "le taux annuel dépasse tout nombre représentable"),
];

/// Why a figure of risk is missing, as far as the report on risk shows it.
const RISKS: &[Pair] = &[
    ("nothing is listed in the market {market}", "le marché {market} ne contient aucun instrument"),
    ("there is no position", "il n’y a aucune position"),
    ("{name} has no value in the base currency", "{name} n’a pas de valeur dans la devise de référence"),
    (
        "{number} % of the values would be left out, more than {number_most} %; the most is {name}: {gap}",
        "{number} % des valeurs seraient exclues, plus de {number_most} % ; la plus grande est {name}",
    ),
    ("the market of the portfolio does not list it", "le marché du portefeuille ne le contient pas"),
    (
        "it has no return on {date}: a close or a rate of that day or the one before is missing",
        "aucune performance le {date} : il manque un cours ou un taux de change de ce jour ou du précédent",
    ),
    ("it was quoted on {number} of {number_days} days only", "il n’a été coté que {number} jours sur {number_days}"),
    (
        "not enough daily returns in two years: {number} of {number_least}",
        "pas assez de performances quotidiennes en deux ans : {number} sur {number_least}",
    ),
    (
        "not enough returns for five years: {number} of {number_least}",
        "pas assez de performances pour cinq ans : {number} sur {number_least}",
    ),
    (
        "not enough returns for five years: {number} of {number_least}; returns count from after {date}, a day without \
         one",
        "pas assez de performances pour cinq ans : {number} sur {number_least} ; elles comptent après le {date}, jour \
         sans performance",
    ),
    ("not enough returns: {number} of {number_least}", "pas assez de performances : {number} sur {number_least}"),
    (
        "not enough returns: {number} of {number_least}; returns count from after {date}, a day without one",
        "pas assez de performances : {number} sur {number_least} ; elles comptent après le {date}, jour sans \
         performance",
    ),
    (
        "a figure of one day needs daily returns; those of the portfolio are {rhythm}",
        "un chiffre d’une journée demande des performances quotidiennes ; celles du portefeuille ne le sont pas",
    ),
    (
        "no day follows one that exceeded the value at risk",
        "aucun jour n’en suit un autre qui ait dépassé la valeur en risque",
    ),
    (
        "no day follows one that did not exceed the value at risk",
        "aucun jour n’en suit un autre qui n’ait pas dépassé la valeur en risque",
    ),
    ("{name} has no value; see the exceptions of the date", "{name} n’a pas de valeur ; voir les constats de la date"),
    ("{name} has no value", "{name} n’a pas de valeur"),
    ("by {grouping}: no weight is other than zero", "toutes les valeurs sont nulles"),
    ("no position", "il n’y a aucune position"),
    (
        "{name}: no volume is known on the last {number} valuation dates",
        "{name} : aucun volume n’est connu aux {number} dernières dates de valorisation",
    ),
    (
        "{name}: volumes are known on {number} of the last {number_days} valuation dates, and {number_least} are \
         needed",
        "{name} : des volumes sont connus à {number} des {number_days} dernières dates de valorisation, il en faut \
         {number_least}",
    ),
    (
        "{name}: its market does not list it, so nobody knows whether its quotes are adjusted",
        "{name} : le marché ne le contient pas, on ignore donc si ses cours sont ajustés",
    ),
    ("{name}: nothing is traded on an average day", "{name} : rien ne s’échange un jour moyen"),
    ("no day has returns of both sides", "aucun jour n’a de performance des deux côtés"),
    (
        "the time that is repeated ends on {date_end}, after {date}",
        "la période répétée se termine le {date_end}, après le {date}",
    ),
    (
        "of {number} % of the values nobody knows what would happen, more than {number_most} %; the most is {name}: \
         {gap}",
        "pour {number} % des valeurs, nul ne sait ce qu’il adviendrait, plus de {number_most} % ; la plus grande est \
         {name}",
    ),
];

/// What checks find.
const MESSAGES: &[Pair] = &[
    ("{instrument} is valued with its price of {date}", "{instrument} est valorisé à son cours du {date}"),
    (
        "{instrument} is valued with its price of {date}, {number_age} days old, and {number_most} are the most; \
         deliver a close in prices.csv, book a WRITE_OFF if it is worth nothing, or raise close_days_max in \
         financr.toml",
        "{instrument} est valorisé à son cours du {date}, vieux de {number_age} jours pour un maximum de {number_most}",
    ),
    (
        "{instrument} has no quote; it is valued with the price of its last trade on {date}",
        "{instrument} n’a pas de cotation ; il est valorisé au cours de sa dernière transaction, du {date}",
    ),
    ("{instrument} has never been quoted or traded; add its prices", "{instrument} n’a jamais été coté ni négocié"),
    (
        "{instrument} is converted with the {currency} rate of {date}",
        "{instrument} est converti au taux de change {currency} du {date}",
    ),
    (
        "no FX rate for {currency} on or before this date; ingest the rates",
        "aucun taux de change {currency} à cette date ni avant",
    ),
    (
        "the rate from {from} to {to} would be one of {date}, {number_age} days old, and no rate counts for more than \
         {number_most} days; deliver newer ones in fx.csv, or raise fx_rate_days_max in financr.toml",
        "le taux de change de {from} en {to} serait celui du {date}, vieux de {number_age} jours pour un maximum de \
         {number_most}",
    ),
    ("{instrument} is short: {number} units", "{instrument} est à découvert : {number} titres"),
    (
        "the {currency} account is overdrawn: {number} {unit}",
        "le compte en {currency} est à découvert : {number} {unit}",
    ),
    ("the daily return is {number} percent", "la performance du jour est de {number} %"),
    (
        "nothing was booked for the {kind} of {date_ex}, {number_units} × {number_amount} {currency}, up to \
         {date_last}",
        "rien n’a été comptabilisé pour {kind} du {date_ex}, {number_units} × {number_amount} {currency}, jusqu’au \
         {date_last}",
    ),
    (
        "the {kind} of {date} has no price or no {currency} rate for its day",
        "{kind} du {date} : ni cours ni taux de change {currency} pour ce jour",
    ),
    (
        "the benchmark {symbol} is not listed in the market {market}",
        "l’indice de référence {symbol} ne figure pas dans le marché {market}",
    ),
    (
        "the benchmark {symbol} has no close or no exchange rate by then",
        "l’indice de référence {symbol} n’a pas de clôture ou pas de taux de change à cette date",
    ),
    (
        "the daily return of the benchmark is {number} percent; a split or a wrong close of what it is made of would \
         look so",
        "la performance du jour de l’indice de référence est de {number} % ; une division ou une clôture erronée de \
         ses composants aurait cet effet",
    ),
    (
        "{symbol} in the benchmark is a price index: its return is without dividends and interest, that of the \
         portfolio is with them",
        "{symbol}, dans l’indice de référence, est un indice de prix : sa performance ne comprend pas dividendes et \
         intérêts, celle du portefeuille les comprend",
    ),
    (
        "nobody says whether the return of {symbol} in the benchmark is with dividends and interest, as that of the \
         portfolio is; give it a return_basis in instruments.csv",
        "il n’est pas indiqué si la performance de {symbol}, dans l’indice de référence, comprend dividendes et \
         intérêts, comme celle du portefeuille",
    ),
    (
        "from {date_from} to {date_to} the benchmark returned {number_groups} percent by its groups, {number_closes} \
         percent by its closes",
        "du {date_from} au {date_to}, la performance de l’indice de référence est de {number_groups} % d’après ses \
         groupes, de {number_closes} % d’après ses clôtures",
    ),
    (
        "the market {market} has no risk-free rate for {currency} in the year up to this date, so that figures above \
         it are missing; deliver risk_free.csv",
        "le marché {market} n’a pas de taux sans risque {currency} dans l’année jusqu’à cette date ; les mesures qui \
         en dépendent manquent",
    ),
    (
        "the last risk-free rate for {currency} is of {date}, {number_age} days old, and none counts for more than \
         {number_most} days, so that figures above it are missing; deliver newer ones in risk_free.csv",
        "le dernier taux sans risque {currency} est du {date}, vieux de {number_age} jours pour un maximum de \
         {number_most} ; les mesures qui en dépendent manquent",
    ),
    (
        "the last risk-free rate for {currency} is of {date}, {number_age} days old; after {number_most} days figures \
         above it are missing; deliver newer ones in risk_free.csv",
        "le dernier taux sans risque {currency} est du {date}, vieux de {number_age} jours ; au-delà de {number_most} \
         jours, les mesures qui en dépendent manqueront",
    ),
    (
        "transaction {transaction} names {instrument}, which is not listed",
        "l’opération {transaction} désigne {instrument}, qui n’est pas répertorié",
    ),
    ("a close could not be valued: {detail}", "une clôture n’a pas pu être valorisée : {detail}"),
    ("what changed the value is not known: {detail}", "ce qui a fait varier la valeur n’est pas connu : {detail}"),
];

/// A recorded text for a reader.
pub(super) fn told(text: &str, language: Language) -> String {
    if language != Language::French {
        return text.to_owned();
    }
    // The longest template first: a shorter one may fit its beginning and take the rest for a word.
    let fitting = REASONS.iter().chain(RISKS).chain(MESSAGES).filter_map(|(recorded, french)| {
        let values = taken(recorded, text)?;
        Some((recorded.len(), *french, values))
    });
    let Some((_, french, values)) = fitting.max_by_key(|(length, ..)| *length) else { return text.to_owned() };
    let shown: Vec<(&str, String)> = values.into_iter().map(|(name, value)| (name, shown(name, value))).collect();
    let values: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
    filled(&super::spaced(french, language), &values)
}

/// A value as the reader writes it.
fn shown(name: &str, value: &str) -> String {
    let locale = Locale::of(Language::French);
    let is_number = |text: &str| text.parse::<rust_decimal::Decimal>().is_ok();
    match value.parse() {
        Ok(day) if name.starts_with("date") => locale.day(day),
        _ if name.starts_with("number") && is_number(value) => locale.number(value),
        _ if name == "period" => period(value),
        _ => value.to_owned(),
    }
}

/// A period by its code, e.g. `1Y`.
fn period(code: &str) -> String {
    let label = |period: ReportingPeriod| Label::of_period(period).template(Language::French);
    code.parse().map_or_else(|_| code.to_owned(), |period| format!("«\u{A0}{}\u{A0}»", label(period)))
}

/// What stands for each name of a template in a text; none if the text is another one. A value is as short as can be,
/// and what is to be a day or a number is one.
fn taken<'a>(template: &'static str, text: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut values = Vec::new();
    let mut pieces = template.split('{');
    let mut rest = text.strip_prefix(pieces.next()?)?;
    for piece in pieces {
        let (name, after) = piece.split_once('}')?;
        let end = if after.is_empty() { rest.len() } else { rest.find(after)? };
        let (value, left) = rest.split_at_checked(end)?;
        let fits = match name {
            _ if name.starts_with("date") => value.parse::<chrono::NaiveDate>().is_ok(),
            _ if name.starts_with("number") => value.parse::<rust_decimal::Decimal>().is_ok(),
            _ => !value.is_empty(),
        };
        if !fits {
            return None;
        }
        values.push((name, value));
        rest = left.strip_prefix(after)?;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::names;
    use super::*;

    #[test]
    fn what_a_night_recorded_is_told_in_french() {
        let told = |text: &str| told(text, Language::French).replace(['\u{A0}', '\u{202F}'], " ");
        for (recorded, french) in [
            ("D03~SAP.DE is valued with its price of 2014-12-30", "D03~SAP.DE est valorisé à son cours du 30/12/2014"),
            ("the daily return is -26.31 percent", "la performance du jour est de −26,31 %"),
            ("D03~X is short: -1200.5 units", "D03~X est à découvert : −1 200,5 titres"),
            (
                "no daily return from 2024-01-02 to 2024-01-31",
                "aucune performance quotidienne du 02/01/2024 au 31/01/2024",
            ),
            ("the returns do not vary", "les performances ne varient pas"),
            (
                "the portfolio began on 2024-01-02, inside the period 3Y",
                "le portefeuille a commencé le 02/01/2024, au cours de la période « Trois ans »",
            ),
            (
                "not enough returns: 100 of 504; returns count from after 2024-01-02, a day without one",
                "pas assez de performances : 100 sur 504 ; elles comptent après le 02/01/2024, jour sans performance",
            ),
            ("nobody has listed this", "nobody has listed this"),
        ] {
            assert_eq!(told(recorded), french);
        }
    }

    #[test]
    fn other_languages_have_it_as_it_was_recorded() {
        for language in [Language::English, Language::German, Language::Spanish, Language::Italian] {
            assert_eq!(told("the returns do not vary", language), "the returns do not vary");
        }
    }

    #[test]
    fn a_translation_tells_what_was_recorded_and_nothing_else() {
        for (recorded, french) in REASONS.iter().chain(RISKS).chain(MESSAGES) {
            assert!(names(french).is_subset(&names(recorded)), "{recorded}");
            let values: Vec<(&str, &str)> = names(recorded).into_iter().map(|name| (name, example(name))).collect();
            let text = filled(recorded, &values);
            let told = told(&text, Language::French);
            assert_ne!(told, text);
            assert!(!told.contains(['{', '}']), "{told}");
        }
    }

    fn example(name: &str) -> &'static str {
        match name {
            _ if name.starts_with("date") => "2024-01-31",
            _ if name.starts_with("number") => "12",
            _ => "AAA",
        }
    }

    /// The words of the program that records these texts, with what its line breaks add taken out.
    fn words_of_the_program() -> String {
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let rooms = ["crates/analytics/src", "crates/ledger/src", "pipelines/src", "pipelines/checks"];
        let mut folders: Vec<_> = rooms.map(|folder| house.join(folder)).to_vec();
        let mut words = String::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the folder is there") {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = std::fs::read_to_string(path).expect("a text");
                    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_end_matches('\\')).collect();
                    // A text goes on in the next line of Rust; in SQL it is closed and opened again.
                    words.push_str(&lines.concat().replace("',            '", "").replace("','", ""));
                }
            }
        }
        words
    }

    #[test]
    fn every_text_is_still_recorded_somewhere() {
        let words = words_of_the_program();
        for (recorded, _) in REASONS.iter().chain(RISKS).chain(MESSAGES) {
            let pieces = recorded.split(['{', '}']).step_by(2).map(|piece| piece.trim_matches([' ', ':']));
            for piece in pieces.filter(|piece| 2 < piece.len()) {
                assert!(words.contains(piece), "nothing records `{piece}` any more");
            }
        }
    }
}
