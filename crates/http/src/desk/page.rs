//! Every page of the desk: who may open it, what it asks, whether it takes a passkey's signature of its own.

use hc_core::area::LARGEST_PUBLICATION;
use hc_core::party::Duty;
use hc_core::rules::MAX_PACK_BYTES;
use hc_core::word::Word as _;

use crate::officers::{
    appeals, areas, audited, batches, counter, degraded, overview, parties, passkeys, proposals,
    records, rules,
};
use crate::operation::{Credential, Operation, Verb};

/// One page, or one form of a page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its name, unique.
    pub(crate) id: &'static str,
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    /// Whether it takes a passkey's signature for this very act.
    pub(crate) signed_for: bool,
    /// The most bytes of its form.
    pub(crate) most: usize,
}

/// Who may open a page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    /// Everybody who reaches the operators' listener.
    Anybody,
    /// Every officer who is signed in.
    Officer,
    /// Whoever may ask this operation.
    As(&'static Operation),
}

/// The most bytes of a form with nothing but fields.
const FIELDS: usize = 16 << 10;

impl Page {
    /// The duties of which an officer must have one; none where every officer may.
    pub(crate) fn duties(&self) -> &'static [Duty] {
        match self.who {
            As(Operation {
                credential: Credential::Officer(duties),
                ..
            }) => duties,
            Anybody | Officer | As(_) => &[],
        }
    }

    const fn get(id: &'static str, path: &'static str, who: Who) -> Self {
        Self {
            id,
            verb: Verb::Get,
            path,
            who,
            signed_for: false,
            most: 0,
        }
    }

    const fn post(id: &'static str, path: &'static str, who: Who) -> Self {
        Self {
            id,
            verb: Verb::Post,
            path,
            who,
            signed_for: false,
            most: FIELDS,
        }
    }

    const fn signed(self) -> Self {
        Self {
            signed_for: true,
            ..self
        }
    }

    /// With a file of so many bytes, of which each may take three in a form.
    const fn with_file(self, bytes: usize) -> Self {
        Self {
            most: FIELDS + 3 * bytes,
            ..self
        }
    }
}

use Who::{Anybody, As, Officer};

/// A page by name: so that a route cannot be without its page.
macro_rules! pages {
    ($($name:ident = $page:expr;)+) => {
        $(pub(super) const $name: &Page = &$page;)+
        /// All pages.
        pub(crate) const ALL: &[&Page] = &[$($name,)+];
    };
}

pages! {
    SIGN_IN = Page::get("desk-sign-in", "/desk/sign-in", Anybody);
    SIGNING_IN = Page::post("desk-sign-in", "/desk/sign-in", Anybody);
    ENROL = Page::get("desk-enrol", "/desk/enrol", Anybody);
    ENROLLING = Page::post("desk-enrol", "/desk/enrol", Anybody);
    ENROLLED = Page::post("desk-enrol-passkey", "/desk/enrol/passkey", Anybody);
    LANGUAGE = Page::post("desk-language", "/desk/language", Anybody);
    SIGN_OUT = Page::post("desk-sign-out", "/desk/sign-out", Officer);
    OVERVIEW = Page::get("desk-overview", "/desk/", As(&overview::OPERATION));
    BATCHES = Page::get("desk-batches", "/desk/batches", As(&batches::LIST));
    BATCH = Page::get("desk-batch", "/desk/batches/{source}/{reference}", As(&batches::ONE));
    RELEASE = Page::post(
        "desk-release-batch",
        "/desk/batches/{source}/{reference}/release",
        As(&batches::RELEASE),
    ).signed();
    REFUSE_BATCH = Page::post(
        "desk-refuse-batch",
        "/desk/batches/{source}/{reference}/refusal",
        As(&batches::REFUSE),
    );
    PROPOSALS = Page::get("desk-proposals", "/desk/proposals", As(&proposals::LIST));
    PROPOSAL = Page::get("desk-proposal", "/desk/proposals/{id}", As(&proposals::ONE));
    APPROVE = Page::post(
        "desk-approve",
        "/desk/proposals/{id}/approval",
        As(&proposals::APPROVE),
    ).signed();
    REFUSE = Page::post("desk-refuse", "/desk/proposals/{id}/refusal", As(&proposals::REFUSE));
    RULES = Page::get("desk-rules", "/desk/rules", As(&rules::LIST));
    UPLOAD = Page::post("desk-upload-rules", "/desk/rules", As(&rules::UPLOAD))
        .with_file(MAX_PACK_BYTES)
        .signed();
    PACK = Page::get("desk-pack", "/desk/rules/{version}", As(&rules::ONE));
    TRY = Page::post("desk-try-rules", "/desk/rules/{version}/trial", As(&rules::TRY));
    PROPOSE_RULES = Page::post(
        "desk-propose-rules",
        "/desk/rules/{version}/proposal",
        As(&proposals::MAKE),
    );
    AREAS = Page::get("desk-areas", "/desk/areas", As(&areas::OPERATION));
    PUBLISH = Page::post("desk-publish-areas", "/desk/areas", As(&areas::OPERATION))
        .with_file(LARGEST_PUBLICATION)
        .signed();
    DEGRADED = Page::get("desk-degraded", "/desk/degraded", As(&degraded::DECLARE));
    DECLARE = Page::post("desk-declare-degraded", "/desk/degraded", As(&degraded::DECLARE))
        .signed();
    END_DEGRADED = Page::post(
        "desk-end-degraded",
        "/desk/degraded/{number}/end",
        As(&degraded::END),
    ).signed();
    RECORDS = Page::get("desk-records", "/desk/records", As(&records::OPERATION));
    RECORD = Page::post("desk-open-record", "/desk/records", As(&records::OPERATION));
    APPEALS = Page::get("desk-appeals", "/desk/appeals", As(&appeals::LIST));
    ANSWER = Page::post("desk-answer-appeal", "/desk/appeals/{number}/answer", As(&appeals::ANSWER))
        .signed();
    COUNTER = Page::get("desk-counter", "/desk/counter", As(&counter::OPERATION));
    COUNTER_ENROL = Page::post("desk-counter-enrol", "/desk/counter", As(&counter::OPERATION));
    LOG = Page::get("desk-log", "/desk/log", As(&audited::LIST));
    ENTRY = Page::get("desk-log-entry", "/desk/log/{sequence}", As(&audited::ONE));
    PARTIES = Page::get("desk-registers", "/desk/registers/{kind}", As(&parties::OPERATION));
    PROPOSE_PARTY = Page::post(
        "desk-propose-party",
        "/desk/registers/{kind}",
        As(&proposals::MAKE),
    );
    PROPOSE_END = Page::post(
        "desk-propose-end",
        "/desk/registers/{kind}/end",
        As(&proposals::MAKE),
    );
    OWN = Page::get("desk-own", "/desk/own", As(&passkeys::LIST));
    END_PASSKEY = Page::post("desk-end-passkey", "/desk/own/{digest}/end", As(&passkeys::END));
}

/// What an address of the desk answers at which there is no page.
pub(super) const NOWHERE: &Page = &Page::get("desk-nowhere", "/desk/{*rest}", Anybody);

/// Who may open which page, as tab-separated text with a head.
pub fn desk_permissions() -> String {
    let mut text =
        "# Who may open which page of the desk. Made by the test of desk/page.rs, not by hand.\n\
                    page\tmethod\tpath\tduties\toperation\tsigned for\n"
            .to_owned();
    for page in ALL {
        let duties: Vec<&str> = page.duties().iter().map(|duty| duty.word()).collect();
        let (duties, operation) = match page.who {
            Anybody => ("anybody".to_owned(), "-"),
            Officer => ("every officer".to_owned(), "-"),
            As(operation) => (duties.join(" "), operation.id),
        };
        let signed = if page.signed_for { "yes" } else { "no" };
        let (id, method, path) = (page.id, page.verb.method(), page.path);
        let columns = [id, method.as_str(), path, &duties, operation, signed];
        text.push_str(&columns.join("\t"));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_of_the_desk_that_is_checked_in_is_that_of_its_pages() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/desk.tsv");
        let ours = desk_permissions();
        if std::env::var_os("HEALTHCODE_WRITE").is_some() {
            std::fs::write(path, &ours).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == ours,
            "spec/desk.tsv is not up to date: run this test once with HEALTHCODE_WRITE=1"
        );
    }

    #[test]
    fn a_page_asks_an_officers_operation_and_changes_something_only_by_a_form() {
        for page in ALL {
            if let As(operation) = page.who {
                assert!(
                    matches!(operation.credential, Credential::Officer(_)),
                    "{}",
                    page.id
                );
                assert!(page.verb == Verb::Post || operation.verb == Verb::Get || page.most == 0);
            }
            assert!(!page.signed_for || page.verb == Verb::Post, "{}", page.id);
        }
    }
}
