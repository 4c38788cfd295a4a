//! A database for a unit test: a SQLite file, and PostgreSQL where the tests run themselves again over a throw-away cluster.

#[expect(dead_code, reason = "shared with tests that ask more of it")]
#[path = "../../tests/it/both.rs"]
mod both;
#[expect(dead_code, reason = "shared with tests that ask more of it")]
#[path = "../../tests/it/cluster.rs"]
mod cluster;

use std::path::Path;

use super::{Db, Hosts};

/// Connections that read.
const READERS: u32 = 4;

/// The database of the test with this folder: tables, and nothing in them.
pub(crate) async fn db(folder: &Path) -> Db {
    both::make_database(folder).await;
    match both::database(folder).as_str() {
        "" => Db::open(&folder.join("veche.db")).await.unwrap(),
        url => Db::connect(Hosts::parse(url).unwrap(), READERS).await.unwrap(),
    }
}
