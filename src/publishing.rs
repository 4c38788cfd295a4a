//! Brings what anybody may read and what seldom changes to a place from which a CDN serves it, so that the nodes serve only the writers.
//!
//! Nothing but answers to a stranger's questions is brought there, so nothing can get out that is not public anyway. A head comes after
//! everything that it covers.

mod addresses;
mod heads;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::{
    error::Error,
    http::{Http, PictureResponse, PublicAnswer, RoundSummary},
    outbound::mirror::{Headers, Mirror, Upload},
};
pub use addresses::Kept;
use addresses::{Address, pictures, result_pages, round_files};

/// Files that are on their way at the same time.
const AT_ONCE: usize = 16;
/// Longest file that is read back to see whether it is still the same, in bytes.
const COMPARED: u64 = 32 << 20;
/// From this length on a file is sent in parts.
const IN_PARTS: usize = 8 << 20;

/// What one pass did.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Names of files that were pushed, or that would have been.
    pub pushed: Vec<String>,
    /// Bytes of them; 0 for those that only would have been.
    pub bytes: u64,
    /// Files that were there already.
    pub kept: u64,
    /// Files that were taken away: pictures that officials removed.
    pub removed: Vec<String>,
    /// Name and size of each log as readers now find it.
    pub heads: BTreeMap<String, u64>,
}

/// Who is told how far a pass is: files that are done, and files that are known of.
pub type Progress = dyn Fn(u64, u64) + Send + Sync;

/// Pushes, and remembers what it pushed.
pub struct Publisher {
    http: Http,
    mirror: Arc<Mirror>,
    dry: bool,
    /// What lies there, with its length; nothing before the first look.
    there: Option<BTreeMap<String, u64>>,
    /// What is known to lie under each name that was looked at.
    sent: HashMap<String, Sent>,
}

/// A version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sent {
    /// SHA-256 of the bytes.
    hash: [u8; 32],
    /// The service's name of the version.
    tag: Option<String>,
}

/// What became of one file.
enum Done {
    /// It was there. Its version, if it was looked at.
    Kept(Option<(String, Sent)>),
    /// It is there now, or would be.
    Pushed { name: String, len: u64, sent: Sent },
    /// There is nothing at this address, or not yet.
    Nothing,
}

impl Publisher {
    /// Between a service and a place. A dry one only says what it would push.
    #[must_use]
    pub fn new(http: Http, mirror: Mirror, dry: bool) -> Self {
        Self { http, mirror: Arc::new(mirror), dry, there: None, sent: HashMap::new() }
    }

    /// Pushes what is new. Safe to repeat and to interrupt at any moment: readers find the head before, with all that it covers.
    ///
    /// # Errors
    /// [`Error::Broken`] when the place cannot be used, or holds a log that this database does not go on from.
    pub async fn pass(&mut self, progress: &Progress) -> Result<Report, Error> {
        let mut report = Report::default();
        if self.there.is_none() {
            self.there = Some(self.mirror.list("").await.map_err(Error::broken)?);
        }
        let rounds: Vec<RoundSummary> = self.json(addresses::ROUNDS).await?.unwrap_or_default();
        let slugs: Vec<String> = rounds.into_iter().map(|round| round.slug).collect();
        let mut files: Vec<Address> = addresses::browser_files();
        let mut shown = BTreeSet::new();
        for slug in &slugs {
            let found: Vec<PictureResponse> = self.json(&addresses::pictures_of(slug)).await?.unwrap_or_default();
            shown.extend(pictures(&found).into_iter().map(|file| file.address));
        }
        files.extend(shown.iter().cloned().map(Address::for_good));
        self.push(files, &mut report, progress).await?;
        for log in addresses::logs(&slugs) {
            self.push_log(&log, &mut report, progress).await?;
        }
        let mut changing: Vec<_> = slugs.iter().flat_map(|slug| round_files(slug)).collect();
        for slug in &slugs {
            if self.http.ask(&addresses::result_of(slug)).await?.is_some() {
                changing.extend(result_pages(slug));
            }
        }
        changing.push(addresses::round_list());
        self.push(changing, &mut report, progress).await?;
        self.remove_pictures(&shown, &mut report).await?;
        Ok(report)
    }

    /// Pushes files, many at a time. Those that never change are left where they are there.
    async fn push(&mut self, files: Vec<Address>, report: &mut Report, progress: &Progress) -> Result<(), Error> {
        let (total, mut done) = (files.len() as u64, 0);
        let (mut files, mut running) = (files.into_iter(), JoinSet::new());
        loop {
            while running.len() < AT_ONCE
                && let Some(file) = files.next()
            {
                let name = self.mirror.name(&file.address, file.index).map_err(Error::broken)?;
                let there = self.there.as_ref().and_then(|there| there.get(&name)).copied();
                let known = self.sent.get(&name).cloned();
                let (http, mirror, dry) = (self.http.clone(), Arc::clone(&self.mirror), self.dry);
                running.spawn(async move { bring(&http, &mirror, dry, file, name, there, known).await });
            }
            let Some(one) = running.join_next().await else { return Ok(()) };
            self.note(one.map_err(Error::broken)??, report);
            done += 1;
            progress(done, total);
        }
    }

    fn note(&mut self, done: Done, report: &mut Report) {
        match done {
            Done::Nothing => {}
            Done::Kept(seen) => {
                report.kept += 1;
                self.sent.extend(seen);
            }
            Done::Pushed { name, len, sent } => {
                report.bytes += len;
                if !self.dry {
                    self.there.get_or_insert_default().insert(name.clone(), len);
                    self.sent.insert(name.clone(), sent);
                }
                report.pushed.push(name);
            }
        }
    }

    /// Takes away pictures that no round shows any more, and nothing else.
    async fn remove_pictures(&mut self, shown: &BTreeSet<String>, report: &mut Report) -> Result<(), Error> {
        let there = self.there.iter().flatten().map(|(name, _)| name.clone());
        let gone: Vec<_> =
            there.filter(|name| addresses::is_picture(name) && !shown.contains(&format!("/{name}"))).collect();
        for name in gone {
            if !self.dry {
                self.mirror.remove(&name).await.map_err(Error::broken)?;
                self.there.get_or_insert_default().remove(&name);
            }
            report.removed.push(name);
        }
        Ok(())
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, address: &str) -> Result<Option<T>, Error> {
        let Some(answer) = self.http.ask(address).await? else { return Ok(None) };
        serde_json::from_slice(&answer.bytes().await?).map(Some).map_err(Error::broken)
    }
}

/// Brings one file there, unless it is there: what never changes by its name, all else by its bytes.
async fn bring(
    http: &Http,
    mirror: &Mirror,
    dry: bool,
    file: Address,
    name: String,
    there: Option<u64>,
    known: Option<Sent>,
) -> Result<Done, Error> {
    if file.kept == Kept::ForGood && there.is_some() {
        return Ok(Done::Kept(None));
    }
    let Some(mut answer) = http.ask(&file.address).await? else { return Ok(Done::Nothing) };
    let (headers, tag) = (headers(&answer), answer.tag().map(str::to_owned));
    if there.is_some() && tag.is_some() && known.as_ref().is_some_and(|known| known.tag == tag) {
        return Ok(Done::Kept(None));
    }
    let (mut first, mut is_whole) = (Vec::new(), false);
    while first.len() < IN_PARTS && !is_whole {
        match answer.chunk().await? {
            Some(part) => first.extend_from_slice(&part),
            None => is_whole = true,
        }
    }
    if !is_whole {
        return in_parts(mirror, dry, (name, tag), &headers, first, answer).await;
    }
    let sent = Sent { hash: Sha256::digest(&first).into(), tag };
    if known.is_some_and(|known| known.hash == sent.hash) || is_same(mirror, &name, there, &first).await? {
        return Ok(Done::Kept(Some((name, sent))));
    }
    let len = first.len() as u64;
    if dry {
        return Ok(Done::Pushed { name, len: 0, sent });
    }
    mirror.put(&name, &headers, first.into()).await.map_err(Error::broken)?;
    Ok(Done::Pushed { name, len, sent })
}

/// Whether the same bytes lie there.
async fn is_same(mirror: &Mirror, name: &str, there: Option<u64>, bytes: &[u8]) -> Result<bool, Error> {
    if there.is_none_or(|len| len != bytes.len() as u64 || len > COMPARED) {
        return Ok(false);
    }
    Ok(mirror.get(name).await.map_err(Error::broken)?.is_some_and(|found| *found == *bytes))
}

async fn in_parts(
    mirror: &Mirror,
    dry: bool,
    (name, tag): (String, Option<String>),
    headers: &Headers,
    first: Vec<u8>,
    answer: PublicAnswer,
) -> Result<Done, Error> {
    if dry {
        return Ok(Done::Pushed { name, len: 0, sent: Sent { hash: [0; 32], tag } });
    }
    let mut upload = mirror.begin(&name, headers).map_err(Error::broken)?;
    match send(&mut upload, first, answer).await {
        Ok((len, hash)) => {
            upload.finish().await.map_err(Error::broken)?;
            Ok(Done::Pushed { name, len, sent: Sent { hash, tag } })
        }
        Err(fault) => {
            upload.abandon().await;
            Err(fault)
        }
    }
}

/// Sends all parts; their length and SHA-256.
async fn send(upload: &mut Upload, first: Vec<u8>, mut answer: PublicAnswer) -> Result<(u64, [u8; 32]), Error> {
    let (mut hasher, mut len, mut next) = (Sha256::new(), 0, Some(Bytes::from(first)));
    while let Some(part) = next {
        len += part.len() as u64;
        hasher.update(&part);
        upload.push(part).await.map_err(Error::broken)?;
        next = answer.chunk().await?;
    }
    Ok((len, hasher.finalize().into()))
}

fn headers(answer: &PublicAnswer) -> Headers {
    let text = |value: Option<&str>| value.map(str::to_owned);
    Headers {
        media_type: text(answer.media_type()),
        caching: text(answer.caching()),
        disposition: text(answer.disposition()),
    }
}
