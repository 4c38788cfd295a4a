//! The address of a PostgreSQL: one or several hosts of which one takes writes, and encryption unless the way there is short.

use std::str::FromStr as _;

use sqlx::{
    ConnectOptions as _, Connection as _,
    postgres::{PgConnectOptions, PgSslMode},
};

/// Where a database may be, in the order in which the hosts are tried.
#[derive(Debug)]
pub struct Hosts(Vec<PgConnectOptions>);

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
        hosts.split(',').map(one).collect::<Result<_, _>>().map(Self)
    }

    /// The same hosts with these settings for every session.
    #[must_use]
    pub(super) fn with(self, settings: &[(&str, &str)]) -> Self {
        let with = |options: PgConnectOptions| {
            // A statement that is logged could tell who did what when.
            options.application_name("veche").options(settings.iter().copied()).disable_statement_logging()
        };
        Self(self.0.into_iter().map(with).collect())
    }

    /// The first host, for whatever must not wait for one that answers.
    pub(super) fn first(&self) -> &PgConnectOptions {
        &self.0[0]
    }

    /// Whether there is a choice.
    pub(super) fn several(&self) -> bool {
        self.0.len() > 1
    }

    /// The host that takes writes now.
    ///
    /// # Errors
    /// The last host's fault when none does.
    pub(in crate::store) async fn primary(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let mut last = sqlx::Error::PoolClosed;
        for options in &self.0 {
            match is_primary(options).await {
                Ok(true) => return Ok(options.clone()),
                Ok(false) => last = sqlx::Error::Protocol(format!("{} is a standby", options.get_host())),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    /// The role that connects.
    #[must_use]
    pub fn user(&self) -> &str {
        self.first().get_username()
    }
}

async fn is_primary(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut connection = options.connect().await?;
    let standby: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(!standby)
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
        let hosts = Hosts::parse(url).unwrap().0;
        hosts.iter().map(|one| (one.get_host().to_owned(), one.get_port(), mode(one))).collect()
    }

    #[test]
    fn several_hosts_share_user_and_name() {
        let found = Hosts::parse("postgres://veche:secret@db1.example:5433,db2.example/votes?sslmode=require").unwrap();
        assert!(found.several());
        assert!(found.0.iter().all(|one| one.get_username() == "veche" && one.get_database() == Some("votes")));
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
