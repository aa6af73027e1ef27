//! How people prove who they are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use hc_code::Span;
use hc_core::document::DocumentType;
use hc_http::identity::{
    Authentication, Endpoint, Form, Kinds, Members, OpenIdTerms, OutgoingTerms, SigningAlgorithm,
    SuperAppTerms,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::limits::duration;

/// The methods. Each has a secret of its own, `identity-NAME.secret` in the folder of secrets or
/// `HEALTHCODE_SECRET_IDENTITY_NAME`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct IdentityConfig {
    /// Certificate authorities of the providers, PEM. None: those that the operating system believes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorities: Option<PathBuf>,
    /// Providers that speak `OpenID` Connect (authorization code flow with PKCE).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) openid: Vec<OpenIdConfig>,
    /// Super apps whose mini programs give a code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) super_app: Vec<SuperAppConfig>,
}

/// A provider that speaks `OpenID` Connect.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OpenIdConfig {
    /// The method's name in the interface: 1 to 32 lower-case letters, digits and hyphens.
    #[cfg_attr(test, schemars(regex(pattern = "^[a-z0-9-]{1,32}$")))]
    pub(crate) name: String,
    /// Its title for people, in Chinese.
    title_zh: String,
    /// Its title for people, in English.
    title_en: String,
    /// The issuer, exactly as its tokens say it: https, or http on this machine.
    issuer: String,
    /// Under which name the provider knows the region (`client_id`).
    client: String,
    /// How the region shows that it is the one; `none` needs no secret.
    #[serde(default)]
    pub(crate) authentication: SecretForm,
    /// The region's page that finishes a sign-in, as it is registered at the provider.
    redirect: String,
    /// What is asked for; `openid` is among them.
    #[serde(default = "scopes")]
    scopes: Vec<String>,
    /// By which algorithms tokens may be signed: `RS256`, `PS256`, `ES256`, `ES384`, `EdDSA`.
    #[serde(default = "algorithms")]
    algorithms: Vec<String>,
    /// Of which kinds a sign-in must be (claim `acr`). None: any.
    #[serde(default)]
    acr: Vec<String>,
    /// Whether the person's claims are asked for at the user-info endpoint; otherwise the token has them.
    #[serde(default)]
    user_info: bool,
    /// How long one identification may take at the provider: 1s to 30s.
    #[serde(default = "within")]
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^[0-9]+s$")))]
    within: Span,
    /// Identifications under way at once.
    #[serde(default = "at_once")]
    #[cfg_attr(test, schemars(range(min = 1, max = 10_000)))]
    at_once: u32,
    /// Where in its claims the person stands.
    claims: ClaimsConfig,
}

/// How the region authenticates at a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SecretForm {
    /// `client_secret_basic`.
    #[default]
    Basic,
    /// `client_secret_post`.
    Post,
    /// Not at all.
    None,
}

/// A super app.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SuperAppConfig {
    /// The method's name in the interface: 1 to 32 lower-case letters, digits and hyphens.
    #[cfg_attr(test, schemars(regex(pattern = "^[a-z0-9-]{1,32}$")))]
    pub(crate) name: String,
    /// Its title for people, in Chinese.
    title_zh: String,
    /// Its title for people, in English.
    title_en: String,
    /// How it is asked and answers.
    form: FormName,
    /// Where it is asked: https, or http on this machine.
    endpoint: String,
    /// Under which name the app knows the region's mini program.
    app: String,
    /// The name of the parameter with that name, where a gateway in between has another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app_parameter: Option<String>,
    /// The name of the parameter with the secret, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret_parameter: Option<String>,
    /// The name of the parameter with the code, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code_parameter: Option<String>,
    /// How long one identification may take at the app: 1s to 30s.
    #[serde(default = "within")]
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^[0-9]+s$")))]
    within: Span,
    /// Identifications under way at once.
    #[serde(default = "at_once")]
    #[cfg_attr(test, schemars(range(min = 1, max = 10_000)))]
    at_once: u32,
    /// Where in its answer the person stands.
    claims: ClaimsConfig,
}

/// The form of a super app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormName {
    /// `jscode2session`.
    Wechat,
    /// `alipay.system.oauth.token`, through a gateway.
    Alipay,
}

/// Where in an answer a person's data stand: names of members, or JSON pointers that begin with `/`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ClaimsConfig {
    /// The number of the document.
    number: String,
    /// The name of the person.
    name: String,
    /// The type of all documents (GA/T 517, `111` is the identity card); or `type-member` and `types`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(regex(pattern = "^[0-9]{3}$")))]
    kind: Option<String>,
    /// The member that says the type of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    type_member: Option<String>,
    /// What its words mean: GA/T 517 codes by word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    types: BTreeMap<String, String>,
    /// The member that says the country of a passport (ISO 3166-1 alpha-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

fn scopes() -> Vec<String> {
    vec!["openid".to_owned()]
}

fn algorithms() -> Vec<String> {
    let all = SigningAlgorithm::ALL.map(|algorithm| algorithm.name().to_owned());
    all.to_vec()
}

fn within() -> Span {
    Span::seconds(5)
}

const fn at_once() -> u32 {
    64
}

impl IdentityConfig {
    /// Whether everything reads, whatever the secrets are.
    pub(super) fn check(&self) -> Result<()> {
        for one in &self.openid {
            one.terms(Zeroizing::default())?;
        }
        for one in &self.super_app {
            one.terms(Zeroizing::default())?;
        }
        Ok(())
    }
}

impl OpenIdConfig {
    /// The terms, with the secret.
    pub(crate) fn terms(&self, secret: Zeroizing<String>) -> Result<OpenIdTerms> {
        let place = || format!("identity.openid {}", self.name);
        let algorithms = self.algorithms.iter().map(|name| {
            let mut all = SigningAlgorithm::ALL.into_iter();
            all.find(|algorithm| algorithm.name() == name)
                .with_context(|| format!("algorithms: {name:?} is not among {:?}", algorithms()))
        });
        let algorithms = algorithms.collect::<Result<_>>().with_context(place)?;
        Ok(OpenIdTerms {
            name: Arc::from(&*self.name),
            title: [Arc::from(&*self.title_zh), Arc::from(&*self.title_en)],
            issuer: Endpoint::parse(&self.issuer).with_context(place)?,
            client: self.client.clone(),
            authentication: match self.authentication {
                SecretForm::Basic => Authentication::Basic(secret),
                SecretForm::Post => Authentication::Post(secret),
                SecretForm::None => Authentication::None,
            },
            redirect: Endpoint::parse(&self.redirect).with_context(place)?,
            scopes: self.scopes.clone(),
            algorithms,
            acr: self.acr.clone(),
            members: self.claims.members().with_context(place)?,
            user_info: self.user_info,
            outgoing: outgoing(self.within, self.at_once).with_context(place)?,
        })
    }
}

impl SuperAppConfig {
    /// The terms, with the secret.
    pub(crate) fn terms(&self, secret: Zeroizing<String>) -> Result<SuperAppTerms> {
        let place = || format!("identity.super-app {}", self.name);
        let form = match self.form {
            FormName::Wechat => Form::WECHAT,
            FormName::Alipay => Form::ALIPAY,
        };
        Ok(SuperAppTerms {
            name: Arc::from(&*self.name),
            title: [Arc::from(&*self.title_zh), Arc::from(&*self.title_en)],
            form: form.with_parameters(
                self.app_parameter.clone(),
                self.secret_parameter.clone(),
                self.code_parameter.clone(),
            ),
            endpoint: Endpoint::parse(&self.endpoint).with_context(place)?,
            app: self.app.clone(),
            secret,
            members: self.claims.members().with_context(place)?,
            outgoing: outgoing(self.within, self.at_once).with_context(place)?,
        })
    }
}

impl ClaimsConfig {
    fn members(&self) -> Result<Members> {
        let code = |text: &String| {
            let read = text.parse::<DocumentType>();
            read.with_context(|| format!("claims: {text:?} is no type of document"))
        };
        let kind = match (&self.kind, &self.type_member) {
            (Some(kind), None) if self.types.is_empty() => Kinds::Always(code(kind)?),
            (None, Some(member)) if !self.types.is_empty() => Kinds::Said {
                member: member.clone(),
                words: self
                    .types
                    .iter()
                    .map(|(word, text)| Ok((word.clone(), code(text)?)))
                    .collect::<Result<_>>()?,
            },
            _ => bail!("claims: either type, or type-member and types"),
        };
        Ok(Members {
            number: self.number.clone(),
            name: self.name.clone(),
            kind,
            country: self.country.clone(),
        })
    }
}

fn outgoing(within: Span, at_once: u32) -> Result<OutgoingTerms> {
    ensure!(
        (1..=30).contains(&within.as_seconds()),
        "within: it must be 1s to 30s"
    );
    ensure!(
        (1..=10_000).contains(&at_once),
        "at-once: it must be 1 to 10000"
    );
    Ok(OutgoingTerms {
        within: duration(within),
        at_once,
        ..OutgoingTerms::default()
    })
}
