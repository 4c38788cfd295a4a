//! PrefLib, BLT, tables and cast vote records: what is refused and where, and that writing loses nothing.

use ballots::{
    Choice, Profile,
    formats::{
        FormatFault, Poll, blt, cvr,
        preflib::{self, DataType, Preferences},
        sheet,
    },
    rules::{Kind, Territory},
};
use proptest::prelude::*;

const TOI: &str = "# FILE NAME: 1.toi\n# TITLE: Parks\n# DATA TYPE: toi\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 6\n\
    # NUMBER UNIQUE ORDERS: 3\n# ALTERNATIVE NAME 1: Park\n# ALTERNATIVE NAME 2: Square\n# ALTERNATIVE NAME 3: Street\n\
    3: 1,{2,3}\n2: 3\n1: {1,3},2\n";
const CAT: &str = "# TITLE: Parks\n# DATA TYPE: cat\n# NUMBER CATEGORIES: 2\n# CATEGORY NAME 1: Yes\n# CATEGORY NAME 2: No\n\
    # ALTERNATIVE NAME 1: Park\n# ALTERNATIVE NAME 2: Square\n2: {1,2},{}\n1: 2,1\n";
const BLT: &str = "4 2 # four people, two seats\n-2\n3 1 3 4 0\n(b7) 4 1 3 2 0\n2 4 1=3 0\n1 2 - 3 0\n0\n\"Adam\"\n\"Basil\"\n\
    Charlotte\n\"Donald\"\n\"The title\"\n";
const CSV: &str = "ranked,park,square,street\n3,1,2,\n1,,1,1\n2,,,\n";

/// The line of the fault, and what it says, when a part of a good text is replaced.
fn fault<T: std::fmt::Debug>(
    read: impl Fn(&str) -> Result<T, FormatFault>,
    good: &str,
    (from, to): (&str, &str),
) -> FormatFault {
    assert!(good.contains(from), "{from}");
    read(&good.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn preflib_is_read_and_refused_with_the_line() {
    let read = preflib::read(TOI).unwrap();
    assert_eq!((read.data_type, read.meta("TITLE")), (DataType::Toi, Some("Parks")));
    assert_eq!(read.preferences[0].groups, [vec![0], vec![1, 2]]);
    let poll = read.poll().unwrap();
    assert_eq!((poll.profile.ballots(), poll.profile.votes(), poll.title.as_str()), (6, vec![4, 4, 6], "Parks"));
    for (change, line, words) in [
        (("# DATA TYPE: toi\n", ""), 9, "DATA TYPE is missing"),
        (("toi\n# NUMBER", "wmd\n# NUMBER"), 3, "wmd is not"),
        (("toi\n# NUMBER", "soi\n# NUMBER"), 10, "no ties"),
        (("toi\n# NUMBER", "toc\n# NUMBER"), 11, "orders everything"),
        (("ALTERNATIVES: 3", "ALTERNATIVES: 4"), 4, "the file has 3"),
        (("VOTERS: 6", "VOTERS: 5"), 5, "the file has 6"),
        (("ORDERS: 3", "ORDERS: x"), 6, "is no number"),
        (("NAME 2", "NAME 3"), 8, "number 2"),
        (("3: 1,", "1.5: 1,"), 10, "whole number above 0"),
        (("3: 1,", "0: 1,"), 10, "whole number above 0"),
        (("{2,3}", "{2,3"), 10, "not closed"),
        (("{2,3}", "{2,1}"), 10, "alternative 1 stands there twice"),
        (("{2,3}", "{2,4}"), 10, "no alternative 4"),
        (("2: 3", "2: 3,"), 11, "last comma"),
        (("2: 3", "2: {}"), 11, "a group is empty"),
        (("2: 3", "2 3"), 11, "a colon"),
    ] {
        let found = fault(preflib::read, TOI, change);
        assert!(found.line == line && found.reason.contains(words), "{change:?}: {found}");
    }
    let poll = preflib::read(CAT).unwrap().poll().unwrap();
    assert_eq!((poll.profile.kind(), poll.profile.votes()), (&Kind::Approval { max: 2 }, vec![2, 3]));
    let found = fault(preflib::read, CAT, ("2: {1,2},{}", "2: {1,2}"));
    assert!(found.line == 8 && found.reason.contains("1 groups for 2 categories"), "{found}");
    let uncategorised = CAT.replace("# CATEGORY NAME 1: Yes\n# CATEGORY NAME 2: No\n", "");
    for (good, change, line, words) in [
        (CAT, ("TYPE: cat", "TYPE: toi"), 2, "DATA TYPE is toi, which has no CATEGORY NAME"),
        (TOI, ("TYPE: toi", "TYPE: cat"), 3, "DATA TYPE is cat, but there is no CATEGORY NAME"),
        (&uncategorised, ("Parks", "Parks"), 2, "DATA TYPE is cat, but there is no CATEGORY NAME"),
    ] {
        let found = fault(preflib::read, good, change);
        assert!(found.line == line && found.reason.contains(words), "{change:?}: {found}");
    }
}

/// Approvals and choose-one have two categories, marks one for each; marks that would be read as approvals are not written.
#[test]
fn categories_are_written_and_read() {
    let poll = |kind: &str, max: Kind| {
        let text = format!("{kind},park,square,street\n3,1,,\n1,,,\n2,,,1\n");
        let mut poll = sheet::read(&text).unwrap();
        let mut profile = Profile::new(max, 3);
        for (choice, weight) in [(vec![0], 3), (vec![], 1), (vec![2], 2)] {
            let marks = choice.iter().map(|at| (*at, 1)).collect();
            let choice = if kind == "score" { Choice::Score(marks) } else { Choice::Approval(choice) };
            profile.add(&choice, weight).unwrap();
        }
        poll.profile = profile;
        poll
    };
    let written = |poll: &Poll| preflib::write(&Preferences::from_poll(poll).unwrap());
    let one = written(&poll("approval", Kind::Approval { max: 1 }));
    let end = "# NUMBER CATEGORIES: 2\n# CATEGORY NAME 1: Approved\n# CATEGORY NAME 2: Not approved\n\
        # ALTERNATIVE NAME 1: park\n# ALTERNATIVE NAME 2: square\n# ALTERNATIVE NAME 3: street\n\
        3: 1,{2,3}\n1: {},{1,2,3}\n2: 3,{1,2}\n";
    assert!(one.starts_with("# TITLE: \n# DATA TYPE: cat\n") && one.ends_with(end), "{one}");
    let again = preflib::read(&one).unwrap().poll().unwrap();
    assert_eq!((again.profile.votes(), again.profile.blank(), again.profile.longest()), (vec![3, 0, 2], 1, 1));
    let marks = written(&poll("score", Kind::Score { max: 2 }));
    assert!(marks.ends_with("3: {},1,{}\n1: {},{},{}\n2: {},3,{}\n"), "{marks}");
    assert!(Preferences::from_poll(&poll("score", Kind::Score { max: 1 })).is_none());
}

#[test]
fn blt_is_read_and_refused_with_the_line() {
    let read = blt::read(BLT).unwrap();
    assert_eq!((read.seats, &read.withdrawn, read.title.as_str()), (2, &vec![1], "The title"));
    assert_eq!(read.papers[1].id.as_deref(), Some("b7"));
    assert_eq!(read.papers[2].places, [vec![3], vec![0, 2]]);
    assert_eq!(read.papers[3].places, [vec![1], vec![], vec![2]]);
    let poll = read.poll().unwrap();
    assert_eq!(
        poll.territories.iter().map(|one| one.title.as_str()).collect::<Vec<_>>(),
        ["Adam", "Charlotte", "Donald"]
    );
    assert_eq!((poll.seats, poll.profile.votes()), (Some(2), vec![9, 10, 5]));
    for (change, line, words) in [
        (("4 2", "x 2"), 1, "number of candidates"),
        (("-2\n", "-9\n"), 2, "no candidate's number"),
        (("3 1 3 4 0", "1.5 1 3 4 0"), 3, "would not be exact"),
        (("3 1 3 4 0", "0.0 1 3 4 0"), 3, "whole number above 0"),
        (("3 1 3 4 0", "3 1 3 1 0"), 3, "candidate 1 stands there twice"),
        (("1=3", "1=9"), 5, "9 is no candidate's number"),
        (("\"Basil\"", "\"Basil"), 9, "not closed"),
        (("\"The title\"", "\"The title\" more"), 12, "nothing may follow"),
        (("\"Donald\"\n\"The title\"\n", ""), 11, "the name of candidate 4"),
    ] {
        let found = fault(blt::read, BLT, change);
        assert!(found.line == line && found.reason.contains(words), "{change:?}: {found}");
    }
    assert_eq!(read.papers.iter().map(|paper| paper.line).collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert_eq!(blt::read(&BLT.replace("3 1 3 4 0", "3.00 1 3 4 0")).unwrap(), read, "decimals that are zero are exact");
    let quoted = blt::Blt { title: "a \"b\"".to_owned(), ..read };
    assert!(blt::write(&quoted).unwrap_err().to_string().contains("quote"));
}

#[test]
fn tables_are_read_and_refused_with_the_line() {
    let poll = sheet::read(CSV).unwrap();
    assert_eq!((poll.profile.votes(), poll.profile.blank(), poll.profile.has_equal_places()), (vec![3, 4, 1], 2, true));
    for (change, line, words) in [
        (("ranked", "thumbs"), 1, "thumbs"),
        (("square", "park"), 1, "stands there twice"),
        (("square", ""), 1, "no name"),
        (("3,1,2,", "0,1,2,"), 2, "above 0"),
        (("3,1,2,", "1.5,1,2,"), 2, "above 0"),
        (("3,1,2,", "3,1,3,"), 2, "place 2"),
        (("3,1,2,", "3,1,x,"), 2, "whole number"),
        (("3,1,2,", "3,1,2"), 2, "fields"),
        (("ranked", "approval"), 2, "an approval is 1, not 2"),
    ] {
        let found = fault(sheet::read, CSV, change);
        assert!(found.line == line && found.reason.contains(words), "{change:?}: {found}");
    }
}

/// Required and allowed fields by type, from NIST SP 1500-103 (version 1.0.0), section 4 and its JSON schema.
const RECORD_TYPES: &[(&str, &[&str], &[&str])] = &[
    (
        "CVR.CastVoteRecordReport",
        &["Election", "GeneratedDate", "GpUnit", "ReportGeneratingDeviceIds", "ReportingDevice", "Version"],
        &["CVR", "Notes", "OtherReportType", "Party", "ReportType"],
    ),
    ("CVR.CVR", &["CVRSnapshot", "CurrentSnapshotId", "ElectionId"], &["BallotAuditId", "UniqueId"]),
    ("CVR.CVRSnapshot", &["@id", "Type"], &["CVRContest", "Status", "Annotation"]),
    ("CVR.CVRContest", &["ContestId"], &["CVRContestSelection", "Overvotes", "Undervotes", "Status"]),
    ("CVR.CVRContestSelection", &[], &["ContestSelectionId", "SelectionPosition", "Rank", "Status"]),
    ("CVR.SelectionPosition", &["HasIndication", "NumberVotes"], &["Rank", "Position", "IsAllocable", "Status"]),
    ("CVR.Election", &["@id", "Contest", "ElectionScopeId"], &["Candidate", "Name", "Code"]),
    (
        "CVR.CandidateContest",
        &["@id", "ContestSelection"],
        &["Name", "NumberElected", "VoteVariation", "VotesAllowed", "Code"],
    ),
    ("CVR.CandidateSelection", &["@id"], &["CandidateIds", "Code", "IsWriteIn"]),
    ("CVR.Candidate", &["@id"], &["Name", "Code", "PartyId"]),
    ("CVR.GpUnit", &["@id", "Type"], &["Name", "OtherType", "Code", "ReportingDeviceIds"]),
    ("CVR.ReportingDevice", &["@id"], &["Application", "Manufacturer", "Model", "SerialNumber"]),
];

/// Every object has a known type, all that its type needs, and nothing that it does not know.
fn check_record(value: &serde_json::Value, ids: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| check_record(item, ids)),
        serde_json::Value::Object(fields) => {
            let name = fields["@type"].as_str().unwrap();
            let (_, needed, allowed) = RECORD_TYPES.iter().find(|(known, ..)| *known == name).unwrap();
            needed.iter().for_each(|field| assert!(fields.contains_key(*field), "{name} has no {field}"));
            for (field, value) in fields {
                let known = *field == "@type" || needed.contains(&field.as_str()) || allowed.contains(&field.as_str());
                assert!(known, "{name} knows no {field}");
                check_record(value, ids);
            }
            ids.extend(fields.get("@id").map(|id| id.as_str().unwrap().to_owned()));
        }
        _ => {}
    }
}

#[test]
fn cast_vote_records_have_what_the_standard_requires() {
    let source = cvr::Provenance { generated: "2026-09-13T20:15:00Z", device: "ballots", place: "Town" };
    let mut poll = sheet::read(CSV).unwrap();
    poll.title = "Parks".to_owned();
    let report: serde_json::Value = serde_json::from_str(&cvr::write(&poll, &source).unwrap()).unwrap();
    let mut ids = Vec::new();
    check_record(&report, &mut ids);
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "no id stands twice");
    assert_eq!(report["CVR"].as_array().unwrap().len(), 6, "alike ballots are written one by one");
    assert_eq!(report["Version"], "1.0.0");
    let marks = &report["CVR"][3]["CVRSnapshot"][0]["CVRContest"][0]["CVRContestSelection"];
    assert_eq!(marks[1]["SelectionPosition"][0]["Rank"], 1, "equals share their rank");
    assert_eq!(report["Election"][0]["Contest"][0]["VoteVariation"], "rcv");
    let mut many = Profile::new(Kind::Approval { max: 1 }, 3);
    many.add(&Choice::Approval(vec![0]), cvr::MOST_RECORDS + 1).unwrap();
    assert!(cvr::write(&Poll { profile: many, ..poll }, &source).is_err());
}

fn any_poll() -> impl Strategy<Value = Poll> {
    let kinds = |count: u16| {
        prop_oneof![
            Just(Kind::Approval { max: count }),
            Just(Kind::Ranked { max: count }),
            Just(Kind::Score { max: 9 }),
            Just(Kind::Points { each: None, total: 9 }),
        ]
    };
    let paper = proptest::collection::vec((0..6_u16, 1..4_u32), 0..6);
    let papers = proptest::collection::vec((paper, 1..1_000_u64), 1..12);
    ((1..6_u16).prop_flat_map(move |count| (Just(count), kinds(count))), papers).prop_map(|((count, kind), papers)| {
        let mut profile = Profile::new(kind, count);
        for (marks, weight) in papers {
            let known = marks.into_iter().filter(|(at, _)| *at < count);
            let marks: std::collections::BTreeMap<u16, u32> = known.collect();
            let plain = || marks.keys().copied().collect();
            match profile.kind() {
                Kind::Approval { .. } => profile.add(&Choice::Approval(plain()), weight).unwrap(),
                Kind::Score { .. } => profile.add(&Choice::Score(marks.into_iter().collect()), weight).unwrap(),
                Kind::Points { .. } => profile.add(&Choice::Points(marks.into_iter().collect()), weight).unwrap(),
                Kind::Ranked { .. } => {
                    let place = |sought: u32| marks.iter().filter(move |(_, at)| **at == sought).map(|(at, _)| *at);
                    let groups: Vec<Vec<u16>> = (1..4).map(|sought| place(sought).collect()).collect();
                    profile.add_groups(&groups, weight).unwrap();
                }
            }
        }
        let territory = |number: u32| Territory {
            id: format!("t{number}"),
            number,
            title: format!("t{number}"),
            ..Territory::default()
        };
        let territories = (1..=u32::from(count)).map(territory).collect();
        Poll {
            budget: None,
            invalid: Default::default(),
            profile,
            seats: Some(1),
            territories,
            title: "Parks".to_owned(),
        }
    })
}

/// Papers as lists, whatever the limits of the kind.
fn papers(profile: &Profile) -> Vec<(Vec<Vec<u16>>, Vec<u32>, u64)> {
    let all = profile.papers();
    all.map(|paper| {
        let groups = if profile.has_equal_places() {
            paper.groups().map(<[u16]>::to_vec).collect()
        } else {
            paper.marks.iter().map(|at| vec![*at]).collect()
        };
        let values = if matches!(profile.kind(), Kind::Ranked { .. }) { Vec::new() } else { paper.values.to_vec() };
        (groups, values, paper.weight)
    })
    .collect()
}

/// Places of a ballot from some order of the candidates: a few are named, in groups of which some are empty.
fn any_places(count: u16) -> impl Strategy<Value = Vec<Vec<u16>>> {
    let order = Just((0..count).collect::<Vec<_>>()).prop_shuffle();
    (order, proptest::collection::vec(0..3_usize, 0..6)).prop_map(|(mut order, sizes)| {
        let take = |size: usize| order.drain(..size.min(order.len())).collect();
        sizes.into_iter().map(take).collect()
    })
}

/// A file as another program might make it: ids, candidates who withdrew, places left out, names of any letters.
fn any_blt() -> impl Strategy<Value = blt::Blt> {
    (1..7_u16).prop_flat_map(|count| {
        let id = proptest::option::of("[^\\s()\"#]{1,5}");
        let paper = (id, 1..=u64::from(u32::MAX), any_places(count));
        let paper = paper.prop_map(|(id, weight, places)| blt::Paper { id, line: 0, weight, places });
        let name = "[^\"\n\r]{0,6}";
        let names = (proptest::collection::vec(name, usize::from(count)), name);
        let papers = proptest::collection::vec(paper, 0..8);
        let withdrawn = proptest::sample::subsequence((0..count).collect::<Vec<_>>(), 0..=usize::from(count));
        (names, papers, 1..=u16::MAX, withdrawn).prop_map(|((candidates, title), papers, seats, withdrawn)| blt::Blt {
            candidates,
            papers,
            seats,
            title,
            withdrawn,
        })
    })
}

#[test]
fn blt_that_could_not_be_read_is_not_written() {
    let good = blt::read(BLT).unwrap();
    let with = |change: fn(&mut blt::Blt)| {
        let mut file = good.clone();
        change(&mut file);
        blt::write(&file).unwrap_err().to_string()
    };
    for (told, words) in [
        (with(|file| file.papers[0].weight = 0), "a ballot has no weight"),
        (with(|file| file.papers[0].places.push(vec![0])), "candidate 1 stands there twice"),
        (with(|file| file.papers[0].places.push(vec![4])), "there is no candidate 5"),
        (with(|file| file.papers[0].id = Some("a b".to_owned())), "has a space"),
        (with(|file| file.withdrawn = vec![1, 1]), "candidate 2 stands there twice"),
        (with(|file| file.seats = 0), "and a seat"),
        (with(|file| file.candidates.clear()), "1 to 65535 candidates"),
    ] {
        assert!(told.contains(words), "{told}");
    }
}

/// A file as if it came from none.
fn without_lines(mut file: blt::Blt) -> blt::Blt {
    file.papers.iter_mut().for_each(|paper| paper.line = 0);
    file
}

proptest! {
    #[test]
    fn polls_survive_tables(poll in any_poll()) {
        let again = sheet::read(&sheet::write(&poll).unwrap()).unwrap();
        prop_assert_eq!(papers(&again.profile), papers(&poll.profile));
        prop_assert_eq!(again.profile.kind().name(), poll.profile.kind().name());
        prop_assert_eq!(again.territories.iter().map(|one| &one.id).collect::<Vec<_>>(),
            poll.territories.iter().map(|one| &one.id).collect::<Vec<_>>());
    }

    #[test]
    fn rankings_survive_blt(poll in any_poll()) {
        match poll.profile.kind() {
            Kind::Ranked { .. } => {
                let file = blt::Blt::from_poll(&poll).unwrap();
                prop_assert_eq!(without_lines(blt::read(&blt::write(&file).unwrap()).unwrap()), file);
            }
            _ => prop_assert!(blt::Blt::from_poll(&poll).is_err()),
        }
    }

    /// Rankings as orders, approvals and marks as categories; of points there is no file.
    #[test]
    fn votes_survive_preflib(poll in any_poll()) {
        let Some(file) = Preferences::from_poll(&poll) else {
            prop_assert_eq!(poll.profile.kind().name(), "points");
            return Ok(());
        };
        let text = preflib::write(&file);
        let mut again = preflib::read(&text).unwrap();
        let read = again.poll().unwrap().profile;
        prop_assert_eq!(read.kind(), poll.profile.kind());
        prop_assert_eq!(papers(&read), papers(&poll.profile));
        again.preferences.iter_mut().for_each(|one| one.line = 0);
        prop_assert_eq!(again, file);
    }

    #[test]
    fn blt_survives_with_ids_and_withdrawn(file in any_blt()) {
        let text = blt::write(&file).unwrap();
        let read = blt::read(&text).unwrap();
        let begins: Vec<_> = read.papers.iter().map(|paper| paper.line).collect();
        let first = 2 + usize::from(!file.withdrawn.is_empty());
        prop_assert_eq!(begins, (first..).take(file.papers.len()).collect::<Vec<_>>());
        prop_assert_eq!(without_lines(read), file);
    }

    /// Whatever the text, the readers answer and do not panic.
    #[test]
    fn any_text_is_answered(cut in any::<prop::sample::Index>(), insert in "[-=#{}():;,\"\\nA-Z0-9. ]{0,12}") {
        for good in [TOI, CAT, BLT, CSV] {
            let at = cut.index(good.len());
            let text = format!("{}{insert}{}", &good[..at], &good[at..]);
            if let Ok(file) = preflib::read(&text) {
                prop_assert!(file.poll().is_ok() || file.preferences.iter().any(|one| one.count > u64::from(u32::MAX)));
            }
            let _ = blt::read(&text).map(|file| file.poll());
            let _ = sheet::read(&text);
        }
    }
}
