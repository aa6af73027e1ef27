//! RFC 6962 §2.1 word by word: slow, recursive, without tiles.

use hc_tlog::NodeHash;

/// MTH of §2.1.
pub(crate) fn root(leaves: &[NodeHash]) -> NodeHash {
    match leaves {
        [] => NodeHash::of_empty_tree(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(k(leaves.len()));
            NodeHash::of_node(&root(left), &root(right))
        }
    }
}

/// PATH of §2.1.1.
pub(crate) fn inclusion(m: usize, leaves: &[NodeHash]) -> Vec<NodeHash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = k(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m < k {
        [inclusion(m, left), vec![root(right)]].concat()
    } else {
        [inclusion(m - k, right), vec![root(left)]].concat()
    }
}

/// SUBPROOF of §2.1.2.
pub(crate) fn subproof(m: usize, leaves: &[NodeHash], whole: bool) -> Vec<NodeHash> {
    if m == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let k = k(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m <= k {
        [subproof(m, left, whole), vec![root(right)]].concat()
    } else {
        [subproof(m - k, right, false), vec![root(left)]].concat()
    }
}

/// The largest power of two below n.
fn k(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}
