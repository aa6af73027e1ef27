//! The names of the interface in words that people read: members, details of the log, kinds of entries.
//!
//! A name that does not stand here is shown as it is; a test holds the kinds and fields of the log to this table.

use hc_core::evidence::SourceKind;
use hc_core::party::{Duty, Purpose, RecordPurpose, VenueClass};
use hc_core::word::Word;

use super::language::Language;

/// Name, Chinese, English.
const NAMES: &[(&str, &str, &str)] = &[
    // What parties are registered with, and what is proposed.
    ("id", "编号", "id"),
    ("name", "名称", "name"),
    ("duties", "职责", "duties"),
    ("key", "公钥标识", "key"),
    ("registered", "登记", "registered"),
    ("until", "至", "until"),
    ("venue", "场所", "venue"),
    ("class", "类别", "class"),
    ("division", "区划", "division"),
    ("divisions", "区划", "divisions"),
    ("attended", "有人值守", "attended"),
    ("purposes", "查询用途", "purposes"),
    ("functions", "可调用功能", "functions"),
    ("quota", "查询限额", "quota"),
    ("anHour", "每小时", "an hour"),
    ("aDay", "每日", "a day"),
    ("kind", "种类", "kind"),
    ("lines", "可报送的行", "lines"),
    ("rowsABatch", "每批行数", "rows a batch"),
    ("rowsADay", "每日行数", "rows a day"),
    ("raisedFreely", "可直接升级人数", "raised freely"),
    ("raisedPerMille", "可升级千分比", "raised per mille"),
    ("version", "版本", "version"),
    // What evidence states.
    ("method", "方法", "method"),
    ("pooling", "混检", "pooling"),
    ("result", "结果", "result"),
    ("degree", "程度", "degree"),
    ("place", "地点", "place"),
    ("setting", "场所类型", "setting"),
    ("answers", "申报", "answers"),
    ("temperature", "体温", "temperature"),
    ("dose", "剂次", "dose"),
    ("grade", "等级", "grade"),
    ("from", "来自", "from"),
    // Details of the log.
    ("level", "等级", "level"),
    ("valid-until", "有效至", "valid until"),
    ("pack", "规则包", "pack"),
    ("pack-version", "规则版本", "pack version"),
    ("rule", "规则", "rule"),
    ("evidence", "依据", "evidence"),
    ("reason", "理由", "reason"),
    ("purpose", "用途", "purpose"),
    ("verdict", "答复", "verdict"),
    ("source", "来源", "source"),
    ("batch", "批次", "batch"),
    ("rows", "有效行", "rows"),
    ("quarantined", "隔离行", "quarantined"),
    ("second-officer", "复核人", "second officer"),
    ("day", "日", "day"),
    ("custodian", "保管人", "custodian"),
    ("case", "案件", "case"),
    ("erased", "已删条目", "erased"),
    ("records", "条数", "records"),
    ("recipient", "接收方", "recipient"),
    ("ends", "到期", "ends"),
    ("about", "所涉条目", "about"),
    ("digest", "摘要", "digest"),
    ("outcome", "结果", "outcome"),
    ("act", "行为", "act"),
    ("party", "登记方", "party"),
    ("party-kind", "登记方种类", "party kind"),
    ("credential", "凭证", "credential"),
    ("signed", "签名内容", "signed statement"),
    // Kinds of entries.
    ("decision", "赋码决定", "decision"),
    ("override", "人工改码", "override"),
    ("override-refused", "人工改码被拒", "override refused"),
    ("look-up", "查询个人", "look-up"),
    ("look-up-refused", "查询被拒", "look-up refused"),
    ("rules-activated", "规则启用", "rules activated"),
    (
        "recognition-published",
        "互认政策公布",
        "recognition policy published",
    ),
    ("batch-accepted", "批次接收", "batch accepted"),
    ("batch-refused", "批次退回", "batch refused"),
    ("second-credential", "第二凭证", "second credential"),
    ("withdrawal", "注销", "withdrawal"),
    ("erasure", "删除", "erasure"),
    ("export", "导出", "export"),
    ("day-key-released", "日密钥恢复", "day key released"),
    ("degraded-declared", "宣布降级", "degraded mode declared"),
    ("degraded-ended", "降级结束", "degraded mode ended"),
    ("correction", "更正", "correction"),
    ("appeal-closed", "申诉办结", "appeal closed"),
    ("permit-granted", "发放临时通行", "permit granted"),
    ("sunset", "终止", "sunset"),
    ("party-registered", "登记", "party registered"),
    ("party-ended", "登记终止", "party ended"),
    ("proposed", "提出", "proposed"),
    ("areas-published", "发布风险区域", "areas published"),
    ("rules-uploaded", "规则上传", "rules uploaded"),
    ("passkey-ticket", "通行密钥凭条", "passkey ticket"),
    ("passkey-added", "添加通行密钥", "passkey added"),
    ("passkey-used", "通行密钥签名", "passkey signed"),
    ("passkey-ended", "通行密钥终止", "passkey ended"),
    ("parcel-sent", "向其他地区送交", "sent to another region"),
    (
        "parcel-answered",
        "其他地区回复",
        "answered by another region",
    ),
    (
        "parcel-received",
        "收到其他地区送交",
        "received from another region",
    ),
    ("appeal-made", "提出申诉", "appeal made"),
    ("grant-made", "授权", "grant made"),
    ("grant-ended", "授权终止", "grant ended"),
    ("acted-for", "代办", "acted for"),
    ("profile-changed", "资料变更", "profile changed"),
    ("appeal-escalated", "申诉升级", "appeal escalated"),
    ("counter-enrolment", "窗口登记", "counter enrolment"),
];

/// A name in words; as it is where it has none.
pub(super) fn name(name: &str, l: Language) -> &str {
    match NAMES.iter().find(|(known, ..)| *known == name) {
        Some((_, zh, en)) => l.say(zh, en),
        None => name,
    }
}

/// A value that is a word of a vocabulary, in the language of the page.
pub(super) fn value(text: &str, l: Language) -> &str {
    fn zh<T: Word>(text: &str) -> Option<&'static str> {
        T::from_word(text).ok().map(Word::word_zh)
    }
    let found = zh::<Duty>(text)
        .or_else(|| zh::<Purpose>(text))
        .or_else(|| zh::<VenueClass>(text))
        .or_else(|| zh::<SourceKind>(text))
        .or_else(|| zh::<RecordPurpose>(text));
    match (l, found) {
        (Language::Zh, Some(zh)) => zh,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_tlog::entry::{Field, Kind};

    #[test]
    fn every_kind_and_field_of_the_log_has_its_name_in_both_languages() {
        let kinds = Kind::ALL.iter().map(|kind| kind.word());
        let fields = Field::ALL.iter().map(|field| field.word());
        for word in kinds.chain(fields) {
            let zh = name(word, Language::Zh);
            assert!(!zh.is_ascii(), "{word} has no Chinese name");
        }
        assert_eq!(name("own", Language::Zh), "own");
        assert_eq!(value("auditor", Language::Zh), "审计");
        assert_eq!(value("auditor", Language::En), "auditor");
        assert_eq!(value("<b>", Language::Zh), "<b>");
    }
}
