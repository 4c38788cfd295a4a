//! Every word of a report that people read, in English and Russian: here, and of each check in a table of its own.

mod checks;

use std::borrow::Cow;

pub use checks::check;

use super::{
    Check, Report,
    witnesses::{NONE_ASKED_FOR, OF, OTHERS},
};
use crate::round::Phase;

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    English,
    /// Russian.
    Russian,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    /// The ISO 639 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }

    /// The language of a code, or of a locale such as `ru_RU.UTF-8`.
    #[must_use]
    pub fn of(locale: &str) -> Option<Self> {
        let code = locale.split(['_', '-', '.', '@']).next()?;
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// The same in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Russian.
    pub ru: &'static str,
}

impl Text {
    /// The words in a language.
    #[must_use]
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Russian => self.ru,
        }
    }
}

const fn text(en: &'static str, ru: &'static str) -> Text {
    Text { en, ru }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// An earlier failure left nothing to check.
    NotRun,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Passed, Self::Failed, Self::NotRun];

    /// The verdict on a check.
    #[must_use]
    pub const fn of(check: &Check) -> Self {
        match (&check.failure, check.reached) {
            (Some(_), _) => Self::Failed,
            (None, true) => Self::Passed,
            (None, false) => Self::NotRun,
        }
    }

    /// In a word.
    #[must_use]
    pub const fn word(self) -> Text {
        match self {
            Self::Passed => text("ok", "верно"),
            Self::Failed => text("FAILED", "ОШИБКА"),
            Self::NotRun => text("not run", "не дошло"),
        }
    }
}

/// The words around the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase {
    /// The whole holds.
    Verified,
    /// It does not.
    NotVerified,
    /// The heading of a page.
    Heading,
    /// The column of the checks.
    Check,
    /// The column of how many items were checked.
    Items,
    /// The column of verdicts.
    Verdict,
    /// Before the place of a failure.
    Where,
    /// Before the number of a line.
    Line,
    /// What a check means that was not run.
    NotReached,
    /// The heading of the numbers.
    Facts,
    /// The heading of the picture.
    Turnout,
    /// What to compare with paper.
    Compare,
    /// What was checked.
    Subject,
    /// While a bundle is downloaded.
    Downloading,
    /// While an archive is unpacked.
    Unpacking,
}

impl Phrase {
    /// Every phrase.
    pub const ALL: [Self; 15] = [
        Self::Verified,
        Self::NotVerified,
        Self::Heading,
        Self::Check,
        Self::Items,
        Self::Verdict,
        Self::Where,
        Self::Line,
        Self::NotReached,
        Self::Facts,
        Self::Turnout,
        Self::Compare,
        Self::Subject,
        Self::Downloading,
        Self::Unpacking,
    ];

    /// Its words.
    #[must_use]
    pub const fn words(self) -> Text {
        match self {
            Self::Verified => text("VERIFIED: everything holds.", "ПРОВЕРЕНО: всё сходится."),
            Self::NotVerified => text("NOT VERIFIED.", "НЕ ПРОВЕРЕНО: что-то не сходится или не проверено."),
            Self::Heading => text("Audit of a vote", "Проверка голосования"),
            Self::Check => text("What was checked", "Что проверено"),
            Self::Items => text("How many", "Сколько"),
            Self::Verdict => text("Verdict", "Вывод"),
            Self::Where => text("Where it failed first", "Где впервые не сошлось"),
            Self::Line => text("line", "строка"),
            Self::NotReached => text(
                "An earlier failure left nothing to check here, so it counts as not verified.",
                "Из-за более ранней ошибки проверить это не удалось, поэтому это считается непроверенным.",
            ),
            Self::Facts => text("The round in numbers", "Голосование в числах"),
            Self::Turnout => text("From the roll to the count", "От списка до подсчёта"),
            Self::Compare => text(
                "Compare the fingerprint and the log's key with those that were printed before the voting.",
                "Сверьте отпечаток правил и ключ журнала с теми, что напечатаны до голосования.",
            ),
            Self::Subject => text("Bundle", "Пакет"),
            Self::Downloading => text("downloading", "загрузка"),
            Self::Unpacking => text("unpacking", "распаковка"),
        }
    }
}

/// What is said of one check.
#[derive(Debug, Clone, Copy)]
pub struct CheckWords {
    /// What it covers.
    pub title: Text,
    /// What its items are.
    pub items: Text,
    /// What it means for a voter when it holds.
    pub passed: Text,
    /// And when it does not.
    pub failed: Text,
}

impl CheckWords {
    /// What a verdict on the check means for a voter.
    #[must_use]
    pub const fn meaning(&self, verdict: Verdict) -> Text {
        match verdict {
            Verdict::Passed => self.passed,
            Verdict::Failed => self.failed,
            Verdict::NotRun => Phrase::NotReached.words(),
        }
    }
}

/// The verdict on the whole.
#[must_use]
pub fn verdict(report: &Report) -> Text {
    let phrase = if report.passed() { Phrase::Verified } else { Phrase::NotVerified };
    phrase.words()
}

/// The name of a fact, if it is one that a report has.
#[must_use]
pub fn fact(name: &str) -> Option<Text> {
    Some(match name {
        "ballots" => text("ballots in the log", "бюллетеней в журнале"),
        "credentials_issued" => text("credentials issued", "выдано удостоверений"),
        "credentials_used" => text("credentials used", "проголосовало удостоверений"),
        "fingerprint" => text("fingerprint of the rules", "отпечаток правил"),
        "lines" => text("lines of the log", "строк журнала"),
        "log_key" => text("key of the log", "ключ журнала"),
        "phase" => text("phase", "этап"),
        "roll" => text("people on the roll", "человек в списке"),
        "round" => text("round", "голосование"),
        "signatures" => text("signatures of the commission", "подписей комиссии"),
        "title" => text("title", "название"),
        "witnesses" => text("witnesses of the log's head", "свидетелей вершины журнала"),
        _ => return None,
    })
}

/// The name of a phase.
#[must_use]
pub const fn phase(phase: Phase) -> Text {
    match phase {
        Phase::Published => text("published", "объявлено"),
        Phase::Open => text("open", "идёт"),
        Phase::Paused => text("paused", "приостановлено"),
        Phase::Closed => text("closed", "закрыто"),
        Phase::Opened => text("opened", "вскрыто"),
        Phase::Tallied => text("tallied", "подсчитано"),
        Phase::Certified => text("certified", "подписано"),
        Phase::Annulled => text("annulled", "отменено"),
    }
}

/// The value of a fact, in a language where it is a word.
#[must_use]
pub fn value<'a>(name: &str, value: &'a str, language: Language) -> Cow<'a, str> {
    let known = match name {
        "phase" => {
            let known = Phase::ALL.into_iter().find(|phase| phase.to_string() == value);
            known.map(|known| phase(known).get(language).into())
        }
        "witnesses" if language == Language::Russian => witnessed(value).map(Cow::Owned),
        _ => None,
    };
    known.unwrap_or(Cow::Borrowed(value))
}

/// In Russian, what a report says of witnesses.
fn witnessed(value: &str) -> Option<String> {
    let Some(others) = value.strip_prefix(NONE_ASKED_FOR) else {
        return value.split_once(OF).map(|(signed, quorum)| format!("{signed} из {quorum}"));
    };
    let others = others.strip_prefix(OTHERS).map(|others| format!("; других подписей, не проверенных: {others}"));
    Some(format!("правила не требуют{}", others.unwrap_or_default()))
}
