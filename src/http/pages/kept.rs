//! Pages that a crowd asks for are made once a second: whoever asks meanwhile gets the same bytes, packed once for all. After an act
//! of staff through this node they are made anew at once; what another node or the timetable changed shows a second later.

use std::{
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
use tokio::time::timeout;

use super::{
    super::{
        caching,
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
/// Longest wait for a page that somebody else makes; then the asker makes it too.
const PATIENCE: Duration = Duration::from_secs(1);

/// The pages in memory, by address and whether they are packed with gzip.
pub(in crate::http) struct Kept {
    pages: Cache<Key, Page, Length>,
    acts: AtomicU64,
}

type Key = (String, bool);

/// A page as it is sent.
#[derive(Debug, Clone)]
struct Page {
    moment: Moment,
    bytes: Bytes,
    tag: String,
    caching: &'static str,
}

/// When a page was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    /// Unix second.
    second: i64,
    /// Acts of staff before.
    acts: u64,
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
    /// The page of this key, made now or since the asker came; of those who ask for it together one makes it.
    async fn page(
        &self,
        key: &Key,
        moment: impl Fn() -> Moment,
        make: impl Future<Output = Result<Page, Problem>>,
    ) -> Result<Page, Problem> {
        let asked = moment();
        let looked = self.pages.entry_async(key, |_, page| {
            // Not later than the clock, which may have been set back.
            let fits = page.moment.acts >= asked.acts && (asked.second..=moment().second).contains(&page.moment.second);
            if fits { EntryAction::Retain(page.clone()) } else { EntryAction::ReplaceWithGuard }
        });
        let place = match timeout(PATIENCE, looked).await {
            Ok(EntryResult::Retained(page)) => return Ok(page),
            Ok(EntryResult::Vacant(place) | EntryResult::Replaced(place, _)) => place,
            Ok(EntryResult::Removed(..) | EntryResult::Timeout) | Err(_) => return make.await,
        };
        let page = make.await?;
        // A place that was given away meanwhile is no fault: the next who asks makes the page.
        let _ = place.insert(page.clone());
        Ok(page)
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
    let moment = || Moment { second: http.app.clock.now(), acts: http.kept.acts.load(Ordering::Acquire) };
    let plain = async {
        // Before the database is asked: what changes after this is not on the page.
        let moment = moment();
        let (page, caching) = make.await?;
        let bytes = Bytes::from(page.render().map_err(Error::broken)?.into_bytes().into_boxed_slice());
        let tag = caching::tag_of(&bytes);
        Ok(Page { moment, bytes, tag, caching })
    };
    let [as_it_is, as_packed] = [false, true].map(|packed| (address.to_owned(), packed));
    let plain = http.kept.page(&as_it_is, moment, plain);
    let (page, packed) = if takes_gzip(request) {
        let packed = async {
            let page = plain.await?;
            Ok(Page { bytes: pack(page.bytes, Compression::default()).await?, ..page })
        };
        (http.kept.page(&as_packed, moment, packed).await?, true)
    } else {
        (plain.await?, false)
    };
    let html = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.bytes);
    Ok(may_be_packed(caching::kept(request, page.caching, &page.tag, html), packed))
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        sync::Arc,
    };

    use tokio::{task::JoinSet, time::sleep};

    use super::*;

    fn key() -> Key {
        ("/".to_owned(), false)
    }

    fn page(moment: Moment) -> Page {
        Page { moment, bytes: Bytes::from_static(b"page"), tag: "W/\"1\"".to_owned(), caching: caching::ASK }
    }

    fn moment(second: i64, acts: u64) -> Moment {
        Moment { second, acts }
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
                    sleep(Duration::from_millis(20)).await;
                    *now.lock().unwrap() = then;
                    made.fetch_add(1, Ordering::Relaxed);
                    Ok(page(begun))
                };
                kept.page(&key(), moment, make).await.unwrap().moment
            });
        }
        assert!(asking.join_all().await.into_iter().all(|moment| moment.second >= at.second && moment.acts >= at.acts));
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

    #[tokio::test]
    async fn a_fault_is_not_kept_and_a_maker_who_leaves_keeps_nobody_waiting() {
        let (kept, at) = (Kept::default(), moment(1, 0));
        let fault = || Err(Problem::from(Error::broken("the disk is gone")));
        assert!(kept.page(&key(), || at, ready(fault())).await.is_err());
        assert!(
            timeout(Duration::from_millis(20), kept.page(&key(), || at, pending())).await.is_err(),
            "it never comes"
        );
        assert!(kept.page(&key(), || at, ready(Ok(page(at)))).await.is_ok());
        assert!(kept.page(&key(), || at, ready(fault())).await.is_ok(), "the page is there");
    }

    #[tokio::test]
    async fn nobody_waits_long_for_another_s_page() {
        let (kept, at, key) = (Kept::default(), moment(1, 0), key());
        tokio::select! {
            biased;
            _ = kept.page(&key, || at, pending()) => panic!("it never comes"),
            page = kept.page(&key, || at, ready(Ok(page(at)))) => assert!(page.is_ok()),
        }
    }

    #[test]
    fn memory_is_bounded_by_bytes() {
        let kept = Kept::default();
        let bytes = Bytes::from(vec![b'x'; 100_000]);
        for round in 0..200 {
            let page = Page { bytes: bytes.clone(), ..page(moment(1, 0)) };
            kept.pages.insert((format!("/rounds/{round}"), false), page);
        }
        assert!(kept.pages.weight() <= MOST_BYTES && kept.pages.len() > 10, "{} bytes, {kept:?}", kept.pages.weight());
    }
}
