//! How things stand at the moment of a look: nothing in it counts people's acts one by one.

use super::{
    Class, Process,
    series::{Series, Value},
    steps::rounded,
};

/// How things stand.
#[derive(Debug, Default)]
pub struct State {
    /// The database answered.
    pub database_up: bool,
    /// Its connections.
    pub pools: Vec<Pool>,
    /// Requests that wait in each queue.
    pub queues: Vec<(&'static str, usize)>,
    /// How much of each class is turned away.
    pub shedding: Vec<Share>,
    /// Seconds that a task that is ready waits at least until it runs.
    pub executor_delay: f64,
    /// The jobs are alive.
    pub jobs_alive: bool,
    /// The node takes requests.
    pub ready: bool,
    /// Each log by its public name, and its lines.
    pub logs: Vec<(String, u64)>,
    /// Each round, and the ballots in its urn; `None` when it was not looked.
    pub urns: Option<Vec<(String, u64)>>,
    /// Each witness of each log.
    pub witnesses: Vec<WitnessOf>,
    /// The process.
    pub process: Process,
}

/// Connections to the database.
#[derive(Debug)]
pub struct Pool {
    /// `readers` or `writers`.
    pub name: &'static str,
    /// Connections that are open at most.
    pub most: u32,
    /// Connections that are open, and of these in use, where that tells of no single act.
    pub open_and_used: Option<(u32, u32)>,
}

/// What is turned away of a class, as a share of 1.
#[derive(Debug)]
pub struct Share {
    /// Whose.
    pub class: Class,
    /// From 0 to 1.
    pub share: f64,
}

/// A witness of a log.
#[derive(Debug)]
pub struct WitnessOf {
    /// The log's public name.
    pub log: String,
    /// Name of the witness's key.
    pub witness: String,
    /// Lines of the largest head that it cosigned.
    pub cosigned: u64,
    /// Stable name of what is wrong.
    pub fault: Option<&'static str>,
}

impl State {
    pub(super) fn into_series(self, series: &mut Series) {
        let flag = |set: bool| Value::Gauge(f64::from(u8::from(set)));
        series.add("veche_ready", [], flag(self.ready));
        series.add("veche_jobs_alive", [], flag(self.jobs_alive));
        series.add("veche_database_up", [], flag(self.database_up));
        for Pool { name, most, open_and_used } in self.pools {
            let (open, used) = open_and_used.unzip();
            for (state, count) in [("open", open), ("used", used), ("most", Some(most))] {
                let Some(count) = count else { continue };
                series.add("veche_database_connections", [name, state].map(str::to_owned), Value::Gauge(count.into()));
            }
        }
        for (queue, depth) in self.queues {
            series.add("veche_queue_depth", [queue.to_owned()], Value::Gauge(rounded(depth as u64) as f64));
        }
        for Share { class, share } in self.shedding {
            series.add("veche_shedding", [class.name().to_owned()], Value::Gauge(share));
        }
        series.add("veche_executor_delay", [], Value::Gauge(self.executor_delay));
        for (log, lines) in self.logs {
            series.add("veche_log_lines", [log], Value::Gauge(lines as f64));
        }
        for WitnessOf { log, witness, cosigned, fault } in self.witnesses {
            let labels = [log, witness];
            series.add("veche_witness_lines", labels.clone(), Value::Gauge(cosigned as f64));
            if let Some(fault) = fault {
                let [log, witness] = labels;
                series.add("veche_witness_fault", [log, witness, fault.to_owned()], Value::Gauge(1.0));
            }
        }
        let Process { memory, files, most_files } = self.process;
        series.add("veche_process_memory", [], Value::Gauge((memory >> 20 << 20) as f64));
        series.add("veche_process_files", [], Value::Gauge(rounded(files) as f64));
        series.add("veche_process_files_limit", [], Value::Gauge(most_files as f64));
    }
}
