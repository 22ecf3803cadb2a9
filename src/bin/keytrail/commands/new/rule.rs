//! `keytrail new rule`: the first text of a rule.

use std::path::{Path, PathBuf};

use keytrail::config::Policy;
use keytrail::scaffold::{is_rule_id, rule};
use keytrail::value::RecordKind;

use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::new_file::create;
use crate::policy::PolicyArgs;

/// The schema of policy files in a project.
const SCHEMA: &str = "schemas/policy.json";

/// Write a new rule with a test on both sides.
///
/// The rule loads and its tests pass; what to write is marked with TODO.
#[derive(Debug, clap::Args)]
pub(super) struct NewRule {
    /// The id of the rule, which is also the name of its file: `root-key-used`.
    #[arg(value_name = "ID")]
    id: String,
    /// The kind of record that it reads.
    #[arg(long, value_name = "KIND", value_parser = args::kind(), default_value = "event")]
    on: RecordKind,
    /// The folder of the file.
    #[arg(long, value_name = "FOLDER", default_value = "rules")]
    folder: PathBuf,
    #[command(flatten)]
    policy: PolicyArgs,
}

impl NewRule {
    pub(super) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        if !is_rule_id(&self.id) {
            return Err(Failure::because(format!(
                "`{}` cannot be the id of a rule: expected lower-case letters, digits and single `-`",
                self.id
            )));
        }
        // A rule must not hide a built-in one, and a project with errors cannot be checked afterwards.
        let policy = self.policy.load(host.clock, host)?;
        if policy.rules.iter().any(|rule| rule.id == self.id) || policy.disabled.contains(&self.id) {
            return Err(Failure::because(format!("there is a rule `{}` already", self.id)));
        }
        let path = self.folder.join(format!("{}.yaml", self.id));
        let schema = schema(&host.directory, &self.folder);
        create(&host.directory.join(&path), &rule(&self.id, self.on, schema.as_deref()))?;
        host.term.print(&format!("wrote {}\n", path.display()))?;
        let loaded = Policy::load(&self.policy.options(host));
        let is_loaded = loaded
            .is_ok_and(|policy| policy.rules.iter().any(|rule| rule.id == self.id));
        if !is_loaded {
            host.term.status(&format!(
                "note: the project does not load it; add `{}` to `rule_paths` in keytrail.yaml",
                self.folder.display()
            ));
        }
        Ok(Exit::Clean)
    }
}

/// The path of the schema from a folder, if a folder at or above it contains one.
fn schema(directory: &Path, folder: &Path) -> Option<String> {
    let whole = directory.join(folder);
    let (depth, _) = whole.ancestors().enumerate().find(|(_, of)| of.join(SCHEMA).is_file())?;
    Some(format!("{}{SCHEMA}", "../".repeat(depth)))
}
