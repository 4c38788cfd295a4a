//! A full disk: new ballots are refused, what is there is still served, and with room again everything goes on.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use super::{
    books,
    cluster::Cluster,
    crowd::Crowd,
    cut::until,
    node::Node,
    poll::{self, Poll},
    size,
    town::SLUG,
};

/// A small file system of its own.
struct Disk(PathBuf);

impl Disk {
    fn of(mebibytes: u32) -> Option<Self> {
        let folder = Cluster::folder().keep();
        let options = format!("size={mebibytes}m,mode=0777");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&folder).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        size::skipped("a full disk", "a tmpfs cannot be mounted (it takes root)");
        fs::remove_dir(folder).unwrap();
        None
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Writes until nothing more fits.
    fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.ballast()).unwrap();
        for size in [65_536, 4_096, 512] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// For so long a disk stays full, at least.
const FULL_FOR: Duration = Duration::from_secs(6);

/// Fills the disk under a crowd, again and again.
async fn fills(
    poll: &mut Poll,
    disk: &Disk,
    node: &Node,
    (what, while_full): (&str, impl AsyncFn()),
) -> std::sync::Arc<super::crowd::Counts> {
    let mut crowd = Crowd::of(poll, &[&node.api]);
    let times = size::of(2, 20);
    let each = poll.codes.len() / times / 2;
    for _ in 0..times {
        crowd.until_more(60).await;
        crowd.is_joined_by(poll, each);
        let (started, before) = (Instant::now(), crowd.acceptances());
        // What was allocated before is used up first.
        loop {
            disk.fill();
            let accepted = crowd.acceptances();
            tokio::time::sleep(Duration::from_millis(400)).await;
            if crowd.acceptances() == accepted && crowd.refusals() > 0 {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{what}: the disk does not fill");
        }
        crowd.until_refused(crowd.refusals()).await;
        crowd.is_joined_by(poll, each);
        for path in ["", "/log/checkpoint", "/log/lines?limit=20"] {
            let path = format!("/api/v1/rounds/{SLUG}{path}");
            assert_eq!(node.status(&path).await, Some(StatusCode::OK), "{what}: {path} is served");
        }
        // Readers are led to it still.
        until(node, StatusCode::NO_CONTENT).await;
        let last = crowd.acceptances();
        while_full().await;
        disk.empty();
        let freed = Instant::now();
        crowd.until_more(1).await;
        size::say(format_args!(
            "{what}: full after {} more acceptances; reads are served; {} refused; with room again the next acceptance after {} ms",
            last - before,
            crowd.refusals(),
            freed.elapsed().as_millis()
        ));
    }
    crowd.until_more(60).await;
    let counts = crowd.ends(poll).await;
    counts.everybody_was_answered(what);
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn under_the_file_of_sqlite() {
    let Some(disk) = Disk::of(24) else { return };
    let data = disk.0.join("data");
    let mut poll = Poll::with("", 10, |config| config.data = data, |_| {}).await;
    let node = poll.start.node();
    let counts = fills(&mut poll, &disk, &node, ("full disk under SQLite", async || ())).await;
    books::hold(poll, &node.api, "full disk under SQLite", &counts).await;
    node.stops();
}

#[tokio::test(flavor = "multi_thread")]
async fn under_the_tables_of_postgresql() {
    let Some(cluster) = size::cluster("a full disk under PostgreSQL", &[]) else { return };
    let Some(disk) = Disk::of(48) else { return };
    let tables = disk.0.join("tables");
    fs::create_dir(&tables).unwrap();
    cluster.owns(&tables);
    open_to_its_owner(&tables);
    cluster.sql("postgres", &format!("CREATE TABLESPACE small LOCATION '{}'", tables.display()));
    cluster
        .sql("postgres", "CREATE DATABASE full_disk OWNER owner TEMPLATE template TABLESPACE small STRATEGY WAL_LOG");
    let mut poll = Poll::new(&cluster.url("veche", "full_disk"), 10).await;
    let node = poll.start.node();
    let counts = fills(&mut poll, &disk, &node, ("full disk under PostgreSQL's tables", async || ())).await;
    books::hold(poll, &node.api, "full disk under PostgreSQL's tables", &counts).await;
    node.stops();
    cluster.sql("postgres", "DROP DATABASE full_disk WITH (FORCE)");
}

/// As PostgreSQL is installed, with its write-ahead log beside its tables. It lives on a full disk as long as its log has room in the file that
/// it writes, so next to nothing may be tried.
#[tokio::test(flavor = "multi_thread")]
async fn under_all_files_of_postgresql() {
    let Some(mut cluster) = size::cluster("a full disk under all files of PostgreSQL", &[]) else { return };
    let Some(disk) = Disk::of(256) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "full_all"), 10).await;
    moves(&mut cluster, &disk, "data");
    let node = poll.start.node();
    let what = "full disk under all files of PostgreSQL";
    let written = || {
        let written = cluster.sql("full_all", "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
        written.parse::<u64>().unwrap()
    };
    let while_full = async || {
        let (before, began) = (written(), Instant::now());
        tokio::time::sleep(FULL_FOR).await;
        let a_second = (written() - before) as f64 / 1e3 / began.elapsed().as_secs_f64();
        size::say(format_args!("{what}: {a_second:.1} KB of its log written a second"));
        let most = size::of(10.0, 20.0);
        assert!(a_second < most, "if all were tried it would be twice as much, or more");
        assert!(runs(&cluster), "it has ended");
    };
    let counts = fills(&mut poll, &disk, &node, (what, while_full)).await;
    books::hold(poll, &node.api, what, &counts).await;
    node.stops();
}

/// It keeps few old segments, so that ballast, which can be taken away, is most of a full disk: where its own segments are all of it,
/// it cannot start again, because it ends a recovery in a new one.
const LEAN: &[&str] = &["min_wal_size=32MB", "max_wal_size=32MB"];

/// PostgreSQL cannot go on without its write-ahead log: it ends, and whoever has made room starts it again.
#[tokio::test(flavor = "multi_thread")]
async fn under_the_write_ahead_log_of_postgresql() {
    let Some(mut cluster) = size::cluster("a full disk under PostgreSQL's write-ahead log", LEAN) else { return };
    let Some(disk) = Disk::of(96) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "full_log"), 10).await;
    moves(&mut cluster, &disk, "data/pg_wal");
    let node = poll.start.node();
    let mut crowd = Crowd::of(&mut poll, &[&node.api]);
    let times = size::of(1, 10);
    let each = poll.codes.len() / times;
    for _ in 0..times {
        crowd.until_more(60).await;
        crowd.is_joined_by(&mut poll, each);
        disk.fill();
        let (started, before) = (Instant::now(), crowd.acceptances());
        // What its files have room for is used up the sooner when they are left half empty.
        while runs(&cluster) {
            let _ = cluster.tries("full_log", "SELECT pg_switch_wal()");
            assert!(started.elapsed() < Duration::from_secs(60), "PostgreSQL lives on without a log");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (last, refusals) = (crowd.acceptances(), crowd.refusals());
        until(&node, StatusCode::SERVICE_UNAVAILABLE).await;
        crowd.until_refused(refusals).await;
        assert_eq!(node.status("/healthz").await, Some(StatusCode::NO_CONTENT));
        assert_eq!(crowd.acceptances(), last, "nothing is accepted without a database");
        disk.empty();
        let freed = Instant::now();
        cluster.starts_again();
        crowd.until_more(20).await;
        size::say(format_args!(
            "full disk under PostgreSQL's write-ahead log: it ended after {} more acceptances; {} refused; started again with room, 20 more after {} ms",
            last - before,
            crowd.refusals(),
            freed.elapsed().as_millis()
        ));
    }
    let counts = crowd.ends(&mut poll).await;
    counts.everybody_was_answered("full disk under PostgreSQL's write-ahead log");
    books::hold(poll, &node.api, "full disk under PostgreSQL's write-ahead log", &counts).await;
    node.stops();
}

/// Whether the server is there: it takes this file away when it ends by itself.
fn runs(cluster: &Cluster) -> bool {
    cluster.folder.path().join("data/postmaster.pid").exists()
}

/// Puts a folder of its files on this disk.
fn moves(cluster: &mut Cluster, disk: &Disk, files: &str) {
    cluster.kill();
    let (old, new) = (cluster.folder.path().join(files), disk.0.join("files"));
    assert!(Command::new("cp").arg("-a").args([&old, &new]).status().unwrap().success());
    fs::remove_dir_all(&old).unwrap();
    std::os::unix::fs::symlink(&new, &old).unwrap();
    cluster.starts_again();
}

fn open_to_its_owner(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}
