//! Facts: what a decision reads of a piece of evidence, in a fixed small form.

use hc_code::{DivisionCode, Timestamp};

use crate::evidence::SourceKind;
use crate::place::PlaceId;
use crate::word::{WordSet, vocabulary};

vocabulary! {
    /// What kind of event a fact is about.
    pub enum EventKind : "kind of evidence" {
        /// What the person stated about their health and itinerary.
        Declaration = "declaration" / "健康申报",
        /// A case.
        Case = "case" / "病例",
        /// A contact of a case.
        Contact = "contact" / "接触者",
        /// A test.
        Test = "test" / "检测",
        /// A vaccination.
        Vaccination = "vaccination" / "疫苗接种",
        /// A stay at a place.
        Stay = "stay" / "旅居",
        /// An arrival from abroad or from another region.
        Arrival = "arrival" / "抵达",
        /// An ordered quarantine or observation.
        Quarantine = "quarantine" / "隔离观察",
        /// A release from hospital, quarantine or observation.
        Release = "release" / "解除",
        /// Symptoms found by somebody else than the person.
        Symptoms = "symptoms" / "症状",
        /// A measured temperature.
        Temperature = "temperature" / "体温",
        /// An exposure at a venue together with a case.
        Exposure = "exposure" / "暴露",
    }
}

vocabulary! {
    /// An answer in a declaration that is not the healthy one.
    pub enum Answer : "declared answer" {
        /// One of the listed symptoms.
        Symptoms = "symptoms" / "有症状",
        /// A raised temperature, 37.3 °C or more.
        Fever = "fever" / "发热",
        /// Contact with a confirmed or suspected case.
        CaseContact = "case-contact" / "接触过病例",
        /// Not sure about such contact.
        ContactUnsure = "contact-unsure" / "不确定是否接触过病例",
        /// A stay in an area at risk.
        RiskStay = "risk-stay" / "到过风险地区",
        /// A return from abroad.
        Abroad = "abroad" / "境外旅居",
        /// Living with someone under quarantine.
        QuarantinedHousehold = "quarantined-household" / "同住人员在隔离",
    }
}

vocabulary! {
    /// The class of a case.
    pub enum CaseClass : "class of case" {
        /// Confirmed.
        Confirmed = "confirmed" / "确诊病例",
        /// Diagnosed by the clinical picture (Hubei, February 2020).
        Clinical = "clinical" / "临床诊断病例",
        /// Suspected.
        Suspected = "suspected" / "疑似病例",
        /// Infected without symptoms.
        Asymptomatic = "asymptomatic" / "无症状感染者",
    }
}

vocabulary! {
    /// How near a contact was.
    pub enum ContactDegree : "degree of contact" {
        /// Close contact (密接).
        Close = "close" / "密切接触者",
        /// Close contact of a close contact (次密接).
        Secondary = "secondary" / "密接的密接",
        /// General contact (一般接触者).
        General = "general" / "一般接触者",
        /// Companion in space and time by network cell (时空伴随).
        Companion = "companion" / "时空伴随人员",
    }
}

vocabulary! {
    /// How a test is made.
    pub enum TestMethod : "test method" {
        /// Nucleic acid.
        NucleicAcid = "nucleic-acid" / "核酸检测",
        /// Antigen.
        Antigen = "antigen" / "抗原检测",
        /// Antibody.
        Antibody = "antibody" / "抗体检测",
    }
}

vocabulary! {
    /// What a test found.
    pub enum TestResult : "test result" {
        /// Negative.
        Negative = "negative" / "阴性",
        /// Positive.
        Positive = "positive" / "阳性",
        /// Neither: to be repeated.
        Undecided = "undecided" / "待复核",
    }
}

vocabulary! {
    /// Whether a sample was tested alone or mixed with others.
    pub enum Pooling : "pooling" {
        /// Alone.
        Single = "single" / "单采",
        /// Mixed, as 5 : 1, 10 : 1 or 20 : 1; a positive pool says little about one person.
        Pooled = "pooled" / "混采",
    }
}

vocabulary! {
    /// Where a quarantine is spent, or what a release ends.
    pub enum Setting : "setting" {
        /// At home.
        Home = "home" / "居家",
        /// In a central facility.
        Central = "central" / "集中",
        /// In hospital.
        Hospital = "hospital" / "医院",
        /// Health monitoring without isolation.
        Monitoring = "monitoring" / "健康监测",
    }
}

vocabulary! {
    /// Where somebody arrives from.
    pub enum Origin : "origin" {
        /// From abroad, or from Hong Kong, Macao or Taiwan where a rule counts them so.
        Abroad = "abroad" / "境外",
        /// From another region of the country; the region itself is a stay.
        Domestic = "domestic" / "境内",
    }
}

vocabulary! {
    /// How an exposure at a venue was established.
    pub enum ExposureGrade : "grade of exposure" {
        /// Same venue, overlapping time, established by an investigation.
        Traced = "traced" / "流调判定",
        /// Same venue and day only.
        Possible = "possible" / "可能暴露",
    }
}

/// A set of declared answers that are not the healthy ones.
pub type Answers = WordSet<Answer>;

/// A body temperature in tenths of a degree Celsius.
pub type TenthsCelsius = u16;

/// From here on a temperature is raised: 37.3 °C, the threshold of gates and forms in 2020 to 2022.
pub const FEVER: TenthsCelsius = 373;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A declaration with its answers that are not the healthy ones, and the temperature if stated.
    Declaration {
        /// Answers other than the healthy ones.
        answers: Answers,
        /// Temperature, 0 where none was stated.
        temperature: TenthsCelsius,
    },
    /// A case.
    Case(CaseClass),
    /// A contact; the fact's time is that of the last contact.
    Contact(ContactDegree),
    /// A test; the fact's time is that of the sample.
    Test {
        /// How it was made.
        method: TestMethod,
        /// Alone or mixed.
        pooling: Pooling,
        /// What it found.
        result: TestResult,
    },
    /// A vaccination with the number of the dose, from 1.
    Vaccination {
        /// Which dose.
        dose: u8,
    },
    /// A stay; the fact's times are its first and last moment.
    Stay {
        /// In which division.
        division: DivisionCode,
        /// Where in it, as far as that is known.
        place: PlaceId,
    },
    /// An arrival.
    Arrival(Origin),
    /// An ordered quarantine; the fact's times are its begin and ordered end.
    Quarantine(Setting),
    /// A release.
    Release(Setting),
    /// Symptoms.
    Symptoms,
    /// A measured temperature.
    Temperature(TenthsCelsius),
    /// An exposure.
    Exposure(ExposureGrade),
}

impl Event {
    /// The kind of the event.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Declaration { .. } => EventKind::Declaration,
            Self::Case(_) => EventKind::Case,
            Self::Contact(_) => EventKind::Contact,
            Self::Test { .. } => EventKind::Test,
            Self::Vaccination { .. } => EventKind::Vaccination,
            Self::Stay { .. } => EventKind::Stay,
            Self::Arrival(_) => EventKind::Arrival,
            Self::Quarantine(_) => EventKind::Quarantine,
            Self::Release(_) => EventKind::Release,
            Self::Symptoms => EventKind::Symptoms,
            Self::Temperature(_) => EventKind::Temperature,
            Self::Exposure(_) => EventKind::Exposure,
        }
    }
}

impl Event {
    /// What happened, in words that never change: ids of evidence are made from them. The place of a
    /// stay is left to its table.
    pub(super) fn stated(&self) -> String {
        let kind = self.kind();
        match self {
            Self::Declaration {
                answers,
                temperature,
            } => format!("{kind} [{}] {temperature}", answers.words()),
            Self::Case(class) => format!("{kind} {class}"),
            Self::Contact(degree) => format!("{kind} {degree}"),
            Self::Test {
                method,
                pooling,
                result,
            } => format!("{kind} {method} {pooling} {result}"),
            Self::Vaccination { dose } => format!("{kind} {dose}"),
            Self::Stay { division, .. } => format!("{kind} {division}"),
            Self::Arrival(origin) => format!("{kind} {origin}"),
            Self::Quarantine(setting) | Self::Release(setting) => format!("{kind} {setting}"),
            Self::Symptoms => kind.to_string(),
            Self::Temperature(tenths) => format!("{kind} {tenths}"),
            Self::Exposure(grade) => format!("{kind} {grade}"),
        }
    }
}

/// One fact about one person.
///
/// Ordered by time first, so that a sorted slice of facts is a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// When it happened: sample taken, last contact, begin of a stay.
    pub at: Timestamp,
    /// When it ended; equal to `at` for what has no length. Never before `at`.
    pub until: Timestamp,
    /// From when on the region knows it. A decision for an earlier instant does not see it.
    pub known: Timestamp,
    /// When it stops to count by itself; [`Timestamp::MAX`] for never.
    pub expires: Timestamp,
    /// What happened.
    pub event: Event,
    /// Who says so.
    pub source: SourceKind,
}

/// The facts about one person, sorted and without repetition.
///
/// The only way to a decision, so that order and repetition of evidence cannot matter.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a>(&'a [Fact]);

impl<'a> Facts<'a> {
    /// No facts at all.
    pub const NONE: Facts<'static> = Facts(&[]);

    /// Sorts facts in place and drops repetitions.
    pub fn sort(facts: &'a mut Vec<Fact>) -> Self {
        facts.sort_unstable();
        facts.dedup();
        Facts(facts)
    }

    /// Takes facts that are sorted already, as [`Self::sort`] leaves them; `None` if they are not.
    pub fn from_sorted(facts: &'a [Fact]) -> Option<Self> {
        facts
            .is_sorted_by(|earlier, later| earlier < later)
            .then_some(Facts(facts))
    }

    /// Facts that are known to be sorted: those of a story or a population.
    pub(crate) const fn of_story(facts: &'a [Fact]) -> Self {
        Facts(facts)
    }

    /// The facts in order.
    pub const fn as_slice(self) -> &'a [Fact] {
        self.0
    }
}
