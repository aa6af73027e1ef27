//! Result codes: a closed list of what can come of a message, and the table that gives each its number.

use std::sync::LazyLock;

macro_rules! result_codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What came of a message, as `spec/gbt38963/result-codes.tsv` numbers it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ResultCode {
            $(#[doc = $word] $name,)+
        }

        impl ResultCode {
            /// All, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the table.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

result_codes! {
    Ok = "ok",
    NotJson = "not-json",
    MemberTwice = "member-twice",
    EnvelopeMember = "envelope-member",
    PackageMissing = "package-missing",
    PackageShape = "package-shape",
    SignMissing = "sign-missing",
    SignForm = "sign-form",
    SignRefused = "sign-refused",
    ApplicationMissing = "application-missing",
    ApplicationUnknown = "application-unknown",
    RegionOther = "region-other",
    MethodOther = "method-other",
    TimeForm = "time-form",
    TimeOld = "time-old",
    TimeAhead = "time-ahead",
    MessageForm = "message-form",
    MessageUsed = "message-used",
    FunctionNotAllowed = "function-not-allowed",
    DivisionNotAllowed = "division-not-allowed",
    PurposeNotAllowed = "purpose-not-allowed",
    QuotaMinute = "quota-minute",
    QuotaDay = "quota-day",
    SerialUnknown = "serial-unknown",
    SerialUsed = "serial-used",
    SerialOtherApplication = "serial-other-application",
    SerialOtherKind = "serial-other-kind",
    RandomOther = "random-other",
    CallsOpen = "calls-open",
    SubjectMissing = "subject-missing",
    DocumentAlone = "document-alone",
    TokenRefused = "token-refused",
    TokenEnded = "token-ended",
    SubjectWithdrawn = "subject-withdrawn",
    SubjectUnknown = "subject-unknown",
    IdentityNotProved = "identity-not-proved",
    IdentityDiffers = "identity-differs",
    IdentityUnavailable = "identity-unavailable",
    ConsentMissing = "consent-missing",
    DocumentTaken = "document-taken",
    KeyRefused = "key-refused",
    KeyEnded = "key-ended",
    TokenDevice = "token-device",
    TokenFunction = "token-function",
    TokenTakenBack = "token-taken-back",
    FieldMissing = "field-missing",
    FieldUnknown = "field-unknown",
    FieldShape = "field-shape",
    FieldFormat = "field-format",
    FieldLength = "field-length",
    FieldDomain = "field-domain",
    FieldCompanion = "field-companion",
    ListTooLong = "list-too-long",
    ListTwice = "list-twice",
    ListNoneAndMore = "list-none-and-more",
    DivisionUnknown = "division-unknown",
    DivisionForm = "division-form",
    ItemMember = "item-member",
    ItemSource = "item-source",
    ItemObserved = "item-observed",
    ItemFuture = "item-future",
    ItemExpires = "item-expires",
    ItemProvenance = "item-provenance",
    TimeOrder = "time-order",
    NameCharacter = "name-character",
    NameLetter = "name-letter",
    DocumentLength = "document-length",
    DocumentCharacter = "document-character",
    DocumentCheck = "document-check",
    DocumentDate = "document-date",
    DocumentDivision = "document-division",
    DocumentBearer = "document-bearer",
    DocumentCountry = "document-country",
    DocumentOther = "document-other",
    TemperatureRange = "temperature-range",
    PhoneForm = "phone-form",
    ExtensionLength = "extension-length",
    ExtensionPersonal = "extension-personal",
    LevelForm = "level-form",
    CodeText = "code-text",
    CodeForged = "code-forged",
    CodeExpired = "code-expired",
    CodeFuture = "code-future",
    CodeIssuer = "code-issuer",
    CodeWithdrawn = "code-withdrawn",
    CodeRefused = "code-refused",
    RecordUnknown = "record-unknown",
    CorrectionOpen = "correction-open",
    CorrectionField = "correction-field",
    Busy = "busy",
    StoreUnavailable = "store-unavailable",
    NoKey = "no-key",
    Internal = "internal",
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// The number.
    pub code: &'static str,
    /// What it says in Chinese.
    pub zh: &'static str,
    /// What it says in English.
    pub en: &'static str,
    /// The nearest code of the gateway of the national code.
    pub practice: &'static str,
    /// The nearest code of the platform of trusted identity.
    pub ctid: &'static str,
    /// The status 0 to 8 of access controls.
    pub vendor: &'static str,
}

const TABLE: &str = include_str!("../../../spec/gbt38963/result-codes.tsv");

/// A row where the table lacks one; a test keeps it from being used.
const NOTHING: ResultRow = ResultRow {
    code: "180104",
    zh: "服务内部错误",
    en: "something failed on our side",
    practice: "-",
    ctid: "-",
    vendor: "-",
};

static ROWS: LazyLock<Vec<(&'static str, ResultRow)>> = LazyLock::new(|| rows(TABLE).collect());

fn rows(text: &'static str) -> impl Iterator<Item = (&'static str, ResultRow)> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.filter_map(|line| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next();
        let (code, word) = (cell()?, cell()?);
        let row = ResultRow {
            code,
            zh: cell()?,
            en: cell()?,
            practice: cell()?,
            ctid: cell()?,
            vendor: cell()?,
        };
        Some((word, row))
    })
}

impl ResultCode {
    /// The number and texts of the code.
    pub fn row(self) -> ResultRow {
        let at = ROWS.get(self as usize);
        at.map_or(NOTHING, |(_, row)| *row)
    }

    /// The code of a number.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.row().code == code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_its_row_in_the_order_of_the_table() {
        let words: Vec<&str> = rows(TABLE).map(|(word, _)| word).collect();
        let ours: Vec<&str> = ResultCode::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words, ours);
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        assert!(lines.clone().all(|line| line.split('\t').count() == 7));
        assert_eq!(lines.count(), ours.len() + 1);
    }

    #[test]
    fn numbers_are_given_once_and_lead_back() {
        let numbers: BTreeSet<&str> = ResultCode::ALL.iter().map(|one| one.row().code).collect();
        assert_eq!(numbers.len(), ResultCode::ALL.len());
        for code in ResultCode::ALL {
            assert_eq!(ResultCode::from_code(code.row().code), Some(*code));
            let row = code.row();
            let status = row.vendor;
            assert!(status == "-" || ("0"..="8").contains(&status), "{code:?}");
        }
        assert_eq!(ResultCode::from_code("1"), None);
    }
}
