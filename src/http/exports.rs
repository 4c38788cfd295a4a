//! Results as files, for anybody, after the count.

use std::path::PathBuf;

use audit::round::{Round, rules::RoundRules};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::{Http, caching, extract::Path, problem::Problem, ranges};
use crate::{
    app::{bundling, files, results},
    domain::Refusal,
    error::Error,
    export::{csv, pb, table::Table},
};

/// A result as a file.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/export/{format}",
    tag = "public: anybody",
    params(("format" = String, Path, description = "csv, json, pb or bundle (.tar.zst)")),
    responses((status = 200, content_type = "application/octet-stream"), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn export(
    State(http): State<Http>,
    Path((slug, format)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (_, state) = results::state(&http.app, &slug).await?;
    let kept = caching::of_result(state.phase);
    let text = |kind, text| caching::by_content(&headers, kept, kind, text);
    let (end, mut answer) = match format.as_str() {
        "csv" => ("csv", text("text/csv; charset=utf-8", csv_text(&http, &state.rules).await?.into_bytes())),
        "json" => ("json", text("application/json", json_text(&http, &slug).await?)),
        "pb" => (
            "pb",
            ranges::file(&pb_file(&http, &state.rules).await?, "text/plain; charset=utf-8", kept, &headers).await?,
        ),
        "bundle" => ("tar.zst", bundle(&http, &state, &headers).await?),
        _ => return Err(Refusal::Malformed("format: must be csv, json, pb or bundle".into()).into()),
    };
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{slug}.{end}\"")).map_err(Error::broken)?;
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    Ok(answer)
}

async fn csv_text(http: &Http, rules: &RoundRules) -> Result<String, Error> {
    let tallied = results::tallied(&http.app, &rules.slug).await?;
    csv::write(&Table::new(&rules.voting, &tallied.outcome))
}

async fn json_text(http: &Http, slug: &str) -> Result<Vec<u8>, Error> {
    let tallied = results::tallied(&http.app, slug).await?;
    serde_json::to_vec_pretty(&tallied.outcome).map_err(Error::broken)
}

async fn pb_file(http: &Http, rules: &RoundRules) -> Result<PathBuf, Error> {
    let (slug, tallied) = (&rules.slug, results::tallied(&http.app, &rules.slug).await?);
    files::made_once(&http.app, slug, "pb", async |path| {
        let ballots = results::opened_ballots(&http.app, slug).await?;
        let text = pb::write(&rules.title, &rules.voting, &tallied.outcome, ballots);
        tokio::fs::write(path, text).await.map_err(Error::broken)
    })
    .await
}

async fn bundle(http: &Http, state: &Round, headers: &HeaderMap) -> Result<Response, Error> {
    let kept = caching::of_bundle(state.phase, http.app.clock.now() - state.last_at);
    ranges::file(&archive(http, &state.rules.slug).await?, "application/zstd", kept, headers).await
}

async fn archive(http: &Http, slug: &str) -> Result<PathBuf, Error> {
    files::made_once(&http.app, slug, "tar.zst", async |path| {
        let folder = tempfile::tempdir().map_err(Error::broken)?;
        bundling::write(&http.app, slug, folder.path()).await?;
        tokio::task::block_in_place(|| bundling::pack(folder.path(), path))
    })
    .await
}
