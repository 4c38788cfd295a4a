//! The log alone: what a line costs at each size, how long a receipt's proof takes, how many tiles a second are served.

use std::time::Instant;

use audit::{
    log::{
        path::TilePath,
        tile::{TileId, WIDTH},
    },
    office::Role,
};
use rand::RngExt as _;

use super::{
    super::{CliFault, play, show},
    Figure,
    load::{self, AsyncWork, CONNECTIONS, Connection},
    process::{Away, ServerProcess},
};
use crate::{
    app::{App, measuring, receipts::Receipt, staff},
    clock::Clock,
    config::{Config, Database, Limits},
    server,
};

/// Who the lines are by.
const HANDLE: &str = "bench";
/// Sizes at which the cost of a line is measured, as far as the log gets.
const SIZES: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
/// Lines in one transaction where the cost is measured: as many ballots as one batch may have.
const BATCH: u64 = 256;
/// Transactions that are measured at each size.
const BATCHES: usize = 40;
/// Lines in one transaction on the way from size to size.
const STRIDE: u64 = 8_192;
/// Receipts that are made.
const RECEIPTS: usize = 2_000;
/// Tiles that are asked for again and again.
const TILES: u64 = 1_024;
/// Requests for tiles.
const REQUESTS: usize = 100_000;
/// Bytes of a full tile of hashes.
pub(super) const TILE_BYTES: usize = 32 * WIDTH as usize;

pub(super) async fn measure(lines: u64, quiet: bool) -> Result<Vec<Figure>, CliFault> {
    let (data, _temporary) = play::folder(None)?;
    let limits = Limits { enabled: false, ..Limits::default() };
    let config = Config { data: data.clone(), limits, ..Config::default() };
    let app = server::open(config, Clock::system()).await?;
    staff::add(&app, HANDLE, Role::Official, None).await?;
    let bar = show::bar("lines in the log", lines, quiet);
    let mut figures = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size <= lines.max(SIZES[0])) {
        grow(&app, size, &bar).await?;
        let cost = cost_of_a_line(&app).await?;
        let method =
            format!("{BATCHES} transactions of {BATCH} lines with their commits, synchronous=FULL; the median");
        figures.push(Figure::new(format!("a line at {size} lines"), cost, "µs", None, method));
    }
    bar.finish_and_clear();
    figures.extend(proofs(&app).await?);
    let tiles = measuring::size(&app).await? / WIDTH;
    app.stop().await;
    let started = Instant::now();
    let server = ServerProcess::start(&Database::default(), &data, Away::Nobody)?;
    server.until_ready().await?;
    let start = started.elapsed().as_secs_f64();
    let served = tiles_a_second(&server, tiles.min(TILES)).await?;
    drop(server);
    let bare = ServerProcess::bare()?;
    let ceiling = tiles_a_second(&bare, tiles.min(TILES)).await?;
    let method =
        format!("{CONNECTIONS} connections kept open, {REQUESTS} requests, load generator on the same machine");
    let size = format!("from the command to the first answer that says that it is ready, with {} lines", tiles * WIDTH);
    figures.push(Figure::new("start of the service", start, "s", Some("≤ 3"), size));
    figures.push(Figure::new("tiles over HTTP", served, "/s", Some("≥ 15000"), method.clone()));
    figures.push(Figure::new("the same bytes from a bare handler", ceiling, "/s", None, method));
    Ok(figures)
}

async fn grow(app: &App, to: u64, bar: &indicatif::ProgressBar) -> Result<(), CliFault> {
    let mut size = measuring::size(app).await?;
    while size < to {
        let stride = STRIDE.min(to - size);
        measuring::append(app, HANDLE, stride).await?;
        size += stride;
        bar.set_position(size);
    }
    Ok(())
}

/// Microseconds.
async fn cost_of_a_line(app: &App) -> Result<f64, CliFault> {
    let mut times = Vec::new();
    for _ in 0..BATCHES {
        times.push(measuring::append(app, HANDLE, BATCH).await?);
    }
    times.sort_unstable();
    Ok(load::percentile(&times, 50) * 1e6 / BATCH as f64)
}

async fn proofs(app: &App) -> Result<[Figure; 2], CliFault> {
    let size = measuring::size(app).await?;
    let mut times = Vec::new();
    for _ in 0..RECEIPTS {
        let index = rand::rng().random_range(0..size);
        match measuring::receipt(app, index).await? {
            (Receipt::Logged { index: found, .. }, time) if found == index => times.push(time),
            _ => return Err(CliFault::Other(format!("no receipt for line {index}"))),
        }
    }
    times.sort_unstable();
    let figure = |name: &'static str, value: f64| {
        let method = format!("{RECEIPTS} receipts of lines drawn from {size}, from the database's file to the text");
        Figure::new(name, value * 1e3, "ms", Some("≤ 1"), method)
    };
    let median = figure("a receipt's proof, median", load::percentile(&times, 50));
    Ok([median, figure("a receipt's proof, p99", load::percentile(&times, 99))])
}

async fn tiles_a_second(server: &ServerProcess, tiles: u64) -> Result<f64, CliFault> {
    let path = |index| format!("/office/log/{}", TilePath::Hashes(TileId { level: 0, index }, WIDTH));
    let first: Vec<_> = (0..tiles).map(path).collect();
    load::run(server.host(), first, None, Get).await?;
    let again = (0..REQUESTS as u64).map(|request| path(request % tiles)).collect();
    let started = Instant::now();
    load::run(server.host(), again, None, Get).await?;
    Ok(REQUESTS as f64 / started.elapsed().as_secs_f64())
}

#[derive(Clone)]
struct Get;

impl AsyncWork<String> for Get {
    async fn call(&self, connection: &mut Connection, path: &String) -> Result<(), CliFault> {
        let tile = connection.get(path).await?;
        if tile.len() == TILE_BYTES { Ok(()) } else { Err(CliFault::Other(format!("{path}: {} bytes", tile.len()))) }
    }
}
