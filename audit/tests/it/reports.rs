//! The report's words: every check, verdict and phrase has them in both languages, and strangers' texts cannot break a page.

use audit::verify::{
    CheckName, Report, html, text, verify,
    words::{self, Language, Phrase, Verdict},
};

use crate::audited::{Files, honest};

fn damaged() -> Report {
    let mut files: Files = honest().clone();
    files.insert("<script>\u{1b}[2J.txt".to_owned(), Vec::new());
    files.insert("result.json".to_owned(), b"{}".to_vec());
    verify(&files, None, &|_| {})
}

fn cyrillic(text: &str) -> bool {
    text.chars().any(|letter| ('\u{400}'..'\u{500}').contains(&letter))
}

#[test]
fn every_word_is_there_in_both_languages() {
    let mut texts: Vec<words::Text> = Phrase::ALL.iter().map(|phrase| phrase.words()).collect();
    texts.extend(Verdict::ALL.iter().map(|verdict| verdict.word()));
    texts.extend(audit::round::Phase::ALL.iter().map(|phase| words::phase(*phase)));
    for name in CheckName::ALL.into_iter().chain([CheckName::Heads]) {
        let check = words::check(name);
        texts.extend([check.title, check.items]);
        let meanings = Verdict::ALL.map(|verdict| check.meaning(verdict));
        assert_ne!(meanings[0].en, meanings[1].en, "{name:?} means the same either way");
        texts.extend(meanings);
    }
    for fact in verify(honest(), None, &|_| {}).facts.keys() {
        texts.push(words::fact(fact).unwrap_or_else(|| panic!("{fact} has no words")));
    }
    for words in texts {
        assert!(!words.en.is_empty() && !cyrillic(words.en), "{}", words.en);
        assert!(cyrillic(words.ru), "{}", words.ru);
    }
}

#[test]
fn text_names_each_check_and_the_verdict() {
    for (report, phrase) in [(verify(honest(), None, &|_| {}), Phrase::Verified), (damaged(), Phrase::NotVerified)] {
        for language in Language::ALL {
            let text = text::write(&report, language);
            assert!(text.contains(phrase.words().get(language)), "{text}");
            for name in CheckName::ALL {
                assert!(text.contains(words::check(name).title.get(language)), "{name:?}: {text}");
            }
        }
    }
}

#[test]
fn strangers_texts_stay_texts() {
    let report = damaged();
    let text = text::write(&report, Language::English);
    assert!(text.contains("<script>\u{fffd}[2J.txt") && !text.contains('\u{1b}'), "{text}");
    let page = html::page(&report, "https://vote.example/?a=\"<b>&c", Language::Russian);
    assert!(!page.contains("<script") && !page.contains('\u{1b}') && !page.contains("<b>"), "{page}");
    assert!(page.contains("&lt;script&gt;") && page.contains("a=&quot;&lt;b&gt;&amp;c"), "{page}");
}

#[test]
fn the_page_needs_nothing_else_and_closes_what_it_opens() {
    for report in [verify(honest(), None, &|_| {}), damaged(), verify(&Files::new(), None, &|_| {})] {
        let page = html::page(&report, "bundle", Language::English);
        for foreign in ["http:", "https:", "src=", "url(", "@import", "<script"] {
            assert!(!page.contains(foreign), "{foreign} in {page}");
        }
        for tag in
            ["html", "head", "body", "main", "table", "tbody", "thead", "tr", "th", "td", "p", "dl", "svg", "h1", "h2"]
        {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag} in {page}");
        }
        assert_eq!(page.matches("<main lang=").count(), 2);
    }
}

#[test]
fn locales_name_a_language() {
    assert_eq!(Language::of("ru_RU.UTF-8"), Some(Language::Russian));
    assert_eq!(Language::of("en"), Some(Language::English));
    assert_eq!(Language::of("C.UTF-8"), None);
}

/// What a log wrote about itself reads the same and steers nobody's terminal, in JSON too.
#[test]
fn json_holds_no_letters_that_steer() {
    let told = serde_json::json!({ "reason": "a\u{9b}31m \u{202e}b \u{2066}c \u{7f} \u{61c}é «ё» \n\"" });
    let json = text::json(&told);
    assert!(json.contains("\\u009b31m \\u202eb \\u2066c \\u007f \\u061cé «ё» \\n\\\""), "{json}");
    assert!(!json.chars().any(|letter| letter.is_control() || ('\u{2066}'..='\u{2069}').contains(&letter)), "{json}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON"), told);
}
