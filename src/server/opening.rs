//! Opening what a service works on, its database and its master key: made where they are missing, or refused.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::Arc,
};

use zeroize::Zeroizing;

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    crypto::vault::MasterKey,
    error::Error,
    store::{Db, Hosts, log},
};

/// Which settings say where the database is.
const SETTINGS: &str = "Which one is meant say `data` and `database` in the settings (--config, VECHE_CONFIG), or VECHE_DATA and \
    VECHE_DATABASE: set them as they are set for the service";

/// What a database without its key is worth.
const LOST: &str = "a service has worked on this database: copy the key from your backup, or from another node, for what it sealed opens \
    with no other";

/// Opens the database and the master key in the data folder, making both where they are missing; a key only for a new database.
///
/// # Errors
/// [`Error::Broken`] with the file that cannot be used.
pub async fn open(config: Config, clock: Clock) -> Result<Arc<App>, Error> {
    let data = &config.data;
    fs::create_dir_all(data).map_err(|fault| Error::broken(format!("{}: {fault}", data.display())))?;
    let (path, db) = (config.master_key(), database(&config).await?);
    let master = match read_key(&path)? {
        Some(key) => key,
        None if log::sizes(&mut db.read().await?).await?.is_empty() => make_key(&path)?,
        None => return Err(Error::Broken(format!("{}: there is no master key, and {LOST}", path.display()))),
    };
    App::start(config, clock, db, master).await
}

/// Opens them only where a service has worked on them; nothing is made.
///
/// # Errors
/// [`Error::Broken`] with the file or the database that is missing, and with the settings that name it.
pub async fn open_existing(config: Config, clock: Clock) -> Result<Arc<App>, Error> {
    match missing(&config).await? {
        Some(what) => Err(Error::Broken(format!("{what}. {SETTINGS}"))),
        None => open(config, clock).await,
    }
}

/// Opens them, and says in words what was missing and is made now, if anything was.
///
/// # Errors
/// As [`open`].
pub async fn open_or_found(config: Config, clock: Clock) -> Result<(Arc<App>, Option<String>), Error> {
    let missing = missing(&config).await?;
    let made = missing.map(|what| format!("{what}; this is a new installation, made there now. {SETTINGS}"));
    Ok((open(config, clock).await?, made))
}

/// What is missing of what a service that has started once leaves, in words.
async fn missing(config: &Config) -> Result<Option<String>, Error> {
    let is_file = config.database.0.is_empty();
    let files = [(config.database_file(), "database"), (config.master_key(), "master key")];
    for (file, what) in files.into_iter().skip(usize::from(!is_file)) {
        let there = file.try_exists().map_err(|fault| Error::broken(format!("{}: {fault}", file.display())))?;
        if !there {
            return Ok(Some(format!("{}: there is no {what}", file.display())));
        }
    }
    let db = database(config).await?;
    let logs = log::sizes(&mut db.read().await?).await;
    db.close().await;
    let place =
        if is_file { config.database_file().display().to_string() } else { without_password(&config.database.0) };
    Ok(logs?.is_empty().then(|| format!("{place}: no service has worked on this database")))
}

async fn database(config: &Config) -> Result<Db, Error> {
    match config.database.0.as_str() {
        "" => Db::open(&config.database_file()).await,
        url => Db::connect(Hosts::parse(url).map_err(Error::broken)?, config.readers.get()).await,
    }
}

/// The address without the user, the password and the options, which may hold one too.
fn without_password(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("postgres://{}", place.split('?').next().unwrap_or_default())
}

/// The master key, if there is one.
fn read_key(path: &Path) -> Result<Option<MasterKey>, Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(broken(path, &fault)),
    };
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
        .map_err(|_| broken(path, &"must hold 64 hexadecimal digits; restore it from your backup"))?;
    Ok(Some(MasterKey::from_bytes(*bytes)))
}

/// Makes it, in a file that only its owner may read.
fn make_key(path: &Path) -> Result<MasterKey, Error> {
    let key = MasterKey::generate(&mut rand::rng());
    let text = Zeroizing::new(hex::encode(key.as_bytes()));
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|fault| broken(path, &fault))?;
    Ok(key)
}

fn broken(path: &Path, fault: &dyn std::fmt::Display) -> Error {
    Error::broken(format!("{}: {fault}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_without_its_password() {
        for (url, told) in [
            ("postgres://veche:se@cret@db1,db2:5433/veche?password=x", "postgres://db1,db2:5433/veche"),
            ("postgres://veche:a?b@db1/veche", "postgres://db1/veche"),
            ("postgresql://db1/veche", "postgres://db1/veche"),
        ] {
            assert_eq!(without_password(url), told);
        }
    }
}
