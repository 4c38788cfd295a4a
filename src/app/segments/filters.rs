//! The filters that this node has in memory: where a credential's promises may lie.

use std::sync::{PoisonError, RwLock};

use crate::{
    domain::filter::{Filter, Key},
    store::promises::Asked,
};

/// Filters of the first segments; of some there may be none yet.
#[derive(Debug, Default)]
pub(super) struct Filters(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    of: Vec<Option<Filter>>,
    /// How often all of them were forgotten.
    epoch: u64,
}

impl Filters {
    /// Where to look while promises come into the segment `open`: there, and in every one before it that may hold a promise to the
    /// credential.
    pub(super) fn places(&self, open: i64, asked: &[([u8; 32], u32)]) -> Vec<Asked> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut places = Vec::with_capacity(asked.len());
        for &(credential, version) in asked {
            let key = Key::of(&credential);
            let full = (0..open).zip(&known.of);
            let held = full.filter(|(_, filter)| filter.as_ref().is_none_or(|filter| filter.may_hold(&key)));
            let others = (0..=open).skip(known.of.len());
            let segments = held.map(|(segment, _)| segment).chain(others);
            places.extend(segments.map(|segment| Asked { segment, credential, version }));
            if i64::try_from(known.of.len()).is_ok_and(|len| len > open) {
                places.push(Asked { segment: open, credential, version });
            }
        }
        places
    }

    /// The time of which a filter is that is read from here on.
    pub(super) fn epoch(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).epoch
    }

    /// Whether there is one of the segment `open` or of a later one.
    pub(super) fn reach_past(&self, open: i64) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        i64::try_from(known.of.len()).is_ok_and(|len| len > open)
    }

    /// The segments before `open` that have none.
    pub(super) fn missing(&self, open: i64) -> Vec<i64> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let has_none =
            |segment: &i64| usize::try_from(*segment).is_ok_and(|at| !matches!(known.of.get(at), Some(Some(_))));
        (0..open).filter(has_none).collect()
    }

    /// Whether a segment before `open` has none.
    pub(super) fn are_behind(&self, open: i64) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        usize::try_from(open).is_ok_and(|open| known.of.len() < open || known.of.iter().take(open).any(Option::is_none))
    }

    /// Takes the filter of a segment, if nothing was forgotten since that time.
    pub(super) fn add(&self, segment: i64, filter: Filter, epoch: u64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Ok(at) = usize::try_from(segment) else { return };
        if known.epoch == epoch {
            let len = known.of.len().max(at + 1);
            known.of.resize(len, None);
            known.of[at] = Some(filter);
        }
    }

    /// Forgets all: the database is not the one any more that they are of.
    pub(super) fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.of.clear();
        known.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(number: u8) -> ([u8; 32], u32) {
        ([number.wrapping_mul(37) ^ 0x5a; 32], 1)
    }

    fn places(filters: &Filters, open: i64, number: u8) -> Vec<i64> {
        filters.places(open, &[asked(number)]).into_iter().map(|place| place.segment).collect()
    }

    #[test]
    fn a_question_goes_where_there_may_be_an_answer() {
        let filters = Filters::default();
        let of = |numbers: &[u8]| Filter::of(&numbers.iter().map(|number| asked(*number).0).collect::<Vec<_>>());
        assert_eq!(
            (places(&filters, 0, 1), places(&filters, 3, 1)),
            (vec![0], vec![0, 1, 2, 3]),
            "without them everywhere"
        );
        filters.add(2, of(&[4]), 0);
        assert_eq!((places(&filters, 3, 1), places(&filters, 3, 4)), (vec![0, 1, 3], vec![0, 1, 2, 3]));
        assert_eq!((filters.missing(3), filters.epoch()), (vec![0, 1], 0));
        filters.add(0, of(&[1, 2]), 0);
        assert!(filters.are_behind(3) && filters.are_behind(2) && !filters.are_behind(1));
        filters.add(1, of(&[2, 3]), 0);
        assert!(!filters.are_behind(3) && filters.are_behind(4));
        assert_eq!(
            [1, 2, 3, 9].map(|number| places(&filters, 3, number)),
            [vec![0, 3], vec![0, 1, 3], vec![1, 3], vec![3]]
        );
    }

    #[test]
    fn where_the_database_went_back_the_open_segment_is_asked_and_old_filters_are_forgotten() {
        let filters = Filters::default();
        filters.add(0, Filter::of(&[asked(1).0]), 0);
        filters.add(1, Filter::of(&[asked(2).0]), 0);
        assert_eq!((places(&filters, 0, 9), places(&filters, 1, 1)), (vec![0], vec![0, 1]));
        assert!(filters.reach_past(1) && !filters.reach_past(2));
        filters.forget();
        filters.add(1, Filter::of(&[]), 0);
        assert_eq!((filters.missing(2), filters.epoch()), (vec![0, 1], 1), "what was read before is not taken");
        assert_eq!(places(&filters, 1, 9), [0, 1]);
    }
}
