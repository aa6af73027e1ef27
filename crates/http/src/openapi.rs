//! The description of the interface (`OpenAPI` 3.1), made from the operations and the schemas.

use serde_json::{Map, Value, json};

use crate::operation::{
    BATCH_MEDIA, BodyForm, Credential, JSON, Operation, Parameter, ParameterPlace, Side, Verb, all,
};
use crate::problem::{MEDIA, ProblemType, TYPE_PREFIX};

/// The schemas of bodies, JSON Schema 2020-12; tests hold real answers to them.
const SCHEMAS: &str = include_str!("../schemas.json");

/// The whole description.
///
/// # Errors
/// Where the schemas are no JSON object.
pub fn openapi() -> Result<Value, serde_json::Error> {
    let schemas: Map<String, Value> = serde_json::from_str(SCHEMAS)?;
    let mut paths = Map::new();
    for operation in all() {
        let path = paths
            .entry(operation.described_path())
            .or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            let verb = match operation.verb {
                Verb::Get => "get",
                Verb::Post => "post",
                Verb::Delete => "delete",
            };
            path.insert(verb.to_owned(), described(operation));
        }
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "healthcode: a region's node",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What people, gates, sources and operators can ask of a region. Every error is a problem of RFC 9457.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "device": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A device token, given by enrolling and given anew by showing.",
                },
                "source": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "A signature of RFC 9421 by the source's registered key; spec/sources.md says over what.",
                },
                "gate": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "A signature of RFC 9421 by the gate's registered key, accepted once; spec/officers.md says over what.",
                },
                "officer": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "A signature of RFC 9421 by the registered key of an officer who has one of the named duties, accepted once; spec/officers.md says over what.",
                },
            },
        },
    }))
}

const SIGNED_BODY: &[Parameter] = &[
    Parameter::header("Content-Digest", "sha-256=:base64: of the body (RFC 9530)."),
    Parameter::header(
        "Signature-Input",
        "What is signed and when, and the nonce (RFC 9421), in the one form of spec/officers.md.",
    ),
    Parameter::header(
        "Signature",
        "The role, =:, base64 of the signature, and a colon.",
    ),
];
const SIGNED: &[Parameter] = SIGNED_BODY.split_at(1).1;

fn described(operation: &Operation) -> Value {
    let mut members = Map::new();
    let tag = match (operation.side, operation.credential) {
        (Side::Operators | Side::Both, Credential::None) => "service",
        _ => operation.path.trim_start_matches('/'),
    };
    let tag = match (tag, operation.credential) {
        ("service", _) => "service",
        (_, Credential::Device) | ("v1/enrolments", _) => "people",
        (_, Credential::Source) => "sources",
        (path, _) if path.starts_with("v1/decision-log/") => "log",
        (_, Credential::Officer(_)) => "officers",
        (path, _) if path.starts_with("gbt38963/") => "national",
        ("openapi.json", _) => "service",
        _ => "gates",
    };
    members.insert("operationId".to_owned(), operation.id.into());
    members.insert("tags".to_owned(), json!([tag]));
    members.insert("summary".to_owned(), operation.summary.into());
    // OpenAPI has no word for it: an operation of the operators is not there on the public listener.
    let listeners = match operation.side {
        Side::Public => json!(["public"]),
        Side::Operators => json!(["operators"]),
        Side::Both => json!(["public", "operators"]),
    };
    members.insert("x-listeners".to_owned(), listeners);
    let security = match operation.credential {
        Credential::None | Credential::Application => json!([]),
        Credential::Device => json!([{"device": []}]),
        Credential::Source => json!([{"source": []}]),
        Credential::Gate => json!([{"gate": []}]),
        Credential::Officer(duties) => {
            let duties: Vec<String> = duties.iter().map(ToString::to_string).collect();
            json!([{"officer": duties}])
        }
    };
    members.insert("security".to_owned(), security);
    let signed: &[Parameter] = match operation.credential {
        Credential::Gate | Credential::Officer(_) if operation.body.is_some() => SIGNED_BODY,
        Credential::Gate | Credential::Officer(_) => SIGNED,
        Credential::None | Credential::Device | Credential::Source | Credential::Application => &[],
    };
    if !operation.parameters.is_empty() || !signed.is_empty() {
        let all = operation.parameters.iter().chain(signed);
        let parameters: Vec<Value> = all.map(parameter).collect();
        members.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = operation.body {
        members.insert("requestBody".to_owned(), sent(body));
    }
    members.insert("responses".to_owned(), responses(operation));
    Value::Object(members)
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.range {
        Some((least, most)) => json!({"type": "integer", "minimum": least, "maximum": most}),
        None => json!({"type": "string"}),
    };
    let place = match parameter.place {
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
        ParameterPlace::Path => "path",
    };
    json!({
        "name": parameter.name,
        "in": place,
        "description": parameter.says,
        "required": parameter.required,
        "schema": schema,
    })
}

fn sent(body: BodyForm) -> Value {
    let content = match body {
        BodyForm::Json(schema) => json!({JSON: {"schema": reference(schema)}}),
        BodyForm::File(form) => {
            let schema = json!({"type": "string", "description": form.says});
            json!({form.media: {"schema": schema}})
        }
        BodyForm::Batch => {
            let mut content = Map::new();
            for media in BATCH_MEDIA {
                let schema = json!({"type": "string", "description": "Lines of spec/evidence.md."});
                content.insert(media.to_owned(), json!({"schema": schema}));
            }
            Value::Object(content)
        }
    };
    json!({"required": true, "content": content})
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    for success in operation.success {
        let mut response = json!({"description": success.says});
        if !success.media.is_empty() {
            let content = match success.schema {
                Some(schema) => json!({success.media: {"schema": reference(schema)}}),
                None => json!({success.media: {}}),
            };
            if let Value::Object(members) = &mut response {
                members.insert("content".to_owned(), content);
            }
        }
        responses.insert(success.status.to_string(), response);
    }
    let mut problems = operation.all_problems();
    problems.sort_by_key(|problem| (problem.status(), problem.slug()));
    for group in problems.chunk_by(|one, other| one.status() == other.status()) {
        let Some(first) = group.first() else { continue };
        let names: Vec<String> = group
            .iter()
            .map(|problem| format!("`{}`: {}", problem.slug(), problem.title()))
            .collect();
        let types: Vec<String> = group.iter().map(|problem| uri(*problem)).collect();
        let schema = json!({
            "allOf": [reference("Problem"), {"properties": {"type": {"enum": types}}}],
        });
        let response = json!({
            "description": format!("{}.", names.join(". ")),
            "content": {MEDIA: {"schema": schema}},
        });
        responses.insert(first.status().to_string(), response);
    }
    Value::Object(responses)
}

fn uri(problem: ProblemType) -> String {
    format!("{TYPE_PREFIX}{}", problem.slug())
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}
