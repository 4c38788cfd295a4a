//! The program `veche`.

use std::process::ExitCode;

use clap::Parser;
use veche::{cli::Cli, telemetry, threads};

/// A server makes and drops many small things on several threads at once. Which allocator does that well was measured (decision 8).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start(cli.is_for_machines());
    // What comes from a database or a socket goes before what computes: by default up to 60 signature checks would be made first.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime =
        runtime.global_queue_interval(1).event_interval(7).on_thread_start(threads::stand_back).enable_all().build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(cli.run());
            // A count that is under way is not waited for: another start makes it anew.
            runtime.shutdown_background();
            code
        }
        Err(fault) => {
            eprintln!("veche: {fault}");
            ExitCode::FAILURE
        }
    }
}
