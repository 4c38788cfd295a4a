# Русский. Этот файл — образец для всех остальных языков: какие сообщения есть и какие в них переменные.
# Третий язык — ещё один файл рядом: имя — код языка, сообщения — те же. Сборка скажет, чего в нём не хватает.

## Язык, числа, время

language-name = Русский
money = { $amount } ₽
share = { $percent } %
date-and-time = { $day }, { $time } ({ $offset })

## Вокруг каждой страницы

site-title = Рейтинговое голосование
site-title-of = Рейтинговое голосование: { $town }
site-skip = К содержанию
site-nav = Разделы
site-rounds = Голосования
site-how = Как это устроено
site-languages = Язык
site-about = О сервисе
site-accessibility = Доступность
site-problems = Если что-то не получается
site-api = Для программ
site-source-note = Сервис ничего не знает о том, кто как проголосовал.
site-contact = Куда обращаться: { $contact }
site-noscript = Эту часть страницы выполняет сам браузер, а в нём отключены программы (JavaScript). Читать страницы можно и так.

## Главная

home-heading = Голосования за общественные территории
home-lead = Жители выбирают, какую площадь, парк или улицу благоустроить. Голос тайный, подсчёт может проверить каждый.
home-open = Идут сейчас
home-coming = Скоро начнутся
home-past = Завершены
home-none = Голосований пока нет. Они появятся здесь, как только будут опубликованы их правила.
home-none-open = Сейчас голосований нет.

## Состояние голосования

phase-published = Ещё не началось
phase-open = Голосование идёт
phase-paused = Приостановлено
phase-closed = Завершено, бюллетени запечатаны
phase-opened = Бюллетени вскрыты, идёт подсчёт
phase-tallied = Подсчитано, ожидает подписей комиссии
phase-certified = Итог подписан комиссией
phase-annulled = Отменено

left-days =
    { $days ->
        [one] остался { $days } день
        [few] осталось { $days } дня
       *[many] осталось { $days } дней
    }
left-hours =
    { $hours ->
        [one] остался { $hours } час
        [few] осталось { $hours } часа
       *[many] осталось { $hours } часов
    }
left-minutes = остаётся меньше часа

## Голосование

round-opens = Начало: { $moment }
round-closes = Окончание: { $moment }
round-closed-at = Завершилось { $moment }
round-vote = Проголосовать
round-prepare = Получить удостоверение заранее
round-results = Итоги
round-check = Проверить свой голос
round-issued = Выдано ли удостоверение на моё имя?
round-links = Что можно сделать
round-about = Что решаем и как
round-how-mark = Как голосуют
round-winners = Кто победит
round-who-votes = Кто голосует
round-decided-by = Кто отвечает
round-organised = Правила опубликовал: { $official }. Открыть и закрыть голосование можно только вдвоём: предлагает организатор, подтверждает член комиссии.
round-commission =
    { $members ->
        [one] В комиссии { $members } член: { $handles }.
        [few] В комиссии { $members } члена: { $handles }.
       *[many] В комиссии { $members } членов: { $handles }.
    }
round-quorum =
    { $quorum ->
        [one] Итог действителен с { $quorum } подписью членов комиссии.
        [few] Итог действителен с { $quorum } подписями членов комиссии.
       *[many] Итог действителен с { $quorum } подписями членов комиссии.
    }
round-age =
    { $age ->
        [one] Все, кому на { $day } исполнился { $age } год и кто есть в списке.
        [few] Все, кому на { $day } исполнилось { $age } года и кто есть в списке.
       *[many] Все, кому на { $day } исполнилось { $age } лет и кто есть в списке.
    }
round-district = Только жители района: { $district }.
round-territories = Территории
round-territory-number = № { $number }
round-territories-number = Номер
round-turnout = Участие
round-roll = Человек в списке
round-credentials = Выдано удостоверений
round-ballots = Бюллетеней в журнале
round-ballots-note = Бюллетени попадают в журнал группами, поэтому число растёт с задержкой до { $hours } ч. Кто проголосовал несколько раз, записан в журнале несколько раз, а учитывается один раз, по последнему бюллетеню.
round-trust = Проверка
round-trust-lead = Эти строки напечатаны и там, где сервер их изменить не может: в газете, в протоколе комиссии. Если они совпадают, правила те же.
round-fingerprint = Отпечаток правил
round-log-key = Ключ журнала
round-checkpoint = Подписанная вершина журнала
round-client = Программа, которую получает ваш браузер
round-client-note = SHA-256 каждого файла записан в журнал при открытии голосования. Как сравнить, рассказано на странице «Как это устроено».
round-map = На карте
round-map-list = Всё, что показано на карте, есть и в списке территорий.
round-scheme = Расположение территорий
round-scheme-note = Схема: север сверху, номера — номера территорий.

kind-choose-one = Отметьте одну территорию.
kind-approval =
    { $max ->
        [one] Отметьте не больше { $max } территории.
        [few] Отметьте не больше { $max } территорий.
       *[many] Отметьте не больше { $max } территорий.
    }
kind-ranked =
    { $max ->
        [one] Выберите { $max } территорию.
        [few] Расставьте по порядку не больше { $max } территорий, лучшую — первой.
       *[many] Расставьте по порядку не больше { $max } территорий, лучшую — первой.
    }
kind-score = Оцените территории от 0 до { $max }. Территорию можно оставить без оценки.
kind-points =
    { $total ->
        [one] Отдайте { $total } балл одной из территорий.
        [few] Распределите между территориями не больше { $total } баллов.
       *[many] Распределите между территориями не больше { $total } баллов.
    }
kind-points-each =
    { $each ->
        [one] Одной территории — не больше { $each } балла.
        [few] Одной территории — не больше { $each } баллов.
       *[many] Одной территории — не больше { $each } баллов.
    }
kind-blank = Можно сдать и пустой бюллетень: он будет учтён как участие.

method-approval = Место определяет число бюллетеней, в которых территория отмечена.
method-borda = За последнее место в бюллетене — 1 балл, за каждое место выше — на балл больше. Место определяет сумма баллов.
method-instant-runoff = Последовательное исключение: выбывает территория, у которой меньше всего первых мест, её бюллетени переходят к следующей по порядку — и так до конца.
method-points = Место определяет сумма баллов.
method-score = Место определяет сумма оценок.

winners-top =
    { $seats ->
        [one] Побеждает первая территория.
        [few] Побеждают первые { $seats } территории.
       *[many] Побеждают первые { $seats } территорий.
    }
winners-budget-skip = Победители берутся по порядку мест, пока хватает денег: всего { $budget }. Территорию, на которую не хватает, пропускают.
winners-budget-stop = Победители берутся по порядку мест, пока хватает денег: всего { $budget }. На первой, на которую не хватает, отбор останавливается.
winners-minimum = Чтобы победить, нужно набрать не меньше { $minimum }.
ties-application = При равенстве выше та, чья заявка подана раньше.
ties-registration = При равенстве выше та, у которой меньше регистрационный номер.

## Территория

territory-back = Все территории
territory-cost = Стоимость
territory-address = Где
territory-proposed-by = Кто предложил
territory-applied = Заявка подана
territory-place = Координаты
territory-description = Что предлагается
territory-pictures = Фотографии
territory-plan = План
territory-no-description = Описание не приложено.
territory-open-map = Открыть в приложении карт

## Итоги

results-heading = Итоги
results-none = Итогов ещё нет: до окончания бюллетени запечатаны, и промежуточных результатов не знает никто.
results-certified = Итог подписан комиссией: { $handles }.
results-awaiting = Подсчитано. Итог ещё не подписан комиссией.
results-annulled = Голосование отменено.
results-counted =
    { $ballots ->
        [one] Учтён { $ballots } бюллетень.
        [few] Учтено { $ballots } бюллетеня.
       *[many] Учтено { $ballots } бюллетеней.
    }
results-blank = Пустых: { $blank }.
results-invalid = Недействительных: { $invalid }.
results-replaced = Заменено более поздними: { $replaced }.
results-turnout = Явка: { $ballots } из { $roll } ({ $share }).
results-chart = Сколько набрала каждая территория
results-table = Таблица
results-rank = Место
results-territory = Территория
results-votes = Голосов
results-score = Баллов
results-mean = Среднее
results-median = Медиана
results-cost = Стоимость
results-decision = Решение
results-selected = победила
results-no-seat = не хватило мест
results-over-budget = не хватило денег
results-after-stop = отбор уже остановлен
results-below-minimum = меньше минимума
results-spent = Победители вместе стоят { $spent }.
results-ties = Равенство и как оно разрешено
results-no-ties = Ни у каких двух территорий результат не совпал.
results-tie = Поровну ({ $score }): { $territories }. Порядок определило правило: { $rules }.
results-tie-step = Шаг { $step }, поровну ({ $score }): { $territories }. Порядок определило правило: { $rules }.
results-tie-decisive = Это повлияло на то, кто победил.
results-tie-harmless = На то, кто победил, это не повлияло.
results-rule-application = более ранняя заявка
results-rule-registration = меньший регистрационный номер
results-steps = Шаги исключения
results-step = Шаг { $step }
results-out = выбывает
results-exhausted = Бюллетени, в которых никого не осталось
results-files = Файлы
results-bundle = Пакет для проверки: журнал, реестр, ключи, итог
results-csv = Таблица CSV
results-json = JSON
results-pb = Бюллетени без имён, формат Pabulib
results-recheck = Пересчитать может каждый: скачайте пакет и запустите veche-audit.

turnout-heading = Как росло участие
turnout-chart = Бюллетени в журнале, нарастающим итогом: { $ballots }
turnout-day = День
turnout-ballots = Бюллетеней за день
turnout-total = Всего бюллетеней
turnout-credentials = Выдано удостоверений за день
turnout-online = Все бюллетени — электронные.
turnout-none = В журнале ещё нет бюллетеней.

## Отказы и ошибки: что случилось и что делать

problem-unknown-round = Такого голосования нет
problem-unknown-round-advice = Проверьте адрес или начните с главной страницы.
problem-code = Код не подошёл
problem-code-advice = Сверьте каждую букву с письмом. Если код и тогда не подходит, комиссия выдаст новое письмо.
problem-code-mistyped = В коде опечатка
problem-code-mistyped-advice = Сверьте каждую букву с письмом: две последние буквы проверочные.
problem-under-age = Голосовать можно с возраста, указанного в правилах
problem-under-age-advice = Дата, с которой вы сможете голосовать, указана в ответе.
problem-wrong-district = Голосование проходит в другом районе
problem-wrong-district-advice = Посмотрите на главной странице голосования своего района.
problem-session = Сеанс закончился
problem-session-advice = Введите код из письма ещё раз.
problem-blinded-message = Запрос удостоверения не подходит к этому голосованию
problem-blinded-message-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-already-issued = Удостоверение уже выдано
problem-already-issued-advice = Введите и вторую половину кода: она вернёт удостоверение на этом устройстве.
problem-not-issuing = Удостоверения сейчас не выдаются
problem-not-issuing-advice = Они выдаются от публикации правил до окончания голосования.
problem-no-backup = Сохранённого удостоверения нет
problem-no-backup-advice = Голосуйте с того устройства, на котором начали.
problem-backup-length = Копия удостоверения имеет другую длину
problem-backup-length-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-ballot-length = Бюллетень имеет другую длину
problem-ballot-length-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-ballot-format = Бюллетень в незнакомом формате
problem-ballot-format-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-ballot-other-round = Бюллетень запечатан для другого голосования
problem-ballot-other-round-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-ballot-version = В бюллетене нет номера версии
problem-ballot-version-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-ballot-credential = Удостоверение в бюллетене неверно
problem-ballot-credential-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-ballot-issuer-signature = Удостоверение не подписано регистратором
problem-ballot-issuer-signature-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-ballot-signature = Подпись под бюллетенем не сходится
problem-ballot-signature-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-not-open-yet = Голосование ещё не началось
problem-not-open-yet-advice = Ваш голос НЕ учтён. Приходите в день начала.
problem-paused = Голосование приостановлено
problem-paused-advice = Ваш голос НЕ учтён. Проголосуйте, когда оно продолжится.
problem-closed = Голосование завершено
problem-closed-advice = Ваш голос НЕ учтён.
problem-version-not-growing = С этим удостоверением уже проголосовали позже
problem-version-not-growing-advice = Учитывается последний голос. Проголосуйте ещё раз, если хотите его изменить.
problem-unknown-ballot = Такого бюллетеня нет
problem-unknown-ballot-advice = Если принятие было подтверждено, сохраните подтверждение и обратитесь в комиссию: оно служит доказательством.
problem-token = Нужен ключ доступа сотрудника
problem-token-advice = Этот раздел только для сотрудников: проверьте свой ключ доступа, роль и состояние голосования.
problem-not-allowed = Ваша роль этого не позволяет
problem-not-allowed-advice = Этот раздел только для сотрудников: проверьте свой ключ доступа, роль и состояние голосования.
problem-not-now = Сейчас это невозможно
problem-not-now-advice = Этот раздел только для сотрудников: проверьте свой ключ доступа, роль и состояние голосования.
problem-rules = Данные противоречат правилам
problem-rules-advice = Этот раздел только для сотрудников: проверьте свой ключ доступа, роль и состояние голосования.
problem-malformed = Запрос не понят
problem-malformed-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-too-large = Запрос слишком велик
problem-too-large-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.
problem-overloaded = Сервис перегружен
problem-overloaded-advice = Повторите попытку. Повтор безопасен: ничего не будет учтено дважды.
problem-timeout = Запрос шёл слишком долго
problem-timeout-advice = Повторите попытку. Повтор безопасен: ничего не будет учтено дважды.
problem-unavailable = Сервис временно не отвечает
problem-unavailable-advice = Повторите попытку. Повтор безопасен: ничего не будет учтено дважды.
problem-too-many = Слишком много попыток
problem-too-many-advice = Подождите столько секунд, сколько указано в ответе, и попробуйте снова.
problem-no-result-yet = Итога ещё нет
problem-no-result-yet-advice = Он появится здесь после вскрытия и подсчёта.
problem-not-found = Такой страницы нет
problem-not-found-advice = Начните с главной страницы.
problem-method-not-allowed = Этот адрес так не вызывают
problem-method-not-allowed-advice = Это ошибка программы, которой вы пользуетесь. Обновите страницу и попробуйте ещё раз.

problems-home = К списку голосований
