//! Proof: the verifier for browsers is small and says what the native one says.

use anyhow::Result;
use clap::Args;

use super::report::Report;
use crate::checkout::Checkout;
use crate::wasm::{LIMIT, Module, SEED, compare};

#[derive(Debug, Args)]
pub(super) struct Wasm {
    /// How many mutated texts are compared
    #[arg(long, default_value_t = 100_000)]
    mutants: u64,
}

impl Wasm {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let module = Module::build(checkout)?;
        let compared = compare(checkout, &module, self.mutants)?;
        let mut report = Report::new(
            "The verifier for browsers and Node",
            &format!(
                "The module with all three algorithms takes at most {} KB compressed, and gives the native \
                 verifier's answer, byte for byte, on every vector and on every mutated text.",
                LIMIT / 1000
            ),
        );
        report.text(&format!(
            "Built by {}. What counts is gzip -9, which every server and browser has; brotli -q 11 is what a server \
             may store instead. Trust, key, status and paper lists are signed and taken through the same calls as \
             on a page, each by the loader's own methods; each vector also comes out as its file says. Mutants \
             from seed {SEED}: every class and algorithm.",
            module.toolchain(),
        ));
        let brotli = module.brotli;
        let mut rows = vec![
            vec!["compiled, bytes".to_owned(), module.compiled.to_string()],
            vec!["after wasm-opt -Oz".to_owned(), module.raw.to_string()],
            vec!["gzip -9".to_owned(), module.gzip.to_string()],
            vec![
                "brotli -q 11".to_owned(),
                brotli.map_or_else(|| "not measured".to_owned(), |size| size.to_string()),
            ],
        ];
        for (folder, count) in &compared.vectors {
            rows.push(vec![format!("vectors/{folder}"), count.to_string()]);
        }
        rows.extend([
            vec!["other calls".to_owned(), compared.others.to_string()],
            vec!["mutants".to_owned(), compared.mutants.to_string()],
            vec!["calls compared".to_owned(), compared.calls.to_string()],
            vec![
                format!("seconds in {}", compared.node),
                format!("{:.1}", compared.seconds),
            ],
            vec![
                "answers that differ".to_owned(),
                compared.differences.len().to_string(),
            ],
        ]);
        report.table(&["", ""], &rows);
        if !module.is_small() {
            report.fail(format!(
                "the module has {} bytes compressed, more than {LIMIT}",
                module.gzip
            ));
        }
        if let Some(first) = compared.differences.first() {
            report.fail(format!("native and module differ: {first}"));
        }
        Ok(report)
    }
}
