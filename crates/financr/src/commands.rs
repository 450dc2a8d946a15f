//! The commands, one per file.

mod audit;
mod bench;
mod deliveries;
mod demo;
mod evaluate;
mod export;
mod import;
mod inbox;
mod keys;
mod privacy;
mod push;
mod reconcile;
mod report;
mod restate;
mod rights;
mod run;
mod schedule;
mod serve;
mod show;
mod sql;
mod status;
mod suppressions;
mod users;
mod why;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Config};
use crate::ending::{EXPLANATION, exit_code};
use crate::listing::{Format, Listing};
use crate::progress::Display;
use crate::telemetry::{self, Volume};

/// The reporting back office of an investment platform.
#[derive(Debug, Parser)]
#[command(name = "financr", version, about, after_help = help_end(), max_term_width = 110)]
pub struct Cli {
    /// The configuration file [default: financr.toml in this folder, else as shipped]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How rows are written to standard output
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    /// Write every step as JSON lines to standard error instead of showing progress
    #[arg(long, global = true)]
    log: bool,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr demo                                  see everything work on a made-up market\n",
    "  financr import books/                         take in book folders (docs/BOOK_FOLDER.md)\n",
    "  financr import flex.xml --dry-run             see what an export of a broker would bring (docs/IMPORTS.md)\n",
    "  financr run nightly --date 2014-12-31         one night\n",
    "  financr run nightly --from 2014-01-02 --to 2014-12-31    a range as one rebuild\n",
    "  financr show D01 --date 2014-12-31            one portfolio\n",
    "  financr reconcile custodian.csv               a custodian's balances against the books\n",
    "  financr inbox --portfolio D01                 what a person should look at\n",
    "  financr why D01 market_value                  what a figure follows from, down to the imported line\n",
    "  financr restate --dry-run                     published statements that would differ today\n",
    "  financr report verify statement.pdf           whether this house published a file, and what it is\n",
    "  financr sql \"SELECT count(*) FROM silver.rejects\" --format csv\n",
    "  financr evaluate books/ --out results.json    every figure, to compare with another system"
);

fn help_end() -> String {
    format!("{EXAMPLES}\n\n{EXPLANATION}")
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Import(import::Arguments),
    Reconcile(reconcile::Arguments),
    Inbox(inbox::Arguments),
    Run(run::Arguments),
    Show(show::Arguments),
    Why(why::Arguments),
    Restate(restate::Arguments),
    Report(report::Arguments),
    Status(status::Arguments),
    Deliveries(deliveries::Arguments),
    Suppressions(suppressions::Arguments),
    Push(push::Arguments),
    Rights(rights::Arguments),
    Users(users::Arguments),
    Audit(audit::Arguments),
    Keys(keys::Arguments),
    Privacy(privacy::Arguments),
    Sql(sql::Arguments),
    Evaluate(evaluate::Arguments),
    Export(export::Arguments),
    Bench(bench::Arguments),
    Serve(serve::Arguments),
    Schedule(schedule::Arguments),
}

/// What every command is given beside its own arguments.
struct Session {
    config: Option<PathBuf>,
    format: Format,
    display: Display,
}

impl Session {
    fn config(&self) -> anyhow::Result<Config> {
        config::load(self.config.as_deref())
    }

    fn write(&self, listing: &Listing) -> anyhow::Result<()> {
        listing.write(self.format, &mut std::io::stdout().lock())
    }

    /// Writes a sentence for people; nothing where rows for a machine are asked for.
    fn say(&self, sentence: &str) -> anyhow::Result<()> {
        if self.format == Format::Table {
            writeln!(std::io::stdout().lock(), "{sentence}")?;
        }
        Ok(())
    }
}

/// Runs a command and returns the program's exit code.
pub async fn execute(cli: Cli) -> ExitCode {
    let served = matches!(cli.command, Command::Serve(_) | Command::Schedule(_));
    let logged = cli.log || served;
    telemetry::start(if logged { Volume::Steps } else { Volume::Quiet });
    let session = Session { config: cli.config, format: cli.format, display: Display::new(logged) };
    let outcome = match cli.command {
        Command::Demo(arguments) => demo::execute(&session, &arguments).await,
        Command::Import(arguments) => import::execute(&session, &arguments).await,
        Command::Reconcile(arguments) => reconcile::execute(&session, &arguments).await,
        Command::Inbox(arguments) => inbox::execute(&session, &arguments).await,
        Command::Run(arguments) => run::execute(&session, &arguments).await,
        Command::Show(arguments) => show::execute(&session, &arguments).await,
        Command::Why(arguments) => why::execute(&session, &arguments).await,
        Command::Report(arguments) => report::execute(&session, &arguments).await,
        Command::Restate(arguments) => restate::execute(&session, &arguments).await,
        Command::Status(arguments) => status::execute(&session, &arguments).await,
        Command::Deliveries(arguments) => deliveries::execute(&session, &arguments).await,
        Command::Suppressions(arguments) => suppressions::execute(&session, &arguments).await,
        Command::Push(arguments) => push::execute(&session, &arguments).await,
        Command::Rights(arguments) => rights::execute(&session, &arguments).await,
        Command::Users(arguments) => users::execute(&session, &arguments).await,
        Command::Audit(arguments) => audit::execute(&session, &arguments).await,
        Command::Keys(arguments) => keys::execute(&session, &arguments).await,
        Command::Privacy(arguments) => privacy::execute(&session, &arguments).await,
        Command::Sql(arguments) => sql::execute(&session, &arguments).await,
        Command::Export(arguments) => export::execute(&session, &arguments).await,
        Command::Evaluate(arguments) => evaluate::execute(&session, &arguments).await,
        Command::Bench(arguments) => bench::execute(&session, &arguments).await,
        Command::Serve(arguments) => serve::execute(&session, &arguments).await,
        Command::Schedule(arguments) => schedule::execute(&session, &arguments).await,
    };
    if let Err(error) = &outcome {
        if is_broken_pipe(error) {
            // Whoever read the output has seen enough.
            return ExitCode::SUCCESS;
        }
        // There is nowhere left to report to if standard error is closed.
        let _closed = writeln!(std::io::stderr().lock(), "error: {}", sentence(error));
    }
    exit_code(&outcome)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// An error with its causes, each said once: libraries like to repeat a cause in their own text.
fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = if text.is_empty() { said } else { format!("{text}: {said}") };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_file_is_a_command() {
        Cli::command().debug_assert();
        let names: Vec<String> =
            Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands");
        for file in std::fs::read_dir(folder).expect("the folder is there") {
            // A command with many sides has a folder beside its file.
            let path = file.expect("readable").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(names.contains(&name), "{}", path.display());
        }
    }
}
