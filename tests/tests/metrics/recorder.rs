//! A recorder that keeps everything. It is one for the thread of a test, so tests do not meet.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// By name: the kind, and what else is known.
type Named<T> = BTreeMap<String, (&'static str, T)>;

/// What was measured: `name{label="value"}`, its kind, and the values.
#[derive(Clone, Default)]
pub(crate) struct Measured {
    values: Arc<Mutex<Named<Vec<f64>>>>,
    /// Names with kind and unit.
    pub(crate) described: Arc<Mutex<Named<Option<Unit>>>>,
}

/// One series.
struct Series {
    name: String,
    kind: &'static str,
    measured: Measured,
}

impl Measured {
    fn series(&self, key: &Key, kind: &'static str) -> Arc<Series> {
        let mut labels: Vec<_> = key
            .labels()
            .map(|label| (label.key(), label.value()))
            .collect();
        labels.sort_unstable();
        let mut name = key.name().to_owned();
        for (label, value) in labels {
            write!(name, " {label}={value}").unwrap();
        }
        Arc::new(Series {
            name,
            kind,
            measured: self.clone(),
        })
    }

    /// The series so far: `name label=value …`, sorted by label, with kind.
    pub(crate) fn all(&self) -> Vec<(String, &'static str)> {
        let values = self.values.lock().unwrap();
        values
            .iter()
            .map(|(name, (kind, _))| (name.clone(), *kind))
            .collect()
    }

    pub(crate) fn values(&self, series: &str) -> Vec<f64> {
        let values = self.values.lock().unwrap();
        values
            .get(series)
            .map(|(_, values)| values.clone())
            .unwrap_or_default()
    }

    /// What a counter has come to.
    pub(crate) fn count(&self, series: &str) -> f64 {
        self.values(series).iter().sum()
    }

    /// All series of a counter with what they have come to.
    pub(crate) fn counts(&self, name: &str) -> Vec<(String, f64)> {
        let of = |(series, _): (String, &str)| {
            let labels = series.strip_prefix(name)?.strip_prefix(' ')?.to_owned();
            Some((labels, self.count(&series)))
        };
        self.all().into_iter().filter_map(of).collect()
    }

    fn describe(&self, name: &KeyName, kind: &'static str, unit: Option<Unit>) {
        let mut described = self.described.lock().unwrap();
        described.insert(name.as_str().to_owned(), (kind, unit));
    }
}

impl Series {
    fn push(&self, value: f64) {
        let mut values = self.measured.values.lock().unwrap();
        let series = values
            .entry(self.name.clone())
            .or_insert((self.kind, Vec::new()));
        series.1.push(value);
    }
}

impl CounterFn for Series {
    fn increment(&self, value: u64) {
        self.push(f64::from(u32::try_from(value).unwrap()));
    }
    fn absolute(&self, _: u64) {
        panic!("nothing here counts so");
    }
}

impl GaugeFn for Series {
    fn increment(&self, _: f64) {
        panic!("nothing here counts so");
    }
    fn decrement(&self, _: f64) {
        panic!("nothing here counts so");
    }
    fn set(&self, value: f64) {
        self.push(value);
    }
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        self.push(value);
    }
}

impl Recorder for Measured {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, "counter", unit);
    }
    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, "gauge", unit);
    }
    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, "histogram", unit);
    }
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key, "counter"))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key, "gauge"))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key, "histogram"))
    }
}
