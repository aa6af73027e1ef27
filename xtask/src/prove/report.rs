//! What a proof found, as a page.

/// When, where and how a proof was run.
#[derive(Debug)]
pub(crate) struct Circumstances {
    pub(crate) commit: String,
    pub(crate) date: String,
    pub(crate) machine: String,
    pub(crate) command: String,
}

/// A claim, the tables that show it, and every way in which it failed.
#[derive(Debug)]
pub(crate) struct Report {
    title: String,
    claim: String,
    body: String,
    failures: Vec<String>,
}

impl Report {
    /// A page with a title and, in a sentence or two, what it claims.
    pub(crate) fn new(title: &str, claim: &str) -> Self {
        Self {
            title: title.to_owned(),
            claim: claim.to_owned(),
            body: String::new(),
            failures: Vec::new(),
        }
    }

    /// Adds a paragraph.
    pub(crate) fn text(&mut self, text: &str) {
        self.body.push_str(text.trim());
        self.body.push_str("\n\n");
    }

    /// Adds a table; `|` in cells is escaped.
    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
        self.row(&head);
        self.row(&vec!["---".to_owned(); head.len()]);
        for row in rows {
            self.row(row);
        }
        self.body.push('\n');
    }

    fn row(&mut self, cells: &[String]) {
        for cell in cells {
            self.body.push_str("| ");
            self.body.push_str(&cell.replace('|', "\\|"));
            self.body.push(' ');
        }
        self.body.push_str("|\n");
    }

    /// Notes that the claim does not hold, and why.
    pub(crate) fn fail(&mut self, why: impl Into<String>) {
        self.failures.push(why.into());
    }

    /// Whether nothing speaks against the claim.
    pub(crate) const fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    /// Everything that speaks against the claim.
    pub(crate) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// The page.
    pub(crate) fn markdown(&self, circumstances: &Circumstances) -> String {
        let Circumstances {
            commit,
            date,
            machine,
            command,
        } = circumstances;
        let verdict = if self.holds() {
            "**The claim holds.**".to_owned()
        } else {
            format!(
                "**The claim does not hold:**\n\n- {}",
                self.failures.join("\n- ")
            )
        };
        format!(
            "# {}\n\n{}\n\n{verdict}\n\n{}Repeat it: `{command}`\n\nCommit {commit}; {date}; {machine}.\n",
            self.title,
            self.claim.trim(),
            self.body,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(report: &Report) -> String {
        report.markdown(&Circumstances {
            commit: "0123456789ab with uncommitted changes".to_owned(),
            date: "2022-06-28".to_owned(),
            machine: "2 cores".to_owned(),
            command: "cargo xtask prove it".to_owned(),
        })
    }

    #[test]
    fn a_page_names_commit_machine_and_command() {
        let mut report = Report::new("It", "It holds.");
        report.table(&["a", "b"], &[vec!["1|2".to_owned(), "3".to_owned()]]);
        let page = page(&report);
        assert!(report.holds());
        assert!(
            page.contains("| a | b |\n| --- | --- |\n| 1\\|2 | 3 |\n"),
            "{page}"
        );
        assert!(page.contains("**The claim holds.**"), "{page}");
        assert!(page.ends_with(
            "Repeat it: `cargo xtask prove it`\n\nCommit 0123456789ab with uncommitted changes; 2022-06-28; 2 cores.\n"
        ));
    }

    #[test]
    fn a_failure_stands_at_the_top() {
        let mut report = Report::new("It", "It holds.");
        report.fail("it crashed");
        let page = page(&report);
        assert!(!report.holds());
        assert!(
            page.contains("**The claim does not hold:**\n\n- it crashed\n"),
            "{page}"
        );
    }
}
