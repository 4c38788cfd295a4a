//! Words, numbers, dates and money as a language writes them. A language is one file of messages beside this one.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use icu_calendar::{Date, Gregorian};
use icu_datetime::{
    FixedCalendarDateTimeFormatter,
    fieldsets::{MD, YMD},
};
use icu_decimal::{DecimalFormatter, input::Decimal};
use intl_memoizer::Memoizable;
use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};
use unic_langid::LanguageIdentifier;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// Why the tables of the locales cannot be missing.
const COMPILED_IN: &str = "data of every language is compiled in";

/// One language, ready to write.
pub struct Texts {
    /// Which one.
    pub language: Language,
    messages: FluentBundle<FluentResource>,
    numbers: Numbers,
    days: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    short_days: FixedCalendarDateTimeFormatter<Gregorian, MD>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({})", self.language.code())
    }
}

static ALL: LazyLock<Vec<Texts>> = LazyLock::new(|| Language::ALL.into_iter().map(Texts::new).collect());

impl Language {
    /// The texts of this language.
    #[must_use]
    pub fn texts(self) -> &'static Texts {
        &ALL[self as usize]
    }

    /// The language of this name.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// Whole numbers in groups of digits.
struct Numbers(DecimalFormatter);

impl Memoizable for Numbers {
    type Args = ();
    type Error = ();

    fn construct(id: LanguageIdentifier, (): ()) -> Result<Self, ()> {
        let locale = id.to_string().parse::<icu_locale_core::Locale>().map_err(drop)?;
        DecimalFormatter::try_new(locale.into(), Default::default()).map(Self).map_err(drop)
    }
}

impl Texts {
    fn new(language: Language) -> Self {
        let locale: icu_locale_core::Locale = language.code().parse().expect("files of texts are named by language");
        let id: LanguageIdentifier = language.code().parse().expect("files of texts are named by language");
        let mut messages = FluentBundle::new_concurrent(vec![id.clone()]);
        messages.set_use_isolating(false);
        messages.set_formatter(Some(|value, memoizer| match value {
            FluentValue::Number(number) => {
                let whole = Decimal::from(number.value as i64);
                memoizer.with_try_get::<Numbers, _, _>((), |numbers| numbers.0.format(&whole).to_string()).ok()
            }
            _ => None,
        }));
        // The build has parsed the same source.
        let source = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(read, _)| read);
        messages.add_resource_overriding(source);
        Self {
            language,
            messages,
            numbers: Numbers::construct(id, ()).expect(COMPILED_IN),
            days: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::long()).expect(COMPILED_IN),
            short_days: FixedCalendarDateTimeFormatter::try_new((&locale).into(), MD::short()).expect(COMPILED_IN),
        }
    }

    /// The message of this id, if there is one; for ids that are put together from names, such as those of problems.
    #[must_use]
    pub fn named(&self, id: &str) -> Option<String> {
        self.messages.has_message(id).then(|| self.say(id, []))
    }

    fn say<const N: usize>(&self, id: &str, variables: [(&'static str, FluentValue<'_>); N]) -> String {
        let pattern = self.messages.get_message(id).and_then(|message| message.value());
        let arguments: FluentArgs<'_> = variables.into_iter().collect();
        // The build has checked that the message and its variables are there.
        pattern.map_or_else(String::new, |pattern| {
            self.messages.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
        })
    }

    /// A whole number: `9 305`, `9,305`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        self.numbers.0.format(&Decimal::from(number)).to_string()
    }

    /// An amount of money in roubles, from kopecks; kopecks are shown when there are any.
    #[must_use]
    pub fn roubles(&self, kopecks: i64) -> String {
        let mut amount = Decimal::from(kopecks);
        amount.multiply_pow10(-2);
        if kopecks % 100 == 0 {
            amount.trim_end();
        }
        self.money(self.numbers.0.format(&amount).to_string())
    }

    /// A share of a whole in percent, rounded down to one digit after the point.
    #[must_use]
    pub fn percent(&self, part: u64, whole: u64) -> String {
        let tenths = u128::from(part) * 1000 / u128::from(whole.max(1));
        let mut share = Decimal::from(u64::try_from(tenths).unwrap_or(u64::MAX));
        share.multiply_pow10(-1);
        self.share(self.numbers.0.format(&share).to_string())
    }

    /// A day of the calendar: `12 июня 2026 г.`
    #[must_use]
    pub fn day(&self, day: jiff::civil::Date) -> String {
        gregorian(day).map_or_else(|| day.to_string(), |date| self.days.format(&date).to_string())
    }

    /// A day without its year, as short as can be: `12.06`.
    #[must_use]
    pub fn short_day(&self, day: jiff::civil::Date) -> String {
        gregorian(day).map_or_else(|| day.to_string(), |date| self.short_days.format(&date).to_string())
    }

    /// A day as the rules write it, `YYYY-MM-DD`.
    #[must_use]
    pub fn written_day(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| self.day(day))
    }

    /// Day, time and distance from UTC of a Unix second in a zone.
    #[must_use]
    pub fn moment(&self, at: i64, zone: &str) -> String {
        let Some(at) = local(at, zone) else { return at.to_string() };
        let offset = at.strftime("%:z").to_string();
        // As browsers spell it: `UTC+5`, and minutes where there are any.
        let offset = offset.strip_suffix(":00").unwrap_or(&offset).replacen("+0", "+", 1).replacen("-0", "-", 1);
        self.date_and_time(self.day(at.date()), format!("UTC{offset}"), at.strftime("%H:%M").to_string())
    }
}

fn gregorian(day: jiff::civil::Date) -> Option<Date<Gregorian>> {
    let month = u8::try_from(day.month()).ok()?;
    Date::try_new_gregorian(day.year().into(), month, u8::try_from(day.day()).ok()?).ok()
}

/// The Unix second as clocks in the zone show it.
pub(super) fn local(at: i64, zone: &str) -> Option<ZonedDateTime> {
    Some(Timestamp::from_second(at).ok()?.to_zoned_datetime(TimeZone::get(zone).ok()?))
}

#[cfg(test)]
mod tests;
