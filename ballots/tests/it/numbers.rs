//! Money and fractions, exact.

use ballots::{Fraction, Money};
use proptest::prelude::*;

#[test]
fn amounts_are_read_to_the_hundredth_or_not_at_all() {
    for (text, minor) in [("0", 0), ("1000", 100_000), ("1874242.57", 187_424_257), ("5.5", 550), ("7.500", 750)] {
        assert_eq!(text.parse(), Ok(Money(minor)), "{text}");
    }
    for text in ["", ".5", "1,5", "1.234", "-1", "+1", "1e3", "1 000", " 1", "1.-5", "92233720368547758.08"] {
        assert!(text.parse::<Money>().is_err(), "{text}");
    }
}

#[test]
fn amounts_below_zero_keep_their_sign() {
    for (minor, text) in [(-5, "-0.05"), (-150, "-1.50"), (-100, "-1"), (0, "0"), (5, "0.05"), (150, "1.50")] {
        assert_eq!(Money(minor).to_string(), text);
    }
    assert_eq!(Money(i64::MIN).to_string(), "-92233720368547758.08");
}

/// In the log an amount is a whole number of minor units, and a fraction has its parts in canonical order.
#[test]
fn numbers_in_json_are_whole() {
    assert_eq!(serde_json::to_string(&Money(150)).unwrap(), "150");
    assert!(serde_json::from_str::<Money>("1.5").is_err(), "no floats");
    assert!(serde_json::from_str::<Money>("\"150\"").is_err());
    let half = Fraction::new(2, 4).unwrap();
    assert_eq!(serde_json::to_string(&half).unwrap(), r#"{"den":2,"num":1}"#);
    assert_eq!(half.to_string(), "1/2");
    assert_eq!(Fraction::new(0, 9).unwrap().to_string(), "0");
    assert!(serde_json::from_str::<Fraction>(r#"{"den":2,"num":1,"sign":1}"#).is_err());
}

proptest! {
    /// Digits before the point, up to two after it, zeros beyond: the sum is what a clerk would read.
    #[test]
    fn amounts_are_what_the_digits_say(whole in 0..1_000_000_000_000_i64, minor in 0..100_i64, zeros in "0{0,3}") {
        let text = format!("{whole}.{minor:02}{zeros}");
        prop_assert_eq!(text.parse(), Ok(Money(whole * 100 + minor)));
        prop_assert!(format!("{text}1").parse::<Money>().is_err(), "thousandths are not kept");
    }

    #[test]
    fn amounts_print_as_they_read(minor in 0..=i64::MAX) {
        prop_assert_eq!(Money(minor).to_string().parse(), Ok(Money(minor)));
    }

    #[test]
    fn fractions_are_in_lowest_terms_and_in_order(a in 0..1_000_000_u64, b in 1..1000_u64, c in 0..1_000_000_u64, d in 1..1000_u64) {
        let (left, right) = (Fraction::new(a, b).unwrap(), Fraction::new(c, d).unwrap());
        prop_assert_eq!(left.cmp(&right), (u128::from(a) * u128::from(d)).cmp(&(u128::from(c) * u128::from(b))));
        prop_assert_eq!(Fraction::new(a * 7, b * 7), Some(left), "one value, one spelling");
        prop_assert_eq!(Fraction::new(a, 0), None);
    }
}
