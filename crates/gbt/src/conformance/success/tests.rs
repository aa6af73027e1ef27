use super::*;
use serde_json::{Map, json};

/// 2022-07-15 12:00 in China.
const NOON: Timestamp = Timestamp::from_unix(1_657_857_600);
const CODE: &str = "HC1:330000:L00:ABC";

fn package(function: &str) -> Value {
    let mut whole = json!({
        "success": true, "errorCode": "0", "errorDesc": "成功", "errorDescEn": "success",
        "timeStamp": "20220715120000000", "region": "330000", "method": function,
        "custNum": "app", "messageId": "1",
    });
    let own = match function {
        "applyCall" => {
            json!({"bizSerialNum": "a", "randomNumber": "b", "expiresAt": "2022-07-15T12:01:00+08:00"})
        }
        "makeCode" => json!({
            "codeContent": CODE, "status": "00", "asOf": "2022-07-15T11:59:00+08:00",
            "validFrom": "2022-07-15T12:00:00+08:00", "validUntil": "2022-07-15T12:01:00+08:00",
        }),
        "verifyCode" => json!({
            "result": "pass", "status": "00", "cause": "code", "reason": "none",
            "asOf": "2022-07-15T11:59:00+08:00", "validUntil": "2022-07-15T12:01:00+08:00",
            "lastTest": null, "bizExtData": null, "queryKey": null,
        }),
        "correctHealth" => {
            json!({"ticketId": "7", "state": "accepted", "due": "2022-07-16T12:00:00+08:00"})
        }
        other => panic!("{other}"),
    };
    whole
        .as_object_mut()
        .unwrap()
        .extend(own.as_object().unwrap().clone());
    whole
}

fn checked(function: &str, package: &Value) -> Result<(), String> {
    let message = json!({"codeContent": CODE, "recordId": "1"});
    let answer = Answer {
        function,
        message: &message,
        package,
        region: "330000".parse().unwrap(),
        at: NOON,
    };
    answer.check(&mut Given::default(), &mut None)
}

/// The answer with some members changed; null in the table leaves one out.
fn changed(function: &str, change: &Map<String, Value>) -> Value {
    let mut package = package(function);
    let members = package.as_object_mut().unwrap();
    for (name, value) in change {
        if value == "-" {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    package
}

#[test]
fn what_the_profile_says_has_no_fault() {
    for function in ["applyCall", "makeCode", "verifyCode", "correctHealth"] {
        assert_eq!(checked(function, &package(function)), Ok(()), "{function}");
    }
    for (function, change) in [
        (
            "makeCode",
            json!({"codeContent": "HC1:L20:", "status": "20", "asOf": null}),
        ),
        (
            "verifyCode",
            json!({"status": "20", "cause": "stale", "result": "unknown"}),
        ),
        (
            "verifyCode",
            json!({"status": "10", "cause": "newer", "result": "refuse", "reason": "test"}),
        ),
        (
            "verifyCode",
            json!({"lastTest": {"kind": "nucleic-acid", "at": "2022-07-15T09:00:00+08:00"}}),
        ),
    ] {
        let package = changed(function, change.as_object().unwrap());
        assert_eq!(checked(function, &package), Ok(()), "{function} {change}");
    }
}

#[test]
fn what_cannot_be_is_named() {
    for (function, change, says) in [
        ("applyCall", json!({"region": "999999"}), "region"),
        ("applyCall", json!({"method": "zzz"}), "method"),
        ("applyCall", json!({"errorDescEn": "-"}), "errorDescEn"),
        ("applyCall", json!({"name": "张晓"}), "name is no member"),
        (
            "applyCall",
            json!({"expiresAt": "2099-01-01T00:00:00+08:00"}),
            "expiresAt",
        ),
        (
            "applyCall",
            json!({"expiresAt": "2022-07-15T12:00:00+08:00"}),
            "expiresAt",
        ),
        ("makeCode", json!({"status": "10"}), "the code itself says"),
        ("makeCode", json!({"status": "30"}), "status"),
        ("makeCode", json!({"asOf": "-"}), "asOf is missing"),
        ("makeCode", json!({"asOf": null}), "asOf is null"),
        (
            "makeCode",
            json!({"asOf": "1999-01-01T00:00:00+08:00"}),
            "asOf is older",
        ),
        (
            "makeCode",
            json!({"asOf": "2099-01-01T00:00:00+08:00"}),
            "asOf is in the future",
        ),
        (
            "makeCode",
            json!({"validUntil": "1999-01-01T00:00:00+08:00"}),
            "has passed",
        ),
        (
            "makeCode",
            json!({"validUntil": "2099-01-01T00:00:00+08:00"}),
            "later than a live code lives",
        ),
        (
            "makeCode",
            json!({"validFrom": "2099-01-01T00:00:00+08:00"}),
            "validFrom",
        ),
        ("verifyCode", json!({"cause": "because"}), "cause"),
        ("verifyCode", json!({"cause": "forged"}), "cause"),
        ("verifyCode", json!({"reason": "because"}), "reason"),
        ("verifyCode", json!({"result": "invalid"}), "result"),
        (
            "verifyCode",
            json!({"lastTest": "-"}),
            "lastTest is missing",
        ),
        (
            "verifyCode",
            json!({"lastTest": {"kind": "x", "at": "2099-01-01T00:00:00+08:00"}}),
            "lastTest",
        ),
        (
            "verifyCode",
            json!({"status": "10", "cause": "newer"}),
            "result is pass",
        ),
        (
            "verifyCode",
            json!({"status": "20", "cause": "newer", "result": "refuse"}),
            "result is refuse",
        ),
        (
            "verifyCode",
            json!({"cause": "stale"}),
            "by the cause stale",
        ),
        ("correctHealth", json!({"state": "maybe"}), "state"),
        (
            "correctHealth",
            json!({"due": "2022-07-17T12:00:00+08:00"}),
            "due",
        ),
    ] {
        let package = changed(function, change.as_object().unwrap());
        let fault = checked(function, &package).unwrap_err();
        assert!(fault.contains(says), "{function} {change}: {fault}");
    }
}

#[test]
fn a_number_is_given_once_and_a_person_has_one_level_in_a_case() {
    let message = json!({"codeContent": CODE, "recordId": "1"});
    let (mut given, mut level) = (Given::default(), None);
    let mut look = |package: &Value, function: &str| {
        let answer = Answer {
            function,
            message: &message,
            package,
            region: "330000".parse().unwrap(),
            at: NOON,
        };
        answer.check(&mut given, &mut level)
    };
    let ticket = package("correctHealth");
    assert_eq!(look(&ticket, "correctHealth"), Ok(()));
    let again = look(&ticket, "correctHealth").unwrap_err();
    assert_eq!(again, "ticketId was given before");
    assert_eq!(look(&package("makeCode"), "makeCode"), Ok(()));
    let other = json!({"status": "01", "cause": "newer"});
    let other = changed("verifyCode", other.as_object().unwrap());
    let other = look(&other, "verifyCode").unwrap_err();
    assert_eq!(other, "status is 01, and was 00 in a step before");
}
