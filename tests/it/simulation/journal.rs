//! What was done last, for whoever must find out why a seed failed.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

/// Operations that are kept.
const KEPT: usize = 30;

/// The last operations, shared with who prints them when the run has failed.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<String>,
    operations: usize,
    counts: BTreeMap<&'static str, usize>,
}

impl Journal {
    /// An operation begins.
    pub fn begins(&self, second: i64, what: impl Into<String>) {
        let mut kept = self.0.lock().unwrap();
        kept.operations += 1;
        let line = format!("{:>4}. {second} {}", kept.operations, what.into());
        kept.lines.push_back(line);
        if kept.lines.len() > KEPT {
            kept.lines.pop_front();
        }
    }

    /// What came of it.
    pub fn adds(&self, what: impl std::fmt::Display) {
        if let Some(line) = self.0.lock().unwrap().lines.back_mut() {
            line.push_str(&format!(" → {what}"));
        }
    }

    /// Something of this kind happened.
    pub fn counts(&self, kind: &'static str) {
        *self.0.lock().unwrap().counts.entry(kind).or_default() += 1;
    }

    /// How often what happened.
    pub fn all_counts(&self) -> BTreeMap<&'static str, usize> {
        self.0.lock().unwrap().counts.clone()
    }

    /// How many operations there were.
    pub fn operations(&self) -> usize {
        self.0.lock().unwrap().operations
    }

    /// The last ones, a line each.
    pub fn last(&self) -> String {
        self.0.lock().unwrap().lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
