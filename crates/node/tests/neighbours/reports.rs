//! Reports of other regions, and conversion.

use hc_code::parcel::Report;
use hc_code::{Level, Span};
use hc_node::region::ReportError;

use crate::evidence::send_batch;
use crate::world::{CHONGQING, Regions, SICHUAN, division};

#[tokio::test]
async fn another_region_says_of_its_code_what_the_code_says_now() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let home = regions.enrol(CHONGQING, 1).await;
    let here = regions.enrol(SICHUAN, 1).await;
    let code = regions.code(CHONGQING, &home);
    let sichuan = regions.node(SICHUAN);
    let reported = sichuan.ask_report(&here, &code).await.unwrap();
    assert_eq!(reported.region, division(CHONGQING));
    assert!(matches!(
        reported.report,
        Report::Known {
            level: Level::Low,
            ..
        }
    ));
    // What changed since the code was made is in the report.
    let lines = [(regions.document(1), "positive")];
    send_batch(regions.node(CHONGQING), "B-1", &lines)
        .await
        .unwrap();
    let reported = sichuan.ask_report(&here, &code).await.unwrap();
    assert!(matches!(
        reported.report,
        Report::Known {
            level: Level::High,
            ..
        }
    ));
    // A code that is over says nothing.
    regions.forward(Span::seconds(600)).await;
    let reported = sichuan.ask_report(&here, &code).await.unwrap();
    assert_eq!(reported.report, Report::Unknown);
    let own = regions.code(SICHUAN, &here);
    let refused = sichuan.ask_report(&here, &own).await;
    assert!(matches!(refused, Err(ReportError::Own)));
}

#[tokio::test]
async fn a_converted_code_says_the_same_and_is_one_of_this_region() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let home = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &home);
    let sichuan = regions.node(SICHUAN);
    let converted = sichuan.convert(&code).await.unwrap();
    let verdict = sichuan.verify(&converted.text);
    assert_eq!(verdict.level, Some(Level::Low));
    assert!(converted.text.starts_with("HC1P:510000:"));
    let lines = [(regions.document(1), "positive")];
    send_batch(regions.node(CHONGQING), "B-1", &lines)
        .await
        .unwrap();
    let converted = sichuan.convert(&code).await.unwrap();
    assert_eq!(sichuan.verify(&converted.text).level, Some(Level::High));
    regions.forward(Span::seconds(600)).await;
    assert!(matches!(
        sichuan.convert(&code).await,
        Err(ReportError::Unknown)
    ));
}
