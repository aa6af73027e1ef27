//! Words about those who are registered: what officers do, what gates look people up for and where, what
//! applications call.

use crate::word::{WordSet, vocabulary};

vocabulary! {
    /// What an officer is registered to do.
    pub enum Duty : "duty" {
        /// Runs the region: registers parties, changes rules and areas, declares degraded mode.
        Operator = "operator" / "系统运维",
        /// Answers for evidence: batches that wait, corrections, persons.
        Health = "health" / "卫生健康",
        /// Enrols people in person.
        Counter = "counter" / "窗口受理",
        /// Reads what the others did; changes nothing.
        Auditor = "auditor" / "审计",
    }
}

/// A set of duties.
pub type Duties = WordSet<Duty>;

vocabulary! {
    /// What kind of place a gate stands at.
    pub enum VenueClass : "class of venue" {
        /// Shops, offices, estates and whatever has no class of its own.
        General = "general" / "一般场所",
        /// Stations, airports, vehicles.
        Transport = "transport" / "交通场站",
        /// Schools and kindergartens.
        School = "school" / "学校",
        /// Homes of people who need care.
        Care = "care" / "养老福利机构",
        /// Hospitals and clinics; nobody is denied there.
        Medical = "medical" / "医疗机构",
        /// Shelters, fire brigade, police; nobody is denied there.
        Emergency = "emergency" / "应急救援场所",
    }
}

vocabulary! {
    /// What a gate looks a person up for.
    pub enum Purpose : "purpose" {
        /// Letting somebody in.
        Entry = "entry" / "场所进入",
        /// Letting somebody on board.
        Travel = "travel" / "乘坐交通工具",
        /// Treating somebody; nobody is denied for it.
        Medical = "medical" / "就医",
        /// Helping somebody in need; nobody is denied for it.
        Emergency = "emergency" / "紧急救助",
    }
}

vocabulary! {
    /// What an officer opens a person's record for.
    pub enum RecordPurpose : "purpose of opening a record" {
        /// Answering an appeal or a question of the person.
        Appeal = "appeal" / "申诉答复",
        /// Mending a fact.
        Correction = "correction" / "信息更正",
        /// Tracing a case.
        Tracing = "tracing" / "流行病学调查",
        /// Helping somebody who is ill or in need.
        Care = "care" / "医疗救助",
    }
}

/// A set of purposes.
pub type Purposes = WordSet<Purpose>;

vocabulary! {
    /// One of the seven functions of the application interface (GB/T 38963-2020, 6.2 to 6.8).
    pub enum Function : "function" {
        /// Declares health, for a person who agrees.
        DeclareHealth = "declareHealth" / "用户健康信息申报",
        /// Declares trips.
        DeclareTrip = "declareTrip" / "用户行程申报",
        /// Asks for a person's health information.
        QueryHealth = "queryHealth" / "用户健康信息查询",
        /// Applies for a call that makes or verifies.
        ApplyCall = "applyCall" / "健康码调用申请",
        /// Makes a code.
        MakeCode = "makeCode" / "健康码制码请求",
        /// Verifies a code.
        VerifyCode = "verifyCode" / "健康码验码请求",
        /// Corrects health information.
        CorrectHealth = "correctHealth" / "用户健康信息纠错",
    }
}

impl Function {
    /// Whether it is done in the name of a person, who must have agreed to it.
    pub const fn is_in_a_persons_name(self) -> bool {
        match self {
            Self::DeclareHealth
            | Self::DeclareTrip
            | Self::QueryHealth
            | Self::MakeCode
            | Self::CorrectHealth => true,
            Self::ApplyCall | Self::VerifyCode => false,
        }
    }
}

/// A set of functions.
pub type Functions = WordSet<Function>;

impl VenueClass {
    /// Whether nobody may be turned away there.
    pub const fn never_denies(self) -> bool {
        matches!(self, Self::Medical | Self::Emergency)
    }
}

impl Purpose {
    /// Whether nobody may be turned away who is looked up for this.
    pub const fn never_denies(self) -> bool {
        matches!(self, Self::Medical | Self::Emergency)
    }
}
