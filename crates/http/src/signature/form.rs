//! The one form of signed requests for each kind of party: what is covered, under which label and tag.

use hc_code::DivisionCode;
use hc_core::store::PartyKind;
use hc_node::party::PartyId;

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 16;
/// Characters of a nonce: base64url without padding.
pub(super) const NONCE_TEXT: usize = 22;

/// What a party signs of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) kind: PartyKind,
    pub(super) body: bool,
}

/// What a signature says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) created: i64,
    pub(super) nonce: Option<String>,
    pub(super) id: PartyId,
}

/// Why parameters are not of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OtherForm {
    /// Another form.
    Form,
    /// Another region, or another use.
    Tag,
}

impl Form {
    /// What is covered, in this order.
    pub(super) const fn components(self) -> &'static [&'static str] {
        match (self.kind, self.body) {
            (PartyKind::Source, _) => &[
                "@method",
                "@path",
                "content-type",
                "content-digest",
                "batch-reference",
            ],
            (_, true) => &[
                "@method",
                "@path",
                "@query",
                "content-type",
                "content-digest",
            ],
            (_, false) => &["@method", "@path", "@query"],
        }
    }

    /// The label in both headers.
    pub(super) const fn label(self) -> &'static str {
        match self.kind {
            PartyKind::Source => "batch",
            PartyKind::Gate => "gate",
            PartyKind::Officer => "officer",
            PartyKind::Application => "application",
        }
    }

    /// Whether a request is accepted once; batches are known by their reference instead.
    pub(super) const fn once(self) -> bool {
        !matches!(self.kind, PartyKind::Source)
    }

    /// The parameters as they are written.
    pub(super) fn write(self, parameters: &Parameters, region: DivisionCode) -> String {
        let covered: Vec<String> = self
            .components()
            .iter()
            .map(|name| format!("{name:?}"))
            .collect();
        let (created, id, label) = (parameters.created, &parameters.id, self.label());
        let nonce = parameters.nonce.as_ref();
        let nonce = nonce.map_or_else(String::new, |nonce| format!(";nonce=\"{nonce}\""));
        format!(
            "({});created={created}{nonce};keyid=\"{id}\";tag=\"healthcode-{label}-{region}\"",
            covered.join(" ")
        )
    }

    /// Reads what [`Self::write`] gives and nothing else.
    pub(super) fn read(self, text: &str, region: DivisionCode) -> Result<Parameters, OtherForm> {
        let (_, rest) = text.split_once(");created=").ok_or(OtherForm::Form)?;
        let (created, rest) = rest.split_once(';').ok_or(OtherForm::Form)?;
        let (nonce, rest) = match rest.strip_prefix("nonce=\"") {
            Some(rest) => rest
                .split_once("\";")
                .map(|(nonce, rest)| (Some(nonce.to_owned()), rest))
                .ok_or(OtherForm::Form)?,
            None => (None, rest),
        };
        let rest = rest.strip_prefix("keyid=\"").ok_or(OtherForm::Form)?;
        let (id, tag) = rest.split_once('"').ok_or(OtherForm::Form)?;
        let is_nonce = |nonce: &String| {
            let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            nonce.len() == NONCE_TEXT && nonce.bytes().all(base64url)
        };
        let nonce_fits = nonce.is_some() == self.once() && nonce.as_ref().is_none_or(is_nonce);
        let plain =
            (1..=12).contains(&created.len()) && created.bytes().all(|byte| byte.is_ascii_digit());
        if !nonce_fits || !plain {
            return Err(OtherForm::Form);
        }
        let parameters = Parameters {
            created: created.parse().map_err(|_| OtherForm::Form)?,
            nonce,
            id: PartyId::parse(id).map_err(|_| OtherForm::Form)?,
        };
        if tag != format!(";tag=\"healthcode-{}-{region}\"", self.label()) {
            return Err(OtherForm::Tag);
        }
        if self.write(&parameters, region) == text {
            Ok(parameters)
        } else {
            Err(OtherForm::Form)
        }
    }

    /// What is signed (RFC 9421 §2.5), of the values of the components in their order.
    pub(super) fn base(self, values: &[&str], parameters: &str) -> String {
        let covered = self.components().iter().zip(values);
        let mut lines: Vec<String> = covered
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        lines.push(format!("\"@signature-params\": {parameters}"));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICER: Form = Form {
        kind: PartyKind::Officer,
        body: false,
    };

    fn region() -> DivisionCode {
        "330000".parse().unwrap()
    }

    #[test]
    fn parameters_are_read_as_they_are_written_and_in_no_other_way() {
        let parameters = Parameters {
            created: 1_657_857_600,
            nonce: Some("AAECAwQFBgcICQoLDA0ODw".to_owned()),
            id: PartyId::parse("li").unwrap(),
        };
        let text = OFFICER.write(&parameters, region());
        assert_eq!(
            text,
            "(\"@method\" \"@path\" \"@query\");created=1657857600;nonce=\"AAECAwQFBgcICQoLDA0ODw\"\
             ;keyid=\"li\";tag=\"healthcode-officer-330000\""
        );
        assert_eq!(OFFICER.read(&text, region()), Ok(parameters));
        for (from, to) in [
            (";created", "; created"),
            ("1657857600", "01657857600"),
            ("1657857600", "-1"),
            ("1657857600", ""),
            ("AAECAwQFBgcICQoLDA0ODw", "short"),
            (";nonce=\"AAECAwQFBgcICQoLDA0ODw\"", ""),
            (" \"@query\"", ""),
            ("\"@path\" \"@query\"", "\"@query\" \"@path\""),
            ("\"li\"", "\"\""),
            (";keyid", ";alg=\"ed25519\";keyid"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            assert_eq!(
                OFFICER.read(&changed, region()),
                Err(OtherForm::Form),
                "{changed}"
            );
        }
        for (from, to) in [
            (";tag", ";expires=1;tag"),
            ("330000", "310000"),
            ("-officer-", "-gate-"),
            ("0\"", "0\";a"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_eq!(
                OFFICER.read(&changed, region()),
                Err(OtherForm::Tag),
                "{changed}"
            );
        }
    }

    #[test]
    fn a_source_signs_the_form_of_batches_without_a_nonce() {
        let form = Form {
            kind: PartyKind::Source,
            body: true,
        };
        let text = "(\"@method\" \"@path\" \"content-type\" \"content-digest\" \"batch-reference\")\
                    ;created=1657857600;keyid=\"lab-3\";tag=\"healthcode-batch-330000\"";
        let read = form.read(text, region()).unwrap();
        assert_eq!(form.write(&read, region()), text);
        let with = text.replace(";keyid", ";nonce=\"AAECAwQFBgcICQoLDA0ODw\";keyid");
        assert_eq!(form.read(&with, region()), Err(OtherForm::Form));
    }
}
