//! Which error becomes which result code.

use hc_core::act::ActError;
use hc_core::store::StoreError;
use hc_gbt::{Fault, ResultCode};
use hc_node::region::{AuthorityError, QueryError, RegionError};
use hc_node::show::ShowError;
use hc_node::token::TokenError;

use crate::identity::IdentifyError;
use crate::problem::{Problem, ProblemType};

/// Why a message is not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is answered with a result code.
    Code {
        /// The code.
        code: ResultCode,
        /// What is wrong where.
        faults: Vec<Fault>,
        /// A word of `spec/verdict.md`, of a code that was refused.
        cause: Option<&'static str>,
    },
    /// It is answered as HTTP: too much is asked.
    Http(Problem),
}

impl From<ResultCode> for Refusal {
    fn from(code: ResultCode) -> Self {
        Self::Code {
            code,
            faults: Vec::new(),
            cause: None,
        }
    }
}

impl From<Vec<Fault>> for Refusal {
    fn from(faults: Vec<Fault>) -> Self {
        let code = faults
            .first()
            .map_or(ResultCode::Internal, |fault| fault.code);
        Self::Code {
            code,
            faults,
            cause: None,
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Http(problem)
    }
}

impl Refusal {
    /// That one member is wrong.
    pub(crate) fn of(path: &str, code: ResultCode) -> Self {
        vec![Fault::new(path, code)].into()
    }
}

/// Why the store did not do it.
pub(crate) const fn store(error: &StoreError) -> ResultCode {
    match error {
        StoreError::Unavailable(_) | StoreError::ReadOnly(_) => ResultCode::StoreUnavailable,
        StoreError::Damaged { .. } | StoreError::Refused(_) => ResultCode::Internal,
    }
}

const fn token(error: TokenError) -> ResultCode {
    match error {
        TokenError::Foreign => ResultCode::TokenRefused,
        TokenError::Ended => ResultCode::TokenEnded,
    }
}

fn act(error: &ActError) -> ResultCode {
    match error {
        ActError::Store(error) => store(error),
        ActError::NotEnrolled => ResultCode::SubjectUnknown,
        ActError::OtherSubject => ResultCode::DocumentTaken,
        ActError::NoConsent(_) => ResultCode::ConsentMissing,
        ActError::NoEvidence => ResultCode::RecordUnknown,
        ActError::TooManyAppeals => ResultCode::CorrectionOpen,
        _ => ResultCode::Internal,
    }
}

impl From<RegionError> for Refusal {
    fn from(error: RegionError) -> Self {
        match error {
            RegionError::Act(error) => act(&error),
            RegionError::Token(error) => token(error),
            RegionError::Offer | RegionError::Issue(_) | RegionError::Header(_) => {
                ResultCode::Internal
            }
        }
        .into()
    }
}

impl From<AuthorityError> for Refusal {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::Foreign => ResultCode::TokenRefused,
            AuthorityError::Device => ResultCode::TokenDevice,
            AuthorityError::Ended => ResultCode::TokenEnded,
            AuthorityError::Function => ResultCode::TokenFunction,
            AuthorityError::TakenBack => ResultCode::TokenTakenBack,
            AuthorityError::Withdrawn => ResultCode::SubjectWithdrawn,
        }
        .into()
    }
}

impl From<ShowError> for Refusal {
    fn from(error: ShowError) -> Self {
        match error {
            ShowError::Token(error) => token(error),
            ShowError::Withdrawn => ResultCode::SubjectWithdrawn,
            ShowError::Nobody | ShowError::NoGrant => ResultCode::SubjectUnknown,
            ShowError::NoDayKey | ShowError::Day(_) | ShowError::Issue(_) => ResultCode::NoKey,
            ShowError::Statement(_) => ResultCode::Internal,
        }
        .into()
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Act(error) => act(&error),
            QueryError::NotRegistered => ResultCode::ApplicationUnknown,
            QueryError::Terms(_) => ResultCode::Internal,
            QueryError::Purpose => return Self::of("purpose", ResultCode::PurposeNotAllowed),
            QueryError::Division => return Self::of("division", ResultCode::DivisionNotAllowed),
            QueryError::Quota => ResultCode::QuotaDay,
            QueryError::Withdrawn => ResultCode::SubjectWithdrawn,
        }
        .into()
    }
}

impl From<IdentifyError> for Refusal {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::Differs { .. } => ResultCode::IdentityDiffers,
            IdentifyError::Unavailable | IdentifyError::Misconfigured => {
                ResultCode::IdentityUnavailable
            }
            _ => ResultCode::IdentityNotProved,
        }
        .into()
    }
}

/// Why a message was not taken for the first time.
pub(crate) fn once(problem: &Problem) -> Refusal {
    match problem.kind() {
        ProblemType::CredentialUsed => Refusal::of("messageId", ResultCode::MessageUsed),
        ProblemType::CredentialEnded => Refusal::of("timeStamp", ResultCode::TimeOld),
        _ => ResultCode::Busy.into(),
    }
}
