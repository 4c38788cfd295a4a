//! `veche admin check`: looks through the database of this machine for damage.

use serde_json::json;

use super::super::{CliFault, Holds};
use crate::{app::checking, clock::Clock, config::Config, server};

/// Looks, says what was found, and holds when nothing was.
pub(super) async fn check(config: Config, as_json: bool) -> Result<Holds, CliFault> {
    let app = server::open(config, Clock::system()).await?;
    let found = checking::look(&app).await?;
    app.stop().await;
    if as_json {
        println!("{}", json!({ "lines": found.lines, "waiting": found.waiting, "damage": found.damage }));
    } else {
        found.damage.iter().for_each(|damage| println!("DAMAGED: {damage}"));
        println!("{} lines and {} waiting ballots were looked at", found.lines, found.waiting);
    }
    Ok(found.damage.is_empty())
}
