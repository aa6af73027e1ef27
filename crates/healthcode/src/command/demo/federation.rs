//! `demo --federation`: three provinces with the rules and policies of 2020, one that has no code of its own, and
//! the hub; and a migrant worker who travels between them.
//!
//! Everything runs as `serve` runs it, in one process so that its clock can be turned: five services that know
//! each other by the hub's trust list alone and talk over TLS on this machine. People ask over HTTPS, regions come
//! to each other's doors, and nothing goes around them.

mod asking;
mod authority;
mod country;
mod places;
mod stage;
mod trip;

use std::sync::Arc;

use anyhow::Result;
use hc_http::journal::Level;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::super::Outcome;
use crate::args::Demo;
use crate::screen::Screen;
use crate::service::{journal, serving};
use country::Country;
use trip::Trip;

pub(super) fn run(command: &Demo, screen: &mut Screen) -> Result<Outcome> {
    // Everything is gone when this ends.
    let folder = tempfile::Builder::new()
        .prefix("healthcode-demo-")
        .tempdir()?;
    let runtime = serving::runtime()?;
    runtime.block_on(async {
        // What goes wrong for a moment while all of them begin at once is no fault.
        let (journal, _writer) = journal::begin(Level::Error)?;
        let people = command.people.min(places::MOST_PEOPLE);
        let country = Country::open(folder.path(), people, &journal).await?;
        let mut trip = Trip::new(country.clone());
        if command.once {
            while let Some(played) = trip.next().await? {
                trip::tell(&played, screen)?;
            }
            return country.stop().await;
        }
        let listener = TcpListener::bind(command.listen).await?;
        screen.line(format!(
            "{} http://{}/demo",
            screen.say("请打开", "open"),
            listener.local_addr()?
        ))?;
        let stage = stage::Stage::new(Arc::new(Mutex::new(trip)), country.clone());
        stage.serve(listener, serving::asked_to_stop()).await?;
        country.stop().await
    })?;
    Ok(Outcome::Clean)
}
