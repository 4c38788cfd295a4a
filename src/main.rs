//! The program `veche`.

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};
use veche::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(cli.is_for_machines());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(cli.run()),
        Err(fault) => {
            eprintln!("veche: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// What happens, on standard error: text for people, one JSON object a line for machines. `RUST_LOG` says how much.
fn log_to_stderr(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,veche=info"));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = if json { lines.json().boxed() } else { lines.boxed() };
    tracing_subscriber::registry().with(filter).with(lines).init();
}
