//! Results as files, for anybody, after the count.

use std::path::PathBuf;

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::{Http, extract::Path, problem::Problem, ranges};
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
    let (kind, name, answer) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8", format!("{slug}.csv"), csv_text(&http, &slug).await?.into_response()),
        "json" => ("application/json", format!("{slug}.json"), json_text(&http, &slug).await?.into_response()),
        "pb" => {
            let file = ranges::file(&pb_file(&http, &slug).await?, &headers).await?;
            ("text/plain; charset=utf-8", format!("{slug}.pb"), file)
        }
        "bundle" => {
            let file = ranges::file(&archive(&http, &slug).await?, &headers).await?;
            ("application/zstd", format!("{slug}.tar.zst"), file)
        }
        _ => return Err(Refusal::Malformed("format: must be csv, json, pb or bundle".into()).into()),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.as_str())], answer).into_response())
}

async fn csv_text(http: &Http, slug: &str) -> Result<String, Error> {
    let (round, _) = results::state(&http.app, slug).await?;
    let tallied = results::tallied(&http.app, slug).await?;
    csv::write(&Table::new(&round.rules.voting, &tallied.outcome))
}

async fn json_text(http: &Http, slug: &str) -> Result<Vec<u8>, Error> {
    let tallied = results::tallied(&http.app, slug).await?;
    serde_json::to_vec_pretty(&tallied.outcome).map_err(Error::broken)
}

async fn pb_file(http: &Http, slug: &str) -> Result<PathBuf, Error> {
    let (round, _) = results::state(&http.app, slug).await?;
    let tallied = results::tallied(&http.app, slug).await?;
    files::made_once(&http.app, slug, "pb", async |path| {
        let ballots = results::opened_ballots(&http.app, slug).await?;
        let text = pb::write(&round.rules.title, &round.rules.voting, &tallied.outcome, ballots);
        tokio::fs::write(path, text).await.map_err(Error::broken)
    })
    .await
}

async fn archive(http: &Http, slug: &str) -> Result<PathBuf, Error> {
    files::made_once(&http.app, slug, "tar.zst", async |path| {
        let folder = tempfile::tempdir().map_err(Error::broken)?;
        bundling::write(&http.app, slug, folder.path()).await?;
        tokio::task::block_in_place(|| bundling::pack(folder.path(), path))
    })
    .await
}
