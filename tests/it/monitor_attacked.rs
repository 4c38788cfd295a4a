//! `veche monitor` against a log that plays for time, for confusion, or for another log.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use audit::log::{cosignature::Cosigner, note::Note};

use super::{
    lying::Lying,
    monitor::{Watcher, both_are_signed, forged, numbers},
    served::Served,
    town::signing_key,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_head_without_its_lines_binds_the_log() {
    let (old, whole) = (numbers(5), numbers(6));
    let server = Lying::new(&old).await;
    let watcher = Watcher::new();
    watcher.looks(&[&server.url]).await.honest(&["grew"]);
    server.shows_head(&whole.note());
    watcher.looks(&[&server.url]).await.troubled(&["trouble"]);
    for (shown, cheat) in
        [(old.clone(), "rolled-back"), (forged(&whole, 5), "split"), (forged(&numbers(8), 5), "split")]
    {
        server.shows(&shown);
        both_are_signed(&watcher.looks(&[&server.url]).await.caught(cheat), &old);
        watcher.looks(&[&server.url]).await.caught(cheat);
    }
    server.shows(&numbers(8));
    watcher.looks(&[&server.url]).await.honest(&["answers-again", "grew"]);
    assert_eq!(watcher.sizes()[..2], [5, 6]);
    // Also the very first head.
    let first = Watcher::new();
    server.shows(&whole.at(0));
    server.shows_head(&whole.note());
    first.looks(&[&server.url]).await.troubled(&["trouble"]);
    server.shows(&forged(&whole, 0));
    first.looks(&[&server.url]).await.caught("split");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_head_that_only_a_peer_saw_binds_the_log() {
    let (old, whole) = (numbers(5), numbers(6));
    let (server, peer) = (Lying::new(&old).await, Lying::new(&old).await);
    let watcher = Watcher::new().with("--peer", &peer.url);
    peer.shows_head(&whole.note());
    watcher.looks(&[&server.url]).await.honest(&["grew", "ahead"]);
    // The peer does not show it any more; it is not forgotten.
    peer.shows(&old);
    watcher.looks(&[&server.url]).await.honest(&[]);
    for server in [&server, &peer] {
        server.shows(&forged(&whole, 5));
    }
    both_are_signed(&watcher.looks(&[&server.url]).await.caught("split"), &old);
    for server in [&server, &peer] {
        server.shows(&numbers(7));
    }
    watcher.looks(&[&server.url]).await.honest(&["grew"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_log_under_the_address_of_a_round_is_refused() {
    let lines = numbers(3).lines;
    let server = Lying::new(&Served::of("vote.example/of-my-own", lines.clone())).await;
    let address = format!("{}/rounds/numbers", server.url);
    let watcher = Watcher::new();
    let said = watcher.looks(&[&address]).await;
    said.troubled(&["trouble"]);
    assert!(said.words().contains("does not end in /rounds/numbers"), "{}", said.words());
    // Under an address that names no round it is followed, but nobody says that its lines are in order.
    let said = watcher.looks(&[&server.url]).await;
    said.honest(&["grew"]);
    assert!(said.words().contains("cannot be judged") && !said.words().contains("every one"), "{}", said.words());
    // A key from paper for another name does not go with what was followed without one.
    let other = Served::of("vote.example/rounds/numbers", lines).key();
    let watcher = watcher.with("--log-key", other);
    let output = watcher.runs(&["monitor", "--once"], &[&server.url]);
    let fault = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && fault.contains("not with the given key"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_does_not_answer_holds_up_no_other() {
    // It takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = format!("http://{}", silent.local_addr().unwrap());
    let server = Lying::new(&numbers(5)).await;
    let watcher = Watcher::new().with("--every", "100ms");
    let mut child = watcher.command(&["monitor"], &[&slow, &server.url]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || tokio::task::block_in_place(|| lines.next()).unwrap().unwrap();
    assert!(next().contains("5 lines"));
    server.shows(&numbers(6));
    assert!(next().contains("grew from 5 to 6 lines"));
    server.shows(&numbers(4));
    assert!(next().contains("ATTENTION: rolled back"));
    assert_eq!(tokio::task::block_in_place(|| child.wait()).unwrap().code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_of_strangers_fill_no_disk_and_a_made_up_one_ends_no_watch() {
    let log = numbers(5);
    let (server, other) = (Lying::new(&log).await, Lying::new(&log).await);
    let witness = Cosigner::new("witness.example/paper".to_owned(), signing_key(9)).unwrap();
    let watcher = Watcher::new().with("--witness", witness.public()).with("--every", "100ms");
    for number in 0..3 {
        let stranger = Cosigner::new(format!("junk.example/{number}"), signing_key(10 + number)).unwrap();
        let mut note: Note = log.note().parse().unwrap();
        note.signatures.push(stranger.cosign(&note.text, 1_800_000_000));
        server.shows_head(&note.to_string());
        assert_eq!(watcher.looks(&[&server.url]).await.code, Some(0));
    }
    assert!(watcher.sizes() == [5] && !fs::read_to_string(watcher.heads()).unwrap().contains("junk"));
    let mut note: Note = log.note().parse().unwrap();
    note.signatures.push(witness.cosign(&note.text, 1_800_000_000));
    *note.signatures[1].bytes.last_mut().unwrap() ^= 1;
    server.shows_head(&note.to_string());
    let said = watcher.looks(&[&server.url]).await;
    assert_eq!((said.code, said.kinds()), (Some(1), vec!["forged-cosignature"]), "{}", said.words());
    let evidence = said.events[0]["data"]["evidence"].as_str().unwrap();
    assert_eq!(fs::read_to_string(format!("{evidence}/after")).unwrap(), note.to_string());
    let mut child = watcher.command(&["monitor"], &[&server.url, &other.url]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || tokio::task::block_in_place(|| lines.next()).unwrap().unwrap();
    let both = [next(), next()].concat();
    assert!(both.contains("made it up") && both.contains("followed from its first line"), "{both}");
    other.shows(&numbers(6));
    assert!(next().contains("grew from 5 to 6"));
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    child.kill().unwrap();
    tokio::task::block_in_place(|| child.wait()).unwrap();
}
