//! Sorting with a spool gives what sorting in memory gives, whatever memory there is.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Sorter;

proptest! {
    #[test]
    fn any_records_in_any_memory(mut records in prop::collection::vec(any::<[u8; 3]>(), 0..200), memory in 0usize..100) {
        let source: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut sorter = Sorter::new(&source, 3, memory);
        for record in &records {
            sorter.push(record).expect("memory takes it");
        }
        let mut sorted = Vec::new();
        sorter.finish(|record| sorted.push(record.to_vec())).expect("memory gives it back");
        records.sort_unstable();
        prop_assert_eq!(sorted, records.iter().map(|record| record.to_vec()).collect::<Vec<_>>());
    }
}
