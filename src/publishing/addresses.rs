//! Which addresses are brought to readers, and whether what lies there ever changes.

use audit::log::{
    path::TilePath,
    tile::{TileId, WIDTH},
};

use crate::{domain::pictures::FileName, http::PictureResponse, web};

/// The list of rounds.
pub(super) const ROUNDS: &str = "/api/v1/rounds";
/// What an address with others below it is in a folder.
const INDEX_JSON: &str = "index.json";
/// Languages of pages, as they stand in addresses.
const LANGUAGES: [&str; 2] = ["", "/en"];
/// Files of a result.
const FORMATS: [&str; 4] = ["csv", "json", "pb", "bundle"];

/// Whether what lies at an address changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Never: the address says what it is.
    ForGood,
    /// It may.
    Compared,
}

/// Something to bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Path on the server.
    pub(super) address: String,
    /// Its name in a folder, when other addresses are below it.
    pub(super) index: Option<&'static str>,
    pub(super) kept: Kept,
}

impl Address {
    /// What never changes.
    pub(super) fn for_good(address: String) -> Self {
        Self { address, index: None, kept: Kept::ForGood }
    }

    fn changing(address: String) -> Self {
        Self { address, index: None, kept: Kept::Compared }
    }
}

/// The browser's files.
pub(super) fn browser_files() -> Vec<Address> {
    let files = web::client().into_keys().filter_map(|name| web::file(&name));
    files.map(|file| Address::for_good(file.address.clone())).collect()
}

/// The pictures of a round, as JSON.
pub(super) fn pictures_of(slug: &str) -> String {
    format!("{ROUNDS}/{slug}/pictures")
}

/// The result of a round, as JSON; it answers after the count.
pub(super) fn result_of(slug: &str) -> String {
    format!("{ROUNDS}/{slug}/result")
}

/// The files of pictures.
pub(super) fn pictures(all: &[PictureResponse]) -> Vec<Address> {
    let files = all.iter().flat_map(|picture| &picture.files);
    files.map(|file| Address::for_good(file.address.clone())).collect()
}

/// Whether a name is that of a picture's file.
pub(super) fn is_picture(name: &str) -> bool {
    name.strip_prefix("pictures/").is_some_and(|file| file.parse::<FileName>().is_ok())
}

/// Every log: the office's, and each round's.
pub(super) fn logs(slugs: &[String]) -> Vec<String> {
    std::iter::once("/office/log".to_owned()).chain(slugs.iter().map(|slug| format!("/rounds/{slug}/log"))).collect()
}

/// Every round, as JSON.
pub(super) fn round_list() -> Address {
    Address { index: Some(INDEX_JSON), ..Address::changing(ROUNDS.to_owned()) }
}

/// What is said of a round; its result answers only after the count.
pub(super) fn round_files(slug: &str) -> Vec<Address> {
    let round = format!("{ROUNDS}/{slug}");
    let mut files = vec![Address { index: Some(INDEX_JSON), ..Address::changing(round.clone()) }];
    files.extend(["pictures", "result", "certificate"].map(|what| Address::changing(format!("{round}/{what}"))));
    files.extend(FORMATS.map(|format| Address::changing(format!("{round}/export/{format}"))));
    files
}

/// The pages of a round's result, in every language.
pub(super) fn result_pages(slug: &str) -> Vec<Address> {
    LANGUAGES.map(|language| Address::changing(format!("{language}/rounds/{slug}/results"))).into()
}

/// The tiles of hashes of a log of this size, from the lowest level, each as wide as it then is.
pub(super) fn tiles(size: u64) -> Vec<TilePath> {
    let (mut paths, mut level, mut hashes) = (Vec::new(), 0, size);
    while hashes > 0 {
        let path = |index| TilePath::Hashes(TileId { level, index }, WIDTH.min(hashes - index * WIDTH));
        paths.extend((0..hashes.div_ceil(WIDTH)).map(path));
        (level, hashes) = (level + 1, hashes / WIDTH);
    }
    paths
}

/// The tiles of leaves of a log of this size.
pub(super) fn entries(size: u64) -> Vec<TilePath> {
    (0..size.div_ceil(WIDTH)).map(|index| TilePath::Entries(index, WIDTH.min(size - index * WIDTH))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_s_tiles_are_those_of_its_size() {
        let print = |paths: Vec<TilePath>| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(tiles(0).is_empty() && entries(0).is_empty());
        assert_eq!(print(tiles(1)), ["tile/0/000.p/1"]);
        assert_eq!(print(tiles(256)), ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(print(tiles(700)), ["tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"]);
        assert_eq!(print(entries(700)), ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/188"]);
        assert_eq!(tiles(70_000).len(), 274 + 2 + 1);
    }

    #[test]
    fn only_pictures_are_taken_for_pictures() {
        let hash = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
        assert!(is_picture(&format!("pictures/{hash}.jpg")));
        for other in ["pictures/cat.jpg".to_owned(), format!("photos/{hash}.jpg"), format!("pictures/{hash}.jpg/x")] {
            assert!(!is_picture(&other), "{other}");
        }
    }
}
