//! Who makes a page, who waits for it, and who gets which.

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
            let refused = asks(&kept, late).await.expect_err("it is too old, or misses an act, or is not of the past");
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
        kept.packed(ADDRESS, asker(at), &page).await.unwrap()
    };
    // All are held meanwhile, or one could come to lie where another was.
    let [first, again, other] = [packs("1").await.unwrap(), packs("1").await.unwrap(), packs("2").await.unwrap()];
    assert_eq!(again.as_ptr(), first.as_ptr());
    assert_ne!(other.as_ptr(), first.as_ptr(), "other bytes");
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

#[tokio::test]
async fn a_long_page_is_kept_like_any_other() {
    let (kept, at) = (Kept::default(), moment(1, 0));
    let long = || Page { bytes: Bytes::from(vec![b'x'; 2 << 20]), ..page(at) };
    for made in [true, false] {
        let is_maker = AtomicU64::new(0);
        let make = async {
            is_maker.store(1, Ordering::Relaxed);
            Ok(long())
        };
        assert_eq!(kept.page(ADDRESS, asker(at), || 1, make).await.unwrap().bytes.len(), 2 << 20);
        assert_eq!(is_maker.load(Ordering::Relaxed) == 1, made);
    }
}
