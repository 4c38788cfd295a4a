//! The program `veche`.

use std::process::ExitCode;

use clap::Parser;
use veche::{cli::Cli, telemetry};

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start(cli.is_for_machines());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(cli.run()),
        Err(fault) => {
            eprintln!("veche: {fault}");
            ExitCode::FAILURE
        }
    }
}
