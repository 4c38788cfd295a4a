//! The explanation in Russian.

use super::phrase::{Label, Phrase, listed};
use crate::ladder::Rung;

pub(super) fn say(phrase: &Phrase) -> String {
    match phrase {
        Phrase::Ballots { method, ballots, blank } => {
            format!("Способ подсчёта: {}. Бюллетеней: {ballots}, из них пустых: {blank}.", method_name(method))
        }
        Phrase::Votes { round, votes, exhausted, quota } => {
            let exhausted =
                exhausted.as_ref().map_or(String::new(), |lost| format!(" Никого не поддерживают: {lost}."));
            let quota = quota.as_ref().map_or(String::new(), |quota| format!(" Достаточно: {quota}."));
            format!("Круг {round}: {}.{exhausted}{quota}", listed(votes))
        }
        Phrase::Elected { round, names } => {
            let word = if names.len() == 1 { "избрана" } else { "избраны" };
            format!("Круг {round}: {word}: {}.", names.join(", "))
        }
        Phrase::Eliminated { round, names } => {
            let word = if names.len() == 1 { "выбывает" } else { "выбывают" };
            format!("Круг {round}: {word}: {}.", names.join(", "))
        }
        Phrase::Moved { from, to, lost } => {
            let to = if to.is_empty() {
                "не переходят ни к кому".to_owned()
            } else {
                format!("переходят: {}", listed(to))
            };
            let lost = lost.as_ref().map_or(String::new(), |lost| format!("; больше никого не поддерживают: {lost}"));
            format!("Голоса территории «{from}» {to}{lost}.")
        }
        Phrase::LastPlaces { votes } => format!("Последние места: {}.", listed(votes)),
        Phrase::Keep { factors } => format!("Часть каждого голоса, которая остаётся у избранных: {}.", listed(factors)),
        Phrase::Finalists { pair: [first, second], preferred: [one, other], equal } => format!(
            "Две территории с наибольшей суммой: «{first}» и «{second}». Выше оценили «{first}»: {one}, выше оценили \
             «{second}»: {other}, оценили одинаково: {equal}."
        ),
        Phrase::Locked { winner, loser, strength } => {
            format!("«{winner}» выше, чем «{loser}» (перевес {strength}): принято.")
        }
        Phrase::Skipped { winner, loser, strength } => {
            format!("«{winner}» выше, чем «{loser}» (перевес {strength}): противоречит принятому, пропущено.")
        }
        Phrase::Medians { grades } => format!("Средние по счёту оценки (медианы): {}.", listed(grades)),
        Phrase::Path { better, other, there, back } => {
            format!("«{better}» выше, чем «{other}»: цепочка побед силой {there}, обратная — {back}.")
        }
        Phrase::Optimal { distance } => {
            format!("Ни один другой порядок не противоречит бюллетеням меньше: расхождений в парах {distance}.")
        }
        Phrase::Bought { name, cost, price, supporters } => {
            let supporters = supporters.map_or(String::new(), |count| format!(", число оплативших: {count}"));
            let price = price.as_ref().map_or(String::new(), |price| format!(", с каждого не более {price}"));
            format!("Выбрана территория «{name}» стоимостью {cost}{supporters}{price}.")
        }
        Phrase::Shared { name, cost, supporters, mean, load } => format!(
            "Выбрана территория «{name}» стоимостью {cost}, число оплативших: {supporters}, в среднем с каждого {mean}. Вместе с \
             прежними покупками каждый из них заплатил {load}."
        ),
        Phrase::Completed { name, cost } => format!(
            "На деньги, оставшиеся от долей, выбрана территория «{name}» стоимостью {cost}: сначала то, где больше поддержки на \
             те же деньги."
        ),
        Phrase::Raised { known: Some((0, share)) } => format!("Доля каждого в бюджете: {share}; прибавок не было."),
        Phrase::Raised { known: Some((times, share)) } => format!(
            "Доли увеличивали на единицу за раз; прибавок: {times}, доля каждого стала {share}. Ниже — что выбрано с такими долями."
        ),
        Phrase::Raised { known: None } => {
            "Пока оставались деньги, долю каждого увеличивали на единицу и всё выбирали заново; \
             ниже — последний набор, на который хватает бюджета."
                .to_owned()
        }
        Phrase::NotPaid { left, costs } => format!("Не хватило денег (оставалось {left}): {}.", listed(costs)),
        Phrase::Below { minimum, scores } => format!("Поддержка ниже необходимой ({minimum}): {}.", listed(scores)),
        Phrase::Barred { name, by } if by.is_empty() => {
            format!("Территория «{name}» не выбрана: не проходит по пределу своей группы.")
        }
        Phrase::Barred { name, by } => {
            format!("Территория «{name}» не выбрана: предел её группы уже заняли: {}.", by.join(", "))
        }
        Phrase::AfterStop { names } => {
            format!(
                "Подсчёт остановлен на первой, на которую не хватило денег; после неё не выбраны: {}.",
                names.join(", ")
            )
        }
        Phrase::Unsupported { names } => format!("Никто не поддержал: {}.", names.join(", ")),
        Phrase::SharesShort { names } => {
            format!("Не выбраны, потому что у сторонников осталось слишком мало денег: {}.", names.join(", "))
        }
        Phrase::Reserve { names } => {
            format!("Резерв по порядку, если победитель выбывает или денег становится больше: {}.", names.join(", "))
        }
        Phrase::LaterMarks { better, other, grade, known: Some((taken, [mine, theirs])) } => format!(
            "У территорий «{better}» и «{other}» средняя по счёту оценка одна и та же: {grade}. Тогда такие оценки убирают у обеих \
             по одной и сравнивают следующие: когда у каждой убрано {taken}, у «{better}» это {mine}, а у «{other}» — {theirs}."
        ),
        Phrase::LaterMarks { better, other, grade, known: None } => format!(
            "У территорий «{better}» и «{other}» средняя по счёту оценка одна и та же: {grade}. Тогда такие оценки убирают у обеих \
             по одной и сравнивают следующие: первые различные оказались выше у «{better}»."
        ),
        Phrase::Pair { better, other, more, less } if more == less => {
            format!("«{better}» и «{other}»: сторонников поровну ({more}).")
        }
        Phrase::Pair { better, other, more, less } => {
            format!("«{better}» предпочитают территории «{other}»: {more} против {less}.")
        }
        Phrase::Scores { scores } => format!("Итог: {}.", listed(scores)),
        Phrase::Tie { names, round, rungs, decisive } => {
            let place = round.map_or(String::new(), |round| format!(" в круге {round}"));
            let by = match rungs.as_slice() {
                [] => "порядок ничего не меняет и не определялся".to_owned(),
                rungs => {
                    format!("порядок определён так: {}", rungs.iter().map(rung).collect::<Vec<_>>().join(", затем "))
                }
            };
            let decisive = if *decisive { "; это повлияло на исход" } else { "" };
            format!("Поровну{place}: {}; {by}{decisive}.", names.join(", "))
        }
        Phrase::Void { needed, ballots } => {
            format!("Голосование не состоялось: нужно было бюллетеней {needed}, подано {ballots}.")
        }
        Phrase::Waits { names } => {
            format!("Подсчёт остановлен: комиссия должна провести жребий между территориями: {}.", names.join(", "))
        }
        Phrase::Winners { names, spent } => {
            let spent = spent.as_ref().map_or(String::new(), |spent| format!(" Общая стоимость: {spent}."));
            match names.as_slice() {
                [] => "Победителей нет.".to_owned(),
                [one] => format!("Победила территория «{one}».{spent}"),
                many => format!("Победили: {}.{spent}", many.join(", ")),
            }
        }
    }
}

const fn rung(rung: &Rung) -> &'static str {
    match rung {
        Rung::Application => "заявка подана раньше",
        Rung::Backwards => "больше голосов в ближайшем предыдущем круге, где они различались",
        Rung::ByHand => "жребий, проведённый комиссией",
        Rung::Forwards => "больше голосов в самом раннем круге, где они различались",
        Rung::Lots => "жребий по открытому числу",
        Rung::Registration => "меньший регистрационный номер",
    }
}

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::AfterStop => "после остановки",
        Label::Barred => "предел группы занят",
        Label::BelowMinimum => "поддержка ниже необходимой",
        Label::ByRest => "победа: на оставшиеся деньги",
        Label::ByShares => "победа: на доли сторонников",
        Label::Candidate => "Территория",
        Label::Carried => "Каждый заплатил с начала",
        Label::Cost => "Стоимость",
        Label::Exhausted => "Никого не поддерживают",
        Label::LaterMarks => "Чем выше следующей при равной оценке",
        Label::MostPaid => "Наибольший взнос",
        Label::NoVotes => "никто не поддержал",
        Label::Others => "Остальные",
        Label::Outcome => "Итоги голосования",
        Label::Payers => "Сколько оплатили",
        Label::Place => "Место",
        Label::Reserve => "резерв",
        Label::Round => "Круг",
        Label::Score => "Результат",
        Label::SharesShort => "сторонникам не хватило денег",
        Label::TooDear => "не хватило денег",
        Label::Votes => "Отметили в бюллетене",
        Label::Won => "победа",
    }
}

/// What people call a method; a name that is not known here stands for itself.
fn method_name(method: &str) -> &str {
    match method {
        "choose-one" => "одна отметка в бюллетене",
        "approval" => "одобрение",
        "points" => "сумма баллов",
        "borda" => "метод Борда (по длине бюллетеня)",
        "borda-fixed" => "метод Борда (по числу территорий)",
        "dowdall" => "метод Даудалла",
        "instant-runoff" => "последовательное исключение",
        "instant-runoff-batches" => "последовательное исключение (безнадёжные выбывают вместе)",
        "coombs" => "метод Кумбса",
        "bucklin" => "метод Баклина",
        "copeland" => "метод Коупленда",
        "minimax" => "минимакс (по числу голосов победившей стороны)",
        "minimax-margins" => "минимакс (по перевесу)",
        "ranked-pairs" => "ранжированные пары (по перевесу)",
        "ranked-pairs-winning-votes" => "ранжированные пары (по числу голосов победившей стороны)",
        "schulze" => "метод Шульце (по числу голосов победившей стороны)",
        "schulze-margins" => "метод Шульце (по перевесу)",
        "kemeny" => "метод Кемени — Янга",
        "stv-scottish" => "единый передаваемый голос (правила Шотландии)",
        "stv-meek" => "единый передаваемый голос (метод Мика)",
        "score" => "сумма оценок",
        "score-mean" => "средняя оценка",
        "score-mean-blanks-zero" => "средняя оценка (пропуск — ноль)",
        "majority-judgement" => "суждение большинства",
        "star" => "оценки и второй тур (STAR)",
        "greedy" => "по поддержке, пока хватает денег",
        "equal-shares" => "метод равных долей",
        "equal-shares-add1" => "метод равных долей (с прибавками)",
        "equal-shares-add1u" => "метод равных долей (с прибавками, остаток — по поддержке)",
        "equal-shares-greedy" => "метод равных долей (остаток — по поддержке)",
        "equal-shares-units" => "метод равных долей (без учёта стоимости)",
        "equal-shares-units-add1" => "метод равных долей (без учёта стоимости, с прибавками)",
        "equal-shares-units-add1u" => "метод равных долей (без учёта стоимости, с прибавками, остаток — по поддержке)",
        "equal-shares-units-greedy" => "метод равных долей (без учёта стоимости, остаток — по поддержке)",
        "phragmen" => "последовательный метод Фрагмена",
        "knapsack" => "наибольшая поддержка за имеющиеся деньги",
        other => other,
    }
}
