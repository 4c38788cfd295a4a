//! What each problem means, for readers: the page behind a problem's `type`.

use askama::Template;

/// A page about one kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// What happened.
    pub title: &'static str,
    /// What to do.
    pub advice: &'static str,
}

const REGISTRAR: &str = "Сверьте каждую букву с письмом. Если код и тогда не подходит, комиссия выдаст новое письмо.";
const AGAIN: &str = "Повторите попытку. Повтор безопасен: ничего не будет учтено дважды.";
const PROGRAM: &str = "Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.";
const STAFF: &str = "Этот раздел только для сотрудников: проверьте свой ключ доступа, роль и состояние голосования.";

/// Slug, what happened, what to do.
const PAGES: &[(&str, &str, &str)] = &[
    ("unknown-round", "Такого голосования нет", "Проверьте адрес или начните с главной страницы."),
    ("code", "Код не подошёл", REGISTRAR),
    ("code-mistyped", "В коде опечатка", "Сверьте каждую букву с письмом: две последние буквы проверочные."),
    (
        "under-age",
        "Голосовать можно с возраста, указанного в правилах",
        "Дата, с которой вы сможете голосовать, указана в ответе.",
    ),
    (
        "wrong-district",
        "Голосование проходит в другом районе",
        "Посмотрите на главной странице голосования своего района.",
    ),
    ("session", "Сеанс закончился", "Введите код из письма ещё раз."),
    ("blinded-message", "Запрос удостоверения не подходит к этому голосованию", PROGRAM),
    (
        "already-issued",
        "Удостоверение уже выдано",
        "Введите и вторую половину кода: она вернёт удостоверение на этом устройстве.",
    ),
    ("not-issuing", "Удостоверения сейчас не выдаются", "Они выдаются от публикации правил до окончания голосования."),
    ("no-backup", "Сохранённого удостоверения нет", "Голосуйте с того устройства, на котором начали."),
    ("backup-length", "Копия удостоверения имеет другую длину", PROGRAM),
    ("ballot-length", "Бюллетень имеет другую длину", PROGRAM),
    ("ballot-format", "Бюллетень в незнакомом формате", PROGRAM),
    ("ballot-other-round", "Бюллетень запечатан для другого голосования", PROGRAM),
    ("ballot-version", "В бюллетене нет номера версии", PROGRAM),
    ("ballot-credential", "Удостоверение в бюллетене неверно", PROGRAM),
    ("ballot-issuer-signature", "Удостоверение не подписано регистратором", PROGRAM),
    ("ballot-signature", "Подпись под бюллетенем не сходится", PROGRAM),
    ("not-open-yet", "Голосование ещё не началось", "Ваш голос НЕ учтён. Приходите в день начала."),
    ("paused", "Голосование приостановлено", "Ваш голос НЕ учтён. Проголосуйте, когда оно продолжится."),
    ("closed", "Голосование завершено", "Ваш голос НЕ учтён."),
    (
        "version-not-growing",
        "С этим удостоверением уже проголосовали позже",
        "Учитывается последний голос. Проголосуйте ещё раз, если хотите его изменить.",
    ),
    (
        "unknown-ballot",
        "Такого бюллетеня нет",
        "Если принятие было подтверждено, сохраните подтверждение и обратитесь в комиссию: оно служит доказательством.",
    ),
    ("token", "Нужен ключ доступа сотрудника", STAFF),
    ("not-allowed", "Ваша роль этого не позволяет", STAFF),
    ("not-now", "Сейчас это невозможно", STAFF),
    ("rules", "Данные противоречат правилам", STAFF),
    ("malformed", "Запрос не понят", PROGRAM),
    ("too-large", "Запрос слишком велик", PROGRAM),
    ("overloaded", "Сервис перегружен", AGAIN),
    ("timeout", "Запрос шёл слишком долго", AGAIN),
    ("unavailable", "Сервис временно не отвечает", AGAIN),
    ("too-many", "Слишком много попыток", "Подождите столько секунд, сколько указано в ответе, и попробуйте снова."),
    ("no-result-yet", "Итога ещё нет", "Он появится здесь после вскрытия и подсчёта."),
    ("not-found", "Такой страницы нет", "Начните с главной страницы."),
    ("method-not-allowed", "Этот адрес так не вызывают", PROGRAM),
];

impl ProblemPage {
    /// The page of this slug.
    #[must_use]
    pub fn of(slug: &str) -> Option<Self> {
        let (_, title, advice) = PAGES.iter().find(|(name, _, _)| *name == slug)?;
        Some(Self { title, advice })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Refusal;

    #[test]
    fn every_refusal_has_a_page() {
        for slug in Refusal::ALL {
            assert!(ProblemPage::of(slug).is_some(), "{slug} has no page");
        }
    }
}
