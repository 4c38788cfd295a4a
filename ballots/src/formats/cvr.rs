//! Cast vote records in the common data format of NIST SP 1500-103 (version 1.0.0), as JSON, out.
//!
//! One contest, one original snapshot for each ballot. Alike ballots are written out one by one, because the format has no
//! weights. Ranks stand with ranked ballots; points and marks as numbers of votes.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Poll, Unwritable};
use crate::{profile::Paper, rules::Kind};

/// Most ballots written one by one, so that a weight of billions does not fill the memory.
pub const MOST_RECORDS: u64 = 5_000_000;

/// What the report says besides the ballots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance<'a> {
    /// When the report is made: RFC 3339, such as `2026-09-13T20:15:00Z`.
    pub generated: &'a str,
    /// Program that makes it.
    pub device: &'a str,
    /// Where the vote was held.
    pub place: &'a str,
}

/// The report's JSON.
///
/// # Errors
/// [`Unwritable`] past [`MOST_RECORDS`].
pub fn write(poll: &Poll, source: &Provenance<'_>) -> Result<String, Unwritable> {
    if poll.profile.ballots() > MOST_RECORDS {
        let reason = format!("there are {} ballots, at most {MOST_RECORDS} are written out", poll.profile.ballots());
        return Err(Unwritable { format: "cvr", reason });
    }
    let papers = poll.profile.papers().flat_map(|paper| std::iter::repeat_n(paper, paper.weight as usize));
    let records: Vec<Value> = papers.zip(1u64..).map(|(paper, number)| record(poll, paper, number)).collect();
    let report = json!({
        "@type": "CVR.CastVoteRecordReport",
        "CVR": records,
        "Election": [election(poll)],
        "GeneratedDate": source.generated,
        "GpUnit": [{ "@id": "unit", "@type": "CVR.GpUnit", "Name": source.place, "OtherType": "whole election", "Type": "other" }],
        "ReportGeneratingDeviceIds": ["device"],
        "ReportingDevice": [{ "@id": "device", "@type": "CVR.ReportingDevice", "Application": source.device }],
        "Version": "1.0.0",
    });
    Ok(report.to_string())
}

fn election(poll: &Poll) -> Value {
    let ids = || 1..=poll.territories.len();
    let candidates = poll.territories.iter().zip(1..);
    let candidates = candidates.map(|(territory, at): (_, usize)| {
        json!({ "@id": format!("candidate-{at}"), "@type": "CVR.Candidate", "Name": territory.title })
    });
    let selections = ids().map(|at| {
        json!({
            "@id": format!("selection-{at}"),
            "@type": "CVR.CandidateSelection",
            "CandidateIds": [format!("candidate-{at}")],
        })
    });
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Contest {
        #[serde(rename = "@id")]
        id: &'static str,
        #[serde(rename = "@type")]
        kind: &'static str,
        contest_selection: Vec<Value>,
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        number_elected: Option<u16>,
        vote_variation: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        votes_allowed: Option<u32>,
    }
    let (vote_variation, votes_allowed) = match *poll.profile.kind() {
        Kind::Approval { max: 1 } => ("plurality", Some(1)),
        Kind::Approval { max } if usize::from(max) < poll.territories.len() => ("n-of-m", Some(u32::from(max))),
        Kind::Approval { .. } => ("approval", None),
        Kind::Points { total, .. } => ("cumulative", Some(total)),
        Kind::Ranked { .. } => ("rcv", None),
        Kind::Score { .. } => ("range", None),
    };
    let contest = Contest {
        id: "contest",
        kind: "CVR.CandidateContest",
        contest_selection: selections.collect(),
        name: poll.title.clone(),
        number_elected: poll.seats,
        vote_variation,
        votes_allowed,
    };
    json!({
        "@id": "election",
        "@type": "CVR.Election",
        "Candidate": candidates.collect::<Vec<_>>(),
        "Contest": [contest],
        "ElectionScopeId": "unit",
        "Name": poll.title,
    })
}

fn record(poll: &Poll, paper: Paper<'_>, number: u64) -> Value {
    let is_ranked = matches!(poll.profile.kind(), Kind::Ranked { .. });
    let value = |at: usize| paper.values.get(at).copied();
    let selection = |(at, candidate): (usize, &u16)| {
        let votes = if is_ranked { 1 } else { value(at).unwrap_or(1) };
        let mut position = json!({ "@type": "CVR.SelectionPosition", "HasIndication": "yes", "NumberVotes": votes });
        if is_ranked {
            position["Rank"] = json!(value(at).unwrap_or(at as u32 + 1));
        }
        json!({
            "@type": "CVR.CVRContestSelection",
            "ContestSelectionId": format!("selection-{}", u32::from(*candidate) + 1),
            "SelectionPosition": [position],
        })
    };
    let selections: Vec<Value> = paper.marks.iter().enumerate().map(selection).collect();
    let snapshot = format!("snapshot-{number}");
    json!({
        "@type": "CVR.CVR",
        "CVRSnapshot": [{
            "@id": snapshot,
            "@type": "CVR.CVRSnapshot",
            "CVRContest": [{ "@type": "CVR.CVRContest", "CVRContestSelection": selections, "ContestId": "contest" }],
            "Type": "original",
        }],
        "CurrentSnapshotId": snapshot,
        "ElectionId": "election",
    })
}
