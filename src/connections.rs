//! Serving HTTP on a socket: no connection is held open that does not speak or does not listen, and never more than so many.

mod impatient;
mod lingering;

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};

use impatient::Impatient;

/// Longest that a connection may take to send the head of a request, the time since the last answer included.
const LONGEST_HEAD: Duration = Duration::from_secs(10);
/// Longest that a connection may take nothing of an answer.
const LONGEST_UNREAD: Duration = Duration::from_secs(60);
/// Longest that a connection lives on after the stop: a request has 60 s until its answer begins, and the answer some time to go out.
const LONGEST_END: Duration = Duration::from_secs(70);
/// Most bytes that are held of one connection while the head of a request comes.
const MOST_HELD: usize = 64 * 1024;
/// Wait after the system gave no socket: the file table is full, and asking at once again would only heat the machine.
const NO_SOCKET: Duration = Duration::from_millis(500);

/// How many connections are open at most. More wait to be taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// From everywhere.
    pub all: usize,
    /// From one address: an IPv4 address, or the first 64 bits of an IPv6 address. More are closed unanswered.
    pub of_one: usize,
}

/// Answers connections until `stop` comes about; then takes no more, and returns when the requests under way are answered, or
/// after 70 s: who takes an answer slowly, a bundle above all, gets no more of it then.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: impl Future<Output = ()>) {
    serve_counted(listener, router, bounds, &Arc::default(), stop).await;
}

/// The same, and `open` says at any time how many connections there are.
pub async fn serve_counted(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    open: &Arc<AtomicUsize>,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(());
    let places = Arc::new(Places { of_one: bounds.of_one, taken: Mutex::default(), open: Arc::clone(open) });
    let free = Arc::new(Semaphore::new(bounds.all.min(Semaphore::MAX_PERMITS)));
    let mut stop = pin!(stop);
    loop {
        let (permit, (stream, peer)) = tokio::select! {
            () = &mut stop => break,
            taken = next(&listener, &free) => taken,
        };
        let Some(place) = Place::take(&places, peer.ip(), permit) else { continue };
        // Small answers must not wait for the next acknowledgement.
        let _ = stream.set_nodelay(true);
        let stream = Impatient::new(stream, LONGEST_UNREAD);
        let (router, stopped) = (router.clone(), stopped.clone());
        tokio::spawn(async move {
            answer(stream, peer, router, (stopped, LONGEST_END)).await;
            drop(place);
        });
    }
    // Whoever comes now must not wait for an answer.
    drop(listener);
    drop(stopped);
    stopping.send_replace(());
    stopping.closed().await;
}

/// The next connection, once there is room for it.
async fn next(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (Option<OwnedSemaphorePermit>, (TcpStream, SocketAddr)) {
    // The semaphore is never closed.
    let permit = Arc::clone(free).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok(accepted) => return (permit, accepted),
            // The other side went away before it was taken up.
            Err(fault) if is_of_the_other(fault.kind()) => {}
            Err(fault) => {
                tracing::error!(%fault, "no connection can be taken up");
                tokio::time::sleep(NO_SOCKET).await;
            }
        }
    }
}

const fn is_of_the_other(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

/// Answers what comes on a connection, one request after another; after the stop the one under way, for so long at most.
async fn answer(
    stream: Impatient<TcpStream>,
    peer: SocketAddr,
    router: Router,
    (mut stopped, longest_end): (watch::Receiver<()>, Duration),
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        lingering::answer(router.clone(), request)
    });
    let mut serving = http1::Builder::new();
    serving.timer(TokioTimer::new()).header_read_timeout(LONGEST_HEAD).max_buf_size(MOST_HELD);
    let mut connection = pin!(serving.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    if timeout(longest_end, connection).await.is_err() {
        tracing::warn!("an answer that was still going out at the end was cut off");
    }
}

/// Open connections by address.
struct Places {
    of_one: usize,
    taken: Mutex<BTreeMap<IpAddr, usize>>,
    open: Arc<AtomicUsize>,
}

/// One open connection, counted until it is dropped.
struct Place {
    places: Arc<Places>,
    of: IpAddr,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    fn take(places: &Arc<Places>, address: IpAddr, permit: Option<OwnedSemaphorePermit>) -> Option<Self> {
        let of = household(address);
        let mut taken = places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(of).or_default();
        if *count >= places.of_one {
            return None;
        }
        *count += 1;
        places.open.fetch_add(1, Ordering::Relaxed);
        Some(Self { places: Arc::clone(places), of, _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.open.fetch_sub(1, Ordering::Relaxed);
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

/// What one party has of the address space: of IPv6 a whole network.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}
