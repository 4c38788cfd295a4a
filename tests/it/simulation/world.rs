//! Nodes with clocks that stand until they are moved, each in a runtime of its own, so that it can be stopped, or die with all it was doing.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use audit::round::Phase;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use veche::{
    app::App,
    client::Api,
    clock::Clock,
    config::{Config, Database},
    http::RoundSummary,
    jobs,
    server::Server,
};

use crate::{both, town};

/// Longest wait for what a dying node cannot leave, and for a count.
const PATIENCE: Duration = Duration::from_secs(10);

/// A node that runs.
struct Node {
    runtime: Option<Runtime>,
    server: Option<Server>,
    api: Api,
    clock: Clock,
}

impl Drop for Node {
    /// Whatever it was doing ends where it waits, as in a process that dies.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// All nodes of one service, and the time.
pub struct World {
    pub folder: TempDir,
    /// Unix second, as the first node's clock shows it.
    pub second: i64,
    nodes: Vec<Option<Node>>,
    /// How far the clock of each node is ahead of the first one's.
    ahead: Vec<i64>,
}

/// A node that answers, and what its clock shows.
#[derive(Clone)]
pub struct At {
    pub api: Api,
    pub now: i64,
}

impl World {
    /// A service whose nodes run.
    pub async fn new(second: i64, ahead: Vec<i64>) -> Self {
        let folder = TempDir::new().unwrap();
        let nodes = ahead.iter().map(|_| None).collect();
        let mut world = Self { folder, second, nodes, ahead };
        both::make_database(&world.data(0)).await;
        for node in 0..world.nodes.len() {
            world.starts(node).await;
        }
        world
    }

    /// Folder of a node; the first one's names the database.
    pub fn data(&self, node: usize) -> PathBuf {
        self.folder.path().join(if node == 0 { "data".to_owned() } else { format!("data-{node}") })
    }

    /// Nodes, running or not.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Places of the nodes that run.
    pub fn running(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].is_some()).collect()
    }

    /// What the clock of a node shows.
    pub fn now(&self, node: usize) -> i64 {
        self.second + self.ahead[node]
    }

    /// A node that runs, to be asked.
    pub fn at(&self, node: usize) -> At {
        At { api: self.nodes[node].as_ref().unwrap().api.clone(), now: self.now(node) }
    }

    fn settings(&self, node: usize) -> Config {
        let (first, data) = (self.data(0), self.data(node));
        if node > 0 {
            std::fs::create_dir_all(&data).unwrap();
            std::fs::copy(first.join("master.key"), data.join("master.key")).unwrap();
        }
        Config { database: Database(both::database(&first)), least_together: 1, ..town::config(data) }
    }

    /// Starts a node, and waits until it has done what was due.
    pub async fn starts(&mut self, node: usize) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let clock = Clock::standing(self.now(node));
        let started = runtime.spawn(Server::start(self.settings(node), clock.clone()));
        let server = started.await.unwrap().unwrap();
        server.looked().await;
        let api = Api::new(&server.url()).unwrap();
        // Counts are made beside what is due, and a start does not wait for them.
        let began = Instant::now();
        while api
            .get::<Vec<RoundSummary>>("/api/v1/rounds", None)
            .await
            .unwrap()
            .iter()
            .any(|round| round.phase == Phase::Opened)
        {
            assert!(began.elapsed() < PATIENCE, "a count is not made");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.nodes[node] = Some(Node { runtime: Some(runtime), server: Some(server), api, clock });
    }

    /// Stops a node, which answers what it has taken.
    pub async fn stops(&mut self, node: usize) {
        let mut node = self.nodes[node].take().unwrap();
        let server = node.server.take().unwrap();
        node.runtime.as_ref().unwrap().spawn(server.stop()).await.unwrap().unwrap();
    }

    /// Ends a node in the middle of whatever it does, and waits until nothing of it runs: what its database got is all that is left.
    pub async fn dies(&mut self, node: usize) {
        let runtime = self.nodes[node].take().unwrap().runtime.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(PATIENCE)).await.unwrap();
    }

    /// Moves every clock.
    pub fn moves(&mut self, seconds: i64) {
        self.second += seconds;
        self.nodes.iter().flatten().for_each(|node| node.clock.advance(seconds));
    }

    /// Does something inside a node.
    pub async fn inside<T, F>(&self, node: usize, work: impl FnOnce(Arc<App>) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let node = self.nodes[node].as_ref().unwrap();
        let app = Arc::clone(&node.server.as_ref().unwrap().app);
        node.runtime.as_ref().unwrap().spawn(work(app)).await.unwrap()
    }

    /// A node does what is due.
    pub async fn runs_jobs(&self, node: usize) {
        self.inside(node, |app| async move { jobs::run_once(&app).await.map_err(|fault| fault.to_string()) })
            .await
            .unwrap_or_else(|fault| panic!("a job failed: {fault}"));
    }

    /// A node begins what is due, and nobody waits for it.
    pub fn begins_jobs(&self, node: usize) {
        let node = self.nodes[node].as_ref().unwrap();
        let app = Arc::clone(&node.server.as_ref().unwrap().app);
        node.runtime.as_ref().unwrap().spawn(async move { jobs::run_once(&app).await.ok() });
    }
}
