//! Pictures of territories: a projection of the log, and the bytes that are served.

use std::collections::HashMap;

use audit::{log::hash::Hash, round::pictures::PictureKind};

use super::db::{Tx, db};
use crate::{
    domain::pictures::{FileName, Format, Picture, PictureFile, Size},
    error::Error,
};

#[derive(sqlx::FromRow)]
struct PictureRow {
    picture: Vec<u8>,
    territory: i64,
    kind: String,
    alt: String,
}

#[derive(sqlx::FromRow)]
struct FileRow {
    picture: Vec<u8>,
    size: String,
    format: String,
    width: i64,
    height: i64,
    hash: Vec<u8>,
}

/// Stores a picture that line `line` of the round's log tells of.
///
/// # Errors
/// [`Error::Database`], also when the round has the picture.
pub async fn insert(tx: &mut Tx, round_id: i64, line: u64, picture: &Picture) -> Result<(), Error> {
    let alt = serde_json::to_string(&picture.alt).map_err(Error::broken)?;
    db!(tx, |conn| {
        let insert = sqlx::query(
            "INSERT INTO pictures (round_id, picture, line_index, territory, kind, alt) VALUES ($1, $2, $3, $4, $5, $6)",
        );
        let insert = insert.bind(round_id).bind(picture.picture.as_bytes().to_vec()).bind(line.cast_signed());
        let insert = insert.bind(i64::from(picture.territory)).bind(kind_name(picture.kind)).bind(alt);
        insert.execute(conn).await?;
        Ok(())
    })
}

/// Stores a file of a picture.
///
/// # Errors
/// [`Error::Database`], also when the picture has a file of this size and format.
pub async fn insert_file(
    tx: &mut Tx,
    round_id: i64,
    picture: &Hash,
    file: &PictureFile,
    bytes: &[u8],
) -> Result<(), Error> {
    db!(tx, |conn| {
        let insert = sqlx::query(
            "INSERT INTO picture_files (round_id, picture, size, format, width, height, hash, bytes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        );
        let insert = insert.bind(round_id).bind(picture.as_bytes().to_vec());
        let insert = insert.bind(file.size.name()).bind(file.format.extension());
        let insert = insert.bind(i64::from(file.width)).bind(i64::from(file.height));
        insert.bind(file.hash.as_bytes().to_vec()).bind(bytes).execute(conn).await?;
        Ok(())
    })
}

/// Deletes a picture with its bytes.
///
/// # Errors
/// [`Error::Database`].
pub async fn delete(tx: &mut Tx, round_id: i64, picture: &Hash) -> Result<(), Error> {
    db!(tx, |conn| {
        let name = picture.as_bytes().to_vec();
        let files = sqlx::query("DELETE FROM picture_files WHERE round_id = $1 AND picture = $2");
        files.bind(round_id).bind(name.clone()).execute(&mut *conn).await?;
        let picture = sqlx::query("DELETE FROM pictures WHERE round_id = $1 AND picture = $2");
        picture.bind(round_id).bind(name).execute(conn).await?;
        Ok(())
    })
}

/// Every picture of a round, without bytes: by territory, and there in the order in which they were added.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] when a row cannot be understood.
pub async fn of_round(tx: &mut Tx, round_id: i64) -> Result<Vec<Picture>, Error> {
    let (pictures, files): (Vec<PictureRow>, Vec<FileRow>) = db!(tx, |conn| {
        let pictures = sqlx::query_as(
            "SELECT picture, territory, kind, alt FROM pictures WHERE round_id = $1 ORDER BY territory, line_index",
        );
        let pictures = pictures.bind(round_id).fetch_all(&mut *conn).await?;
        let files = sqlx::query_as(
            "SELECT picture, size, format, width, height, hash FROM picture_files
             WHERE round_id = $1 ORDER BY size, format",
        );
        (pictures, files.bind(round_id).fetch_all(conn).await?)
    });
    let mut by_picture: HashMap<Vec<u8>, Vec<PictureFile>> = HashMap::new();
    for row in files {
        let file = file(&row).ok_or_else(|| unreadable("a picture's file"))?;
        by_picture.entry(row.picture).or_default().push(file);
    }
    let picture = |row: PictureRow| {
        let files = by_picture.remove(&row.picture).unwrap_or_default();
        picture(&row, files).ok_or_else(|| unreadable("a picture"))
    };
    pictures.into_iter().map(picture).collect()
}

/// The bytes of a file, as long as some picture has it.
///
/// # Errors
/// [`Error::Database`].
pub async fn bytes(tx: &mut Tx, name: &FileName) -> Result<Option<Vec<u8>>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT bytes FROM picture_files WHERE hash = $1 AND format = $2 LIMIT 1");
        let select = select.bind(name.hash.as_bytes().to_vec()).bind(name.format.extension());
        Ok(select.fetch_optional(conn).await?)
    })
}

/// The bytes of a picture's own copy of a file; none when they are gone.
///
/// # Errors
/// [`Error::Database`].
pub async fn copy(tx: &mut Tx, round_id: i64, picture: &Hash, file: &PictureFile) -> Result<Vec<u8>, Error> {
    let bytes: Option<Vec<u8>> = db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT bytes FROM picture_files WHERE round_id = $1 AND picture = $2 AND size = $3 AND format = $4",
        );
        let select = select.bind(round_id).bind(picture.as_bytes().to_vec());
        select.bind(file.size.name()).bind(file.format.extension()).fetch_optional(conn).await?
    });
    Ok(bytes.unwrap_or_default())
}

fn picture(row: &PictureRow, files: Vec<PictureFile>) -> Option<Picture> {
    Some(Picture {
        picture: hash(&row.picture)?,
        territory: row.territory.try_into().ok()?,
        kind: [PictureKind::Photo, PictureKind::Plan].into_iter().find(|kind| kind_name(*kind) == row.kind)?,
        alt: serde_json::from_str(&row.alt).ok()?,
        files,
    })
}

fn file(row: &FileRow) -> Option<PictureFile> {
    Some(PictureFile {
        size: Size::ALL.into_iter().find(|size| size.name() == row.size)?,
        format: Format::ALL.into_iter().find(|format| format.extension() == row.format)?,
        width: row.width.try_into().ok()?,
        height: row.height.try_into().ok()?,
        hash: hash(&row.hash)?,
    })
}

fn hash(bytes: &[u8]) -> Option<Hash> {
    Some(Hash::from(<[u8; 32]>::try_from(bytes).ok()?))
}

fn kind_name(kind: PictureKind) -> &'static str {
    match kind {
        PictureKind::Photo => "photo",
        PictureKind::Plan => "plan",
    }
}

fn unreadable(what: &str) -> Error {
    Error::broken(format!("{what} in the database cannot be understood"))
}
