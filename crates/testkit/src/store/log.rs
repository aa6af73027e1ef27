//! The decision log in the store.

use core::convert::Infallible;
use std::collections::BTreeMap;

use hc_core::act::ActError;
use hc_core::store::{Reading, Store, StoreError};
use hc_tlog::Opening;
use hc_tlog::tile::TileId;
use hc_tlog::tree::Tree;

use super::region::{look, look_at_a_stranger, noon};
use super::{read, write};

pub fn entries_have_consecutive_sequences<S: Store>(store: &S) {
    for act in 0..6_u64 {
        let outcome = write(store, move |store| {
            let first = store.log(&look(Some(7), noon()))?;
            let second = store.log(&look(None, noon()))?;
            if act % 3 == 1 {
                return Err(ActError::NotEnrolled);
            }
            Ok((first, second))
        });
        if let Ok((first, second)) = outcome {
            assert_eq!(second, first + 1);
        }
    }
    let rows = read(store, |store| Ok(store.log_from(0, 99)?)).unwrap();
    let sequences: Vec<_> = rows.iter().map(|row| row.sequence).collect();
    assert_eq!(sequences, (0..8).collect::<Vec<_>>());
    let rows = read(store, |store| Ok(store.log_from(3, 2)?)).unwrap();
    assert_eq!(
        rows.iter().map(|row| row.sequence).collect::<Vec<_>>(),
        [3, 4]
    );
    let seventh = hc_code::day_index::SubjectNumber::new(7);
    let own = read(store, move |store| Ok(store.log_of(seventh, 3)?)).unwrap();
    let own: Vec<_> = own.iter().map(|row| row.sequence).collect();
    assert_eq!(own, [6, 4, 2], "the latest first");
}

/// The tiles that a tree of some size has, read one by one.
fn tiles(store: &mut dyn Reading, size: u64) -> Result<BTreeMap<TileId, Vec<u8>>, StoreError> {
    let mut found = BTreeMap::new();
    for level in 0..8 {
        for index in 0.. {
            let Some(id) = TileId::in_tree(level, index, size) else {
                break;
            };
            found.extend(store.log_tile(id)?.map(|bytes| (id, bytes)));
        }
    }
    Ok(found)
}

pub fn every_entry_is_proved_by_tiles<S: Store>(store: &S) {
    let mut roots = Vec::new();
    for entries in [1, 2, 250, 3, 256, 7, 100, 1] {
        write(store, move |store| {
            for _ in 0..entries {
                store.log(&look(None, noon()))?;
            }
            Ok(())
        })
        .unwrap();
        let frontier = read(store, |store| Ok(store.log_frontier()?)).unwrap();
        roots.push((frontier.size(), frontier.root()));
    }
    let (rows, tiles) = read(store, |store| {
        let size = store.log_frontier()?.size();
        Ok((store.log_from(0, u32::MAX)?, tiles(store, size)?))
    })
    .unwrap();
    let reader = |id| Ok::<_, Infallible>(tiles.get(&id).cloned());
    let (size, root) = *roots.last().unwrap();
    assert_eq!((rows.len() as u64, size), (620, 620));
    let tree = Tree::new(size, &reader).unwrap();
    assert_eq!(tree.root(), Ok(root));
    for row in &rows {
        let proof = tree.prove_inclusion(row.sequence).unwrap();
        proof.verify(&row.commitment.leaf_hash(), &root).unwrap();
        let (salt, entry) = row.opened.clone().unwrap();
        let opening = Opening::new(salt, entry.content());
        assert_eq!(opening.commitment(), row.commitment);
    }
    for (earlier, earlier_root) in &roots {
        let proof = tree.prove_consistency(*earlier).unwrap();
        proof.verify(earlier_root, &root).unwrap();
    }
    let salts: std::collections::BTreeSet<_> = rows
        .iter()
        .filter_map(|row| Some(*row.opened.as_ref()?.0.expose_bytes()))
        .collect();
    assert_eq!(salts.len(), rows.len(), "every entry has its own salt");
}

pub fn an_act_sees_its_own_entries<S: Store>(store: &S) {
    write(store, |store| {
        for _ in 0..3 {
            store.log(&look(None, noon()))?;
        }
        Ok(())
    })
    .unwrap();
    let (frontier, tile, rows) = write(store, |store| {
        store.log(&look(None, noon()))?;
        let frontier = store.log_frontier()?;
        let tile = TileId::in_tree(0, 0, 4).unwrap();
        Ok((frontier, store.log_tile(tile)?, store.log_from(3, 9)?))
    })
    .unwrap();
    assert_eq!((frontier.size(), rows.len()), (4, 1));
    assert_eq!(tile.unwrap().len(), 4 * 32);
    let after = read(store, |store| Ok(store.log_frontier()?)).unwrap();
    assert_eq!(after, frontier);
}

/// An act that goes on as if nothing had happened does not get away with it.
pub fn an_act_that_cannot_be_logged_fails<S: Store>(store: &S) {
    let outcome = write(store, |store| {
        let number = store.add_subject(super::region::document(1), noon(), b"")?;
        drop(store.log(&look_at_a_stranger(noon())));
        Ok(number)
    });
    assert!(matches!(outcome, Err(ActError::Store(_))), "{outcome:?}");
    assert_eq!(read(store, |store| Ok(store.active()?)), Ok(0));
    assert_eq!(read(store, |store| Ok(store.log_frontier()?.size())), Ok(0));
}
