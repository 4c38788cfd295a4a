//! Rankings as a tree of beginnings, for Meek's method: as deep as elected candidates pass votes on, and no deeper.
//!
//! Votes on papers that begin alike are shared out alike, so one walk over the beginnings is worth one over all papers. A leaf is
//! a hopeful candidate, who keeps whole what arrives; an inner node is an elected one. Of defeated ones nothing is left.

use std::collections::BTreeMap;

use crate::{
    election::Contest,
    methods::{CountFault, Procedure, meek_stv::VOTE},
};

/// What is left of a paper's ranking, as a stretch of the marks, and how many ballots are alike.
#[derive(Debug, Clone, Copy)]
struct Rest {
    start: usize,
    end: usize,
    weight: u64,
}

#[derive(Debug, Default)]
struct Node {
    candidate: u16,
    /// Ballots that begin so.
    weight: u64,
    children: BTreeMap<u16, usize>,
    /// At a leaf, the papers.
    papers: Vec<Rest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Hopeful,
    Elected,
    Defeated,
}

/// The tree; its first node is the root.
pub(crate) struct Tree {
    marks: Vec<u16>,
    nodes: Vec<Node>,
    states: Vec<State>,
}

impl Tree {
    /// First choices.
    pub(crate) fn new(contest: &Contest<'_>) -> Result<Self, CountFault> {
        if contest.profile.has_equal_places() {
            return Err(CountFault::EqualPlaces(Procedure::MeekStv));
        }
        let states = vec![State::Hopeful; usize::from(contest.candidates())];
        let mut tree = Self { marks: Vec::new(), nodes: vec![Node::default()], states };
        for paper in contest.profile.papers() {
            let start = tree.marks.len();
            tree.marks.extend_from_slice(paper.marks);
            tree.insert(0, Rest { start, end: tree.marks.len(), weight: paper.weight });
        }
        Ok(tree)
    }

    /// Lets a paper fall from a node to the first hopeful candidate, or out of the tree.
    fn insert(&mut self, mut node: usize, mut paper: Rest) {
        while paper.start < paper.end {
            let candidate = self.marks[paper.start];
            paper.start += 1;
            let state = self.states[usize::from(candidate)];
            if state != State::Defeated {
                let next = self.nodes.len();
                let child = *self.nodes[node].children.entry(candidate).or_insert(next);
                if child == next {
                    self.nodes.push(Node { candidate, ..Node::default() });
                }
                self.nodes[child].weight += paper.weight;
                node = child;
                if state == State::Hopeful {
                    self.nodes[node].papers.push(paper);
                    return;
                }
            }
        }
    }

    /// From now on the candidate passes votes on.
    pub(crate) fn elect(&mut self, candidate: u16) {
        self.states[usize::from(candidate)] = State::Elected;
        for node in 0..self.nodes.len() {
            if self.nodes[node].candidate == candidate {
                for paper in std::mem::take(&mut self.nodes[node].papers) {
                    self.insert(node, paper);
                }
            }
        }
    }

    /// Takes the candidate's leaves away and lets their papers fall on.
    pub(crate) fn defeat(&mut self, candidate: u16) {
        self.states[usize::from(candidate)] = State::Defeated;
        for node in 0..self.nodes.len() {
            if let Some(leaf) = self.nodes[node].children.remove(&candidate) {
                self.nodes[leaf].weight = 0;
                for paper in std::mem::take(&mut self.nodes[leaf].papers) {
                    self.insert(node, paper);
                }
            }
        }
    }

    /// Gives each candidate its part of every vote; parts are rounded up to a unit.
    pub(crate) fn distribute(&self, keep: &[u64], votes: &mut [u64]) {
        let mut waiting = vec![(0, VOTE)];
        while let Some((node, worth)) = waiting.pop() {
            for (candidate, child) in &self.nodes[node].children {
                let at = usize::from(*candidate);
                let part = (u128::from(worth) * u128::from(keep[at])).div_ceil(u128::from(VOTE));
                // A keep factor is at most 1, so a part is at most what there is.
                let part = u64::try_from(part).unwrap_or(worth).min(worth);
                votes[at] += part * self.nodes[*child].weight;
                if part < worth {
                    waiting.push((*child, worth - part));
                }
            }
        }
    }
}
