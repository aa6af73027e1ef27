//! The hub's directory, asked by a region through the hub's door.

use std::sync::Arc;

use bytes::Bytes;
use hc_code::DivisionCode;
use hc_core::directory::Pseudonym;
use hc_node::federation::{Directory, DoorError as Unsent, Later, RegisterName};
use hyper::Method;
use serde::Deserialize;

use super::clients::{DoorError, Doors, Question};

/// The directory at the hub that a region follows.
#[derive(Debug)]
pub struct AtHub(Arc<Doors>);

#[derive(Deserialize)]
struct Found {
    regions: Vec<DivisionCode>,
}

#[derive(Deserialize)]
struct Called {
    register: String,
}

impl AtHub {
    /// By the way to all doors.
    pub const fn new(doors: Arc<Doors>) -> Self {
        Self(doors)
    }

    async fn ask<T: for<'a> Deserialize<'a>>(
        &self,
        path: &str,
        pseudonyms: Option<&[Pseudonym]>,
    ) -> Result<T, Unsent> {
        let lines = pseudonyms.map(|pseudonyms| {
            let lines: Vec<String> = pseudonyms.iter().map(ToString::to_string).collect();
            Bytes::from(lines.join("\n"))
        });
        let question = Question {
            method: match lines {
                Some(_) => Method::POST,
                None => Method::GET,
            },
            path,
            media: lines.as_ref().map(|_| "text/plain"),
            body: lines.unwrap_or_default(),
        };
        let told = self.0.ask(DivisionCode::COUNTRY, question).await;
        let told = told.map_err(|error| match error {
            DoorError::Refused { ref says, .. } if !error.may_pass() => {
                Unsent::Refused(says.clone())
            }
            other => Unsent::Unreachable(other.to_string()),
        })?;
        serde_json::from_slice(&told)
            .map_err(|_| Unsent::Refused("the directory's answer cannot be read".to_owned()))
    }

    async fn change(&self, path: &str, pseudonyms: &[Pseudonym]) -> Result<RegisterName, Unsent> {
        let called: Called = self.ask(path, Some(pseudonyms)).await?;
        Ok(RegisterName(called.register))
    }
}

impl Directory for AtHub {
    fn register(&self) -> Later<'_, Result<RegisterName, Unsent>> {
        Box::pin(async move {
            let called: Called = self.ask("/directory/v1/register", None).await?;
            Ok(RegisterName(called.register))
        })
    }

    fn find(&self, pseudonym: Pseudonym) -> Later<'_, Result<Vec<DivisionCode>, Unsent>> {
        Box::pin(async move {
            let found: Found = self
                .ask("/directory/v1/questions", Some(&[pseudonym]))
                .await?;
            Ok(found.regions)
        })
    }

    fn enter(&self, pseudonyms: Vec<Pseudonym>) -> Later<'_, Result<RegisterName, Unsent>> {
        Box::pin(async move { self.change("/directory/v1/entries", &pseudonyms).await })
    }

    fn withdraw(&self, pseudonyms: Vec<Pseudonym>) -> Later<'_, Result<RegisterName, Unsent>> {
        Box::pin(async move { self.change("/directory/v1/withdrawals", &pseudonyms).await })
    }
}
