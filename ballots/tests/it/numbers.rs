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

proptest! {
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
