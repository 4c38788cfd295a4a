//! Drafting and publishing: an official writes the rules, the service makes the round's keys, and nothing changes after.

use audit::{
    log::note::Signer,
    office::{Office, OfficeEvent, Role, RoundDrafted},
    round::{
        Bytes, Event, Round, Violation,
        event::Published as PublishedEvent,
        rules::{canonical, is_slug},
    },
    verify::bundle::file_hash,
};
use ed25519_dalek::SigningKey;
use rand::Rng;

use super::{
    App,
    log::Writing,
    published::{secret_name, signing_key},
};
use crate::{
    crypto::issuer::IssuerKey,
    domain::{Draft, Refusal, draft::ServiceKeys, staff::Actor},
    error::Error,
    store::{Tx, ballot_box, log, rounds},
};

/// Bits of a round's issuer key.
const ISSUER_BITS: usize = 2048;

/// Saves a draft, new or changed. That people stand together in the log is checked now, the rest when it is published.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::Round`] when batches or register steps are too small, [`Refusal::Frozen`] when a published round has the name.
pub async fn save_draft(app: &App, actor: &Actor, draft: &Draft) -> Result<(), Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    if !is_slug(&draft.slug) {
        return Err(Refusal::Malformed("slug: 1 to 63 of a-z, 0-9 and -, not at an end".into()).into());
    }
    together(app, draft)?;
    let text = canonical(draft);
    let mut tx = app.db.write().await?;
    let text_utf8 = String::from_utf8_lossy(&text);
    if !rounds::save_draft(&mut tx, &draft.slug, &text_utf8, draft.opens_at, draft.closes_at).await? {
        return Err(Refusal::Frozen.into());
    }
    let office = app.office(&mut tx).await?;
    let mut writing = Writing::<Office>::open(&mut tx, office.log_id, &app.held).await?;
    let at = app.clock.now().max(writing.state()?.last_at());
    let drafted = RoundDrafted { at, by, draft: file_hash(&text), slug: draft.slug.clone() };
    writing.push(&OfficeEvent::RoundDrafted(drafted))?;
    writing.seal(&mut tx, &office.signer).await?.commit(tx).await.map(drop)
}

/// Freezes a draft: makes the round's keys, founds its log with the rules as line 0.
///
/// # Errors
/// [`Refusal::Round`] with the field that is out of its range, [`Refusal::Frozen`].
pub async fn publish(app: &App, actor: &Actor, slug: &str) -> Result<Round, Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    // RSA key generation takes long, so it is done before the transaction that others wait for.
    let issuer = tokio::task::spawn_blocking(|| IssuerKey::generate(ISSUER_BITS)).await;
    let issuer = issuer.map_err(Error::broken)?.map_err(Error::broken)?;
    let mut tx = app.db.write().await?;
    let found = rounds::find(&mut tx, slug).await?.ok_or(Refusal::UnknownRound)?;
    rounds::lock(&mut tx, found.id).await?;
    let row = rounds::find(&mut tx, slug).await?.ok_or(Refusal::UnknownRound)?;
    if row.phase != rounds::DRAFT {
        return Err(Refusal::Frozen.into());
    }
    let draft: Draft = serde_json::from_str(&row.draft).map_err(Error::broken)?;
    // Drafts that were saved by an earlier program were not asked.
    together(app, &draft)?;
    if draft.closes_at <= app.clock.now() {
        return Err(Refusal::Malformed("closes_at: must be in the future".into()).into());
    }
    if jiff::tz::TimeZone::get(&draft.time_zone).is_err() {
        return Err(Refusal::Malformed("time_zone: must be a name such as Asia/Yekaterinburg".into()).into());
    }
    let origin = format!("{}/rounds/{slug}", app.config.host);
    let signer = Signer::new(origin.clone(), app.new_key(&mut tx, slug, "log").await?);
    let acceptance = app.new_key(&mut tx, slug, "acceptance").await?;
    app.keep_secret(&mut tx, &secret_name(slug, "issuer"), &issuer.to_pkcs8()).await?;
    let keys = ServiceKeys {
        acceptance_key: Bytes::from(acceptance.verifying_key().to_bytes()),
        issuer_key: Bytes(issuer.public_der()),
        log_key: signer.vkey(),
        origin: origin.clone(),
    };
    let rules = draft.freeze(keys);
    let log_id = log::create(&mut tx, &origin).await?;
    rounds::publish(&mut tx, row.id, log_id, &String::from_utf8_lossy(&canonical(&rules))).await?;
    ballot_box::found(&mut tx, row.id).await?;
    let mut writing = Writing::<Round>::open(&mut tx, log_id, &app.held).await?;
    writing.push(&Event::Published(PublishedEvent { at: app.clock.now(), by, rules }))?;
    writing.seal_round(&mut tx, &signer).await?.commit(tx).await
}

fn together(app: &App, draft: &Draft) -> Result<(), Refusal> {
    draft.check(app.config.least_together).map_err(|fault| Violation::from(fault).into())
}

impl App {
    /// Makes an Ed25519 key for a round and keeps it, sealed.
    async fn new_key(&self, tx: &mut Tx, slug: &str, purpose: &str) -> Result<SigningKey, Error> {
        let mut secret = zeroize::Zeroizing::new([0; 32]);
        rand::rng().fill_bytes(secret.as_mut_slice());
        self.keep_secret(tx, &secret_name(slug, purpose), secret.as_slice()).await?;
        signing_key(secret.as_slice())
    }
}
