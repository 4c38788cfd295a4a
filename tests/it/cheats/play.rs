//! A cheat as it is played: which face the server shows to whom and when, and who caught it.

use std::collections::BTreeMap;

use super::{forgery::Forgery, truth::Truth, view::View};
use crate::bundle::Files;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Catcher {
    /// Residents' devices, each with its own ballot and the head that it saw last.
    Receipt,
    /// The browser's client with the same ballots, in a browser's memory and in receipt files.
    Browser,
    /// A witness that is asked to cosign each head.
    Witness,
    /// `veche monitor`, which reads the whole log.
    Monitor,
    /// People who compare paper with what they are shown: the fingerprint of the rules, and the code of a head with the log
    /// and with the bundle.
    Paper,
    /// A commission member's program, before it signs the count.
    Signing,
    /// The audit of the published bundle.
    Audit,
    /// The commission, who holds the roll key and the town's list.
    Commission,
    /// People on the roll who look for themselves in the published register.
    People,
}

impl Catcher {
    /// Everybody who looks, in the order of the table's columns.
    pub const ALL: [Self; 9] = [
        Self::Receipt,
        Self::Browser,
        Self::Witness,
        Self::Monitor,
        Self::Paper,
        Self::Signing,
        Self::Audit,
        Self::Commission,
        Self::People,
    ];
}

/// When it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// At the first look.
    AtOnce,
    /// At the first head that the catcher is shown after the cheat.
    NextHead,
    /// When the promised time has passed.
    Promised,
    /// When what the timetable says is overdue.
    Overdue,
    /// When the bundle is out.
    Afterwards,
}

/// A face that is made for a newcomer alone, of the ballots that they cast there.
pub type Private = fn(&'static Truth, &[Vec<u8>]) -> View;

/// Which faces the audiences are shown at one visit.
#[derive(Clone)]
pub struct Scene {
    pub when: When,
    /// Unix second.
    pub now: i64,
    /// What somebody sees who comes here for the first time, and casts; else nobody comes.
    pub newcomer: Option<Private>,
    pub residents: View,
    pub witness: View,
    pub monitor: View,
}

/// Three visits, and the bundle at the end.
#[derive(Clone)]
pub struct Play {
    pub scenes: [Scene; 3],
    pub bundle: Files,
    /// What the commission was shown before it signed, if that was something else than the bundle.
    pub to_sign: Option<Files>,
    /// Whether the witness cosigns whatever the operator likes, the residents' heads too.
    pub witness_is_false: bool,
}

/// Who caught it, when, and in what words.
pub type Caught = BTreeMap<Catcher, (When, String)>;

/// A cheat with what is expected of it.
pub struct Cheat {
    /// What the operator does.
    pub name: &'static str,
    /// What that is good for, and what makes it work or fail.
    pub hopes: &'static str,
    pub play: fn(&'static Truth) -> Play,
    /// Everybody who catches it; who is not named does not.
    pub caught: &'static [(Catcher, When)],
}

impl Play {
    /// Everybody is shown the same: these logs at the three visits, the last of which is published.
    pub fn of(logs: [(&Forgery, usize); 3]) -> Self {
        let times = logs[0].0.truth().times;
        let whens = [When::AtOnce, When::NextHead, When::Promised];
        let scene = |visit: usize| {
            let (log, size) = logs[visit];
            let view = log.view(size);
            let (when, now) = (whens[visit], times[visit]);
            Scene { when, now, newcomer: None, residents: view.clone(), witness: view.clone(), monitor: view }
        };
        Self { scenes: [0, 1, 2].map(scene), bundle: logs[2].0.bundle(), to_sign: None, witness_is_false: false }
    }

    /// The truth up to the first visit, and this log from the second on.
    pub fn from_second(truth: &'static Truth, log: &Forgery, size: usize) -> Self {
        Self::of([(&Forgery::of(truth), truth.sizes[0]), (log, size), (log, log.events.len())])
    }

    /// The truth up to the second visit, and this log at the last one.
    pub fn from_last(truth: &'static Truth, log: &Forgery) -> Self {
        let honest = Forgery::of(truth);
        Self::of([(&honest, truth.sizes[0]), (&honest, truth.sizes[1]), (log, log.events.len())])
            .last_is(When::NextHead)
    }

    /// What happens at the last visit is not about promises.
    pub fn last_is(mut self, when: When) -> Self {
        self.scenes[2].when = when;
        self
    }

    /// Changes every face of some visits.
    pub fn with(mut self, visits: &[usize], change: impl Fn(&mut View)) -> Self {
        for visit in visits {
            let scene = &mut self.scenes[*visit];
            for view in [&mut scene.residents, &mut scene.witness, &mut scene.monitor] {
                change(view);
            }
        }
        self
    }

    /// Somebody comes at the first visit, casts, and is shown these faces.
    pub fn newcomer_sees(mut self, private: Private) -> Self {
        self.scenes.iter_mut().for_each(|scene| scene.newcomer = Some(private));
        self
    }

    /// Residents are shown other logs than the rest of the world.
    pub fn residents_see(mut self, other: &Self) -> Self {
        for (scene, other) in self.scenes.iter_mut().zip(&other.scenes) {
            scene.residents = other.residents.clone();
        }
        self
    }
}
