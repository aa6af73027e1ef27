//! What became of a list that was offered, in the words that `vectors/` uses.

use hc_code::cose::CoseError;
use hc_code::keys::{Adopted, KeyBookError, KeyListError};
use hc_code::notice::{NoticeError, OlderNotices};
use hc_code::paper_list::{PaperListError, PaperNotAccepted};
use hc_code::recognition::{self, PolicyEncodingError, PolicyNotAdopted, PublishedPolicyError};
use hc_code::status_list::{Accepted, DeltaError, EditionFault, NotAccepted, ShardError};
use hc_code::trust_list::{RemovalListError, TrustEncodingError, TrustListError, TrustNotAccepted};

/// What a list that was accepted changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A trust list, removals or paper list is held now.
    Accepted,
    /// A key list that is newer than what was held.
    Newer,
    /// The key list that was held already.
    Same,
    /// A status list or delta with something new.
    New,
    /// A status list or delta that says nothing new.
    Held,
}

impl Taken {
    /// The word; other implementations compare it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Newer => "newer",
            Self::Same => "same",
            Self::New => "new",
            Self::Held => "held",
        }
    }
}

/// Why a list was refused; the gate is as it was.
///
/// A word and no sentence: a page says it in its reader's language, and the sentences of all
/// errors would make up a third of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(&'static str);

impl Refused {
    pub(crate) const fn new(word: &'static str) -> Self {
        Self(word)
    }

    /// The word; other implementations compare it.
    pub const fn word(self) -> &'static str {
        self.0
    }
}

impl From<Adopted> for Taken {
    fn from(adopted: Adopted) -> Self {
        match adopted {
            Adopted::Newer => Self::Newer,
            Adopted::Same => Self::Same,
        }
    }
}

impl From<recognition::Adopted> for Taken {
    fn from(adopted: recognition::Adopted) -> Self {
        match adopted {
            recognition::Adopted::New => Self::New,
            recognition::Adopted::Same => Self::Held,
        }
    }
}

impl From<Accepted> for Taken {
    fn from(accepted: Accepted) -> Self {
        match accepted {
            Accepted::New => Self::New,
            Accepted::Held => Self::Held,
        }
    }
}

const fn cose(error: &CoseError) -> &'static str {
    match error {
        CoseError::OtherKey => "other-key",
        CoseError::OtherType => "other-type",
        CoseError::Forged | CoseError::Signature(_) => "signature",
        _ => "form",
    }
}

const fn edition(fault: &EditionFault) -> &'static str {
    match fault {
        EditionFault::OtherRegion(_) => "other-region",
        EditionFault::Edition(_) => "times",
        _ => "claims",
    }
}

const fn trust_encoding(error: &TrustEncodingError) -> &'static str {
    match error {
        TrustEncodingError::Signer => "not-signer",
        TrustEncodingError::Cose(error) => cose(error),
        _ => "claims",
    }
}

/// Gives each error its word.
macro_rules! refused {
    ($error:ty, $name:ident => $word:expr) => {
        impl From<$error> for Refused {
            fn from($name: $error) -> Self {
                Self::new($word)
            }
        }
    };
}

refused!(CoseError, error => cose(&error));
refused!(TrustListError, error => match &error {
    TrustListError::Encoding(error) => trust_encoding(error),
    TrustListError::Times { .. } => "times",
    _ => "content",
});
refused!(PolicyNotAdopted, error => match &error {
    PolicyNotAdopted::Policy(PublishedPolicyError::Encoding(error)) => match error {
        PolicyEncodingError::Cose(error) => cose(error),
        PolicyEncodingError::NotByRoot => "not-by-root",
        PolicyEncodingError::OtherRegion(_) => "other-region",
        _ => "claims",
    },
    PolicyNotAdopted::Policy(_) => "content",
    PolicyNotAdopted::FromTheFuture(_) => "from-the-future",
    PolicyNotAdopted::Expired(_) => "expired",
    PolicyNotAdopted::RolledBack { .. } => "rolled-back",
    PolicyNotAdopted::TwoOfOneVersion(_) => "contradiction",
    PolicyNotAdopted::Order(_) => "order",
    PolicyNotAdopted::TooMany => "too-many",
});
refused!(RemovalListError, error => match &error {
    RemovalListError::Encoding(error) => trust_encoding(error),
    _ => "content",
});
refused!(TrustNotAccepted, error => match error {
    TrustNotAccepted::FromTheFuture { .. } => "from-the-future",
    TrustNotAccepted::Expired(_) => "expired",
    TrustNotAccepted::RolledBack { .. } => "rolled-back",
    TrustNotAccepted::Contradiction(_) => "contradiction",
    TrustNotAccepted::MayNotRemove(_) | TrustNotAccepted::Unsigned => "not-signer",
});
refused!(KeyBookError, error => match &error {
    KeyBookError::RolledBack { .. } => "rolled-back",
    KeyBookError::TwoOfOneVersion(_) => "two-of-one-version",
    KeyBookError::FromTheFuture(_) => "from-the-future",
    KeyBookError::Expired(_) => "expired",
    KeyBookError::List(KeyListError::NotByRoot) => "not-by-root",
    KeyBookError::List(KeyListError::Cose(_)) => "signature",
    KeyBookError::List(KeyListError::OtherIssuer { .. }) => "other-issuer",
    KeyBookError::List(KeyListError::NodeKey(_)) => "key-dates",
    KeyBookError::List(_) => "content",
});
refused!(ShardError, error => match &error {
    ShardError::Cose(error) => cose(error),
    ShardError::Encoding(_) => "claims",
    ShardError::Edition(fault) => edition(fault),
    ShardError::List(_) | ShardError::Bits(_) => "list",
    ShardError::Address(_) => "address",
    ShardError::Outside(_) => "outside",
});
refused!(DeltaError, error => match &error {
    DeltaError::Cose(error) => cose(error),
    DeltaError::Encoding(_) => "claims",
    DeltaError::Edition(fault) => edition(fault),
    DeltaError::Changes(_) => "changes",
    DeltaError::Backward { .. } => "backward",
    DeltaError::OtherDomain | DeltaError::NoChange(_) => "no-change",
});
refused!(NotAccepted, error => match error {
    NotAccepted::FromTheFuture { .. } => "from-the-future",
    NotAccepted::Expired(_) => "expired",
    NotAccepted::RolledBack { .. } => "rolled-back",
    NotAccepted::Contradiction(_) => "contradiction",
    NotAccepted::Gap { .. } => "gap",
    NotAccepted::Misfit(_) => "misfit",
});
refused!(NoticeError, error => match &error {
    NoticeError::Cose(error) => cose(error),
    NoticeError::NotListed => "other-key",
    NoticeError::OtherIssuer(_) => "other-issuer",
    NoticeError::Ahead(_) => "from-the-future",
    NoticeError::Expired => "expired",
    NoticeError::ListLife => "times",
    _ => "claims",
});
refused!(OlderNotices, _older => "rolled-back");
refused!(PaperListError, error => match &error {
    PaperListError::Cose(error) => cose(error),
    PaperListError::Encoding(_) | PaperListError::Salt(_) | PaperListError::Claims(_) => "claims",
    PaperListError::Times { .. } => "times",
    PaperListError::Entries(_) => "entries",
});
refused!(PaperNotAccepted, error => match error {
    PaperNotAccepted::FromTheFuture { .. } => "from-the-future",
    PaperNotAccepted::Expired(_) => "expired",
    PaperNotAccepted::RolledBack { .. } => "rolled-back",
    PaperNotAccepted::Contradiction(_) => "contradiction",
});

#[cfg(test)]
mod tests {
    use hc_code::{DivisionCode, Timestamp};

    use super::*;

    fn word(refused: impl Into<Refused>) -> &'static str {
        refused.into().word()
    }

    /// A fault of the signature has the same word in whatever list it is.
    #[test]
    fn one_fault_has_one_word_in_every_list() {
        for (fault, due) in [
            (CoseError::Forged, "signature"),
            (CoseError::OtherKey, "other-key"),
            (CoseError::OtherType, "other-type"),
            (CoseError::HeaderKeys, "form"),
        ] {
            assert_eq!(word(fault), due);
            assert_eq!(word(ShardError::Cose(fault)), due);
            assert_eq!(word(DeltaError::Cose(fault)), due);
            assert_eq!(word(PaperListError::Cose(fault)), due);
            let trust = TrustEncodingError::Cose(fault);
            assert_eq!(word(TrustListError::Encoding(trust.clone())), due);
            assert_eq!(word(RemovalListError::Encoding(trust)), due);
        }
        let at = Timestamp::from_unix(0);
        assert_eq!(word(NotAccepted::Expired(at)), "expired");
        assert_eq!(word(PaperNotAccepted::Expired(at)), "expired");
        assert_eq!(word(TrustNotAccepted::Expired(at)), "expired");
        assert_eq!(word(KeyBookError::Expired(at)), "expired");
        assert_eq!(word(KeyBookError::FromTheFuture(at)), "from-the-future");
    }

    #[test]
    fn a_key_list_names_what_is_wrong_with_it() {
        let list = |fault| word(KeyBookError::List(fault));
        let region = DivisionCode::COUNTRY;
        assert_eq!(list(KeyListError::NotByRoot), "not-by-root");
        assert_eq!(list(KeyListError::Cose(CoseError::OtherKey)), "signature");
        let other = KeyListError::OtherIssuer {
            expected: region,
            found: region,
        };
        assert_eq!(list(other), "other-issuer");
        assert_eq!(list(KeyListError::Issuer), "content");
        let versions = KeyBookError::RolledBack {
            offered: 1,
            seen: 2,
        };
        assert_eq!(word(versions), "rolled-back");
        assert_eq!(word(KeyBookError::TwoOfOneVersion(1)), "two-of-one-version");
    }

    #[test]
    fn what_was_taken_keeps_its_word() {
        assert_eq!(Taken::from(Adopted::Newer).word(), "newer");
        assert_eq!(Taken::from(Adopted::Same).word(), "same");
        assert_eq!(Taken::from(Accepted::New).word(), "new");
        assert_eq!(Taken::from(Accepted::Held).word(), "held");
        assert_eq!(Taken::Accepted.word(), "accepted");
    }
}
