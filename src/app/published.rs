//! A published round with everything that never changes: rules, parsed keys, and the service's own secrets for it.

use std::sync::{Arc, OnceLock};

use audit::{
    log::{hash::Hash, note::Signer},
    round::{Phase, RoundRules},
};
use ballots::{
    codec,
    envelope::{AcceptanceKey, EnvelopeCheck, IssuerPublicKey},
};
use ed25519_dalek::SigningKey;
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{App, heads::Held, logs::OpenLog, segments::Segments, sweeping::Sweep};
use crate::{
    crypto::{issuer::IssuerKey, vault::MasterKey},
    domain::{Refusal, roll::Eligibility},
    error::Error,
    store::{Tx, rounds, rounds::RoundRow, secrets},
};

/// A published round, loaded once and shared.
#[derive(Debug)]
pub struct Published {
    /// Number in this database.
    pub id: i64,
    /// Number of its log.
    pub log_id: i64,
    /// Its log, as anybody may know it.
    pub log: Arc<OpenLog>,
    /// Handle of the official who published it, once somebody asked.
    pub(super) official: OnceLock<String>,
    /// What this node holds the database to.
    pub(super) held: Arc<Held>,
    /// How far this node is with moving its ballots along with new ones.
    pub(super) sweep: Sweep,
    /// Where its promises lie.
    pub(super) segments: Segments,
    /// The frozen rules.
    pub rules: Arc<RoundRules>,
    /// SHA-256 of the rules.
    pub fingerprint: Hash,
    /// What ballots are checked with.
    pub envelopes: EnvelopeCheck,
    /// Who may be issued a credential.
    pub eligibility: Eligibility,
    /// Signs acceptances.
    pub acceptance: AcceptanceKey,
    /// Signs credentials.
    pub issuer: IssuerKey,
    /// Signs checkpoints.
    pub signer: Signer,
}

/// Names of a round's secrets in the database.
pub(super) fn secret_name(slug: &str, purpose: &str) -> String {
    format!("round/{slug}/{purpose}")
}

impl App {
    /// The published round of this name.
    ///
    /// # Errors
    /// [`Refusal::UnknownRound`], also for a draft.
    pub async fn published(&self, slug: &str) -> Result<Arc<Published>, Error> {
        let known = self.published.read().map_err(Error::broken)?.get(slug).map(Arc::clone);
        match known {
            Some(round) => Ok(round),
            // In a place of its own: it is done once, and would make the future of every request longer.
            None => Box::pin(self.read_published(slug)).await,
        }
    }

    async fn read_published(&self, slug: &str) -> Result<Arc<Published>, Error> {
        let mut tx = self.db.read().await?;
        let row = rounds::find(&mut tx, slug).await?.ok_or(Refusal::UnknownRound)?;
        let takes_ballots = [Phase::Open, Phase::Paused].iter().any(|phase| row.phase == phase.to_string());
        let round = Arc::new(self.load(&mut tx, row).await?);
        if takes_ballots {
            Segments::prepare(&round, &self.db);
        }
        self.published.write().map_err(Error::broken)?.insert(slug.to_owned(), Arc::clone(&round));
        Ok(round)
    }

    async fn load(&self, tx: &mut Tx, row: RoundRow) -> Result<Published, Error> {
        let (Some(log_id), Some(rules)) = (row.log_id, &row.rules) else {
            return Err(Refusal::UnknownRound.into());
        };
        let rules: RoundRules = serde_json::from_str(rules).map_err(Error::broken)?;
        let fingerprint = rules.fingerprint();
        let issuer = IssuerPublicKey::from_der(&rules.issuer_key.0).map_err(Error::broken)?;
        let reference_date: Date = rules.reference_date.to_string().parse().map_err(Error::broken)?;
        let eligibility =
            Eligibility { minimum_age: rules.minimum_age, reference_date, district: rules.district.clone() };
        let policy = rules.witnesses.as_ref();
        let log = OpenLog {
            id: log_id,
            key: rules.log_key.clone(),
            witnesses: policy.map(|policy| policy.keys.clone()).unwrap_or_default(),
            quorum: policy.map_or(0, |policy| policy.quorum),
        };
        Ok(Published {
            official: OnceLock::new(),
            held: Arc::clone(&self.held),
            sweep: Sweep::default(),
            segments: Segments::new(
                self.config.segment,
                MasterKey::from_bytes(self.master.derive("veche/promise-filters/v1")),
                fingerprint.to_string(),
            ),
            id: row.id,
            log_id,
            log: Arc::new(log),
            envelopes: EnvelopeCheck::new(*fingerprint.as_bytes(), issuer, codec::len(&rules.voting)),
            eligibility,
            acceptance: acceptance_key(&self.secret(tx, &secret_name(&row.slug, "acceptance")).await?)?,
            issuer: IssuerKey::from_pkcs8(&self.secret(tx, &secret_name(&row.slug, "issuer")).await?)
                .map_err(Error::broken)?,
            signer: Signer::new(
                rules.origin.clone(),
                signing_key(&self.secret(tx, &secret_name(&row.slug, "log")).await?)?,
            ),
            rules: Arc::new(rules),
            fingerprint,
        })
    }

    /// Opens a secret that was sealed under the master key.
    pub(super) async fn secret(&self, tx: &mut Tx, name: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let sealed = secrets::find(tx, name).await?;
        let sealed = sealed.ok_or_else(|| Error::broken(format!("the key {name} is missing from the database")))?;
        self.master.open(name, &sealed).map_err(|_| {
            Error::broken(format!("the key {name} does not open: the master key is not the one that sealed it"))
        })
    }

    /// Seals a secret under the master key and stores it.
    pub(super) async fn keep_secret(&self, tx: &mut Tx, name: &str, secret: &[u8]) -> Result<(), Error> {
        let sealed = self.master.seal(&mut rand::rng(), name, secret);
        secrets::insert(tx, name, &sealed).await
    }
}

/// An Ed25519 key from its 32 secret bytes.
pub(super) fn signing_key(bytes: &[u8]) -> Result<SigningKey, Error> {
    Ok(SigningKey::from_bytes(ed25519_secret(bytes)?))
}

fn acceptance_key(bytes: &[u8]) -> Result<AcceptanceKey, Error> {
    AcceptanceKey::from_secret(ed25519_secret(bytes)?).ok_or_else(|| Error::broken("AWS-LC does not take the key"))
}

fn ed25519_secret(bytes: &[u8]) -> Result<&[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::broken("an Ed25519 secret has 32 bytes"))
}
