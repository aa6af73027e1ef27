//! Why a text is not believed, in Chinese. The English is the errors' own; the word of a cause is
//! the same in every language.

use hc_code::base45::Base45Error;
use hc_code::carried::{CarriedError, ShowingError};
use hc_code::cbor::{CborError, CborFault};
use hc_code::claims::ClaimsError;
use hc_code::cose::CoseError;
use hc_code::signing::{PublicKeyError, SignatureFault};
use hc_code::statement::{BinderError, StatementError};
use hc_code::text::{Domain, StandardDomainError, TextError};
use hc_code::verify::{Basis, Cause};

/// The cause of a verdict.
pub(crate) fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Text(error) => text(*error),
        Cause::Form(error) => form(*error),
        Cause::Claims(error) => claims(*error),
        Cause::ClearPartDiffers => "明文部分与签名内容不一致".to_owned(),
        Cause::TrustListMissing => "本机没有信任表".to_owned(),
        Cause::TrustListExpired => "本机的信任表已过期".to_owned(),
        Cause::IssuerUnknown => "签发方不在信任表上".to_owned(),
        Cause::IssuerRemoved => "签发方已被移出信任表".to_owned(),
        Cause::KeyListMissing => "本机没有签发方的密钥表".to_owned(),
        Cause::KeyListExpired => "本机所存签发方的密钥表已过期".to_owned(),
        Cause::KeyNotListed => "密钥不在签发方的密钥表上".to_owned(),
        Cause::KeyRemoved => "密钥已被移除".to_owned(),
        Cause::RootRemoved => "签发方的根密钥已被移除".to_owned(),
        Cause::KeyUse => "该密钥不用于此类码".to_owned(),
        Cause::KeyDates => "码的时间不在密钥有效期内".to_owned(),
        Cause::AlgorithmDiffers => "码所写算法与密钥的算法不符".to_owned(),
        Cause::Forged => "签名与此密钥及内容不符".to_owned(),
        Cause::FromTheFuture => "码的签发时间在将来".to_owned(),
        Cause::Expired => "码已失效".to_owned(),
        Cause::NotItsDay => "随身码不是当日的".to_owned(),
        Cause::ShowingMissing => "随身码没有持有人设备的出示签名".to_owned(),
        Cause::ShowingForged(error) => showing(*error),
        Cause::ShowingFromTheFuture => "出示时间在将来：两方时钟不一致".to_owned(),
        Cause::ShowingTooOld => "出示已过时".to_owned(),
        Cause::Replayed => "此次出示已在本机用过".to_owned(),
        Cause::MemoryFull => "本机的出示记录已满".to_owned(),
        Cause::Judged(basis) => judged(*basis).to_owned(),
    }
}

/// Whose word counted.
const fn judged(basis: Basis) -> &'static str {
    match basis {
        Basis::Code => "真码，等级以码为准",
        Basis::List => "真码，等级以当日的表为准",
        Basis::Stale => "真码，但依据已过时",
        Basis::NoList => "真码，但本机没有所需的表",
        Basis::ListExpired => "真码，但本机的表已过期",
    }
}

fn text(error: TextError) -> String {
    match error {
        TextError::TooLong(length) => format!("文本有 {length} 个字符，任何码都没有这么长"),
        TextError::Standard(error) => format!("标准域：{}", standard(error)),
        TextError::LengthDigits(domain) => format!("{}：长度不是三位数字", name(domain)),
        TextError::CutOff(domain) => format!("{}：文本被截断", name(domain)),
        TextError::ExtensionTooLong(length) => format!("扩展域有 {length} 字节，至多 200 字节"),
        TextError::Content(domain, error) => format!("{}：{}", name(domain), base45(error)),
        TextError::UnexpectedShowing => "只有随身码后面才有出示域".to_owned(),
        TextError::Trailing(count) => format!("末尾多出 {count} 个字符"),
    }
}

const fn name(domain: Domain) -> &'static str {
    match domain {
        Domain::Extension => "扩展域",
        Domain::Security => "安全域",
        Domain::Showing => "出示域",
    }
}

const fn standard(error: StandardDomainError) -> &'static str {
    match error {
        StandardDomainError::CutOff => "文本被截断",
        StandardDomainError::System => "不以 HC1P: 开头",
        StandardDomainError::Issuer => "签发方不是行政区划代码",
        StandardDomainError::Class => "类别不是 L、C 或 P",
        StandardDomainError::Level => "此类码没有这个等级",
        StandardDomainError::Separator => "各部分没有用冒号隔开",
    }
}

fn base45(error: Base45Error) -> String {
    match error {
        Base45Error::Character(at) => format!("第 {at} 字节处的字符不在 45 个字符之内"),
        Base45Error::Length(length) => format!("{length} 个字符不成 Base45：多出一个"),
        Base45Error::Overflow(at) => format!("第 {at} 字节处的一组超出所表示的字节"),
    }
}

fn form(error: CoseError) -> String {
    match error {
        CoseError::Encoding(error) => format!("不是唯一写法的 COSE_Sign1：{}", cbor(error)),
        CoseError::UnknownAlgorithm(number) => format!("不认识算法 {number}"),
        CoseError::HeaderKeys => "签名头只能依次有算法、密钥标识和类型".to_owned(),
        CoseError::KeyIdLength(length) => format!("密钥标识应为 8 字节，而非 {length} 字节"),
        CoseError::Signature(fault) => signature(fault),
        CoseError::OtherAlgorithm { expected, found } => {
            format!("以 {found} 签名，而密钥用于 {expected}")
        }
        CoseError::OtherKey => "以另一密钥标识签名".to_owned(),
        CoseError::OtherType => "是另一类型的签名内容".to_owned(),
        CoseError::Forged => "签名与此密钥及内容不符".to_owned(),
    }
}

fn signature(fault: SignatureFault) -> String {
    match fault {
        SignatureFault::Length(length) => format!("签名应为 64 字节，而非 {length} 字节"),
        SignatureFault::RangeOfR => "r 不在 1 与群阶之间".to_owned(),
        SignatureFault::RangeOfS => "s 不在 1 与群阶之间".to_owned(),
        SignatureFault::HighS => "s 在上半区：两个等价值中只认较小者".to_owned(),
        SignatureFault::NonCanonicalS => "S 没有按群阶约简".to_owned(),
        SignatureFault::NonCanonicalR => "R 不是规范写法".to_owned(),
        SignatureFault::SmallOrderR => "R 的阶过小".to_owned(),
    }
}

fn cbor(error: CborError) -> String {
    let fault = match error.fault {
        CborFault::Expected(_) => "不是此处应有的 CBOR 项，或被截断".to_owned(),
        CborFault::NotShortest => "数字或长度不是最短写法".to_owned(),
        CborFault::Indefinite => "长度未定".to_owned(),
        CborFault::Count { expected, found } => format!("应有 {expected} 项，却有 {found} 项"),
        CborFault::Key(number) => format!("此处应为数字 {number}"),
        CborFault::Trailing => "末尾多出字节".to_owned(),
    };
    format!("{fault}（第 {} 字节）", error.position)
}

fn claims(error: ClaimsError) -> String {
    match error {
        ClaimsError::Encoding(error) => format!("声明不是唯一写法：{}", cbor(error)),
        ClaimsError::Issuer => "签发方不是行政区划代码".to_owned(),
        ClaimsError::Time => "时间超出范围".to_owned(),
        ClaimsError::Class(number) => format!("{number} 不是码的类别"),
        ClaimsError::Level(number) => format!("{number} 不是等级"),
        ClaimsError::ReasonClass(number) => format!("{number} 不是原因类别"),
        ClaimsError::NameLength(length) => format!("句柄或指针应为 16 字节，而非 {length} 字节"),
        ClaimsError::TooLarge(number) => format!("{number} 作为日期或当日序号过大"),
        ClaimsError::LastTest => "最近检测不合格式".to_owned(),
        ClaimsError::HolderKey(error) => format!("持有人密钥：{}", key(error)),
        ClaimsError::Carried(CarriedError::HolderAlgorithm(algorithm)) => {
            format!("持有人密钥应为 ES256，而非 {algorithm}")
        }
        ClaimsError::Carried(CarriedError::Day(day)) => format!("第 {day} 日在 9999 年之后"),
        ClaimsError::Binder(BinderError::Empty) => "核对内容为空".to_owned(),
        ClaimsError::Binder(BinderError::TooLong(length)) => {
            format!("核对内容至多 16 字节，而非 {length} 字节")
        }
        ClaimsError::Binder(BinderError::Control) => "核对内容有控制字符".to_owned(),
        ClaimsError::Statement(error) => statement(error),
        ClaimsError::FactsFromTheFuture => "依据时间晚于签发时间".to_owned(),
        ClaimsError::EndsBeforeItBegins => "失效早于签发".to_owned(),
        ClaimsError::LivesTooLong(_) => "有效期长于此类码所允许".to_owned(),
    }
}

fn statement(error: StatementError) -> String {
    match error {
        StatementError::ReasonForLow(reason) => {
            format!("低风险不带原因，却写有{}", reason.word_zh())
        }
        StatementError::NoReason(level) => format!("{}须有原因", level.word_zh()),
        StatementError::TestAfterFacts => "最近检测晚于依据时间".to_owned(),
        StatementError::BeforeEpoch => "依据时间早于 1970 年".to_owned(),
    }
}

fn key(error: PublicKeyError) -> String {
    match error {
        PublicKeyError::Length(_, length) => format!("长度不应为 {length} 字节"),
        PublicKeyError::Prefix(..) => "压缩点应以 02 或 03 开头".to_owned(),
        PublicKeyError::NotOnCurve(_) => "不是曲线上的点".to_owned(),
        PublicKeyError::NonCanonical => "不是规范写法".to_owned(),
        PublicKeyError::SmallOrder => "阶过小".to_owned(),
    }
}

fn showing(error: ShowingError) -> String {
    match error {
        ShowingError::Cose(error) => format!("出示不是由码的持有人签名：{}", form(error)),
        ShowingError::Content(error) => format!("出示的内容：{}", cbor(error)),
        ShowingError::Time => "出示时间超出范围".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_english_differs_in_chinese() {
        let causes = [
            Cause::Text(TextError::TooLong(2000)),
            Cause::Text(TextError::CutOff(Domain::Security)),
            Cause::Text(TextError::CutOff(Domain::Showing)),
            Cause::Form(CoseError::UnknownAlgorithm(-9)),
            Cause::Claims(ClaimsError::Level(7)),
            Cause::TrustListMissing,
            Cause::TrustListExpired,
            Cause::KeyListExpired,
            Cause::KeyRemoved,
            Cause::RootRemoved,
            Cause::Forged,
            Cause::Expired,
            Cause::Replayed,
            Cause::ShowingForged(ShowingError::Cose(CoseError::Forged)),
        ];
        let said: std::collections::BTreeSet<String> = causes.iter().map(cause).collect();
        assert_eq!(said.len(), causes.len());
        for text in said {
            assert!(!text.is_ascii(), "{text}");
        }
    }
}
