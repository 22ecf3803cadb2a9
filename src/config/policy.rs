//! The loaded and checked policy.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::files;
use super::incidents::IncidentSettings;
use super::project::LintLevel;
use crate::allow::Allowlist;
use crate::diag::Diagnostic;
use crate::expr::{Definition, Env, Function};
use crate::query::Saved;
use crate::record::{HintEntry, InputKinds};
use crate::rule::{FailOn, PolicyChanges, Rule, Severity, ValueChange};
use crate::source::{FileId, Sources, Span, walk};
use crate::table::{List, Table};
use crate::triage::Triage;
use crate::value::Zone;

/// The lowest severity that fails a run, unless the project or an option sets another.
pub const FAIL_ON: FailOn = FailOn::High;

/// The lowest severity that is reported, unless the project or an option sets another.
pub const MIN_SEVERITY: Severity = Severity::Info;

/// The number of skipped records that a run tolerates, unless the project or an option sets another.
pub const MAX_SKIPPED: u64 = 0;

/// The whole policy of a run. Every command that runs, checks or shows rules loads one.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Every file that was read.
    pub sources: Sources,
    /// The folder that the names of its files are relative to.
    pub root: PathBuf,
    /// Enabled rules, sorted by id.
    pub rules: Vec<Rule>,
    /// Ids of rules that the project file turned off.
    pub disabled: Vec<String>,
    /// Every list, by id, with the project's additions and removals.
    pub lists: BTreeMap<String, Arc<List>>,
    /// Where the id of each list was written.
    pub list_spans: BTreeMap<String, Span>,
    /// Where the id of each table was written.
    pub table_spans: BTreeMap<String, Span>,
    /// Every table, by id, with its rows.
    pub tables: BTreeMap<String, Arc<Table>>,
    /// Every definition, by name.
    pub definitions: BTreeMap<String, Definition>,
    /// Every allowlist entry.
    pub allowlist: Allowlist,
    /// What people decided about findings.
    pub triage: Triage,
    /// The triage file, if the project file or an option names one. It may not exist.
    pub triage_file: Option<PathBuf>,
    /// `inputs` of the project file.
    pub inputs: Vec<HintEntry>,
    /// Kinds of inputs that a run must have: `expect` of the project file.
    pub expected: InputKinds,
    /// The default zone of calendar functions and occurrence days.
    pub zone: Zone,
    /// Whether the project file names that zone.
    pub zone_is_named: bool,
    /// `fail_on` of the project file.
    pub fail_on: Option<FailOn>,
    /// `fail_on_extended` of the project file: whether findings of the extended pack can fail a run.
    pub fail_on_extended: bool,
    /// `min_severity` of the project file.
    pub min_severity: Option<Severity>,
    /// `max_skipped` of the project file.
    pub max_skipped: Option<u64>,
    /// `incidents` of the project file.
    pub incidents: IncidentSettings,
    /// `lints` of the project file, by name.
    pub lints: BTreeMap<String, LintLevel>,
    /// Queries of the project file, by name.
    pub queries: BTreeMap<String, Saved>,
    /// How it differs from the built-in policy.
    pub changes: PolicyChanges,
    /// Severities that the project file sets.
    pub severities: Vec<SeverityChange>,
    /// Warnings and notes; errors are returned instead of a policy.
    pub diagnostics: Vec<Diagnostic>,
    /// SHA-256 of the names and texts of every file, in hex. It does not depend on the order of the
    /// files.
    pub hash: String,
    pub(super) functions: &'static [&'static dyn Function],
}

/// A severity that the project file sets for a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityChange {
    /// The rule.
    pub rule: String,
    /// The severity in the rule file.
    pub written: Severity,
    /// The severity in the project file.
    pub set: Severity,
    /// Where the project file sets it.
    pub span: Span,
}

impl Policy {
    /// Whether a file ships with Keytrail.
    pub fn is_builtin(&self, file: FileId) -> bool {
        files::is_builtin(&self.sources, file)
    }

    /// Whether there is a file with this name, whether or not the policy reads it.
    pub fn has_file(&self, name: &str) -> bool {
        let path = self.root.join(name);
        self.sources.refusal(&path).is_none() && walk::is_file(&path)
    }

    /// Takes the thresholds, the guards and the decisions about findings from another version of the policy. The guards of this
    /// version stay too, because a guard can only add findings.
    pub fn adopt_bar(&mut self, other: &Policy) {
        self.fail_on = other.fail_on;
        self.fail_on_extended = other.fail_on_extended;
        self.min_severity = other.min_severity;
        self.max_skipped = other.max_skipped;
        self.expected.clone_from(&other.expected);
        self.triage = other.triage.clone();
        self.changes.settings.clone_from(&other.changes.settings);
        let rules = self.rules.iter().map(|rule| (rule.id.as_str(), rule.on)).collect::<Vec<_>>();
        self.allowlist.adopt_guards(&other.allowlist, &rules);
    }

    /// Adds the severities to the changes, and sorts them.
    pub(super) fn conclude_changes(&mut self) {
        let changed = self.severities.iter().filter(|change| change.written != change.set);
        let value = |change: &SeverityChange| ValueChange {
            name: change.rule.clone(),
            from: change.written.name().to_owned(),
            to: change.set.name().to_owned(),
        };
        self.changes.severities = changed.map(value).collect();
        let by_name = |a: &ValueChange, b: &ValueChange| a.name.cmp(&b.name);
        self.changes.severities.sort_by(by_name);
        self.changes.params.sort_by(by_name);
        self.changes.own.sort();
    }

    /// An empty policy.
    pub(super) fn empty(functions: &'static [&'static dyn Function]) -> Self {
        Self {
            sources: Sources::default(),
            root: PathBuf::new(),
            rules: Vec::new(),
            disabled: Vec::new(),
            lists: BTreeMap::new(),
            list_spans: BTreeMap::new(),
            table_spans: BTreeMap::new(),
            tables: BTreeMap::new(),
            definitions: BTreeMap::new(),
            allowlist: Allowlist::default(),
            triage: Triage::default(),
            triage_file: None,
            inputs: Vec::new(),
            expected: InputKinds::new(),
            zone: Zone::utc(),
            zone_is_named: false,
            fail_on: None,
            fail_on_extended: false,
            min_severity: None,
            max_skipped: None,
            incidents: IncidentSettings::default(),
            lints: BTreeMap::new(),
            queries: BTreeMap::new(),
            changes: PolicyChanges::default(),
            severities: Vec::new(),
            diagnostics: Vec::new(),
            hash: String::new(),
            functions,
        }
    }
}

impl Env for Policy {
    fn functions(&self) -> &'static [&'static dyn Function] {
        self.functions
    }

    fn list(&self, id: &str) -> Option<&Arc<List>> {
        self.lists.get(id)
    }

    fn list_ids(&self) -> Vec<&str> {
        self.lists.keys().map(String::as_str).collect()
    }

    fn table(&self, id: &str) -> Option<&Arc<Table>> {
        self.tables.get(id)
    }

    fn table_ids(&self) -> Vec<&str> {
        self.tables.keys().map(String::as_str).collect()
    }

    fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.get(name)
    }

    fn definition_names(&self) -> Vec<&str> {
        self.definitions.keys().map(String::as_str).collect()
    }

    fn zone(&self) -> &Zone {
        &self.zone
    }

    fn project_zone(&self) -> Option<&Zone> {
        self.zone_is_named.then_some(&self.zone)
    }
}
