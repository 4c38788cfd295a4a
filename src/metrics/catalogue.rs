//! Every metric, with what it means; `docs/metrics.md` says the same to people, and a test holds the two and the answer equal.

/// How the number of a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, from the start of the process.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How many were at most so large.
    Histogram,
    /// Its labels say it.
    Info,
}

/// A metric.
#[derive(Debug)]
pub struct Description {
    /// Its name, to which the form adds the unit and `_total` or `_info`.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// What it is measured in.
    pub unit: Option<&'static str>,
    /// What it means, one sentence without its full stop.
    pub help: &'static str,
    /// Names of its labels.
    pub labels: &'static [&'static str],
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Description {
    Description { name, kind: Kind::Counter, unit: None, help, labels }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Description {
    Description { name, kind: Kind::Gauge, unit: None, help, labels }
}

const fn seconds(name: &'static str, kind: Kind, labels: &'static [&'static str], help: &'static str) -> Description {
    Description { name, kind, unit: Some("seconds"), help, labels }
}

/// Every metric, in the order in which they are printed. None has a label that names a person, a ballot or an address.
pub const CATALOGUE: &[Description] = &[
    Description {
        name: "veche_build",
        kind: Kind::Info,
        unit: None,
        help: "The version that runs",
        labels: &["version"],
    },
    seconds("veche_start_time", Kind::Gauge, &[], "Unix time at which the process started"),
    gauge("veche_ready", &[], "1 while the node is ready for requests, as /readyz says"),
    counter("veche_requests", &["route", "method", "status"], "Requests that were answered, in steps"),
    seconds("veche_request_duration", Kind::Histogram, &["class"], "Time until an answer began, in steps"),
    counter("veche_refusals", &["slug"], "Answers that said no, by their stable name, in steps"),
    counter(
        "veche_shed",
        &["class"],
        "Requests that were told to come again because there was too much to do, in steps",
    ),
    gauge("veche_shedding", &["class"], "Share of the requests of a class that is turned away now"),
    seconds(
        "veche_executor_delay",
        Kind::Gauge,
        &[],
        "Time that every task that was ready waited at least until it ran, of the last interval",
    ),
    gauge("veche_connections", &[], "Connections of clients that are open, rounded down to twenties"),
    counter("veche_faults", &[], "Requests that failed by a fault of the service or of its database"),
    Description {
        name: "veche_commit_size",
        kind: Kind::Histogram,
        unit: None,
        help: "Requests that went to the database together, in steps",
        labels: &["queue"],
    },
    seconds(
        "veche_commit_duration",
        Kind::Histogram,
        &["queue"],
        "Time of one such transaction with all its work, in steps",
    ),
    seconds(
        "veche_database_wait",
        Kind::Histogram,
        &["queue"],
        "Time that it waited for its connection and for other writers, in steps",
    ),
    gauge("veche_queue_depth", &["queue"], "Requests that wait for it, rounded down to twenties"),
    gauge("veche_database_up", &[], "1 when the database answered this look"),
    gauge("veche_database_connections", &["pool", "state"], "Connections to the database: open, in use, and at most"),
    gauge("veche_urn_ballots", &["round"], "Credentials whose ballots wait for the log, in steps"),
    gauge("veche_log_lines", &["log"], "Lines of each log, as its public checkpoint says"),
    seconds("veche_checkpoint_age", Kind::Gauge, &["log"], "Time since this node saw the checkpoint of a log change"),
    gauge("veche_witness_lines", &["log", "witness"], "Lines of the largest head that a witness cosigned"),
    gauge("veche_witness_fault", &["log", "witness", "fault"], "1 for what is wrong at a witness"),
    gauge("veche_jobs_alive", &[], "1 while the loop that does what happens by itself is alive"),
    seconds("veche_jobs_age", Kind::Gauge, &[], "Time since that loop went round last"),
    counter(
        "veche_job_faults",
        &[],
        "Rounds of that loop, and of those that count and that tidy, in which something failed",
    ),
    Description {
        name: "veche_process_memory",
        kind: Kind::Gauge,
        unit: Some("bytes"),
        help: "Resident memory, rounded down to mebibytes",
        labels: &[],
    },
    gauge("veche_process_files", &[], "Files and sockets that are open, rounded down to twenties"),
    gauge("veche_process_files_limit", &[], "Files and sockets that may be open at most"),
];
