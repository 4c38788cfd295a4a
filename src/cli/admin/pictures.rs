//! `veche admin picture`: an official adds pictures to territories and removes them.

use std::{collections::BTreeMap, path::PathBuf};

use audit::{
    log::hash::Hash,
    round::{Bytes, pictures::PictureKind},
};
use clap::Subcommand;
use serde_json::json;

use super::{
    super::{CliFault, Holds},
    Remote,
};
use crate::http::PictureRequest;

#[derive(Debug, Subcommand)]
pub(in super::super) enum PictureCommand {
    /// Official: adds a picture to a territory, before the voting opens, and prints its name.
    Add {
        /// Name of the round.
        round: String,
        /// Registration number of the territory.
        number: u32,
        /// A JPEG, PNG or WebP file of at most 16 MiB. Only its pixels are kept.
        file: PathBuf,
        /// What it shows, in Russian, for who cannot see it.
        #[arg(long)]
        alt_ru: Option<String>,
        /// What it shows, in English.
        #[arg(long)]
        alt_en: Option<String>,
        /// It is a plan or a map, and no photo.
        #[arg(long)]
        plan: bool,
        #[command(flatten)]
        remote: Remote,
    },
    /// Official: takes a picture away and deletes its bytes.
    Remove {
        /// Name of the round.
        round: String,
        /// Name of the picture, as `add` printed it.
        picture: Hash,
        /// Why; it stands in the log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        remote: Remote,
    },
}

impl PictureCommand {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        match self {
            Self::Add { round, number, file, alt_ru, alt_en, plan, remote } => {
                let image = Bytes(std::fs::read(&file).map_err(CliFault::file(&file))?);
                let kind = if plan { PictureKind::Plan } else { PictureKind::Photo };
                let request = PictureRequest { alt: words(alt_ru, alt_en), image, kind };
                let added = remote.member()?.add_picture(&round, number, &request).await?;
                if as_json {
                    println!("{}", serde_json::to_string(&added).map_err(CliFault::other)?);
                } else {
                    println!("{}", added.picture);
                }
            }
            Self::Remove { round, picture, reason, remote } => {
                remote.member()?.remove_picture(&round, &picture, &reason).await?;
                if as_json {
                    println!("{}", json!({ "removed": picture }));
                }
            }
        }
        Ok(true)
    }
}

/// The words of each language that was given; the service asks for one at least.
fn words(ru: Option<String>, en: Option<String>) -> BTreeMap<String, String> {
    let given = [("ru", ru), ("en", en)].into_iter();
    given.filter_map(|(language, text)| Some((language.to_owned(), text?))).collect()
}
