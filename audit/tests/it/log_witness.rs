//! Witnesses: messages read only as printed, each of the answers that the specification names, and never two heads that contradict.

use audit::log::{
    checkpoint::Checkpoint,
    hash::{Hash, empty, leaf},
    note::{Note, NoteSignature, Signer},
    witness::{
        AddCheckpoint, MAX_CHECKPOINT, MessageFault,
        decision::{Decision, FollowedLog, Heads, Suspicion, Verdict, decide},
        parse_cosignatures, parse_size, print_cosignatures, print_size,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use crate::{
    mutation::{Mutation, mutation},
    naive,
};

const ORIGIN: &str = "log.example/any";

fn signer(seed: u8) -> Signer {
    Signer::new(ORIGIN.to_owned(), SigningKey::from_bytes(&[seed; 32]))
}

fn log() -> FollowedLog {
    signer(1).vkey().parse().expect("a vkey")
}

fn head(leaves: &[Hash]) -> Checkpoint {
    Checkpoint::new(ORIGIN, leaves.len() as u64, naive::root(leaves))
}

fn signed(head: &Checkpoint) -> Note {
    head.sign(&signer(1)).parse().expect("a note")
}

fn heads(cosigned: &[&[Hash]]) -> Heads {
    let mut heads = Heads::default();
    cosigned.iter().for_each(|leaves| heads.push(leaves.len() as u64, naive::root(leaves)));
    heads
}

fn request(old: usize, leaves: &[Hash]) -> AddCheckpoint {
    let proof = if old == 0 { Vec::new() } else { naive::proof(old, leaves) };
    AddCheckpoint { old: old as u64, proof, checkpoint: signed(&head(leaves)) }
}

fn verdict(heads: &Heads, request: &AddCheckpoint) -> (u16, Option<Suspicion>) {
    let Verdict { decision, suspicion } = decide(heads, &log(), request);
    (decision.status(), suspicion.map(|(suspicion, _)| suspicion))
}

/// A log that differs from [`naive::leaves`] from this leaf on.
fn other(size: u64, from: usize) -> Vec<Hash> {
    let mut leaves = naive::leaves(size);
    leaves.iter_mut().enumerate().skip(from).for_each(|(at, one)| *one = leaf(format!("other {at}").as_bytes()));
    leaves
}

#[test]
fn a_request_is_what_the_specification_shows() {
    let text = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let request: AddCheckpoint = text.parse().unwrap();
    assert_eq!((request.old, request.proof.len(), request.checkpoint.signatures.len()), (20_852_014, 4, 2));
    assert_eq!(request.to_string(), text);
    let answer = "— witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let signatures = parse_cosignatures(answer).unwrap();
    assert_eq!(signatures[0].bytes.len(), 72);
    assert_eq!(print_cosignatures(&signatures), answer);
    assert_eq!(parse_cosignatures(&answer.repeat(64)).unwrap().len(), 64);
    for wrong in ["", "\n", &answer[..answer.len() - 1], &answer.repeat(65), &format!("{answer}\n"), &answer[4..]] {
        assert_eq!(parse_cosignatures(wrong), Err(MessageFault::Cosignatures), "{wrong:?}");
    }
    assert_eq!(print_size(20_852_014), "20852014\n");
    assert_eq!((parse_size("0\n"), parse_size("20852014\n")), (Ok(0), Ok(20_852_014)));
    for wrong in ["", "0", "00\n", "+1\n", "1\n\n", "1 \n", "-1\n", "18446744073709551616\n"] {
        assert_eq!(parse_size(wrong), Err(MessageFault::Size), "{wrong:?}");
    }
}

#[test]
fn other_spellings_of_a_request_are_refused() {
    let good = request(3, &naive::leaves(7)).to_string();
    let with = |count: usize| {
        let proof = vec![Hash::ZERO; count];
        AddCheckpoint { proof, ..request(3, &naive::leaves(7)) }.to_string()
    };
    assert!(with(63).parse::<AddCheckpoint>().is_ok());
    for wrong in [
        String::new(),
        with(64),
        good.replace("old 3", "old 03"),
        good.replace("old 3", "old +3"),
        good.replace("old 3", "old -3"),
        good.replace("old 3", "old  3"),
        good.replace("old 3", "old 3 "),
        good.replace("old 3", "Old 3"),
        good.replace("old 3", "old 18446744073709551616"),
        good.replace("old 3\n", ""),
        good.replace("old 3\n", "old 3\n\n"),
        good.replacen("=\n\n", "=\n", 1),
        good.replacen('=', "", 1),
        good.replace('\n', "\r\n"),
        format!("{good}\n"),
        good[..good.len() - 1].to_owned(),
    ] {
        assert_eq!(wrong.parse::<AddCheckpoint>(), Err(MessageFault::Request), "{wrong:?}");
    }
}

#[test]
fn growth_is_cosigned_and_nothing_else() {
    let leaves = naive::leaves(9);
    let known = heads(&[&leaves[..4]]);
    assert_eq!(verdict(&Heads::default(), &request(0, &leaves[..4])), (200, None), "the first head is taken on trust");
    assert_eq!(verdict(&known, &request(4, &leaves)), (200, None));
    assert_eq!(verdict(&known, &request(4, &leaves[..4])), (200, None), "the same head again");
    let Decision::Cosign(cosigned) = decide(&known, &log(), &request(4, &leaves)).decision else { panic!("refused") };
    assert_eq!(cosigned, head(&leaves));

    let stale = decide(&known, &log(), &request(0, &leaves));
    assert_eq!((&stale.decision, stale.suspicion), (&Decision::Conflict(4), None));
    assert_eq!(verdict(&known, &request(3, &leaves)), (409, None));
    assert_eq!(verdict(&known, &request(5, &leaves)), (409, None));
    let backwards = AddCheckpoint { old: 10, ..request(4, &leaves) };
    assert_eq!(verdict(&known, &backwards), (400, None));
    assert_eq!(verdict(&Heads::default(), &request(4, &leaves)), (409, None));

    let proof = |proof: Vec<Hash>| verdict(&known, &AddCheckpoint { proof, ..request(4, &leaves) });
    assert_eq!(proof(Vec::new()), (422, Some(Suspicion::Unproven)));
    let mut more = naive::proof(4, &leaves);
    more.push(Hash::ZERO);
    assert_eq!(proof(more), (422, Some(Suspicion::Unproven)));
    let first = AddCheckpoint { proof: vec![Hash::ZERO], ..request(0, &leaves) };
    assert_eq!(verdict(&Heads::default(), &first).0, 422, "the first head needs no proof and may bring none");
    let same = AddCheckpoint { proof: vec![Hash::ZERO], ..request(4, &leaves[..4]) };
    assert_eq!(verdict(&known, &same), (422, None));
}

#[test]
fn only_the_log_itself_is_heard() {
    let leaves = naive::leaves(9);
    let known = heads(&[&leaves[..4]]);
    let with = |checkpoint: Note| decide(&known, &log(), &AddCheckpoint { checkpoint, ..request(4, &leaves) }).decision;
    let by = |seed: u8| head(&leaves).sign(&signer(seed)).parse::<Note>().expect("a note");
    assert_eq!(with(by(2)), Decision::Unsigned);
    let mut both = by(2);
    both.signatures.extend(by(1).signatures);
    assert!(matches!(with(both), Decision::Cosign(_)), "other signatures are passed over");
    let mut forged = by(1);
    forged.signatures[0].bytes[9] ^= 1;
    assert_eq!(with(forged), Decision::Unsigned);
    let elsewhere = Checkpoint::new("log.example/other", 9, naive::root(&leaves)).sign(&signer(1));
    assert_eq!(with(elsewhere.parse().unwrap()), Decision::UnknownLog);
    assert_eq!(with(signer(1).sign("no checkpoint\n")), Decision::Malformed);
    let extended = signer(1).sign(&format!("{}an extension\n", head(&leaves)));
    assert!(matches!(with(extended), Decision::Cosign(found) if found == head(&leaves)), "extension lines are theirs");
}

#[test]
fn lies_are_told_from_slowness() {
    let (leaves, lie) = (naive::leaves(20), other(20, 2));
    let known = heads(&[&leaves[..4], &leaves[..7], &leaves[..10]]);
    assert_eq!(verdict(&known, &request(10, &lie[..10])), (409, Some(Suspicion::Split)));
    assert_eq!(verdict(&known, &request(0, &lie[..7])), (409, Some(Suspicion::Split)), "an earlier head, another root");
    assert_eq!(verdict(&known, &request(4, &leaves[..7])), (409, None), "an earlier head again is only late");
    assert_eq!(verdict(&known, &request(4, &leaves[..8])), (409, Some(Suspicion::RolledBack)), "one never seen");
    let mut back = request(8, &leaves[..8]);
    back.old = 10;
    assert_eq!(verdict(&known, &back), (400, Some(Suspicion::RolledBack)));
    assert_eq!(verdict(&known, &request(10, &lie)), (422, Some(Suspicion::Unproven)));
    let nothing = Checkpoint::new(ORIGIN, 0, Hash::ZERO);
    let request = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: signed(&nothing) };
    assert_eq!(verdict(&Heads::default(), &request), (409, Some(Suspicion::Split)), "nothing has one root");
    let request = AddCheckpoint { checkpoint: signed(&Checkpoint::new(ORIGIN, 0, empty())), ..request };
    assert_eq!(verdict(&Heads::default(), &request), (200, None));
}

#[test]
fn a_log_is_named_by_its_key_and_origin() {
    let vkey = signer(1).vkey();
    assert_eq!((log().origin.as_str(), log().to_string()), (ORIGIN, vkey.clone()));
    let named: FollowedLog = format!("{vkey}@another origin+1@2").parse().unwrap();
    assert_eq!((named.origin.as_str(), &named.key), ("another origin+1@2", &log().key));
    assert_eq!(named.to_string().parse(), Ok(named));
    let mail = Signer::new("me@log.example".to_owned(), SigningKey::from_bytes(&[1; 32])).vkey();
    assert_eq!(mail.parse::<FollowedLog>().unwrap().origin, "me@log.example");
    for wrong in ["", "@", "log", &format!("{vkey}@"), &format!("{vkey}@a\nb"), &format!("{vkey} ")] {
        assert!(wrong.parse::<FollowedLog>().is_err(), "{wrong:?}");
    }
}

#[test]
fn old_heads_are_forgotten_in_the_end_and_the_newest_never() {
    let mut heads = Heads::default();
    (1..=70_000u64).for_each(|size| heads.push(size, leaf(&size.to_be_bytes())));
    assert_eq!(heads.latest(), Some((70_000, leaf(&70_000u64.to_be_bytes()))));
    assert_eq!((heads.root(1), heads.root(0)), (None, Some(empty())));
    assert_eq!(heads.root(70_000 - 65_535), Some(leaf(&(70_000u64 - 65_535).to_be_bytes())));
}

/// Their stored hashes, in their order.
struct Stored(Vec<tlog_tiles::Hash>);

impl tlog_tiles::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

/// A log that others' code keeps, signs and proves.
#[test]
fn a_log_made_by_other_code_is_witnessed() {
    use signed_note::{Signer as _, StandardSigner};
    let name = "other.example/log";
    let public = SigningKey::from_bytes(&[7; 32]).verifying_key();
    let id = signed_note::key_id(name, &[&[1], public.as_bytes().as_slice()].concat());
    let secret = STANDARD.encode([[1].as_slice(), &[7; 32]].concat());
    let their_signer = StandardSigner::new(&format!("PRIVATE+KEY+{name}+{id:08x}+{secret}")).unwrap();
    let log: FollowedLog = Signer::new(name.to_owned(), SigningKey::from_bytes(&[7; 32])).vkey().parse().unwrap();
    let mut stored = Stored(Vec::new());
    let (mut heads, mut old) = (Heads::default(), 0u64);
    for size in [1u64, 2, 3, 255, 256, 257, 600] {
        let from = old;
        for index in from..size {
            let hashes = tlog_tiles::stored_hashes(index, format!("entry {index}").as_bytes(), &stored).unwrap();
            stored.0.extend(hashes);
        }
        let root = tlog_tiles::tree_hash(size, &stored).unwrap();
        let text = format!("{name}\n{size}\n{root}\n");
        let signature = their_signer.sign(text.as_bytes()).unwrap();
        let proof = if from == 0 { Vec::new() } else { tlog_tiles::prove_tree(size, from, &stored).unwrap() };
        let key_id = their_signer.key_id().to_be_bytes();
        let checkpoint =
            Note { text, signatures: vec![NoteSignature { name: name.to_owned(), key_id, bytes: signature }] };
        let proof = proof.iter().map(|hash| Hash::from(hash.0)).collect();
        let request: AddCheckpoint = AddCheckpoint { old, proof, checkpoint }.to_string().parse().unwrap();
        let Decision::Cosign(head) = decide(&heads, &log, &request).decision else { panic!("{size} is refused") };
        assert_eq!((head.size, head.root), (size, Hash::from(root.0)));
        heads.push(head.size, head.root);
        old = size;
    }
}

/// One request of an interleaving: which history, which size, which `old`, which proof, who signed.
#[derive(Debug, Clone)]
struct Attempt {
    history: usize,
    size: usize,
    old: Option<usize>,
    proof_of: usize,
    signer: u8,
}

fn attempt(most: usize) -> impl Strategy<Value = Attempt> {
    let old = prop_oneof![3 => Just(None), 1 => (0..=most).prop_map(Some)];
    (
        0..3usize,
        1..=most,
        old,
        prop_oneof![3 => Just(3usize), 1 => 0..3usize],
        prop_oneof![5 => Just(1u8), 1 => Just(2u8)],
    )
        .prop_map(|(history, size, old, proof_of, signer)| Attempt { history, size, old, proof_of, signer })
}

const MOST: usize = 24;

proptest! {
    /// The model keeps the leaves themselves and compares them; the witness sees roots and proofs only.
    #[test]
    fn no_interleaving_gets_two_histories_cosigned(attempts in prop::collection::vec(attempt(MOST), 1..40), fork in 0..MOST) {
        let histories = [naive::leaves(MOST as u64), other(MOST as u64, fork), other(MOST as u64, fork / 2)];
        let (mut heads, mut cosigned) = (Heads::default(), Vec::<Vec<Hash>>::new());
        for attempt in attempts {
            let leaves = &histories[attempt.history][..attempt.size];
            let newest = cosigned.last().cloned().unwrap_or_default();
            // An honest client asks from the witness's size; others from anywhere.
            let old = attempt.old.unwrap_or(newest.len());
            let proof_of = &histories[if attempt.proof_of == 3 { attempt.history } else { attempt.proof_of }];
            let proof = if old == 0 || old > attempt.size { Vec::new() } else { naive::proof(old, &proof_of[..attempt.size]) };
            let checkpoint = head(leaves).sign(&signer(attempt.signer)).parse().expect("a note");
            let fits = old == newest.len() && leaves.starts_with(&newest) && attempt.signer == 1;
            let proved = old == 0 || old > attempt.size || proof == naive::proof(old, leaves);
            let request = AddCheckpoint { old: old as u64, proof, checkpoint };
            let same: AddCheckpoint = request.to_string().parse().expect("it is printed as a request");
            prop_assert_eq!(&same, &request);
            let verdict = decide(&heads, &log(), &request);
            match verdict.decision {
                Decision::Cosign(head) => {
                    prop_assert!(fits && proved, "cosigned against the model");
                    heads.push(head.size, head.root);
                    cosigned.push(leaves.to_vec());
                }
                refused => {
                    prop_assert!(!(fits && proved), "refused against the model: {:?}", refused);
                    if let Decision::Conflict(size) = refused {
                        prop_assert_eq!(size as usize, newest.len());
                    }
                }
            }
            if let Some((Suspicion::Split, told)) = verdict.suspicion {
                let known = cosigned.iter().find(|known| known.len() as u64 == told.size).map(|known| naive::root(known));
                prop_assert!(known.is_some_and(|known| known != told.root), "a split without two heads");
            }
        }
        for (one, next) in cosigned.iter().zip(cosigned.iter().skip(1)) {
            prop_assert!(next.starts_with(one), "two cosigned heads contradict each other");
        }
    }

    #[test]
    fn any_growth_is_consistent(sizes in prop::collection::vec(0u64..40, 1..20)) {
        let leaves = naive::leaves(800);
        let (mut heads, mut size) = (Heads::default(), 0);
        for more in sizes {
            let next = size + more as usize;
            let verdict = decide(&heads, &log(), &request(size, &leaves[..next]));
            prop_assert_eq!(&verdict, &Verdict { decision: Decision::Cosign(head(&leaves[..next])), suspicion: None });
            heads.push(next as u64, naive::root(&leaves[..next]));
            size = next;
        }
    }

    #[test]
    fn requests_are_read_only_as_printed(old in 0u64..20, size in 1u64..20, mutation in mutation()) {
        let proof = naive::proof(1, &naive::leaves(size));
        let request = AddCheckpoint { old, proof, checkpoint: signed(&head(&naive::leaves(size))) };
        let changed = Mutation::apply(&mutation, &request.to_string());
        if let Ok(read) = changed.parse::<AddCheckpoint>() {
            prop_assert_eq!(read.to_string(), changed);
        }
    }
}

/// A witness keeps what it is shown, so what it reads is short.
#[test]
fn a_long_checkpoint_is_no_request() {
    let request = |len: usize| {
        let text = head(&[leaf(b"a")]).to_string();
        let line = "x".repeat(len - text.len() - 1);
        let checkpoint = signer(1).sign(&format!("{text}{line}\n"));
        AddCheckpoint { old: 0, proof: Vec::new(), checkpoint }.to_string()
    };
    assert!(request(MAX_CHECKPOINT).parse::<AddCheckpoint>().is_ok());
    assert_eq!(request(MAX_CHECKPOINT + 1).parse::<AddCheckpoint>(), Err(MessageFault::Request));
}
