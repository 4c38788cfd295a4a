//! Officials and the commission during the voting and after it: steps, acts that need two, pictures, the opening key, signatures.

use audit::{
    office::Role,
    round::{Act, Bytes, pictures::PictureKind},
};
use rand::RngExt as _;
use veche::{
    client::ClientFault,
    crypto::opening::OpeningKeyPair,
    http::{PictureRequest, StepRequest},
};

use super::{model::Picture, run::Run};
use crate::{
    camera,
    town::{HOUR, signing_key},
};

/// Images that officials have, each another one.
const IMAGES: u32 = 6;

impl Run {
    pub async fn steps(&mut self) {
        let Some(slug) = self.some_round() else { return };
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Official, &at);
        let reason = if self.rng.random_bool(0.1) { "" } else { "a storm" }.to_owned();
        let closes_at = self.model.rounds[&slug].closes_at + self.rng.random_range(-600..3 * HOUR);
        let which = self.rng.random_range(0..5);
        let step = match which {
            0 | 1 => StepRequest::Pause { reason: reason.clone() },
            2 | 3 => StepRequest::Resume { reason: reason.clone() },
            _ => StepRequest::Extend { reason: reason.clone(), closes_at },
        };
        self.begins(at.now, format!("{slug}: {} takes a step, {step:?}", official.handle));
        let answer = member.step(&slug, &step).await;
        let wanted = self.model.may(&official.handle, Role::Official).and_then(|()| {
            let round = self.model.round(&slug)?;
            match which {
                0 | 1 => round.pauses(at.now, &reason),
                2 | 3 => round.resumes(at.now, &reason),
                _ => round.extends(at.now, closes_at, &reason),
            }
        });
        self.hears_of_round(&slug, answer, &wanted);
    }

    pub async fn proposes(&mut self) {
        let Some(slug) = self.some_round() else { return };
        // Most rounds should live long enough to tell something.
        let act = match self.rng.random_range(0..20) {
            0..17 => Act::Open,
            17..19 => Act::Close,
            _ => Act::Annul,
        };
        self.proposes_this(&slug, act).await;
    }

    pub async fn proposes_this(&mut self, slug: &str, act: Act) {
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Official, &at);
        let reason = if self.rng.random_bool(0.05) { "\u{a0}" } else { "it is time" };
        self.begins(at.now, format!("{slug}: {} proposes {act:?}", official.handle));
        let answer = member.propose(slug, act, reason).await;
        let wanted = self.model.may(&official.handle, Role::Official);
        let wanted = wanted.and_then(|()| self.model.round(slug)?.proposes(at.now, &official.handle, act, reason));
        self.hears_of_round(slug, answer, &wanted);
    }

    pub async fn confirms(&mut self) {
        let Some(slug) = self.some_round() else { return };
        self.confirms_this(&slug).await;
    }

    pub async fn confirms_this(&mut self, slug: &str) {
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Commission, &at);
        self.begins(at.now, format!("{slug}: {} confirms", official.handle));
        let answer = member.confirm(slug).await;
        let wanted = self.model.may(&official.handle, Role::Commission);
        let wanted = wanted.and_then(|()| self.model.round(slug)?.confirms(at.now, &official.handle));
        self.hears_of_round(slug, answer, &wanted);
    }

    pub async fn reveals(&mut self) {
        let Some(slug) = self.some_round() else { return };
        self.reveals_this(&slug).await;
    }

    pub async fn reveals_this(&mut self, slug: &str) {
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Commission, &at);
        let right = self.rng.random_bool(0.8);
        self.begins(
            at.now,
            format!("{slug}: {} reveals {} key", official.handle, if right { "the" } else { "another" }),
        );
        let other = OpeningKeyPair::generate(&mut self.rng);
        let key = if right { self.grounds[slug].opening.secret() } else { other.secret() };
        let answer = member.reveal(slug, key).await;
        let wanted = self.model.may(&official.handle, Role::Commission);
        let wanted = wanted.and_then(|()| self.model.round(slug)?.reveals(at.now, &official.handle, right));
        self.hears_of_round(slug, answer, &wanted);
    }

    pub async fn signs(&mut self) {
        let Some(slug) = self.some_round() else { return };
        self.signs_this(&slug).await;
    }

    pub async fn signs_this(&mut self, slug: &str) {
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Commission, &at);
        let right = official.key.is_some() && self.rng.random_bool(0.9);
        let key = official.key.clone().filter(|_| right).unwrap_or_else(|| signing_key(77));
        self.begins(
            at.now,
            format!("{slug}: {} signs with {} key", official.handle, if right { "the" } else { "another" }),
        );
        let answer = member.sign(slug, &key).await;
        // What is to be signed anybody may ask for; only then the token matters.
        let counted = self.model.rounds[slug].counted;
        let wanted = if counted { self.model.may(&official.handle, Role::Commission) } else { Err("no-result-yet") };
        let wanted = wanted.and_then(|()| self.model.round(slug)?.signs(at.now, &official.handle, right));
        self.hears_of_round(slug, answer, &wanted);
    }

    pub async fn pictures(&mut self) {
        let Some(slug) = self.some_round() else { return };
        if self.rng.random_bool(0.4) {
            return self.removes_picture(&slug).await;
        }
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Official, &at);
        let (image, damaged) = (self.rng.random_range(0..IMAGES), self.rng.random_bool(0.1));
        let picture = Picture {
            territory: self.rng.random_range(1..=9),
            plan: self.rng.random_bool(0.3),
            words: self.one(&["An alley", "A pond", "A pond", " "]).to_owned(),
        };
        let bytes = if damaged { b"GIF89a".to_vec() } else { camera::png(20 + image, 16) };
        let kind = if picture.plan { PictureKind::Plan } else { PictureKind::Photo };
        let alt = [("en".to_owned(), picture.words.clone())].into();
        let request = PictureRequest { alt, image: Bytes(bytes), kind };
        self.begins(at.now, format!("{slug}: {} adds image {image}, {picture:?}", official.handle));
        let answer = member.add_picture(&slug, picture.territory, &request).await;
        let wanted = self.model.may(&official.handle, Role::Official).and_then(|()| {
            let image = (!damaged).then_some(image);
            self.model.round(&slug)?.adds_picture(at.now, image, picture)
        });
        if let Some(answer) = self.agree(answer, &wanted) {
            self.grounds.get_mut(&slug).unwrap().pictures.insert(image, answer.picture);
        }
    }

    async fn removes_picture(&mut self, slug: &str) {
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Official, &at);
        let known: Vec<_> = self.grounds[slug].pictures.iter().map(|(image, name)| (*image, *name)).collect();
        let (image, name) = match known.is_empty() {
            true => (u32::MAX, audit::log::hash::Hash::ZERO),
            false => self.one(&known),
        };
        let reason = if self.rng.random_bool(0.1) { "" } else { "somebody in it asked" };
        self.begins(at.now, format!("{slug}: {} removes image {image}", official.handle));
        let answer: Result<(), ClientFault> = member.remove_picture(slug, &name, reason).await;
        let wanted = self.model.may(&official.handle, Role::Official);
        let wanted = wanted.and_then(|()| self.model.round(slug)?.removes_picture(at.now, image, reason));
        self.agree(answer, &wanted);
    }
}
