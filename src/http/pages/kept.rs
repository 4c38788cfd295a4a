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
    Weighter,
    sync::{Cache, EntryAction, EntryResult},
};
use tokio::time::{Instant, timeout_at};

use super::{
    super::{
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
const MOST_BYTES: u64 = 4 << 20;
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
        Self { pages: Cache::with_weighter(MOST_PAGES, MOST_BYTES, Length), acts: AtomicU64::new(0) }
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

/// Whoever acted sees on every page what came of it. A refusal changed nothing, so that a stranger cannot have pages made anew.
pub(in crate::http) async fn after_acts(State(http): State<Http>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.status().is_client_error() {
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
mod tests {
    use std::{
        future::{pending, ready},
        sync::Arc,
    };

    use tokio::{task::JoinSet, time};

    use super::*;

    const ADDRESS: &str = "/";

    fn page(begun: Moment) -> Page {
        let bytes = Bytes::from_static(b"page");
        Page { begun, made: begun.second, bytes, tag: "W/\"1\"".to_owned(), caching: caching::ASK }
    }

    fn moment(second: i64, acts: u64) -> Moment {
        Moment { second, acts }
    }

    /// Somebody who does not wait long.
    fn asker(came: Moment) -> Asker {
        let in_millis = |millis| Instant::now() + Duration::from_millis(millis);
        Asker { came, patience: in_millis(20), longest: in_millis(60) }
    }

    /// Asks at this moment for a page that would be made at once; when the making of what came began.
    async fn asks(kept: &Kept, at: Moment) -> Result<Moment, Problem> {
        kept.page(ADDRESS, asker(at), || at.second, ready(Ok(page(at)))).await.map(|page| page.begun)
    }

    /// Fifty ask at the first moment for a page that takes a while, during which the moment becomes the second. How many made it.
    async fn crowd(kept: &Arc<Kept>, at: Moment, then: Moment) -> u64 {
        let (made, now) = (Arc::new(AtomicU64::new(0)), Arc::new(std::sync::Mutex::new(at)));
        let mut asking = JoinSet::new();
        for _ in 0..50 {
            let (kept, made, now) = (Arc::clone(kept), Arc::clone(&made), Arc::clone(&now));
            asking.spawn(async move {
                let moment = || *now.lock().unwrap();
                let make = async {
                    let begun = moment();
                    time::sleep(Duration::from_millis(20)).await;
                    *now.lock().unwrap() = then;
                    made.fetch_add(1, Ordering::Relaxed);
                    Ok(Page { made: then.second, ..page(begun) })
                };
                let asker = Asker::new(moment());
                kept.page(ADDRESS, asker, || moment().second, make).await.unwrap().begun
            });
        }
        assert!(asking.join_all().await.into_iter().all(|begun| begun.second >= at.second && begun.acts >= at.acts));
        made.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn of_those_who_ask_together_one_makes_the_page() {
        let kept = Arc::new(Kept::default());
        for (at, made) in [((1, 0), 1), ((1, 0), 0), ((1, 1), 1), ((2, 1), 1), ((1, 1), 1)] {
            let at = moment(at.0, at.1);
            assert_eq!(crowd(&kept, at, at).await, made, "{at:?}");
        }
        // Those who waited while the second turned, or somebody acted, take what was made since they came.
        assert_eq!(crowd(&kept, moment(3, 1), moment(4, 2)).await, 1);
        assert_eq!(crowd(&kept, moment(4, 2), moment(4, 2)).await, 1, "who comes after the act does not");
    }

    /// Fifty who come within two seconds for a page that takes two; how many made it, and how long the others waited at most.
    async fn slow_crowd(kept: &Arc<Kept>, started: Instant) -> (u64, Duration) {
        let made = Arc::new(AtomicU64::new(0));
        let mut asking = JoinSet::new();
        for number in 0..50 {
            let (kept, made) = (Arc::clone(kept), Arc::clone(&made));
            asking.spawn(async move {
                time::sleep(Duration::from_millis(40 * number)).await;
                let now = || i64::try_from(started.elapsed().as_secs()).unwrap();
                let (came, mut is_maker) = (Instant::now(), false);
                let make = async {
                    is_maker = true;
                    let begun = moment(now(), 0);
                    time::sleep(Duration::from_secs(2)).await;
                    made.fetch_add(1, Ordering::Relaxed);
                    Ok(Page { made: now(), ..page(begun) })
                };
                kept.page(ADDRESS, Asker::new(moment(now(), 0)), now, make).await.unwrap();
                if is_maker { Duration::ZERO } else { came.elapsed() }
            });
        }
        let longest = asking.join_all().await.into_iter().max().unwrap();
        (made.load(Ordering::Relaxed), longest)
    }

    #[tokio::test]
    async fn a_page_that_takes_long_is_made_once_all_the_same() {
        let (kept, started) = (Arc::new(Kept::default()), Instant::now());
        let (made, longest) = slow_crowd(&kept, started).await;
        assert!(made == 1 && longest < Duration::from_secs(3), "made {made} times, waited {longest:?}");
        time::sleep(Duration::from_secs(1)).await;
        let (made, longest) = slow_crowd(&kept, started).await;
        assert!((1..=2).contains(&made), "made {made} times");
        assert!(longest < PATIENCE * 3 / 2, "{longest:?}, though there was a page from before");
    }

    #[tokio::test]
    async fn a_fault_is_not_kept_and_a_maker_who_leaves_keeps_nobody_waiting() {
        let (kept, at) = (Kept::default(), moment(1, 0));
        let fault = || ready(Err(Problem::from(Error::broken("the disk is gone"))));
        assert!(kept.page(ADDRESS, asker(at), || 1, fault()).await.is_err());
        let never = time::timeout(Duration::from_millis(20), kept.page(ADDRESS, asker(at), || 1, pending()));
        assert!(never.await.is_err(), "it never comes");
        assert!(asks(&kept, at).await.is_ok());
        assert!(kept.page(ADDRESS, asker(at), || 1, fault()).await.is_ok(), "the page is there");
        assert!(kept.page(ADDRESS, asker(moment(2, 0)), || 2, fault()).await.is_err());
        assert_eq!(asks(&kept, moment(2, 0)).await.unwrap(), moment(2, 0), "nor is the page before given for it");
    }

    #[tokio::test]
    async fn nobody_waits_long_for_another_s_page() {
        let (kept, old) = (Kept::default(), moment(1, 0));
        asks(&kept, old).await.unwrap();
        let slow = kept.page(ADDRESS, asker(moment(3, 0)), || 3, pending());
        let others = async {
            for second in [3, 1 + OLDEST] {
                assert_eq!(asks(&kept, moment(second, 0)).await.unwrap(), old, "the page before will do");
            }
            for late in [moment(3, 1), moment(2 + OLDEST, 0), moment(0, 0)] {
                let refused =
                    asks(&kept, late).await.expect_err("it is too old, or misses an act, or is not of the past");
                assert_eq!((refused.slug(), refused.retry_after.is_some()), ("overloaded", true), "{late:?}");
            }
        };
        tokio::select! {
            biased;
            _ = slow => panic!("it never comes"),
            () = others => {}
        }
        assert_eq!(asks(&kept, moment(4, 1)).await.unwrap(), moment(4, 1), "whoever made it is gone");
        assert!(kept.pages.get(&(ADDRESS.to_owned(), Form::Before)).is_none(), "nobody needs it now");
    }

    #[tokio::test]
    async fn the_same_bytes_are_packed_once_and_nobody_waits_long_for_that() {
        let (kept, at) = (Kept::default(), moment(1, 0));
        let packs = async |tag: &str| {
            let page = Page { tag: tag.to_owned(), ..page(at) };
            kept.packed(ADDRESS, asker(at), &page).await.unwrap().map(|bytes| bytes.as_ptr())
        };
        let first = packs("1").await;
        assert!(first.is_some());
        assert_eq!(packs("1").await, first);
        assert_ne!(packs("2").await, first, "other bytes");
        kept.pages.clear();
        let packed = (ADDRESS.to_owned(), Form::Packed);
        let _packing = kept.pages.get_value_or_guard_async(&packed).await;
        assert_eq!(packs("2").await, None, "somebody else takes too long");
    }

    #[test]
    fn memory_is_bounded_by_bytes() {
        let kept = Kept::default();
        let bytes = Bytes::from(vec![b'x'; 100_000]);
        for round in 0..200 {
            let key = (format!("/rounds/{round}"), Form::Plain);
            kept.pages.insert(key, Page { bytes: bytes.clone(), ..page(moment(1, 0)) });
        }
        assert!(kept.pages.weight() <= MOST_BYTES && kept.pages.len() > 10, "{} bytes, {kept:?}", kept.pages.weight());
    }
}
