//! A round in words: numbers and times as readers expect them.

use audit::round::{Phase, Round};
use ballots::rules::{Kind, Limit, Rules, TieRule, Winners};

use super::{method, texts::Texts};

/// Seconds of an hour and of a day.
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Which list of the home page a round stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Ballots can be cast, or could but for a pause.
    Now,
    /// The rules are published.
    Coming,
    /// No more ballots.
    Past,
}

/// A round in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Name in addresses.
    pub slug: String,
    /// What is decided.
    pub title: String,
    /// Where the round is in its life, for style sheets and scripts.
    pub phase: Phase,
    /// The same, for people.
    pub phase_words: String,
    /// Which list it stands in.
    pub when: When,
    /// Time of the opening.
    pub opens_at: String,
    /// Time of the close in force; once the voting is over, when it ended.
    pub closes_at: String,
    /// How long until the opening or the close, if it is ahead.
    pub left: Option<String>,
    /// People on the roll.
    pub roll: String,
    /// Credentials issued.
    pub issued: String,
    /// Ballots in the log.
    pub ballots: String,
    /// Whether a count is in the log.
    pub counted: bool,
}

impl View {
    /// The view of a round at this Unix second.
    #[must_use]
    pub fn new(t: &Texts, round: &Round, now: i64) -> Self {
        let rules = &round.rules;
        let when = match round.phase {
            Phase::Published => When::Coming,
            Phase::Open | Phase::Paused => When::Now,
            _ => When::Past,
        };
        let next = match when {
            When::Coming => rules.opens_at,
            When::Now => round.closes_at,
            When::Past => now,
        };
        Self {
            slug: rules.slug.clone(),
            title: rules.title.clone(),
            phase: round.phase,
            phase_words: phase(t, round.phase),
            when,
            opens_at: t.moment(rules.opens_at, &rules.time_zone),
            closes_at: t.moment(round.ended_at.unwrap_or(round.closes_at), &rules.time_zone),
            left: (next > now).then(|| left(t, next - now)),
            roll: t.number(round.roll),
            issued: t.number(round.register.count),
            ballots: t.number(round.ballots),
            counted: round.tally_line.is_some(),
        }
    }
}

fn phase(t: &Texts, phase: Phase) -> String {
    match phase {
        Phase::Published => t.phase_published(),
        Phase::Open => t.phase_open(),
        Phase::Paused => t.phase_paused(),
        Phase::Closed => t.phase_closed(),
        Phase::Opened => t.phase_opened(),
        Phase::Tallied => t.phase_tallied(),
        Phase::Certified => t.phase_certified(),
        Phase::Annulled => t.phase_annulled(),
    }
}

fn left(t: &Texts, seconds: i64) -> String {
    if seconds >= 2 * DAY {
        t.left_days(seconds / DAY)
    } else if seconds >= HOUR {
        t.left_hours(seconds / HOUR)
    } else {
        t.left_minutes()
    }
}

/// What a voter does.
#[must_use]
pub fn how_to_mark(t: &Texts, kind: &Kind) -> Vec<String> {
    let what = match kind {
        Kind::Approval { max: 1 } => vec![t.kind_choose_one()],
        Kind::Approval { max } => vec![t.kind_approval(*max)],
        Kind::Ranked { max } => vec![t.kind_ranked(*max)],
        Kind::Score { max } => vec![t.kind_score(*max)],
        Kind::Points { each: None, total } => vec![t.kind_points(*total)],
        Kind::Points { each: Some(each), total } => vec![t.kind_points(*total), t.kind_points_each(*each)],
    };
    what.into_iter().chain([t.kind_blank()]).collect()
}

/// What may win together.
fn together(t: &Texts, rules: &Rules, limit: &Limit) -> Vec<String> {
    let title = |id: &String| {
        let territory = rules.position(id).map(|at| &rules.territories[usize::from(at)]);
        format!("«{}»", territory.map_or(id, |territory| &territory.title))
    };
    let of = limit.of.iter().map(title).collect::<Vec<_>>().join(", ");
    let most = limit.most.map(|most| t.limit_most(u64::from(most), of.clone()));
    let money = limit.money.map(|money| t.limit_money(t.roubles(money.0), of.clone()));
    most.into_iter().chain(money).collect()
}

/// How places, ties and winners come about.
#[must_use]
pub fn how_to_win(t: &Texts, rules: &Rules) -> Vec<String> {
    let method = method::in_words(t, rules.method);
    let ties = rules.ties.iter().map(|rule| match rule {
        TieRule::Application => t.ties_application(),
        TieRule::Backwards => t.ties_backwards(),
        TieRule::Forwards => t.ties_forwards(),
        TieRule::Lots => t.ties_lots(),
        TieRule::Registration => t.ties_registration(),
    });
    let (winners, minimum) = match &rules.winners {
        Winners::Top { seats, minimum } => (t.winners_top(*seats), minimum),
        // What goes down no list has nothing to pass over and nowhere to stop.
        Winners::Budget { budget, minimum, .. } if !rules.method.stops() => {
            (t.winners_budget(t.roubles(budget.0)), minimum)
        }
        Winners::Budget { budget, minimum, overflow: ballots::rules::Overflow::Skip } => {
            (t.winners_budget_skip(t.roubles(budget.0)), minimum)
        }
        Winners::Budget { budget, minimum, overflow: ballots::rules::Overflow::Stop } => {
            (t.winners_budget_stop(t.roubles(budget.0)), minimum)
        }
    };
    let minimum = minimum.map(|minimum| t.winners_minimum(minimum));
    let turnout = rules.turnout.map(|turnout| t.winners_turnout(turnout.eligible, turnout.needed()));
    let limits = rules.limits.iter().flat_map(|limit| together(t, rules, limit));
    method.into_iter().chain([winners]).chain(minimum).chain(limits).chain(turnout).chain(ties).collect()
}
