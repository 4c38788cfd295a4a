//! `veche admin staff`: who may act, in the database of this machine.

use audit::{office::Role, round::Bytes};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::super::{CliFault, Holds};
use crate::{app::staff, clock::Clock, config::Config, domain::staff::Actor, server};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum RoleName {
    /// Drafts, imports the roll, proposes, pauses, extends.
    Official,
    /// Confirms, reveals the opening key, signs.
    Commission,
}

#[derive(Debug, Subcommand)]
pub(in super::super) enum Staff {
    /// Adds somebody and prints their token, which is stored nowhere. The first one may be added before the service has started: then the
    /// database is made, and it is said where.
    Add {
        /// Handle that stands in the log, such as official-1.
        handle: String,
        /// What they may do.
        #[arg(long, value_enum)]
        role: RoleName,
        /// Public key of a commission member (base64, from `keys new member`).
        #[arg(long)]
        key: Option<String>,
    },
    /// Ends somebody's powers at once.
    Revoke {
        /// Their handle.
        handle: String,
    },
    /// Lists who may act.
    List,
}

impl Staff {
    pub(super) async fn run(self, config: Config, as_json: bool) -> Result<Holds, CliFault> {
        let clock = Clock::system();
        let app = match self {
            Self::Add { .. } => {
                let (app, made) = server::open_or_found(config, clock).await?;
                // The token is for that database and no other.
                made.inspect(|made| tracing::warn!("{made}"));
                app
            }
            _ => server::open_existing(config, clock).await?,
        };
        match self {
            Self::Add { handle, role, key } => {
                let key = key.map(|key| public_key(&key)).transpose()?;
                let token = staff::add(&app, &handle, role.into(), key).await?;
                if as_json {
                    println!("{}", json!({ "handle": handle, "token": token }));
                } else {
                    println!("{token}");
                }
            }
            Self::Revoke { handle } => {
                staff::revoke(&app, &handle).await?;
                if as_json {
                    println!("{}", json!({ "revoked": handle }));
                }
            }
            Self::List => list(&staff::all(&app).await?, as_json),
        }
        app.stop().await;
        Ok(true)
    }
}

fn list(all: &[Actor], as_json: bool) {
    if as_json {
        let all: Vec<_> = all.iter().map(|actor| json!({ "handle": actor.handle, "role": actor.role })).collect();
        println!("{}", json!({ "staff": all }));
        return;
    }
    all.iter().for_each(|actor| println!("{}\t{:?}", actor.handle, actor.role));
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Official => Self::Official,
            RoleName::Commission => Self::Commission,
        }
    }
}

fn public_key(text: &str) -> Result<[u8; 32], CliFault> {
    let bytes: Bytes = serde_json::from_value(text.into()).map_err(CliFault::other)?;
    bytes.array().ok_or_else(|| CliFault::Other("--key must be 32 bytes in base64".into()))
}
