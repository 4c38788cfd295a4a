//! What a resident marked, before anybody checked it. Territories are numbered as in the rules, from 0.

/// Marks of one of the four kinds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Marked territories.
    Approval(Vec<u16>),
    /// Territories with points.
    Points(Vec<(u16, u32)>),
    /// Territories, the best first.
    Ranked(Vec<u16>),
    /// Territories with marks.
    Score(Vec<(u16, u32)>),
}
