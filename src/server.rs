//! The running service: database, use cases, jobs and the listening socket, started and stopped together.

pub mod bare;
mod watching;

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    task::JoinHandle,
};
use zeroize::Zeroizing;

use crate::{
    app::{App, heads},
    clock::Clock,
    config::Config,
    connections::{self, Bounds},
    crypto::vault::MasterKey,
    error::Error,
    http::Http,
    jobs,
    store::{Db, Hosts},
};

/// Time between two sweeps of the rate limits' memory.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// A service that listens.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where the metrics are, if the settings name an address.
    pub metrics: Option<SocketAddr>,
    /// Its use cases.
    pub app: Arc<App>,
    drain: Duration,
    stop: oneshot::Sender<()>,
    listening: JoinHandle<()>,
    jobs: Vec<JoinHandle<()>>,
    first_look: watch::Receiver<bool>,
}

/// Opens the database and the master key in the data folder, making both where they are missing.
///
/// # Errors
/// [`Error::Broken`] with the file that cannot be used.
pub async fn open(config: Config, clock: Clock) -> Result<Arc<App>, Error> {
    let data = &config.data;
    fs::create_dir_all(data).map_err(|fault| Error::broken(format!("{}: {fault}", data.display())))?;
    let master = master_key(&config.master_key())?;
    let db = database(&config).await?;
    App::start(config, clock, db, master).await
}

async fn database(config: &Config) -> Result<Db, Error> {
    match config.database.0.as_str() {
        "" => Db::open(&config.database_file()).await,
        url => Db::connect(Hosts::parse(url).map_err(Error::broken)?, config.readers.get()).await,
    }
}

impl Server {
    /// Starts everything.
    ///
    /// # Errors
    /// [`Error::Broken`] with the file or address that cannot be used, or with the logs that are not what they were.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, Error> {
        let (wanted, every) = (config.listen, Duration::from_millis(config.integrate_every_ms.max(1)));
        // Behind a proxy, and behind a town's network, everybody comes from one address.
        let bounds = Bounds { all: config.connections.get(), of_one: config.connections.get() };
        let (watched, drain) = (config.metrics_listen, Duration::from_secs(config.drain_seconds));
        let app = open(config, clock).await?;
        heads::must_go_on(&app).await?;
        let listener = bind(wanted).await?;
        let address = listener.local_addr().map_err(Error::broken)?;
        let http = Http::new(Arc::clone(&app));
        let limited = http.clone();
        let forgetting = tokio::spawn(async move {
            let mut tick = tokio::time::interval(FORGET_EVERY);
            loop {
                tick.tick().await;
                limited.forget_quiet_keys().await;
            }
        });
        let watching = match watched {
            Some(address) => Some(watching::start(bind(address).await?, &http)?),
            None => None,
        };
        let measuring = tokio::spawn(Arc::clone(&http.overload).follow());
        let open = Arc::clone(&app.metrics.connections);
        let (stop, stopped) = oneshot::channel::<()>();
        let listening = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            connections::serve_counted(listener, http.router(), bounds, &open, stopped).await;
        });
        let (looking, first_look) = jobs::start(Arc::clone(&app), every);
        let mut jobs_running = vec![looking, jobs::remember_heads(Arc::clone(&app)), forgetting, measuring];
        jobs_running.extend(jobs::ask_witnesses(&app));
        let metrics = watching.as_ref().map(|(address, _)| *address);
        jobs_running.extend(watching.map(|(_, task)| task));
        Ok(Self { address, metrics, app, drain, stop, listening, jobs: jobs_running, first_look })
    }

    /// The address to ask.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the jobs that were due at the start are done, or have failed.
    pub async fn looked(&self) {
        let _ = self.first_look.clone().wait_for(|looked| *looked).await;
    }

    /// Says that it is not ready and goes on for as long as the settings want; then takes no more requests, answers those under way, and
    /// closes the database.
    ///
    /// # Errors
    /// [`Error::Broken`] when the listener failed.
    pub async fn stop(self) -> Result<(), Error> {
        self.app.readiness.stop();
        tokio::time::sleep(self.drain).await;
        let _ = self.stop.send(());
        self.listening.await.map_err(Error::broken)?;
        for job in self.jobs {
            job.abort();
            let _ = job.await;
        }
        self.app.stop().await;
        Ok(())
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|fault| Error::broken(format!("cannot listen on {address}: {fault}")))
}

/// Reads the master key, or makes it in a file that only its owner may read.
fn master_key(path: &Path) -> Result<MasterKey, Error> {
    let broken = |fault: &dyn std::fmt::Display| Error::broken(format!("{}: {fault}", path.display()));
    match fs::read_to_string(path) {
        Ok(text) => {
            let text = Zeroizing::new(text);
            let mut bytes = Zeroizing::new([0; 32]);
            hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
                .map_err(|_| broken(&"must hold 64 hexadecimal digits; restore it from your backup"))?;
            Ok(MasterKey::from_bytes(*bytes))
        }
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
            let key = MasterKey::generate(&mut rand::rng());
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|f| broken(&f))?;
            let text = Zeroizing::new(hex::encode(key.as_bytes()));
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|f| broken(&f))?;
            Ok(key)
        }
        Err(fault) => Err(broken(&fault)),
    }
}
