//! What texts must hold in every language, and how each writes numbers, money and days.

use std::{fs, path::Path};

use jiff::civil::date;

use super::*;

const RU: Language = Language::ALL[0];

fn language(code: &str) -> &'static Texts {
    Language::of(code).unwrap().texts()
}

/// Everything that may name a message: pages, their templates, and the browser's programs.
fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let wanted = path.extension().is_some_and(|e| ["rs", "html", "svg", "ts"].iter().any(|wanted| e == *wanted));
        if path.is_dir() {
            sources(&path, all);
        } else if wanted && !path.ends_with("pages/texts/tests.rs") {
            all.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// Whether the text names the word, and not only a longer one that begins or ends like it.
fn names(text: &str, word: &str) -> bool {
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(inside) && !text[at + word.len()..].starts_with(inside))
}

#[test]
fn no_text_is_dead() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    sources(&root.join("src"), &mut all);
    sources(&root.join("web/src"), &mut all);
    let used = |id: &str| {
        // A problem's messages are put together from its slug.
        let named = id.strip_prefix("problem-").map(|slug| slug.trim_end_matches("-advice"));
        named.is_some_and(|slug| names(&all, slug)) || names(&all, &id.replace('-', "_")) || names(&all, id)
    };
    let dead: Vec<_> = MESSAGES.iter().filter(|id| !used(id)).collect();
    assert!(dead.is_empty(), "nothing says these: {dead:?}");
    assert!(!names("how_long", "how") && !names("long_how", "how") && names("t.how()", "how"));
}

#[test]
fn words_follow_their_numbers() {
    let ru = language("ru");
    // One, few, many: 21 is as 1, 22 as 2, but 11 and 111 are as 5.
    let numbers = [1_u64, 2, 5, 11, 21, 22, 25, 111];
    let check = |say: &dyn Fn(u64) -> String, [one, few, many]: [&str; 3]| {
        for (number, word) in numbers.into_iter().zip([one, few, many, many, one, few, many, many]) {
            let said = say(number);
            let found = said.contains(&word.replace('#', &number.to_string()));
            assert!(found, "{number}: {said}: not “{word}”");
        }
    };
    check(&|n| ru.left_days(n), ["остался # день", "осталось # дня", "осталось # дней"]);
    check(&|n| ru.left_hours(n), ["остался # час", "осталось # часа", "осталось # часов"]);
    check(&|n| ru.round_commission("a", n), ["# член:", "# члена:", "# членов:"]);
    check(&|n| ru.round_quorum(n), ["# подписью", "# подписями", "# подписями"]);
    check(&|n| ru.round_age(n, "d"), ["исполнился # год", "исполнилось # года", "исполнилось # лет"]);
    check(&|n| ru.kind_approval(n), ["# территории", "# территорий", "# территорий"]);
    check(&|n| ru.kind_points_each(n), ["# балла", "# баллов", "# баллов"]);
    check(&|n| ru.results_counted(n), ["Учтён # бюллетень", "Учтено # бюллетеня", "Учтено # бюллетеней"]);
    let en = language("en");
    assert_eq!((en.left_days(1), en.left_days(21)), ("1 day left".into(), "21 days left".into()));
    assert_eq!(en.results_counted(1), "1 ballot was counted.");
    assert_eq!(en.results_counted(1_111), "1,111 ballots were counted.");
}

#[test]
fn twenty_one_is_not_one_where_the_sentence_is_another() {
    let ru = language("ru");
    for number in [21_u64, 101] {
        assert!(ru.kind_ranked(number).starts_with("Расставьте"), "{}", ru.kind_ranked(number));
        assert!(ru.kind_points(number).starts_with("Распределите"), "{}", ru.kind_points(number));
        assert!(ru.winners_top(number).contains(&number.to_string()), "{}", ru.winners_top(number));
    }
    assert!(ru.kind_ranked(1).starts_with("Выберите одну"));
    assert_eq!(ru.winners_top(1), "Побеждает первая территория.");
}

#[test]
fn numbers_are_grouped() {
    let (ru, en) = (language("ru"), language("en"));
    // U+00A0 keeps a number on one line.
    assert_eq!([ru.number(0), ru.number(9_305), ru.number(1_234_567)], ["0", "9\u{a0}305", "1\u{a0}234\u{a0}567"]);
    assert_eq!([en.number(0), en.number(9_305), en.number(1_234_567)], ["0", "9,305", "1,234,567"]);
    assert_eq!(ru.number(u64::MAX), "18\u{a0}446\u{a0}744\u{a0}073\u{a0}709\u{a0}551\u{a0}615");
}

#[test]
fn money_shows_kopecks_when_there_are_any() {
    let (ru, en) = (language("ru"), language("en"));
    assert_eq!(ru.roubles(720_000_000), "7\u{a0}200\u{a0}000 ₽");
    assert_eq!(ru.roubles(150), "1,50 ₽");
    assert_eq!(ru.roubles(0), "0 ₽");
    assert_eq!(en.roubles(720_000_000), "₽7,200,000");
    assert_eq!(en.roubles(150), "₽1.50");
}

#[test]
fn a_share_is_rounded_down() {
    let (ru, en) = (language("ru"), language("en"));
    assert_eq!([ru.percent(1, 3), ru.percent(2, 3), ru.percent(0, 0)], ["33,3 %", "66,6 %", "0,0 %"]);
    assert_eq!([en.percent(1, 3), en.percent(999, 1_000)], ["33.3%", "99.9%"]);
    assert_eq!(en.percent(u64::MAX, u64::MAX), "100.0%");
}

#[test]
fn days_and_moments_are_written_as_people_do() {
    let (ru, en) = (language("ru"), language("en"));
    let day = date(2027, 6, 12);
    assert_eq!([ru.day(day), en.day(day)], ["12 июня 2027\u{202f}г.", "June 12, 2027"]);
    assert_eq!([ru.short_day(day), en.short_day(day)], ["12.06", "6/12"]);
    assert_eq!([ru.written_day("2027-06-12"), ru.written_day("soon")], ["12 июня 2027\u{202f}г.", "soon"]);
    let at = 1_812_000_000;
    assert_eq!(ru.moment(at, "Asia/Yekaterinburg"), "3 июня 2027\u{202f}г., 10:20 (UTC+5)");
    assert_eq!(en.moment(at, "Asia/Yekaterinburg"), "June 3, 2027, 10:20 (UTC+5)");
    assert_eq!(ru.moment(at, "Nowhere/Nothing"), at.to_string());
}

#[test]
fn browsers_get_their_own_messages_alone() {
    for language in Language::ALL {
        let source = language.browser_source();
        assert!(source.contains("problem-closed ="), "{}", language.code());
        assert!(!source.contains("how-heading") && !source.contains("\nsite-"), "{}", language.code());
    }
}

#[test]
fn the_first_language_is_russian_and_unknown_ones_are_none() {
    assert_eq!((RU.code(), Language::of("xx")), ("ru", None));
    assert_eq!(language("ru").named("no-such-message"), None);
}
