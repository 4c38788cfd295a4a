//! What the command line asks for.

use std::{
    ffi::OsString,
    fmt,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use audit::{
    archive::MOST,
    place::{Options, is_address},
    verify::{KnownHead, words::Language},
};
use lexopt::prelude::*;

pub const USAGE: &str = "\
Rechecks the bundle of a Veche round: files, log, acts, ballots, checkpoint, witnesses, register, count, certificate.
Проверяет пакет голосования: файлы, журнал, действия, бюллетени, вершину, свидетелей, реестр, подсчёт, протокол.

Usage: veche-audit [OPTIONS] BUNDLE

  BUNDLE           a folder; a .tar.zst; or an address: a round's page such as https://vote.example/rounds/spring,
                   or a bundle's own

  --log-key VKEY   the log's verifier key as published before the voting; without it, the bundle's own key is used
                   ключ журнала, опубликованный до голосования (без него берётся ключ из пакета)
  --head HEAD      a head of the log that you kept: its code from paper, in quotation marks, or a file with the signed
                   checkpoint; may be given several times
                   вершина журнала, которую вы сохранили: код с бумаги (в кавычках) или файл с подписанной вершиной
  --html FILE      write the report as one page, in both languages
                   записать отчёт одной страницей, на двух языках
  --json           print the report as JSON
  --lang LANG      en or ru: language of the text, and the first one of the page; by default that of LANG
  --keep FILE      keep the downloaded archive; if the download breaks off, the same command goes on with it
                   сохранить скачанный архив; если загрузка прервётся, та же команда её продолжит
  --max-size SIZE  most that is downloaded and unpacked, in bytes or with K, M, G (default 16G)
  --version        print the version
  --help           print this text

What is unpacked goes to the folder for temporary files (TMPDIR) and is removed afterwards.

Exit codes: 0 everything holds, 1 something does not, 2 the command was not understood or nothing could be read.
";

/// Longest signed head that is read, in bytes: a note has at most 1 MiB.
const MOST_OF_A_HEAD: u64 = 1 << 20;

#[derive(Debug)]
pub enum Asked {
    Audit(Arguments),
    Help,
    Version,
}

#[derive(Debug)]
pub struct Arguments {
    pub place: String,
    pub options: Options,
    pub log_key: Option<String>,
    pub heads: Vec<KnownHead>,
    pub html: Option<PathBuf>,
    pub json: bool,
    pub language: Language,
}

pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, lexopt::Error> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    let (mut place, mut log_key, mut html, mut json, mut language) = (None, None, None, false, None);
    let (mut options, mut heads) = (Options::default(), Vec::new());
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Short('V') | Long("version") => return Ok(Asked::Version),
            Long("json") => json = true,
            Long("log-key") => log_key = Some(parser.value()?.string()?),
            Long("head") => heads.push(head(&parser.value()?.string()?)?),
            Long("html") => html = Some(PathBuf::from(parser.value()?)),
            Long("keep") => options.keep = Some(PathBuf::from(parser.value()?)),
            Long("max-size") => options.most = parser.value()?.parse_with(size)?,
            Long("lang") => language = Some(parser.value()?.parse_with(known_language)?),
            Value(value) if place.is_none() => place = Some(value.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let place = place.ok_or("which bundle? A folder, a .tar.zst or an address.")?;
    if options.keep.is_some() && !is_address(&place) {
        return Err("--keep is for downloads, and this bundle is on this machine already: leave it out.".into());
    }
    let language = language.unwrap_or_else(spoken);
    Ok(Asked::Audit(Arguments { place, options, log_key, heads, html, json, language }))
}

/// A head from a file of this name, or else its code.
fn head(text: &str) -> Result<KnownHead, String> {
    let path = Path::new(text);
    if !path.is_file() {
        return text.parse().map_err(|fault| format!("--head {text}: no file has this name, and as a code: {fault}"));
    }
    let fail = |fault: &dyn fmt::Display| format!("--head {text}: {fault}");
    let mut note = String::new();
    let file = File::open(path).map_err(|fault| fail(&fault))?;
    file.take(MOST_OF_A_HEAD).read_to_string(&mut note).map_err(|fault| fail(&fault))?;
    note.parse().map_err(|fault| fail(&fault))
}

/// The language of the environment, as locales name it.
fn spoken() -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    named
        .into_iter()
        .find(|value| !value.is_empty())
        .and_then(|value| Language::of(&value))
        .unwrap_or(Language::English)
}

fn known_language(text: &str) -> Result<Language, String> {
    Language::ALL.into_iter().find(|language| language.code() == text).ok_or_else(|| "must be en or ru".to_owned())
}

/// A number of bytes, with K, M or G for powers of 1024.
fn size(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 10),
        Some(b'M') => (&text[..text.len() - 1], 20),
        Some(b'G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: Option<u64> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .filter(|size| *size > 0 && *size <= MOST << 10)
        .ok_or_else(|| "must be a number of bytes such as 500M or 16G".to_owned())
}
