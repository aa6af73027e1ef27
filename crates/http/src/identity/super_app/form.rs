//! The forms of the super apps, as a table.

use std::borrow::Cow;

use serde_json::Value;

use crate::identity::person::text;

type Text = Cow<'static, str>;

/// How a super app is asked for the owner of a code, and how it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub(super) asked: Asked,
    /// The parameters: the region's name, its secret, the code, and what is always the same.
    pub(super) app: Text,
    pub(super) secret: Text,
    pub(super) code: Text,
    pub(super) fixed: &'static [(&'static str, &'static str)],
    /// The member that holds the answer, where it is not the whole.
    inside: Option<&'static str>,
    /// The members of which one is the open id.
    pub(super) open_ids: &'static [&'static str],
    /// The member that holds an error, where it is not the whole, and that of its code.
    error_inside: Option<&'static str>,
    error: &'static [&'static str],
    /// What its codes mean; any other is not understood.
    meanings: &'static [(&'static str, Meaning)],
}

/// By which method it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Get,
    Post,
}

/// What an error of a super app is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The code: wrong, used or ended, or its owner is blocked.
    Code,
    /// The app's server: busy, or too much is asked.
    Busy,
    /// The region: its name or secret is wrong, or it may not ask.
    Region,
    /// Not in the table.
    Unknown,
}

impl Form {
    /// `WeChat`: `GET …/sns/jscode2session` of the mini program server interface (小程序登录).
    pub const WECHAT: Self = Self {
        asked: Asked::Get,
        app: Cow::Borrowed("appid"),
        secret: Cow::Borrowed("secret"),
        code: Cow::Borrowed("js_code"),
        fixed: &[("grant_type", "authorization_code")],
        inside: None,
        open_ids: &["openid"],
        error_inside: None,
        error: &["errcode"],
        meanings: &[
            ("-1", Meaning::Busy),
            ("45011", Meaning::Busy),
            ("40029", Meaning::Code),
            ("40163", Meaning::Code),
            ("40226", Meaning::Code),
            ("40001", Meaning::Region),
            ("40013", Meaning::Region),
            ("40125", Meaning::Region),
        ],
    };

    /// Alipay: the answer of `alipay.system.oauth.token`, asked with app id and secret through a
    /// gateway; Alipay's own gateway wants each request signed instead.
    pub const ALIPAY: Self = Self {
        asked: Asked::Post,
        app: Cow::Borrowed("app_id"),
        secret: Cow::Borrowed("app_secret"),
        code: Cow::Borrowed("code"),
        fixed: &[
            ("grant_type", "authorization_code"),
            ("method", "alipay.system.oauth.token"),
        ],
        inside: Some("alipay_system_oauth_token_response"),
        open_ids: &["open_id", "user_id"],
        error_inside: Some("error_response"),
        error: &["sub_code", "code"],
        meanings: &[
            ("isv.code-invalid", Meaning::Code),
            ("isv.grant-type-invalid", Meaning::Region),
            ("isv.invalid-app-id", Meaning::Region),
            ("isv.unknow-app-id", Meaning::Region),
            ("isv.invalid-signature", Meaning::Region),
            ("isp.unknow-error", Meaning::Busy),
            ("aop.unknow-error", Meaning::Busy),
            ("20000", Meaning::Busy),
            ("40006", Meaning::Region),
        ],
    };

    /// The same with other names of the parameters, for gateways in between.
    #[must_use]
    pub fn with_parameters(
        self,
        app: Option<String>,
        secret: Option<String>,
        code: Option<String>,
    ) -> Self {
        Self {
            app: app.map_or(self.app, Cow::Owned),
            secret: secret.map_or(self.secret, Cow::Owned),
            code: code.map_or(self.code, Cow::Owned),
            ..self
        }
    }

    /// The part of an answer that speaks of the person.
    pub(super) fn inside<'a>(&self, answer: &'a Value) -> Option<&'a Value> {
        let inside = self
            .inside
            .map_or(Some(answer), |member| answer.get(member));
        inside.filter(|inside| inside.is_object())
    }

    /// What the error of an answer means, if there is one.
    pub(super) fn error(&self, answer: &Value) -> Option<Meaning> {
        let place = match self.error_inside {
            Some(member) => answer.get(member)?,
            None => answer,
        };
        let mut codes = self.error.iter().filter_map(|member| {
            let number = place.get(member).and_then(Value::as_i64);
            number
                .map(|number| number.to_string())
                .or_else(|| text(place, member).map(str::to_owned))
        });
        let Some(code) = codes.next() else {
            // A place for errors without a code is one that is not understood.
            return self.error_inside.map(|_| Meaning::Unknown);
        };
        if code == "0" {
            return None;
        }
        let known = self.meanings.iter().find(|(known, _)| *known == code);
        Some(known.map_or(Meaning::Unknown, |(_, meaning)| *meaning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_are_told_apart_from_answers_and_from_each_other() {
        let wechat = |answer| Form::WECHAT.error(&answer);
        assert_eq!(wechat(json!({"openid": "o"})), None);
        assert_eq!(wechat(json!({"openid": "o", "errcode": 0})), None);
        assert_eq!(wechat(json!({"errcode": 40029})), Some(Meaning::Code));
        assert_eq!(wechat(json!({"errcode": "40029"})), Some(Meaning::Code));
        assert_eq!(wechat(json!({"errcode": -1})), Some(Meaning::Busy));
        assert_eq!(wechat(json!({"errcode": 40125})), Some(Meaning::Region));
        assert_eq!(wechat(json!({"errcode": 99})), Some(Meaning::Unknown));
        let alipay = |answer| Form::ALIPAY.error(&answer);
        let good = json!({"alipay_system_oauth_token_response": {"user_id": "2088"}});
        assert_eq!(alipay(good.clone()), None);
        assert!(Form::ALIPAY.inside(&good).is_some());
        let refused = json!({"error_response": {"code": "40002", "sub_code": "isv.code-invalid"}});
        assert_eq!(alipay(refused), Some(Meaning::Code));
        assert_eq!(
            alipay(json!({"error_response": {}})),
            Some(Meaning::Unknown)
        );
    }
}
