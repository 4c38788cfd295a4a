//! A round over HTTP against a server in a process of its own: credentials, casting, latency, memory, verification.

mod casting;
mod crowd;
mod figures;
pub(super) mod overload;

use std::{path::Path, time::Instant};

use audit::{folder::Folder, round::Act, verify::verify};
use ballots::Rules;
use indicatif::ProgressBar;

pub(super) use casting::Cast;

use self::{crowd::AtTheDoor, figures::Measured};
use super::{
    super::{
        CliFault,
        play::{self, Stage},
        show, town,
    },
    Figure,
    ceilings::{Ceilings, On},
    process::{Away, ServerProcess},
};
use crate::{app::measuring, client::resident::PollingPlace, clock::Clock, crypto::codes::LetterCode};

const SLUG: &str = "bench";
/// Of so many residents who vote one more comes for a credential only while others cast.
const LATE: usize = 10;
/// Ballots of nobody in one batch.
const BATCH: u64 = 4_095;

/// How much is cast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Residents who vote.
    pub(super) residents: usize,
    /// Ballots that each of them casts, one after the other.
    pub(super) versions: usize,
    /// Ballots of nobody that are in the log before.
    pub(super) standing: u64,
    /// Ballots a second at which the latency is measured.
    pub(super) rate: u32,
}

impl Size {
    fn ballots(&self) -> usize {
        self.residents * self.versions
    }

    /// Residents who come for a credential while others cast, and cast nothing.
    fn late(&self) -> usize {
        self.residents / LATE
    }
}

pub(super) async fn measure(on: &On, size: Size, profile: Option<&Path>, quiet: bool) -> Result<Vec<Figure>, CliFault> {
    let (data, _temporary) = play::folder(None)?;
    let rules = town::rules(town::Way::Approval);
    let (mut stage, codes) = opened(on, &size, &data, &rules, quiet).await?;
    let started = Instant::now();
    let server = ServerProcess::start(&on.database, &data, Away::Nobody)?;
    server.until_ready().await?;
    let start = started.elapsed().as_secs_f64();
    stage.move_to(&server.url)?;
    let place = PollingPlace::enter(&stage.api, SLUG).await?;

    let spinner = show::spinner("blinding credentials", quiet);
    let mut early = crowd::requests(&place, codes.len())?;
    let late = early.split_off(size.residents);
    let late = AtTheDoor::with(&codes[size.residents..], late);
    spinner.set_message("issuing credentials");
    let mut ceilings = Ceilings::new()?;
    ceilings.issuing()?;
    let (issuing, issued) = AtTheDoor::with(&codes, early).ask(server.host(), None).await?;
    ceilings.issuing()?;
    spinner.set_message("sealing ballots");
    let ballots = crowd::ballots(&place, &rules, issued, size.versions)?;
    spinner.set_message("measuring the ceilings");
    ceilings.casting(on, &data, &ballots).await?;
    let casting = casting::measure(&server, ballots.clone(), (late, size.late()), size.rate, profile, &spinner).await?;
    spinner.set_message("measuring the ceilings again");
    ceilings.casting(on, &data, &ballots).await?;
    let memory = server.peak_memory()?;

    spinner.set_message("closing, counting, exporting, verifying");
    let verification = match size.standing {
        0 => Some((verification(&stage, &data, &size).await?, server.peak_memory()?)),
        _ => None,
    };
    spinner.finish_and_clear();
    Ok(Measured { issuing, casting, memory, start, verification, ceilings }.figures(on, &size))
}

/// An open round with its residents' letter codes, and with what stands in its log before; nothing serves it any more.
async fn opened(
    on: &On,
    size: &Size,
    data: &Path,
    rules: &Rules,
    quiet: bool,
) -> Result<(Stage, Vec<LetterCode>), CliFault> {
    let mut stage = Stage::set_on(on.database.clone(), data, "127.0.0.1:0").await?;
    stage.publish(SLUG, "bench", rules.clone(), 14).await?;
    let people = town::people(size.residents + size.late(), play::today(Clock::system().now()).year());
    let codes = stage.enrol(SLUG, &people, &show::bar("on the roll", people.len() as u64, quiet)).await?;
    stage.act(SLUG, Act::Open, "bench").await?;
    stand(&stage, size.standing, &show::bar("ballots in the log before", size.standing, quiet)).await?;
    stage.stop().await?;
    if size.standing > 0 {
        on.settle().await?;
    }
    Ok((stage, codes))
}

/// Puts ballots of nobody into the log, before the round gets a server of its own.
async fn stand(stage: &Stage, ballots: u64, bar: &ProgressBar) -> Result<(), CliFault> {
    let server = stage.server.as_ref().ok_or_else(|| CliFault::Other("the stage has no server any more".into()))?;
    // All batches are of about one size, for none may be too small.
    let batches = ballots.div_ceil(BATCH);
    for batch in 0..batches {
        let size = ballots / batches + u64::from(batch < ballots % batches);
        measuring::stand(&server.app, SLUG, usize::try_from(size).map_err(CliFault::other)?).await?;
        bar.inc(size);
    }
    if ballots > 0 {
        measuring::settle(&server.app, SLUG).await?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Closes and certifies the round, in which nothing may be missing, and returns how many ballots a second its bundle is verified at.
async fn verification(stage: &Stage, data: &Path, size: &Size) -> Result<f64, CliFault> {
    stage.act(SLUG, Act::Close, "bench").await?;
    let result = stage.certify(SLUG, true).await?;
    let (cast, counted) = (size.ballots(), result.outcome.ballots);
    let logged = counted + result.replaced;
    if (logged, counted) != (cast as u64, size.residents as u64) {
        return Err(CliFault::Other(format!(
            "of {cast} ballots {logged} are in the log, and {counted} of those count"
        )));
    }
    let folder = stage.bundle(SLUG, data)?;
    let started = Instant::now();
    let report = verify(&Folder(folder), None, &|_| ());
    if !report.passed() {
        return Err(CliFault::Other(format!("the bundle does not verify:\n{report}")));
    }
    Ok(cast as f64 / started.elapsed().as_secs_f64())
}
