//! Every word of a report that people read, in English and Russian, in one table.

use std::borrow::Cow;

use super::{
    Check, CheckName, Report,
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

/// What is said of a check.
#[must_use]
pub const fn check(name: CheckName) -> CheckWords {
    match name {
        CheckName::Files => CheckWords {
            title: text("files match SHA256SUMS", "файлы совпадают с SHA256SUMS"),
            items: text("files", "файлов"),
            passed: text(
                "The bundle is whole: no file was changed, lost or added on its way to you.",
                "Пакет цел: по пути к вам ни один файл не изменён, не потерян и не добавлен.",
            ),
            failed: text(
                "The bundle was damaged or changed. Download it again; if it fails again, tell the commission.",
                "Пакет повреждён или изменён. Скачайте его ещё раз; если ошибка повторится, сообщите комиссии.",
            ),
        },
        CheckName::Lines => CheckWords {
            title: text("lines are canonical and chained", "строки журнала связаны в цепь"),
            items: text("lines", "строк"),
            passed: text(
                "Each line of the log names the one before it, so none was changed, removed or moved.",
                "Каждая строка журнала называет предыдущую, поэтому ни одна не изменена, не убрана и не переставлена.",
            ),
            failed: text(
                "The log was rewritten or damaged at this line: what stands from there on proves nothing.",
                "В этом месте журнал переписан или повреждён: всё, что дальше, ничего не доказывает.",
            ),
        },
        CheckName::Acts => CheckWords {
            title: text("every act was allowed", "каждое действие было разрешено"),
            items: text("lines", "строк"),
            passed: text(
                "The voting was opened, held, closed and counted by the rules that were published before it.",
                "Голосование открыто, проведено, закрыто и подсчитано по правилам, опубликованным до него.",
            ),
            failed: text(
                "Somebody did what the published rules do not allow, for instance added a ballot after the close.",
                "Сделано то, чего опубликованные правила не разрешают: например, добавлен голос после закрытия.",
            ),
        },
        CheckName::Ballots => CheckWords {
            title: text("ballots are signed, one of each version", "бюллетени подписаны, каждая версия одна"),
            items: text("ballots", "бюллетеней"),
            passed: text(
                "Each ballot was cast with a credential that the issuer signed, by the holder of that credential.",
                "Каждый бюллетень подан с удостоверением, которое подписано организатором, и подписан его владельцем.",
            ),
            failed: text(
                "There is a ballot in the log that no voter with a credential can have cast as it stands.",
                "В журнале есть бюллетень, который в таком виде не мог подать ни один участник с удостоверением.",
            ),
        },
        CheckName::Checkpoint => CheckWords {
            title: text("checkpoint commits to the lines", "подписанная вершина отвечает строкам"),
            items: text("lines", "строк"),
            passed: text(
                "The organiser signed exactly this log: a receipt that you hold can be compared with it.",
                "Организатор подписал именно этот журнал: с ним можно сравнить квитанцию, которая есть у вас.",
            ),
            failed: text(
                "The signature belongs to another log than this one, or to nobody: you may have been shown another log.",
                "Подпись относится к другому журналу или не верна: возможно, вам показали не тот журнал.",
            ),
        },
        CheckName::Witnesses => CheckWords {
            title: text("witnesses cosigned the checkpoint", "вершина заверена свидетелями"),
            items: text("cosignatures", "заверений"),
            passed: text(
                "As many independent witnesses as the rules ask for saw the same log; or the rules ask for none.",
                "Столько независимых свидетелей, сколько требуют правила, видели тот же журнал; или правила их не требуют.",
            ),
            failed: text(
                "Too few independent witnesses saw this log, so other people may have been shown another one.",
                "Этот журнал видело слишком мало независимых свидетелей: другим людям могли показать иной.",
            ),
        },
        CheckName::Register => CheckWords {
            title: text(
                "register matches the log; ballots ≤ credentials ≤ roll",
                "реестр отвечает журналу; бюллетеней ≤ удостоверений ≤ людей",
            ),
            items: text("credentials", "удостоверений"),
            passed: text(
                "Nobody was issued two credentials, and there are not more of them than people on the roll.",
                "Никому не выдано двух удостоверений, и их не больше, чем людей в списке.",
            ),
            failed: text(
                "The register of credentials does not fit: somebody may have voted twice, or without being on the roll.",
                "Реестр удостоверений не сходится: кто-то мог проголосовать дважды или не будучи в списке.",
            ),
        },
        CheckName::Recount => CheckWords {
            title: text("recount gives the outcome", "пересчёт даёт тот же итог"),
            items: text("ballots", "бюллетеней"),
            passed: text(
                "Opened and counted again on this computer, the ballots give exactly the published outcome.",
                "Бюллетени вскрыты и пересчитаны на этом компьютере: вышел ровно объявленный итог.",
            ),
            failed: text(
                "The published outcome is not what the ballots in the log add up to, or they cannot be counted yet.",
                "Объявленный итог не сходится с бюллетенями из журнала, или посчитать их пока нельзя.",
            ),
        },
        CheckName::Certificate => CheckWords {
            title: text("certificate is signed", "протокол подписан"),
            items: text("signatures", "подписей"),
            passed: text(
                "Enough members of the commission signed this count.",
                "Этот подсчёт подписало достаточно членов комиссии.",
            ),
            failed: text(
                "Fewer members of the commission than the rules ask for signed this count: it is not final.",
                "Подсчёт подписало меньше членов комиссии, чем требуют правила: он не окончательный.",
            ),
        },
        CheckName::Result => CheckWords {
            title: text("keys.json and result.json match the log", "keys.json и result.json повторяют журнал"),
            items: text("files", "файлов"),
            passed: text(
                "The files that are easy to read say the same as the signed log.",
                "Файлы, которые удобно читать, говорят то же, что подписанный журнал.",
            ),
            failed: text(
                "A file that repeats the log says something else: believe the log, not the file.",
                "Файл, который должен повторять журнал, говорит иное: верьте журналу, а не файлу.",
            ),
        },
    }
}
