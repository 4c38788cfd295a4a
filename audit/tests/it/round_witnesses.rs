//! The rules' witnesses: a round without them keeps its fingerprint, and a policy that promises nothing is not published.

use audit::{
    log::{cosignature::CosignerKey, policy::WitnessPolicy},
    round::{Round, RoundRules, Violation, rules::RoundRulesFault},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;

use crate::sample::{published, rules, witnesses};

fn with(policy: WitnessPolicy) -> RoundRules {
    RoundRules { witnesses: Some(policy), ..rules() }
}

fn cosigner(name: &str, seed: u8) -> String {
    CosignerKey::new(name.to_owned(), SigningKey::from_bytes(&[seed; 32]).verifying_key()).to_string()
}

#[test]
fn rules_without_witnesses_are_the_bytes_they_were() {
    let bytes = String::from_utf8(rules().canonical()).unwrap();
    assert!(!bytes.contains("witnesses"));
    let named = String::from_utf8(with(witnesses()).canonical()).unwrap();
    let [first, second, third] = [0, 1, 2].map(|at| witnesses().keys[at].clone());
    let field = format!(r#","witnesses":{{"keys":["{first}","{second}","{third}"],"quorum":2}}}}"#);
    assert_eq!(named, bytes.strip_suffix('}').unwrap().to_owned() + &field);
    let read: RoundRules = serde_json::from_str(&named).unwrap();
    assert_eq!(read, with(witnesses()));
    assert_eq!(read.check(), Ok(()));
    assert!(serde_json::from_str::<RoundRules>(&named.replace(r#""quorum":2}}"#, r#""more":1,"quorum":2}}"#)).is_err());
    assert!(serde_json::from_str::<RoundRules>(&named.replace(r#""quorum":2}}"#, r#""quorum":65536}}"#)).is_err());
}

#[test]
fn a_policy_that_promises_nothing_is_not_published() {
    let few = |keys: &[String], quorum| WitnessPolicy { keys: keys.to_vec(), quorum };
    let [one, two, three] = [0, 1, 2].map(|at| witnesses().keys[at].clone());
    let many: Vec<_> =
        (b'a'..).take(17).zip(1..).map(|(name, seed)| cosigner(&char::from(name).to_string(), seed)).collect();
    let log = rules().log_key;
    let order = "keys must be 1 to 16 vkeys in ascending order, each once";
    let kind = "keys must be vkeys of type 0x04 (Ed25519) or 0x06 (ML-DSA-44)";
    let owners = "keys must belong to different witnesses";
    let quorum = "quorum must be 1 to the number of keys";
    for (policy, reason) in [
        (few(&[], 0), order),
        (few(&[], 1), order),
        (few(&[two.clone(), one.clone()], 1), order),
        (few(&[one.clone(), one.clone()], 1), order),
        (few(&many, 1), order),
        (few(&[one.clone(), format!("{two} ")], 1), kind),
        (few(std::slice::from_ref(&log), 1), kind),
        (few(&[String::new()], 1), kind),
        (few(&[cosigner("a", 1), cosigner("b", 1)], 1), owners),
        (few(&[cosigner("a", 1), cosigner("own", 100)], 1), "keys must not hold the log's own key"),
        (few(&[one.clone(), two.clone(), three.clone()], 0), quorum),
        (few(&[one.clone(), two.clone(), three], 4), quorum),
    ] {
        let fault = RoundRulesFault::Field { field: "witnesses", reason };
        assert_eq!(with(policy.clone()).check(), Err(fault.clone()), "{policy:?}");
        assert_eq!(Round::begin(&published(with(policy))), Err(Violation::Rules(fault)));
    }
    assert_eq!(with(few(&many[..16], 16)).check(), Ok(()));
    assert_eq!(with(few(&[one, two], 1)).check(), Ok(()));
    let key = log.rsplit_once('+').unwrap().1;
    assert_eq!(STANDARD.decode(key).unwrap()[1..], SigningKey::from_bytes(&[100; 32]).verifying_key().to_bytes());
}
