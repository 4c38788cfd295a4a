//! `veche admin check`: looks through the database of this machine for damage; and what mends the damage that loses nothing.

use serde_json::json;

use super::super::{CliFault, Holds, show};
use crate::{
    app::{checking, indexing},
    clock::Clock,
    config::Config,
    server,
};

/// Looks, says what was found, and holds when nothing was, and all was looked at.
pub(super) async fn check(config: Config, as_json: bool) -> Result<Holds, CliFault> {
    let app = server::open_existing(config, Clock::system()).await?;
    let found = checking::look(&app).await?;
    app.stop().await;
    if as_json {
        let (damage, not_looked_at) = (&found.damage, &found.not_looked_at);
        let (lines, waiting) = (found.lines, found.waiting);
        println!("{}", json!({ "lines": lines, "waiting": waiting, "damage": damage, "not_looked_at": not_looked_at }));
    } else {
        found.damage.iter().for_each(|damage| println!("DAMAGED: {damage}"));
        found.not_looked_at.iter().for_each(|what| println!("NOT LOOKED AT: {what}; check again"));
        println!("{} lines and {} waiting ballots were looked at", found.lines, found.waiting);
    }
    Ok(found.damage.is_empty() && found.not_looked_at.is_empty())
}

/// Makes the list of a round's ballots anew, and says how many stand in it.
pub(super) async fn relist(config: Config, slug: &str, as_json: bool) -> Result<Holds, CliFault> {
    let app = server::open_existing(config, Clock::system()).await?;
    let spinner = show::spinner("reading the log", as_json);
    let listed = indexing::relist(&app, &*app.published(slug).await?).await?;
    spinner.finish_and_clear();
    app.stop().await;
    let Some(ballots) = listed else {
        return Err(CliFault::Other("another node is at work on this list; try again in a minute".into()));
    };
    if as_json {
        println!("{}", json!({ "ballots": ballots }));
    } else {
        println!("{slug}: the list of ballots' lines is made anew, of {ballots} ballots");
    }
    Ok(true)
}
