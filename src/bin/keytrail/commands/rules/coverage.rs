//! Which techniques of MITRE ATT&CK the rules cover.

use std::collections::BTreeMap;

use keytrail::rule::Rule;

use super::listed::Listed;

/// The rules that detect each technique, by its id.
pub(super) fn by_technique<'p>(listed: &Listed<'p>) -> BTreeMap<String, Vec<&'p Rule>> {
    let mut covered = BTreeMap::<_, Vec<_>>::new();
    for &rule in &listed.rules {
        for technique in rule.techniques() {
            covered.entry(technique).or_default().push(rule);
        }
    }
    covered
}
