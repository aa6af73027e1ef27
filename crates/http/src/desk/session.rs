//! Who is signed in: sessions in memory, under the digest of what the browser holds.

use std::collections::{BTreeMap, VecDeque};

use hc_code::{Span, Timestamp};
use hc_node::party::PartyId;
use hc_node::passkeys::Challenge;

/// A session ends after so long without a request.
pub(super) const IDLE: Span = Span::seconds(900);
/// And after so long in any case.
pub(super) const LONGEST: Span = Span::hours(8);
/// A challenge may be signed for so long.
pub(super) const CHALLENGE: Span = Span::seconds(300);
/// The most sessions; the one that was idle longest goes first.
const MOST: usize = 1024;
/// The most challenges that one session has out.
const MOST_CHALLENGES: usize = 16;

/// What is told once on the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) zh: String,
    pub(super) en: String,
}

/// A session.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) officer: PartyId,
    /// The passkey that opened it: it ends with it.
    pub(super) passkey: [u8; 32],
    /// What every form of it carries.
    pub(super) seal: String,
    begun: Timestamp,
    seen: Timestamp,
    told: Option<Told>,
    out: VecDeque<Out>,
}

/// A challenge that is out, for one act.
#[derive(Clone, Copy)]
struct Out {
    challenge: Challenge,
    fresh: [u8; 32],
    act: [u8; 32],
    until: Timestamp,
}

#[derive(Default)]
pub(super) struct Sessions {
    open: BTreeMap<[u8; 32], Session>,
    /// Challenges by which somebody has signed in, until they end by themselves.
    used: BTreeMap<[u8; 32], Timestamp>,
}

impl Session {
    fn holds_at(&self, now: Timestamp) -> bool {
        now < self.seen.plus(IDLE) && now < self.begun.plus(LONGEST)
    }
}

impl Sessions {
    /// Opens a session under the digest of its secret.
    pub(super) fn open(
        &mut self,
        digest: [u8; 32],
        (officer, passkey): (PartyId, [u8; 32]),
        seal: String,
        now: Timestamp,
    ) {
        self.open.retain(|_, session| session.holds_at(now));
        while self.open.len() >= MOST {
            let oldest = self.open.iter().min_by_key(|(_, session)| session.seen);
            let Some(digest) = oldest.map(|(digest, _)| *digest) else {
                break;
            };
            self.open.remove(&digest);
        }
        let session = Session {
            officer,
            passkey,
            seal,
            begun: now,
            seen: now,
            told: None,
            out: VecDeque::new(),
        };
        self.open.insert(digest, session);
    }

    /// The session of a secret, which is in use again from now.
    pub(super) fn enter(&mut self, digest: &[u8; 32], now: Timestamp) -> Option<Session> {
        let session = self.open.get_mut(digest)?;
        if !session.holds_at(now) {
            self.open.remove(digest);
            return None;
        }
        session.seen = now;
        Some(session.clone())
    }

    pub(super) fn end(&mut self, digest: &[u8; 32]) {
        self.open.remove(digest);
    }

    /// Has something told on the next page.
    pub(super) fn tell(&mut self, digest: &[u8; 32], told: Told) {
        if let Some(session) = self.open.get_mut(digest) {
            session.told = Some(told);
        }
    }

    /// What is to be told, once.
    pub(super) fn told(&mut self, digest: &[u8; 32]) -> Option<Told> {
        self.open.get_mut(digest)?.told.take()
    }

    /// Notes the challenge that a page asks to have signed for an act, by its random part.
    pub(super) fn ask(
        &mut self,
        digest: &[u8; 32],
        (fresh, act): ([u8; 32], [u8; 32]),
        now: Timestamp,
    ) {
        let challenge = Challenge::of(&fresh, &act);
        let Some(session) = self.open.get_mut(digest) else {
            return;
        };
        session.out.retain(|out| now < out.until);
        while session.out.len() >= MOST_CHALLENGES {
            session.out.pop_front();
        }
        let until = now.plus(CHALLENGE);
        session.out.push_back(Out {
            challenge,
            fresh,
            act,
            until,
        });
    }

    /// Takes a challenge of a session that is out for an act; it is not accepted again. Gives its random part.
    pub(super) fn take(
        &mut self,
        digest: &[u8; 32],
        (signed, act): (&[u8; 32], &[u8; 32]),
        now: Timestamp,
    ) -> Option<[u8; 32]> {
        let session = self.open.get_mut(digest)?;
        let place = session.out.iter().position(|out| {
            out.challenge.as_bytes() == signed && out.act == *act && now < out.until
        })?;
        session.out.remove(place).map(|out| out.fresh)
    }

    /// Whether a challenge of signing in is used for the first time.
    pub(super) fn first_use(&mut self, challenge: Challenge, now: Timestamp) -> bool {
        self.used.retain(|_, until| now < *until);
        let until = now.plus(CHALLENGE).plus(CHALLENGE);
        self.used.insert(*challenge.as_bytes(), until).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_656_388_815);
    const ID: [u8; 32] = [1; 32];

    fn opened() -> Sessions {
        let mut sessions = Sessions::default();
        let li = PartyId::parse("li").unwrap();
        sessions.open(ID, (li, [2; 32]), "seal".to_owned(), NOW);
        sessions
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_after_eight_hours() {
        let mut sessions = opened();
        assert!(sessions.enter(&[3; 32], NOW).is_none());
        let mut now = NOW;
        for _ in 0..34 {
            now = now.plus(Span::seconds(840));
            assert!(sessions.enter(&ID, now).is_some());
        }
        assert!(sessions.enter(&ID, NOW.plus(LONGEST)).is_none());
        let mut sessions = opened();
        assert!(sessions.enter(&ID, NOW.plus(IDLE)).is_none());
        assert!(sessions.enter(&ID, NOW).is_none(), "it is gone");
        let mut sessions = opened();
        sessions.end(&ID);
        assert!(sessions.enter(&ID, NOW).is_none());
    }

    #[test]
    fn a_challenge_is_for_one_act_of_one_session_once() {
        let mut sessions = opened();
        let (fresh, act) = ([4; 32], [5; 32]);
        let challenge = Challenge::of(&fresh, &act);
        let signed = *challenge.as_bytes();
        sessions.ask(&ID, (fresh, act), NOW);
        assert_eq!(sessions.take(&[3; 32], (&signed, &act), NOW), None);
        assert_eq!(sessions.take(&ID, (&signed, &[6; 32]), NOW), None);
        assert_eq!(sessions.take(&ID, (&[0; 32], &act), NOW), None);
        let late = NOW.plus(CHALLENGE);
        assert_eq!(sessions.take(&ID, (&signed, &act), late), None);
        assert_eq!(sessions.take(&ID, (&signed, &act), NOW), Some(fresh));
        assert_eq!(sessions.take(&ID, (&signed, &act), NOW), None);
        assert!(sessions.first_use(challenge, NOW));
        assert!(!sessions.first_use(challenge, NOW));
    }

    #[test]
    fn there_are_never_more_sessions_than_the_most() {
        let mut sessions = Sessions::default();
        for number in 0..=MOST {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_be_bytes());
            let li = PartyId::parse("li").unwrap();
            let at = NOW.plus(Span::seconds(u32::try_from(number % 60).unwrap()));
            sessions.open(id, (li, [2; 32]), String::new(), at);
        }
        assert_eq!(sessions.open.len(), MOST);
    }

    #[test]
    fn what_is_told_is_told_once() {
        let mut sessions = opened();
        let told = Told {
            zh: "已执行".to_owned(),
            en: "done".to_owned(),
        };
        sessions.tell(&ID, told.clone());
        assert_eq!(sessions.told(&ID), Some(told));
        assert_eq!(sessions.told(&ID), None);
    }
}
