//! `veche serve`: runs the service until it is told to stop.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{CliFault, Holds};
use crate::{
    clock::Clock,
    config::{Config, Database},
    server::Server,
};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address to listen on.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Folder of the database and the master key.
    #[arg(long)]
    data: Option<PathBuf>,
    /// PostgreSQL to use instead of a SQLite file: postgres://ROLE@HOST[,HOST]/NAME. A password belongs into VECHE_DATABASE or
    /// ~/.pgpass, for everybody on the machine can read a command line.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Public name of the server; logs are named after it, so it must not change later.
    #[arg(long)]
    host: Option<String>,
    /// Go on with a database that does not have all that this node or a witness has seen of a log, and remember why. What is missing
    /// is lost then: a decision of the commission.
    #[arg(long, value_name = "WHY")]
    accept_loss: Option<String>,
}

impl Serve {
    pub(super) async fn run(self, mut config: Config, as_json: bool) -> Result<Holds, CliFault> {
        config.listen = self.listen.unwrap_or(config.listen);
        config.data = self.data.unwrap_or(config.data);
        config.database = self.database.map_or(config.database, Database);
        config.host = self.host.unwrap_or(config.host);
        config.accept_loss = self.accept_loss;
        // Whoever reads that it listens may stop it at once, so the ear for that is open before.
        let stop = Stop::listen()?;
        let server = Server::start(config, Clock::system()).await?;
        if as_json {
            println!("{}", json!({ "url": server.url(), "metrics": server.metrics }));
        } else {
            println!("listening on {}", server.url());
            if let Some(address) = server.metrics {
                println!("metrics on http://{address}/metrics");
            }
        }
        stop.heard().await?;
        tracing::info!("stopping: requests under way are answered first");
        server.stop().await?;
        Ok(true)
    }
}

/// Ctrl-C and SIGTERM, heard from when this is made.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    pub(super) fn listen() -> Result<Self, CliFault> {
        let listen = |kind| signal(kind).map_err(CliFault::other);
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Waits for either.
    pub(super) async fn heard(mut self) -> Result<(), CliFault> {
        tokio::select! {
            _ = self.interrupt.recv() => Ok(()),
            _ = self.terminate.recv() => Ok(()),
        }
    }
}
