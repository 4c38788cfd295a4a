//! `veche demo`: a whole round of a rating vote, run for real in a temporary folder.

use std::path::PathBuf;

use audit::round::Act;
use clap::Args;
use serde_json::json;

use super::{CliFault, Holds, play, play::Stage, serve, show, tally, town, verify};
use crate::{clock::Clock, crypto::codes::LetterCode, export::table::Table};

/// Name of the demo's round.
const SLUG: &str = "ozersk-2027";
/// What it decides.
const TITLE: &str = "Какую территорию Озёрска благоустроить в 2027 году";
/// Turnout of the town's last electronic rating vote.
const RESIDENTS: usize = 9_305;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Simulated residents who cast before you.
    #[arg(long, default_value_t = RESIDENTS)]
    residents: usize,
    /// Letter codes that are left for you and others.
    #[arg(long, default_value_t = 5)]
    letters: usize,
    /// Close, open, count, certify, export and verify at once, and exit.
    #[arg(long)]
    to_end: bool,
    /// Keep the database and the bundle in this folder.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// How residents mark.
    #[arg(long, value_enum, default_value_t = town::Way::Approval)]
    kind: town::Way,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
}

impl Demo {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let (data, _temporary) = play::folder(self.dir.clone())?;
        let mut stage = Stage::set(&data, &self.listen).await?;
        let codes = self.vote(&stage, as_json).await?;
        let stop = serve::Stop::listen()?;
        self.announce(&stage, &codes, as_json);
        if !self.to_end {
            stop.heard().await?;
        }
        let holds = finish(&stage, &data, as_json).await?;
        stage.stop().await?;
        Ok(holds)
    }

    /// Up to the moment when the newcomer may cast too. Returns the codes that are left.
    async fn vote(&self, stage: &Stage, quiet: bool) -> Result<Vec<LetterCode>, CliFault> {
        let rules = town::rules(self.kind);
        stage.publish(SLUG, TITLE, rules.clone(), 14).await?;
        for (territory, picture) in town::pictures() {
            stage.official.add_picture(SLUG, territory, &picture).await?;
        }
        let year = play::today(Clock::system().now()).year();
        let people = town::people(self.residents + self.letters, year);
        let bar = show::bar("on the roll", people.len() as u64, quiet);
        let mut codes = stage.enrol(SLUG, &people, &bar).await?;
        bar.finish();
        stage.act(SLUG, Act::Open, "демонстрация").await?;
        let spare = codes.split_off(self.residents);
        let residents = codes.into_iter().zip(town::choices(&rules, self.residents)).collect();
        let bar = show::bar("residents casting", self.residents as u64, quiet);
        let cast = play::cast(&stage.api, SLUG, residents, &bar).await?;
        bar.finish();
        match cast.refused.first() {
            Some((_, reason)) => Err(CliFault::Other(format!("a resident was refused: {reason}"))),
            None => Ok(spare),
        }
    }

    fn announce(&self, stage: &Stage, codes: &[LetterCode], as_json: bool) {
        let url = stage.api.base();
        // The second half is never part of an address: addresses stay in a browser's history.
        let links: Vec<String> =
            codes.iter().map(|code| format!("{url}/rounds/{SLUG}/ballot#{}", code.identifying)).collect();
        let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
        if as_json {
            println!(
                "{}",
                json!({ "url": url, "round": SLUG, "codes": codes, "links": links, "tokens": stage.tokens })
            );
            return;
        }
        println!("\nThe round is open: {url}/rounds/{SLUG}");
        if self.to_end {
            return;
        }
        println!(
            "API document:      {url}/api/v1/openapi.json\n\nLetter codes that nobody has used yet, and the links for their QR codes, which fill in the first half:"
        );
        codes.iter().zip(&links).for_each(|(code, link)| println!("  {code}\n  {link}\n"));
        println!("Tokens of the officials:");
        for (handle, token) in stage.tokens.as_object().into_iter().flatten() {
            println!("  {handle:<11} {}", token.as_str().unwrap_or_default());
        }
        let [code, ..] = codes.as_slice() else { return };
        println!("\nCast a ballot of your own: open one of the links in a browser, or in another window:");
        println!("  cargo run --release -- vote {url}/rounds/{SLUG} --code \"{code}\" {}", self.kind.example());
        println!("\nCtrl-C closes the round, counts, and shows the result.");
    }
}

async fn finish(stage: &Stage, data: &std::path::Path, as_json: bool) -> Result<Holds, CliFault> {
    let round = stage.close(SLUG, "демонстрация").await?;
    let result = stage.certify(SLUG, as_json).await?;
    let folder = stage.bundle(SLUG, data)?;
    if !as_json {
        show::result(&Table::new(&round.rules.voting, &result.outcome));
        println!("\nbundle: {} (kept with --dir only)\n", folder.display());
        return verify::check(&folder, Some(&round.rules.log_key), false);
    }
    let report = audit::verify::verify(&audit::folder::Folder(folder), Some(&round.rules.log_key), &|_| ());
    let summary = tally::summary(&result.outcome);
    println!("{}", json!({ "result": summary, "winners": result.outcome.winners, "verified": report.passed() }));
    Ok(report.passed())
}
