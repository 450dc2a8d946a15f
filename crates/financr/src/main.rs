//! The door: reads the command line, opens the house, and says how it ended.

use std::process::ExitCode;

use clap::Parser;
use financr::commands::{Cli, execute};

fn main() -> ExitCode {
    // One provider of cryptography for every library that speaks TLS, before the first of them is used.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return ExitCode::FAILURE;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(8 << 20).build();
    match runtime {
        Ok(runtime) => runtime.block_on(execute(Cli::parse())),
        Err(_) => ExitCode::FAILURE,
    }
}
