//! How soon a positive test is seen by whoever shows and by whoever scans, while many others show.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use hdrhistogram::Histogram;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::args::{Freshness, Scenario};
use crate::connection::{Connection, Way};
use crate::pace::Pace;
use crate::people::{People, asked, get, text};
use crate::run::{requests, run};
use crate::{report, request};

/// What was measured, milliseconds from the acknowledgement.
#[derive(Debug, Serialize)]
struct Seen {
    people: u32,
    offered: u32,
    show_p50: f64,
    show_p99: f64,
    show_most: f64,
    verify_p50: f64,
    verify_p99: f64,
    verify_most: f64,
}

/// Longer than anybody would wait.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than all of it takes.
const LONGER: Duration = Duration::from_hours(1);
/// The level after a positive test.
const HIGH: &str = "10";
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);

type Micros = Histogram<u64>;

pub(crate) async fn measure(freshness: &Freshness, json: bool) -> Result<()> {
    let target = &freshness.target;
    let mut people = People::enrol(target).await?;
    let showings = requests(&mut people, Scenario::Show, target, 1_000).await?;
    let crowd = run(
        target,
        showings,
        Some(Pace::even(freshness.rate.into())),
        LONGER,
    );
    let (show, verify) = tokio::select! {
        _ = crowd => bail!("the showings ended before the tests"),
        seen = tests(freshness, &mut people) => seen?,
    };
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let millis = |micros: &Micros, quantile| micros.value_at_quantile(quantile) as f64 / 1000.0;
    let seen = Seen {
        people: freshness.count,
        offered: freshness.rate,
        show_p50: millis(&show, 0.5),
        show_p99: millis(&show, 0.99),
        show_most: millis(&show, 1.0),
        verify_p50: millis(&verify, 0.5),
        verify_p99: millis(&verify, 0.99),
        verify_most: millis(&verify, 1.0),
    };
    report::measured(&seen, json)
}

/// Enrols people one after the other, has each tested, and looks until showing and a scan of the
/// code of before both tell.
async fn tests(freshness: &Freshness, people: &mut People) -> Result<(Micros, Micros)> {
    let target = &freshness.target;
    let way = Way::of(target)?;
    let mut connection = Connection::by(&way);
    let histogram = || Histogram::new_with_bounds(1, 600_000_000, 3);
    let (mut show, mut verify) = (histogram()?, histogram()?);
    for _ in 0..freshness.count {
        let (number, enrolment) = people.stranger();
        let enrolled = asked(&mut connection, &enrolment).await?;
        let token = text(&enrolled, "/shown/token")?;
        let code = text(&enrolled, "/shown/codes/0/text")?;
        let post = |path, body| request::of(target.address, "POST", path, None, Some(&body));
        let scan = post("/v1/verdicts", json!({ "text": code }));
        let look = get(target, "/v1/code", Some(&token));
        asked(
            &mut connection,
            &post(
                "/demo/test",
                json!({ "number": number, "result": "positive" }),
            ),
        )
        .await?;
        let acknowledged = Instant::now();
        let (mut shown, mut scanned) = (None, None);
        while shown.is_none() || scanned.is_none() {
            ensure!(
                acknowledged.elapsed() < PATIENCE,
                "a positive test is not seen"
            );
            if shown.is_none() {
                let now = asked(&mut connection, &look).await?;
                shown = (text(&now, "/level")? == HIGH).then(|| acknowledged.elapsed());
            }
            if scanned.is_none() {
                let now = asked(&mut connection, &scan).await?;
                let level = now.get("level").and_then(Value::as_str);
                scanned = (level == Some(HIGH)).then(|| acknowledged.elapsed());
            }
            sleep(PAUSE).await;
        }
        for (histogram, took) in [(&mut show, shown), (&mut verify, scanned)] {
            let micros = took.unwrap_or(PATIENCE).as_micros();
            histogram.saturating_record(u64::try_from(micros).unwrap_or(u64::MAX).max(1));
        }
    }
    Ok((show, verify))
}
