//! Where spans, events and metrics go: by OTLP over HTTP to a collector. Nothing here knows pico-auth but the
//! names of its histograms.

use std::error::Error;

use metrics_opentelemetry::{OpenTelemetryMetrics, OpenTelemetryRecorder};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

type AnyError = Box<dyn Error + Send + Sync>;

/// Ends in `_seconds`: the bounds that OpenTelemetry takes by default are meant for milliseconds.
const HISTOGRAMS: [&str; 2] = [
    "pico_auth_key_fetch_seconds",
    "pico_auth_token_verification_seconds",
];
const SECONDS: [f64; 9] = [0.0001, 0.000_25, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5];

pub struct Telemetry {
    spans: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

/// Installs all of it for this process, once. `collector` is the base URL of an OTLP receiver.
pub fn install(collector: &str) -> Result<Telemetry, AnyError> {
    let resource = Resource::builder().with_service_name("orders").build();

    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{collector}/v1/traces"))
        .build()?;
    let spans = SdkTracerProvider::builder()
        .with_resource(resource.clone())
        .with_batch_exporter(exporter)
        .build();
    // `DEBUG` of pico-auth alone: it has the spans of verification, and no libraries with many events.
    let wanted = Targets::new()
        .with_default(Level::INFO)
        .with_target("pico_auth", Level::DEBUG);
    tracing_subscriber::registry()
        .with(wanted)
        .with(tracing_opentelemetry::layer().with_tracer(spans.tracer("orders")))
        .with(tracing_subscriber::fmt::layer())
        .try_init()?;

    let exporter = MetricExporter::builder()
        .with_http()
        .with_endpoint(format!("{collector}/v1/metrics"))
        .build()?;
    let metrics = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_periodic_exporter(exporter)
        .build();
    let mut recorder =
        OpenTelemetryRecorder::new(OpenTelemetryMetrics::new(metrics.meter("orders")));
    recorder.set_histogram_bounds_mut(HISTOGRAMS.into_iter(), &SECONDS);
    metrics::set_global_recorder(recorder).map_err(|_| "a recorder is installed already")?;
    pico_auth::describe_metrics();

    Ok(Telemetry { spans, metrics })
}

impl Telemetry {
    /// Sends what is left. It blocks the thread.
    pub fn flush(&self) -> Result<(), AnyError> {
        self.spans.force_flush()?;
        self.metrics.force_flush()?;
        Ok(())
    }
}
