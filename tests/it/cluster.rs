//! A throw-away PostgreSQL from the installed binaries: a folder, a server on a free port, an owner, a service's role, and a database
//! for each test. It ends with the process that started it, however that ends.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use veche::store::{self, Hosts};

/// Settings that make a small server of it; nothing that a commit's durability hangs on is touched.
const SMALL: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "max_connections=400",
    "shared_buffers=64MB",
    "max_wal_size=2GB",
    "wal_level=replica",
];
/// How long a server may take to start or stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs.
pub struct Cluster {
    pub port: u16,
    pub folder: TempDir,
    child: Child,
    /// The server stops when this is closed, so also when this process is killed.
    life: Option<ChildStdin>,
    settings: Vec<String>,
}

/// Folder of `initdb` and `postgres`: `PG_BIN`, or Debian's newest.
pub fn binaries() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("PG_BIN") {
        return Some(named.into());
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> =
        versions.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).collect();
    found.sort();
    found.pop()
}

/// User and group that the server runs as: it refuses to run as root.
fn owner() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse::<u32>().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let named = |flag| id(&[flag, "postgres"]).expect("running as root, and there is no user postgres");
    Some((named("-u"), named("-g")))
}

/// A program of PostgreSQL, as the user that the server runs as.
pub fn program(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(binaries().expect("PostgreSQL is installed").join(name));
    command.current_dir(folder).stdin(Stdio::null());
    if let Some((user, group)) = owner() {
        command.uid(user).gid(group);
    }
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes the tables, whether whoever asks is in a task or not.
fn migrate(owner: &str) {
    let owner = Hosts::parse(owner).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let migrated = thread::spawn(move || runtime.block_on(store::migrate(&owner, "veche")));
    migrated.join().unwrap().unwrap();
}

impl Cluster {
    /// A new cluster with these settings, the roles `owner` and `veche`, and an empty, migrated database `template`; none where
    /// PostgreSQL is not installed.
    pub fn with(settings: &[&str]) -> Option<Self> {
        binaries()?;
        let folder = Self::folder();
        let mut initdb = program("initdb", folder.path());
        initdb.args([
            "-D",
            "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]);
        run(&mut initdb);
        let cluster = Self::over(folder, settings);
        cluster.sql("postgres", "CREATE ROLE owner LOGIN; CREATE ROLE veche LOGIN;");
        cluster.database("template", None);
        migrate(&cluster.url("owner", "template"));
        Some(cluster)
    }

    /// An empty folder of the user that the server runs as.
    pub fn folder() -> TempDir {
        let folder = tempfile::Builder::new().prefix("veche-pg").tempdir().unwrap();
        if let Some((user, group)) = owner() {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        folder
    }

    /// A server over a folder that has its `data` already.
    pub fn over(folder: TempDir, settings: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings: Vec<String> = SMALL.iter().chain(settings).map(ToString::to_string).collect();
        let (child, life) = spawn(folder.path(), port, &settings);
        let cluster = Self { port, folder, child, life: Some(life), settings };
        cluster.answers();
        cluster
    }

    /// Waits until it takes connections.
    fn answers(&self) {
        let started = Instant::now();
        let port = self.port.to_string();
        let mut ready = program("pg_isready", self.folder.path());
        ready.args(["-q", "-h", "127.0.0.1", "-p", &port]);
        while !ready.status().unwrap().success() {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(started.elapsed() < PATIENCE, "PostgreSQL does not start: {}", log());
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// kill -9 of the server with all its processes, as when its machine dies.
    pub fn kill(&mut self) {
        let pid = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        let children = Command::new("pgrep").args(["-P", &pid]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        let all = std::iter::once(pid.as_str()).chain(children.lines());
        Command::new("kill").arg("-9").args(all).stderr(Stdio::null()).status().unwrap();
        self.life = None;
        self.child.wait().unwrap();
        let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
    }

    /// More settings, from the next start on.
    pub fn also(&mut self, settings: &[&str]) {
        self.settings.extend(settings.iter().map(ToString::to_string));
    }

    /// Gives a file to the user that the server runs as, and to nobody else.
    pub fn owns(&self, path: &Path) {
        if let Some((user, group)) = owner() {
            chown(path, Some(user), Some(group)).unwrap();
        }
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Starts it again on the same port, after a kill or its own end.
    pub fn starts_again(&mut self) {
        let (child, life) = spawn(self.folder.path(), self.port, &self.settings);
        (self.child, self.life) = (child, Some(life));
        self.answers();
    }

    /// Address of a database for a role.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements as the administrator and returns what they print.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        self.tries(database, statements).unwrap_or_else(|said| panic!("{statements}: {said}"))
    }

    /// The same; what it says when they fail.
    pub fn tries(&self, database: &str, statements: &str) -> Result<String, String> {
        let mut psql = program("psql", self.folder.path());
        psql.args([
            "-qtAX",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-p",
            &self.port.to_string(),
        ]);
        let output = psql.args(["-d", database, "-c", statements]).output().unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    /// Makes a database of the owner's, empty or a copy.
    pub fn database(&self, name: &str, template: Option<&str>) {
        let template = template.unwrap_or("template0");
        let create = format!("CREATE DATABASE \"{name}\" OWNER owner TEMPLATE \"{template}\" STRATEGY WAL_LOG");
        self.sql("postgres", &create);
        if template == "template0" {
            self.sql(name, "ALTER SCHEMA public OWNER TO owner");
        }
    }
}

/// The server, with a shell before it that stops it when its input ends.
fn spawn(folder: &Path, port: u16, settings: &[String]) -> (Child, ChildStdin) {
    let settings: String = settings.iter().map(|setting| format!(" -c '{setting}'")).collect();
    let postgres = binaries().unwrap().join("postgres");
    let script = format!(
        "exec 3<&0; {} -D data -p {port} -c unix_socket_directories='{}'{settings} >>log 2>&1 </dev/null 3<&- & server=$!; \
         (cat <&3 >/dev/null; kill -INT $server 2>/dev/null) & wait $server",
        postgres.display(),
        folder.display()
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some((user, group)) = owner() {
        shell.uid(user).gid(group);
    }
    let mut child = shell.spawn().unwrap();
    let life = child.stdin.take().unwrap();
    (child, life)
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut life) = self.life.take() {
            let _ = life.flush();
            drop(life);
            let _ = self.child.wait();
        }
    }
}
