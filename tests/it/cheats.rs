//! The cheating server: the operator, with every key of the service, plays each cheat, and all who look say what they saw.

mod browser;
mod catalogue;
mod catchers;
mod forgery;
mod monitor;
mod play;
mod residents;
mod server;
mod table;
mod truth;
mod view;
mod witness;

use std::collections::BTreeMap;

use browser::Browser;
use play::{Catcher, Caught, Cheat, Play, When};
use truth::truth;

/// Who of those who look is expected to catch a cheat, and when.
fn expected(cheat: &Cheat, browser: Option<&Browser>) -> BTreeMap<Catcher, When> {
    cheat.caught.iter().copied().filter(|(who, _)| *who != Catcher::Browser || browser.is_some()).collect()
}

fn seen(caught: &Caught) -> BTreeMap<Catcher, When> {
    caught.iter().map(|(who, (when, _))| (*who, *when)).collect()
}

fn words(caught: &Caught) -> String {
    caught.iter().map(|(who, (when, why))| format!("    {who:?}, {when:?}: {why}\n")).collect()
}

async fn watched(play: &Play, browser: Option<&mut Browser>) -> Caught {
    catchers::watch(truth(), play, browser).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_cries_wolf() {
    let mut browser = Browser::start();
    for play in [catalogue::honest, catalogue::remade] {
        let caught = watched(&play(truth()), browser.as_mut()).await;
        assert!(caught.is_empty(), "\n{}", words(&caught));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cheat_is_caught_by_whom_the_table_names() {
    let (mut wrong, mut browser) = (String::new(), Browser::start());
    for cheat in catalogue::all() {
        let caught = watched(&(cheat.play)(truth()), browser.as_mut()).await;
        let expected = expected(&cheat, browser.as_ref());
        println!("{}\n{}", cheat.name, words(&caught));
        if seen(&caught) != expected {
            wrong += &format!("{}: expected {expected:?}, and saw\n{}", cheat.name, words(&caught));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_table_in_the_document_is_this_one() {
    table::same_as_document(&catalogue::all());
}
