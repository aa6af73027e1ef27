//! What limits a certificate beside its usage: names that an authority may certify, extended usages.

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;

use super::issue::extension;
use super::tests::{NOON, TOP, key, new, root};
use super::*;
use crate::{Anchors, ChainError};

fn tree(name: &str) -> GeneralSubtree {
    GeneralSubtree {
        base: GeneralName::DirectoryName(name.parse().unwrap()),
        minimum: 0,
        maximum: None,
    }
}

fn constraints(permitted: &[&str], excluded: &[&str]) -> NameConstraints {
    let trees = |names: &[&str]| {
        let trees: Vec<_> = names.iter().map(|name| tree(name)).collect();
        (!trees.is_empty()).then_some(trees)
    };
    NameConstraints {
        permitted_subtrees: trees(permitted),
        excluded_subtrees: trees(excluded),
    }
}

/// Whether a certificate of a name is believed below an authority of these constraints.
fn believed(constraints: &NameConstraints, subject: &str) -> Result<(), ChainError> {
    let below = Purpose::Authority { below: Some(0) };
    let middle = new("CN=applications", &key(2), below);
    let limits = vec![extension(constraints, true).unwrap()];
    let middle = middle.issued_with(&root(), &key(1), limits).unwrap();
    let leaf = new(subject, &key(3), Purpose::Signing);
    let leaf = leaf.issued(&middle, &key(2)).unwrap();
    let anchors = Anchors::new(vec![root()]).unwrap();
    anchors.verify(&leaf, &[middle], NOON).map(drop)
}

#[test]
fn an_authority_certifies_the_names_that_it_may_and_no_others() {
    let zhejiang = constraints(&["O=浙江省,C=CN"], &["O=Test,O=浙江省,C=CN"]);
    for name in [
        "CN=某医院,O=浙江省,C=CN",
        "O=浙江省,C=CN",
        "CN=x,O=浙江省,C=cn",
    ] {
        assert_eq!(believed(&zhejiang, name), Ok(()), "{name}");
    }
    for name in [
        "CN=某医院,O=上海市,C=CN",
        "CN=某医院",
        "C=CN",
        "CN=x,O=Test,O=浙江省,C=CN",
        "CN=x,O= test ,O=浙江省,C=CN",
    ] {
        let refused = believed(&zhejiang, name);
        assert!(
            matches!(refused, Err(ChainError::NameSpace { .. })),
            "{name}: {refused:?}"
        );
    }
    let nobody = constraints(&[], &["C=CN"]);
    assert_eq!(believed(&nobody, "CN=abroad,C=SG"), Ok(()));
    assert!(believed(&nobody, "CN=here,C=CN").is_err());
}

#[test]
fn a_name_beside_the_subjects_is_held_to_the_same() {
    let below = Purpose::Authority { below: Some(0) };
    let limits = extension(&constraints(&["C=CN"], &[]), true).unwrap();
    let middle = new("CN=applications", &key(2), below);
    let middle = middle.issued_with(&root(), &key(1), vec![limits]).unwrap();
    let anchors = Anchors::new(vec![root()]).unwrap();
    for (other, fits) in [("CN=x,C=CN", true), ("CN=x,C=SG", false)] {
        let names = vec![GeneralName::DirectoryName(other.parse().unwrap())];
        let other = vec![extension(&SubjectAltName(names), false).unwrap()];
        let leaf = new("CN=x,C=CN", &key(3), Purpose::Signing);
        let leaf = leaf.issued_with(&middle, &key(2), other).unwrap();
        let believed = anchors.verify(&leaf, std::slice::from_ref(&middle), NOON);
        assert_eq!(believed.is_ok(), fits);
    }
}

#[test]
fn constraints_that_would_not_be_heeded_are_refused() {
    let authority = |constraints: &NameConstraints, purpose| {
        let limits = vec![extension(constraints, true).unwrap()];
        let made = new("CN=applications", &key(2), purpose);
        made.issued_with(&root(), &key(1), limits)
    };
    let other = GeneralSubtree {
        base: GeneralName::DnsName(der::asn1::Ia5String::new("example.cn").unwrap()),
        ..tree("C=CN")
    };
    let some = tree("C=CN");
    let distant = GeneralSubtree {
        minimum: 1,
        ..some.clone()
    };
    let bounded = GeneralSubtree {
        maximum: Some(3),
        ..some
    };
    for tree in [other, distant, bounded] {
        let constraints = NameConstraints {
            permitted_subtrees: Some(vec![tree]),
            excluded_subtrees: None,
        };
        assert_eq!(
            authority(&constraints, TOP),
            Err(IssueError::Refused(CertificateError::Extension(
                NAME_CONSTRAINTS
            )))
        );
    }
    let none = constraints(&[], &[]);
    assert!(authority(&none, TOP).is_err());
    let good = constraints(&["C=CN"], &[]);
    assert!(authority(&good, TOP).is_ok());
    assert_eq!(
        authority(&good, Purpose::Signing),
        Err(IssueError::Refused(CertificateError::Contradiction))
    );
}

#[test]
fn a_certificate_for_other_uses_signs_no_messages() {
    let usage = |id: &str| ObjectIdentifier::new(id).unwrap();
    let (server, client) = (usage("1.3.6.1.5.5.7.3.1"), usage("1.3.6.1.5.5.7.3.2"));
    let (documents, any) = (usage("1.3.6.1.5.5.7.3.36"), usage("2.5.29.37.0"));
    let anchors = Anchors::new(vec![root()]).unwrap();
    for (usages, fits) in [
        (vec![server], false),
        (vec![server, client], true),
        (vec![documents], true),
        (vec![any], true),
    ] {
        for critical in [false, true] {
            let more = vec![extension(&ExtendedKeyUsage(usages.clone()), critical).unwrap()];
            let leaf = new("CN=x", &key(3), Purpose::Signing);
            let leaf = leaf.issued_with(&root(), &key(1), more.clone()).unwrap();
            let believed = anchors.verify(&leaf, &[], NOON).map(drop);
            let refused = Err(ChainError::Usage("CN=x".to_owned()));
            assert_eq!(believed, if fits { Ok(()) } else { refused });
            // The same of an authority on the way.
            let below = Purpose::Authority { below: Some(0) };
            let middle = new("CN=applications", &key(2), below);
            let middle = middle.issued_with(&root(), &key(1), more).unwrap();
            let leaf = new("CN=x", &key(3), Purpose::Signing);
            let leaf = leaf.issued(&middle, &key(2)).unwrap();
            assert_eq!(anchors.verify(&leaf, &[middle], NOON).is_ok(), fits);
        }
    }
}
