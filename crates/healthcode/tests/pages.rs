//! The pages in a real browser, against a real region: `demo` with a laboratory that signs its batches.
//!
//! Chromium and its driver are needed; without them the tests say so and, under `CI=true`, fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "pages/access.rs"]
mod access;
#[path = "pages/carried.rs"]
mod carried;
#[path = "pages/family.rs"]
mod family;
#[path = "pages/forms.rs"]
mod forms;
#[path = "pages/gate.rs"]
mod gate;
#[path = "pages/gate_pace.rs"]
mod gate_pace;
#[path = "pages/looks.rs"]
mod looks;
#[path = "pages/moving.rs"]
mod moving;
#[path = "pages/own_data.rs"]
mod own_data;
#[path = "pages/person.rs"]
mod person;
#[path = "pages/receipt_on_demand.rs"]
mod receipt_on_demand;
#[path = "pages/receipts.rs"]
mod receipts;
#[path = "pages/signing_in.rs"]
mod signing_in;
#[path = "pages/stage.rs"]
mod stage;
#[path = "pages/story.rs"]
mod story;
#[path = "pages/timings.rs"]
mod timings;
#[path = "pages/trip.rs"]
mod trip;
