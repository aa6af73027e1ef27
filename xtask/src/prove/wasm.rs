//! Proof: the verifier for browsers is small and says what the native one says.

use anyhow::Result;
use clap::Args;

use super::report::Report;
use crate::checkout::Checkout;
use crate::wasm::{Kind, Module, SEED, compare};

#[derive(Debug, Args)]
pub(super) struct Wasm {
    /// How many mutated texts are compared
    #[arg(long, default_value_t = 100_000)]
    mutants: u64,
}

impl Wasm {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let modules = Module::both(checkout)?;
        let compared = compare(checkout, &modules, self.mutants)?;
        let [verifier, door] = &modules;
        let mut report = Report::new(
            "The verifier for browsers and Node",
            &format!(
                "The verifier with all three algorithms takes at most {} KB compressed, the door, which takes published \
                 recognition policies too, at most {} KB; and each gives the native verifier's answer, byte for byte, on \
                 every vector and on every mutated text.",
                Kind::Verifier.limit() / 1000,
                Kind::Door.limit() / 1000
            ),
        );
        report.text(&format!(
            "Built by {}. What counts is gzip -9, which every server and browser has; brotli -q 11 is what a server \
             may store instead. Trust, key, status and paper lists are signed and taken through the same calls as \
             on a page, each by the loader's own methods; each vector also comes out as its file says. Mutants \
             from seed {SEED}: every class and algorithm.",
            verifier.toolchain(),
        ));
        let brotli = |module: &Module| {
            let size = module.brotli;
            size.map_or_else(|| "not measured".to_owned(), |size| size.to_string())
        };
        let sizes = [
            ("compiled, bytes", verifier.compiled, door.compiled),
            ("after wasm-opt -Oz", verifier.raw, door.raw),
            ("gzip -9", verifier.gzip, door.gzip),
        ];
        let mut sizes: Vec<_> = sizes
            .map(|(name, one, other)| vec![name.to_owned(), one.to_string(), other.to_string()])
            .into();
        sizes.push(vec![
            "brotli -q 11".to_owned(),
            brotli(verifier),
            brotli(door),
        ]);
        report.table(&["", "verifier", "door"], &sizes);
        let mut rows = Vec::new();
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
        for module in modules.iter().filter(|module| !module.is_small()) {
            let (kind, limit) = (module.kind, module.kind.limit());
            report.fail(format!(
                "the {kind} has {} bytes compressed, more than {limit}",
                module.gzip
            ));
        }
        if let Some(first) = compared.differences.first() {
            report.fail(format!("native and module differ: {first}"));
        }
        Ok(report)
    }
}
