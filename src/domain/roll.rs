//! The roll: who may vote in a round, decided once from three facts.

use std::{collections::HashSet, hash::Hash};

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::Refusal;

/// A person on the roll, as far as the service needs to know one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// HMAC of the person's number under the roll key, which only the commission holds.
    pub pseudonym: [u8; 32],
    /// Date of birth.
    pub born: Date,
    /// District of residence, if rounds are held by district.
    pub district: Option<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(…)")
    }
}

/// What a round asks of its voters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    /// Age in full years.
    pub minimum_age: u8,
    /// Day on which age is reckoned.
    pub reference_date: Date,
    /// The only district that votes, if any.
    pub district: Option<String>,
}

impl Eligibility {
    /// Whether the person may vote.
    ///
    /// # Errors
    /// [`Refusal::UnderAge`] with the day on which they reach the age, or [`Refusal::WrongDistrict`].
    pub fn admit(&self, person: &Person) -> Result<(), Refusal> {
        let of_age = comes_of_age(person.born, self.minimum_age);
        if of_age.is_none_or(|day| day > self.reference_date) {
            let on = of_age.unwrap_or(Date::MAX).to_string();
            return Err(Refusal::UnderAge { minimum: self.minimum_age, on });
        }
        match &self.district {
            Some(district) if person.district.as_ref() != Some(district) => {
                Err(Refusal::WrongDistrict { district: district.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// The birthday on which the age is reached; of those born on 29 February, in other years, 1 March.
#[must_use]
pub fn comes_of_age(born: Date, age: u8) -> Option<Date> {
    let year = born.year().checked_add(i16::from(age))?;
    match Date::new(year, born.month(), born.day()) {
        Ok(day) => Some(day),
        Err(_) => born.checked_add(i32::from(age).years()).ok()?.tomorrow().ok(),
    }
}

/// Nobody stands in a list of people with their letters twice, and no two have the same letter; what is said of a person that does, and of
/// a letter, is handed over.
///
/// # Errors
/// [`Refusal::Roll`] with the place of the first.
pub fn all_differ<P: Eq + Hash, C: Eq + Hash>(
    list: impl Iterator<Item = (P, C)>,
    [person_twice, letter_twice]: [&str; 2],
) -> Result<(), Refusal> {
    let (mut people, mut letters) = (HashSet::new(), HashSet::new());
    for ((person, letter), number) in list.zip(1..) {
        let reason = match (people.insert(person), letters.insert(letter)) {
            (true, true) => continue,
            (false, _) => person_twice,
            (true, false) => letter_twice,
        };
        return Err(Refusal::Roll { number, reason: reason.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn person(born: Date) -> Person {
        Person { pseudonym: [0; 32], born, district: Some("Центр".into()) }
    }

    fn fourteen() -> Eligibility {
        Eligibility { minimum_age: 14, reference_date: date(2026, 6, 12), district: None }
    }

    #[test]
    fn the_birthday_itself_is_enough() {
        assert_eq!(fourteen().admit(&person(date(2012, 6, 12))), Ok(()));
    }

    #[test]
    fn one_day_short_is_refused_with_the_day() {
        let refusal = Refusal::UnderAge { minimum: 14, on: "2026-06-13".into() };
        assert_eq!(fourteen().admit(&person(date(2012, 6, 13))), Err(refusal));
    }

    #[test]
    fn born_on_a_leap_day_comes_of_age_on_the_first_of_march() {
        assert_eq!(comes_of_age(date(2012, 2, 29), 14), Some(date(2026, 3, 1)));
        assert_eq!(comes_of_age(date(2012, 2, 29), 16), Some(date(2028, 2, 29)));
    }

    #[test]
    fn another_district_is_refused() {
        let eligibility = Eligibility { district: Some("Север".into()), ..fourteen() };
        let refusal = Refusal::WrongDistrict { district: "Север".into() };
        assert_eq!(eligibility.admit(&person(date(1980, 1, 1))), Err(refusal));
    }
}
