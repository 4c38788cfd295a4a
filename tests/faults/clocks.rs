//! Clocks that jump both ways: of the only node, and of two nodes that disagree by hours. These servers run in the test's process,
//! for only there can a clock be moved.

use std::{sync::atomic::Ordering, time::Duration};

use veche::{
    client::Api,
    clock::Clock,
    config::{Config, Database, Limits, Overload},
    server::Server,
};

use super::{
    books,
    crowd::Crowd,
    node::Start,
    poll::{self, Poll},
    size,
};

/// Seconds of a jump at most: the round stays open for two days.
const FAR: i64 = 10 * 3600;

async fn server(start: &Start, clock: &Clock) -> (Server, Api) {
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: start.data.clone(),
        database: Database(start.database.clone()),
        integrate_every_ms: 50,
        limits: Limits { enabled: false, ..Limits::default() },
        // Nobody is turned away because other tests use the machine too.
        overload: Overload { delay_ms: 0, ..Overload::default() },
        ..Config::default()
    };
    let server = Server::start(config, clock.clone()).await.unwrap();
    let api = Api::new(&server.url()).unwrap();
    (server, api)
}

/// Jumps of these clocks while people cast.
async fn jump(mut poll: Poll, starts: &[Start], what: &str) {
    let mut servers = Vec::new();
    for start in starts {
        let clock = Clock::system();
        servers.push((server(start, &clock).await, clock, 0));
    }
    let apis: Vec<Api> = servers.iter().map(|((_, api), ..)| api.clone()).collect();
    let mut crowd = Crowd::of(&mut poll, &apis.iter().collect::<Vec<_>>());
    crowd.lets_sessions_end();
    let jumps = size::of(12, 300);
    for at in 0..jumps {
        // As long as there are any, two come at each jump who have no credential yet.
        let two = poll.codes.len().min(2);
        crowd.is_joined_by(&mut poll, two);
        crowd.until_more(20).await;
        let one = at % servers.len();
        let (_, clock, ahead) = &mut servers[one];
        let to = rand::random_range(-FAR..FAR);
        clock.advance(to - *ahead);
        *ahead = to;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(crowd.refusals(), 0, "{what}: a jump of the clock refuses nobody");
    let counts = crowd.ends(&mut poll).await;
    counts.everybody_was_answered(what);
    let ended = counts.ended_sessions.load(Ordering::Relaxed);
    size::say(format_args!("{what}: of those who came {ended} had to identify themselves anew"));
    for arrival in poll.voters.iter_mut().filter_map(|voter| voter.arrival.as_mut()) {
        arrival.renews(&apis[0], &poll.place).await;
    }
    books::newcomers_hold(&poll, &apis[0], what).await;
    // Past the close and back: what is closed stays closed.
    let (_, clock, ahead) = &servers[0];
    clock.advance(3 * 24 * 3600 - ahead);
    let mut voter = poll.voters.remove(0);
    let late = poll.place.fill(&mut voter.credential, &poll.choices[0]).unwrap();
    let refused = poll.place.cast(&apis[0], late.clone()).await.unwrap_err();
    assert_eq!(refused.slug(), Some("closed"), "{refused}");
    let round = format!("/api/v1/rounds/{}", super::town::SLUG);
    for tries in 0.. {
        let state: veche::http::RoundResponse = apis[0].get(&round, None).await.unwrap();
        if state.phase == audit::round::Phase::Closed {
            break;
        }
        assert!(tries < 200, "{what}: the round does not close on time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    clock.advance(-3 * 24 * 3600);
    let refused = poll.place.cast(apis.last().unwrap(), late).await.unwrap_err();
    assert_eq!(refused.slug(), Some("closed"), "{refused}");
    poll.voters.insert(0, voter);
    books::result_holds(poll, apis.last().unwrap(), &format!("{jumps} jumps of {what}"), &counts).await;
    for ((server, _), ..) in servers {
        server.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_only_node_on_sqlite() {
    let poll = Poll::new("", 8).await;
    let start = poll.start.clone();
    jump(poll, &[start], "the clock of the node on SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_on_postgresql() {
    let Some(cluster) = size::cluster("clocks that jump", &[]) else { return };
    let poll = Poll::new(&poll::database(&cluster, "clocks"), 8).await;
    let starts = [poll.start.clone(), poll.another("second")];
    jump(poll, &starts, "the clocks of two nodes on PostgreSQL").await;
}
