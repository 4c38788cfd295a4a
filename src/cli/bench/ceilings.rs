//! What bounds casting, each part alone on the same machine in the same run: HTTP without work, the signature checks, bare inserts.

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
const ROWS: (i64, i64) = (100_000, 100);

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

    pub(super) fn name(&self) -> &'static str {
        if self.owner.is_some() { "PostgreSQL" } else { "SQLite" }
    }
}

/// Rates a second.
pub(super) struct Ceilings {
    http: f64,
    checks: f64,
    inserts: f64,
}

impl Ceilings {
    pub(super) async fn measure(on: &On, data: &Path, bodies: Vec<Body>) -> Result<Self, CliFault> {
        let server = ServerProcess::bare()?;
        let http = load::run(server.host(), bodies, None, Cast).await?.per_second;
        drop(server);
        let checks = core::checking(&IssuerKey::generate(2048).map_err(CliFault::other)?)?;
        let took = match &on.owner {
            Some(owner) => bare::into_postgres(owner, ROWS.0, ROWS.1).await?,
            None => bare::into_sqlite(&data.join("ceiling.db"), ROWS.0, ROWS.1).await?,
        };
        Ok(Self { http, checks, inserts: ROWS.0 as f64 / took.as_secs_f64() })
    }

    /// Each of them, and the rate at which one ballot after the other would go through all of them on every core.
    pub(super) fn figures(&self, casting: f64) -> [Figure; 5] {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let together = 1.0 / (1.0 / self.http + 1.0 / (self.checks * cores as f64) + 1.0 / self.inserts);
        let method = |text: &str| text.to_owned();
        [
            Figure::new(
                "HTTP alone",
                self.http,
                "/s",
                None,
                format!("the same requests to a handler without work, {CONNECTIONS} connections"),
            ),
            Figure::new("signature checks alone", self.checks, "/s", None, method("RSA-PSS and Ed25519 on one core")),
            Figure::new(
                "inserts alone",
                self.inserts,
                "rows/s",
                None,
                format!("rows of a ballot's length, {} in each durable transaction, one connection", ROWS.1),
            ),
            Figure::new(
                "ceiling of casting",
                together,
                "ballots/s",
                None,
                format!("HTTP, checks on {cores} cores and inserts, one after the other"),
            ),
            Figure::new(
                "casting, of its ceiling",
                100.0 * casting / together,
                "%",
                Some("≥ 60"),
                method("both from this run"),
            ),
        ]
    }
}
