//! `POST /v1/profile`: the person corrects who they are: name, telephone number, address.

use axum::body::Body;
use axum::http::Response;
use hc_core::act::ProfileChange;
use hc_core::personal::{Address, PersonName, Phone};
use hc_core::store::Store;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json as read};

pub(crate) const OPERATION: Operation = Operation {
    id: "correctProfile",
    verb: Verb::Post,
    path: "/v1/profile",
    summary: "Corrects name, telephone number or address at once; the log says which, not what they were.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("ProfileChange")),
    parameters: &[],
    success: &[Success::json(200, "Profile", "What is kept from now on.")],
    problems: &[],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: Option<String>,
    #[serde(default, deserialize_with = "stated")]
    phone: Stated,
    #[serde(default, deserialize_with = "stated")]
    address: Stated,
}

/// Missing: as it is; null: none any more.
type Stated = Option<Option<String>>;

fn stated<'de, D: Deserializer<'de>>(from: D) -> Result<Stated, D::Error> {
    Option::deserialize(from).map(Some)
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = read::read(&call.body)?;
    let change = asked
        .read()
        .map_err(|faults| Problem::new(ProblemType::BadFields).with_faults(faults))?;
    let profile = call
        .api
        .region()
        .correct_profile(&call.token, change)
        .await?;
    let told = json!({
        "name": profile.name.expose_name(),
        "phone": profile.phone.as_ref().map(Phone::expose_number),
        "address": profile.address.as_ref().map(Address::expose_address),
    });
    Ok(door::answer(200, JSON, told.to_string()))
}

impl Asked {
    fn read(self) -> Result<ProfileChange, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = self.name.as_deref().map(PersonName::parse).transpose();
        let name = name.map_err(|error| faults.push(Fault::new("name", &error)));
        let phone = self
            .phone
            .map(|phone| phone.as_deref().map(Phone::parse).transpose());
        let phone = phone
            .transpose()
            .map_err(|error| faults.push(Fault::new("phone", &error)));
        let address = self
            .address
            .map(|address| address.as_deref().map(Address::parse).transpose());
        let address = address
            .transpose()
            .map_err(|error| faults.push(Fault::new("address", &error)));
        match (name, phone, address) {
            (Ok(name), Ok(phone), Ok(address)) => Ok(ProfileChange {
                name,
                phone,
                address,
            }),
            _ => Err(faults),
        }
    }
}
