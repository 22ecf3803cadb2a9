//! Loads the decisions about findings.

use std::path::Path;

use super::files::{self, PolicyPath};
use super::policy::Policy;
use crate::triage;
use crate::yaml;

/// Loads the triage file that the project names. It must exist: a decision that is missing would let
/// findings fail the run that somebody dealt with.
pub(super) fn load(path: &PolicyPath, root: &Path, policy: &mut Policy) {
    let Policy { sources, diagnostics, triage, .. } = policy;
    let path = std::slice::from_ref(path);
    for file in files::load(path, root, sources, diagnostics) {
        match yaml::parse(file, sources) {
            Ok(document) => diagnostics.extend(triage::read(&document, sources, triage)),
            Err(errors) => diagnostics.extend(errors),
        }
    }
}
