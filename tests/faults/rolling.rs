//! A new version node by node while people cast: nobody is refused, and every request gets its answer.

use std::{sync::atomic::Ordering, time::Instant};

use super::{
    books,
    crowd::Crowd,
    poll::{self, Poll},
    size,
};

#[tokio::test(flavor = "multi_thread")]
async fn restart_of_two_nodes() {
    let Some(cluster) = size::cluster("a rolling restart", &[]) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "rolling"), 10).await;
    let starts = [poll.start.clone(), poll.another("second")];
    let mut nodes = starts.each_ref().map(|start| start.node());
    let crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    let restarts = size::of(4, 60);
    for at in 0..restarts {
        crowd.until_more(40).await;
        let (fresh, begun) = (poll.another(&format!("fresh-{at}")).node(), Instant::now());
        let old = std::mem::replace(&mut nodes[at % 2], fresh);
        // As an operator does: the new node is there, the proxy is led to it, and then the old one is told to stop.
        crowd.asks(&[&nodes[0].api, &nodes[1].api]);
        let ended = old.stops();
        assert!(ended.success(), "a graceful stop is no failure: {ended}");
        size::say(format_args!(
            "rolling restart: node {} replaced, the old one ended {} ms after SIGTERM",
            at % 2 + 1,
            begun.elapsed().as_millis()
        ));
    }
    crowd.until_more(40).await;
    let counts = crowd.ends(&mut poll).await;
    assert_eq!(counts.casting.refusals.load(Ordering::Relaxed), 0, "a rolling restart refuses nobody");
    books::hold(poll, &nodes[0].api, &format!("rolling restart, {restarts} nodes replaced"), &counts).await;
}
