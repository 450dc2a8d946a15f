//! What the API did, for monitoring: requests by address, and how long they took.
//!
//! Addresses are those of the description (`/portfolios/{portfolio_id}`) and never a path that was asked for: ids are
//! nobody's business there, and a caller could fill the memory with paths. The text is that of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// Upper ends of the classes of durations, in seconds.
const CLASSES_S: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
/// Series that are kept at most: far more than addresses times methods times statuses.
const SERIES_MAX: usize = 10_000;
/// The address of requests for nothing that there is.
pub(crate) const UNMATCHED: &str = "unmatched";
const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    in_flight: AtomicI64,
    series: Mutex<BTreeMap<Labels, Durations>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Copy, Debug, Default)]
struct Durations {
    count: u64,
    sum_s: f64,
    /// Requests of each class, each with those of the shorter ones.
    through: [u64; CLASSES_S.len()],
}

/// One more request under way, until it is dropped: a caller may hang up.
struct UnderWay<'a>(&'a AtomicI64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts a request.
pub(crate) async fn counted(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let method = METHODS.iter().position(|known| known == request.method()).map_or("other", |place| NAMES[place]);
    let route = request.extensions().get::<MatchedPath>().map_or(UNMATCHED, MatchedPath::as_str).to_owned();
    metrics.in_flight.fetch_add(1, Ordering::Relaxed);
    let under_way = UnderWay(&metrics.in_flight);
    let started = Instant::now();
    let response = next.run(request).await;
    drop(under_way);
    metrics.add(Labels { method, route, status: response.status().as_u16() }, started.elapsed());
    response
}

const NAMES: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

impl Metrics {
    fn add(&self, labels: Labels, duration: Duration) {
        let mut series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        if SERIES_MAX <= series.len() && !series.contains_key(&labels) {
            return;
        }
        let durations = series.entry(labels).or_default();
        let seconds = duration.as_secs_f64();
        durations.count += 1;
        durations.sum_s += seconds;
        for (count, class) in durations.through.iter_mut().zip(CLASSES_S) {
            if seconds <= class {
                *count += 1;
            }
        }
    }

    /// The counts as Prometheus reads them.
    pub(crate) fn text(&self, program_version: &str) -> String {
        let series = self.series.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = write_all(&mut text, program_version, self.in_flight.load(Ordering::Relaxed), &series);
        text
    }
}

fn write_all(
    text: &mut String,
    program_version: &str,
    in_flight: i64,
    series: &BTreeMap<Labels, Durations>,
) -> std::fmt::Result {
    writeln!(text, "# HELP financr_build_info The version of the program; always 1.")?;
    writeln!(text, "# TYPE financr_build_info gauge")?;
    writeln!(text, "financr_build_info{{version=\"{}\"}} 1", escaped(program_version))?;
    writeln!(text, "# HELP financr_http_requests_in_flight Requests under way.")?;
    writeln!(text, "# TYPE financr_http_requests_in_flight gauge")?;
    writeln!(text, "financr_http_requests_in_flight {in_flight}")?;
    let name = "financr_http_request_duration_seconds";
    writeln!(text, "# HELP {name} Requests by address, method and status, and how long they took.")?;
    writeln!(text, "# TYPE {name} histogram")?;
    for (labels, durations) in series {
        let Labels { method, route, status } = labels;
        let labels = format!("method=\"{method}\",route=\"{}\",status=\"{status}\"", escaped(route));
        for (class, count) in CLASSES_S.iter().zip(durations.through) {
            writeln!(text, "{name}_bucket{{{labels},le=\"{class}\"}} {count}")?;
        }
        writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", durations.count)?;
        writeln!(text, "{name}_sum{{{labels}}} {}", durations.sum_s)?;
        writeln!(text, "{name}_count{{{labels}}} {}", durations.count)?;
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_in_their_class_and_all_longer_ones() {
        let metrics = Metrics::default();
        let labels = Labels { method: "GET", route: "/runs/{run_id}".to_owned(), status: 200 };
        metrics.add(labels.clone(), Duration::from_millis(25));
        metrics.add(labels, Duration::from_secs(11));
        let text = metrics.text("0.1.0");
        let of = |class: &str| format!("{{method=\"GET\",route=\"/runs/{{run_id}}\",status=\"200\",le=\"{class}\"}}");
        for (class, count) in [("0.01", 0), ("0.025", 1), ("10", 1), ("+Inf", 2)] {
            let line = format!("financr_http_request_duration_seconds_bucket{} {count}\n", of(class));
            assert!(text.contains(&line), "{line}{text}");
        }
        assert!(text.contains("_sum{method=\"GET\",route=\"/runs/{run_id}\",status=\"200\"} 11.025\n"), "{text}");
    }

    #[test]
    fn names_of_methods_stand_in_their_order() {
        assert_eq!(METHODS.map(|method| method.to_string()), NAMES);
    }
}
