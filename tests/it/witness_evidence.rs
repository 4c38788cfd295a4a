//! What a witness keeps against a log when strangers send it more than it has room for.

use audit::log::{checkpoint::Checkpoint, note::Note, witness::AddCheckpoint};
use tempfile::TempDir;

use super::witness::{ORIGIN, Running, log_signer, request, tree};

/// How many pieces of evidence of each kind there are: splits, rolled back, unproven.
async fn kept(witness: &Running) -> [usize; 3] {
    let state = witness.state().await;
    let evidence = state["logs"][0]["evidence"].as_array().unwrap();
    ["split", "rolled-back", "unproven"].map(|kind| evidence.iter().filter(|one| one["kind"] == kind).count())
}

fn unproven(size: u64) -> AddCheckpoint {
    AddCheckpoint { old: 300, proof: Vec::new(), ..request(0, size, true) }
}

/// Another content of the cosigned size, under one of many texts that the log signs.
fn split(number: u64) -> AddCheckpoint {
    let checkpoint = log_signer().sign(&format!("{}{number}\n", Checkpoint::new(ORIGIN, 300, tree(300, false).1)));
    AddCheckpoint { old: 300, proof: Vec::new(), checkpoint }
}

/// The same request with the log's signature as often as a note has room for it.
fn repeated(request: &AddCheckpoint, times: usize) -> AddCheckpoint {
    let Note { text, signatures } = &request.checkpoint;
    let checkpoint = Note { text: text.clone(), signatures: vec![signatures.clone(); times].concat() };
    AddCheckpoint { checkpoint, ..request.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_anybody_can_send_hides_no_split() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    witness.cosigns(&request(0, 300, true)).await;
    for size in 1..=105 {
        assert_eq!(witness.asks(&request(0, size, true)).await.status, 409);
        assert_eq!(witness.asks(&unproven(300 + size)).await.status, 422);
    }
    assert_eq!(kept(&witness).await, [0, 100, 100]);
    let page = witness.get("/en/").await;
    assert!(page.contains("proves nothing against the log") && !page.contains("class=\"lie\""), "{page}");

    assert_eq!(witness.asks(&split(0)).await.status, 409);
    assert_eq!(kept(&witness).await, [1, 100, 100]);
    let page = witness.get("/en/").await;
    let (proof, rest) = (page.find("class=\"lie\"").unwrap(), page.find("class=\"refused\"").unwrap());
    assert!(proof < rest, "the proof stands before what proves nothing");
    witness.listening.stop().await;

    let again = Running::on(folder.path()).await;
    assert_eq!(kept(&again).await, [1, 100, 100], "it outlives the process");
    for number in 0..105 {
        again.asks(&split(number)).await;
    }
    assert_eq!(kept(&again).await, [100, 100, 100], "splits have a bound too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_repeated_makes_no_second_piece_of_evidence() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    witness.cosigns(&request(0, 300, true)).await;
    for times in [1, 2, 3] {
        for refused in [split(0), request(0, 7, true), unproven(301)] {
            let status = witness.asks(&repeated(&refused, times)).await.status;
            assert!([409, 422].contains(&status), "{status}");
        }
    }
    assert_eq!(kept(&witness).await, [1, 1, 1]);
}
