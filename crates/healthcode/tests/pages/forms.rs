//! Forms: errors stand at their field and in a summary, and what people type stays text.

use hc_testkit::browser::Screen;
use serde_json::json;

use crate::person::{arrive, fill, go, quiet};
use crate::stage::Stage;

/// Texts that become something else where a page is careless.
const HOSTILE: [&str; 4] = [
    "<img src=x onerror=window.broken=1>",
    "\"><script>window.broken=1</script>",
    "javascript:window.broken=1",
    "{{constructor}}${window.broken=1}",
];

#[test]
fn a_missing_answer_is_named_at_its_field_and_in_the_summary() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("en-GB"));
    page.touch("form button[type=submit]").unwrap();
    page.wait("document.querySelector('.summary[role=alert]')")
        .unwrap();
    // The summary has the focus, and each of its lines leads to a field that says the same.
    assert_eq!(
        page.run(
            "return document.activeElement.closest('.summary') !== null",
            &[]
        )
        .unwrap(),
        json!(true)
    );
    let same = "return [...document.querySelectorAll('.summary a')].every((link) => {
        const field = document.getElementById(link.getAttribute('href').slice(1));
        const error = document.getElementById(field.getAttribute('aria-describedby').split(' ').find((id) => id.endsWith('-error')));
        return field.getAttribute('aria-invalid') === 'true' && !error.hidden && error.textContent.length > 5;
    }) && document.querySelectorAll('.summary a').length === 6;";
    assert_eq!(page.run(same, &[]).unwrap(), json!(true));
    page.touch(".summary a").unwrap();
    assert_eq!(
        page.run("return document.activeElement.name", &[]).unwrap(),
        json!("name")
    );

    // What the region refuses stands at its field too.
    fill(&page, "演示人", "110101199003070000");
    page.touch("form button[type=submit]").unwrap();
    page.wait("document.querySelector('.field.wrong input[name=number]')")
        .unwrap();
    assert_eq!(
        page.run("return document.querySelectorAll('.summary a').length", &[])
            .unwrap(),
        json!(1)
    );
    quiet(&stage, &page, &["/v1/enrolments"]);
}

#[test]
fn what_people_type_stays_text_everywhere() {
    let Some(stage) = Stage::begin() else { return };
    for hostile in HOSTILE {
        let page = arrive(&stage, &Screen::phone("en-GB"));
        let (name, number) = stage.somebody();
        fill(&page, hostile, &number);
        page.touch("form button[type=submit]").unwrap();
        // As a name it is refused, or kept as a text.
        page.wait("document.querySelector('.summary') || document.querySelector('#code svg')")
            .unwrap();
        if page
            .run("return Boolean(document.querySelector('.summary'))", &[])
            .unwrap()
            == json!(true)
        {
            page.type_into("input[name=name]", &name).unwrap();
            page.touch("form button[type=submit]").unwrap();
            page.wait("document.querySelector('#code svg')").unwrap();
        }
        go(&page, "data");
        page.touch("#data-see").unwrap();
        page.wait("document.querySelector('#correct')").unwrap();
        page.touch("#correct summary").unwrap();
        page.type_into("#correct input[name=address]", hostile)
            .unwrap();
        page.touch("#correct button[type=submit]").unwrap();
        page.wait("document.querySelector('#data-note [role=status]') || document.querySelector('#correct .summary')")
            .unwrap();
        stage.laboratory(&number, "positive", &format!("hostile-{number}"));
        go(&page, "appeal");
        page.wait("document.querySelector('textarea[name=text]')")
            .unwrap();
        page.type_into("textarea[name=text]", hostile).unwrap();
        page.touch("form button[type=submit]").unwrap();
        page.wait("document.querySelector('#appeals article')")
            .unwrap();
        let text = page
            .run(
                "return document.querySelector('#appeals article').textContent",
                &[],
            )
            .unwrap();
        assert!(text.as_str().unwrap().contains(hostile), "{text}");
        // A second person on the phone may be called so.
        go(&page, "enrol");
        page.wait("document.querySelector('input[name=label]')")
            .unwrap();
        let (name, number) = stage.somebody();
        let label: String = hostile.chars().take(20).collect();
        page.type_into("input[name=label]", &label).unwrap();
        fill(&page, &name, &number);
        page.touch("form button[type=submit]").unwrap();
        page.wait("document.querySelector('#whose') && document.querySelector('#code svg')")
            .unwrap();
        go(&page, "family");
        let made = "return [window.broken === undefined, document.querySelectorAll('#main img, #main script').length]";
        assert_eq!(page.run(made, &[]).unwrap(), json!([true, 0]), "{hostile}");
        // Markup made from text is refused by the policy itself.
        let refused = "try { document.body.innerHTML = arguments[0]; return 'made'; } catch (error) { return error.name; }";
        assert_eq!(
            page.run(refused, &[json!(hostile)]).unwrap(),
            json!("TypeError")
        );
    }
}

#[test]
fn another_site_can_neither_frame_nor_use_a_person_s_page() {
    let Some(stage) = Stage::begin() else { return };
    let page = stage.page(&Screen::desktop("en-GB"));
    // No cookie stands for a person, so a forged form carries nothing; and the interface reads JSON only.
    page.open(&stage.at("/")).unwrap();
    page.wait("document.querySelector('form')").unwrap();
    assert_eq!(page.run("return document.cookie", &[]).unwrap(), json!(""));
    let forged = "return (async () => {
        const statuses = [];
        for (const [method, path] of [['POST', '/v1/withdrawal'], ['POST', '/v1/papers'], ['DELETE', '/v1/subject'], ['POST', '/v1/profile']]) {
            const answer = await fetch(path, {method, credentials: 'include', headers: {'content-type': 'text/plain'}, body: method === 'POST' ? '{}' : undefined});
            statuses.push(answer.status);
        }
        return statuses;
    })()";
    assert_eq!(page.run(forged, &[]).unwrap(), json!([401, 401, 401, 401]));
    let framed = format!(
        "data:text/html,<iframe id=f src='{}' onload='document.title=\"loaded\"'></iframe>",
        stage.at("/")
    );
    page.asked().unwrap();
    page.open(&framed).unwrap();
    page.wait("document.title === 'loaded'").unwrap();
    // The page itself was asked for, but nothing that it consists of: the browser did not show it.
    let asked = page.asked().unwrap();
    let of_region = |part: &str| asked.iter().filter(|url| **url == stage.at(part)).count();
    assert_eq!(of_region("/"), 1, "{asked:?}");
    let parts = asked
        .iter()
        .filter(|url| url.starts_with(&stage.at("/assets/")));
    assert_eq!(parts.count(), 0, "{asked:?}");
}
