//! Whoever asks and reads nothing would keep a connection, and the answer in memory, for as long as they like: a write that gets nowhere
//! for a while fails, and with it the connection.

use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// A stream that waits only so long for the other side to take something.
pub(super) struct Impatient<S> {
    stream: S,
    longest: Duration,
    /// There is one only while a write waits, so that what is written at once costs no timer.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    pub(super) const fn new(stream: S, longest: Duration) -> Self {
        Self { stream, longest, waiting: None }
    }

    /// What came of a write, or a fault when none has come of any for too long.
    fn in_time<T>(&mut self, cx: &mut Context<'_>, written: Poll<Result<T>>) -> Poll<Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let longest = self.longest;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(longest)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.in_time(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.in_time(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.in_time(cx, shut)
    }
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, time::Instant};

    use axum::{Router, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
        sync::watch,
        task::JoinHandle,
        time::timeout,
    };

    use super::{super::answer, *};

    /// More than the system takes of an answer that nobody reads.
    const LARGE: usize = 64 << 20;
    const LONGEST: Duration = Duration::from_millis(800);
    /// By then it is over for certain.
    const OVER: Duration = Duration::from_secs(20);

    /// A connection on which a large answer was asked for, and who answers it until told to stop.
    async fn asked() -> Result<(TcpStream, watch::Sender<()>, JoinHandle<()>)> {
        asked_for(LONGEST, 10 * OVER).await
    }

    /// The same, of somebody who may take nothing for so long, and has so long after the stop.
    async fn asked_for(
        unread: Duration,
        longest_end: Duration,
    ) -> Result<(TcpStream, watch::Sender<()>, JoinHandle<()>)> {
        let router = Router::new().route("/", get(async || vec![b'x'; LARGE]));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut reader = TcpStream::connect(listener.local_addr()?).await?;
        let (stream, peer): (_, SocketAddr) = listener.accept().await?;
        let (stopping, stopped) = watch::channel(());
        let answering = tokio::spawn(answer(Impatient::new(stream, unread), peer, router, (stopped, longest_end)));
        reader.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await?;
        Ok((reader, stopping, answering))
    }

    #[tokio::test]
    async fn who_reads_nothing_is_closed() {
        let started = Instant::now();
        let (mut reader, _stopping, answering) = asked().await.unwrap();
        timeout(OVER, answering).await.expect("it is closed").unwrap();
        assert!(started.elapsed() >= LONGEST);
        let mut read = Vec::new();
        let _ = timeout(OVER, reader.read_to_end(&mut read)).await.expect("it is closed");
        assert!(read.len() < LARGE, "the rest was never sent");
    }

    #[tokio::test]
    async fn who_reads_slowly_gets_everything() {
        let started = Instant::now();
        let (mut reader, _stopping, _answering) = asked().await.unwrap();
        let (mut read, mut part) = (0, vec![0; LARGE / 8]);
        while read < LARGE {
            tokio::time::sleep(LONGEST / 4).await;
            read += reader.read_exact(&mut part).await.unwrap();
        }
        assert!(started.elapsed() > LONGEST);
    }

    #[tokio::test]
    async fn who_reads_nothing_does_not_hold_up_the_end() {
        let (_reader, stopping, answering) = asked().await.unwrap();
        tokio::time::sleep(LONGEST / 4).await;
        stopping.send_replace(());
        timeout(OVER, answering).await.expect("it is closed").unwrap();
    }

    #[tokio::test]
    async fn who_reads_slowly_holds_up_the_end_for_a_while_only() {
        let (mut reader, stopping, answering) = asked_for(10 * OVER, LONGEST).await.unwrap();
        let mut part = vec![0; 64 << 10];
        reader.read_exact(&mut part).await.unwrap();
        let reading = tokio::spawn(async move {
            loop {
                tokio::time::sleep(LONGEST / 8).await;
                if reader.read_exact(&mut part).await.is_err() {
                    return;
                }
            }
        });
        stopping.send_replace(());
        let stopped = Instant::now();
        timeout(OVER, answering).await.expect("it is closed").unwrap();
        assert!(stopped.elapsed() >= LONGEST, "the answer had its time");
        reading.abort();
    }

    #[tokio::test]
    async fn every_part_that_is_taken_begins_the_time_anew() {
        let (ours, mut theirs) = tokio::io::duplex(4);
        let mut ours = Impatient::new(ours, LONGEST);
        ours.write_all(b"full").await.unwrap();
        for _ in 0..3 {
            let taken = async {
                tokio::time::sleep(LONGEST / 2).await;
                theirs.read_exact(&mut [0; 4]).await.unwrap();
            };
            let (written, ()) = tokio::join!(ours.write_all(b"full"), taken);
            written.unwrap();
            assert!(ours.waiting.is_none(), "no timer when nothing waits");
        }
        assert_eq!(ours.write_all(b"full").await.unwrap_err().kind(), ErrorKind::TimedOut);
    }
}
