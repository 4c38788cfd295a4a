//! What each method of counting does, in words for residents.

use ballots::{
    Procedure,
    methods::{
        equal_shares::{Completion, Satisfaction},
        positional::Scale,
        score::Measure,
    },
    pairwise::Strength,
};

use super::texts::Texts;

/// Sentences on how places come about.
pub(super) fn in_words(t: &Texts, method: Procedure) -> Vec<String> {
    match method {
        Procedure::ChooseOne => vec![t.method_choose_one()],
        Procedure::Approval => vec![t.method_approval()],
        Procedure::Points => vec![t.method_points()],
        Procedure::Borda(Scale::OwnLength) => vec![t.method_borda()],
        Procedure::Borda(Scale::FixedLength) => vec![t.method_borda_fixed()],
        Procedure::Borda(Scale::Dowdall) => vec![t.method_dowdall()],
        Procedure::Score(Measure::Sum) => vec![t.method_score()],
        Procedure::Score(Measure::Mean) => vec![t.method_score_mean()],
        Procedure::Score(Measure::MeanBlanksZero) => vec![t.method_score_mean_blanks_zero()],
        Procedure::MajorityJudgement => vec![t.method_majority_judgement()],
        Procedure::Star => vec![t.method_star()],
        Procedure::InstantRunoff { batches: false } => vec![t.method_instant_runoff()],
        Procedure::InstantRunoff { batches: true } => vec![t.method_instant_runoff_batches()],
        Procedure::Coombs => vec![t.method_coombs()],
        Procedure::Bucklin => vec![t.method_bucklin()],
        Procedure::Copeland => vec![t.method_pairs(), t.method_copeland()],
        Procedure::Kemeny => vec![t.method_pairs(), t.method_kemeny()],
        Procedure::Minimax(by) => vec![t.method_pairs(), t.method_minimax(), strength(t, by)],
        Procedure::RankedPairs(by) => vec![t.method_pairs(), t.method_ranked_pairs(), strength(t, by)],
        Procedure::Schulze(by) => vec![t.method_pairs(), t.method_schulze(), strength(t, by)],
        Procedure::ScottishStv => vec![t.method_stv_scottish()],
        Procedure::MeekStv => vec![t.method_stv_meek()],
        Procedure::Greedy => vec![t.method_greedy()],
        Procedure::Knapsack => vec![t.method_knapsack()],
        Procedure::Phragmen => vec![t.method_phragmen()],
        Procedure::EqualShares(satisfaction, completion) => shares(t, satisfaction, completion),
    }
}

fn strength(t: &Texts, by: Strength) -> String {
    match by {
        Strength::Margins => t.method_by_margins(),
        Strength::WinningVotes => t.method_by_winning_votes(),
    }
}

fn shares(t: &Texts, satisfaction: Satisfaction, completion: Completion) -> Vec<String> {
    let worth = match satisfaction {
        Satisfaction::Cost => t.method_shares_cost(),
        Satisfaction::Units => t.method_shares_units(),
    };
    let rest = match completion {
        Completion::None => vec![],
        Completion::Add1 => vec![t.method_shares_add1()],
        Completion::Add1u => vec![t.method_shares_add1(), t.method_shares_greedy()],
        Completion::Greedy => vec![t.method_shares_greedy()],
    };
    [t.method_equal_shares(), worth].into_iter().chain(rest).collect()
}
