//! `veche serve`: runs the service until it is told to stop.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{CliFault, Holds};
use crate::{clock::Clock, config::Config, server::Server};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address to listen on.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Folder of the database and the master key.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Public name of the server; logs are named after it, so it must not change later.
    #[arg(long)]
    host: Option<String>,
}

impl Serve {
    pub(super) async fn run(self, mut config: Config, as_json: bool) -> Result<Holds, CliFault> {
        config.listen = self.listen.unwrap_or(config.listen);
        config.data = self.data.unwrap_or(config.data);
        config.host = self.host.unwrap_or(config.host);
        let server = Server::start(config, Clock::system()).await?;
        if as_json {
            println!("{}", json!({ "url": server.url() }));
        } else {
            println!("listening on {}", server.url());
        }
        stopped().await?;
        tracing::info!("stopping: requests under way are answered first");
        server.stop().await?;
        Ok(true)
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn stopped() -> Result<(), CliFault> {
    let mut terminate = signal(SignalKind::terminate()).map_err(CliFault::other)?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(CliFault::other),
        _ = terminate.recv() => Ok(()),
    }
}
