//! What the program writes down about itself while it works.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How much is written, to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Volume {
    /// Warnings and errors, for a person at a terminal.
    Quiet,
    /// Every step, one JSON object a line, for a machine.
    Steps,
}

/// Starts writing.
pub(crate) fn start(volume: Volume) {
    let registry = tracing_subscriber::registry();
    // A second start, as in tests, changes nothing.
    let _started_before = match volume {
        Volume::Quiet => {
            // Errors of libraries come back as errors and are shown once, by the command.
            let layer =
                tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(false);
            registry.with(EnvFilter::new("off,jobs=warn,api=warn,store=error")).with(layer).try_init()
        }
        Volume::Steps => {
            let layer = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
            registry.with(EnvFilter::new("warn,jobs=info,api=info,financr=info,lettre=warn")).with(layer).try_init()
        }
    };
}
