//! The address of a PostgreSQL: one or several hosts of which one takes writes, and encryption unless the way there is short.

use std::{
    str::FromStr as _,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Connection as _, PgPool,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::{sync::Mutex, task::JoinSet, time::timeout};

use super::met::Met;

/// How long a host may take to say whether it takes writes: a dead machine says nothing at all.
const ANSWER: Duration = Duration::from_secs(3);
/// For so long what the hosts said is believed, so that a crowd of requests does not ask them one by one.
const FRESH: Duration = Duration::from_secs(1);

/// Asks for the timeline; nothing of a standby.
const TIMELINE: &str =
    "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END";
/// Asks the only host, which needs no timeline and may be of an engine that has none.
const WRITES: &str = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE '' END";

/// Where a database may be.
#[derive(Debug)]
pub struct Hosts {
    all: Vec<PgConnectOptions>,
    /// When the hosts were asked last, and which of them took writes.
    last: Mutex<Option<(Instant, usize)>>,
    /// The servers that were met behind these addresses.
    pub(super) met: Arc<Met>,
    /// What is led to the host that takes writes, all together.
    pools: OnceLock<Vec<PgPool>>,
}

/// An address that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HostsFault {
    /// It is no address of a PostgreSQL.
    #[error("a database is postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]…]/NAME: {0}")]
    Form(String),
    /// Encryption is left to chance, which an attacker decides.
    #[error(
        "sslmode must be verify-full, verify-ca, require or disable: {0} encrypts only if nobody on the way objects"
    )]
    Chance(&'static str),
}

impl Hosts {
    /// Reads the form of libpq, several hosts included. Unless `sslmode` says otherwise, a host that is not this machine must show
    /// a certificate for its name (`verify-full`).
    ///
    /// # Errors
    /// [`HostsFault`]; it never holds the password.
    pub fn parse(url: &str) -> Result<Self, HostsFault> {
        let form = |reason: &str| HostsFault::Form(reason.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(|| form("it has no scheme"))?;
        if !matches!(scheme, "postgres" | "postgresql") {
            return Err(form("the scheme is another"));
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, hosts) = authority.rsplit_once('@').map_or((None, authority), |(user, hosts)| (Some(user), hosts));
        let user = user.map(|user| format!("{user}@")).unwrap_or_default();
        let asked = path.contains("sslmode=");
        let one = |host: &str| {
            let options = PgConnectOptions::from_str(&format!("{scheme}://{user}{host}{path}"));
            let options = options.map_err(|_| form("it cannot be read"))?;
            match options.get_ssl_mode() {
                _ if !asked && is_near(&options) => Ok(options.ssl_mode(PgSslMode::Disable)),
                _ if !asked => Ok(options.ssl_mode(PgSslMode::VerifyFull)),
                PgSslMode::Allow => Err(HostsFault::Chance("allow")),
                PgSslMode::Prefer => Err(HostsFault::Chance("prefer")),
                _ => Ok(options),
            }
        };
        hosts.split(',').map(one).collect::<Result<_, _>>().map(Self::new)
    }

    fn new(all: Vec<PgConnectOptions>) -> Self {
        Self { all, last: Mutex::default(), met: Arc::default(), pools: OnceLock::new() }
    }

    /// The same hosts with these settings for every session.
    #[must_use]
    pub(super) fn with(self, settings: &[(&str, &str)]) -> Self {
        let with = |options: PgConnectOptions| {
            // A statement that is logged could tell who did what when.
            options.application_name("veche").options(settings.iter().copied()).disable_statement_logging()
        };
        Self::new(self.all.into_iter().map(with).collect())
    }

    /// From now on these pools are led.
    pub(super) fn lead(&self, pools: Vec<PgPool>) {
        let _ = self.pools.set(pools);
    }

    /// The first host, for whatever must not wait for one that answers.
    pub(super) fn first(&self) -> &PgConnectOptions {
        &self.all[0]
    }

    /// Whether there is a choice.
    pub(super) fn several(&self) -> bool {
        self.all.len() > 1
    }

    /// The host that takes writes now. Where several say that they do, one is a primary that came back after another was
    /// promoted: the one with the latest timeline is right.
    ///
    /// # Errors
    /// A host's fault when none does.
    pub(in crate::store) async fn primary(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let mut last = self.last.lock().await;
        if let Some((_, host)) = last.filter(|(asked, _)| asked.elapsed() < FRESH) {
            return Ok(self.all[host].clone());
        }
        let mut asking = JoinSet::new();
        let question = if self.several() { TIMELINE } else { WRITES };
        for (host, options) in self.all.iter().cloned().enumerate() {
            asking.spawn(async move { (host, asked(&options, question).await) });
        }
        let (mut found, mut fault) = (None::<(String, usize)>, sqlx::Error::PoolClosed);
        while let Some(Ok((host, said))) = asking.join_next().await {
            match said {
                Ok(timeline) => found = Some(self.later(found, (timeline, host))),
                Err(other) => fault = other,
            }
        }
        let Some((_, host)) = found else { return Err(fault) };
        *last = Some((Instant::now(), host));
        for pool in self.pools.get().into_iter().flatten() {
            pool.set_connect_options(self.all[host].clone());
        }
        Ok(self.all[host].clone())
    }

    /// Of two hosts that take writes the one of the later timeline; of one timeline the one named first.
    fn later(&self, one: Option<(String, usize)>, other: (String, usize)) -> (String, usize) {
        let Some(one) = one else { return other };
        let key = |(timeline, host): &(String, usize)| (timeline.clone(), std::cmp::Reverse(*host));
        let (right, wrong) = if key(&one) > key(&other) { (one, other) } else { (other, one) };
        let name = |host: usize| format!("{}:{}", self.all[host].get_host(), self.all[host].get_port());
        let (used, stale) = (name(right.1), name(wrong.1));
        tracing::error!(used, stale, "a stale primary takes writes too: stop it, and make it a standby anew");
        right
    }

    /// The role that connects.
    #[must_use]
    pub fn user(&self) -> &str {
        self.first().get_username()
    }
}

/// The timeline of a host that takes writes: it grows with every promotion.
async fn asked(options: &PgConnectOptions, question: &'static str) -> Result<String, sqlx::Error> {
    let ask = async {
        let mut connection = options.connect().await?;
        let timeline: Option<String> = sqlx::query_scalar(question).fetch_one(&mut connection).await?;
        connection.close().await?;
        timeline.ok_or_else(|| sqlx::Error::Protocol(format!("{} is a standby", options.get_host())))
    };
    let silent = |_| sqlx::Error::Protocol(format!("{} does not answer", options.get_host()));
    timeout(ANSWER, ask).await.map_err(silent)?
}

/// A socket in the file system, or this machine's own network.
fn is_near(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modes(url: &str) -> Vec<(String, u16, String)> {
        let mode = |one: &PgConnectOptions| format!("{:?}", one.get_ssl_mode());
        let hosts = Hosts::parse(url).unwrap().all;
        hosts.iter().map(|one| (one.get_host().to_owned(), one.get_port(), mode(one))).collect()
    }

    #[test]
    fn several_hosts_share_user_and_name() {
        let found = Hosts::parse("postgres://veche:secret@db1.example:5433,db2.example/votes?sslmode=require").unwrap();
        assert!(found.several());
        assert!(found.all.iter().all(|one| one.get_username() == "veche" && one.get_database() == Some("votes")));
        assert_eq!(
            modes("postgres://veche@db1.example:5433,db2.example/votes?sslmode=require")[1..],
            [("db2.example".to_owned(), 5432, "Require".to_owned())]
        );
    }

    #[test]
    fn a_far_host_must_show_its_certificate() {
        assert_eq!(modes("postgres://veche@db.example/votes")[0].2, "VerifyFull");
        assert_eq!(modes("postgres://veche@127.0.0.1/votes")[0].2, "Disable");
        assert_eq!(modes("postgres://veche@10.0.0.1/votes?sslmode=disable")[0].2, "Disable");
        let fault = Hosts::parse("postgres://veche@db.example/votes?sslmode=prefer").unwrap_err();
        assert!(matches!(fault, HostsFault::Chance("prefer")));
    }

    #[test]
    fn a_fault_holds_no_password() {
        for url in ["mysql://u:secret@h/n", "postgres://u:secret@h:port/n", "secret"] {
            let said = Hosts::parse(url).unwrap_err().to_string();
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
