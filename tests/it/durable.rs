//! What was answered is on the disk: how the service's own connections commit, whatever the database would do by itself.

use veche::{
    error::Error,
    store::{Db, Hosts, Tx},
};

use super::both;

#[tokio::test]
async fn sqlite_waits_for_the_disk_at_every_commit() {
    if both::on_postgres() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("veche.db")).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let Tx::Lite(connection) = &mut tx else { panic!("this is a file") };
    let full: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut **connection).await.unwrap();
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut **connection).await.unwrap();
    assert_eq!((full, journal.as_str()), (2, "wal"));
}

/// The server's default would answer before the disk has it.
#[tokio::test(flavor = "multi_thread")]
async fn postgresql_waits_for_the_disk_at_every_commit() {
    if both::on_postgres() {
        return;
    }
    let Some(cluster) = both::server("commits of PostgreSQL", &["synchronous_commit=off"]) else { return };
    assert_eq!(cluster.sql("template", "SHOW synchronous_commit"), "off");
    let db = Db::connect(Hosts::parse(&cluster.url("veche", "template")).unwrap(), 2).await.unwrap();
    assert_eq!(of_service(db.clone()).await.unwrap(), "on");
    assert_eq!(db.apart(of_service).await.unwrap(), "on", "where ballots are committed");
}

async fn of_service(db: Db) -> Result<String, Error> {
    let mut tx = db.write().await?;
    let Tx::Pg(connection) = &mut tx else { panic!("this is a server") };
    Ok(sqlx::query_scalar("SELECT current_setting('synchronous_commit')").fetch_one(&mut **connection).await?)
}
