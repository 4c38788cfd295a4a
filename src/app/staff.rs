//! Staff: who may act, and the office log that says so.

use audit::{
    log::note::Signer,
    office::{Founded, Office, OfficeEvent, Role, StaffAdded, StaffRevoked},
    round::Bytes,
};
use rand::Rng;
use zeroize::Zeroizing;

use super::{App, log::Writing, logs::OpenLog, published::signing_key};
use crate::{
    crypto::tokens,
    domain::{
        Refusal,
        staff::{Actor, is_handle},
    },
    error::Error,
    store::{Tx, log, staff},
};

/// Name of the office log's secret in the database.
const OFFICE_KEY: &str = "office/log";

/// The office log of this service.
#[derive(Debug)]
pub(super) struct OfficeLog {
    pub(super) log_id: i64,
    pub(super) signer: Signer,
}

/// Founds the office log, unless it is there.
pub(super) async fn found(app: &App) -> Result<(), Error> {
    let origin = app.office_origin();
    let mut tx = app.db.write().await?;
    log::lock_founding(&mut tx).await?;
    if log::find(&mut tx, &origin).await?.is_some() {
        // A node that was given another master key must not start.
        return app.secret(&mut tx, OFFICE_KEY).await.map(drop);
    }
    let mut secret = Zeroizing::new([0; 32]);
    rand::rng().fill_bytes(secret.as_mut_slice());
    app.keep_secret(&mut tx, OFFICE_KEY, secret.as_slice()).await.map_err(|_| {
        Error::broken(format!("this database belongs to another host than {}: set `host` as it was", app.config.host))
    })?;
    let signer = Signer::new(origin.clone(), signing_key(secret.as_slice())?);
    let log_id = log::create(&mut tx, &origin).await?;
    let mut writing = Writing::<Office>::open(&mut tx, log_id, &app.held).await?;
    let founded = Founded { at: app.clock.now(), log_key: signer.vkey(), origin };
    writing.push(&OfficeEvent::Founded(founded))?;
    writing.seal(&mut tx, &signer).await?.commit(tx).await.map(drop)
}

/// Adds a member of staff and returns their token, which is stored nowhere.
///
/// # Errors
/// [`Refusal::Malformed`] for a bad handle, [`Refusal::Office`] for one that is taken or a key that does not fit the role.
pub async fn add(app: &App, handle: &str, role: Role, key: Option<[u8; 32]>) -> Result<String, Error> {
    if !is_handle(handle) {
        return Err(Refusal::Malformed("handle: 1 to 63 of a-z, 0-9 and -, not at an end".into()).into());
    }
    let token = tokens::generate(&mut rand::rng());
    let mut tx = app.db.write().await?;
    let office = app.office(&mut tx).await?;
    let mut writing = Writing::<Office>::open(&mut tx, office.log_id, &app.held).await?;
    let at = app.clock.now().max(writing.state()?.last_at());
    let added = StaffAdded { at, handle: handle.to_owned(), key: key.map(Bytes::from), role };
    writing.push(&OfficeEvent::StaffAdded(added))?;
    let sealed = writing.seal(&mut tx, &office.signer).await?;
    let actor = Actor { handle: handle.to_owned(), role };
    staff::insert(&mut tx, &actor, &tokens::hash(&token)).await?;
    sealed.commit(tx).await?;
    Ok(token)
}

/// Ends somebody's powers at once.
///
/// # Errors
/// [`Refusal::Office`] when nobody has the handle.
pub async fn revoke(app: &App, handle: &str) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let office = app.office(&mut tx).await?;
    let mut writing = Writing::<Office>::open(&mut tx, office.log_id, &app.held).await?;
    let at = app.clock.now().max(writing.state()?.last_at());
    writing.push(&OfficeEvent::StaffRevoked(StaffRevoked { at, handle: handle.to_owned() }))?;
    let sealed = writing.seal(&mut tx, &office.signer).await?;
    staff::revoke(&mut tx, handle).await?;
    sealed.commit(tx).await.map(drop)
}

/// Everybody who may act.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(app: &App) -> Result<Vec<Actor>, Error> {
    staff::all(&mut app.db.read().await?).await
}

/// Who holds this token.
///
/// # Errors
/// [`Refusal::Token`].
pub async fn by_token(app: &App, token: &str) -> Result<Actor, Error> {
    let found = staff::by_token(&mut app.db.read().await?, &tokens::hash(token)).await?;
    Ok(found.ok_or(Refusal::Token)?)
}

impl OfficeLog {
    /// What anybody may know of it.
    pub(super) fn open(&self) -> OpenLog {
        OpenLog { id: self.log_id, key: self.signer.vkey(), witnesses: Vec::new(), quorum: 0 }
    }
}

impl App {
    fn office_origin(&self) -> String {
        format!("{}/office", self.config.host)
    }

    /// The office log, opened for writing.
    pub(super) async fn office(&self, tx: &mut Tx) -> Result<OfficeLog, Error> {
        let origin = self.office_origin();
        let log_id = log::find(tx, &origin).await?.ok_or_else(|| Error::broken("the office log is missing"))?;
        let key = signing_key(&self.secret(tx, OFFICE_KEY).await?)?;
        Ok(OfficeLog { log_id, signer: Signer::new(origin, key) })
    }
}
