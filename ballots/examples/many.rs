//! How long the slowest counts take with as many territories as a round may have: `many [VOTERS]`, a hundred thousand without it.
//!
//! Every voter marks or ranks ten of 256, hardly two alike. Times are those of the processor where Linux tells them, else those of the clock.

use std::{sync::LazyLock, time::Instant};

use ballots::{
    Choice, Contest, Ladder, Money, Procedure, Profile, count,
    ladder::Rung,
    rules::{Kind, Overflow, Territory, Winners},
};

const TERRITORIES: u16 = 256;
const MARKS: usize = 10;

/// Seconds that this thread has run.
fn seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |told| told / 1e9)
}

/// Ten territories of a voter, the first ones likelier (SplitMix64, G. L. Steele et al. 2014).
fn some(voter: u64) -> Vec<u16> {
    let (mut state, mut marks) = (voter.wrapping_mul(0xd134_2543_de82_ef95), Vec::with_capacity(MARKS));
    while marks.len() < MARKS {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let at = ((mixed >> 8) % 256).min((mixed >> 32) % 256) as u16;
        if !marks.contains(&at) {
            marks.push(at);
        }
    }
    marks
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let voters = std::env::args().nth(1).map_or(Ok(100_000), |voters| voters.parse::<u64>())?;
    let territory = |number: u32| Territory {
        cost: Some(Money(1_000_000 + i64::from(number) * 7_919 % 211 * 100_000)),
        id: number.to_string(),
        number,
        title: number.to_string(),
        ..Territory::default()
    };
    let territories: Vec<Territory> = (1..=u32::from(TERRITORIES)).map(territory).collect();
    let rich = Winners::Budget { budget: Money(1_500_000_000), minimum: None, overflow: Overflow::Skip };
    let seats = |seats| Winners::Top { minimum: None, seats };
    let (marked, ranked) = (Kind::Approval { max: TERRITORIES }, Kind::Ranked { max: TERRITORIES });
    for (method, kind, winners) in [
        ("phragmen", &marked, rich.clone()),
        ("equal-shares-add1", &marked, rich),
        ("stv-scottish", &ranked, seats(100)),
        ("stv-meek", &ranked, seats(10)),
        ("stv-meek", &ranked, seats(100)),
    ] {
        let mut profile = Profile::new(kind.clone(), TERRITORIES);
        for voter in 0..voters {
            let marks = some(voter);
            let choice =
                if matches!(kind, Kind::Ranked { .. }) { Choice::Ranked(marks) } else { Choice::Approval(marks) };
            profile.add(&choice, 1)?;
        }
        let contest = Contest {
            profile: &profile,
            territories: &territories,
            winners: &winners,
            ladder: &Ladder::new(&[Rung::Registration]),
            turnout: None,
        };
        let before = seconds();
        let election = count(&contest, method.parse::<Procedure>()?)?;
        let (took, won, steps) = (seconds() - before, election.winners.len(), election.steps.len());
        let bytes = serde_json::to_string(&election)?.len();
        println!("{method}: {voters} voters, {won} winners, {steps} steps, {bytes} bytes, {took:.2} s");
    }
    Ok(())
}
