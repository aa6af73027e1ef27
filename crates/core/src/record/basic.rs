//! Who the person is.

use hc_code::DivisionCode;
use serde_json::Value;

use super::check::Checked;
use super::element_value::{put, put_value};
use super::{FieldError, FieldProblem, Group, Item, Object, Reading, Text};
use crate::document::{Document, DocumentType};
use crate::domain_table::{Code, Country, Disease, Sex};
use crate::personal::{Address, PersonName, Phone};

/// Basic personal information (个人基本信息).
///
/// Type and number are one thing, the [`Document`]: a number means nothing without its type. For a
/// passport the nationality is taken as the country that issued it. A telephone number is not
/// mandatory, although the profile of the standard says so: people without one must get a code too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basic {
    name: Item<PersonName>,
    sex: Item<Code<Sex>>,
    nationality: Item<Code<Country>>,
    document: Item<Document>,
    household_division: Option<Item<DivisionCode>>,
    household_address: Option<Item<Address>>,
    phone: Option<Item<Phone>>,
    disease_history: Option<Item<Vec<Code<Disease>>>>,
    agent_nationality: Option<Item<Code<Country>>>,
    agent: Option<Item<Document>>,
}

impl Basic {
    /// Reads a record of this group.
    ///
    /// # Errors
    /// Every fault of the record, in the order of the element table.
    pub fn parse(object: &Object, reading: &Reading<'_>) -> Result<Self, Vec<FieldError>> {
        let mut checked = reading.elements.check(Group::Basic, object, reading);
        let found = Self::read(&mut checked);
        checked.finish(found)
    }

    fn read(checked: &mut Checked<'_>) -> Option<Self> {
        let name = checked.required("name");
        let sex = checked.required("sex");
        let nationality: Option<Item<Code<Country>>> = checked.required("nationality");
        let country = nationality.as_ref().map(|item| *item.value());
        let document_type = checked.required("idType");
        let number = checked.required("idNumber");
        let document = document_of(
            checked,
            country,
            ("idType", document_type),
            ("idNumber", number),
        );
        let household_division = checked.optional("householdDivision");
        let household_address = checked.optional("householdAddress");
        let phone = checked.optional("phone");
        let disease_history = checked.optional("diseaseHistory");
        let agent_type = checked.optional("agentIdType");
        let agent_number = checked.optional("agentId");
        let agent_nationality = checked.optional("agentNationality");
        let agent_country = agent_nationality.as_ref().map(|item| *item.value());
        let agent = document_of(
            checked,
            agent_country,
            ("agentIdType", agent_type),
            ("agentId", agent_number),
        );
        Some(Self {
            name: name?,
            sex: sex?,
            nationality: nationality?,
            document: document?,
            household_division,
            household_address,
            phone,
            disease_history,
            agent_nationality,
            agent,
        })
    }

    /// The name.
    pub fn name(&self) -> &Item<PersonName> {
        &self.name
    }

    /// The sex.
    pub fn sex(&self) -> &Item<Code<Sex>> {
        &self.sex
    }

    /// The nationality.
    pub fn nationality(&self) -> &Item<Code<Country>> {
        &self.nationality
    }

    /// The document.
    pub fn document(&self) -> &Item<Document> {
        &self.document
    }

    /// Where the household is registered.
    pub fn household_division(&self) -> Option<&Item<DivisionCode>> {
        self.household_division.as_ref()
    }

    /// The address inside that division.
    pub fn household_address(&self) -> Option<&Item<Address>> {
        self.household_address.as_ref()
    }

    /// The telephone number.
    pub fn phone(&self) -> Option<&Item<Phone>> {
        self.phone.as_ref()
    }

    /// Underlying diseases; "none" stands alone.
    pub fn disease_history(&self) -> Option<&Item<Vec<Code<Disease>>>> {
        self.disease_history.as_ref()
    }

    /// The nationality of the person who declares for the subject; an agent's passport needs it.
    pub fn agent_nationality(&self) -> Option<&Item<Code<Country>>> {
        self.agent_nationality.as_ref()
    }

    /// The document of the person who declares for the subject.
    pub fn agent(&self) -> Option<&Item<Document>> {
        self.agent.as_ref()
    }

    /// The object in the form that [`Basic::parse`] reads to the same record, personal data in clear.
    pub fn expose_object(&self) -> Object {
        let mut object = Object::new();
        put(&mut object, "name", &self.name);
        put(&mut object, "sex", &self.sex);
        put(&mut object, "nationality", &self.nationality);
        put_document(&mut object, ["idType", "idNumber"], &self.document);
        if let Some(item) = &self.household_division {
            put(&mut object, "householdDivision", item);
        }
        if let Some(item) = &self.household_address {
            put(&mut object, "householdAddress", item);
        }
        if let Some(item) = &self.phone {
            put(&mut object, "phone", item);
        }
        if let Some(item) = &self.disease_history {
            put(&mut object, "diseaseHistory", item);
        }
        if let Some(item) = &self.agent_nationality {
            put(&mut object, "agentNationality", item);
        }
        if let Some(item) = &self.agent {
            put_document(&mut object, ["agentIdType", "agentId"], item);
        }
        object
    }
}

fn put_document(object: &mut Object, [kind, number]: [&str; 2], item: &Item<Document>) {
    let document = item.value();
    put_value(
        object,
        kind,
        Value::String(document.kind().to_string()),
        item,
    );
    put_value(
        object,
        number,
        Value::String(document.expose_number()),
        item,
    );
}

/// An element and what was read of it.
type Named<T> = (&'static str, Option<Item<T>>);

/// One document from type and number, which must have come together.
fn document_of(
    checked: &mut Checked<'_>,
    country: Option<Code<Country>>,
    (kind_name, kind): Named<DocumentType>,
    (number_name, number): Named<Text>,
) -> Option<Item<Document>> {
    let (kind, number) = (kind?, number?);
    let provenance = number.provenance();
    if kind.provenance() != provenance {
        checked.refuse(kind_name, FieldProblem::OtherProvenance(number_name));
        return None;
    }
    let text = number.value().expose_text();
    match Document::parse(*kind.value(), text, country, checked.now()) {
        Ok(document) => Some(Item::new(document, provenance)),
        Err(error) => {
            checked.refuse(number_name, error.into());
            None
        }
    }
}
