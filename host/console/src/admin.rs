//! The admin listener: for operators and their tools, on loopback only.

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Limits, Readiness, listener, metrics, refusal::Refusal};

const INDEX: &str = "\
hearken, admin listener

/live     200 while the process runs
/ready    200 when it takes requests and works them off, else 503 and the reasons
/metrics  for Prometheus; docs/metrics.md says what each of them means
";

/// What the admin listener shows.
#[derive(Clone, Debug)]
pub struct Admin {
    /// For `/ready`.
    pub readiness: Readiness,
    /// For `/metrics`.
    pub metrics: PrometheusHandle,
}

/// Serves the admin listener until `cancel`; returns once all begun requests are answered.
pub async fn serve_admin(listener: TcpListener, admin: Admin, cancel: CancellationToken) {
    let app = Router::new()
        .route("/", get(|| async { INDEX }))
        .route("/live", get(|| async { Json(json!({ "live": true })) }))
        .route("/ready", get(ready))
        .route("/metrics", get(rendered))
        .fallback(|| async {
            Refusal::new(
                StatusCode::NOT_FOUND,
                "there is nothing here",
                "GET / lists what there is",
            )
        })
        .layer(from_fn(counted))
        .with_state(admin);
    listener::serve(listener, app, Limits::default(), cancel).await;
}

async fn ready(State(admin): State<Admin>) -> Response {
    let reasons = admin.readiness.reasons();
    let status = if reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "ready": reasons.is_empty(), "waits-for": reasons })),
    )
        .into_response()
}

async fn rendered(State(admin): State<Admin>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, admin.metrics.render()).into_response()
}

async fn counted(request: Request, next: Next) -> Response {
    let begun = std::time::Instant::now();
    let response = next.run(request).await;
    metrics::request("admin", "", response.status().as_u16(), begun.elapsed());
    response
}
