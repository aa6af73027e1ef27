//! Tickets with which an officer adds a passkey: shown once, kept as their digest, used once.

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::Timestamp;
use hc_node::party::PartyId;
use sha2::{Digest, Sha256};

/// The tickets that may still be used, by digest.
#[derive(Default)]
pub(super) struct Tickets(BTreeMap<[u8; 32], (PartyId, Timestamp)>);

/// The most at once; an officer has one, and the oldest goes first.
const MOST: usize = 1024;

fn digest(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket.trim()).into()
}

impl Tickets {
    pub(super) fn issue(
        &mut self,
        officer: PartyId,
        drawn: [u8; 32],
        (now, until): (Timestamp, Timestamp),
    ) -> String {
        self.0
            .retain(|_, (other, until)| *other != officer && now < *until);
        while self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, (_, until))| *until);
            let Some(digest) = oldest.map(|(digest, _)| *digest) else {
                break;
            };
            self.0.remove(&digest);
        }
        let ticket = Base64UrlUnpadded::encode_string(&drawn);
        self.0.insert(digest(&ticket), (officer, until));
        ticket
    }

    /// Whose a ticket is.
    pub(super) fn officer(&self, ticket: &str, now: Timestamp) -> Option<PartyId> {
        let (officer, until) = self.0.get(&digest(ticket))?;
        (now < *until).then(|| officer.clone())
    }

    /// Takes a ticket out of use.
    pub(super) fn take(&mut self, ticket: &str, now: Timestamp) -> Option<PartyId> {
        let (officer, until) = self.0.remove(&digest(ticket))?;
        (now < until).then_some(officer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Span;

    #[test]
    fn a_ticket_is_one_officers_once_and_not_for_long() {
        let now = Timestamp::from_unix(1_656_388_815);
        let until = now.plus(Span::seconds(600));
        let li = PartyId::parse("li").unwrap();
        let mut tickets = Tickets::default();
        let first = tickets.issue(li.clone(), [1; 32], (now, until));
        let second = tickets.issue(li.clone(), [2; 32], (now, until));
        assert_eq!(tickets.officer(&first, now), None, "a new one replaces it");
        assert_eq!(tickets.officer(&second, now), Some(li.clone()));
        assert_eq!(tickets.officer(&second, until), None);
        assert_eq!(tickets.take(&format!(" {second}\n"), now), Some(li));
        assert_eq!(tickets.take(&second, now), None);
        assert_eq!(tickets.take("", now), None);
    }
}
