//! Pages that a crowd asks for are made once a second: whoever asks meanwhile gets the same bytes, packed once for all. After an act
//! of staff through this node they are made anew at once; what another node or the timetable changed shows a second later.

use std::sync::atomic::{AtomicU64, Ordering};

use askama::Template;
use axum::{
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use quick_cache::{
    Weighter,
    sync::{Cache, EntryAction, EntryResult},
};

use super::{
    super::{
        caching,
        packing::{may_be_packed, takes_gzip},
    },
    Http, Problem,
};
use crate::{error::Error, packing::pack};

/// Most bytes of pages in memory, and about as many pages as that is.
const MOST_BYTES: u64 = 4 << 20;
const MOST_PAGES: usize = 128;

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

/// The second of the clock, and how many acts of staff there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment(i64, u64);

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
    /// The page of this key at this moment; of those who ask for it together one makes it.
    async fn page(
        &self,
        key: &Key,
        moment: impl Fn() -> Moment,
        make: impl Future<Output = Result<Page, Problem>>,
    ) -> Result<Page, Problem> {
        let looked = self.pages.entry_async(key, |_, page| {
            if page.moment == moment() { EntryAction::Retain(page.clone()) } else { EntryAction::ReplaceWithGuard }
        });
        let place = match looked.await {
            EntryResult::Retained(page) => return Ok(page),
            EntryResult::Vacant(place) | EntryResult::Replaced(place, _) => place,
            EntryResult::Removed(..) | EntryResult::Timeout => return make.await,
        };
        let page = make.await?;
        // A place that was given away meanwhile is no fault: the next who asks makes the page.
        let _ = place.insert(page.clone());
        Ok(page)
    }
}

/// Whoever acted sees on every page what came of it.
pub(in crate::http) async fn after_acts(State(http): State<Http>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    http.kept.acts.fetch_add(1, Ordering::AcqRel);
    response
}

/// A page that is the same for everybody, from memory, or made now; with it, how long whoever has it may keep it.
pub(super) async fn respond<T: Template>(
    http: &Http,
    OriginalUri(address): &OriginalUri,
    request: &HeaderMap,
    make: impl Future<Output = Result<(T, &'static str), Problem>>,
) -> Result<Response, Problem> {
    let moment = || Moment(http.app.clock.now(), http.kept.acts.load(Ordering::Acquire));
    let plain = async {
        // Before the database is asked: what changes after this is not on the page.
        let moment = moment();
        let (page, caching) = make.await?;
        let bytes = Bytes::from(page.render().map_err(Error::broken)?);
        let tag = caching::tag_of(&bytes);
        Ok(Page { moment, bytes, tag, caching })
    };
    let [as_it_is, as_packed] = [false, true].map(|packed| (address.path().to_owned(), packed));
    let plain = http.kept.page(&as_it_is, moment, plain);
    let (page, packed) = if takes_gzip(request) {
        let packed = async {
            let page = plain.await?;
            Ok(Page { bytes: pack(page.bytes).await?, ..page })
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
        future::ready,
        sync::{Arc, atomic::AtomicUsize},
    };

    use tokio::task::JoinSet;

    use super::*;

    fn page(moment: Moment) -> Page {
        Page { moment, bytes: Bytes::from_static(b"page"), tag: "W/\"1\"".to_owned(), caching: caching::ASK }
    }

    #[tokio::test]
    async fn of_those_who_ask_together_one_makes_the_page() {
        let (kept, made) = (Arc::new(Kept::default()), Arc::new(AtomicUsize::new(0)));
        for (moment, expected) in [(Moment(1, 0), 1), (Moment(1, 1), 2), (Moment(2, 1), 3)] {
            let mut asking = JoinSet::new();
            for _ in 0..50 {
                let (kept, made) = (Arc::clone(&kept), Arc::clone(&made));
                asking.spawn(async move {
                    let make = async {
                        tokio::task::yield_now().await;
                        made.fetch_add(1, Ordering::Relaxed);
                        Ok(page(moment))
                    };
                    kept.page(&("/".to_owned(), false), || moment, make).await.unwrap().moment
                });
            }
            assert_eq!(asking.join_all().await, vec![moment; 50]);
            assert_eq!(made.load(Ordering::Relaxed), expected, "{moment:?}");
        }
    }

    #[tokio::test]
    async fn a_fault_is_not_kept() {
        let (kept, key, moment) = (Kept::default(), ("/".to_owned(), false), Moment(1, 0));
        let fault = || Err(Problem::from(Error::broken("the disk is gone")));
        assert!(kept.page(&key, || moment, ready(fault())).await.is_err());
        assert!(kept.page(&key, || moment, ready(Ok(page(moment)))).await.is_ok());
        assert!(kept.page(&key, || moment, ready(fault())).await.is_ok(), "the page is there");
    }

    #[test]
    fn memory_is_bounded_by_bytes() {
        let kept = Kept::default();
        let bytes = Bytes::from(vec![b'x'; 100_000]);
        for round in 0..200 {
            kept.pages.insert((format!("/rounds/{round}"), false), Page { bytes: bytes.clone(), ..page(Moment(1, 0)) });
        }
        assert!(kept.pages.weight() <= MOST_BYTES && kept.pages.len() > 10, "{} bytes, {kept:?}", kept.pages.weight());
    }
}
