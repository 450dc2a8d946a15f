//! `scenarios/NAME.toml`: what would happen at once, as shocks or as a time of the past that is repeated.
//!
//! A file is taken as a whole or not at all: half a scenario would be another one. Everything that is wrong in it is
//! listed, each with its line and column.

mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId};
use toml::Spanned;
use toml::value::Datetime;

use self::written::{ScenarioFile, Shock, Texts, Yields};
use super::market_files::label;
use super::read_file;
use crate::error::Error;
use crate::sources::{Facts, Instruments, LandedFile, RowReject};
use crate::stress::scenario::{BRINGER, Duration, FOREIGN, Part};

/// The folder of the files.
pub(crate) const FOLDER: &str = "scenarios";

/// Files that a folder may have.
const FILES_MAX: usize = 200;
/// Bytes of a file.
const BYTES_MAX: usize = 1 << 20;
/// Changes of a scenario; every other currency may be one more.
const SHOCKS_MAX: usize = 500;
/// Loadings and proxies of a scenario.
const NAMES_MAX: usize = 10_000;
/// Letters of an id, a class or a factor.
const NAME_LETTERS_MAX: usize = 64;
/// Letters of a title, and of a description or source.
const TITLE_LETTERS_MAX: usize = 200;
const TEXT_LETTERS_MAX: usize = 2_000;
/// Basis points by which yields move at most.
const CHANGE_BP_MAX: i64 = 200;
/// Loadings are not larger than this.
const LOADING_MAX: f64 = 1_000.0;

/// Whether a file of a market is a scenario.
pub(crate) fn is_scenario(file_name: &str) -> bool {
    file_name.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/')) && file_name.ends_with(".toml")
}

/// The scenarios of a folder, by name. Other files of it are left alone.
pub(super) fn files_of(folder: &Path) -> Result<Vec<(String, Bytes)>, Error> {
    let within = folder.join(FOLDER);
    let failed = |source| Error::File { path: within.clone(), source };
    let entries = match std::fs::read_dir(&within) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = format!("{FOLDER}/{}", entry.map_err(failed)?.file_name().to_string_lossy());
        if is_scenario(&name) {
            names.insert(name);
        }
    }
    if FILES_MAX < names.len() {
        let problem = format!("`{FOLDER}` has {} scenarios; at most {FILES_MAX} are read", names.len());
        return Err(Error::Folder { folder: folder.to_owned(), problem });
    }
    let mut files = Vec::with_capacity(names.len());
    for name in names {
        if let Some(bytes) = read_file(folder, &name)? {
            files.push((name, bytes));
        }
    }
    Ok(files)
}

/// Reads a landed scenario.
pub(super) fn scenario(file: &LandedFile<'_>, instruments: &Instruments) -> Facts {
    let mut reading = Reading::new(file);
    let stress_scenarios = reading.read(Some(instruments)).unwrap_or_default();
    Facts { stress_scenarios, rejects: reading.rejects, ..Facts::default() }
}

/// Reads a scenario without looking up the instruments that it names.
pub(crate) fn unlisted(market_id: &MarketId, bytes: &[u8]) -> Result<Vec<StressScenarioRow>, Vec<RowReject>> {
    let file = LandedFile { market_id, file_name: FOLDER, sha256: "", bytes };
    let mut reading = Reading::new(&file);
    let rows = reading.read(None);
    rows.ok_or(reading.rejects)
}

/// A file while it is read.
struct Reading<'a> {
    file: &'a LandedFile<'a>,
    label: String,
    text: &'a str,
    rejects: Vec<RowReject>,
}

impl<'a> Reading<'a> {
    fn new(file: &'a LandedFile<'a>) -> Reading<'a> {
        Reading { file, label: label(file), text: "", rejects: Vec::new() }
    }

    /// The rows of the scenario; none if anything is wrong with it.
    fn read(&mut self, instruments: Option<&Instruments>) -> Option<Vec<StressScenarioRow>> {
        if BYTES_MAX < self.file.bytes.len() {
            let found = self.file.bytes.len();
            self.refuse("(file)", 0, format!("the file has {found} bytes; at most {BYTES_MAX} are read"));
            return None;
        }
        match std::str::from_utf8(self.file.bytes) {
            Ok(text) => self.text = text,
            Err(error) => {
                self.refuse("(file)", 0, format!("the file is not UTF-8 from byte {} on", error.valid_up_to() + 1));
                return None;
            }
        }
        let written: ScenarioFile = match toml::from_str(self.text) {
            Ok(written) => written,
            Err(error) => {
                self.refuse("(file)", error.span().map_or(0, |span| span.start), error.message().replace('\n', "; "));
                return None;
            }
        };
        let head = self.head(&written);
        let mut rows = self.parts(&written, instruments, head.as_ref());
        rows.sort_by(|left, right| {
            (&left.part, &left.target, &left.symbol).cmp(&(&right.part, &right.target, &right.symbol))
        });
        (head.is_some() && self.rejects.is_empty()).then_some(rows)
    }

    /// What all rows of the scenario say.
    fn head(&mut self, written: &ScenarioFile) -> Option<StressScenarioRow> {
        let before = self.rejects.len();
        self.name("id", &written.id);
        if *written.version.get_ref() < 1 {
            let found = written.version.get_ref();
            self.refuse(
                "version",
                written.version.span().start,
                format!("a version is a whole number from 1, not {found}"),
            );
        }
        let Texts { title, description, source } = written.texts();
        for (key, text, letters_max) in [
            ("title", Some(title), TITLE_LETTERS_MAX),
            ("description", description, TEXT_LETTERS_MAX),
            ("source", source, TEXT_LETTERS_MAX),
        ] {
            let Some(text) = text else { continue };
            let letters = text.get_ref().chars().count();
            if letters_max < letters || text.get_ref().trim().is_empty() {
                let wanted = format!("`{key}` has 1 to {letters_max} letters, not {letters}");
                self.refuse(key, text.span().start, wanted);
            }
        }
        let effective = self.optional_date("effective", written.effective.as_ref());
        let until = self.optional_date("until", written.until.as_ref());
        if let (Some(first), Some(last), Some(at)) = (effective, until, &written.until)
            && last < first
        {
            self.refuse("until", at.span().start, format!("`until` is {last}, before `effective`, {first}"));
        }
        let owned = |text: Option<&Spanned<String>>| text.map(|text| text.get_ref().clone()).unwrap_or_default();
        (before == self.rejects.len()).then(|| StressScenarioRow {
            market_id: self.file.market_id.clone(),
            scenario_id: written.id.get_ref().clone(),
            version: *written.version.get_ref(),
            part: String::new(),
            target: String::new(),
            symbol: String::new(),
            number: None,
            title: title.get_ref().clone(),
            description: owned(description),
            origin: owned(source),
            effective_date: effective,
            until_date: until,
            replay_from: None,
            replay_to: None,
            landing_sha256: self.file.sha256.to_owned(),
            line: 1,
        })
    }

    /// A row for each part, as far as they can be told without the head.
    fn parts(
        &mut self,
        written: &ScenarioFile,
        instruments: Option<&Instruments>,
        head: Option<&StressScenarioRow>,
    ) -> Vec<StressScenarioRow> {
        let mut found = Vec::new();
        if let Some(yields) = &written.yields {
            self.yields(written, yields, &mut found);
        }
        match (&written.replay, written.shocks.as_slice()) {
            (None, []) if written.yields.is_some() => {}
            (None, []) => {
                let reason = "a scenario has `[[shocks]]`, or a `[replay]` with `from` and `to`";
                self.refuse("(file)", 0, reason.to_owned());
            }
            (Some(replay), [_, ..]) => {
                let reason = "a scenario has either `[[shocks]]` or a `[replay]`; make two scenarios of them";
                self.refuse("replay", replay.span().start, reason.to_owned());
            }
            (Some(replay), []) => self.replay(replay, instruments, &mut found),
            (None, shocks) => self.shocks(shocks, instruments, &mut found),
        }
        let Some(head) = head else { return Vec::new() };
        let row = |part: FoundPart| StressScenarioRow {
            part: part.part.code().to_owned(),
            target: part.target,
            symbol: part.symbol,
            number: part.number,
            replay_from: part.dates.map(|(from, _)| from),
            replay_to: part.dates.map(|(_, to)| to),
            line: part.line,
            ..head.clone()
        };
        found.into_iter().map(row).collect()
    }

    /// Yields are for scenarios that Financr brings, of which no night keeps rows: durations have no days.
    fn yields(&mut self, written: &ScenarioFile, yields: &Spanned<Yields>, found: &mut Vec<FoundPart>) {
        let (line, _) = self.place(yields.span().start);
        let Yields { duration, change_bp } = yields.get_ref();
        if self.file.market_id.as_str() != BRINGER || written.replay.is_some() || !written.shocks.is_empty() {
            let reason = "only the scenarios that Financr brings move all yields, e.g. interest_rates_up_100; let a \
                          `factor` move the instruments in its `loadings`, which are their durations with the sign \
                          turned round";
            return self.refuse("yields", yields.span().start, reason.to_owned());
        }
        let bp = *change_bp.get_ref();
        let known = [Duration::Modified, Duration::Spread].map(Duration::column).contains(&duration.get_ref().as_str());
        if !known || !(-CHANGE_BP_MAX..=CHANGE_BP_MAX).contains(&bp) {
            let reason = format!("yields move by up to {CHANGE_BP_MAX} basis points, and by a duration of a column");
            return self.refuse("yields", yields.span().start, reason);
        }
        let number = i32::try_from(bp).ok().map(|bp| f64::from(bp) / 10_000.0);
        let target = duration.get_ref().clone();
        found.push(FoundPart { part: Part::Yield, target, number, line, ..FoundPart::default() });
    }

    fn replay(
        &mut self,
        replay: &Spanned<written::Replay>,
        instruments: Option<&Instruments>,
        found: &mut Vec<FoundPart>,
    ) {
        let (line, _) = self.place(replay.span().start);
        let written::Replay { from, to, proxies } = replay.get_ref();
        let dates = (self.date("from", from), self.date("to", to));
        if let (Some(first), Some(last)) = dates {
            if last <= first {
                self.refuse("to", to.span().start, format!("`to` is {last}, not after `from`, {first}"));
            }
            let dates = Some((first, last));
            found.push(FoundPart { part: Part::Replay, dates, line, ..FoundPart::default() });
        }
        if NAMES_MAX < proxies.len() {
            let reason = format!("a replay has at most {NAMES_MAX} proxies, not {}", proxies.len());
            self.refuse("proxies", replay.span().start, reason);
        }
        let mut classes = BTreeSet::new();
        for (class, symbol) in proxies {
            let (line, _) = self.place(symbol.span().start);
            let target = self.class("proxies", class, symbol.span().start);
            if !classes.insert(target.clone()) {
                self.refuse("proxies", symbol.span().start, format!("the class `{target}` has two proxies; keep one"));
            }
            self.symbol("proxies", symbol.get_ref(), symbol.span().start, instruments);
            let symbol = symbol.get_ref().clone();
            found.push(FoundPart { part: Part::Proxy, target, symbol, line, ..FoundPart::default() });
        }
    }

    fn shocks(&mut self, shocks: &[Spanned<Shock>], instruments: Option<&Instruments>, found: &mut Vec<FoundPart>) {
        let loadings: usize = shocks.iter().map(|shock| shock.get_ref().loadings.len()).sum();
        if SHOCKS_MAX < shocks.len() || NAMES_MAX < loadings {
            let limits = format!("at most {SHOCKS_MAX} shocks and {NAMES_MAX} loadings");
            let reason = format!("a scenario has {limits}, not {} and {loadings}", shocks.len());
            return self.refuse("shocks", 0, reason);
        }
        let mut seen: BTreeMap<(&'static str, String), i64> = BTreeMap::new();
        for shock in shocks {
            let (line, _) = self.place(shock.span().start);
            let change = &shock.get_ref().change;
            let number = *change.get_ref();
            if !(-1.0..=10.0).contains(&number) {
                let reason = format!("a change is a fraction from -1 to 10 (-0.2 is a fall by a fifth), not {number}");
                self.refuse("change", change.span().start, reason);
            }
            let Some((part, target)) = self.target(shock, instruments) else { continue };
            if let Some(first) = seen.insert((part.code(), target.clone()), line) {
                let reason = format!("the {} `{target}` is changed already on line {first}", part.code());
                self.refuse(part.code(), shock.span().start, reason);
            }
            if part == Part::Factor {
                self.loadings(shock.get_ref(), &target, shock.span().start, instruments, found);
            } else if let Some((_, loading)) = shock.get_ref().loadings.iter().next() {
                self.refuse("loadings", loading.span().start, "only a factor has loadings".to_owned());
            }
            found.push(FoundPart { part, target, number: Some(number), line, ..FoundPart::default() });
        }
    }

    /// What a shock changes; none if it does not name one thing.
    fn target(&mut self, shock: &Spanned<Shock>, instruments: Option<&Instruments>) -> Option<(Part, String)> {
        let Shock { instrument, asset_class, factor, currency, .. } = shock.get_ref();
        let named = [
            (Part::Instrument, instrument),
            (Part::AssetClass, asset_class),
            (Part::Factor, factor),
            (Part::Currency, currency),
        ];
        let mut named = named.into_iter().filter_map(|(part, name)| Some((part, name.as_ref()?)));
        let (Some((part, name)), None) = (named.next(), named.next()) else {
            let reason = "a shock names one of `instrument`, `asset_class`, `factor` and `currency`";
            self.refuse("shocks", shock.span().start, reason.to_owned());
            return None;
        };
        let (text, at) = (name.get_ref(), name.span().start);
        let target = match part {
            Part::AssetClass => self.class("asset_class", text, at),
            Part::Factor => {
                self.name("factor", name);
                text.clone()
            }
            Part::Currency if text == FOREIGN => FOREIGN.to_owned(),
            Part::Currency => {
                if let Err(error) = text.parse::<Currency>() {
                    let reason = format!("{error}; or `{FOREIGN}` for all currencies but the base currency");
                    self.refuse("currency", at, reason);
                }
                text.clone()
            }
            _ => {
                self.symbol("instrument", text, at, instruments);
                text.clone()
            }
        };
        Some((part, target))
    }

    fn loadings(
        &mut self,
        shock: &Shock,
        factor: &str,
        at: usize,
        instruments: Option<&Instruments>,
        found: &mut Vec<FoundPart>,
    ) {
        if shock.loadings.is_empty() {
            let reason = "a factor moves instruments by their `loadings`, e.g. `loadings = { ACME = 1.2 }`; name them";
            self.refuse("loadings", at, reason.to_owned());
        }
        for (symbol, loading) in &shock.loadings {
            let (line, _) = self.place(loading.span().start);
            let number = *loading.get_ref();
            if !number.is_finite() || LOADING_MAX < number.abs() {
                let reason = format!("a loading is from -{LOADING_MAX} to {LOADING_MAX}, not {number}");
                self.refuse("loadings", loading.span().start, reason);
            }
            self.symbol("loadings", symbol, loading.span().start, instruments);
            let (target, symbol) = (factor.to_owned(), symbol.clone());
            found.push(FoundPart { part: Part::Loading, target, symbol, number: Some(number), line, dates: None });
        }
    }

    /// A name of lower-case letters.
    fn name(&mut self, key: &'static str, name: &Spanned<String>) {
        let text = name.get_ref();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.is_empty() || NAME_LETTERS_MAX < text.len() || !text.bytes().all(allowed) {
            let form = format!("1 to {NAME_LETTERS_MAX} lower-case letters, digits and `_`");
            self.refuse(key, name.span().start, format!("`{}` is no {key}: use {form}", shown(text)));
        }
    }

    /// A class as it is compared: regardless of upper and lower case.
    fn class(&mut self, key: &'static str, class: &str, at: usize) -> String {
        let letters = class.chars().count();
        if !(1..=NAME_LETTERS_MAX).contains(&letters) || class.chars().any(char::is_control) {
            let reason = format!("`{}` is no class: use 1 to {NAME_LETTERS_MAX} letters", shown(class));
            self.refuse(key, at, reason);
        }
        class.to_lowercase()
    }

    fn symbol(&mut self, key: &'static str, symbol: &str, at: usize, instruments: Option<&Instruments>) {
        let Some(instruments) = instruments else { return };
        let id = InstrumentId::new(self.file.market_id, symbol);
        let is_listed = id.is_ok_and(|id| instruments.contains_key(&id));
        if !is_listed {
            let reason = format!("`{}` is not in the instruments.csv of its market", shown(symbol));
            self.refuse(key, at, reason);
        }
    }

    fn optional_date(&mut self, key: &'static str, date: Option<&Spanned<Datetime>>) -> Option<BusinessDate> {
        date.and_then(|date| self.date(key, date))
    }

    fn date(&mut self, key: &'static str, date: &Spanned<Datetime>) -> Option<BusinessDate> {
        match date.get_ref().to_string().parse::<BusinessDate>() {
            Ok(found) => Some(found),
            Err(error) => {
                self.refuse(key, date.span().start, error.to_string());
                None
            }
        }
    }

    /// Line and column of a place, both from 1.
    fn place(&self, at: usize) -> (i64, usize) {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (i64::try_from(line).unwrap_or(i64::MAX), column)
    }

    fn refuse(&mut self, key: &str, at: usize, reason: String) {
        let (line, column) = self.place(at);
        let column = format!("{key} (column {column})");
        self.rejects.push(RowReject { file: self.label.clone(), line, column, reason });
    }
}

/// A part of a scenario as it was found.
#[derive(Default)]
struct FoundPart {
    part: Part,
    target: String,
    symbol: String,
    number: Option<f64>,
    dates: Option<(BusinessDate, BusinessDate)>,
    line: i64,
}

/// The beginning of a text that may be long.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(40).collect()
}
