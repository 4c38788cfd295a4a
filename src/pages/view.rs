//! What a page says of a round: numbers and times as readers expect them.

use audit::round::{Phase, Round};
use ballots::rules::{Kind, Winners};
use jiff::{Timestamp, tz::TimeZone};

/// A round in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Name in addresses.
    pub slug: String,
    /// What is decided.
    pub title: String,
    /// Where the round is in its life.
    pub phase: &'static str,
    /// Local time of the opening.
    pub opens_at: String,
    /// Local time of the close in force.
    pub closes_at: String,
    /// What a voter does.
    pub ballot: String,
    /// How winners are chosen.
    pub winners: String,
    /// SHA-256 of the rules.
    pub fingerprint: String,
    /// People on the roll.
    pub roll: u64,
    /// Credentials issued.
    pub issued: u64,
    /// Ballots in the log.
    pub ballots: u64,
}

impl View {
    /// The view of a round.
    #[must_use]
    pub fn new(round: &Round) -> Self {
        let rules = &round.rules;
        Self {
            slug: rules.slug.clone(),
            title: rules.title.clone(),
            phase: phase(round.phase),
            opens_at: local(rules.opens_at, &rules.time_zone),
            closes_at: local(round.closes_at, &rules.time_zone),
            ballot: ballot(&rules.voting.kind),
            winners: winners(&rules.voting.winners),
            fingerprint: round.fingerprint.to_string(),
            roll: round.roll,
            issued: round.register.count,
            ballots: round.ballots,
        }
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Published => "правила опубликованы, голосование ещё не началось",
        Phase::Open => "голосование идёт",
        Phase::Paused => "голосование приостановлено",
        Phase::Closed => "голосование завершено, бюллетени ещё запечатаны",
        Phase::Opened => "бюллетени вскрыты, идёт подсчёт",
        Phase::Tallied => "подсчитано, ожидает подписей комиссии",
        Phase::Certified => "итог подписан комиссией",
        Phase::Annulled => "голосование отменено",
    }
}

fn local(at: i64, zone: &str) -> String {
    let (Ok(at), Ok(zone)) = (Timestamp::from_second(at), TimeZone::get(zone)) else {
        return at.to_string();
    };
    at.to_zoned_datetime(zone).strftime("%d.%m.%Y %H:%M (%:z)").to_string()
}

fn ballot(kind: &Kind) -> String {
    match kind {
        Kind::Approval { max: 1 } => "отметить одну территорию".to_owned(),
        Kind::Approval { max } => format!("отметить не более {max} территорий"),
        Kind::Ranked { max } => format!("расставить по порядку не более {max} территорий"),
        Kind::Score { max } => format!("оценить территории от 0 до {max}"),
        Kind::Points { each: None, total } => format!("распределить не более {total} баллов"),
        Kind::Points { each: Some(each), total } => {
            format!("распределить не более {total} баллов, не более {each} одной территории")
        }
    }
}

fn winners(winners: &Winners) -> String {
    match winners {
        Winners::Top { seats, .. } => format!("побеждают первые {seats}"),
        Winners::Budget { budget, .. } => format!("побеждают первые по порядку в пределах {budget} ₽"),
    }
}
