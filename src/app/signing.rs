//! Threads that sign credentials, one for each processor: a crowd that wants credentials stands in line before them, while ballots, whose
//! check costs far less than a signature, go on. A thread that is done takes the next requests by itself, and answers some together when
//! many wait: waking somebody for each would cost a fifth of a signature.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use tokio::sync::oneshot;

use super::published::Published;
use crate::{crypto::issuer::IssuerFault, error::Error, threads};

/// Most requests that a thread takes at a time: the first of them waits for the others. Whoever is answered together is marked together,
/// and comes together for the next, so that a crowd's statements and commits are few.
const MOST: usize = 64;

type Signed = Result<Vec<u8>, IssuerFault>;

/// A blinded message that waits.
struct Order {
    round: Arc<Published>,
    blinded: Vec<u8>,
    answer: oneshot::Sender<Signed>,
}

/// The line before the threads, which end with it.
pub(super) struct Signers {
    line: mpsc::Sender<Order>,
    /// How many stand in it.
    waiting: Arc<AtomicUsize>,
}

impl std::fmt::Debug for Signers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signers(…)")
    }
}

impl Signers {
    /// # Errors
    /// [`Error::Broken`] when the system gives no thread.
    pub(super) fn start() -> Result<Self, Error> {
        let (line, orders) = mpsc::channel();
        let (orders, waiting) = (Arc::new(Mutex::new(orders)), Arc::new(AtomicUsize::new(0)));
        let threads = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            let (orders, waiting) = (Arc::clone(&orders), Arc::clone(&waiting));
            let work = move || {
                threads::stand_back();
                while let Some(taken) = take(&orders, &waiting, threads) {
                    answer(taken);
                }
            };
            thread::Builder::new().name("signer".into()).spawn(work).map_err(Error::broken)?;
        }
        Ok(Self { line, waiting })
    }

    /// Signs by the round's issuer key, when it is this request's turn.
    ///
    /// # Errors
    /// [`Error::Broken`] when signing panicked.
    pub(super) async fn sign(&self, round: &Arc<Published>, blinded: &[u8]) -> Result<Signed, Error> {
        let stopped = || Error::broken("the signing stopped");
        let (answer, answered) = oneshot::channel();
        let order = Order { round: Arc::clone(round), blinded: blinded.to_vec(), answer };
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.line.send(order).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())
    }
}

/// This thread's share of those who wait, at least one; nothing when the line has ended.
fn take(orders: &Mutex<mpsc::Receiver<Order>>, waiting: &AtomicUsize, threads: usize) -> Option<Vec<Order>> {
    let orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
    let mut taken = vec![orders.recv().ok()?];
    let share = (waiting.load(Ordering::Relaxed) / threads).clamp(1, MOST);
    taken.extend(orders.try_iter().take(share - 1));
    waiting.fetch_sub(taken.len(), Ordering::Relaxed);
    Some(taken)
}

fn answer(orders: Vec<Order>) {
    // Whoever went away meanwhile asks again.
    let signed =
        orders.into_iter().filter(|order| !order.answer.is_closed()).map(|Order { round, blinded, answer }| {
            // What a panic says may hold what was worked on; the asker hears that there is no answer, and the thread goes on.
            (answer, catch_unwind(AssertUnwindSafe(|| round.issuer.blind_sign(&blinded))))
        });
    let signed: Vec<_> = signed.collect();
    for (answer, signed) in signed {
        let _ = signed.map(|signed| answer.send(signed));
    }
}
