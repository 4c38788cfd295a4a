//! The running service: database, use cases, jobs and the listening socket, started and stopped together.

pub mod bare;
mod opening;
mod watching;

use std::{net::SocketAddr, sync::Arc, time::Duration};

pub use opening::{open, open_existing, open_or_found};

use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    task::JoinHandle,
};

use crate::{
    app::{App, heads},
    clock::Clock,
    config::Config,
    connections::{self, Bounds},
    error::Error,
    http::Http,
    jobs,
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
