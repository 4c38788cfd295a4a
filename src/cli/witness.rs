//! `veche witness`: watches that logs only grow, and cosigns them as long as they do.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf};

use audit::log::witness::decision::FollowedLog;
use clap::Args;
use serde_json::json;

use super::{CliFault, Holds, keys, serve::Stop};
use crate::{
    clock::Clock,
    connections::Bounds,
    witness::{Listening, Witness},
};

#[derive(Debug, Args)]
pub(super) struct WitnessLogs {
    /// Address to listen on, for logs (POST /add-checkpoint) and for whoever looks (GET /).
    #[arg(long, default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
    /// A log to follow: its verifier key, and @ORIGIN if its checkpoints begin with another name than the key's.
    #[arg(long = "log", required = true, value_name = "VKEY[@ORIGIN]")]
    logs: Vec<FollowedLog>,
    /// File with the witness's key, from `veche keys new witness`.
    #[arg(long)]
    key: PathBuf,
    /// Folder of what was cosigned. Never put it back from an old copy.
    #[arg(long)]
    state: PathBuf,
    /// Connections that are open at most; more wait.
    #[arg(long, default_value = "1000")]
    connections: NonZeroUsize,
    /// Connections from one address that are open at most; more are closed. Behind a proxy: as many as of all.
    #[arg(long, default_value = "32")]
    connections_of_one: NonZeroUsize,
}

impl WitnessLogs {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let stop = Stop::listen()?;
        let cosigner = keys::witness(&self.key)?;
        let vkey = cosigner.public().to_string();
        let witness = Witness::open(&self.state, self.logs, cosigner, Clock::system()).map_err(CliFault::other)?;
        let bounds = Bounds { all: self.connections.get(), of_one: self.connections_of_one.get() };
        let listening = Listening::start(self.listen, witness, bounds).await.map_err(CliFault::other)?;
        if as_json {
            println!("{}", json!({ "url": listening.url(), "vkey": vkey }));
        } else {
            println!("listening on {}\nkey for those who trust this witness: {vkey}", listening.url());
        }
        stop.heard().await?;
        listening.stop().await;
        Ok(true)
    }
}
