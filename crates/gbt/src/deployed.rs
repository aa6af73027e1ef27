//! Records under the names that deployed software gives the elements: `xm` for the name, `fxdj` for the level.
//!
//! Only names change; values, sources and times stay. An element for which no name is known keeps its own.

use hc_core::record::{DataElements, Group, Object};
use serde_json::Value;

/// A member that stands under both of its names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the element {0} stands under both of its names")]
pub struct BothNames(pub String);

/// A whole record with the names of deployed software.
pub fn to_deployed(elements: &DataElements, record: &Object) -> Object {
    let mut renamed = Object::new();
    for (member, value) in record {
        let value = match (group_of(member), value) {
            (Some(group), Value::Object(object)) => {
                Value::Object(group_to_deployed(elements, group, object))
            }
            (Some(group), Value::Array(all)) => all
                .iter()
                .map(|one| match one {
                    Value::Object(object) => {
                        Value::Object(group_to_deployed(elements, group, object))
                    }
                    other => other.clone(),
                })
                .collect(),
            _ => value.clone(),
        };
        renamed.insert(member.clone(), value);
    }
    renamed
}

/// A whole record with the names of this profile.
///
/// # Errors
/// [`BothNames`]: of two values one would be dropped.
pub fn from_deployed(elements: &DataElements, record: &Object) -> Result<Object, BothNames> {
    let mut renamed = Object::new();
    for (member, value) in record {
        let value = match (group_of(member), value) {
            (Some(group), Value::Object(object)) => {
                Value::Object(group_from_deployed(elements, group, object)?)
            }
            (Some(group), Value::Array(all)) => {
                let all = all.iter().map(|one| match one {
                    Value::Object(object) => {
                        group_from_deployed(elements, group, object).map(Value::Object)
                    }
                    other => Ok(other.clone()),
                });
                Value::Array(all.collect::<Result<_, _>>()?)
            }
            _ => value.clone(),
        };
        renamed.insert(member.clone(), value);
    }
    Ok(renamed)
}

fn group_of(member: &str) -> Option<Group> {
    Group::of_word(member).filter(|group| *group != Group::RegionReport)
}

fn group_to_deployed(elements: &DataElements, group: Group, object: &Object) -> Object {
    let mut renamed = Object::new();
    for (name, item) in object {
        let element = elements.get(group, name);
        let deployed = element.and_then(|element| element.deployed_name());
        renamed.insert(deployed.unwrap_or(name).to_owned(), item.clone());
    }
    renamed
}

fn group_from_deployed(
    elements: &DataElements,
    group: Group,
    object: &Object,
) -> Result<Object, BothNames> {
    let mut renamed = Object::new();
    for (name, item) in object {
        let mut all = elements.group(group);
        let element = all.find(|element| element.deployed_name() == Some(name));
        let name = element.map_or(name.as_str(), |element| element.name());
        if renamed.insert(name.to_owned(), item.clone()).is_some() {
            return Err(BothNames(name.to_owned()));
        }
    }
    Ok(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: &Value) -> Object {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn names_change_and_change_back() {
        let elements = DataElements::bundled();
        let record = object(&json!({
            "basic": {"name": "张三", "idNumber": "x", "householdDivision": "330106"},
            "itinerary": [{"startDivision": "330106"}],
            "certificate": {"level": "00", "mark": "0"},
        }));
        let deployed = to_deployed(elements, &record);
        assert_eq!(
            Value::Object(deployed.clone()),
            json!({
                "basic": {"xm": "张三", "sfzh": "x", "householdDivision": "330106"},
                "itinerary": [{"startDivision": "330106"}],
                "certificate": {"fxdj": "00", "hasWarm": "0"},
            })
        );
        assert_eq!(from_deployed(elements, &deployed), Ok(record));
    }

    #[test]
    fn an_element_under_both_names_is_refused() {
        let both = object(&json!({"basic": {"name": "张三", "xm": "李四"}}));
        let refused = from_deployed(DataElements::bundled(), &both);
        assert_eq!(refused, Err(BothNames("name".to_owned())));
    }

    #[test]
    fn no_deployed_name_is_another_elements_own() {
        let elements = DataElements::bundled();
        for group in Group::ALL {
            let mut names: Vec<&str> = Vec::new();
            for element in elements.group(group) {
                let deployed = element.deployed_name();
                names.push(element.name());
                names.extend(deployed.filter(|deployed| *deployed != element.name()));
            }
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{group:?}");
        }
    }
}
