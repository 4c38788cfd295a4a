//! Numbers with their labels, printed with the descriptions of the catalogue in the text form of OpenMetrics.

use std::{collections::BTreeMap, fmt};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, text},
    metrics::MetricType,
    registry::{Registry, Unit},
};

use super::{CATALOGUE, Kind};

/// The number of one series.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// That only grows.
    Counter(u64),
    /// That goes up and down.
    Gauge(f64),
    /// How many were at most so large, up to infinity, and the sum of all.
    Histogram { sum: f64, up_to: Vec<(f64, u64)> },
    /// No number: the labels say it.
    Info,
}

impl Value {
    /// How many were counted.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Counter(count) => *count,
            Self::Histogram { up_to, .. } => up_to.last().map_or(0, |(_, count)| *count),
            Self::Gauge(_) | Self::Info => 0,
        }
    }

    fn encode(&self, encoder: &mut MetricEncoder<'_>) -> fmt::Result {
        match self {
            Self::Counter(count) => encoder.encode_counter::<NoLabelSet, _, f64>(count, None),
            Self::Gauge(number) => encoder.encode_gauge(number),
            Self::Histogram { sum, up_to } => {
                let mut before = 0;
                let each: Vec<_> = up_to
                    .iter()
                    .map(|(bound, count)| (*bound, count - std::mem::replace(&mut before, *count)))
                    .collect();
                encoder.encode_histogram::<NoLabelSet>(*sum, before, &each, None)
            }
            Self::Info => Ok(()),
        }
    }
}

/// The series of every metric, by its name and the values of its labels.
#[derive(Debug, Default)]
pub(super) struct Series(BTreeMap<&'static str, Vec<(Vec<String>, Value)>>);

impl Series {
    /// Adds a series. The labels stand in the order of the catalogue.
    pub(super) fn add(&mut self, name: &'static str, labels: impl Into<Vec<String>>, value: Value) {
        self.0.entry(name).or_default().push((labels.into(), value));
    }

    /// The text.
    pub(super) fn print(self) -> String {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(self));
        let mut printed = String::new();
        // A String takes whatever is written into it.
        let _ = text::encode(&mut printed, &registry);
        printed
    }
}

impl Collector for Series {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for described in CATALOGUE {
            let unit = described.unit.map(|unit| Unit::Other(unit.to_owned()));
            let kind = match described.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
                Kind::Histogram => MetricType::Histogram,
                Kind::Info => MetricType::Info,
            };
            let mut metric = encoder.encode_descriptor(described.name, described.help, unit.as_ref(), kind)?;
            for (values, value) in self.0.get(described.name).into_iter().flatten() {
                let labels: Vec<(&str, &str)> =
                    described.labels.iter().copied().zip(values.iter().map(String::as_str)).collect();
                match value {
                    Value::Info => metric.encode_info(&labels)?,
                    value if labels.is_empty() => value.encode(&mut metric)?,
                    value => value.encode(&mut metric.encode_family(&labels)?)?,
                }
            }
        }
        Ok(())
    }
}
