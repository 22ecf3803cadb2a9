//! The project file, `keytrail.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::{BUILTIN_EXTENDED, PolicyPath};
use super::incidents::{INCIDENTS, IncidentSettings};
use super::inputs::{self, INPUT};
use super::version;
use crate::allow;
use crate::diag::codes::{config as codes, policy as policy_codes};
use crate::diag::{Diagnostic, Level, did_you_mean, escaped};
use crate::query::{self, SAVED, Saved};
use crate::record::{Format, HintEntry, InputKind, InputKinds};
use crate::rule::{FailOn, Pack, Severity};
use crate::source::{Sources, Span, walk};
use crate::value::{Words, Zone};
use crate::yaml::{self, Node, NodeKind, Scalar, Shape, ShapeKey};

/// The file name of the project file.
pub const FILE_NAME: &str = "keytrail.yaml";

/// The value of `extends` for the rules that ship with Keytrail, without the extended pack.
const BUILTIN: &str = "builtin";

/// The shape of the project file.
pub static PROJECT: Shape = Shape::Object(KEYS);

static KEYS: &[ShapeKey] = &[
    ShapeKey::optional(
        "requires",
        Shape::Str,
        "The lowest version of Keytrail that can read this project: `0.1.0`.",
    ),
    ShapeKey::optional(
        "extends",
        TEXTS,
        "Policies to start from: `builtin` (the default), `builtin:extended`, and other project files.",
    ),
    ShapeKey::optional(
        "rule_paths",
        TEXTS,
        "Files, folders and globs of rules, lists and definitions.",
    ),
    ShapeKey::optional("allowlists", TEXTS, "Files, folders and globs of allowlists."),
    ShapeKey::optional(
        "triage",
        Shape::Str,
        "The file of decisions about findings, which `keytrail triage` writes.",
    ),
    ShapeKey::optional(
        "guards",
        Shape::List(&allow::GUARD),
        "Matches that no allowlist entry may cover.",
    ),
    ShapeKey::optional("rules", Shape::Map(&RULE), "Changes to rules, by id."),
    ShapeKey::optional("lists", Shape::Map(&LIST), "Changes to lists, by id."),
    ShapeKey::optional(
        "tables",
        Shape::Map(&Shape::Str),
        "Data files of tables, by id: a CSV, JSON or YAML file, relative to this file.",
    ),
    ShapeKey::optional(
        "expect",
        Shape::List(&EXPECTED),
        "Kinds of inputs that every run must have; without one, its rules are blind and the run is incomplete.",
    ),
    ShapeKey::optional(
        "inputs",
        Shape::List(&INPUT),
        "Hints for input files: what the files do not contain.",
    ),
    ShapeKey::optional(
        "zone",
        Shape::Str,
        "The zone of calendar functions and days; UTC by default.",
    ),
    ShapeKey::optional(
        "fail_on",
        Shape::AnyCase(FailOn::WORDS),
        "The lowest severity that fails a run, or `never`.",
    ),
    ShapeKey::optional(
        "fail_on_extended",
        Shape::Bool,
        "Whether findings of rules of the pack `extended` can fail a run; false by default.",
    ),
    ShapeKey::optional("min_severity", SEVERITY, "The lowest severity that is reported."),
    ShapeKey::optional("max_skipped", Shape::Count, "The number of records that may be skipped."),
    ShapeKey::optional("incidents", INCIDENTS, "What joins findings to incidents."),
    ShapeKey::optional("lints", Shape::Map(&LEVEL), "The level of lints, by name."),
    ShapeKey::optional(
        "queries",
        Shape::Map(&SAVED),
        "Queries by name, for `keytrail query @NAME INPUT`.",
    ),
];

static RULE: Shape = Shape::Object(&[
    ShapeKey::optional("enabled", Shape::Bool, "Whether the rule is enabled."),
    ShapeKey::optional("severity", SEVERITY, "The severity in this project."),
    ShapeKey::optional(
        "pack",
        Shape::Enum(Pack::WORDS),
        "The pack in this project; findings of a rule of the pack `core` can fail a run.",
    ),
    ShapeKey::optional("params", Shape::Map(&Shape::Any), "Values of its parameters."),
]);

static LIST: Shape = Shape::Object(&[
    ShapeKey::optional("add", TEXTS, "Values to add."),
    ShapeKey::optional("remove", TEXTS, "Values to remove."),
]);

static EXPECTED: Shape = Shape::Enum(InputKind::WORDS);

const TEXTS: Shape = Shape::List(&Shape::Str);
const SEVERITY: Shape = Shape::AnyCase(Severity::WORDS);
static LEVEL: Shape = Shape::Enum(&["off", "note", "warning", "error"]);

/// The settings of the project file and of the files that it extends.
#[derive(Debug, Clone, Default)]
pub(super) struct Project {
    /// The names of the files, in the order in which they were read.
    pub(super) files: Vec<String>,
    /// Whether the built-in rules are enabled.
    pub(super) builtin: bool,
    /// Whether the built-in rules of the extended pack are enabled, too.
    pub(super) extended: bool,
    /// Whether an error leaves it unclear which files belong to the policy.
    pub(super) paths_unclear: bool,
    pub(super) rule_paths: Vec<PolicyPath>,
    pub(super) allowlists: Vec<PolicyPath>,
    /// The triage file; a file takes precedence over the files that it extends.
    pub(super) triage: Option<PolicyPath>,
    /// The guards of every file: a file cannot remove those of the files that it extends.
    pub(super) guards: Vec<allow::WrittenGuard>,
    pub(super) rules: BTreeMap<String, RuleChange>,
    pub(super) lists: BTreeMap<String, Vec<ListChange>>,
    /// Data files of tables, with the place of the table's name.
    pub(super) tables: BTreeMap<String, (Span, PolicyPath)>,
    /// Statements about inputs; a file takes precedence over the files that it extends.
    pub(super) inputs: Vec<HintEntry>,
    /// Kinds of inputs that a run must have.
    pub(super) expected: InputKinds,
    pub(super) zone: Option<Zone>,
    pub(super) fail_on: Option<FailOn>,
    pub(super) fail_on_extended: Option<bool>,
    pub(super) incidents: IncidentSettings,
    pub(super) min_severity: Option<Severity>,
    pub(super) max_skipped: Option<u64>,
    pub(super) lints: BTreeMap<String, LintLevel>,
    pub(super) queries: BTreeMap<String, Saved>,
}

/// The changes that the project file makes to one rule.
#[derive(Debug, Clone)]
pub(super) struct RuleChange {
    /// Where the project file names the rule.
    pub(super) span: Span,
    pub(super) enabled: Option<bool>,
    pub(super) severity: Option<(Severity, Span)>,
    pub(super) pack: Option<Pack>,
    /// Values of parameters, with the place of their names.
    pub(super) params: BTreeMap<String, (Span, Node)>,
}

/// The changes that one project file makes to one list.
#[derive(Debug, Clone)]
pub(super) struct ListChange {
    /// Where the project file names the list.
    pub(super) span: Span,
    pub(super) add: Vec<Scalar>,
    pub(super) remove: Vec<Scalar>,
}

/// The level of a lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LintLevel {
    /// The level; `None` turns the lint off.
    pub level: Option<Level>,
    /// Where the project file names the lint.
    pub span: Span,
}

/// Reads project files into one [`Project`].
pub(super) struct ProjectReader<'a> {
    pub(super) root: &'a Path,
    pub(super) sources: &'a mut Sources,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    /// The formats that `inputs` may name.
    formats: &'static [&'static dyn Format],
    visited: BTreeSet<PathBuf>,
    open: Vec<PathBuf>,
}

impl<'a> ProjectReader<'a> {
    /// A reader; names are shown relative to `root`.
    pub(super) fn new(
        root: &'a Path,
        sources: &'a mut Sources,
        diagnostics: &'a mut Vec<Diagnostic>,
        formats: &'static [&'static dyn Format],
    ) -> Self {
        Self { root, sources, diagnostics, formats, visited: BTreeSet::new(), open: Vec::new() }
    }

    /// Adds the settings of a file; `from` is where the file was named.
    pub(super) fn read(&mut self, path: &Path, from: Option<Span>, project: &mut Project) {
        let resolved = walk::resolve(path);
        let name = walk::relative(path, self.root);
        if self.open.contains(&resolved) {
            let diagnostic =
                Diagnostic::error(&codes::EXTENDS_ITSELF, format!("{name} extends itself"));
            self.diagnostics.push(match from {
                Some(span) => diagnostic.at(span, "this leads back to it"),
                None => diagnostic,
            });
            return;
        }
        if !self.visited.insert(resolved.clone()) {
            return;
        }
        let file = match self.sources.load(path, name.as_str()) {
            Ok(file) => file,
            Err(error) => {
                let message = format!("cannot read the project file {name}: {}", error.kind);
                let diagnostic = Diagnostic::error(&policy_codes::UNREADABLE, message);
                self.diagnostics.push(match from {
                    Some(span) => diagnostic.at(span, ""),
                    None => diagnostic,
                });
                return;
            }
        };
        project.files.push(name);
        let mut node = match yaml::parse(file, self.sources) {
            Ok(node) => node,
            Err(errors) => return self.diagnostics.extend(errors),
        };
        if matches!(node.kind, NodeKind::Null) {
            node.kind = NodeKind::Mapping(Vec::new());
        }
        if let Some(problem) = node.get("requires").and_then(version::refused) {
            // What a later version added is not a mistake of the author.
            project.paths_unclear = true;
            self.diagnostics.push(problem);
            return;
        }
        let before = self.diagnostics.len();
        yaml::check(&node, &PROJECT, self.diagnostics);
        // The rest of the file is still used, so that an error in it does not hide all others.
        let wrong = &self.diagnostics[before..];
        project.paths_unclear |= wrong.iter().any(|problem| concerns_paths(problem, &node));
        leave_out(&mut node, wrong);
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        self.open.push(resolved);
        self.extend(&node, &base, project);
        self.open.pop();
        self.merge(&node, &base, project);
    }

    fn extend(&mut self, node: &Node, base: &Path, project: &mut Project) {
        let Some(extends) = node.get("extends") else {
            project.builtin = true;
            return;
        };
        for (text, span) in texts(extends) {
            match text {
                BUILTIN => project.builtin = true,
                BUILTIN_EXTENDED => (project.builtin, project.extended) = (true, true),
                _ if text.starts_with("builtin:") => {
                    project.paths_unclear = true;
                    let message = format!("there is no built-in pack `{}`", escaped(text, 60));
                    let help =
                        did_you_mean(text, [BUILTIN, BUILTIN_EXTENDED]).unwrap_or_else(|| {
                            format!("the packs are `{BUILTIN}` and `{BUILTIN_EXTENDED}`")
                        });
                    self.diagnostics.push(
                        Diagnostic::error(&codes::NO_SUCH_POLICY, message).at(span, "").help(help),
                    );
                }
                _ => self.read(&base.join(text), Some(span), project),
            }
        }
    }

    fn merge(&mut self, node: &Node, base: &Path, project: &mut Project) {
        let paths = |key| {
            let at = node.get(key).map(texts).unwrap_or_default();
            at.into_iter().map(|(text, span)| PolicyPath {
                base: base.to_owned(),
                text: text.to_owned(),
                span: Some(span),
            })
        };
        project.rule_paths.extend(paths("rule_paths"));
        project.allowlists.extend(paths("allowlists"));
        if let Some(triage) = node.get("triage")
            && let Some(text) = triage.text()
        {
            let (base, span) = (base.to_owned(), Some(triage.span));
            project.triage = Some(PolicyPath { base, text: text.to_owned(), span });
        }
        let guards = node.get("guards").map_or(&[][..], Node::items);
        project.guards.extend(guards.iter().filter_map(allow::WrittenGuard::read));
        for entry in entries(node, "rules") {
            let change =
                project.rules.entry(entry.key.text().to_owned()).or_insert_with(|| RuleChange {
                    span: entry.key.span(),
                    enabled: None,
                    severity: None,
                    pack: None,
                    params: BTreeMap::new(),
                });
            change.span = entry.key.span();
            change.enabled = entry.value.get("enabled").and_then(Node::bool).or(change.enabled);
            change.severity = severity(entry.value.get("severity")).or(change.severity);
            change.pack = entry.value.get("pack").and_then(word).or(change.pack);
            for param in entries(&entry.value, "params") {
                let value = (param.key.span(), param.value.clone());
                change.params.insert(param.key.text().to_owned(), value);
            }
        }
        for entry in entries(node, "lists") {
            let values = |key| {
                let items = entry.value.get(key).map_or(&[][..], Node::items);
                items.iter().filter_map(Node::scalar).cloned().collect()
            };
            let change =
                ListChange { span: entry.key.span(), add: values("add"), remove: values("remove") };
            project.lists.entry(entry.key.text().to_owned()).or_default().push(change);
        }
        for entry in entries(node, "tables") {
            let Some(text) = entry.value.text() else { continue };
            let (base, span) = (base.to_owned(), Some(entry.value.span));
            let file = PolicyPath { base, text: text.to_owned(), span };
            project.tables.insert(entry.key.text().to_owned(), (entry.key.span(), file));
        }
        if let Some(node) = node.get("inputs") {
            let setting = inputs::read(node, base, self.formats, self.sources, self.diagnostics);
            project.inputs.splice(0..0, setting);
        }
        let expected = node.get("expect").map(texts).unwrap_or_default();
        project.expected.extend(expected.iter().filter_map(|(word, _)| InputKind::parse(word)));
        if let Some(node) = node.get("zone") {
            project.zone = inputs::zone(node, self.diagnostics).or(project.zone.take());
        }
        project.fail_on = node.get("fail_on").and_then(word).or(project.fail_on);
        project.fail_on_extended =
            node.get("fail_on_extended").and_then(Node::bool).or(project.fail_on_extended);
        project.min_severity = node.get("min_severity").and_then(word).or(project.min_severity);
        let max_skipped = node.get("max_skipped").and_then(Node::int);
        project.max_skipped =
            max_skipped.and_then(|count| u64::try_from(count).ok()).or(project.max_skipped);
        if let Some(node) = node.get("incidents") {
            project.incidents.read(node, self.diagnostics);
        }
        for entry in entries(node, "lints") {
            let level = match entry.value.text() {
                Some("error") => Some(Level::Error),
                Some("warning") => Some(Level::Warning),
                Some("note") => Some(Level::Note),
                _ => None,
            };
            let level = LintLevel { level, span: entry.key.span() };
            project.lints.insert(entry.key.text().to_owned(), level);
        }
        for saved in query::load_saved(entries(node, "queries"), self.diagnostics) {
            project.queries.insert(saved.name.clone(), saved);
        }
    }
}

/// Keys of the project file that name policy files.
const PATHS: [&str; 4] = ["extends", "rule_paths", "allowlists", "triage"];

/// Whether an error leaves it unclear which files belong to the policy: it is about a key that
/// names them, or about an unknown key that may be a misspelling of such a key.
fn concerns_paths(problem: &Diagnostic, node: &Node) -> bool {
    let Some(at) = problem.labels.first().map(|label| label.span) else { return true };
    let entry = node
        .entries()
        .iter()
        .find(|entry| entry.key.span().start <= at.start && at.start <= entry.value.span.end);
    entry.is_none_or(|entry| {
        let name = entry.key.text();
        PATHS.contains(&name) || !KEYS.iter().any(|key| key.name == name)
    })
}

/// Removes what contains an error: one entry of `rules`, `lists` and other mappings by name, and
/// the whole key otherwise.
fn leave_out(node: &mut Node, wrong: &[Diagnostic]) {
    let has_error = |key: &Scalar, value: &Node| {
        wrong.iter().filter_map(|problem| problem.labels.first()).any(|label| {
            let at = label.span.start;
            key.span().start <= at && at <= value.span.end.max(key.span().end)
        })
    };
    let NodeKind::Mapping(entries) = &mut node.kind else {
        node.kind = NodeKind::Mapping(Vec::new());
        return;
    };
    for entry in entries.iter_mut() {
        if let NodeKind::Mapping(inner) = &mut entry.value.kind {
            inner.retain(|inner| !has_error(&inner.key, &inner.value));
        }
    }
    entries.retain(|entry| {
        matches!(entry.value.kind, NodeKind::Mapping(_)) || !has_error(&entry.key, &entry.value)
    });
}

fn texts(node: &Node) -> Vec<(&str, Span)> {
    node.items().iter().filter_map(|item| Some((item.text()?, item.span))).collect()
}

fn entries<'n>(node: &'n Node, key: &str) -> &'n [yaml::MappingEntry] {
    node.get(key).map_or(&[], Node::entries)
}

fn severity(node: Option<&Node>) -> Option<(Severity, Span)> {
    let node = node?;
    Some((word(node)?, node.span))
}

/// The value of a word; upper and lower case are equivalent.
fn word<W: Words>(node: &Node) -> Option<W> {
    W::of_word(&node.text()?.to_ascii_lowercase())
}
