use super::check;
use crate::rules::RulePack;

#[test]
fn try_hangzhou() {
    let pack = RulePack::parse(include_str!(
        "../../../../../policies/hangzhou-2020-02.toml"
    ))
    .unwrap_or_else(|e| panic!("{e}"));
    check(&pack).unwrap_or_else(|e| panic!("{e}"));
}
