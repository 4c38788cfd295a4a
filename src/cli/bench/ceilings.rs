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
const ROWS: (i64, i64) = (400_000, 100);
/// How often the ballots are sent to the handler without work: once takes a second, in which a shared machine may do anything.
const TIMES: usize = 4;

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

/// Rates a second.
pub(super) struct Ceilings {
    http: f64,
    /// On every core at once.
    signing: f64,
    /// On every core at once.
    checks: f64,
    inserts: f64,
}

impl Ceilings {
    pub(super) async fn measure(on: &On, data: &Path, bodies: Vec<Body>) -> Result<Self, CliFault> {
        let server = ServerProcess::bare()?;
        let mut took = 0.0;
        for _ in 0..TIMES {
            took += 1.0 / load::run(server.host(), bodies.clone(), None, Cast).await?.per_second;
        }
        let http = TIMES as f64 / took;
        drop(server);
        let (issuer, cores) = (IssuerKey::generate(2048).map_err(CliFault::other)?, core::every_core());
        let (signing, checks) = (core::signing(&issuer, cores)?, core::checking(&issuer, cores)?);
        let took = match &on.owner {
            Some(owner) => bare::into_postgres(owner, ROWS.0, ROWS.1).await?,
            None => bare::into_sqlite(&data.join("ceiling.db"), ROWS.0, ROWS.1).await?,
        };
        Ok(Self { http, signing, checks, inserts: ROWS.0 as f64 / took.as_secs_f64() })
    }

    /// Each of them, and what part of them issuing reached, and casting, for which one ballot after the other would go through all.
    pub(super) fn figures(&self, issuing: f64, casting: f64) -> [Figure; 7] {
        let cores = core::every_core();
        let together = 1.0 / (1.0 / self.http + 1.0 / self.checks + 1.0 / self.inserts);
        let alone = |name, value, unit, method: String| Figure::new(name, value, unit, None, method);
        [
            alone("blind signatures alone", self.signing, "/s", format!("RSA-2048 on {cores} cores at once")),
            Figure::new(
                "credentials, of the signatures alone",
                100.0 * issuing / self.signing,
                "%",
                Some("≥ 70"),
                "both from this run".into(),
            ),
            alone(
                "HTTP alone",
                self.http,
                "/s",
                format!("the same requests to a handler without work, {CONNECTIONS} connections"),
            ),
            alone("signature checks alone", self.checks, "/s", format!("RSA-PSS and Ed25519 on {cores} cores at once")),
            alone(
                "inserts alone",
                self.inserts,
                "rows/s",
                format!("rows of a ballot's length, {} in each durable transaction, one connection", ROWS.1),
            ),
            alone("ceiling of casting", together, "ballots/s", "HTTP, checks and inserts, one after the other".into()),
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
