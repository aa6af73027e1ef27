//! The comparison of a stay with an area; the rule stands at [`Place::overlap`](super::Place::overlap).

use super::numbered::Within;
use super::site::{Part, Site};
use super::{Overlap, Place};

pub(super) fn overlap(stay: &Place, area: &Place) -> Overlap {
    let mut known_inside = true;
    match (stay.zone(), area.zone()) {
        (Some(stay), Some(area)) if stay == area => {}
        (Some(stay), Some(area)) if may_name_the_same(stay, area) => known_inside = false,
        (Some(_), Some(_)) => return Overlap::Apart,
        (None, Some(_)) => known_inside = false,
        (_, None) => {}
    }
    match (stay.township(), area.township()) {
        (Some(stay), Some(area)) if stay != area => return Overlap::Apart,
        (None, Some(_)) => known_inside = false,
        // A site whose township the notice leaves out: the same name may stand in another township.
        (Some(_), None) if area.site().is_some() => known_inside = false,
        _ => {}
    }
    let sites = match (stay.site(), area.site()) {
        // A description may reach beyond the township or division that it begins in.
        (Some(stay), None) if !stay.is_decided() => Overlap::Possible,
        (_, None) => Overlap::Meets,
        (None, Some(_)) => Overlap::Possible,
        (Some(stay), Some(area)) => overlap_of_sites(stay, area),
    };
    match sites {
        Overlap::Meets if !known_inside => Overlap::Possible,
        other => other,
    }
}

fn overlap_of_sites(stay: &Site, area: &Site) -> Overlap {
    if stay.text() == area.text() {
        // 部分区域 is written of a thousand places.
        return if stay.is_generic() {
            Overlap::Possible
        } else {
            Overlap::Meets
        };
    }
    let pairs = || {
        stay.paths()
            .iter()
            .flat_map(|stay| area.paths().iter().map(move |area| (stay, area)))
    };
    if !stay.is_decided() || !area.is_decided() {
        // Of what is not decided only the communities in front are known. They can tell two sites apart;
        // they cannot place one inside the other: 晨光社区对面 is not in 晨光社区.
        let both_known = !stay.paths().is_empty() && !area.paths().is_empty();
        let apart = both_known && pairs().all(|(stay, area)| different_communities(stay, area));
        return if apart {
            Overlap::Apart
        } else {
            Overlap::Possible
        };
    }
    let inside_one = |stay| {
        area.paths()
            .iter()
            .any(|area| overlap_of_paths(stay, area) == Overlap::Meets)
    };
    if stay.paths().iter().all(|stay| inside_one(stay)) {
        Overlap::Meets
    } else if pairs().all(|(stay, area)| overlap_of_paths(stay, area) == Overlap::Apart) {
        Overlap::Apart
    } else {
        Overlap::Possible
    }
}

fn different_communities(one: &[Part], other: &[Part]) -> bool {
    matches!(
        (one.first(), other.first()),
        (Some(Part::Community(one)), Some(Part::Community(other))) if !may_name_the_same(one, other)
    )
}

fn overlap_of_paths(stay: &[Part], area: &[Part]) -> Overlap {
    let mut inside = Overlap::Meets;
    for at in 0.. {
        let (one, other) = match (stay.get(at), area.get(at)) {
            (_, None) => return inside,
            (None, Some(_)) => return Overlap::Possible,
            (Some(one), Some(other)) => (one, other),
        };
        if one == other {
            continue;
        }
        match (one, other) {
            (Part::Numbered(one), Part::Numbered(other)) if one.unit == other.unit => {
                match one.within(other) {
                    Within::Yes => {}
                    Within::Maybe => inside = Overlap::Possible,
                    Within::No => return Overlap::Apart,
                }
            }
            (Part::Community(_), Part::Community(_)) | (Part::Name(_), Part::Name(_)) => {
                return apart_unless_shared(stay, area, at);
            }
            // An estate may lie in a community that the other text does not name, and a number may
            // count what the other text names: 北苑社区 and 同科花园, 3号楼 and 综合楼.
            _ => return Overlap::Possible,
        }
    }
    inside
}

/// Two names differ; any further name that both texts may mean keeps the sites possible.
fn apart_unless_shared(stay: &[Part], area: &[Part], at: usize) -> Overlap {
    let names = |path: &[Part]| -> Vec<Box<str>> {
        path.iter()
            .skip(at)
            .filter_map(|part| match part {
                Part::Name(name) | Part::Community(name) => Some(name.clone()),
                Part::Numbered(_) => None,
            })
            .collect()
    };
    let theirs = names(area);
    let shared = names(stay)
        .iter()
        .any(|one| theirs.iter().any(|other| may_name_the_same(one, other)));
    if shared {
        Overlap::Possible
    } else {
        Overlap::Apart
    }
}

/// 恒大城 and 恒大城小区, 八角东街 and 八角西街和八角东街: one name is written in the other.
fn may_name_the_same(one: &str, other: &str) -> bool {
    one.contains(other) || other.contains(one)
}
