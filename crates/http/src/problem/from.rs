//! Which error becomes which problem.

use hc_core::act::ActError;
use hc_core::store::StoreError;
use hc_node::region::{PartyError, RegionError};
use hc_node::show::ShowError;
use hc_node::token::TokenError;

use super::{Fault, Problem, ProblemType};

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        Self::new(match error {
            TokenError::Foreign => ProblemType::CredentialRefused,
            TokenError::Ended => ProblemType::CredentialEnded,
        })
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::new(match error {
            StoreError::Unavailable(_) | StoreError::ReadOnly(_) => ProblemType::StoreUnavailable,
            StoreError::Damaged { .. } | StoreError::Refused(_) => ProblemType::Internal,
        })
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Store(error) => error.into(),
            ActError::NotEnrolled => Self::new(ProblemType::NotEnrolled),
            ActError::OtherSubject => Self::new(ProblemType::DocumentTaken),
            ActError::NoConsent(purpose) => {
                let fault = Fault::new("consents", &format!("the consent to {purpose} is missing"));
                Self::new(ProblemType::ConsentMissing).with_faults(vec![fault])
            }
            ActError::NoEvidence => Self::new(ProblemType::NotFound)
                .with_detail("no evidence of this id is kept about you"),
            ActError::NoAppeal => {
                Self::new(ProblemType::NotFound).with_detail("no appeal of this number waits")
            }
            ActError::TooManyAppeals => Self::new(ProblemType::TooMany)
                .with_detail(error.to_string())
                .with_retry_after(3600),
            ActError::SharedReference => {
                Self::new(ProblemType::NotAllowed).with_detail(error.to_string())
            }
            ActError::AboveLow { .. } => {
                Self::new(ProblemType::AboveLow).with_detail(error.to_string())
            }
            ActError::NoGrant => Self::new(ProblemType::NoGrant),
            ActError::Grant(error) => {
                Self::new(ProblemType::GrantRefused).with_detail(error.to_string())
            }
            ActError::NoPaper => Self::new(ProblemType::NoPaper),
            ActError::Package(error) => {
                Self::new(ProblemType::TransferRefused).with_detail(error.to_string())
            }
            ActError::OtherContent => Self::new(ProblemType::OtherContent),
            ActError::Log(_) | ActError::Profile(_) | ActError::Kept(_) => {
                Self::new(ProblemType::Internal)
            }
        }
    }
}

impl From<PartyError> for Problem {
    fn from(error: PartyError) -> Self {
        match error {
            PartyError::Store(error) => error.into(),
            PartyError::NotRegistered(_) => Self::new(ProblemType::CredentialRefused),
            PartyError::Terms(_) => Self::new(ProblemType::Internal),
        }
    }
}

impl From<RegionError> for Problem {
    fn from(error: RegionError) -> Self {
        match error {
            RegionError::Act(error) => error.into(),
            RegionError::Token(error) => error.into(),
            RegionError::Offer => Self::new(ProblemType::GrantRefused)
                .with_detail("the offer is none of this region, or has ended"),
            RegionError::Issue(_) => Self::new(ProblemType::NoKey),
            RegionError::Header(error) => {
                Self::new(ProblemType::BadBatch).with_detail(error.to_string())
            }
        }
    }
}

impl From<ShowError> for Problem {
    fn from(error: ShowError) -> Self {
        match error {
            ShowError::Token(error) => error.into(),
            ShowError::Withdrawn => Self::new(ProblemType::Withdrawn),
            ShowError::NoGrant => Self::new(ProblemType::NoGrant),
            ShowError::Nobody => Self::new(ProblemType::NotEnrolled),
            ShowError::NoDayKey | ShowError::Day(_) => Self::new(ProblemType::NoKey),
            ShowError::Statement(_) | ShowError::Issue(_) => Self::new(ProblemType::Internal),
        }
    }
}
