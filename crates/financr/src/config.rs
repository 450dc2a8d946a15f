//! The configuration: one file, and the only place that reads the environment.

use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};

use anyhow::Context;
use lake::{EngineSettings, S3Settings};
use secrecy::SecretString;
use serde::Deserialize;
use store::StoreKind;

use crate::ending::Usage;

/// The file as shipped, which is also what holds without a file.
const SHIPPED: &str = include_str!("../../../financr.toml");
/// The file that is looked for in the folder in which the program is started.
const FILE_NAME: &str = "financr.toml";

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) store: StoreSection,
    pub(crate) lake: LakeSection,
    #[serde(default)]
    pub(crate) engine: EngineSection,
    pub(crate) mail: Option<jobs::MailSettings>,
    pub(crate) drop_folder: Option<jobs::DropFolderSettings>,
    pub(crate) webhook: Option<jobs::WebhookSettings>,
    pub(crate) web_push: Option<jobs::WebPushSettings>,
    #[serde(default)]
    pub(crate) delivery: DeliverySection,
    #[serde(default)]
    pub(crate) sources: SourcesSection,
    #[serde(default)]
    pub(crate) ages: jobs::AgeLimits,
    #[serde(default)]
    pub(crate) returns: ReturnsSection,
    #[serde(default)]
    pub(crate) risk: RiskSection,
    pub(crate) firm: Option<jobs::Firm>,
    #[serde(default)]
    pub(crate) gips: jobs::Gips,
    #[serde(default)]
    pub(crate) statements: StatementsSection,
    #[serde(default)]
    pub(crate) retention: RetentionSection,
    #[serde(default)]
    pub(crate) privacy: PrivacySection,
    #[serde(default)]
    pub(crate) api: api::Settings,
    #[serde(default)]
    pub(crate) schedule: Vec<ScheduleSection>,
    /// How to reach a bucket; from the environment.
    #[serde(skip)]
    pub(crate) s3: S3Settings,
}

/// Where people and runs are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreSection {
    pub(crate) url: String,
    #[serde(default)]
    kind: Kind,
}

/// What the store is for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Live,
    Demo,
}

impl StoreSection {
    /// What the store is for. It is written into the store when that is made and cannot be changed afterwards.
    pub(crate) fn kind(&self) -> StoreKind {
        match self.kind {
            Kind::Live => StoreKind::Live,
            Kind::Demo => StoreKind::Demo,
        }
    }
}

/// Where facts are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LakeSection {
    pub(crate) url: String,
}

/// What the query engine may use, in MiB.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EngineSection {
    memory_mib_max: usize,
    spill_mib_max: u64,
    /// Partitions that are worked on at once; as many as there are cores if the file does not say.
    partitions: Option<NonZeroU8>,
}

impl Default for EngineSection {
    fn default() -> Self {
        EngineSection { memory_mib_max: 2048, spill_mib_max: 20_480, partitions: None }
    }
}

impl EngineSection {
    pub(crate) fn settings(&self) -> EngineSettings {
        let of_this_machine = EngineSettings::default();
        EngineSettings {
            memory_bytes_max: self.memory_mib_max << 20,
            spill_bytes_max: self.spill_mib_max << 20,
            partitions: self.partitions.map_or(of_this_machine.partitions, |partitions| usize::from(partitions.get())),
        }
    }
}

/// The outbox.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeliverySection {
    /// Tries before a message is given up.
    pub(crate) attempts_max: i64,
    /// Minutes after which one pass through the outbox ends.
    pub(crate) minutes_max: u64,
    /// Whether what one run has for one address goes in one mail; otherwise each document has a mail of its own.
    pub(crate) bundle: bool,
}

impl Default for DeliverySection {
    fn default() -> Self {
        DeliverySection { attempts_max: 8, minutes_max: 60, bundle: true }
    }
}

/// Where facts come from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SourcesSection {
    pub(crate) book_folder: BookFolderSection,
    pub(crate) ecb_reference_rates: jobs::EcbSettings,
}

/// Book folders that arrive by themselves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BookFolderSection {
    pub(crate) inbox: Option<PathBuf>,
}

/// How often kinds of statements are made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub(crate) struct StatementsSection(jobs::StatementPlan);

impl TryFrom<BTreeMap<String, String>> for StatementsSection {
    type Error = String;

    fn try_from(section: BTreeMap<String, String>) -> Result<StatementsSection, String> {
        let rhythm = |(kind, text): (String, String)| {
            let rhythm = text.parse::<jobs::Rhythm>().map_err(|error| format!("`{kind}`: {error}"))?;
            Ok::<_, String>((kind, rhythm))
        };
        let rhythms = section.into_iter().map(rhythm).collect::<Result<BTreeMap<_, _>, _>>()?;
        jobs::StatementPlan::new(&rhythms).map(StatementsSection)
    }
}

impl StatementsSection {
    /// The plan.
    pub(crate) fn plan(&self) -> &jobs::StatementPlan {
        &self.0
    }
}

/// How long published documents are kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "RetentionYears")]
pub(crate) struct RetentionSection(jobs::retention::Retention);

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionYears {
    years: u16,
    #[serde(default)]
    kinds: BTreeMap<String, u16>,
}

impl TryFrom<RetentionYears> for RetentionSection {
    type Error = String;

    fn try_from(section: RetentionYears) -> Result<RetentionSection, String> {
        jobs::retention::Retention::new(section.years, section.kinds).map(RetentionSection)
    }
}

impl RetentionSection {
    /// The rule.
    pub(crate) fn rule(&self) -> &jobs::retention::Retention {
        &self.0
    }
}

/// What protects personal data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PrivacySection {
    /// The key of the house (Ed25519, PKCS #8, PEM), by which others see that something comes from it. Default none.
    pub(crate) signing_key_file: Option<PathBuf>,
    /// Where heads of the audit log are noted.
    pub(crate) audit_heads_file: PathBuf,
    /// The keys that keys of persons are wrapped with; made when it is first needed.
    pub(crate) key_file: PathBuf,
}

impl Default for PrivacySection {
    fn default() -> Self {
        PrivacySection {
            signing_key_file: None,
            audit_heads_file: "financr-data/audit-heads.jsonl".into(),
            key_file: "financr-data/personal.keys".into(),
        }
    }
}

/// How returns are told beside the time-weighted one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ReturnsSection {
    /// The part of the value before from which on flows are large; above zero.
    #[serde(deserialize_with = "part_above_zero")]
    pub(crate) large_flow_fraction: f64,
}

impl Default for ReturnsSection {
    fn default() -> Self {
        ReturnsSection { large_flow_fraction: jobs::parts::LARGE_FLOW_FRACTION }
    }
}

/// What the law leaves to the house where risk is put into classes.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RiskSection {
    /// The holding period of the market risk measure of PRIIPs, in years; above zero and at most a hundred.
    pub(crate) recommended_holding_years: jobs::HoldingYears,
}

fn part_above_zero<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number.is_finite() && 0.0 < number {
        return Ok(number);
    }
    Err(serde::de::Error::custom(format!("{number} is no part of a value; use a number above zero, e.g. 0.1 for 10 %")))
}

/// When a job runs by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduleSection {
    pub(crate) name: String,
    pub(crate) job: String,
    pub(crate) cron: String,
    pub(crate) time_zone: String,
    #[serde(default = "all")]
    pub(crate) catch_up: String,
}

fn all() -> String {
    "all".to_owned()
}

/// Reads the file that was named, or `financr.toml` in the current folder, or the shipped one; then the environment.
///
/// # Errors
/// [`Usage`] if the file cannot be read or holds a key or a value that means nothing.
pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Config> {
    let beside = Path::new(FILE_NAME);
    let path = named.or_else(|| beside.is_file().then_some(beside));
    let text = match path {
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| Usage(format!("cannot read {}: {error}", path.display())))?
        }
        None => SHIPPED.to_owned(),
    };
    let name = path.map_or_else(|| "the shipped configuration".to_owned(), |path| path.display().to_string());
    let mut config: Config = toml::from_str(&text).map_err(|error| Usage(format!("{name}: {error}")))?;
    from_environment(&mut config, |variable| std::env::var(variable).ok());
    Ok(config)
}

/// The shipped configuration with everything in one folder, as text: the evaluation's and the demo's.
pub(crate) fn within(folder: &Path, kind: StoreKind) -> String {
    let place = folder.display().to_string();
    SHIPPED
        .replace("financr-data", &place.replace('\\', "/"))
        .replace("[store]\n", &format!("[store]\nkind = \"{kind}\"\n"))
}

/// The configuration in a text that the program wrote itself.
///
/// # Errors
/// If it cannot be read, which a test rules out.
pub(crate) fn parse(text: &str) -> anyhow::Result<Config> {
    toml::from_str(text).context("a configuration of the program's own")
}

/// Whether texts beyond ASCII arrive as they are: what the variables of the locale say.
pub(crate) fn speaks_utf8() -> bool {
    is_utf8(|variable| std::env::var(variable).ok())
}

/// The first of the variables that is set decides, as POSIX has it; without one the locale is C, which is ASCII.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|text| !text.is_empty()));
    set.is_some_and(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

fn from_environment(config: &mut Config, variable: impl Fn(&str) -> Option<String>) {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(url) = variable("FINANCR_STORE_URL") {
        config.store.url = url;
    }
    if let Some(url) = variable("FINANCR_LAKE_URL") {
        config.lake.url = url;
    }
    config.api.token = variable("FINANCR_API_TOKEN").map(SecretString::from);
    config.api.redis_url = variable("FINANCR_REDIS_URL").map(SecretString::from);
    if let Some(jobs::MailSettings { transport: jobs::MailTransport::Smtp(smtp), .. }) = &mut config.mail {
        smtp.password = variable("FINANCR_SMTP_PASSWORD").map(SecretString::from);
    }
    config.s3 = S3Settings {
        endpoint: variable("AWS_ENDPOINT"),
        region: variable("AWS_REGION"),
        access_key_id: variable("AWS_ACCESS_KEY_ID"),
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY"),
    };
    if let Some(drop_folder) = &mut config.drop_folder {
        drop_folder.s3 = config.s3.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_says_how_often_statements_are_made() {
        let shipped = r#"portfolio_statement = "monthly""#;
        let with = |line: &str| toml::from_str::<Config>(&SHIPPED.replace(shipped, line));
        let error = |line: &str| with(line).expect_err("refused").to_string();
        assert!(error("portfolio_statement = \"weekly\"").contains("known: monthly, quarterly, yearly, on_execution"));
        assert!(error("portfolio_statment = \"monthly\"").contains("portfolio_statement"));
        let plan = with("portfolio_statement = \"yearly\"").expect("readable");
        assert_ne!(plan.statements.plan(), &jobs::StatementPlan::default());
    }

    #[test]
    fn the_shipped_file_is_readable_and_unknown_keys_are_errors() {
        let config: Config = toml::from_str(SHIPPED).expect("readable");
        assert_eq!(config.store.url, "sqlite:financr-data/store.db");
        assert_eq!(config.statements.plan(), &jobs::StatementPlan::default(), "the file shows the default");
        assert_eq!(config.ages, jobs::AgeLimits::default(), "the file shows the defaults");
        let policy = config.returns.large_flow_fraction - ReturnsSection::default().large_flow_fraction;
        assert!(policy.abs() <= 0.0, "the file shows the default");
        assert_eq!(config.risk.recommended_holding_years, jobs::HoldingYears::default(), "the file shows the default");
        let wrong = SHIPPED.replace("memory_mib_max", "memory_gib_max");
        let error = toml::from_str::<Config>(&wrong).expect_err("no such key").to_string();
        assert!(error.contains("memory_gib_max") && error.contains("memory_mib_max"), "{error}");
    }

    #[test]
    fn the_api_has_its_certificate_from_one_place() {
        let lines = SHIPPED.lines().skip_while(|line| *line != "#   [api.tls.acme]");
        let lines = lines.take_while(|line| line.starts_with("#   "));
        let example: String = lines.map(|line| format!("{}\n", line.trim_start_matches(['#', ' ']))).collect();
        let with = |section: &str| toml::from_str::<Config>(&format!("{SHIPPED}\n{section}"));
        assert!(matches!(with(&example).expect("readable").api.tls, Some(api::TlsSettings::Acme(_))));
        let error = |section: &str| with(section).expect_err("refused").to_string();
        assert!(error(&example.replace("agree_to_terms = true", "")).contains("set it to true to agree"));
        assert!(
            error(&format!("[api.tls]\nkey_file = \"key.pem\"\n{example}")).contains("names files and an authority")
        );
        assert!(error("[api.tls]\n").contains("names no certificate"));
    }

    #[test]
    fn a_house_says_that_a_proxy_has_the_certificate() {
        let with = |line: &str| toml::from_str::<Config>(&SHIPPED.replace("# plain_http = \"behind_a_proxy\"", line));
        assert_eq!(with("").expect("readable").api.plain_http, None);
        let proxied = with("plain_http = \"behind_a_proxy\"").expect("readable");
        assert_eq!(proxied.api.plain_http, Some(api::PlainHttp::BehindAProxy));
        for wrong in ["plain_http = true", "plain_http = \"yes\""] {
            let error = with(wrong).expect_err("refused").to_string();
            assert!(error.contains("behind_a_proxy") || error.contains("plain_http"), "{error}");
        }
    }

    #[test]
    fn documents_are_kept_no_shorter_than_the_law_has_it() {
        let config: Config = toml::from_str(SHIPPED).expect("readable");
        assert_eq!(config.retention.rule(), &jobs::retention::Retention::default(), "the file shows the default");
        let kinds = "years = 10\n[retention.kinds]\nportfolio_statement = 7\n";
        let config: Config = toml::from_str(&SHIPPED.replace("years = 10\n", kinds)).expect("readable");
        let rule = config.retention.rule();
        assert_eq!((rule.years_of("portfolio_statement"), rule.years_of("tax_report")), (7, 10));
        for wrong in ["years = 4\n", "years = 10\nmonths = 3\n", "years = 10\n[retention.kinds]\na = 1\n"] {
            assert!(toml::from_str::<Config>(&SHIPPED.replace("years = 10\n", wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_policy_that_is_no_part_of_a_value_is_refused() {
        for wrong in ["0.0", "-0.1", "nan", "inf"] {
            let text = SHIPPED.replace("large_flow_fraction = 0.1", &format!("large_flow_fraction = {wrong}"));
            let error = toml::from_str::<Config>(&text).expect_err("no policy").to_string();
            assert!(error.contains("use a number above zero") && error.contains("large_flow_fraction"), "{error}");
        }
    }

    #[test]
    fn a_holding_period_is_a_number_of_years() {
        let with = |years: &str| {
            let line = format!("recommended_holding_years = {years}");
            toml::from_str::<Config>(&SHIPPED.replace("recommended_holding_years = 5", &line))
        };
        let years = |text: &str| with(text).expect("readable").risk.recommended_holding_years.years();
        assert!((years("0.5") - 0.5).abs() <= 0.0 && (years("3") - 3.0).abs() <= 0.0);
        for wrong in ["0", "-5", "101", "nan"] {
            let error = with(wrong).expect_err("no period").to_string();
            assert!(error.contains("recommended_holding_years") && error.contains("at most 100"), "{error}");
        }
    }

    #[test]
    fn the_partitions_of_queries_are_those_of_the_file_or_the_cores() {
        let with =
            |line: &str| toml::from_str::<Config>(&SHIPPED.replace("[engine]\n", &format!("[engine]\n{line}\n")));
        assert_eq!(with("").expect("readable").engine.settings().partitions, EngineSettings::default().partitions);
        assert_eq!(with("partitions = 3").expect("readable").engine.settings().partitions, 3);
        for none in ["partitions = 0", "partitions = 256", "partitions = -1"] {
            assert!(with(none).expect_err("refused").to_string().contains("partitions"), "{none}");
        }
    }

    #[test]
    fn a_configuration_in_one_folder_is_readable() {
        let config = parse(&within(Path::new("/tmp/demo"), StoreKind::Demo)).expect("readable");
        assert_eq!(config.store.kind(), StoreKind::Demo);
        assert_eq!(config.lake.url, "/tmp/demo/lake");
    }

    #[test]
    fn the_first_variable_of_the_locale_decides() {
        let of = |set: &[(&str, &str)]| {
            is_utf8(|name| set.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(of(&[("LANG", "de_DE.UTF-8")]) && of(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]) && !of(&[("LANG", "de_DE@euro")]) && !of(&[]));
    }

    #[test]
    fn the_environment_has_the_last_word() {
        let mut config: Config = toml::from_str(SHIPPED).expect("readable");
        from_environment(&mut config, |name| (name == "FINANCR_LAKE_URL").then(|| "s3://bucket/lake".to_owned()));
        assert_eq!(config.lake.url, "s3://bucket/lake");
        assert!(config.api.token.is_none());
    }
}
