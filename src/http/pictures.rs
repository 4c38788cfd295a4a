//! Pictures of territories: officials add and remove them, anybody sees them.

use std::collections::BTreeMap;

use audit::{
    log::hash::Hash,
    round::{Bytes, pictures::PictureKind},
};
use axum::{
    Json as Answer,
    extract::{FromRequestParts, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Http,
    access::Staff,
    caching::{self, FOR_GOOD},
    extract::{Json, Path},
    problem::Problem,
};
use crate::{
    app::pictures::{self, Upload},
    domain::{
        Refusal,
        pictures::{FileName, Picture, PictureFile},
    },
};

/// A picture to add.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureRequest {
    /// What it shows, in words, by language: `{"ru": "…", "en": "…"}`; 1 to 300 characters each.
    pub alt: BTreeMap<String, String>,
    /// A JPEG, PNG or WebP file in base64: at most 16 MiB and 50 megapixels. Nothing but its pixels is kept.
    #[schema(value_type = String)]
    pub image: Bytes,
    /// `photo` or `plan`.
    #[schema(value_type = String)]
    pub kind: PictureKind,
}

/// Why a picture is removed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovalRequest {
    /// Why; it stands in the log.
    pub reason: String,
}

/// A picture of a territory.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PictureResponse {
    /// Its name, as in the log: SHA-256 of the large JPEG, hexadecimal.
    #[schema(value_type = String)]
    pub picture: Hash,
    /// Registration number of the territory.
    pub territory: u32,
    /// `photo` or `plan`.
    #[schema(value_type = String)]
    pub kind: PictureKind,
    /// What it shows, in words, by language. Plain text: escape it before it goes into a page.
    pub alt: BTreeMap<String, String>,
    /// Two sizes, each as JPEG and as WebP.
    pub files: Vec<PictureFileResponse>,
}

/// One file of a picture.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PictureFileResponse {
    /// Where it is served: `/pictures/SHA256.jpg` or `.webp`.
    pub address: String,
    /// `large` (fits 1280 by 1280 pixels) or `small` (480 by 480).
    pub size: String,
    /// `image/jpeg` or `image/webp`.
    pub media_type: String,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl From<Picture> for PictureResponse {
    fn from(picture: Picture) -> Self {
        let file = |file: &PictureFile| PictureFileResponse {
            address: file.address(),
            size: file.size.name().to_owned(),
            media_type: file.format.media_type().to_owned(),
            width: file.width,
            height: file.height,
        };
        Self {
            picture: picture.picture,
            territory: picture.territory,
            kind: picture.kind,
            files: picture.files.iter().map(file).collect(),
            alt: picture.alt,
        }
    }
}

/// A place among the few whose upload may be on its way in. It is taken before the body is read, so that memory is bounded.
pub(super) struct Turn(
    #[expect(dead_code, reason = "held until the answer is there")] tokio::sync::OwnedSemaphorePermit,
);

impl FromRequestParts<Http> for Turn {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, http: &Http) -> Result<Self, Problem> {
        Ok(Self(pictures::turn(&http.app).await?))
    }
}

/// Adds a picture to a territory, before the voting opens. The same again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/territories/{number}/pictures",
    tag = "staff: officials",
    security(("staff" = [])),
    request_body = PictureRequest,
    responses((status = 201, body = PictureResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn add(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path((slug, territory)): Path<(String, u32)>,
    _turn: Turn,
    Json(request): Json<PictureRequest>,
) -> Result<(StatusCode, Answer<PictureResponse>), Problem> {
    let upload = Upload { territory, kind: request.kind, alt: request.alt, image: request.image.0 };
    let picture = pictures::add(&http.app, &actor, &slug, upload).await?;
    Ok((StatusCode::CREATED, Answer(picture.into())))
}

/// Removes a picture, until the voting closes: its bytes are deleted, the log keeps the reason.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/pictures/{picture}/removal",
    tag = "staff: officials",
    security(("staff" = [])),
    request_body = RemovalRequest,
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn remove(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path((slug, picture)): Path<(String, String)>,
    Json(request): Json<RemovalRequest>,
) -> Result<StatusCode, Problem> {
    let picture = picture.parse().map_err(|_| Refusal::UnknownPicture)?;
    pictures::remove(&http.app, &actor, &slug, picture, request.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every picture of a round, by territory.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/pictures",
    tag = "public: anybody",
    responses((status = 200, body = Vec<PictureResponse>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn list(
    State(http): State<Http>,
    Path(slug): Path<String>,
) -> Result<Answer<Vec<PictureResponse>>, Problem> {
    let found = pictures::all(&http.app, &slug).await?;
    Ok(Answer(found.into_iter().map(PictureResponse::from).collect()))
}

/// A file of a picture. Its name is the SHA-256 of its content.
#[utoipa::path(
    get,
    path = "/pictures/{file}",
    tag = "public: anybody",
    params(("file" = String, Path, description = "SHA-256 of the content, hexadecimal, and .jpg or .webp")),
    responses(
        (status = 200, content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn file(
    State(http): State<Http>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name: FileName = file.parse()?;
    let bytes = pictures::bytes(&http.app, &name).await?;
    let tag = format!("\"{}\"", name.hash);
    Ok(caching::kept(&headers, FOR_GOOD, &tag, ([(header::CONTENT_TYPE, name.format.media_type())], bytes)))
}
