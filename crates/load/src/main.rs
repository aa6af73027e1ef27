//! The load generator and simulator: how much a region carries, what people feel meanwhile, and what
//! becomes of many regions in a travel season.
//!
//! It offers requests at the instants of a schedule, whatever comes back: a latency is counted from
//! the instant at which the request was *due*, so a service that falls behind is seen to do so (no
//! coordinated omission). One thread, so that it takes one core and leaves the other to the service.

mod args;
mod connection;
mod freshness;
mod ingest;
mod limit;
mod national;
mod pace;
mod people;
mod report;
mod request;
mod run;
mod season;
mod tls;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    match play(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::failed(&error);
            ExitCode::from(3)
        }
    }
}

fn play(args: &Args) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match &args.command {
            Command::Offer(offer) => run::offer(offer, args.json).await,
            Command::Limit(limit) => limit::measure(limit, args.json).await,
            Command::Token(target) => people::token(target, args.json).await,
            Command::Counts(target) => people::counts(target).await,
            Command::Ingest(ingest) => ingest::send(ingest, args.json).await,
            Command::National(national) => national::measure(national, args.json).await,
            Command::Season(season) => season::play(season, args.json),
            Command::Freshness(freshness) => freshness::measure(freshness, args.json).await,
        }
    })
}
