//! Whoever is still sending when the answer is there already would never see it: a connection that is closed before all was read is
//! reset, and of a picture that is too large a browser says "network error". So the rest is read and thrown away, within bounds
//! (RFC 9112 §9.6).

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body as AnyBody, http::header::EXPECT, response::Response};
use hyper::{
    Request,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
};
use tower::ServiceExt as _;

/// Longest body, in bytes, that has come with its head, or nearly so.
const SHORT: u64 = 16 * 1024;
/// Most bytes of the rest that are read.
const MOST: usize = 64 * 1024 * 1024;
/// Longest time for which they are read.
const LONGEST: Duration = Duration::from_secs(5);

/// Answers a request, and first reads what is still coming of it.
pub(super) async fn answer(router: Router, request: Request<Incoming>) -> Result<Response, Infallible> {
    if request.body().size_hint().upper().is_some_and(|most| most <= SHORT) {
        return router.oneshot(request).await;
    }
    // In a box of its own, so that not every connection keeps room for it.
    Box::pin(linger(router, request)).await
}

async fn linger(router: Router, request: Request<Incoming>) -> Result<Response, Infallible> {
    // Whoever asks first whether to send at all sends nothing, unless somebody began to read.
    let asks = request.headers().contains_key(EXPECT);
    let (head, body) = request.into_parts();
    let rest = Rest(Arc::new(Mutex::new(State { body, is_begun: !asks })));
    let answer = router.oneshot(Request::from_parts(head, AnyBody::new(rest.clone()))).await;
    if rest.state().is_begun {
        // What has not ended by then is cut off.
        let _ = tokio::time::timeout(LONGEST, rest.read_out()).await;
    }
    answer
}

/// A body that is read by whoever answers, and then to its end.
#[derive(Clone)]
struct Rest(Arc<Mutex<State>>);

struct State {
    body: Incoming,
    is_begun: bool,
}

impl Rest {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read_out(mut self) {
        let mut read = 0;
        while let Some(Ok(frame)) = std::future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {
            read += frame.data_ref().map_or(0, Bytes::len);
            if read > MOST {
                return;
            }
        }
    }
}

impl Body for Rest {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let mut state = self.state();
        state.is_begun = true;
        Pin::new(&mut state.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.state().body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.state().body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::{extract::DefaultBodyLimit, routing::post};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
    };

    use super::super::{Bounds, serve};

    /// Sends a head and then a body of so many bytes without looking for an answer; returns what came back.
    async fn sends(head: &str, body: usize) -> std::io::Result<String> {
        let router = axum::Router::new()
            .route("/reads", post(async |body: String| body.len().to_string()))
            .route("/leaves", post(async || "unread"))
            .layer(DefaultBodyLimit::max(100));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(serve(listener, router, Bounds { all: 9, of_one: 9 }, std::future::pending()));
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&vec![b'x'; body]).await?;
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).await?;
        serving.abort();
        Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_read_out_so_that_the_answer_arrives() {
        const LONG: usize = 32 * 1024 * 1024;
        for (address, status) in [("/reads", "413"), ("/leaves", "200"), ("/nowhere", "404")] {
            let head = format!("POST {address} HTTP/1.1\r\nhost: a\r\ncontent-length: {LONG}\r\n\r\n");
            let answer = sends(&head, LONG).await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{address}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_body_without_end_is_cut_off() {
        let head = format!("POST /leaves HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", u32::MAX);
        assert!(sends(&head, 2 * super::MOST).await.is_err());
    }

    #[tokio::test]
    async fn who_asks_before_sending_is_answered_at_once() {
        let head = "POST /leaves HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 99999\r\n\r\n";
        let answer = tokio::time::timeout(super::LONGEST / 2, sends(head, 0)).await.expect("nothing is waited for");
        assert!(answer.unwrap().starts_with("HTTP/1.1 200"));
    }
}
