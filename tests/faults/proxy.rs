//! A wire between a node and its database that a test may cut: silent, as a network is, or torn.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

/// What the wire does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// It carries.
    Whole,
    /// No byte passes, and nobody is told.
    Silent,
    /// Every connection is reset.
    Torn,
}

/// The wire.
pub struct Proxy {
    pub port: u16,
    to: Arc<AtomicU16>,
    state: watch::Sender<Wire>,
    open: Arc<AtomicUsize>,
}

impl Proxy {
    /// A wire to this port of this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (state, seen) = watch::channel(Wire::Whole);
        let (open, to) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU16::new(port)));
        let (count, leads) = (Arc::clone(&open), Arc::clone(&to));
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (seen, count, port) = (seen.clone(), Arc::clone(&count), leads.load(Ordering::Relaxed));
                tokio::spawn(async move {
                    count.fetch_add(1, Ordering::Relaxed);
                    carry(near, SocketAddr::from(([127, 0, 0, 1], port)), seen).await;
                    count.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Self { port: own, to, state, open }
    }

    /// Connections that are opened from now on lead to this port.
    pub fn leads_to(&self, port: u16) {
        self.to.store(port, Ordering::Relaxed);
    }

    pub fn is(&self, wire: Wire) {
        self.state.send_replace(wire);
    }

    /// Connections under way.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

async fn carry(near: TcpStream, to: SocketAddr, mut seen: watch::Receiver<Wire>) {
    if whole(&mut seen).await.is_none() {
        let _ = near.set_zero_linger();
        return;
    }
    let Ok(far) = TcpStream::connect(to).await else { return };
    // A reset, and no orderly end, when it is torn.
    let _ = (near.set_zero_linger(), far.set_zero_linger(), near.set_nodelay(true), far.set_nodelay(true));
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::select! {
        () = one_way(near_in, far_out, seen.clone()) => {}
        () = one_way(far_in, near_out, seen.clone()) => {}
    }
}

/// Waits until the wire carries; none when it is torn.
async fn whole(seen: &mut watch::Receiver<Wire>) -> Option<()> {
    let state = *seen.wait_for(|wire| *wire != Wire::Silent).await.ok()?;
    (state == Wire::Whole).then_some(())
}

async fn one_way(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut seen: watch::Receiver<Wire>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let torn = async { seen.clone().wait_for(|wire| *wire == Wire::Torn).await.is_ok() };
        let read = tokio::select! {
            _ = torn => return,
            read = from.read(&mut buffer) => read,
        };
        let Ok(length @ 1..) = read else { return };
        if whole(&mut seen).await.is_none() || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
