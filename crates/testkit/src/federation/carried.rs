//! Codes that are carried for a day, in a device that holds the key (`spec/code.md`).

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Region, process};

/// A carried code, and the key that shows it.
#[derive(Debug)]
pub struct Carried {
    key: SigningKey,
    text: String,
}

impl Region {
    /// Takes today's code along, bound to a key of the device.
    pub fn carry(&self, token: &str) -> Carried {
        let secret: [u8; 32] = Sha256::digest([b"holder", token.as_bytes()].concat()).into();
        let key = SigningKey::from_secret(Algorithm::Es256, &secret).unwrap();
        let public = Base64UrlUnpadded::encode_string(key.public_key().as_bytes());
        let asked = json!({ "key": public });
        let told = self.ask("POST /v1/carried", token, Some(&asked));
        assert_eq!(told.status, 200, "{}", told.body);
        let text = told.json()["codes"][0]["text"].as_str().map(str::to_owned);
        Carried {
            key,
            text: text.unwrap(),
        }
    }
}

impl Carried {
    /// The code as the device shows it now.
    pub fn shown(&self) -> String {
        hc_code::carried::show(&self.key, &self.text, process::instant()).unwrap()
    }
}
