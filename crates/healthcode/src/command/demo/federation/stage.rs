//! The page of the trip: the worker's code, what every region's gate says of it at this moment, and a button for
//! what happens next.

use std::borrow::Cow;
use std::sync::Arc;

use anyhow::{Result, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use hc_code::text::CodeText;
use hc_http::serve::Serving;
use hc_qr::QrCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::asking::text;
use super::country::Country;
use super::trip::{StepPlayed, Trip, verdict};
use crate::show::code::look;

/// What the page asks for.
pub(super) struct Stage {
    trip: Arc<Mutex<Trip>>,
    played: Mutex<Vec<StepPlayed>>,
    country: Country,
}

const PAGE: &str = include_str!("../../../../demo/federation.html");
/// The styles of all pages.
const TOKENS: &str = include_str!("../../../../../../web/shared/tokens.css");
const BASE: &str = include_str!("../../../../../../web/shared/base.css");
const ICON: &str = include_str!("../../../../../../web/gate/icon.svg");
const CSS: &str = "text/css; charset=utf-8";
const STYLE: &str = include_str!("../../../../demo/federation.css");
const SCRIPT: &str = include_str!("../../../../demo/federation.js");
/// Scripts, styles and pictures of this service only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

impl Stage {
    pub(super) fn new(trip: Arc<Mutex<Trip>>, country: Country) -> Arc<Self> {
        Arc::new(Self {
            trip,
            played: Mutex::default(),
            country,
        })
    }

    /// Serves the page until something happens.
    pub(super) async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        end: impl Future<Output = ()>,
    ) -> Result<()> {
        let cut = Serving::default().serve(listener, self.router(), end).await;
        ensure!(cut == 0, "{cut} connections had to be cut");
        Ok(())
    }

    fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route(
                "/demo",
                get(async || sent("text/html; charset=utf-8", PAGE)),
            )
            .route("/demo/tokens.css", get(async || sent(CSS, TOKENS)))
            .route("/demo/base.css", get(async || sent(CSS, BASE)))
            .route("/demo/icon.svg", get(async || sent("image/svg+xml", ICON)))
            .route("/demo/federation.css", get(async || sent(CSS, STYLE)))
            .route(
                "/demo/federation.js",
                get(async || sent("text/javascript; charset=utf-8", SCRIPT)),
            )
            .route("/demo/state", get(state))
            .route("/demo/code.svg", get(picture))
            .route("/demo/next", post(next))
            .with_state(self)
    }

    /// Everything that the page shows.
    async fn state(&self) -> Result<Value> {
        let trip = self.trip.lock().await;
        let mut shown = Value::Null;
        let mut code = None;
        if let Some((place, found)) = trip.code().await? {
            code = Some(text(&found, "/codes/0/text")?);
            shown = json!({
                "region": place.played.code, "zh": place.played.zh, "en": place.played.en,
                "level": text(&found, "/level")?,
            });
        }
        let mut tiles = Vec::new();
        for place in self.country.places() {
            let said = match &code {
                Some(code) => Some(verdict(&self.country, place, code).await?),
                None => None,
            };
            let (counts, _) = place.node.load();
            tiles.push(json!({
                "region": place.played.code, "zh": place.played.zh, "en": place.played.en,
                "byTheHub": place.played.by_the_hub,
                "people": counts.active, "exceptions": counts.exceptions, "verdict": said,
            }));
        }
        Ok(json!({
            "now": self.country.now().at_offset(hc_code::Offset::CHINA),
            "code": shown,
            "regions": tiles,
            "steps": *self.played.lock().await,
            "over": trip.is_over(),
        }))
    }
}

fn sent(kind: &'static str, content: impl Into<Cow<'static, str>>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content.into())
}

async fn state(State(stage): State<Arc<Stage>>) -> Response {
    answered(stage.state().await)
}

async fn next(State(stage): State<Arc<Stage>>) -> Response {
    let played = stage.trip.lock().await.next().await;
    match played {
        Ok(Some(played)) => stage.played.lock().await.push(played),
        Ok(None) => {}
        Err(error) => return answered(Err(error)),
    }
    answered(stage.state().await)
}

/// The worker's code as it is shown now.
async fn picture(State(stage): State<Arc<Stage>>) -> Response {
    match draw(&stage).await {
        Ok(Some(svg)) => sent("image/svg+xml", svg).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => answered(Err(error)),
    }
}

async fn draw(stage: &Stage) -> Result<Option<String>> {
    let trip = stage.trip.lock().await;
    let Some((_, shown)) = trip.code().await? else {
        return Ok(None);
    };
    let code = text(&shown, "/codes/0/text")?;
    let looks = look(CodeText::parse(&code)?.standard());
    Ok(Some(hc_qr::svg(&QrCode::of(&code)?, looks)))
}

fn answered(came: Result<Value>) -> Response {
    match came {
        Ok(value) => Json(value).into_response(),
        Err(error) => {
            let detail = Json(json!({ "detail": format!("{error:#}") }));
            (StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
    }
}
