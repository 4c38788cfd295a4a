//! What stands beside the outcome of a count: ballots that are invalid, lots that are waited for, other budgets.

use std::collections::BTreeMap;

use ballots::{election::State, explain::Language, methods::spending::Row, rules::Territory};

use super::super::show;

/// Prints how many ballots are not among those that were counted, and why, if there are any.
pub(super) fn invalid(invalid: &BTreeMap<String, u64>, language: Language) {
    if invalid.is_empty() {
        return;
    }
    let reasons: Vec<_> = invalid.iter().map(|(reason, count)| format!("{reason}: {count}")).collect();
    let (count, reasons) = (invalid.values().sum::<u64>(), reasons.join(", "));
    match language {
        Language::Russian => println!("Недействительных бюллетеней, которые не посчитаны: {count} ({reasons})."),
        Language::English => println!("Invalid ballots, which were not counted: {count} ({reasons})."),
    }
}

/// Prints between whom lots must be drawn, if the count waits for that, and how it goes on.
pub(super) fn waiting(state: &State, territories: &[Territory], language: Language) {
    let State::Waits(waiting) = state else { return };
    let of = |at: &u16| territories.get(usize::from(*at));
    let ids: Vec<_> = waiting.tied.iter().filter_map(of).map(|territory| territory.id.as_str()).collect();
    let (names, ids) = (names(territories, &waiting.tied), ids.join(","));
    match language {
        Language::Russian => println!(
            "Подсчёт остановлен: равны {names}. Комиссия проводит жребий; дальше — с ключом --drawn и порядком, лучший первым, например --drawn {ids}."
        ),
        Language::English => println!(
            "The count waits: {names} are equal. The commission draws lots; it goes on with --drawn and their order, the best first, such as --drawn {ids}."
        ),
    }
}

/// Prints who would win with each of the other budgets, if any were asked for.
pub(super) fn what_if(rows: &[Row], territories: &[Territory], language: Language) {
    if rows.is_empty() {
        return;
    }
    let head = match language {
        Language::Russian => ["Если бы бюджет был", "Победили бы", "Потрачено", "Добавились бы", "Выбыли бы"],
        Language::English => ["If the budget were", "Would win", "Spent", "Gained", "Lost"],
    };
    let row = |row: &Row| {
        let [winners, gained, lost] = [&row.winners, &row.gained, &row.lost].map(|these| names(territories, these));
        vec![row.budget.to_string(), winners, row.spent.to_string(), gained, lost]
    };
    println!();
    show::columns(&head.map(str::to_owned), &rows.iter().map(row).collect::<Vec<_>>());
}

fn names(territories: &[Territory], these: &[u16]) -> String {
    match these {
        [] => "–".to_owned(),
        these => these.iter().map(|at| name(territories, *at)).collect::<Vec<_>>().join(", "),
    }
}

fn name(territories: &[Territory], at: u16) -> String {
    territories.get(usize::from(at)).map_or_else(|| at.to_string(), |territory| territory.title.clone())
}
