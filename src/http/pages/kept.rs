//! Pages that a crowd asks for are made once a second: whoever asks meanwhile gets the same bytes, packed once for all. After an act
//! of staff through this node they are made anew at once; what another node or the timetable changed shows a second later. When making is
//! slow, one makes a page all the same, and the others have the page before, for some seconds.

use std::{
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle, EntryAction, EntryResult},
};
use tokio::time::{Instant, timeout_at};

use super::{
    super::{
        access::OfStaff,
        caching, overload,
        packing::{may_be_packed, takes_gzip},
    },
    Http, Problem,
};
use crate::{
    error::Error,
    packing::{Compression, pack},
};

/// Most bytes of pages in memory, and about as many pages as that is.
const MOST_BYTES: u64 = 8 << 20;
const MOST_PAGES: usize = 128;
/// Longest wait for a page that somebody else makes, if there is one from before.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longest wait if there is none; then the asker is sent away, for what is made slowly must not be made by everybody.
const LONGEST: Duration = Duration::from_secs(5);
/// Most seconds since the making of a page from before began.
const OLDEST: i64 = 10;

/// The pages in memory, by address and form.
pub(in crate::http) struct Kept {
    pages: Cache<Key, Page, Length>,
    acts: AtomicU64,
}

type Key = (String, Form);

/// What is kept of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    /// The page.
    Plain,
    /// The page before, while it is made anew.
    Before,
    /// The page packed with gzip.
    Packed,
}

/// A page as it is sent.
#[derive(Debug, Clone)]
struct Page {
    /// When its making began.
    begun: Moment,
    /// Unix second in which it was made.
    made: i64,
    bytes: Bytes,
    tag: String,
    caching: &'static str,
}

/// What a page can be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    /// Unix second.
    second: i64,
    /// Acts of staff before.
    acts: u64,
}

/// Somebody who asks for a page, and how long they wait for others: for all that it takes together.
#[derive(Debug, Clone, Copy)]
struct Asker {
    came: Moment,
    patience: Instant,
    longest: Instant,
}

impl Asker {
    fn new(came: Moment) -> Self {
        let now = Instant::now();
        Self { came, patience: now + PATIENCE, longest: now + LONGEST }
    }
}

impl Page {
    /// Whether it is made since the asker came, or in the same second, and shows every act before that. If it took long, what changed
    /// meanwhile may be missing: whoever came while it was made has it still, or none would ever be new enough.
    fn is_new(&self, asker: Asker, now: i64) -> bool {
        self.is_possible(asker, now) && (asker.came.second..=now).contains(&self.made)
    }

    /// Whether the asker may have it instead of one that is not made yet.
    fn stands_in(&self, asker: Asker, now: i64) -> bool {
        self.is_possible(asker, now) && self.begun.second >= now - OLDEST
    }

    /// It shows every act, and is not of later than the clock, which may have been set back.
    const fn is_possible(&self, asker: Asker, now: i64) -> bool {
        self.begun.acts >= asker.came.acts && self.begun.second <= now
    }
}

/// A page weighs what it is long, and something for its place.
#[derive(Debug, Clone)]
struct Length;

impl Weighter<Key, Page> for Length {
    fn weight(&self, key: &Key, page: &Page) -> u64 {
        (size_of::<(Key, Page)>() + key.0.len() + page.bytes.len()) as u64
    }
}

impl Default for Kept {
    fn default() -> Self {
        // Not divided: a page longer than a part would not be kept, and everybody would make it.
        let mut options = OptionsBuilder::new();
        options.estimated_items_capacity(MOST_PAGES).weight_capacity(MOST_BYTES).shards(1);
        let options = options.build().expect("capacities are given");
        let (hashing, life) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self { pages: Cache::with_options(options, Length, hashing, life), acts: AtomicU64::new(0) }
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({} pages)", self.pages.len())
    }
}

impl Kept {
    /// The page of this address, as new as the asker may want it; of those who ask for it together one makes it.
    async fn page(
        &self,
        address: &str,
        asker: Asker,
        now: impl Fn() -> i64,
        make: impl Future<Output = Result<Page, Problem>>,
    ) -> Result<Page, Problem> {
        let [key, before] = [Form::Plain, Form::Before].map(|form| (address.to_owned(), form));
        let look = self.pages.entry_async(&key, |_, page| {
            if page.is_new(asker, now()) { EntryAction::Retain(page.clone()) } else { EntryAction::ReplaceWithGuard }
        });
        let mut look = pin!(look);
        let looked = match timeout_at(asker.patience, look.as_mut()).await {
            Ok(looked) => looked,
            Err(_) => match self.pages.get(&before).filter(|page| page.stands_in(asker, now())) {
                Some(page) => return Ok(page),
                None => timeout_at(asker.longest, look).await.map_err(|_| overload::away())?,
            },
        };
        let place = match looked {
            EntryResult::Retained(page) => return Ok(page),
            EntryResult::Vacant(place) => place,
            EntryResult::Replaced(place, page) => {
                self.pages.insert(before.clone(), page);
                place
            }
            EntryResult::Removed(..) | EntryResult::Timeout => return make.await,
        };
        let page = make.await?;
        self.pages.remove(&before);
        // A place that was given away meanwhile is no fault: the next who asks makes the page.
        let _ = place.insert(page.clone());
        Ok(page)
    }

    /// The page packed, once for all who get the same bytes; nothing if somebody else takes too long over it.
    async fn packed(&self, address: &str, asker: Asker, page: &Page) -> Result<Option<Bytes>, Error> {
        let key = (address.to_owned(), Form::Packed);
        let look = self.pages.entry_async(&key, |_, packed| {
            let is_same = packed.tag == page.tag;
            if is_same { EntryAction::Retain(packed.bytes.clone()) } else { EntryAction::ReplaceWithGuard }
        });
        let place = match timeout_at(asker.longest, look).await {
            Ok(EntryResult::Retained(bytes)) => return Ok(Some(bytes)),
            Ok(EntryResult::Vacant(place) | EntryResult::Replaced(place, _)) => place,
            Ok(EntryResult::Removed(..) | EntryResult::Timeout) | Err(_) => return Ok(None),
        };
        let bytes = pack(page.bytes.clone(), Compression::default()).await?;
        let _ = place.insert(Page { bytes: bytes.clone(), ..page.clone() });
        Ok(Some(bytes))
    }
}

/// Whoever acted sees on every page what came of it. A refusal changed nothing, and a stranger cannot have pages made anew.
pub(in crate::http) async fn after_acts(State(http): State<Http>, mut request: Request, next: Next) -> Response {
    let of_staff = OfStaff::default();
    request.extensions_mut().insert(of_staff.clone());
    let response = next.run(request).await;
    if of_staff.is_known() && !response.status().is_client_error() {
        http.kept.acts.fetch_add(1, Ordering::AcqRel);
    }
    response
}

/// A page that is the same for everybody, from memory, or made now; with it, how long whoever has it may keep it. The address is the one
/// that the page has, not as the asker wrote it: one page must not be many.
pub(super) async fn respond<T: Template>(
    http: &Http,
    address: &str,
    request: &HeaderMap,
    make: impl Future<Output = Result<(T, &'static str), Problem>>,
) -> Result<Response, Problem> {
    let now = || http.app.clock.now();
    let moment = || Moment { second: now(), acts: http.kept.acts.load(Ordering::Acquire) };
    let asker = Asker::new(moment());
    let made = async {
        // Before the database is asked: what changes after this is not on the page.
        let begun = moment();
        let (page, caching) = make.await?;
        let bytes = Bytes::from(page.render().map_err(Error::broken)?.into_bytes().into_boxed_slice());
        let tag = caching::tag_of(&bytes);
        Ok(Page { begun, made: now(), bytes, tag, caching })
    };
    let page = http.kept.page(address, asker, now, made).await?;
    let packed = if takes_gzip(request) { http.kept.packed(address, asker, &page).await? } else { None };
    let is_packed = packed.is_some();
    let html = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], packed.unwrap_or(page.bytes));
    Ok(may_be_packed(caching::kept(request, page.caching, &page.tag, html), is_packed))
}

#[cfg(test)]
mod tests;
