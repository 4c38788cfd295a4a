//! PrefLib, BLT and tables read part by part: the same vote and the same fault as in one piece, however they are cut.

use std::{
    cell::Cell,
    collections::BTreeMap,
    io::{self, Read},
    num::NonZeroUsize,
};

use ballots::{
    Profile,
    formats::{
        FormatFault, Parts, PartsFault, Poll, blt,
        preflib::{self, DataType},
        sheet,
    },
};
use proptest::prelude::*;

const TOI: &str = "\u{feff}# TITLE: Parks\n# DATA TYPE: toi\n# NUMBER VOTERS: 14\n\n# NUMBER UNIQUE ORDERS: 5\n\
    # ALTERNATIVE NAME 1: Park\n# ALTERNATIVE NAME 2: Сквер\n# ALTERNATIVE NAME 3: Street\n\
    3: 1,{2,3}\n\n2: 3\r\n1: {1,3},2\n  \n4: 2, 1\n4: 2";
const CAT: &str = "# DATA TYPE: cat\n# CATEGORY NAME 1: Yes\n# CATEGORY NAME 2: Perhaps\n# CATEGORY NAME 3: No\n\
    # ALTERNATIVE NAME 1: Park\n# ALTERNATIVE NAME 2: Square\n2: {1,2},{},{}\n1: 2,1,{}\n\n7: {},{},{1,2}\n";
const BLT: &str = "4 2 # four people, two seats\n-2\n3 1 3 4 0 2\n 4 0 (b7) 4 1 3 # no 0 here\n 2 0\n2 4 1=3\u{2003}0\u{a0}\n\
    1 2 - 3 0 # \"\n5\n0 6 3 0\n0\n\"Adam 0\"\n\"Bas#il\"\nCharlotte\n\"Дональд\"\n\"The title\"\n# the end\n";
const RANKED: &str = "\u{feff}ranked,park,\"the\nsquare\",street\n3,1,2,\n\n1,,1,1\r\n2,,,\n\n\n\"4\", 1 ,,2\n5,2,1,3";
const SCORE: &str = "score,park,square\n3,1,9\n1,,0\n\n2,12,\n9,,\n";
const POINTS: &str = "points,park,square\n3,1,9\n1,,0\n\n2,12,3\n";
const APPROVAL: &str = "approval,park,square\n3,1,1\n1,,\n\n2,1,\n7,,1\n";
const ALL: [(&str, &str); 7] =
    [("toi", TOI), ("cat", CAT), ("blt", BLT), ("csv", RANKED), ("csv", SCORE), ("csv", POINTS), ("csv", APPROVAL)];

fn whole(format: &str, text: &str) -> Result<Poll, FormatFault> {
    match format {
        "blt" => blt::read(text)?.poll(),
        "csv" => sheet::read(text),
        _ => preflib::read(text)?.poll(),
    }
}

/// Every part by its number, which is where it belongs.
type Kept = BTreeMap<usize, Profile>;

fn keep(kept: &mut Kept, number: usize, part: Profile) -> Result<(), FormatFault> {
    assert!(kept.insert(number, part).is_none(), "no part comes twice");
    Ok(())
}

/// The vote put together from its parts, and how many there were.
fn together((mut poll, cores): (Poll, Vec<Kept>)) -> (Poll, usize) {
    let parts: Kept = cores.into_iter().flatten().collect();
    assert!(parts.keys().copied().eq(0..parts.len()), "{:?}", parts.keys());
    assert_eq!((poll.profile.ballots(), poll.profile.papers().count()), (0, 0));
    parts.values().for_each(|part| poll.profile.merge(part).unwrap());
    (poll, parts.len())
}

fn streamed(format: &str, text: &[u8], bytes: usize, cores: usize) -> Result<(Poll, usize), PartsFault> {
    let parts = Parts { bytes: NonZeroUsize::new(bytes).unwrap(), cores: NonZeroUsize::new(cores).unwrap() };
    let read = match format {
        "blt" => blt::fold(|| Ok(text), parts, |_| Kept::new(), keep),
        "csv" => sheet::fold(|| Ok(text), parts, |_| Kept::new(), keep),
        _ => preflib::fold(|| Ok(text), None, parts, |_| Kept::new(), keep).map(|(_, poll, cores)| (poll, cores)),
    };
    read.map(together)
}

/// Both ways of reading, which must say the same.
fn same(format: &str, text: &str, bytes: usize, cores: usize) -> Result<(), TestCaseError> {
    match (whole(format, text), streamed(format, text.as_bytes(), bytes, cores)) {
        (Ok(whole), Ok((streamed, _))) => prop_assert_eq!(whole, streamed),
        (Err(fault), Err(PartsFault::Format(found))) => prop_assert_eq!(fault, found),
        (whole, streamed) => prop_assert!(false, "{text}\n{whole:?} {streamed:?}"),
    }
    Ok(())
}

#[test]
fn every_cut_gives_the_same_vote() {
    for (format, text) in ALL {
        let known = whole(format, text).unwrap();
        let mut most = 0;
        for bytes in 1..=text.len() + 1 {
            let (found, parts) = streamed(format, text.as_bytes(), bytes, 2).unwrap();
            assert_eq!(found, known, "{format} cut after {bytes} bytes");
            most = most.max(parts);
        }
        assert!(most > 2, "{format} was cut into {most} parts at most");
    }
}

/// Of several faults the earliest is told; a sum that is too large is told after them.
#[test]
fn the_earliest_fault_is_told() {
    let rows = "1,1,2,\n".repeat(40);
    let heading = "ranked,park,square,street\n";
    for (rest, told) in [
        (format!("{rows}x,1,,\n{rows}3,1\n"), "line 42: \"x\" is no number of ballots: it must be whole and above 0"),
        (format!("{rows}3,\"1\n\",2,\n{rows}"), "line 42: a cell goes over the line's end"),
        (format!("4294967295,1,,\n{rows}3,1\n"), "line 43: 2 fields stand under 4 headings"),
        (
            format!("4294967295,1,,\n{rows}"),
            "line 3: there are more than 4294967295 ballots: their sums would not be exact",
        ),
        (
            format!("{rows}\u{feff}3,1,,\n"),
            "line 42: \"\\u{feff}3\" is no number of ballots: it must be whole and above 0",
        ),
    ] {
        let text = format!("{heading}{rest}");
        assert_eq!(whole("csv", &text).unwrap_err().to_string(), told);
        for bytes in [1, 7, 30, 64, 100, 1000] {
            assert_eq!(streamed("csv", text.as_bytes(), bytes, 3).unwrap_err().to_string(), told, "{bytes}");
        }
    }
    let ballots = format!("3 1\n{}", "1 2 3 0\n".repeat(40));
    for (rest, told) in [
        ("1 2 2 0\n1 4 0\n0\na b c d", "line 42: candidate 2 stands there twice"),
        ("1 \"2\n0\na b c d", "line 42: a quote is not closed on its line"),
        ("1 2\n\n", "line 44: the file ends where a candidate, or 0 after the last must stand"),
        ("0\na b\nc d e", "line 44: nothing may follow the title, but here stands e"),
        ("4294967295 2 0 0 a b c d", "line 42: there are more than 4294967295 ballots: their sums would not be exact"),
    ] {
        let text = format!("{ballots}{rest}");
        assert_eq!(whole("blt", &text).unwrap_err().to_string(), told);
        for bytes in [1, 7, 30, 64, 100, 1000] {
            assert_eq!(streamed("blt", text.as_bytes(), bytes, 3).unwrap_err().to_string(), told, "{bytes}");
        }
    }
}

/// Too many ballots are told with the line in which they become too many, in every format and however it is cut.
#[test]
fn too_many_have_their_line() {
    let most = u32::MAX - 40;
    let lines = |ballot: &str, count: usize| format!("{ballot}\n").repeat(count);
    let preflib = |kind: &str, ballot: &str| {
        let head = "# ALTERNATIVE NAME 1: Park\n# CATEGORY NAME 1: Yes\n";
        let head = if kind == "cat" { head } else { "# ALTERNATIVE NAME 1: Park\n\n" };
        format!("# DATA TYPE: {kind}\n{head}{}{most}: {ballot}\n\n", lines(&format!("1: {ballot}"), 30))
            + &lines(&format!("1: {ballot}"), 30)
            + &lines(&format!("{}: {ballot}", u64::MAX), 2)
    };
    let rows = |kind: &str, two: &str| {
        format!("{kind},park\n\n{}{most},1\n\n{}", lines("1,1", 30), lines(two, 30))
            + &lines(&format!("{},", u64::MAX), 2)
    };
    let papers = |two: &str| format!("1 1 # of one\n\n{}{most} 1 0\n\n{}0\nA\nB\n", lines("1 1 0", 30), lines(two, 30));
    for (format, text, line) in [
        ("toi", preflib("toi", "1"), 46),
        ("cat", preflib("cat", "{1}"), 46),
        ("blt", papers("1 1 0"), 45),
        ("blt", papers("1 - 0 1 0"), 40),
        ("csv", rows("ranked", "1,1"), 45),
        ("csv", rows("score", "2,7"), 40),
        ("csv", rows("points", "5,7"), 37),
        ("csv", rows("approval", "11,1"), 35),
    ] {
        let told = format!("line {line}: there are more than 4294967295 ballots: their sums would not be exact");
        assert_eq!(whole(format, &text).unwrap_err().to_string(), told, "{format}");
        for (bytes, cores) in [1, 7, 30, 64, 100, 250, 5000].into_iter().flat_map(|bytes| [(bytes, 1), (bytes, 3)]) {
            let found = streamed(format, text.as_bytes(), bytes, cores).unwrap_err().to_string();
            assert_eq!(found, told, "{format} {bytes} {cores}");
        }
    }
}

/// Only a file with too many ballots is opened again; one that has fewer then is told to have changed.
#[test]
fn a_file_is_opened_again_for_the_line() {
    let opened = Cell::new(0);
    let again = |first: &'static str, later: &'static str| {
        opened.set(0);
        let open = || {
            opened.set(opened.get() + 1);
            Ok(if opened.get() == 1 { first.as_bytes() } else { later.as_bytes() })
        };
        blt::fold(open, Parts::on(NonZeroUsize::MIN), |_| (), |(), _, _| Ok(())).map(drop)
    };
    let (few, many) = ("1 1\n1 1 0\n0 A B", "1 1\n1 1 0\n4294967295 1 0\n0 A B");
    assert!(again(few, few).is_ok() && opened.get() == 1);
    assert!(again(many, many).unwrap_err().to_string().starts_with("line 3: ") && opened.get() == 2);
    assert_eq!(again(many, few).unwrap_err().to_string(), "the file changed while it was read");
}

/// Two parts may have one line, and then the fault of the former is told.
#[test]
fn of_one_line_the_earlier_fault_is_told() {
    let text = format!("4 2 {}2 1{{no 0 here 0 0\n1 2 0\n0 a b c d", "1 2 3 0 ".repeat(40));
    let told = "line 1: 1{no is no candidate's number: 1 to 4";
    assert_eq!(whole("blt", &text).unwrap_err().to_string(), told);
    for (bytes, cores) in (1..40).flat_map(|bytes| [(bytes, 2), (bytes, 3)]) {
        assert_eq!(streamed("blt", text.as_bytes(), bytes, cores).unwrap_err().to_string(), told, "{bytes}");
    }
}

/// Bytes that are no text are told with their line, wherever they stand.
#[test]
fn what_is_no_text_is_told() {
    for (format, text) in ALL {
        for at in 4..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            // Not within a letter, where an earlier byte of it would be the first that is wrong; nor in place of a line end.
            if !text.is_char_boundary(at) || !bytes[at].is_ascii() || bytes[at] == b'\n' {
                continue;
            }
            bytes[at] = 0xff;
            let line = 1 + text[..at].matches('\n').count();
            for size in [3, 40, 1000] {
                let fault = streamed(format, &bytes, size, 2).unwrap_err().to_string();
                // Whatever stands before it on its line may be wrong without the rest.
                assert!(fault.starts_with(&format!("line {line}: ")), "{format} {at} {size}: {fault}");
            }
        }
    }
}

/// The ending of a file's name and its DATA TYPE must be one: else nothing is read but the head, and its line is told.
#[test]
fn the_name_and_the_data_type_are_one() {
    let parts = Parts { bytes: NonZeroUsize::new(30).unwrap(), cores: NonZeroUsize::MIN };
    for (text, held, line) in [(TOI, DataType::Toi, 2), (CAT, DataType::Cat, 1)] {
        for named in DataType::ALL {
            let each = |(): &mut (), _, _| {
                assert!(named == held, "no ballots of another kind are read");
                Ok(())
            };
            let read = preflib::fold(|| Ok(text.as_bytes()), Some(named), parts, |_| (), each);
            match read {
                Ok((found, ..)) => assert!(found == held && named == held),
                Err(fault) => {
                    let told =
                        format!("line {line}: DATA TYPE is {}, but the file's name says {}", held.name(), named.name());
                    assert_eq!((fault.to_string(), named == held), (told, false));
                }
            }
        }
    }
}

/// A table is read twice only where its rows say how wide a ballot is, and never kept.
#[test]
fn a_table_is_opened_again_for_its_limits() {
    for (text, times) in [(RANKED, 1), (APPROVAL, 1), (SCORE, 2), (POINTS, 2)] {
        let opened = Cell::new(0);
        let open = || -> io::Result<&[u8]> {
            opened.set(opened.get() + 1);
            Ok(text.as_bytes())
        };
        sheet::fold(open, Parts::on(NonZeroUsize::MIN), |_| (), |(), _, _| Ok(())).unwrap();
        assert_eq!(opened.get(), times);
    }
}

/// A disk that is gone is told as that, and not as a file that ends early.
#[test]
fn a_broken_source_is_told() {
    struct Gone;
    impl Read for Gone {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let parts = Parts { bytes: NonZeroUsize::new(16).unwrap(), cores: NonZeroUsize::MIN };
    for cut in [5, BLT.len() - 60, BLT.len()] {
        let source = || BLT.as_bytes()[..cut].chain(Gone);
        let told = blt::fold(|| Ok(source()), parts, |_| (), |(), _, _| Ok(())).unwrap_err().to_string();
        assert_eq!(told, "the disk is gone");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever stands in the text and however it is cut.
    #[test]
    fn any_text_in_any_parts(
        (format, good) in prop::sample::select(ALL.to_vec()),
        at in any::<prop::sample::Index>(),
        lost in 0..6_usize,
        insert in "[-=#{}():;,\"\\n\\r\u{2003}A0-9. ]{0,8}",
        (bytes, cores) in (1..150_usize, 1..4_usize),
    ) {
        let letters: Vec<char> = good.chars().collect();
        let at = at.index(letters.len() + 1);
        let end = (at + lost).min(letters.len());
        let text = letters[..at].iter().copied().chain(insert.chars()).chain(letters[end..].iter().copied());
        same(format, &text.collect::<String>(), bytes, cores)?;
    }
}
