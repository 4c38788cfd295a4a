//! The log for strangers, at the addresses of C2SP tlog-tiles: signed head, tiles of hashes and of leaves, the log's key. They
//! are that specification's and not this service's, so they stand outside the API and its document.

use audit::log::{hash::Hash, path::TilePath};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    Http,
    caching::{self, A_MOMENT, ASK, FOR_A_DAY, FOR_GOOD},
    extract::Path,
    packing::{self, takes_gzip},
    problem::Problem,
};
use crate::{
    app::{
        logs::LogName,
        tiles,
        witnessing::{self, WitnessState},
    },
    domain::{Refusal, WitnessFault},
};

/// Parts of an address under a log; the office's has no name of a round.
#[derive(Debug, Deserialize)]
pub(super) struct Address {
    slug: Option<String>,
    #[serde(default)]
    rest: String,
}

/// The witnesses of a log.
#[derive(Debug, Serialize)]
struct WitnessesResponse {
    /// Name of the log.
    origin: String,
    /// How many of the witnesses in the rules must cosign a head, if the rules ask for any.
    #[serde(skip_serializing_if = "Option::is_none")]
    quorum: Option<u16>,
    /// Those in the rules, then those that are asked beyond them.
    witnesses: Vec<WitnessResponse>,
}

/// One witness.
#[derive(Debug, Serialize)]
struct WitnessResponse {
    /// Verifier key, a C2SP vkey.
    key: String,
    /// Whether the rules of the round name it.
    in_rules: bool,
    /// Largest size that it cosigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Unix second of that cosignature.
    #[serde(skip_serializing_if = "Option::is_none")]
    cosigned_at: Option<i64>,
    /// Why it did not cosign when it was asked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultResponse>,
}

/// What is wrong with a witness, or with the log in its eyes.
#[derive(Debug, Serialize)]
struct FaultResponse {
    /// Stable name.
    kind: &'static str,
    /// In words.
    words: String,
    /// Unix second from which on it has been so.
    since: i64,
}

impl From<WitnessState> for WitnessResponse {
    fn from(state: WitnessState) -> Self {
        let fault =
            |(fault, since): (WitnessFault, i64)| FaultResponse { kind: fault.slug(), words: fault.to_string(), since };
        Self {
            key: state.key,
            in_rules: state.in_rules,
            size: state.cosigned.map(|(size, _)| size),
            cosigned_at: state.cosigned.map(|(_, at)| at),
            fault: state.fault.map(fault),
        }
    }
}

impl Address {
    fn log(&self) -> LogName<'_> {
        self.slug.as_deref().map_or(LogName::Office, LogName::Round)
    }
}

/// A tile, of hashes or of leaves.
pub(super) async fn tile(
    State(http): State<Http>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path: TilePath = format!("tile/{}", address.rest).parse().map_err(malformed)?;
    let log = http.app.log(address.log()).await?;
    let packed = matches!(path, TilePath::Entries(..)) && takes_gzip(&headers);
    let bytes = tiles::tile(&http.app, &log, path, packed).await?;
    let tag = caching::name_of(&[&log.key, &path.to_string(), if packed { "gzip" } else { "" }]);
    let answer = ([(header::CONTENT_TYPE, "application/octet-stream")], bytes);
    let response = caching::kept(&headers, FOR_GOOD, &tag, answer);
    Ok(if matches!(path, TilePath::Entries(..)) { packing::may_be_packed(response, packed) } else { response })
}

/// The newest head, with every cosignature of exactly its size.
pub(super) async fn checkpoint(
    State(http): State<Http>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let log = http.app.log(address.log()).await?;
    let note = witnessing::head(&http.app, &log).await?;
    Ok(caching::by_content(&headers, A_MOMENT, "text/plain; charset=utf-8", note.into_bytes()))
}

/// The event of a line that is too long for a leaf, by its SHA-256.
pub(super) async fn event(
    State(http): State<Http>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hash: Hash = address.rest.parse().map_err(malformed)?;
    let log = http.app.log(address.log()).await?;
    let event = tiles::event(&http.app, &log, &hash).await?;
    let tag = format!("W/\"{hash}\"");
    Ok(caching::kept(&headers, FOR_GOOD, &tag, ([(header::CONTENT_TYPE, "application/json")], event)))
}

/// The log's verifier key, for those who have no better source: who compares it with paper needs not trust this answer.
pub(super) async fn vkey(
    State(http): State<Http>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let log = http.app.log(address.log()).await?;
    let key = format!("{}\n", log.key).into_bytes();
    Ok(caching::by_content(&headers, FOR_A_DAY, "text/plain; charset=utf-8", key))
}

/// Which witnesses are asked, what each cosigned last, and what was wrong when it did not.
pub(super) async fn witnesses(State(http): State<Http>, Path(address): Path<Address>) -> Result<Response, Problem> {
    let log = http.app.log(address.log()).await?;
    let response = WitnessesResponse {
        origin: log.origin().to_owned(),
        quorum: (log.quorum > 0).then_some(log.quorum),
        witnesses: witnessing::states(&http.app, &log).await?.into_iter().map(WitnessResponse::from).collect(),
    };
    Ok(([(header::CACHE_CONTROL, ASK)], axum::Json(response)).into_response())
}

fn malformed(fault: impl std::fmt::Display) -> Refusal {
    Refusal::Malformed(fault.to_string())
}
