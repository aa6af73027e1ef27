//! What time it is at the service.
//!
//! A message that is more than five minutes away is refused, so a kit that is five minutes wrong would find a fault in
//! every case. A demonstration, or a service under test, may well live at another time; and the machine that the kit
//! runs on may be wrong itself. So the service is asked: every answer says its time and is signed, also where the
//! message was none.

use hc_code::signing::PublicKey;
use hc_code::{Offset, Timestamp};
use serde_json::Value;

use super::report::Note;
use super::walk::Service;
use crate::envelope::Envelope;
use crate::moment;

/// What time it is at the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeAt {
    /// What its own signed answers say.
    #[default]
    AsItSays,
    /// This: a service that says otherwise has a fault in every case.
    Given(Timestamp),
}

/// From here on the clocks are said to differ.
const DIFFERS: i64 = 60;

/// How far the service's clock is from the machine's.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    there: Timestamp,
    here: Timestamp,
    taken: Taken,
}

/// Whose word the time is.
#[derive(Clone, Debug)]
enum Taken {
    Service,
    Caller,
    /// The machine's, because the service did not say its own.
    Machine(String),
}

impl Clock {
    /// Asks the service, or takes what is given.
    pub(super) fn of(service: &mut impl Service, keys: &[PublicKey], time: TimeAt) -> Self {
        let said = match time {
            TimeAt::Given(there) => Ok((there, Taken::Caller)),
            TimeAt::AsItSays => said(service, keys).map(|there| (there, Taken::Service)),
        };
        let here = service.now();
        let (there, taken) = said.unwrap_or_else(|why| (here, Taken::Machine(why)));
        Self { there, here, taken }
    }

    const fn ahead(&self) -> i64 {
        self.there.unix().saturating_sub(self.here.unix())
    }

    /// The service's time when the machine's is this.
    pub(super) const fn at(&self, here: Timestamp) -> Timestamp {
        Timestamp::from_unix(here.unix().saturating_add(self.ahead()))
    }

    /// What is to be said of it, where the clocks differ or one of them is not known.
    pub(super) fn note(&self) -> Option<Note> {
        let there = self.there.at_offset(Offset::CHINA);
        let here = self.here.at_offset(Offset::CHINA);
        let (zh, en) = match &self.taken {
            Taken::Machine(why) => {
                return Some(Note::of(
                    format!("服务未说明其时间（{why}）：按本机时间 {here} 检查。"),
                    format!(
                        "The service does not say its time ({why}): it is looked at with this machine's, {here}."
                    ),
                ));
            }
            Taken::Caller => (
                "按给定时间检查",
                "it is looked at with the time that was given",
            ),
            Taken::Service => (
                "按服务的时间检查",
                "it is looked at with its own time, which a service in use must have right",
            ),
        };
        (self.ahead().abs() >= DIFFERS).then(|| {
            Note::of(
                format!("服务的时间为 {there}，本机时间为 {here}：{zh}。"),
                format!("At the service it is {there}, on this machine {here}: {en}."),
            )
        })
    }
}

/// The time that a signed answer says. The message is none, so that nothing is done or counted for it.
fn said(service: &mut impl Service, keys: &[PublicKey]) -> Result<Timestamp, String> {
    let (status, body) = service.post("/gbt38963/applyCall", "{}")?;
    if status != 200 {
        return Err(format!("HTTP status {status}"));
    }
    let envelope = Envelope::read(&body).map_err(|code| code.row().en.to_owned())?;
    if !keys.iter().any(|key| envelope.is_by(key)) {
        return Err("the answer is not signed by the service".to_owned());
    }
    let package: Value = serde_json::from_str(envelope.package()).unwrap_or_default();
    let at = package.get("timeStamp").and_then(Value::as_str);
    at.and_then(moment::read)
        .ok_or_else(|| "timeStamp is not yyyyMMddHHmmssSSS".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::signed;
    use hc_code::signing::{Algorithm, Signer as _, SigningKey};
    use serde_json::json;

    const HERE: Timestamp = Timestamp::from_unix(1_700_000_000);

    /// Answers whatever is asked with one time.
    struct Says(SigningKey, &'static str);

    impl Service for Says {
        fn post(&mut self, _: &str, _: &str) -> Result<(u16, Vec<u8>), String> {
            let package = json!({"timeStamp": self.1}).to_string();
            Ok((200, signed(&package, &self.0).unwrap().into_bytes()))
        }

        fn get(&mut self, _: &str) -> Result<(u16, Vec<u8>), String> {
            Err("nothing is fetched".to_owned())
        }

        fn now(&self) -> Timestamp {
            HERE
        }

        fn drawn(&mut self) -> [u8; 16] {
            [0; 16]
        }

        fn wait_a_second(&mut self) {}
    }

    fn clock(says: &'static str, time: TimeAt) -> Clock {
        let key = SigningKey::from_secret(Algorithm::Ed25519, &[7; 32]).unwrap();
        let keys = [key.public_key().clone()];
        Clock::of(&mut Says(key, says), &keys, time)
    }

    #[test]
    fn the_time_of_the_service_is_what_its_signed_answers_say() {
        let clock = clock("20220708120000000", TimeAt::AsItSays);
        let there: Timestamp = "2022-07-08T12:00:00+08:00".parse().unwrap();
        assert_eq!(clock.at(HERE), there);
        let later = Timestamp::from_unix(HERE.unix() + 90);
        assert_eq!(clock.at(later).unix(), there.unix() + 90);
        let note = clock.note().unwrap();
        assert!(note.en.contains("2022-07-08T12:00:00+08:00"), "{note:?}");
        assert!(note.zh.contains("按服务的时间检查"), "{note:?}");
    }

    #[test]
    fn clocks_that_agree_need_no_word_and_a_given_time_goes_before_what_is_said() {
        let agrees = clock("20231115061330000", TimeAt::AsItSays);
        assert_eq!(agrees.note(), None, "ten seconds");
        let given = clock("20220708120000000", TimeAt::Given(HERE));
        assert_eq!(given.at(HERE), HERE);
        assert_eq!(given.note(), None);
    }

    #[test]
    fn where_nothing_is_said_it_is_this_machines_time_and_that_is_noted() {
        let clock = clock("noon", TimeAt::AsItSays);
        assert_eq!(clock.at(HERE), HERE);
        let note = clock.note().unwrap();
        assert!(note.en.contains("timeStamp is not"), "{note:?}");
    }
}
