//! What a report says of each check: its name, what it counts, and what it means for a voter that it passed or failed.

use super::{CheckWords, text};
use crate::verify::CheckName;

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
        CheckName::Heads => CheckWords {
            title: text("the log had the heads that you kept", "журнал содержит сохранённые вами вершины"),
            items: text("heads", "вершин"),
            passed: text(
                "This log begins with what was shown when the head was printed or kept: nothing before it was changed.",
                "Этот журнал начинается с того, что было показано при печати или сохранении вершины: прежнее не изменено.",
            ),
            failed: text(
                "This is not the log whose head was printed or kept: it was rewritten since, or you were shown another one.",
                "Это не тот журнал, вершину которого напечатали или сохранили: его переписали или вам показали иной.",
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
