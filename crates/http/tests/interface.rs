//! The interface over real HTTP: a real listener, a real client, a real store in a file.

#[path = "interface/abroad.rs"]
mod abroad;
#[path = "interface/appeals.rs"]
mod appeals;
#[path = "interface/bad_input.rs"]
mod bad_input;
#[path = "interface/client.rs"]
mod client;
#[path = "interface/conformance.rs"]
mod conformance;
#[path = "interface/connections.rs"]
mod connections;
#[path = "interface/counter.rs"]
mod counter;
#[path = "interface/credentials.rs"]
mod credentials;
#[path = "interface/day_alone.rs"]
mod day_alone;
#[path = "interface/decision_log.rs"]
mod decision_log;
#[path = "interface/description.rs"]
mod description;
#[path = "interface/desk.rs"]
mod desk;
#[path = "interface/desk_browser.rs"]
mod desk_browser;
#[path = "interface/desk_enrol.rs"]
mod desk_enrol;
#[path = "interface/desk_pages.rs"]
mod desk_pages;
#[path = "interface/desk_signed.rs"]
mod desk_signed;
#[path = "interface/family.rs"]
mod family;
#[path = "interface/foreign.rs"]
mod foreign;
#[path = "interface/look_ups.rs"]
mod look_ups;
#[path = "interface/moving.rs"]
mod moving;
#[path = "interface/national.rs"]
mod national;
#[path = "interface/national_defects.rs"]
mod national_defects;
#[path = "interface/national_elsewhere.rs"]
mod national_elsewhere;
#[path = "interface/notices.rs"]
mod notices;
#[path = "interface/openid.rs"]
mod openid;
#[path = "interface/openid_hostile.rs"]
mod openid_hostile;
#[path = "interface/outage.rs"]
mod outage;
#[path = "interface/panels.rs"]
mod panels;
#[path = "interface/permissions.rs"]
mod permissions;
#[path = "interface/proposals.rs"]
mod proposals;
#[path = "interface/recognition.rs"]
mod recognition;
#[path = "interface/rules.rs"]
mod rules;
#[path = "interface/sample.rs"]
mod sample;
#[path = "interface/schema.rs"]
mod schema;
#[path = "interface/signers.rs"]
mod signers;
#[path = "interface/story.rs"]
mod story;
#[path = "interface/subject_tokens.rs"]
mod subject_tokens;
#[path = "interface/super_app.rs"]
mod super_app;
#[path = "interface/tls.rs"]
mod tls;
#[path = "interface/waiting.rs"]
mod waiting;
#[path = "interface/world.rs"]
mod world;
