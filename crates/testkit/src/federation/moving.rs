//! Somebody who moves from one region to another (`spec/transfer.md`).

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Region, until};
use crate::hexadecimal;
use crate::told::Told;

/// What the person takes along: the secret, and where they carry it themselves the parcel.
#[derive(Debug)]
pub struct Moving {
    from: String,
    id: String,
    secret: String,
    parcel: Option<String>,
}

impl Region {
    /// Looks at what would go, agrees to it, and moves to another region: sent by this one, or carried. `ends`
    /// says whether the codes here end with it.
    pub fn begin_moving(&self, token: &str, to: &str, carried: bool, ends: bool) -> Moving {
        let preview = self.ask("GET /v1/transfer-previews", token, None).json();
        // Each device has another one, and nobody guesses it who does not have the token.
        let secret = Sha256::digest(token);
        let asked = json!({
            "to": to,
            "fingerprint": preview["fingerprint"],
            "pickUp": hexadecimal::write(&Sha256::digest(secret)),
            "carried": carried,
            "endHere": ends,
            "consent": 1,
        });
        let begun = self.ask("POST /v1/transfers", token, Some(&asked));
        assert_eq!(begun.status, 201, "{}", begun.body);
        let begun = begun.json();
        Moving {
            from: self.code.clone(),
            id: begun["id"].as_str().unwrap().to_owned(),
            secret: hexadecimal::write(&secret),
            parcel: begun["parcel"].as_str().map(str::to_owned),
        }
    }
}

impl Moving {
    /// Waits until a region gives the token of the new code.
    pub fn arrived(&self, at: &Region) -> String {
        until("the transfer arrived", || {
            let told = self.arrive(at);
            let there = told.status == 201;
            there.then(|| told.json()["token"].as_str().unwrap().to_owned())
        })
    }

    /// Comes to a region with it: 201 with the token of the new code, once.
    pub fn arrive(&self, at: &Region) -> Told {
        match &self.parcel {
            None => {
                let asked = json!({ "from": self.from, "id": self.id, "secret": self.secret });
                at.ask("POST /v1/transfer-pickups", "", Some(&asked))
            }
            Some(parcel) => {
                let asked = json!({ "parcel": parcel, "secret": self.secret });
                at.ask("POST /v1/transfer-arrivals", "", Some(&asked))
            }
        }
    }

    /// The secret: nobody else may read it.
    pub fn expose_secret(&self) -> &str {
        &self.secret
    }
}
