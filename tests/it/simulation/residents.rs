//! Residents with the registrar: letter codes, credentials, backups, answers that are lost.

use audit::round::Bytes;
use rand::RngExt as _;
use reqwest::Method;
use serde_json::json;
use veche::{
    client::{ClientFault, resident::CredentialRequest},
    crypto::codes::LetterCode,
    http::{Backup, IdentificationResponse, IssueResponse},
};

use super::{
    model::people::{Session, Typed},
    run::{Asked, Device, Resident, Run},
    world::At,
};
use crate::registrar::guess;

impl Run {
    /// Somebody on a roll.
    pub fn somebody(&mut self) -> Option<(String, usize)> {
        let slug = self.some_round()?;
        let people: Vec<usize> = self.grounds[&slug].residents.keys().copied().collect();
        if people.is_empty() {
            return None;
        }
        let person = self.one(&people);
        Some((slug, person))
    }

    pub fn resident(&mut self, slug: &str, person: usize) -> &mut Resident {
        self.grounds.get_mut(slug).unwrap().residents.get_mut(&person).unwrap()
    }

    pub fn device(&mut self, slug: &str, person: usize, tablet: bool) -> &mut Device {
        let resident = self.resident(slug, person);
        if tablet { &mut resident.tablet } else { &mut resident.phone }
    }

    pub async fn identifies(&mut self) {
        let Some((slug, person)) = self.somebody() else { return };
        let typed = match self.rng.random_range(0..10) {
            0..6 => Typed::Right,
            6..8 => Typed::Wrong,
            8 => Typed::Unknown,
            _ => Typed::Slip,
        };
        // Now and then until the code is burned.
        let times = if typed == Typed::Wrong && self.rng.random_bool(0.25) { 10 } else { 1 };
        let tablet = self.rng.random_bool(0.2);
        for _ in 0..times {
            self.types(&slug, person, tablet, typed).await;
        }
    }

    async fn types(&mut self, slug: &str, person: usize, tablet: bool, typed: Typed) {
        let at = self.anywhere();
        let letters = self.resident(slug, person).letters.clone();
        let letter = letters.last().unwrap();
        let text = match typed {
            Typed::Right if self.rng.random_bool(0.3) => letter.identifying.letters().to_lowercase(),
            Typed::Right => letter.identifying.to_string(),
            Typed::Wrong => guess(letter),
            Typed::Unknown if letters.len() > 1 => letters[0].identifying.to_string(),
            Typed::Unknown => LetterCode::generate(&mut self.rng).identifying.to_string(),
            Typed::Slip => letter.identifying.letters()[..15].to_owned(),
        };
        // Often a message comes along, to be signed at once.
        let (blinded, request) = match self.rng.random_bool(0.5) {
            true => Some(self.message(slug, person, tablet)).unzip(),
            false => (None, None),
        };
        self.begins(at.now, format!("{slug}: person {person} types {typed:?}, with a message: {}", blinded.is_some()));
        let path = format!("/api/v1/rounds/{slug}/identification");
        let body = match &blinded {
            Some(blinded) => json!({ "code": text, "blinded": Bytes(blinded.clone()) }),
            None => json!({ "code": text }),
        };
        if typed == Typed::Right && blinded.is_some() && self.rng.random_bool(0.1) {
            self.loses_answer(at.api.send::<_, serde_json::Value>(Method::POST, &path, None, Some(&body))).await;
        }
        let answer = at.api.send(Method::POST, &path, None, Some(&body)).await;
        let wanted = self.model.round(slug).unwrap().identifies(at.now, person, typed);
        let answer: Option<IdentificationResponse> = self.agree(answer, &wanted);
        if let Some(IdentificationResponse { session: token, expires, pseudonym, signature }) = answer {
            assert_eq!(Ok(expires), wanted);
            assert_eq!(*pseudonym.as_bytes(), self.roll_key.pseudonym(&self.people[person].number));
            let letter = self.model.rounds[slug].roll[&person].letter;
            let session = Session { token, slug: slug.to_owned(), expires, letter };
            let round = self.model.round(slug).unwrap();
            let signed = blinded.filter(|blinded| round.would_issue(at.now, person, &session, blinded).is_ok());
            assert_eq!(signature.is_some(), signed.is_some(), "what was to be signed at once");
            if let (Some(blinded), Some(Bytes(signature))) = (signed, signature) {
                round.issues(person, &blinded);
                self.receives(slug, person, tablet, blinded, request.flatten(), signature);
            }
            self.device(slug, person, tablet).session = Some(session);
        }
    }

    /// What a device asks to be signed: mostly what it asked before, else something new, of which it keeps the other half.
    fn message(&mut self, slug: &str, person: usize, tablet: bool) -> (Vec<u8>, Option<CredentialRequest>) {
        match self.device(slug, person, tablet).asked.as_ref().map(|asked| asked.blinded.clone()) {
            Some(blinded) if self.rng.random_bool(0.7) => (blinded, None),
            _ => {
                let made = self.grounds[slug].place.as_ref().unwrap().request().unwrap();
                (made.blinded.clone(), Some(made))
            }
        }
    }

    /// A device gets a signature, which is the one that it may have had before.
    fn receives(
        &mut self,
        slug: &str,
        person: usize,
        tablet: bool,
        blinded: Vec<u8>,
        request: Option<CredentialRequest>,
        signature: Vec<u8>,
    ) {
        let place = self.grounds[slug].place.clone().unwrap();
        let device = self.device(slug, person, tablet);
        if let Some(request) = request {
            device.asked = Some(Asked { blinded, request: Some(request), signature: None });
        }
        let asked = device.asked.as_mut().unwrap();
        let same = asked.signature.replace(signature.clone()).is_none_or(|known| known == signature);
        assert!(same, "one message has two signatures");
        if let Some(request) = asked.request.take() {
            device.credential = Some(place.finish(request, &signature).unwrap());
        }
    }

    /// The session of a device, which mostly gets a new one when it has none that opens anything; at times the same person's session
    /// of another round.
    async fn session(&mut self, slug: &str, person: usize, tablet: bool) -> Option<Session> {
        if self.rng.random_bool(0.1) {
            let elsewhere = self.grounds.iter().filter(|(other, _)| *other != slug);
            let mut sessions = elsewhere.filter_map(|(_, ground)| ground.residents.get(&person)?.phone.session.clone());
            if let Some(session) = sessions.next() {
                return Some(session);
            }
        }
        let second = self.world.second;
        let over = |device: &Device| device.session.as_ref().is_none_or(|session| session.expires <= second + 3);
        let known = self.device(slug, person, tablet).session.clone();
        // Whoever had the letter before goes on with it as often as its owner comes with the new one.
        let replaced = known.is_some_and(|known| self.model.rounds[slug].knows(person, &known).is_err());
        let replaced = replaced && self.rng.random_bool(0.5);
        if (replaced || over(self.device(slug, person, tablet))) && self.rng.random_bool(0.9) {
            self.types(slug, person, tablet, Typed::Right).await;
        }
        self.device(slug, person, tablet).session.clone()
    }

    pub async fn asks(&mut self) {
        let Some((slug, person)) = self.somebody() else { return };
        let tablet = self.rng.random_bool(0.1);
        let Some(session) = self.session(&slug, person, tablet).await else { return };
        let (blinded, request) = match self.rng.random_bool(0.05) {
            true => (vec![0xff; 256], None),
            false => self.message(&slug, person, tablet),
        };
        let at = self.anywhere();
        let fresh = if request.is_some() { "another" } else { "the same" };
        self.begins(at.now, format!("{slug}: person {person} asks for a credential, {fresh} message"));
        if self.rng.random_bool(0.1) {
            self.loses_answer(issue(at.clone(), &slug, &session.token, &blinded)).await;
        }
        let answer = issue(at.clone(), &slug, &session.token, &blinded).await;
        let round = self.model.round(&slug).unwrap();
        let damaged = blinded.iter().all(|byte| *byte == 0xff);
        let wanted = session.opens(&slug, at.now).and_then(|()| match damaged {
            true => Err("blinded-message"),
            false => round.would_issue(at.now, person, &session, &blinded),
        });
        if wanted.is_ok() {
            round.issues(person, &blinded);
        }
        if let Some(answer) = self.agree(answer, &wanted) {
            self.receives(&slug, person, tablet, blinded, request, answer.signature.0);
        }
    }

    /// Two devices ask at once, with two messages: one credential for one person.
    pub async fn races_for_a_credential(&mut self) {
        let Some((slug, person)) = self.somebody() else { return };
        let Some(session) = self.session(&slug, person, false).await else { return };
        let place = self.grounds[&slug].place.clone().unwrap();
        let (here, there) = (self.anywhere(), self.anywhere());
        let requests = [place.request().unwrap(), place.request().unwrap()];
        let messages = requests.each_ref().map(|request| request.blinded.clone());
        self.begins(here.now, format!("{slug}: person {person} asks on two devices at once"));
        let round = &self.model.rounds[&slug];
        let wanted = [(&here, 0), (&there, 1)].map(|(at, which): (&At, usize)| {
            session.opens(&slug, at.now).and_then(|()| round.would_issue(at.now, person, &session, &messages[which]))
        });
        let (one, other) = tokio::join!(
            issue(here.clone(), &slug, &session.token, &messages[0]),
            issue(there.clone(), &slug, &session.token, &messages[1])
        );
        let won = match (wanted, one.is_ok()) {
            ([Ok(()), Ok(())], true) => (0, one.ok(), self.agree(other, &Err::<(), _>("already-issued"))),
            ([Ok(()), Ok(())], false) => (1, other.ok(), self.agree(one, &Err::<(), _>("already-issued"))),
            ([first, second], _) => {
                assert!(first.is_err() || second.is_err());
                let (one, other) = (self.agree(one, &first), self.agree(other, &second));
                if one.is_some() { (0, one, other) } else { (1, other, one) }
            }
        };
        let (which, Some(answer), None) = won else {
            assert!(won.1.is_none() && won.2.is_none(), "both were given a credential");
            return;
        };
        self.model.round(&slug).unwrap().issues(person, &messages[which]);
        let request = requests.into_iter().nth(which).unwrap();
        let credential = place.finish(request, &answer.signature.0).unwrap();
        let asked = Asked { blinded: messages[which].clone(), request: None, signature: Some(answer.signature.0) };
        let device = self.device(&slug, person, false);
        (device.asked, device.credential) = (Some(asked), Some(credential));
    }

    /// The connection breaks at some moment, and nobody hears what became of it.
    pub async fn loses_answer<T>(&mut self, request: impl Future<Output = T>) {
        let patience = std::time::Duration::from_micros(self.rng.random_range(0..5_000));
        let _ = tokio::time::timeout(patience, request).await;
        self.journal.adds("the answer is lost");
    }

    pub async fn saves(&mut self) {
        let Some((slug, person)) = self.somebody() else { return };
        let Some(credential) = self.resident(&slug, person).phone.credential.clone() else { return };
        let Some(session) = self.session(&slug, person, false).await else { return };
        let letter = self.resident(&slug, person).letters.last().unwrap().clone();
        let at = self.anywhere();
        let short = self.rng.random_bool(0.1);
        self.begins(at.now, format!("{slug}: person {person} leaves a backup{}", if short { ", cut" } else { "" }));
        let place = self.grounds[&slug].place.clone().unwrap();
        let answer = if short {
            let body = Backup { backup: Bytes(vec![1; 77]) };
            let path = format!("{}/credential/backup", place.path());
            at.api.send(Method::PUT, &path, Some(&session.token), Some(&body)).await
        } else {
            place.save(&at.api, &session.token, &letter.secret, &credential).await
        };
        let wanted = session.opens(&slug, at.now).and_then(|()| match short {
            true => Err("backup-length"),
            false => self.model.rounds[&slug].knows(person, &session),
        });
        if wanted.is_ok() {
            let listed = self.model.round(&slug).unwrap().roll.get_mut(&person).unwrap();
            listed.backup = Some(listed.letter);
        }
        self.agree(answer, &wanted);
    }

    /// Another device goes on with the letter.
    pub async fn restores(&mut self) {
        let Some((slug, person)) = self.somebody() else { return };
        let Some(session) = self.session(&slug, person, true).await else { return };
        let letter = self.resident(&slug, person).letters.last().unwrap().clone();
        let at = self.anywhere();
        self.begins(at.now, format!("{slug}: person {person} restores a backup"));
        let place = self.grounds[&slug].place.clone().unwrap();
        let answer = place.restore(&at.api, &session.token, &letter.secret, 0).await;
        let round = &self.model.rounds[&slug];
        let listed = &round.roll[&person];
        let known = session.opens(&slug, at.now).and_then(|()| round.knows(person, &session));
        let wanted = known.and_then(|()| listed.backup.ok_or("no-backup"));
        if wanted.is_ok_and(|sealed_by| sealed_by != listed.letter) {
            assert!(matches!(answer, Err(ClientFault::Wrong(_))), "a backup opens with another letter: {answer:?}");
            return;
        }
        if let Some(credential) = self.agree(answer, &wanted) {
            self.device(&slug, person, true).credential = Some(credential);
        }
    }
}

/// Asks for a signature on a blinded message.
async fn issue(at: At, slug: &str, token: &str, blinded: &[u8]) -> Result<IssueResponse, ClientFault> {
    let path = format!("/api/v1/rounds/{slug}/credential");
    let body = json!({ "blinded": Bytes(blinded.to_vec()) });
    at.api.send(Method::POST, &path, Some(token), Some(&body)).await
}
