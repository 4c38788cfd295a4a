//! Officials before the voting: staff come and go, drafts are written and frozen, the roll is imported in parts, letters are replaced.

use std::sync::Arc;

use audit::{
    office::Role,
    round::{
        Bytes,
        rules::{BatchRules, Member, RegisterRules},
    },
};
use rand::RngExt as _;
use veche::{
    app::{App, staff},
    client::{ClientFault, letters, resident::PollingPlace, staff::StaffMember},
    crypto::{codes::LetterCode, opening::OpeningKeyPair},
    domain::Draft,
    http::{LetterEntry, RollEntry, RoundResponse},
};

use super::{
    model::{Listed, Terms},
    run::{Ground, Official, Resident, Run},
    world::At,
};
use crate::town::{HOUR, approval, signing_key};

impl Run {
    /// Somebody joins the staff.
    pub async fn joins(&mut self, handle: &str, role: Role) {
        let key = (role == Role::Commission).then(|| signing_key(self.staff.len() as u8 + 1));
        let public = key.as_ref().map(|key| key.verifying_key().to_bytes());
        let node = self.world.running()[0];
        let name = handle.to_owned();
        let work = move |app: Arc<App>| async move {
            staff::add(&app, &name, role, public).await.map_err(|fault| fault.to_string())
        };
        let token = self.world.inside(node, work).await;
        let wanted = self.model.joins(handle, role);
        assert_eq!(token.is_ok(), wanted.is_ok(), "{token:?}");
        if let Ok(token) = token {
            self.staff.push(Official { handle: handle.to_owned(), token, key });
        }
    }

    /// People come and go; enough stay for every round to end.
    pub async fn staff_changes(&mut self) {
        let second = self.world.second;
        if self.rng.random_bool(0.5) {
            let role = if self.rng.random_bool(0.5) { Role::Official } else { Role::Commission };
            // A name that was used before is refused.
            let number = self.rng.random_range(1..9);
            let handle = format!("{}-{number}", if role == Role::Official { "official" } else { "member" });
            self.begins(second, format!("{handle} joins the staff"));
            return self.joins(&handle, role).await;
        }
        let active = |run: &Self, role, from: &str| {
            let of = run.model.staff.iter().filter(|(handle, staff)| handle.as_str() <= from && staff.role == role);
            of.filter(|(_, staff)| !staff.revoked).count()
        };
        let all: Vec<String> = self.model.staff.keys().cloned().collect();
        let handle = self.one(&all);
        let needed = match self.model.staff[&handle].role {
            Role::Official => active(self, Role::Official, "p") < 2,
            // The first three are the commission of every round, of whom two must sign.
            Role::Commission => handle.as_str() <= "member-3" && active(self, Role::Commission, "member-3") < 3,
        };
        if needed {
            return;
        }
        self.begins(second, format!("{handle} leaves the staff"));
        let node = self.world.running()[0];
        let name = handle.clone();
        let work =
            move |app: Arc<App>| async move { staff::revoke(&app, &name).await.map_err(|fault| fault.to_string()) };
        let left = self.world.inside(node, work).await;
        assert_eq!(left.is_ok(), self.model.leaves(&handle).is_ok(), "{left:?}");
    }

    /// Somebody of this role; at times somebody who may not, or who has no token at all.
    pub fn somebody_of(&mut self, role: Role, at: &At) -> (Official, StaffMember) {
        let wrong = self.rng.random_range(0..20);
        let model = &self.model.staff;
        let fits = |official: &&Official| {
            let staff = model[&official.handle];
            match wrong {
                0 => staff.role != role,
                1 => staff.revoked,
                _ => staff.role == role && !staff.revoked,
            }
        };
        let mut found: Vec<Official> = self.staff.iter().filter(fits).cloned().collect();
        if found.is_empty() || wrong == 2 {
            let nobody = Official { handle: "nobody".into(), token: "veche_AAAA".into(), key: Some(signing_key(99)) };
            found = vec![nobody];
        }
        let official = self.one(&found);
        let member = StaffMember::new(at.api.clone(), official.token.clone());
        (official, member)
    }

    /// What a round will be; nobody has sent anything yet.
    pub async fn prepares(&mut self, slug: &str) {
        let opening = OpeningKeyPair::generate(&mut self.rng);
        let members: Vec<String> = (1..=3).map(|number| format!("member-{number}")).collect();
        let opens_at = self.world.second + self.rng.random_range(HOUR / 2..16 * HOUR);
        let closes_at = opens_at + self.rng.random_range(2 * HOUR..40 * HOUR);
        let terms = Terms {
            opens_at,
            closes_at,
            within: self.one(&[3600, 5000, 7200, 14_400]),
            batch: self.rng.random_range(1..=8),
            step: self.rng.random_range(1..=5),
            members,
            quorum: self.rng.random_range(1..=2),
            district: self.rng.random_bool(0.3).then(|| "north".to_owned()),
            seats: 2,
        };
        let draft = self.draft_of(slug, &terms, &opening);
        let ground = Ground {
            terms,
            draft,
            opening,
            place: None,
            residents: Default::default(),
            follower: None,
            heads: Vec::new(),
            pictures: Default::default(),
        };
        self.grounds.insert(slug.to_owned(), ground);
    }

    fn draft_of(&self, slug: &str, terms: &Terms, opening: &OpeningKeyPair) -> Draft {
        let key = |handle: &String| {
            let official = self.staff.iter().find(|official| official.handle == *handle);
            Bytes::from(official.unwrap().key.as_ref().unwrap().verifying_key().to_bytes())
        };
        Draft {
            batch: BatchRules { at_least: terms.batch as u32, within: terms.within as u32 },
            closes_at: terms.closes_at,
            commission: terms
                .members
                .iter()
                .map(|handle| Member { handle: handle.clone(), key: key(handle) })
                .collect(),
            district: terms.district.clone(),
            minimum_age: 14,
            opens_at: terms.opens_at,
            quorum: terms.quorum as u16,
            reference_date: "2027-06-01".parse().unwrap(),
            register: RegisterRules { at_least: terms.step as u32 },
            sealing_key: Bytes(opening.public().to_vec()),
            slug: slug.to_owned(),
            time_zone: "Asia/Yekaterinburg".into(),
            title: format!("The {slug}"),
            voting: approval(),
            witnesses: None,
        }
    }

    pub async fn drafts(&mut self) {
        let slug = self.some_slug();
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Official, &at);
        self.begins(at.now, format!("{slug}: {} saves the draft", official.handle));
        let draft = self.grounds[&slug].draft.clone();
        let answer = member.draft(&draft).await;
        let wanted = self.model.drafts(&official.handle, &slug, draft.closes_at);
        self.agree(answer, &wanted);
    }

    pub async fn publishes(&mut self) {
        let slug = self.some_slug();
        // Mostly a draft is there, and a round is published once.
        let there = self.model.drafts.contains_key(&slug);
        if (self.model.rounds.contains_key(&slug) || !there) && self.rng.random_bool(0.8) {
            return if there { self.imports().await } else { self.drafts().await };
        }
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Official, &at);
        self.begins(at.now, format!("{slug}: {} publishes", official.handle));
        let answer = member.publish(&slug).await;
        let terms = self.grounds[&slug].terms.clone();
        let wanted = self.model.publishes(&official.handle, &slug, at.now, &terms);
        if self.hears_of_round(&slug, answer, &wanted) {
            let place = PollingPlace::enter(&at.api, &slug).await.unwrap();
            self.grounds.get_mut(&slug).unwrap().place = Some(place);
        }
    }

    /// An answer that shows a round must show what the model knows.
    pub fn hears_of_round(
        &self,
        slug: &str,
        answer: Result<RoundResponse, ClientFault>,
        wanted: &Result<(), &'static str>,
    ) -> bool {
        let Some(shown) = self.agree(answer, wanted) else { return false };
        self.is_shown(slug, &shown);
        true
    }

    /// What the service shows of a round against the model.
    pub fn is_shown(&self, slug: &str, shown: &RoundResponse) {
        let round = &self.model.rounds[slug];
        assert_eq!((shown.phase, shown.closes_at, shown.ended_at), (round.phase, round.closes_at, round.ended_at));
        assert_eq!(
            (shown.roll, shown.issued, shown.ballots),
            (round.roll.len() as u64, round.register.0, round.logged() as u64),
            "roll, issued, ballots"
        );
        let proposal = shown.proposal.as_ref().map(|proposal| (proposal.act, proposal.by.clone()));
        assert_eq!((&proposal, shown.signed.len()), (&round.proposal, round.signed.len()));
    }

    /// Some people of the list, now and then with a mistake, with somebody twice, or with other letters for those who have theirs.
    pub async fn imports(&mut self) {
        let slug = self.some_slug();
        let at = self.anywhere();
        let (official, _) = self.somebody_of(Role::Official, &at);
        let first = self.rng.random_range(0..self.people.len());
        let count = self.rng.random_range(0..=7).min(self.people.len() - first);
        let people: Vec<usize> = (first..first + count).collect();
        let listed: Vec<_> = people.iter().map(|person| self.people[*person].clone()).collect();
        let mut letters: Vec<(LetterCode, RollEntry)> = letters::write(&self.roll_key, &listed);
        let (mut other, mistake) = (false, self.rng.random_range(0..12));
        for (person, (code, entry)) in people.iter().zip(&mut letters) {
            let Some(resident) = self.grounds[&slug].residents.get(person) else { continue };
            // The letter in force again, or the new one, which would open nothing.
            let known = resident.letters.last().unwrap().clone();
            if mistake == 0 {
                other = true;
            } else {
                entry.code = known.identifying.to_string();
                *code = known;
            }
        }
        let broken = match mistake {
            1 if count > 0 => {
                letters[count - 1].1.born = "1980-02-31".into();
                true
            }
            2 if count > 1 => {
                letters[0].1.pseudonym = letters[1].1.pseudonym.clone();
                true
            }
            _ => false,
        };
        self.begins(at.now, format!("{slug}: {} imports people {people:?}", official.handle));
        let (codes, entries): (Vec<_>, Vec<_>) = letters.into_iter().unzip();
        let answer = import(&at, &official, &slug, entries).await;
        let district = |person: usize| self.people[person].district.clone();
        let of_age = |person: usize| self.people[person].born.starts_with("19");
        let rows = people.iter().map(|person| {
            let (of_age, district) = (of_age(*person), district(*person));
            (*person, Listed { failures: 0, backup: None, letter: 0, of_age, district })
        });
        let rows: Vec<_> = rows.collect();
        let wanted = self.model.may(&official.handle, Role::Official).and_then(|()| {
            let round = self.model.round(&slug)?;
            if broken || other { Err("rules") } else { round.extends_roll(at.now, rows) }
        });
        let Some(answer) = self.agree(answer, &wanted) else { return };
        assert_eq!((Ok(answer.added), answer.total), (wanted, self.model.rounds[&slug].roll.len() as u64));
        let residents = &mut self.grounds.get_mut(&slug).unwrap().residents;
        for (person, code) in people.into_iter().zip(codes) {
            residents.entry(person).or_insert_with(|| Resident { letters: vec![code], ..Resident::default() });
        }
    }

    /// Letters that were lost, also of people who have a credential or stand on no roll.
    pub async fn replaces_letters(&mut self) {
        let Some(slug) = self.some_round() else { return };
        let at = self.anywhere();
        let (official, member) = self.somebody_of(Role::Official, &at);
        let without: Vec<usize> = {
            let round = &self.model.rounds[&slug];
            round.roll.keys().filter(|person| !round.issued.contains_key(person)).copied().collect()
        };
        let round = &self.model.rounds[&slug];
        let burned: Vec<usize> = without.iter().filter(|person| round.roll[person].failures >= 10).copied().collect();
        let mut people = Vec::new();
        if !burned.is_empty() && self.rng.random_bool(0.7) {
            people.push(self.one(&burned));
        } else if !without.is_empty() && self.rng.random_bool(0.8) {
            people.push(self.one(&without));
        }
        if self.rng.random_bool(0.2) {
            people.push(self.rng.random_range(0..self.people.len()));
        }
        people.dedup();
        let reason = if self.rng.random_bool(0.1) { " " } else { "lost" };
        let listed: Vec<_> = people.iter().map(|person| self.people[*person].clone()).collect();
        let (codes, entries): (Vec<_>, Vec<_>) = letters::write(&self.roll_key, &listed).into_iter().unzip();
        let letter = |entry: RollEntry| LetterEntry { pseudonym: entry.pseudonym, code: entry.code };
        self.begins(at.now, format!("{slug}: {} replaces the letters of {people:?}", official.handle));
        let answer = member.replace_letters(&slug, entries.into_iter().map(letter).collect(), reason, |_| ()).await;
        let wanted = self.model.may(&official.handle, Role::Official);
        let wanted = wanted.and_then(|()| self.model.round(&slug)?.replaces_letters(at.now, &people, reason));
        if self.agree(answer, &wanted).is_some() {
            let keep = self.model.rounds[&slug].issued.clone();
            for (person, code) in people.into_iter().zip(codes).filter(|(person, _)| !keep.contains_key(person)) {
                self.resident(&slug, person).letters.push(code);
            }
        }
    }
}

/// One request, also for nobody.
async fn import(
    at: &At,
    official: &Official,
    slug: &str,
    people: Vec<RollEntry>,
) -> Result<veche::http::RollResponse, ClientFault> {
    let body = veche::http::RollRequest { people };
    let path = format!("/api/v1/rounds/{slug}/roll");
    at.api.send(reqwest::Method::POST, &path, Some(&official.token), Some(&body)).await
}
