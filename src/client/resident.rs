//! A resident: gets a credential with a letter code, casts without identity, and keeps what proves it.

use audit::{
    log::hash::Hash,
    round::{Bytes, RoundRules},
};
use ballots::{
    Ballot, codec,
    envelope::{Acceptance, Draft, credential},
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use rand::Rng;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    Api, ClientFault,
    blind::{IssuerPublic, Unblinder},
    seal::SealingKey,
};
use crate::{
    crypto::{
        backup,
        codes::{IdentifyingCode, LetterCode, SecretCode},
    },
    http::{AcceptanceResponse, Backup, IdentificationResponse, IssueResponse, RoundResponse},
};

/// How often a request without an answer is sent again.
const TRIES: u32 = 3;

/// A round as a resident's device knows it: its rules, with the keys parsed once.
#[derive(Debug, Clone)]
pub struct PollingPlace {
    /// The frozen rules.
    pub rules: RoundRules,
    /// Their SHA-256.
    pub fingerprint: Hash,
    issuer: IssuerPublic,
    sealing: SealingKey,
    acceptance: VerifyingKey,
    path: String,
}

/// A credential: it stands for one resident, and nobody can tell for whom.
#[derive(Clone)]
pub struct Credential {
    key: SigningKey,
    issuer_signature: Vec<u8>,
    /// Version of the last ballot cast; 0 before the first.
    pub version: u32,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential(…, version {})", self.version)
    }
}

/// A credential that the issuer has not signed yet.
pub struct CredentialRequest {
    key: SigningKey,
    message: Vec<u8>,
    /// What the issuer signs.
    pub blinded: Vec<u8>,
    unblinder: Unblinder,
}

/// An accepted ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// The ballot's bytes.
    pub ballot: Vec<u8>,
    /// The ballot box's promise, whose signature was checked.
    pub acceptance: Acceptance,
    /// The ballot box's signature.
    pub signature: [u8; 64],
}

impl PollingPlace {
    /// Fetches a round and checks that its rules have the fingerprint that the server names.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn enter(api: &Api, slug: &str) -> Result<Self, ClientFault> {
        let path = format!("/api/v1/rounds/{slug}");
        let round: RoundResponse = api.get(&path, None).await?;
        let rules = round.rules;
        let fingerprint = rules.fingerprint();
        if fingerprint != round.fingerprint {
            return Err(ClientFault::wrong("the rules do not have the fingerprint that stands beside them"));
        }
        let acceptance = rules.acceptance_key.array().and_then(|key| VerifyingKey::from_bytes(&key).ok());
        Ok(Self {
            issuer: IssuerPublic::from_der(&rules.issuer_key.0).map_err(ClientFault::wrong)?,
            sealing: SealingKey::from_bytes(&rules.sealing_key.0)?,
            acceptance: acceptance.ok_or_else(|| ClientFault::wrong("the acceptance key is no Ed25519 key"))?,
            rules,
            fingerprint,
            path,
        })
    }

    /// Checks that these are the rules whose fingerprint the resident knows from elsewhere: the newspaper, the wall.
    ///
    /// # Errors
    /// [`ClientFault::Wrong`].
    pub fn must_be(&self, fingerprint: &Hash) -> Result<(), ClientFault> {
        if self.fingerprint == *fingerprint {
            return Ok(());
        }
        Err(ClientFault::Wrong(format!("its rules have the fingerprint {}, not the one you know", self.fingerprint)))
    }

    /// Exchanges the identifying half of a letter code for a session.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn identify(&self, api: &Api, code: &IdentifyingCode) -> Result<IdentificationResponse, ClientFault> {
        let body = json!({ "code": code.to_string() });
        api.send(Method::POST, &format!("{}/identification", self.path), None, Some(&body)).await
    }

    /// Makes a key pair and blinds it. A device keeps this until the answer is there: asking again with the same request
    /// gets the same signature, asking with another one is refused.
    ///
    /// # Errors
    /// [`ClientFault::Wrong`] never in practice.
    pub fn request(&self) -> Result<CredentialRequest, ClientFault> {
        let mut secret = Zeroizing::new([0; 32]);
        rand::rng().fill_bytes(secret.as_mut_slice());
        let key = SigningKey::from_bytes(&secret);
        let message = credential::message(self.fingerprint.as_bytes(), key.verifying_key().as_bytes());
        let (blinded, unblinder) = self.issuer.blind(&mut rand::rng(), &message).map_err(ClientFault::wrong)?;
        Ok(CredentialRequest { key, message, blinded, unblinder })
    }

    /// Unblinds and checks the issuer's signature.
    ///
    /// # Errors
    /// [`ClientFault::Wrong`] when it is no signature on this request.
    pub fn finish(&self, request: CredentialRequest, signature: &[u8]) -> Result<Credential, ClientFault> {
        let CredentialRequest { key, message, unblinder, .. } = request;
        let issuer_signature = self.issuer.finalize(unblinder, signature, &message).map_err(ClientFault::wrong)?;
        Ok(Credential { key, issuer_signature, version: 0 })
    }

    /// Gets a credential in a session: key pair, blinding, blind signature, unblinding and check. A lost answer is asked for again.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn credential(&self, api: &Api, session: &str) -> Result<Credential, ClientFault> {
        self.issue(api, session, self.request()?).await
    }

    async fn issue(&self, api: &Api, session: &str, request: CredentialRequest) -> Result<Credential, ClientFault> {
        let body = json!({ "blinded": Bytes(request.blinded.clone()) });
        let answer: IssueResponse = self.post(api, "credential", Some(session), &body).await?;
        self.finish(request, &answer.signature.0)
    }

    /// Identifies and gets a credential with one question, or a second one when the registrar has more to say; and leaves an encrypted
    /// copy for another device.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn register(&self, api: &Api, code: &LetterCode) -> Result<Credential, ClientFault> {
        let request = self.request()?;
        let body = json!({ "code": code.identifying.to_string(), "blinded": Bytes(request.blinded.clone()) });
        let identified: IdentificationResponse = self.post(api, "identification", None, &body).await?;
        let credential = match identified.signature {
            Some(signature) => self.finish(request, &signature.0)?,
            None => self.issue(api, &identified.session, request).await?,
        };
        self.save(api, &identified.session, &code.secret, &credential).await?;
        Ok(credential)
    }

    /// Posts what a right code or a session may ask for twice: a lost answer is asked for again. (Of a wrong code each counts.)
    async fn post<T: DeserializeOwned>(
        &self,
        api: &Api,
        name: &str,
        session: Option<&str>,
        body: &Value,
    ) -> Result<T, ClientFault> {
        let path = format!("{}/{name}", self.path);
        let mut tries = 0;
        loop {
            match api.send(Method::POST, &path, session, Some(body)).await {
                Err(ClientFault::Http(_)) if tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }

    /// Leaves an encrypted copy of a credential with the registrar.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn save(
        &self,
        api: &Api,
        session: &str,
        code: &SecretCode,
        credential: &Credential,
    ) -> Result<(), ClientFault> {
        let content = Zeroizing::new([credential.key.as_bytes().as_slice(), &credential.issuer_signature].concat());
        let blob = backup::seal(&mut rand::rng(), code, self.fingerprint.as_bytes(), &content);
        let body = Backup { backup: Bytes(blob.map_err(ClientFault::wrong)?) };
        api.send(Method::PUT, &format!("{}/credential/backup", self.path), Some(session), Some(&body)).await
    }

    /// Fetches a credential that another device left. Its version is known to that device only, so `version` is the
    /// highest that the resident, or a refusal of the ballot box, names.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn restore(
        &self,
        api: &Api,
        session: &str,
        code: &SecretCode,
        version: u32,
    ) -> Result<Credential, ClientFault> {
        let backup: Backup = api.get(&format!("{}/credential/backup", self.path), Some(session)).await?;
        let content = backup::open(code, self.fingerprint.as_bytes(), &backup.backup.0).map_err(ClientFault::wrong)?;
        let (secret, issuer_signature) =
            content.split_first_chunk::<32>().ok_or_else(|| ClientFault::wrong("the saved credential is cut"))?;
        Ok(Credential { key: SigningKey::from_bytes(secret), issuer_signature: issuer_signature.to_vec(), version })
    }

    /// Seals and signs a ballot with the credential's next version.
    ///
    /// # Errors
    /// [`ClientFault::Wrong`] never in practice.
    pub fn fill(&self, credential: &mut Credential, ballot: &Ballot) -> Result<Vec<u8>, ClientFault> {
        self.fill_bytes(credential, &codec::encode(&self.rules.voting, ballot))
    }

    /// As [`Self::fill`], with any bytes for the choice: what a faulty or hostile device could send.
    ///
    /// # Errors
    /// [`ClientFault::Wrong`] never in practice.
    pub fn fill_bytes(&self, credential: &mut Credential, choice: &[u8]) -> Result<Vec<u8>, ClientFault> {
        credential.version += 1;
        let public = credential.key.verifying_key().to_bytes();
        let fingerprint = self.fingerprint.as_bytes();
        let sealed = self.sealing.seal(&mut rand::rng(), fingerprint, &public, credential.version, choice)?;
        let draft = Draft {
            fingerprint,
            issuer_signature: &credential.issuer_signature,
            version: credential.version,
            sealed: &sealed,
        };
        Ok(draft.sign(&credential.key))
    }

    /// Sends a ballot, without identity, and checks the acceptance. Sending it again is safe.
    ///
    /// # Errors
    /// [`ClientFault`]; then the ballot is NOT known to be accepted.
    pub async fn cast(&self, api: &Api, ballot: Vec<u8>) -> Result<Cast, ClientFault> {
        let body = json!({ "ballot": Bytes(ballot.clone()) });
        let answer: AcceptanceResponse =
            api.send(Method::POST, &format!("{}/ballots", self.path), None, Some(&body)).await?;
        let acceptance = Acceptance {
            fingerprint: *self.fingerprint.as_bytes(),
            ballot: Sha256::digest(&ballot).into(),
            in_log_by: answer.in_log_by,
        };
        let signature = answer.signature.array().ok_or_else(|| ClientFault::wrong("a signature has 64 bytes"))?;
        if !acceptance.is_signed_by(&self.acceptance, &signature) {
            return Err(ClientFault::wrong("the acceptance is not signed by the ballot box"));
        }
        Ok(Cast { ballot, acceptance, signature })
    }

    /// Fills and casts a ballot.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn vote(&self, api: &Api, credential: &mut Credential, ballot: &Ballot) -> Result<Cast, ClientFault> {
        let ballot = self.fill(credential, ballot)?;
        self.cast(api, ballot).await
    }

    /// Address of the round in the API.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}
