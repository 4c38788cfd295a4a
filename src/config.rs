//! Settings: `veche.toml`, then the environment (`VECHE_…`), then the command line; each overrides the one before.

use std::{
    fmt,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Everything that an operator can set. Each field has a default that serves a town.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Folder of the database and of the master key.
    pub data: PathBuf,
    /// Address of a PostgreSQL, `postgres://USER@HOST[,HOST]/NAME`; empty: a SQLite file in the data folder.
    pub database: Database,
    /// Connections to PostgreSQL that only read, for each node.
    pub readers: NonZeroU32,
    /// Public name of the server: logs are named `HOST/rounds/SLUG`.
    pub host: String,
    /// Networks of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Milliseconds between two looks into the urn.
    pub integrate_every_ms: u64,
    /// Requests that may wait for one transaction, in each of casting, identifying and issuing; more are refused with 503.
    pub queue: usize,
    /// Connections that are open at most; more wait.
    pub connections: NonZeroUsize,
    /// Address at which the metrics are printed, `/metrics`; without one nowhere. It must not be public.
    pub metrics_listen: Option<SocketAddr>,
    /// Seconds for which a service that was told to stop goes on answering, and says at `/readyz` that it is not ready.
    pub drain_seconds: u64,
    /// What is turned away when there is too much to do.
    pub overload: Overload,
    /// What pages say of the town.
    pub site: Site,
    /// The map on pages.
    pub map: Map,
    /// Rate limits.
    pub limits: Limits,
    /// Witnesses that are asked to cosign the head of every log; a round's rules may ask for the cosignatures of some.
    pub witnesses: Vec<Witness>,
    /// Smallest `at_least` that a draft may ask of its batches and of its register's steps; no setting of the file. Tests whose few residents
    /// must not wait for each other set less.
    #[serde(skip)]
    pub least_together: u32,
    /// Promises of a round that lie together before the next segment begins; no setting of the file. Tests with few ballots set less.
    #[serde(skip)]
    pub segment: u32,
    /// Why the service goes on with a database that does not have all that this node or a witness has seen; no setting of the file.
    #[serde(skip)]
    pub accept_loss: Option<String>,
}

/// When requests are turned away, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Overload {
    /// Milliseconds that whatever is ready may wait until it runs; past it readers are turned away first and ballots last. 0: nobody is.
    pub delay_ms: u64,
    /// Pages, results, exports and tiles that are prepared at a time; more are turned away.
    pub reading: usize,
    /// Requests on the way to a ballot (its page, identification, credentials) that are answered at a time; more are turned away.
    pub voting: usize,
}

impl Default for Overload {
    fn default() -> Self {
        Self { delay_ms: 100, reading: 512, voting: 2_048 }
    }
}

/// Address of a database, which may hold a password: whoever prints settings does not print it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Database(pub String);

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "SQLite" } else { "PostgreSQL" })
    }
}

/// A witness, and where it listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// Verifier key of its cosignatures, a C2SP vkey.
    pub key: String,
    /// Submission prefix, such as `https://witness.example/`: requests go to `add-checkpoint` under it.
    pub url: String,
}

/// What pages say of the town that runs the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Site {
    /// Name of the town, shown on every page; empty: none.
    pub town: String,
    /// Where residents ask for help: an address, a telephone number, hours. Shown on every page; empty: nothing.
    pub contact: String,
    /// Language in which the town writes titles and descriptions.
    pub language: String,
}

/// The map on pages; without tiles there is a scheme and a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Map {
    /// Address of the tiles, such as `https://tile.example/{z}/{x}/{y}.png`.
    pub tiles: String,
    /// Whose map it is, shown in its corner.
    pub attribution: String,
}

impl Default for Site {
    fn default() -> Self {
        Self { town: String::new(), contact: String::new(), language: "ru".to_owned() }
    }
}

/// Rate limits: a burst, then one more in each period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// False turns all of them off: for load tests on loopback only.
    pub enabled: bool,
    /// Identification, by requester's address.
    pub identify_by_address: Rate,
    /// Identification, by first letters of the code.
    pub identify_by_code: Rate,
    /// Issuing and backups, by requester's address.
    pub issue_by_address: Rate,
    /// Issuing and backups, by person.
    pub issue_by_person: Rate,
    /// Casting, by requester's address.
    pub cast_by_address: Rate,
    /// Casting, by credential.
    pub cast_by_credential: Rate,
    /// Everything that only reads, by requester's address.
    pub read_by_address: Rate,
    /// Acts of staff, by requester's address.
    pub staff_by_address: Rate,
    /// Acts of staff, by token.
    pub staff_by_token: Rate,
    /// Places of each limit, into which keys are hashed under a secret of the process: keys that share one share its rate.
    pub keys: usize,
}

/// A burst of so many, and then one more in so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// Milliseconds for one more.
    pub every_ms: u64,
}

/// Whoever stands in the log with one other knows which ballot is the other's, so a full batch is of three at least.
const LEAST_TOGETHER: u32 = 3;

/// Promises in a segment: of more the pages that a commit changes would not lie together, and of less a country would have too many filters.
const SEGMENT: u32 = 65_536;

/// Connections that are open at most, where the settings say nothing.
const MOST_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");

/// Connections that only read, where the settings say nothing.
const READERS: NonZeroU32 = NonZeroU32::new(8).expect("it is not zero");

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("veche-data"),
            database: Database::default(),
            readers: READERS,
            host: "localhost".to_owned(),
            trusted_proxies: Vec::new(),
            integrate_every_ms: 5_000,
            queue: 2_048,
            connections: MOST_CONNECTIONS,
            metrics_listen: None,
            drain_seconds: 0,
            overload: Overload::default(),
            site: Site::default(),
            map: Map::default(),
            limits: Limits::default(),
            witnesses: Vec::new(),
            least_together: LEAST_TOGETHER,
            segment: SEGMENT,
            accept_loss: None,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |burst, every_ms| Rate { burst, every_ms };
        Self {
            enabled: true,
            identify_by_address: rate(60, 1_000),
            identify_by_code: rate(10, 60_000),
            issue_by_address: rate(120, 500),
            issue_by_person: rate(10, 30_000),
            cast_by_address: rate(120, 500),
            cast_by_credential: rate(10, 10_000),
            read_by_address: rate(600, 20),
            staff_by_address: rate(120, 200),
            staff_by_token: rate(120, 200),
            keys: 200_000,
        }
    }
}

/// Settings that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// The file cannot be read.
    #[error("{path}: {fault}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        fault: std::io::Error,
    },
    /// The file, or a variable, says something that is no setting.
    #[error("{place}: {fault}")]
    Value {
        /// The file or the variable.
        place: String,
        /// What is wrong.
        fault: String,
    },
}

impl Config {
    /// Reads the named file, or `veche.toml` here or in the user's configuration folder if there is one, then the environment.
    ///
    /// # Errors
    /// [`ConfigFault`] with the file or variable.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigFault> {
        let mut config = match file.map(Path::to_owned).or_else(default_file) {
            Some(path) => Self::from_file(&path)?,
            None => Self::default(),
        };
        config.apply_environment(|name| std::env::var(name).ok())?;
        Ok(config)
    }

    fn from_file(path: &Path) -> Result<Self, ConfigFault> {
        let text = std::fs::read_to_string(path).map_err(|fault| ConfigFault::File { path: path.to_owned(), fault })?;
        toml::from_str(&text).map_err(|fault| value(&path.display().to_string(), fault))
    }

    fn apply_environment(&mut self, variable: impl Fn(&str) -> Option<String>) -> Result<(), ConfigFault> {
        if let Some(text) = variable("VECHE_LISTEN") {
            self.listen = text.parse().map_err(|fault| value("VECHE_LISTEN", fault))?;
        }
        if let Some(text) = variable("VECHE_DATA") {
            self.data = PathBuf::from(text);
        }
        if let Some(text) = variable("VECHE_DATABASE") {
            self.database = Database(text);
        }
        if let Some(text) = variable("VECHE_METRICS_LISTEN") {
            self.metrics_listen = Some(text.parse().map_err(|fault| value("VECHE_METRICS_LISTEN", fault))?);
        }
        if let Some(text) = variable("VECHE_HOST") {
            self.host = text;
        }
        if let Some(text) = variable("VECHE_TRUSTED_PROXIES") {
            let networks: Result<_, _> = text.split(',').map(|network| network.trim().parse()).collect();
            self.trusted_proxies = networks.map_err(|fault| value("VECHE_TRUSTED_PROXIES", fault))?;
        }
        Ok(())
    }

    /// The database file, where the database is SQLite.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.data.join("veche.db")
    }

    /// The file of the master key.
    #[must_use]
    pub fn master_key(&self) -> PathBuf {
        self.data.join("master.key")
    }
}

fn default_file() -> Option<PathBuf> {
    let home = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")));
    let candidates = [Some(PathBuf::from("veche.toml")), home.map(|home| home.join("veche/veche.toml"))];
    candidates.into_iter().flatten().find(|path| path.is_file())
}

fn value(place: &str, fault: impl std::fmt::Display) -> ConfigFault {
    ConfigFault::Value { place: place.to_owned(), fault: fault.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_the_file() {
        let mut config: Config = toml::from_str("host = \"vote.example\"\n[limits]\nkeys = 5").unwrap();
        config.apply_environment(|name| (name == "VECHE_HOST").then(|| "other.example".into())).unwrap();
        assert_eq!((config.host.as_str(), config.limits.keys), ("other.example", 5));
    }

    #[test]
    fn a_mistaken_setting_is_named() {
        let fault = toml::from_str::<Config>("lisen = 1").unwrap_err().to_string();
        assert!(fault.contains("lisen"), "{fault}");
        let mut config = Config::default();
        let fault = config.apply_environment(|name| (name == "VECHE_LISTEN").then(|| "x".into())).unwrap_err();
        assert!(fault.to_string().starts_with("VECHE_LISTEN"), "{fault}");
    }
}
