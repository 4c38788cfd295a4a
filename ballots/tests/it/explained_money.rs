//! What residents read about money: who paid what, how shares were raised, what was not bought and why, and who comes next.

use ballots::{
    Election,
    explain::{Language, explain, table},
    methods::spending::Limit,
    rules::{Overflow, Winners},
};

use super::money::{Town, town};

fn told(town: &Town, election: &Election, language: Language) -> String {
    explain(election, &town.territories, language).join("\n").replace('\u{a0}', " ")
}

fn holds(town: &Town, election: &Election, english: &[&str], russian: &[&str]) {
    for (language, sentences) in [(Language::English, english), (Language::Russian, russian)] {
        let said = told(town, election, language);
        for sentence in sentences {
            assert!(said.lines().any(|line| line == *sentence), "{sentence:?} is not in\n{said}");
        }
    }
}

fn cells(town: &Town, election: &Election, language: Language) -> Vec<String> {
    let table = table(election, &town.territories, language);
    std::iter::once(table.head).chain(table.rows).map(|row| row.join("|")).collect()
}

/// Two voters buy three projects at 10: each pays 5 for each of them, and 15 in all.
#[test]
fn loads_are_not_payments() {
    let town = town(&["10", "10", "10"], "30", &[(2, &[0, 1, 2])]);
    let election = town.count("phragmen");
    holds(
        &town,
        &election,
        &[
            "Bought: Project 1 for 10, paid by 2 voters, 5 each on average. With what they paid before, each of them has now paid \
             5 in all.",
            "Bought: Project 3 for 10, paid by 2 voters, 5 each on average. With what they paid before, each of them has now paid \
             15 in all.",
        ],
        &[
            "Выбрана территория «Project 3» стоимостью 10, число оплативших: 2, в среднем с каждого 5. Вместе с прежними покупками \
           каждый из них заплатил 15.",
        ],
    );
    assert_eq!(
        cells(&town, &election, Language::English),
        [
            "Place|Territory|Cost|Score|Paid by|Each has then paid in all|Outcome of the vote",
            "1|Project 1|10|2|2|5|won",
            "2|Project 2|10|2|2|10|won",
            "3|Project 3|10|2|2|15|won",
        ]
    );
}

/// Shares of 25 buy the second project; the first is bought with raises, or with what is left.
#[test]
fn raises_and_completions_are_told() {
    let town = town(&["60", "30"], "100", &[(2, &[0]), (2, &[1])]);
    let raised = town.count("equal-shares-add1");
    holds(
        &town,
        &raised,
        &["Each voter's share was raised by one unit at a time, 5 times, to 30; what follows is bought with that."],
        &[
            "Доли увеличивали на единицу за раз; прибавок: 5, доля каждого стала 30. Ниже — что выбрано с такими долями.",
        ],
    );
    // A round's outcome does not have the number.
    let steps = raised.steps.iter().filter(|step| step.is_in_outcome()).cloned().collect();
    let bare = told(&town, &Election { steps, ..raised }, Language::Russian);
    assert!(bare.contains("Пока оставались деньги, долю каждого увеличивали на единицу"), "{bare}");
    let completed = town.count("equal-shares-greedy");
    holds(
        &town,
        &completed,
        &[
            "Bought: Project 2 for 30, paid by 2 voters, at 15 each at most.",
            "Bought with money that the voters' shares left, most support for the money first: Project 1 for 60.",
        ],
        &[
            "На деньги, оставшиеся от долей, выбрана территория «Project 1» стоимостью 60: сначала то, где больше поддержки на те же \
           деньги.",
        ],
    );
    assert_eq!(
        cells(&town, &completed, Language::Russian),
        [
            "Место|Территория|Стоимость|Результат|Сколько оплатили|Наибольший взнос|Итоги голосования",
            "1|Project 2|30|2|2|15|победа: на доли сторонников",
            "2|Project 1|60|2|||победа: на оставшиеся деньги",
        ]
    );
    let alone = town.count("equal-shares");
    holds(
        &town,
        &alone,
        &["Not bought, because what their supporters had left was not enough: Project 1."],
        &["Не выбраны, потому что у сторонников осталось слишком мало денег: Project 1."],
    );
}

#[test]
fn what_was_not_bought_is_told_with_the_reason() {
    let mut town = town(&["80", "50", "20", "10"], "100", &[(4, &[0]), (3, &[1]), (2, &[2]), (1, &[3])]);
    holds(
        &town,
        &town.count("greedy"),
        &[
            "Not bought, too dear when 20 was left: Project 2 — 50.",
            "Not bought, too dear when 0 was left: Project 4 — 10.",
            "The reserve, in this order, if a winner drops out or money is added: Project 2, Project 4.",
        ],
        &[
            "Не хватило денег (оставалось 20): Project 2 — 50.",
            "Резерв по порядку, если победитель выбывает или денег становится больше: Project 2, Project 4.",
        ],
    );
    let barred = town.within(&[Limit::one_of(vec![0, 2])], "greedy");
    holds(
        &town,
        &barred,
        &["Not bought, the limit of its group is taken up by Project 1: Project 3."],
        &["Территория «Project 3» не выбрана: предел её группы уже заняли: Project 1."],
    );
    assert_eq!(
        cells(&town, &barred, Language::English)[1..],
        [
            "1|Project 1|80|4|won",
            "2|Project 2|50|3|reserve 1: too dear",
            "3|Project 3|20|2|reserve 2: barred by the limit of its group",
            "4|Project 4|10|1|won"
        ]
    );
    town.winners = Winners::Budget { budget: "100".parse().unwrap(), minimum: Some(2), overflow: Overflow::Stop };
    let stopped = town.count("greedy");
    holds(
        &town,
        &stopped,
        &[
            "Not bought, because the count stopped at the first that did not fit: Project 3.",
            "Not bought, below the minimum of 2: Project 4 — 1.",
            "The reserve, in this order, if a winner drops out or money is added: Project 2, Project 3.",
        ],
        &[
            "Подсчёт остановлен на первой, на которую не хватило денег; после неё не выбраны: Project 3.",
            "Поддержка ниже необходимой (2): Project 4 — 1.",
        ],
    );
    let nobody = self::town(&["10", "10"], "100", &[(1, &[0])]);
    holds(
        &nobody,
        &nobody.count("phragmen"),
        &["Not bought, supported by nobody: Project 2."],
        &["Никто не поддержал: Project 2."],
    );
}
