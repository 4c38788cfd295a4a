//! What a vote of so many needs: databases, nodes, disk and network, and how long people wait.

use serde::Serialize;

use super::{
    arrivals::{Chance, HOUR, Profile},
    queue::{Groups, Servers},
    waits::Waits,
};

/// Bytes of a log line with a ballot, as measured (docs/scale.md).
pub(super) const LINE: f64 = 771.0;
/// Bytes of rows and indexes for a voter and a ballot, as measured (docs/scale.md).
pub(super) const ROWS: f64 = 5_720.0;
/// Share of its rate that a database or a node may have to give in the busiest minute.
const MOST_LOAD: f64 = 0.5;
/// Ballots in the smallest batch that is not due, and seconds between two looks into the urn: the defaults of the rules and settings.
const BATCH: f64 = 20.0;
const LOOK: f64 = 5.0;
/// Leaves and hashes in a tile, and bytes of a hash.
const WIDTH: f64 = 256.0;
const HASH: f64 = 32.0;
/// Bytes to and fro of a code, a credential, a ballot and a receipt.
const ASKED: f64 = 8_000.0;

/// The vote.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Load {
    pub(super) voters: u64,
    pub(super) days: u32,
    pub(super) last_hour: f64,
    pub(super) rounds: u32,
    pub(super) partitions: Option<u32>,
    pub(super) again: f64,
    pub(super) readers: f64,
    pub(super) witnesses: u32,
    pub(super) push_every: f64,
}

/// What one machine does: rates a second, seconds, bytes.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Machine {
    pub(super) casting: f64,
    pub(super) credentials: f64,
    pub(super) commit: f64,
    pub(super) group: u32,
    pub(super) line: f64,
    pub(super) rows: f64,
    pub(super) page: f64,
}

/// Milliseconds that people waited.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Told {
    pub(super) count: u64,
    pub(super) mean: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) p999: f64,
    pub(super) longest: f64,
}

/// One hour of the voting.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Hour {
    /// Ballots a second, as expected.
    pub(super) ballots: f64,
    /// Milliseconds within which 99 of 100 were answered.
    pub(super) p99: f64,
}

/// What is needed, and how it went.
#[derive(Debug, Serialize)]
pub(super) struct Plan {
    pub(super) load: Load,
    pub(super) machine: Machine,
    pub(super) ballots: f64,
    /// Ballots a second: in the mean, in the last hour, in its last minute.
    pub(super) mean: f64,
    pub(super) last_hour: f64,
    pub(super) peak: f64,
    pub(super) partitions: u32,
    /// Share of all ballots in the busiest of them.
    pub(super) busiest: f64,
    /// Nodes, of which one may be down.
    pub(super) nodes: u32,
    pub(super) casting_all: Told,
    pub(super) casting_last: Told,
    pub(super) credentials_last: Told,
    /// Of the busiest database's writer, in the last hour.
    pub(super) writer_busy: f64,
    pub(super) group_mean: f64,
    pub(super) longest_queue: usize,
    pub(super) log_bytes: f64,
    pub(super) database_bytes: f64,
    pub(super) tile_objects: f64,
    pub(super) tile_bytes: f64,
    pub(super) heads: f64,
    pub(super) puts: f64,
    /// Megabits a second in the busiest minute: from the readers' store, and from the nodes.
    pub(super) store_mbit: f64,
    pub(super) nodes_mbit: f64,
    pub(super) hours: Vec<Hour>,
}

impl Plan {
    /// Whether everybody is served: no database has to give more than its share in the busiest minute.
    pub(super) fn holds(&self) -> bool {
        self.peak * self.busiest <= self.machine.casting * MOST_LOAD
    }

    /// The table: what, how much, of what.
    pub(super) fn rows(&self) -> Vec<(&'static str, f64, &'static str)> {
        let (giga, told) = (1e9, &self.casting_last);
        vec![
            ("ballots, repeated ones included", self.ballots, ""),
            ("in the mean", self.mean, "ballots/s"),
            ("in the last hour", self.last_hour, "ballots/s"),
            ("in its last minute", self.peak, "ballots/s"),
            ("databases needed", f64::from(self.partitions), ""),
            ("share of the busiest database", self.busiest * 100.0, "%"),
            ("its writer's work in the last hour", self.writer_busy * 100.0, "%"),
            ("nodes needed, one of them to spare", f64::from(self.nodes), ""),
            ("casting, all: answered in the mean after", self.casting_all.mean, "ms"),
            ("casting, all: 99 of 100 within", self.casting_all.p99, "ms"),
            ("casting, last hour: half within", told.p50, "ms"),
            ("casting, last hour: 99 of 100 within", told.p99, "ms"),
            ("casting, last hour: 999 of 1000 within", told.p999, "ms"),
            ("casting, last hour: longest", told.longest, "ms"),
            ("most that waited for one commit", self.longest_queue as f64, "ballots"),
            ("ballots in one commit, in the mean", self.group_mean, ""),
            ("credentials, last hour: 99 of 100 within", self.credentials_last.p99, "ms"),
            ("credentials, last hour: longest", self.credentials_last.longest, "ms"),
            ("lines of the logs", self.log_bytes / giga, "GB"),
            ("database, without its write-ahead log", self.database_bytes / giga, "GB"),
            ("tiles, as readers fetch them", self.tile_bytes / giga, "GB"),
            ("files of tiles", self.tile_objects, ""),
            ("signed heads", self.heads, ""),
            ("cosignatures asked for", self.heads * f64::from(self.load.witnesses), ""),
            ("files pushed to the readers' store", self.puts, ""),
            ("the readers' store in the last minute", self.store_mbit, "Mbit/s"),
            ("the nodes in the last minute", self.nodes_mbit, "Mbit/s"),
        ]
    }
}

/// Makes the plan, going through every visit.
pub(super) fn make(load: &Load, machine: &Machine, seed: u64) -> Plan {
    let ballots = load.voters as f64 * (1.0 + load.again);
    let profile = Profile::new(ballots, load.days, load.last_hour);
    let (peak, shares) = (profile.peak(), shares(load.rounds));
    let needed =
        || (1..=load.rounds).find(|count| peak * most(&placed(&shares, *count)) <= machine.casting * MOST_LOAD);
    let partitions = load.partitions.or_else(needed).unwrap_or(load.rounds);
    let places = placed(&shares, partitions);
    let nodes = (peak * (1.0 / machine.credentials + 1.0 / machine.casting) / MOST_LOAD).ceil() as u32 + 1;
    let cast = cast(&profile, &places, machine, seed);
    let heads = heads(&profile, &shares);
    let objects = ballots / WIDTH * (1.0 + 1.0 / (WIDTH - 1.0)) + ballots / WIDTH;
    let levels = (ballots.ln() / WIDTH.ln()).ceil();
    let pushes = heads.min(f64::from(load.days) * 24.0 * HOUR / load.push_every * f64::from(load.rounds));
    Plan {
        ballots,
        mean: ballots / (f64::from(load.days) * 24.0 * HOUR),
        last_hour: profile.by_hour().last().copied().unwrap_or_default() / HOUR,
        peak,
        partitions,
        busiest: most(&places),
        nodes,
        casting_all: told(&cast.all),
        casting_last: told(&cast.last),
        credentials_last: told(&issue(load, machine, nodes - 1, seed)),
        writer_busy: cast.busy_last,
        group_mean: cast.all.count() as f64 / (cast.commits.max(1) as f64),
        longest_queue: cast.longest,
        log_bytes: ballots * machine.line,
        database_bytes: ballots * machine.rows,
        tile_objects: objects,
        tile_bytes: ballots * (machine.line + 2.0 + HASH * (1.0 + 1.0 / (WIDTH - 1.0))),
        heads,
        // Each push has the head, the partial tile of each level and that of the leaves.
        puts: objects + pushes * (levels + 2.0),
        store_mbit: peak * (1.0 + load.readers) * machine.page * 8.0 / 1e6,
        nodes_mbit: peak * ASKED * 8.0 / 1e6,
        hours: cast
            .hours
            .iter()
            .zip(profile.by_hour())
            .map(|(waits, visits)| Hour { ballots: visits / HOUR, p99: told(waits).p99 })
            .collect(),
        load: load.clone(),
        machine: machine.clone(),
    }
}

/// Shares of the rounds: 1, 1/2, 1/3 …, of their sum.
fn shares(rounds: u32) -> Vec<f64> {
    let sum: f64 = (1..=rounds).map(|rank| 1.0 / f64::from(rank)).sum();
    (1..=rounds).map(|rank| 1.0 / f64::from(rank) / sum).collect()
}

/// Shares of the databases when each round, the largest first, goes to the one that has least.
fn placed(rounds: &[f64], partitions: u32) -> Vec<f64> {
    let mut places = vec![0.0; partitions.max(1) as usize];
    for share in rounds {
        if let Some(least) = places.iter_mut().min_by(|one, other| f64::total_cmp(one, other)) {
            *least += share;
        }
    }
    places
}

fn most(shares: &[f64]) -> f64 {
    shares.iter().copied().fold(0.0, f64::max)
}

/// How casting went.
struct CastRun {
    all: Waits,
    last: Waits,
    hours: Vec<Waits>,
    commits: u64,
    longest: usize,
    /// Share of the last hour in which the busiest database's writer worked.
    busy_last: f64,
}

fn cast(profile: &Profile, places: &[f64], machine: &Machine, seed: u64) -> CastRun {
    let hours = vec![Waits::default(); profile.by_hour().len()];
    let mut run =
        CastRun { all: Waits::default(), last: Waits::default(), hours, commits: 0, longest: 0, busy_last: 0.0 };
    let last_hour = profile.last_hour();
    for (place, share) in places.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let mut chance = Chance::seeded(seed.wrapping_add(place as u64));
        let mut writer = Groups::new(machine.commit, 1.0 / machine.casting, machine.group as usize);
        let mut before = None;
        let CastRun { all, last, hours, .. } = &mut run;
        let mut answered = |came: f64, after: f64| {
            all.add(after);
            if came >= last_hour {
                last.add(after);
            }
            if let Some(hour) = hours.get_mut((came / HOUR) as usize) {
                hour.add(after);
            }
        };
        profile.arrivals(*share, &mut chance, |at| {
            if at >= last_hour && before.is_none() {
                before = Some(writer.busy);
            }
            writer.arrive(at, &mut answered);
        });
        writer.end(&mut answered);
        run.commits += writer.commits;
        run.longest = run.longest.max(writer.longest);
        run.busy_last = run.busy_last.max((writer.busy - before.unwrap_or(writer.busy)) / HOUR);
    }
    run
}

/// Waits for a credential and its making in the last hour, with every node but the spare one.
fn issue(load: &Load, machine: &Machine, nodes: u32, seed: u64) -> Waits {
    let profile = Profile::new(load.voters as f64, load.days, load.last_hour);
    let (mut chance, mut waits) = (Chance::seeded(!seed), Waits::default());
    let (mut servers, service) = (Servers::new(nodes as usize), 1.0 / machine.credentials);
    profile.arrivals(1.0, &mut chance, |at| {
        let wait = servers.arrive(at, service);
        if at >= profile.last_hour() {
            waits.add(wait + service);
        }
    });
    waits
}

/// Heads that the logs get: one for each look into an urn that has a batch, and now and then for one that is due.
fn heads(profile: &Profile, rounds: &[f64]) -> f64 {
    let in_hour = |visits: f64| (HOUR / LOOK).min((visits / BATCH).max(visits.min(0.5)));
    rounds.iter().map(|share| profile.by_hour().iter().map(|visits| in_hour(visits * share)).sum::<f64>()).sum()
}

fn told(waits: &Waits) -> Told {
    let ms = |seconds: f64| seconds * 1000.0;
    Told {
        count: waits.count(),
        mean: ms(waits.mean()),
        p50: ms(waits.within(0.5)),
        p99: ms(waits.within(0.99)),
        p999: ms(waits.within(0.999)),
        longest: ms(waits.longest()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(voters: u64, rounds: u32) -> Load {
        Load {
            voters,
            days: 10,
            last_hour: 30.0,
            rounds,
            partitions: None,
            again: 0.0,
            readers: 3.0,
            witnesses: 3,
            push_every: 10.0,
        }
    }

    fn machine(casting: f64) -> Machine {
        Machine { casting, credentials: 400.0, commit: 0.002, group: 512, line: 1000.0, rows: 2000.0, page: 80_000.0 }
    }

    #[test]
    fn a_small_vote_needs_one_database_and_waits_for_one_commit() {
        let plan = make(&load(240_000, 1), &machine(5_000.0), 1);
        assert!(plan.holds());
        // 240,000 in 240 hours, 30,000 of them in the last: 8.33 a second, and half as many again at its end.
        assert!(
            (plan.last_hour - 8.333).abs() < 0.01 && (plan.peak - 12.5).abs() < 0.2,
            "{} {}",
            plan.last_hour,
            plan.peak
        );
        assert_eq!((plan.partitions, plan.nodes), (1, 2));
        // Alone in the writer's hands: the commit and one ballot's share; almost nobody waits for another commit.
        assert!((2.2..2.4).contains(&plan.casting_last.p50), "{:?}", plan.casting_last);
        assert!(plan.casting_last.p99 < 4.5 && plan.group_mean < 1.05);
        assert!((plan.writer_busy - 8.333 * 0.0022).abs() < 0.001, "{}", plan.writer_busy);
        assert!((plan.casting_all.count as f64 - 240_000.0).abs() < 2_500.0);
    }

    #[test]
    fn databases_are_added_until_the_busiest_has_room() {
        let plan = make(&load(240_000, 40), &machine(8.0), 1);
        // 12.5 a second at the end and 4 for each database: four of them when rounds spread evenly.
        assert!(plan.holds() && (4..=5).contains(&plan.partitions), "{}", plan.partitions);
        assert!((placed(&shares(40), plan.partitions).iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn one_round_is_not_divided() {
        let plan = make(&load(240_000, 1), &machine(8.0), 1);
        assert!(!plan.holds(), "one log has one writer, however many databases there are");
        assert!(plan.casting_last.p99 > plan.casting_all.p50);
    }

    #[test]
    fn the_same_seed_is_the_same_plan() {
        let print = |seed| serde_json::to_string(&make(&load(5_000, 3), &machine(500.0), seed)).unwrap();
        assert_eq!(print(4), print(4));
        assert_ne!(print(4), print(5));
    }
}
