//! Evidence messages between regions.

use hc_code::Level;
use hc_code::parcel::Kind;

use super::actors::ZHEJIANG;
use super::post::{Post, all, id, parcel};
use super::tally::{Said, Tally, Way};
use crate::world::{CHONGQING, noon};

/// One line about a person, by which they would be high.
fn line(post: &Post, person: u32, reference: &str) -> String {
    let document = post.regions.document(person);
    let at = noon();
    format!(
        r#"{{"ref":"{reference}","source":"laboratory","by":"lab",{document},"kind":"test","at":"{at}","method":"nucleic-acid","pooling":"single","result":"positive"}}"#
    )
}

fn levels(post: &Post) -> Vec<Level> {
    let tokens = post.tokens.iter();
    tokens
        .map(|token| post.regions.level(CHONGQING, token))
        .collect()
}

#[tokio::test]
async fn of_a_thousand_forged_evidence_messages_none_is_believed() {
    let post = Post::open(9).await;
    let here = post.to(CHONGQING);
    let contents: Vec<Vec<u8>> = (0..8)
        .map(|person| line(&post, person, &format!("A-{person}")).into_bytes())
        .collect();
    let send = |number: usize, content: &[u8]| {
        parcel(
            (ZHEJIANG, CHONGQING),
            Kind::Evidence,
            id(1, number),
            &here,
            content,
        )
    };
    let genuine: Vec<Vec<u8>> = contents
        .iter()
        .enumerate()
        .map(|(number, content)| send(number, content))
        .collect();
    let mut brought = all(&post, Kind::Evidence, &contents, &genuine);
    // The ninth is genuine and taken, so that Zhejiang is known as a source, and its number is used.
    let first = line(&post, 8, "A-8");
    assert_eq!(
        post.bring(ZHEJIANG, &send(8, first.as_bytes())).await,
        Said::Believed
    );
    for person in 0..8 {
        let stitched = |what: &str, bytes| (ZHEJIANG, (Way::Stitched, what.to_owned(), bytes));
        let other = line(&post, person, "A-8");
        brought.push(stitched(
            "another content under a number",
            send(8, other.as_bytes()),
        ));
        let next = line(&post, (person + 1) % 8, "B");
        let two = format!("{other}\n{next}");
        brought.push(stitched("about two people", send(9, two.as_bytes())));
    }

    let before = post.known().await;
    let mut tally = Tally::new("evidence");
    for (bringer, (way, what, bytes)) in brought {
        let said = post.bring(bringer, &bytes).await;
        let same = post.known().await == before;
        tally.count(way, &what, said, same);
    }
    tally.settle(1000);
    // The genuine ones are taken, each by its one region.
    assert_eq!(levels(&post)[..8], [Level::Low; 8]);
    for bytes in &genuine {
        assert_eq!(post.bring(ZHEJIANG, bytes).await, Said::Believed);
    }
    assert_eq!(levels(&post), [Level::High; 9]);
}
