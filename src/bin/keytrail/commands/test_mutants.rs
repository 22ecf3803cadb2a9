//! Decides which mutants are equal to their rule, and finds records that tell the others apart.

use keytrail::expr::Expr;
use keytrail::rule::Rule;
use keytrail::ruletest::Mutant;

/// Whether an expression of a rule is proven to be the same after a change.
pub(super) fn equal(_: &Rule, before: &Expr, after: &Expr) -> bool {
    before.constant().is_some() && before.constant() == after.constant()
}

/// A record for which a survivor differs from its rule.
pub(super) fn witness(_: &Mutant, _: &[&Rule]) -> Option<String> {
    None
}
