//! What bounds casting and issuing, each part alone on the same machine in the same run: HTTP without work, the signatures, bare inserts.

use std::path::Path;

use hyper::body::Bytes as Body;

use super::{
    super::CliFault,
    Figure, core,
    load::{self, CONNECTIONS},
    process::ServerProcess,
    round::Cast,
};
use crate::{
    config::Database,
    crypto::issuer::IssuerKey,
    store::{self, Hosts, bare},
};

/// Rows that are inserted, and how many of them in each transaction: about what a group of ballots has under load.
const ROWS: (i64, i64) = (200_000, 100);
/// How often the ballots are sent to the handler without work: once takes a second, in which a shared machine may do anything.
const TIMES: usize = 2;
/// As many of the ballots as take that second.
const BODIES: usize = 100_000;

/// The database that a round is measured on.
pub(super) struct On {
    /// As the service's role.
    pub(super) database: Database,
    owner: Option<Hosts>,
}

impl On {
    /// SQLite, or a PostgreSQL that is made ready.
    pub(super) async fn of(database: Option<String>, owner: Option<&str>) -> Result<Self, CliFault> {
        let owner = owner.map(Hosts::parse).transpose().map_err(CliFault::other)?;
        if let (Some(url), Some(owner)) = (&database, &owner) {
            let service = Hosts::parse(url).map_err(CliFault::other)?;
            store::migrate(owner, service.user()).await?;
        }
        Ok(Self { database: Database(database.unwrap_or_default()), owner })
    }

    /// Lets a PostgreSQL be done with what was put into it.
    pub(super) async fn settle(&self) -> Result<(), CliFault> {
        if let Some(owner) = &self.owner {
            bare::vacuum(owner).await?;
        }
        Ok(())
    }

    pub(super) fn name(&self) -> &'static str {
        if self.owner.is_some() { "PostgreSQL" } else { "SQLite" }
    }
}

/// Each bound is measured before and after what it bounds, for what a shared machine can do changes within a minute.
pub(super) struct Ceilings {
    issuer: IssuerKey,
    http: Mean,
    signing: Mean,
    checks: Mean,
    inserts: Mean,
}

impl Ceilings {
    pub(super) fn new() -> Result<Self, CliFault> {
        let issuer = IssuerKey::generate(2048).map_err(CliFault::other)?;
        let none = Mean::default;
        Ok(Self { issuer, http: none(), signing: none(), checks: none(), inserts: none() })
    }

    /// Measures what bounds issuing, on every core at once.
    pub(super) fn issuing(&mut self) -> Result<(), CliFault> {
        self.signing.add(core::signing(&self.issuer, core::every_core())?);
        Ok(())
    }

    /// Measures what bounds casting these ballots, whatever is computed on every core at once.
    pub(super) async fn casting(&mut self, on: &On, data: &Path, ballots: &[Body]) -> Result<(), CliFault> {
        let server = ServerProcess::bare()?;
        for _ in 0..TIMES {
            let bodies = ballots[..ballots.len().min(BODIES)].to_vec();
            self.http.add(load::run(server.host(), bodies, None, Cast).await?.per_second);
        }
        drop(server);
        self.checks.add(core::checking(&self.issuer, core::every_core())?);
        let took = match &on.owner {
            Some(owner) => bare::into_postgres(owner, ROWS.0, ROWS.1).await?,
            None => bare::into_sqlite(data, ROWS.0, ROWS.1).await?,
        };
        self.inserts.add(ROWS.0 as f64 / took.as_secs_f64());
        Ok(())
    }

    /// Each of them, and what part of them issuing reached, and casting, for which one ballot after the other would go through all.
    pub(super) fn figures(&self, issuing: f64, casting: f64) -> [Figure; 7] {
        let cores = core::every_core();
        let [http, signing, checks, inserts] =
            [&self.http, &self.signing, &self.checks, &self.inserts].map(Mean::per_second);
        let together = 1.0 / (1.0 / http + 1.0 / checks + 1.0 / inserts);
        let alone = |name, value, unit, method: String| Figure::new(name, value, unit, None, method);
        [
            alone("blind signatures alone", signing, "/s", format!("RSA-2048 on {cores} cores at once")),
            Figure::new(
                "credentials, of the signatures alone",
                100.0 * issuing / signing,
                "%",
                Some("≥ 70"),
                "both from this run, the signatures before and after".into(),
            ),
            alone(
                "HTTP alone",
                http,
                "/s",
                format!("the same requests to a handler without work, {CONNECTIONS} connections"),
            ),
            alone("signature checks alone", checks, "/s", format!("RSA-PSS and Ed25519 on {cores} cores at once")),
            alone(
                "inserts alone",
                inserts,
                "rows/s",
                format!("rows of a ballot's length, {} in each durable transaction, one connection", ROWS.1),
            ),
            alone(
                "ceiling of casting",
                together,
                "ballots/s",
                "HTTP, checks and inserts, one after the other, each the mean of before and after".into(),
            ),
            Figure::new(
                "casting, of its ceiling",
                100.0 * casting / together,
                "%",
                Some("≥ 60"),
                "both from this run".into(),
            ),
        ]
    }
}

/// The mean of rates, by the time that one of what is counted takes.
#[derive(Default)]
struct Mean {
    seconds: f64,
    times: f64,
}

impl Mean {
    fn add(&mut self, per_second: f64) {
        self.seconds += 1.0 / per_second;
        self.times += 1.0;
    }

    fn per_second(&self) -> f64 {
        self.times / self.seconds
    }
}
