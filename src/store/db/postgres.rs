//! PostgreSQL: the choice for a city or a region, with a role that can neither change nor delete a line of a log.

use std::{future::ready, sync::Arc, time::Duration};

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{Db, Hosts, apart::Apart, schema};
use crate::error::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
/// What the service's role may do, table by table.
const GRANTS: &str = include_str!("../../../migrations/grants.sql");

/// What the service's role may do beyond that, in words: one row, or none. Rows that are taken out when their time is over may be deleted;
/// nothing else may, no table may be emptied, and what only grows may not be changed, not by a single column.
const EXCESS: &str = "SELECT words FROM (
    WITH roles AS (
        SELECT oid, rolsuper, rolcreaterole FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')
    ), tables AS (
        SELECT oid, relname::text AS name, relowner FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    ), excess (rank, words) AS (
        SELECT 1, 'is a superuser, or may become one' FROM roles WHERE rolsuper
        UNION ALL SELECT 2, 'may make roles and so become another' FROM roles WHERE rolcreaterole
        UNION ALL SELECT 3, 'owns the database' FROM pg_database
        WHERE datname = current_database() AND datdba IN (SELECT oid FROM roles)
        UNION ALL SELECT 4, 'owns the schema' FROM pg_namespace
        WHERE oid = current_schema()::regnamespace AND nspowner IN (SELECT oid FROM roles)
        UNION ALL SELECT 5, 'owns ' || name FROM tables WHERE relowner IN (SELECT oid FROM roles)
        UNION ALL SELECT 6, 'may change rows of ' || name FROM tables, roles
        WHERE has_any_column_privilege(roles.oid, tables.oid, 'UPDATE')
        AND name IN ('log_lines', 'long_lines', 'accepted_ballots', 'promise_filters', 'line_runs', 'line_chunks', 'waiting_ballots', 'issuances', 'secrets', '_sqlx_migrations')
        UNION ALL SELECT 7, 'may delete rows of ' || name FROM tables, roles
        WHERE has_table_privilege(roles.oid, tables.oid, 'DELETE')
        AND name NOT IN ('waiting_ballots', 'issuances', 'pictures', 'picture_files', 'line_runs', 'line_chunks', 'leases', 'limited', 'backups')
        UNION ALL SELECT 8, 'may empty ' || name FROM tables, roles
        WHERE has_table_privilege(roles.oid, tables.oid, 'TRUNCATE')
        UNION ALL SELECT 9, 'may put triggers on ' || name FROM tables, roles
        WHERE has_table_privilege(roles.oid, tables.oid, 'TRIGGER')
        UNION ALL SELECT 10, 'may change the note of a cosigned head' FROM tables, roles
        WHERE name = 'cosigned_heads' AND has_column_privilege(roles.oid, tables.oid, 'checkpoint', 'UPDATE')
    )
    SELECT rank, words FROM excess
    ) AS found ORDER BY rank, words LIMIT 1";

/// For every session, whatever the server's own settings are. A commit that was answered is durable, on the synchronous standby too;
/// a node that died or was cut off gives its locks back soon; and nobody waits for a lock or an answer for ever.
const SESSION: &[(&str, &str)] = &[
    ("synchronous_commit", "on"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "8s"),
    ("statement_timeout", "60s"),
    ("tcp_user_timeout", "10s"),
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
];
/// How long a request waits for a connection before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a transaction is begun anew because another server was met meanwhile.
const TRIES: usize = 3;
/// How long an idle connection may take to show that it is alive. A host that froze or vanished closes nothing: the connection
/// would be waited for until the kernel gives up, which may be never.
const ALIVE: Duration = Duration::from_secs(2);
/// Connections that write, for each node: credentials, jobs, acts of staff, wrong codes and copies for other devices have one each under way.
const WRITERS: u32 = 6;
/// The same for what goes before all else: of groups of ballots and of sweeps one each is under way, while the one before gives its
/// connection back.
const APART: u32 = 4;

impl Db {
    /// Connects, and makes sure that what is there is ours: the schema, durable commits, and no power over what was logged.
    ///
    /// # Errors
    /// [`Error::Database`] when nobody answers, [`Error::Broken`] with what the operator must do.
    pub async fn connect(hosts: Hosts, readers: u32) -> Result<Self, Error> {
        let hosts = Arc::new(hosts.with(SESSION));
        let primary = hosts.primary().await?;
        let mut connection = PgConnection::connect_with(&primary).await?;
        schema_is_ours(&mut connection).await?;
        is_durable(&mut connection).await?;
        is_least(&mut connection).await?;
        connection.close().await?;
        let pool = |most| {
            let (known, meeting) = (Arc::clone(&hosts.met), Arc::clone(&hosts.met));
            let options = PgPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
            let options = options
                .max_lifetime(Duration::from_secs(1800))
                .test_before_acquire(false)
                .before_acquire(move |connection, of| match known.is_of_last(of.age) {
                    true => Box::pin(is_alive(connection)),
                    false => Box::pin(ready(Ok(false))),
                })
                .after_release(|connection, _| Box::pin(is_free(connection)))
                .after_connect(move |connection, _| {
                    let met = Arc::clone(&meeting);
                    Box::pin(async move {
                        met.meet(&takes_writes(connection).await?);
                        Ok(())
                    })
                });
            options.connect_lazy_with(primary.clone())
        };
        let (writers, apart, readers) = (pool(WRITERS), Arc::new(Apart::start(pool(APART))?), pool(readers));
        hosts.lead(vec![writers.clone(), apart.pool.clone(), readers.clone()]);
        Ok(Self::Pg { writers, apart, readers, hosts })
    }
}

/// Whether the host answers on this connection; a fault closes the connection at once.
async fn is_alive(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let silent = |_| sqlx::Error::Protocol("the database is silent on this connection".into());
    tokio::time::timeout(ALIVE, connection.ping()).await.map_err(silent)?.map(|()| true)
}

/// Whether a connection that comes back is in no transaction any more. When whoever begins one is stopped before the server's answer,
/// the library does not count it and never ends it, and the connection would come to the next request in the middle of it. An
/// empty statement is answered with the server's own word on that, and the library takes it for a beginning if there is a
/// transaction.
async fn is_free(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let silent = |_| sqlx::Error::Protocol("the database is silent on this connection".into());
    let ask = async {
        match connection.begin_with("").await {
            Ok(begun) => begun.rollback().await.map(|()| true),
            Err(sqlx::Error::BeginFailed) => Ok(true),
            Err(fault) => Err(fault),
        }
    };
    tokio::time::timeout(ALIVE, ask).await.map_err(silent)?
}

/// When the server was started, to the microsecond, which no other shares. A host that was the primary may come back as a standby.
async fn takes_writes(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let ask = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_postmaster_start_time()::text END";
    let started: Option<String> = sqlx::query_scalar(ask).fetch_one(connection).await?;
    started.ok_or_else(|| sqlx::Error::Protocol("the database is a standby now".into()))
}

/// Begins a transaction that may write, on a server that was looked at.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when it was not looked at in time, or is another one again and again.
pub(super) async fn begin_to_write(pool: &PgPool, hosts: &Hosts) -> Result<Transaction<'static, Postgres>, Error> {
    // Whatever the server's or the role's default is: after a lock one state of before it would be an old one.
    const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";
    for _ in 0..TRIES {
        let server = hosts.met.wait().await?;
        let begun = begin(pool, hosts, WRITE).await?;
        if hosts.met.number() == server {
            return Ok(begun);
        }
        drop(begun);
        if hosts.several() {
            hosts.primary().await?;
        }
    }
    Err(Error::broken("the database is another server each time"))
}

/// Begins a transaction. When that fails and there are other hosts, the pools are led to the one that takes writes.
pub(super) async fn begin(
    pool: &PgPool,
    hosts: &Hosts,
    begin: &'static str,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    match pool.begin_with(begin).await {
        Err(_) if hosts.several() => {
            hosts.primary().await?;
            pool.begin_with(begin).await
        }
        begun => begun,
    }
}

async fn schema_is_ours(connection: &mut PgConnection) -> Result<(), Error> {
    let has = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
    if !sqlx::query_scalar::<_, bool>(has).fetch_one(&mut *connection).await? {
        return Err(Error::broken(
            "the database has no schema of this program: run `veche migrate --owner postgres://OWNER@HOST/DATABASE` first, \
             and see that it is the right database",
        ));
    }
    schema::refuse_other(connection, &MIGRATIONS, true).await
}

async fn is_durable(connection: &mut PgConnection) -> Result<(), Error> {
    for setting in ["fsync", "full_page_writes"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut *connection).await?;
        if value != "on" {
            return Err(Error::broken(format!(
                "the database server runs with {setting} = {value}: an accepted ballot could be lost; set it to on"
            )));
        }
    }
    Ok(())
}

/// The role, and every role that it may take on, must not be able to rewrite what was said once: it rules nothing, owns nothing,
/// and of no table may do more than `migrations/grants.sql` gives.
async fn is_least(connection: &mut PgConnection) -> Result<(), Error> {
    let excess: Option<String> = sqlx::query_scalar(EXCESS).fetch_optional(connection).await?;
    let Some(excess) = excess else { return Ok(()) };
    Err(Error::broken(format!(
        "the database role {excess}: with that it, or whoever steals its password, could rewrite what was logged; connect as the \
         role that `veche migrate --service ROLE` gave its few rights to, and take from it what else it was given"
    )))
}

/// What a migration did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// Number of the schema before.
    pub before: i64,
    /// Number of the schema now.
    pub now: i64,
}

/// Brings the schema up to this program's, as its owner, and gives the role `service` the few rights that it needs.
///
/// # Errors
/// [`Error::Database`], also when the role does not exist; [`Error::Broken`] when the database is another program's or a newer one's.
pub async fn migrate(owner: &Hosts, service: &str) -> Result<Migrated, Error> {
    let primary: PgConnectOptions = owner.primary().await?;
    let mut connection = PgConnection::connect_with(&primary).await?;
    refuse_foreign(&mut connection).await?;
    schema::refuse_other(&mut connection, &MIGRATIONS, false).await?;
    let number = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
    let before = sqlx::query_scalar(number).fetch_one(&mut connection).await?;
    MIGRATIONS.run(&mut connection).await?;
    let role = format!("\"{}\"", service.replace('"', "\"\""));
    sqlx::raw_sql(AssertSqlSafe(GRANTS.replace(":service", &role))).execute(&mut connection).await?;
    let now = sqlx::query_scalar(number).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(Migrated { before, now })
}

/// A schema with tables that no migration of ours made.
async fn refuse_foreign(connection: &mut PgConnection) -> Result<(), Error> {
    let select = "SELECT count(*), count(*) FILTER (WHERE tablename = '_sqlx_migrations')
                  FROM pg_tables WHERE schemaname = current_schema()";
    let (tables, ours): (i64, i64) = sqlx::query_as(select).fetch_one(connection).await?;
    if tables > 0 && ours == 0 {
        return Err(Error::broken("the database holds tables of another program; make an empty one for the service"));
    }
    Ok(())
}
