//! What the demo's town votes on: eight territories of Ozersk with their texts, places and drawings.

/// A territory of the demo.
pub(in super::super) struct Site {
    pub(super) title: &'static str,
    pub(super) applied: &'static str,
    /// Roubles.
    pub(super) cost: i64,
    /// How many of 100 residents care for it.
    pub(super) favour: u32,
    pub(super) address: &'static str,
    pub(super) description: &'static str,
    /// Millionths of a degree, north and east.
    pub(super) place: (i32, i32),
    pub(super) proposed_by: &'static str,
    pub(super) drawings: &'static [Drawing],
}

/// A drawing of a territory.
pub(in super::super) struct Drawing {
    pub(super) webp: &'static [u8],
    pub(super) is_plan: bool,
    pub(super) ru: &'static str,
    pub(super) en: &'static str,
}

macro_rules! drawing {
    ($file:literal, $plan:literal, $ru:literal, $en:literal) => {
        Drawing { webp: include_bytes!($file), is_plan: $plan, ru: $ru, en: $en }
    };
}

/// In the order of registration.
pub(super) const SITES: [Site; 8] = [
    Site {
        title: "Проспект Карла Маркса: аллея и тротуары",
        applied: "2026-01-14",
        cost: 18_500_000,
        favour: 46,
        address: "Проспект Карла Маркса, от площади Ленина до улицы Матросова",
        description: "Тротуары проспекта вымостят заново и сделают ровными: с колясками, на костылях и в кресле по ним можно будет пройти без ступеней. Вдоль аллеи поставят скамьи со спинками и фонари.\n\nСтарые липы сохранят, на месте выпавших посадят молодые. Работы займут одно лето и пойдут по частям, чтобы к домам всегда оставался проход.",
        place: (55_756_300, 60_703_100),
        proposed_by: "Общественная палата Озёрского городского округа",
        drawings: &[drawing!(
            "avenue.webp",
            false,
            "Широкая аллея между двумя рядами деревьев, скамьи и фонари, гуляют люди; по сторонам жилые дома",
            "A wide avenue between two rows of trees, with benches and lamps; people stroll, houses on both sides"
        )],
    },
    Site {
        title: "Автодорога Озёрск-Касли: освещённая пешеходная дорожка",
        applied: "2026-01-20",
        cost: 24_000_000,
        favour: 31,
        address: "Автодорога Озёрск-Касли, 1,8 км от городской черты до садов",
        description: "Сейчас к садам идут по обочине, зимой в темноте. Вдоль дороги, за кюветом, проложат дорожку шириной 2,5 метра для пешеходов и велосипедистов и осветят её на всём протяжении.\n\nУ двух остановок сделают переходы со светофором по кнопке.",
        place: (55_783_900, 60_735_400),
        proposed_by: "Совет садоводческих товариществ",
        drawings: &[drawing!(
            "road-path.webp",
            false,
            "Вечер: вдоль загородной дороги идёт светлая дорожка под фонарями, по ней идут люди и едет велосипедист",
            "Evening: beside a country road runs a path under lamps, with people walking and a cyclist"
        )],
    },
    Site {
        title: "Уличное освещение во дворах",
        applied: "2026-01-15",
        cost: 9_800_000,
        favour: 44,
        address: "Дворы по улицам Дзержинского, Набережной и Октябрьской, 14 адресов",
        description: "В четырнадцати дворах поставят 96 светодиодных фонарей: у подъездов, на проходах к школам и у стоянок. Свет направлен вниз и не бьёт в окна.\n\nНовые фонари потребляют втрое меньше старых; старые столбы уберут.",
        place: (55_752_400, 60_716_800),
        proposed_by: "Советы многоквартирных домов",
        drawings: &[drawing!(
            "yard-lights.webp",
            false,
            "Двор между пятиэтажными домами вечером: фонари освещают дорожки, люди гуляют с ребёнком и собакой",
            "A courtyard between blocks of flats in the evening: lamps light the paths, people walk with a child and a dog"
        )],
    },
    Site {
        title: "Сквер у дома культуры",
        applied: "2026-02-02",
        cost: 7_200_000,
        favour: 27,
        address: "Площадь перед дворцом культуры, проспект Ленина",
        description: "Перед дворцом культуры восстановят фонтан, заменят плитку и обновят цветники. Появятся скамьи в тени и место для летней сцены с розеткой и навесом.\n\nПодъём на площадь сделают пологим.",
        place: (55_758_900, 60_706_500),
        proposed_by: "Совет ветеранов",
        drawings: &[
            drawing!(
                "culture-square.webp",
                false,
                "Площадь с круглым фонтаном и цветниками перед зданием с колоннами",
                "A square with a round fountain and flower beds before a building with columns"
            ),
            drawing!(
                "culture-square-plan.webp",
                true,
                "План сквера сверху: в центре фонтан, вокруг скамьи и фонари, по краям деревья, внизу улица",
                "Plan of the square from above: the fountain in the middle, benches and lamps around it, trees at the edges, the street below"
            ),
        ],
    },
    Site {
        title: "Набережная озера Иртяш",
        applied: "2026-01-12",
        cost: 31_000_000,
        favour: 52,
        address: "Берег озера Иртяш от лодочной станции до городского пляжа",
        description: "Вдоль воды на 700 метров пройдёт ровная дорожка с перилами и фонарями, с неё можно будет спуститься к причалу. Рядом с причалом поставят детскую площадку.\n\nБерег укрепят камнем, деревья останутся. Машины на набережную заезжать не смогут, стоянка будет у въезда.",
        place: (55_767_200, 60_693_700),
        proposed_by: "Молодёжная палата при Собрании депутатов",
        drawings: &[
            drawing!(
                "embankment.webp",
                false,
                "Набережная с перилами, скамьями и фонарями; на озере парусные лодки, на другом берегу холмы",
                "An embankment with railings, benches and lamps; sailing boats on the lake, hills on the far shore"
            ),
            drawing!(
                "embankment-plan.webp",
                true,
                "План набережной сверху: дорожка вдоль воды, круглая площадка с причалом, три прохода к улице, детская площадка справа",
                "Plan of the embankment from above: a path along the water, a round place with a pier, three ways to the street, a playground on the right"
            ),
        ],
    },
    Site {
        title: "Парк культуры и отдыха: детская площадка",
        applied: "2026-02-10",
        cost: 12_400_000,
        favour: 38,
        address: "Парк культуры и отдыха, у главного входа",
        description: "Площадка для детей от года до двенадцати лет: горка с башней, качели, в том числе для детей с инвалидностью, песочница и мягкое покрытие. Для взрослых вокруг поставят скамьи с навесом от солнца.\n\nСтарые железные качели уберут.",
        place: (55_762_500, 60_699_200),
        proposed_by: "Управляющий совет школ и детских садов",
        drawings: &[drawing!(
            "playground.webp",
            false,
            "Детская площадка в парке: горка с башней, качели и песочница, играют дети",
            "A playground in a park: a slide with a tower, swings and a sandpit, children at play"
        )],
    },
    Site {
        title: "Бульвар Гайдара",
        applied: "2026-02-05",
        cost: 6_900_000,
        favour: 19,
        address: "Бульвар Гайдара, от улицы Советской до улицы Монтажников",
        description: "Бульвар снова станет местом для прогулок: дорожки вымостят, посадят берёзы и кустарник, разобьют цветники. Скамьи поставят через каждые сорок метров.\n\nНа перекрёстках бордюры опустят до уровня дороги.",
        place: (55_748_700, 60_724_600),
        proposed_by: "Территориальное общественное самоуправление микрорайона",
        drawings: &[drawing!(
            "boulevard.webp",
            false,
            "Бульвар с берёзами, скамьями и цветниками, за ним невысокие дома; люди гуляют с детьми",
            "A boulevard of birches with benches and flower beds, low houses behind it; people walk with children"
        )],
    },
    Site {
        title: "Площадка для выгула собак",
        applied: "2026-02-18",
        cost: 1_900_000,
        favour: 14,
        address: "Пустырь за стадионом, улица Кирова",
        description: "Огороженная площадка с двойной калиткой, барьерами и тоннелем, скамьёй, фонарём и урнами с пакетами. Рядом будет вода.\n\nСобак перестанут выгуливать на школьном стадионе.",
        place: (55_745_900, 60_711_300),
        proposed_by: "Городской клуб собаководства",
        drawings: &[drawing!(
            "dog-place.webp",
            false,
            "Огороженная площадка с барьером, тоннелем и горкой для собак; хозяева гуляют с собаками",
            "A fenced place with a hurdle, a tunnel and a ramp for dogs; owners walk their dogs"
        )],
    },
];
