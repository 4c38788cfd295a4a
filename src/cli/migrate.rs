//! `veche migrate`: the tables of a PostgreSQL, made and updated by their owner, so that the service needs no such power.

use clap::Args;
use serde_json::json;

use super::{CliFault, Holds};
use crate::store::{self, Hosts};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Database, as the role that owns its tables: postgres://OWNER@HOST[,HOST]/NAME.
    #[arg(long, value_name = "URL", env = "VECHE_OWNER", hide_env_values = true)]
    owner: String,
    /// Role that the service connects as; it must exist, and it may neither change nor delete a line of a log.
    #[arg(long, value_name = "ROLE", default_value = "veche")]
    service: String,
}

impl Migrate {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let owner = Hosts::parse(&self.owner).map_err(CliFault::other)?;
        if owner.user() == self.service {
            return Err(CliFault::Other(format!(
                "the owner and the service must be two roles: as the owner, {} could rewrite the logs",
                self.service
            )));
        }
        let done = store::migrate(&owner, &self.service).await?;
        if as_json {
            println!("{}", json!({ "before": done.before, "now": done.now, "service": self.service }));
        } else if done.before == done.now {
            println!("the schema is {} already; {} has its rights", done.now, self.service);
        } else {
            println!("the schema went from {} to {}; {} has its rights", done.before, done.now, self.service);
        }
        Ok(true)
    }
}
