//! Results as files, for anybody, after the count.

use axum::{
    body::Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{Http, problem::Problem};
use crate::{
    app::{bundling, results},
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
    responses((status = 200, content_type = "application/octet-stream"), (status = "4XX", body = Problem))
)]
pub(super) async fn export(
    State(http): State<Http>,
    Path((slug, format)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (kind, name, body) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8", format!("{slug}.csv"), csv_text(&http, &slug).await?.into()),
        "json" => ("application/json", format!("{slug}.json"), json_text(&http, &slug).await?.into()),
        "pb" => ("text/plain; charset=utf-8", format!("{slug}.pb"), pb_text(&http, &slug).await?.into()),
        "bundle" => ("application/zstd", format!("{slug}.tar.zst"), archive(&http, &slug).await?),
        _ => return Err(Refusal::Malformed("format: must be csv, json, pb or bundle".into()).into()),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.as_str())], body).into_response())
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

async fn pb_text(http: &Http, slug: &str) -> Result<String, Error> {
    let (round, _) = results::state(&http.app, slug).await?;
    let tallied = results::tallied(&http.app, slug).await?;
    let ballots = results::opened_ballots(&http.app, slug).await?;
    Ok(pb::write(&round.rules.title, &round.rules.voting, &tallied.outcome, ballots))
}

async fn archive(http: &Http, slug: &str) -> Result<Body, Error> {
    let folder = tempfile::tempdir().map_err(Error::broken)?;
    let (bundle, packed) = (folder.path().join("bundle"), folder.path().join("bundle.tar.zst"));
    bundling::write(&http.app, slug, &bundle).await?;
    tokio::task::block_in_place(|| bundling::pack(&bundle, &packed))?;
    let file = tokio::fs::File::open(&packed).await.map_err(Error::broken)?;
    Ok(Body::from_stream(tokio_util::io::ReaderStream::new(file)))
}
