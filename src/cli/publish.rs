//! `veche publish`: brings what readers may have to a folder or a bucket, once or again and again.

use std::{path::PathBuf, pin::pin, time::Duration};

use clap::Args;
use serde_json::json;

use super::{CliFault, Holds, serve::Stop, show};
use crate::{
    clock::Clock,
    config::{Config, Database, Limits},
    error::Error,
    http::Http,
    outbound::mirror::Mirror,
    publishing::{Publisher, Report},
    server,
};

/// Pushes what is public and seldom changes: tiles, heads, events, pictures, the browser's files, and after the count results and
/// bundles. Each file keeps the path and the headers that the service gives it.
///
/// Safe to repeat and to interrupt: a head is pushed after everything that it covers. Refuses to push an older log over a newer one.
#[derive(Debug, Args)]
pub(super) struct Publish {
    /// A folder, or s3://BUCKET or s3://BUCKET/PREFIX with keys and region in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
    /// AWS_REGION.
    place: String,
    /// Address of an S3-compatible store, such as https://s3.example; without it AWS_ENDPOINT_URL, else Amazon's own.
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Pushes again after so many seconds, until it is told to stop. A fault is told and tried again.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    watch: Option<u64>,
    /// Says what it would push, and pushes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Folder of the database.
    #[arg(long)]
    data: Option<PathBuf>,
    /// PostgreSQL to read from instead of a SQLite file: postgres://ROLE@HOST[,HOST]/NAME.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Publish {
    pub(super) async fn run(self, mut config: Config, as_json: bool) -> Result<Holds, CliFault> {
        let stop = Stop::listen()?;
        config.data = self.data.unwrap_or(config.data);
        config.database = self.database.map_or(config.database, Database);
        // It asks the service inside itself, which waits for nobody.
        config.limits = Limits { enabled: false, ..config.limits };
        let app = server::open_existing(config, Clock::system()).await?;
        let mirror = Mirror::open(&self.place, self.endpoint.as_deref()).map_err(CliFault::other)?;
        let mut publisher = Publisher::new(Http::new(app), mirror, self.dry_run);
        let mut heard = pin!(stop.heard());
        loop {
            let passed = tokio::select! {
                passed = pass(&mut publisher, as_json, self.dry_run) => passed,
                stopped = &mut heard => return stopped.map(|()| true),
            };
            match (passed, self.watch) {
                (Ok(()), None) => return Ok(true),
                (Err(fault), None) => return Err(fault.into()),
                (Ok(()), Some(_)) => {}
                (Err(fault), Some(_)) => tracing::error!("publishing: {fault}"),
            }
            let pause = Duration::from_secs(self.watch.unwrap_or_default());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                stopped = &mut heard => return stopped.map(|()| true),
            }
        }
    }
}

async fn pass(publisher: &mut Publisher, as_json: bool, dry: bool) -> Result<(), Error> {
    let bar = show::bar("files", 0, as_json);
    let (moving, total) = (bar.clone(), std::sync::atomic::AtomicU64::new(0));
    let progress = move |done: u64, of: u64| {
        if done == 1 {
            let before = total.fetch_add(of, std::sync::atomic::Ordering::Relaxed);
            moving.set_length(before + of);
        }
        moving.inc(1);
    };
    let passed = publisher.pass(&progress).await;
    bar.finish_and_clear();
    print(&passed?, as_json, dry);
    Ok(())
}

fn print(report: &Report, as_json: bool, dry: bool) {
    if as_json {
        println!("{}", json!({ "dry_run": dry, "report": report }));
        return;
    }
    if dry {
        report.pushed.iter().for_each(|name| println!("{name}"));
    }
    let (files, removed) = (report.pushed.len(), report.removed.len());
    let would = if dry { "would be " } else { "" };
    println!(
        "{files} files {would}pushed ({} bytes), {} were there, {removed} {would}removed",
        report.bytes, report.kept
    );
    for (origin, size) in &report.heads {
        println!("{origin}: {size} lines");
    }
}
