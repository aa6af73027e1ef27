//! The desk: pages for officers on the operators' listener, behind passkeys.
//!
//! * [`page`] lists every page with who may open it and the operations behind it. A page asks those
//!   operations as a signed request would, so that the desk can do nothing that `permissions.tsv` does not
//!   allow its officer; `spec/desk.tsv` is the copy that people read.
//! * [`door`]: host, origin, session, seal of the form, body, then the page. [`session`]: who is signed in.
//! * [`ceremony`]: signing in, adding a passkey, and signing for one act as the second credential; [`confirming`]: signing
//!   for what one officer does alone.
//! * [`layout`], [`show`], [`chart`], [`language`]: how it looks. Pages are made on the server; the one script
//!   moves bytes between a form and an authenticator.

#![expect(
    clippy::indexing_slicing,
    reason = "a member of a JSON value that is not there is null"
)]

mod assets;
mod ceremony;
mod chart;
mod confirming;
mod door;
mod fields;
mod language;
mod layout;
mod names;
mod page;
mod pages;
mod routes;
mod seal;
mod session;
mod show;
mod ticket;
mod visit;

use std::sync::{Mutex, MutexGuard, PoisonError};

use hc_code::{Span, Timestamp};
use hc_node::party::PartyId;
use hc_node::passkeys::RelyingParty;

pub use page::desk_permissions;
pub(crate) use routes::{add, is_opened, nowhere};

use crate::pace::Pace;
use session::Sessions;
use ticket::Tickets;

/// Every page by id, method and path.
pub fn desk_pages() -> Vec<(&'static str, &'static str, &'static str)> {
    let told = |page: &&'static page::Page| {
        let verb = match page.verb {
            crate::operation::Verb::Post => "POST",
            _ => "GET",
        };
        (page.id, verb, page.path)
    };
    page::ALL.iter().map(told).collect()
}

/// What the desk keeps: sessions and tickets, in memory. A restart signs everybody out.
pub(crate) struct Desk {
    relying: RelyingParty,
    key: [u8; 32],
    sessions: Mutex<Sessions>,
    tickets: Mutex<Tickets>,
    /// Requests of those who are not signed in, by where they come from.
    strangers: Pace,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("relying", &self.relying)
            .finish_non_exhaustive()
    }
}

/// The most requests a minute of those at one place who are not signed in: many officers behind one balancer, and too few
/// to try tickets or to keep the desk busy.
const STRANGERS_A_MINUTE: u32 = 600;

/// How long a ticket may be used.
const TICKET: Span = Span::seconds(600);

impl Desk {
    /// A desk at an origin. `key` is drawn at random.
    pub(crate) fn new(relying: RelyingParty, key: [u8; 32]) -> Self {
        Self {
            relying,
            key,
            sessions: Mutex::default(),
            tickets: Mutex::default(),
            strangers: Pace::new(STRANGERS_A_MINUTE, seal::seed(&key)),
        }
    }

    pub(crate) const fn relying(&self) -> &RelyingParty {
        &self.relying
    }

    /// Until when a ticket that is given now may be used.
    pub(crate) fn ticket_until(now: Timestamp) -> Timestamp {
        now.plus(TICKET)
    }

    /// Gives an officer a ticket; one that they had before is nothing any more.
    pub(crate) fn issue_ticket(&self, officer: PartyId, drawn: [u8; 32], now: Timestamp) -> String {
        let until = Self::ticket_until(now);
        self.tickets().issue(officer, drawn, (now, until))
    }

    fn tickets(&self) -> MutexGuard<'_, Tickets> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
