//! The figures of a measured round, each with its method in one line.

use super::{
    super::{
        Figure,
        ceilings::{Ceilings, On},
        load::{CONNECTIONS, Run},
    },
    Size,
    casting::{Casting, READERS, VOTES},
};

/// All that was measured of a round.
pub(super) struct Measured {
    /// Credentials, as fast as it goes.
    pub(super) issuing: Run,
    pub(super) casting: Casting,
    /// The server's peak resident set, in megabytes.
    pub(super) memory: f64,
    /// Seconds until the service said that it is ready.
    pub(super) start: f64,
    /// Ballots of a bundle a second, of a round that can be counted, and the peak of memory when it was.
    pub(super) verification: Option<(f64, f64)>,
    pub(super) ceilings: Ceilings,
}

impl Measured {
    pub(super) fn figures(&self, on: &On, size: &Size) -> Vec<Figure> {
        let clients = format!("{CONNECTIONS} connections, server in a process of its own on the same machine");
        let before = match size.standing {
            0 => String::new(),
            standing => format!(", after {standing} ballots of nobody"),
        };
        let mut figures = vec![Figure::new(
            "credentials",
            self.issuing.per_second,
            "/s",
            Some("≥ 4000"),
            format!("identification and blind signature in one question over HTTP, {clients}"),
        )];
        figures.extend(self.casting(on, size, &clients, &before));
        figures.extend(self.service(size, &before));
        figures.extend(self.ceilings.figures(self.issuing.per_second, self.casting.per_second));
        figures
    }

    fn casting(&self, on: &On, size: &Size, clients: &str, before: &str) -> [Figure; 7] {
        let Casting { steady, steadily, per_second, beside, readers, together: [cast, issued], processor } =
            &self.casting;
        let (rate, late) = (size.rate, size.late());
        [
            Figure::new(
                format!("casting on {}", on.name()),
                *per_second,
                "ballots/s",
                Some("≥ 10000"),
                format!("prepared ballots, answered after the durable commit, log running{before}; {clients}"),
            ),
            Figure::new(
                "processor time of a ballot",
                *processor,
                "µs",
                None,
                "of the server's process, user and system, while it casts as fast as it goes".into(),
            ),
            Figure::new(
                format!("casting at {rate}/s, p99"),
                steady.latency(99),
                "ms",
                Some("≤ 40"),
                format!("{steadily} ballots, from the time each was due; p50 {:.1} ms", steady.latency(50)),
            ),
            Figure::new(
                format!("casting at {VOTES}/s beside as many credentials, p99"),
                cast.latency(99),
                "ms",
                Some("≤ 40"),
                format!("{late} ballots, from the time each was due; p50 {:.1} ms", cast.latency(50)),
            ),
            Figure::new(
                "credentials beside those ballots, p99",
                issued.latency(99),
                "ms",
                None,
                format!("{late} of other residents, from the time each was due; p50 {:.1} ms", issued.latency(50)),
            ),
            Figure::new(
                format!("casting beside {READERS} readers/s"),
                *beside,
                "ballots/s",
                None,
                format!(
                    "the same, while the results page is asked for and answered {readers:.0} times a second; {clients}"
                ),
            ),
            Figure::new(
                "casting beside readers, of casting alone",
                100.0 * beside / per_second,
                "%",
                Some("≥ 90"),
                "alone is measured before and after".into(),
            ),
        ]
    }

    fn service(&self, size: &Size, before: &str) -> impl Iterator<Item = Figure> {
        let (residents, late) = (size.residents, size.late());
        let of = format!("{} ballots of {residents} residents and {late} more credentials", size.ballots());
        let memory = Figure::new(
            "server memory",
            self.memory,
            "MB",
            Some("≤ 200"),
            format!("peak resident set with {of} cast and integrated{before}"),
        );
        let start = Figure::new(
            "start of the service",
            self.start,
            "s",
            Some("≤ 3"),
            format!("from the command to the first answer that says that it is ready{before}"),
        );
        let verification = self.verification.map(|(per_second, memory)| {
            let method = format!("whole bundle of {of}, recount included, every core");
            let while_counting = "the same peak after they are counted and the bundle is made".into();
            [
                Figure::new("server memory, counting", memory, "MB", Some("≤ 200"), while_counting),
                Figure::new("verification", per_second, "ballots/s", Some("≥ 10000"), method),
            ]
        });
        [memory, start].into_iter().chain(verification.into_iter().flatten())
    }
}
