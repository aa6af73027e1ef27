//! The first byte says what the rest is read as: a content, an edge of a tree, a bundle, a path of a
//! tile. What is read is written as it was; a tree with any edge can be appended to.
#![no_main]

use hc_tlog::entry::Content;
use hc_tlog::tile::TileId;
use hc_tlog::{Commitment, Frontier, bundle};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&what, bytes)) = bytes.split_first() else {
        return;
    };
    match what & 3 {
        0 => {
            if let Ok(entry) = Content::from_bytes(bytes.into()).entry() {
                assert_eq!(entry.content().expose_bytes(), bytes);
            }
        }
        1 => {
            if let Ok(frontier) = Frontier::from_bytes(bytes) {
                assert_eq!(frontier.to_bytes(), bytes);
                if let Ok(appended) = frontier.append(&[Commitment::from_bytes([7; 32])]) {
                    assert_eq!(appended.frontier.size(), frontier.size() + 1);
                    let again = Frontier::from_bytes(&appended.frontier.to_bytes()).unwrap();
                    assert_eq!(again, appended.frontier);
                    assert_eq!(again.root(), appended.root);
                }
            }
        }
        2 => {
            if let Ok(leaves) = bundle::decode(bytes) {
                assert_eq!(bundle::encode(&leaves).unwrap(), bytes);
            }
        }
        _ => {
            if let Ok(path) = core::str::from_utf8(bytes)
                && let Ok(tile) = TileId::parse_path(path)
            {
                assert_eq!(tile.path(), path);
            }
        }
    }
});
