//! Tennessee chooses its capital by a method of the reader's choice: `cargo run --example tennessee schulze [ru|svg]`.

use ballots::{
    Choice, Contest, Ladder, Procedure, Profile, count,
    explain::{Language, explain, outcome_svg},
    rules::{Kind, Territory, Winners},
};

const TOWNS: [&str; 4] = ["Memphis", "Nashville", "Chattanooga", "Knoxville"];
const VOTERS: [(u64, [u16; 4]); 4] = [(42, [0, 1, 2, 3]), (26, [1, 2, 3, 0]), (15, [2, 3, 1, 0]), (17, [3, 2, 1, 0])];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let method: Procedure = words.next().as_deref().unwrap_or("instant-runoff").parse()?;
    let mut profile = Profile::new(Kind::Ranked { max: 4 }, 4);
    for (weight, ranking) in VOTERS {
        profile.add(&Choice::Ranked(ranking.to_vec()), weight)?;
    }
    let territory = |(title, number): (&str, u32)| Territory {
        id: title.to_lowercase(),
        number,
        title: title.into(),
        ..Territory::default()
    };
    let territories: Vec<Territory> = TOWNS.into_iter().zip(1..).map(territory).collect();
    let winners = Winners::Top { minimum: None, seats: 1 };
    let ladder = Ladder::default();
    let contest =
        Contest { profile: &profile, territories: &territories, winners: &winners, ladder: &ladder, turnout: None };
    let election = count(&contest, method)?;
    match words.next().as_deref() {
        Some("svg") => print!("{}", outcome_svg(&election, &territories, Language::English)),
        Some("ru") => println!("{}", explain(&election, &territories, Language::Russian).join("\n")),
        _ => println!("{}", explain(&election, &territories, Language::English).join("\n")),
    }
    Ok(())
}
