//! What residents read: every method explains itself in both languages, and the words say what the count found.

use ballots::{
    Choice, Contest, Election, Ladder, Procedure, Profile,
    explain::{Language, explain, outcome_svg, table},
    ladder::Rung,
    rules::{Kind, Territory, Winners},
};

use super::{
    elections::{RANKED, elect, elect_by, marked, ranked},
    sample::territories,
};

const TENNESSEE: [(u64, &str); 4] = [(42, "a b c d"), (26, "b c d a"), (15, "c d b a"), (17, "d c b a")];
const LANGUAGES: [Language; 2] = [Language::English, Language::Russian];

fn towns() -> Vec<Territory> {
    let named = territories(4).into_iter().zip(["Memphis", "Nashville", "Chattanooga", "Knoxville"]);
    named.map(|(territory, title)| Territory { title: title.into(), ..territory }).collect()
}

fn told(election: &Election, language: Language) -> String {
    explain(election, &towns(), language).join("\n")
}

#[test]
fn a_run_off_is_told_round_by_round() {
    let election = elect(&ranked(4, &TENNESSEE), "instant-runoff", 1);
    let english = told(&election, Language::English).replace('\u{a0}', " ");
    for sentence in [
        "Counted by the method \"instant run-off\". Ballots: 100, of them blank: 0.",
        "Round 1: Memphis — 42, Nashville — 26, Chattanooga — 15, Knoxville — 17.",
        "Round 1: out: Chattanooga.",
        "Votes of Chattanooga move on: Knoxville — 15.",
        "Round 2: Memphis — 42, Nashville — 26, Knoxville — 32.",
        "Round 3: Memphis — 42, Knoxville — 58.",
        "The winner: Knoxville.",
    ] {
        assert!(english.lines().any(|line| line == sentence), "{sentence:?} is not in\n{english}");
    }
    let russian = told(&election, Language::Russian).replace('\u{a0}', " ");
    for sentence in [
        "Способ подсчёта: последовательное исключение. Бюллетеней: 100, из них пустых: 0.",
        "Круг 1: выбывает: Chattanooga.",
        "Голоса территории «Chattanooga» переходят: Knoxville — 15.",
        "Победила территория «Knoxville».",
    ] {
        assert!(russian.lines().any(|line| line == sentence), "{sentence:?} is not in\n{russian}");
    }
}

#[test]
fn pairs_paths_and_finals_are_told() {
    let profile = ranked(4, &TENNESSEE);
    let said = told(&elect(&profile, "schulze", 1), Language::English);
    assert!(said.contains("More voters prefer Nashville to Memphis: 58 against 42."), "{said}");
    assert!(
        said.contains("Nashville precedes Chattanooga: its path of victories is as strong as 68, the way back 0."),
        "{said}"
    );
    let said = told(&elect(&profile, "ranked-pairs", 1), Language::Russian);
    assert!(said.contains("«Nashville» выше, чем «Memphis» (перевес 16): принято."), "{said}");
    let marks = marked(3, 5, &[(4, "a5 b1 c0"), (5, "a3 b5 c1"), (1, "c5")]);
    let said = told(&elect(&marks, "star", 1), Language::Russian);
    assert!(said.contains("Выше оценили «Memphis»: 4, выше оценили «Nashville»: 5, оценили одинаково: 1."), "{said}");
    let said = told(&elect(&marks, "score-mean", 1), Language::Russian);
    assert!(said.contains("Memphis\u{a0}— 3,8889, Nashville\u{a0}— 3,2222, Chattanooga\u{a0}— 1"), "{said}");
}

/// A circle of equal victories: one of them is passed over, and the reader is told which and why.
#[test]
fn contradictions_and_ties_are_told() {
    let circle = ranked(3, &[(1, "a b c"), (1, "b c a"), (1, "c a b")]);
    let said = told(&elect(&circle, "ranked-pairs", 1), Language::English);
    assert!(said.contains("Chattanooga before Memphis (strength 1) contradicts what was kept: passed over."), "{said}");
    assert!(
        said.contains("Equal: Memphis, Nashville, Chattanooga; put in this order by the earlier application"),
        "{said}"
    );
    let waiting = elect_by(&circle, "borda", 1, &Ladder::new(&[Rung::ByHand]));
    assert!(
        told(&waiting, Language::English)
            .contains("the commission must draw lots between Memphis, Nashville, Chattanooga.")
    );
    assert!(told(&waiting, Language::Russian).contains("комиссия должна провести жребий"));
}

fn profiles() -> Vec<(Procedure, Profile)> {
    let ranking = || ranked(4, &TENNESSEE);
    let marks = || marked(4, 5, &[(3, "a5 b1 c0"), (2, "a3 b5 d1")]);
    let of = |method: &&str| (method.parse().unwrap(), ranking());
    let rated = ["score", "score-mean", "score-mean-blanks-zero", "majority-judgement", "star"];
    RANKED.iter().map(of).chain(rated.iter().map(|method| (method.parse().unwrap(), marks()))).collect()
}

/// No method is without words, a table as wide as its head, and a drawing that names everybody and is well-formed.
#[test]
fn every_method_has_words_table_and_drawing() {
    for (method, profile) in profiles() {
        let election = elect(&profile, &method.to_string(), 2);
        for language in LANGUAGES {
            let said = explain(&election, &towns(), language);
            assert!(said.len() >= 2 && said.iter().all(|line| line.ends_with('.')), "{method}: {said:?}");
            assert!(
                !said[0].contains(&format!("\"{method}\""))
                    || ["approval", "points"].contains(&method.to_string().as_str()),
                "{method} has no name"
            );
            let table = table(&election, &towns(), language);
            assert!(table.rows.len() >= 4 && table.rows.iter().all(|row| row.len() == table.head.len()), "{method}");
            let svg = outcome_svg(&election, &towns(), language);
            assert_eq!(svg, outcome_svg(&election, &towns(), language));
            assert!(towns().iter().all(|town| svg.contains(&town.title)), "{method}: {svg}");
            assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{method}");
        }
    }
}

/// In the flow a band that leaves a round is as high as the votes that move, and names cannot break out of the drawing.
#[test]
fn the_flow_shows_what_moved() {
    let election = elect(&ranked(4, &TENNESSEE), "instant-runoff", 1);
    let mut places = towns();
    places[3].title = "<script>&\"".into();
    let svg = outcome_svg(&election, &places, Language::English);
    assert!(svg.contains("&lt;script&gt;&amp;&quot;") && !svg.contains("<script>"), "{svg}");
    // Columns of four, three, two and one bar; bands: three stay and one moves, two and one, one and one.
    assert_eq!((svg.matches("<rect").count(), svg.matches("<path").count()), (4 + 3 + 2 + 1, 4 + 3 + 2));
    // 15 of 100 ballots are 63 of 420 units.
    assert!(svg.contains("height=\"63\""), "{svg}");
    let bars = outcome_svg(&elect(&ranked(4, &TENNESSEE), "borda", 1), &towns(), Language::Russian);
    assert_eq!((bars.matches("<rect").count(), bars.matches("opacity=\"1\"").count()), (4, 1));
    assert!(bars.contains("aria-label=\"Итоги голосования\""));
}

/// Residents read decimals; the outcome keeps the exact fraction.
#[test]
fn fractions_are_shown_as_decimals() {
    let election = elect(&ranked(4, &[(1, "a b c d"), (1, "b c d a"), (1, "c a b d")]), "dowdall", 1);
    assert_eq!(election.scores[0].to_string(), "1.75");
    assert_eq!(election.scores[1].to_string(), "11/6");
    assert!(told(&election, Language::Russian).contains("Nashville\u{a0}— 1,8333"));
    assert!(told(&election, Language::English).contains("Nashville\u{a0}— 1.8333"));
    let drawing = outcome_svg(&election, &towns(), Language::English);
    let cells: Vec<String> = table(&election, &towns(), Language::English).rows.into_iter().flatten().collect();
    assert!(drawing.contains(">1.8333<") && !drawing.contains("11/6"), "{drawing}");
    assert!(cells.contains(&"1.8333".to_owned()) && cells.iter().all(|cell| !cell.contains('/')), "{cells:?}");
    let rounded = ["2/3", "-2/3", "1/30000", "26/3"].map(|text| text.parse::<ballots::Exact>().unwrap().rounded(4));
    assert_eq!(rounded, ["0.6667", "-0.6667", "0.0000", "8.6667"]);
}

/// Of many only the first are drawn one by one, and the last rounds; the table has all of them.
#[test]
fn a_flow_of_many_is_small() {
    let count = 60;
    let mut profile = Profile::new(Kind::Ranked { max: 2 }, count);
    for at in 0..count {
        let ranking = vec![at, (at + 1) % count];
        profile.add(&Choice::Ranked(ranking), u64::from(1000 - at)).unwrap();
    }
    let named =
        |number: u32| Territory { number, id: number.to_string(), title: format!("T{number}"), ..Territory::default() };
    let places: Vec<Territory> = (1..=u32::from(count)).map(named).collect();
    let contest = Contest {
        profile: &profile,
        territories: &places,
        winners: &Winners::Top { minimum: None, seats: 1 },
        ladder: &Ladder::new(&[Rung::Registration]),
        turnout: None,
    };
    let election = ballots::count(&contest, "instant-runoff".parse().unwrap()).unwrap();
    let svg = outcome_svg(&election, &places, Language::English);
    assert!(svg.len() < 120_000, "{}", svg.len());
    assert_eq!(svg.matches(">Others<").count(), 1);
    assert_eq!(svg.matches(">Round ").count(), 24);
    assert!(svg.contains(">Round 1<") && !svg.contains(">Round 2<") && svg.contains(">Round 60<"), "{svg}");
    // 24 names and the others stand in the first column.
    assert_eq!(svg.matches("text-anchor=\"end\"").count(), 25);
    let table = table(&election, &places, Language::English);
    assert_eq!((table.rows.len(), table.head.len()), (60 + 1, 60 + 2));
}

/// Of equal medians the reader is told which later middle mark decided: 2, 2, 0 and 2, 3, 0 differ when 2 and 0 are out.
#[test]
fn later_middle_marks_are_told() {
    let marks = marked(2, 5, &[(1, "a2 b3"), (1, "a2 b2"), (1, "a0 b0")]);
    let election = elect(&marks, "majority-judgement", 1);
    let english = told(&election, Language::English);
    let decided = "Nashville and Memphis have the same middle mark, 2. Middle marks are then taken out of both one by one and the \
                   next ones compared: after 2 of each, that of Nashville is 3 and that of Memphis is 2.";
    assert!(english.lines().any(|line| line == decided), "{english}");
    let russian = told(&election, Language::Russian);
    assert!(russian.contains("когда у каждой убрано 2, у «Nashville» это 3, а у «Memphis» — 2."), "{russian}");
    let shown = table(&election, &towns(), Language::English);
    assert_eq!(shown.rows[0], ["1", "Nashville", "2", "3 > 2", "3", "won"]);
    // A round's outcome has no such step: that later marks decided is said there without their number.
    let steps = election.steps.iter().filter(|step| step.is_in_outcome()).cloned().collect();
    let bare = told(&Election { steps, ..election }, Language::English);
    assert!(
        bare.contains("have the same middle mark, 2.") && bare.contains("the first that differ put Nashville higher."),
        "{bare}"
    );
    // Four marks: 1 is the middle of 1 1 4 4 and of 1 1 3 4, the next one differs.
    let even = marked(2, 5, &[(1, "a1 b1"), (1, "a1 b1"), (1, "a4 b3"), (1, "a4 b4")]);
    let said = told(&elect(&even, "majority-judgement", 1), Language::English);
    assert!(said.contains("after 1 of each, that of Memphis is 4 and that of Nashville is 3."), "{said}");
    // Different medians need no more words, nor do marks that are all alike.
    for plain in [[(1, "a4 b1")], [(1, "a4 b4")]] {
        let said = told(&elect(&marked(2, 5, &plain), "majority-judgement", 1), Language::English);
        assert!(!said.contains("same middle mark"), "{said}");
    }
}

/// Every table of pairs says who won, and the place of each.
#[test]
fn tables_of_pairs_name_the_winner() {
    for method in ["schulze", "kemeny", "copeland", "minimax", "ranked-pairs"] {
        let election = elect(&ranked(4, &TENNESSEE), method, 1);
        for (language, ends) in LANGUAGES
            .into_iter()
            .zip([["Place", "Outcome of the vote", "won"], ["Место", "Итоги голосования", "победа"]])
        {
            let shown = table(&election, &towns(), language);
            assert_eq!(shown.head[5..], ends[..2], "{method}");
            assert_eq!(
                (shown.rows[0][0].as_str(), &shown.rows[0][5..]),
                ("Nashville", &["1".to_owned(), ends[2].to_owned()][..])
            );
            assert_eq!(shown.rows.iter().map(|row| row[5].as_str()).collect::<Vec<_>>(), ["1", "2", "3", "4"]);
            assert_eq!(shown.rows.iter().filter(|row| row[6] == ends[2]).count(), 1, "{method}");
        }
    }
}

/// Bucklin's bars are the votes of the round that decided: nobody who lost has a longer one than the winner.
#[test]
fn bars_of_bucklin_are_of_one_round() {
    // First places decide: c has 5 of 9. In the second round a reaches 7 and b 6, more than the winner had.
    let election = elect(&ranked(3, &[(4, "a b c"), (2, "c b a"), (3, "c a b")]), "bucklin", 1);
    let drawing = outcome_svg(&election, &towns(), Language::English);
    let widths = drawing.split("width=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<u64>().ok());
    let widths: Vec<u64> = widths.collect();
    assert_eq!(widths.len(), 3, "{drawing}");
    assert!(widths.is_sorted_by(|left, right| left >= right), "{widths:?}");
    assert!(drawing.contains("<title>Outcome of the vote. Round 1</title>"), "{drawing}");
}
