//! Prints the proof's table: `cargo run --release -p hc-testkit --example status_list`.

use hc_testkit::status_proof::{Outbreak, measure, table};

#[expect(clippy::print_stdout, reason = "a program for people to read")]
fn main() -> anyhow::Result<()> {
    let population = std::env::args().nth(1).map_or(Ok(100_000_000), |text| text.parse())?;
    let mut measured = Vec::new();
    for outbreak in Outbreak::ALL {
        measured.push(measure(population, outbreak, 20_220_628)?);
        println!("{}", table(&measured)?);
    }
    Ok(())
}
