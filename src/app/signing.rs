//! Threads that sign credentials, one for each processor: a crowd that wants credentials stands in line before them, while ballots, whose
//! check costs far less than a signature, go on. A thread that is done takes the next request by itself; waking another for each would
//! cost a tenth of a signature.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use tokio::sync::oneshot;

use super::published::Published;
use crate::{crypto::issuer::IssuerFault, error::Error, threads};

type Signed = Result<Vec<u8>, IssuerFault>;

/// A blinded message that waits.
struct Order {
    round: Arc<Published>,
    blinded: Vec<u8>,
    answer: oneshot::Sender<Signed>,
}

/// The line before the threads, which end with it.
pub(super) struct Signers(mpsc::Sender<Order>);

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
        let orders = Arc::new(Mutex::new(orders));
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let orders = Arc::clone(&orders);
            thread::Builder::new()
                .name("signer".into())
                .spawn(move || {
                    threads::stand_back();
                    work(&orders);
                })
                .map_err(Error::broken)?;
        }
        Ok(Self(line))
    }

    /// Signs by the round's issuer key, when it is this request's turn.
    ///
    /// # Errors
    /// [`Error::Broken`] when signing panicked.
    pub(super) async fn sign(&self, round: &Arc<Published>, blinded: &[u8]) -> Result<Signed, Error> {
        let stopped = || Error::broken("the signing stopped");
        let (answer, answered) = oneshot::channel();
        let order = Order { round: Arc::clone(round), blinded: blinded.to_vec(), answer };
        self.0.send(order).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())
    }
}

fn work(orders: &Mutex<mpsc::Receiver<Order>>) {
    loop {
        let order = orders.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Order { round, blinded, answer }) = order else { return };
        // Whoever went away meanwhile asks again.
        if answer.is_closed() {
            continue;
        }
        // What a panic says may hold what was worked on; the asker hears that there is no answer, and the thread goes on.
        if let Ok(signed) = catch_unwind(AssertUnwindSafe(|| round.issuer.blind_sign(&blinded))) {
            let _ = answer.send(signed);
        }
    }
}
