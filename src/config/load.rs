//! Loading a policy: project file, lists, tables, definitions, rules, allowlists, in this order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::PolicyPath;
use super::finish::{finish, without_consequences};
use super::load_options::LoadOptions;
use super::parallel::in_parallel;
use super::policy::{Policy, SeverityChange};
use super::project::{FILE_NAME, Project, ProjectReader};
use super::{changes, files, tables, triage};
use crate::allow;
use crate::diag::codes::{
    allow as allow_codes, config as codes, policy as policy_codes, rule as rule_codes,
};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::on_large_stack;
use crate::rule::{
    self, DeclaredTable, DocumentKind, Overrides, Pack, Rule, RuleOff, Severity, TableRows,
};
use crate::source::{FileId, Sources, Span, walk};
use crate::table::{List, Table};
use crate::value::RecordKind;
use crate::yaml::{self, Node};

impl Policy {
    /// Loads and checks everything; collects every error instead of stopping at the first.
    ///
    /// # Errors
    ///
    /// At least one diagnostic is an error. All diagnostics are returned, with the sources that
    /// they point at.
    pub fn load(options: &LoadOptions) -> Result<Policy, (Sources, Vec<Diagnostic>)> {
        // If that thread cannot be used, each expression starts its own thread.
        on_large_stack(|| Loader::new(options).load())
            .unwrap_or_else(|_| Loader::new(options).load())
    }

    /// Loads only the project file, with its settings for inputs, zone and thresholds, and no
    /// rules.
    ///
    /// # Errors
    ///
    /// As in [`Policy::load`].
    pub fn project(options: &LoadOptions) -> Result<Policy, (Sources, Vec<Diagnostic>)> {
        Loader::new(options).load_project()
    }

    /// Loads the project file and the tables with their rows. It loads no rules, so errors in rules
    /// do not matter.
    ///
    /// # Errors
    ///
    /// As in [`Policy::load`].
    pub fn with_tables(options: &LoadOptions) -> Result<Policy, (Sources, Vec<Diagnostic>)> {
        Loader::new(options).load_tables()
    }
}

/// One parsed policy file.
struct Document {
    file: FileId,
    node: Node,
}

/// The state of loading a policy.
struct Loader<'o> {
    options: &'o LoadOptions,
    project: Project,
    policy: Policy,
    documents: BTreeMap<DocumentKind, Vec<Document>>,
    /// The entries of each allowlist file.
    entries: Vec<Vec<allow::WrittenEntry>>,
    /// The digests of data files of tables.
    digests: Vec<tables::Digested>,
    /// Rules that exist but did not load, so that a reference to them is not a second error.
    broken: Vec<String>,
}

impl<'o> Loader<'o> {
    fn new(options: &'o LoadOptions) -> Self {
        Self {
            options,
            project: Project::default(),
            policy: Policy {
                sources: Sources::of(options.snapshot.clone()),
                ..Policy::empty(options.functions)
            },
            documents: BTreeMap::new(),
            entries: Vec::new(),
            digests: Vec::new(),
            broken: Vec::new(),
        }
    }

    fn load(mut self) -> Result<Policy, (Sources, Vec<Diagnostic>)> {
        let root = self.project();
        self.parse(&root);
        self.lists();
        self.tables(&root);
        self.definitions();
        self.queries();
        self.rules();
        self.allowlists();
        self.triage(&root);
        let mut policy = self.policy;
        if self.project.paths_unclear {
            without_consequences(&mut policy.diagnostics);
        }
        if let Some(id) = self.broken.first()
            && !policy.diagnostics.iter().any(Diagnostic::is_error)
        {
            // If the rule were left out without an error, it would look like a rule that finds
            // nothing.
            let message = format!("the rule `{id}` was not loaded");
            policy.diagnostics.push(Diagnostic::error(&policy_codes::UNREADABLE, message));
        }
        finish(policy, &self.digests)
    }

    fn load_project(mut self) -> Result<Policy, (Sources, Vec<Diagnostic>)> {
        self.project();
        finish(self.policy, &[])
    }

    fn load_tables(mut self) -> Result<Policy, (Sources, Vec<Diagnostic>)> {
        let root = self.project();
        self.parse(&root);
        self.tables(&root);
        finish(self.policy, &self.digests)
    }

    /// Reads the project file; returns the folder that shown names are relative to.
    fn project(&mut self) -> PathBuf {
        let Policy { sources, diagnostics, .. } = &mut self.policy;
        let directory = walk::resolve(&self.options.directory);
        let config = match &self.options.config {
            _ if self.options.no_config => None,
            Some(config) => Some(directory.join(config)),
            None => walk::find_upward(&directory, FILE_NAME).filter(|path| {
                self.options.snapshot.as_ref().is_none_or(|of| path.starts_with(&of.root))
            }),
        };
        let root = config.as_deref().and_then(Path::parent).unwrap_or(&directory).to_owned();
        match config {
            Some(path) => {
                ProjectReader::new(&root, sources, diagnostics, self.options.formats).read(
                    &path,
                    None,
                    &mut self.project,
                );
                // If the project file has errors, it is unclear whether the built-in rules are
                // missing on purpose.
                self.project.builtin |= diagnostics.iter().any(Diagnostic::is_error);
            }
            None => self.project.builtin = true,
        }
        let given = |paths: &[String]| -> Option<Vec<PolicyPath>> {
            let path = |text: &String| PolicyPath {
                base: directory.clone(),
                text: text.clone(),
                span: None,
            };
            (!paths.is_empty()).then(|| paths.iter().map(path).collect())
        };
        if let Some(paths) = given(&self.options.rules) {
            self.project.rule_paths = paths;
        }
        if let Some(paths) = given(&self.options.allowlists) {
            self.project.allowlists = paths;
        }
        if let Some(text) = &self.options.triage {
            let (base, text) = (directory.clone(), text.clone());
            self.project.triage = Some(PolicyPath { base, text, span: None });
        }
        let policy = &mut self.policy;
        policy.triage_file = self.project.triage.as_ref().map(PolicyPath::full);
        policy.root.clone_from(&root);
        policy.changes.project_files = std::mem::take(&mut self.project.files);
        policy.inputs = std::mem::take(&mut self.project.inputs);
        policy.expected = std::mem::take(&mut self.project.expected);
        if let Some(zone) = &self.project.zone {
            policy.zone = zone.clone();
            policy.zone_is_named = true;
        }
        policy.fail_on = self.project.fail_on;
        policy.fail_on_extended = self.project.fail_on_extended.unwrap_or(false);
        policy.min_severity = self.project.min_severity;
        policy.max_skipped = self.project.max_skipped;
        policy.incidents = self.project.incidents;
        policy.changes.settings = changes::settings(
            policy.fail_on,
            self.project.fail_on_extended,
            policy.min_severity,
            policy.max_skipped,
        );
        policy.lints = std::mem::take(&mut self.project.lints);
        policy.queries = std::mem::take(&mut self.project.queries);
        root
    }

    /// Loads and parses every file, and groups the documents by kind.
    fn parse(&mut self, root: &Path) {
        let Policy { sources, diagnostics, changes, .. } = &mut self.policy;
        let mut loaded = Vec::new();
        changes.without_builtin = !self.project.builtin || self.options.no_builtin;
        if !changes.without_builtin {
            loaded = files::add_builtin(sources, self.project.extended || self.options.extended);
        }
        let paths = [&self.project.rule_paths[..], &self.project.allowlists].concat();
        loaded.extend(files::load(&paths, root, sources, diagnostics));
        let (sources, without_tests) = (&*sources, self.options.without_builtin_tests);
        let documents = in_parallel(&loaded, |&file| {
            let end = match without_tests && files::is_builtin(sources, file) {
                true => files::tests_of_builtin(&sources.file(file).text),
                false => None,
            };
            let node = yaml::parse_up_to(file, end.unwrap_or(usize::MAX), sources)?;
            let kind = rule::document_kind(&node).map_err(|error| vec![error])?;
            Ok::<_, Vec<Diagnostic>>((kind, node))
        });
        for (file, document) in loaded.into_iter().zip(documents) {
            match document {
                Ok((DocumentKind::Entries, node)) => {
                    // An allowlist can be large, and its tree takes many times the memory of its
                    // text.
                    let (entries, problems) = allow::read(&node);
                    self.entries.push(entries);
                    diagnostics.extend(problems);
                }
                Ok((kind, node)) => {
                    self.documents.entry(kind).or_default().push(Document { file, node });
                }
                Err(errors) => {
                    self.broken.push(stem(sources, file));
                    diagnostics.extend(errors);
                }
            }
        }
    }

    fn lists(&mut self) {
        let documents = self.documents.remove(&DocumentKind::List).unwrap_or_default();
        let mut places = BTreeMap::new();
        for document in &documents {
            let (list, problems) = rule::load_list(&document.node, &self.policy.sources);
            self.policy.diagnostics.extend(problems);
            let written = document.node.get("list").and_then(|list| list.get("id"));
            let Some((id, span)) = written.and_then(|id| Some((id.text()?, id.span))) else {
                continue;
            };
            if self.is_first("list", id, span, &mut places) {
                // A list with errors still exists.
                let list = list
                    .unwrap_or_else(|| List::new(id.to_owned(), None, String::new(), Vec::new()));
                self.policy.lists.insert(id.to_owned(), Arc::new(list));
            }
        }
        let before = self.policy.lists.clone();
        self.policy.changes.own.extend(changes::own("list", &places, &self.policy.sources));
        self.policy.list_spans = places;
        for (id, changes) in std::mem::take(&mut self.project.lists) {
            for change in changes {
                let Some(list) = self.policy.lists.get_mut(&id) else {
                    let candidates = self.policy.lists.keys().map(String::as_str);
                    let message =
                        format!("the project file changes the list `{id}`, which does not exist");
                    self.policy.diagnostics.push(
                        Diagnostic::error(&codes::UNKNOWN_SETTING, message)
                            .at(change.span, "there is no such list")
                            .maybe_help(did_you_mean(&id, candidates)),
                    );
                    continue;
                };
                let (changed, problems) = rule::change_list(list, &change.add, &change.remove);
                *list = Arc::new(changed);
                self.policy.diagnostics.extend(problems);
            }
        }
        self.policy.changes.lists = changes::lists(&before, &self.policy.lists);
    }

    /// Loads tables with their rows: from the command line, else the project file, else the
    /// declaration.
    fn tables(&mut self, root: &Path) {
        let documents = self.documents.remove(&DocumentKind::Table).unwrap_or_default();
        let (mut places, mut declared, mut broken) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for document in &documents {
            let (table, problems) = rule::load_table(&document.node, &self.policy.sources);
            self.policy.diagnostics.extend(problems);
            let written = document.node.get("table").and_then(|table| table.get("id"));
            let Some((id, span)) = written.and_then(|id| Some((id.text()?, id.span))) else {
                continue;
            };
            match table {
                _ if !self.is_first("table", id, span, &mut places) => {}
                Some(table) => drop(declared.insert(id.to_owned(), table)),
                None => broken.push(id.to_owned()),
            }
        }
        let mut files = self.data_files(&declared, &broken);
        for (id, DeclaredTable { mut table, file }) in declared {
            let own = file.map(|file| {
                let base = tables::folder(&self.policy.sources.file(file.span().file).name, root);
                PolicyPath { base, text: file.text().to_owned(), span: Some(file.span()) }
            });
            let file = files.remove(&id).or(own);
            let shown = file.as_ref().map(|file| walk::relative(&file.full(), root));
            if let Some(file) = file {
                let Policy { sources, diagnostics, .. } = &mut self.policy;
                let (declaration, digests) = (table.declaration().clone(), &mut self.digests);
                table = tables::read(&declaration, &file, root, sources, digests, diagnostics)
                    .unwrap_or_else(|| Table::empty(declaration));
            }
            if let Some(file) = shown {
                let (table, rows) = (id.clone(), table.len());
                self.policy.changes.tables.push(TableRows { table, file, rows });
            }
            self.policy.tables.insert(id, Arc::new(table));
        }
        self.policy.changes.own.extend(changes::own("table", &places, &self.policy.sources));
        self.policy.table_spans = places;
    }

    /// The data files that the command line and the project file name, by table.
    fn data_files(
        &mut self,
        declared: &BTreeMap<String, DeclaredTable>,
        broken: &[String],
    ) -> BTreeMap<String, PolicyPath> {
        let candidates = || declared.keys().chain(broken);
        let unknown = |id: &str, message: String| {
            Diagnostic::error(&codes::UNKNOWN_SETTING, message).help(
                did_you_mean(id, candidates().map(String::as_str))
                    .unwrap_or_else(|| "a `table` file declares it first".to_owned()),
            )
        };
        let mut files = BTreeMap::new();
        for (id, (span, file)) in std::mem::take(&mut self.project.tables) {
            if !candidates().any(|own| *own == id) {
                let message = format!(
                    "the project file sets rows for the table `{}`, which does not exist",
                    escaped(&id, 60)
                );
                let diagnostic = unknown(&id, message).at(span, "there is no such table");
                self.policy.diagnostics.push(diagnostic);
            }
            files.insert(id, file);
        }
        let base = walk::resolve(&self.options.directory);
        let mut given: Vec<&str> = Vec::new();
        for (id, text) in &self.options.tables {
            if !candidates().any(|own| own == id) {
                let message = format!("`--table` names the table `{id}`, which does not exist");
                self.policy.diagnostics.push(unknown(id, message));
            } else if given.contains(&id.as_str()) {
                let message = format!("`--table` sets two data files for the table `{id}`");
                self.policy.diagnostics.push(Diagnostic::error(&codes::UNKNOWN_SETTING, message));
            }
            given.push(id);
            let file = PolicyPath { base: base.clone(), text: text.clone(), span: None };
            files.insert(id.clone(), file);
        }
        files
    }

    fn definitions(&mut self) {
        let documents = self.documents.remove(&DocumentKind::Definitions).unwrap_or_default();
        let (mut places, mut all) = (BTreeMap::new(), Vec::new());
        for document in &documents {
            let (found, problems) = rule::load_definitions(&document.node);
            self.policy.diagnostics.extend(problems);
            for named in found {
                if self.is_first("definition", &named.name, named.span, &mut places) {
                    let definition = named.definition.clone();
                    self.policy.definitions.insert(named.name.clone(), definition);
                    all.push(named);
                }
            }
        }
        self.policy.changes.own.extend(changes::own("definition", &places, &self.policy.sources));
        let problems: Vec<Diagnostic> =
            all.iter().flat_map(|named| rule::check_definition(named, &self.policy)).collect();
        self.policy.diagnostics.extend(problems);
    }

    /// Checks the expressions of saved queries; a query is compiled when it is run.
    fn queries(&mut self) {
        let policy = &mut self.policy;
        let problems: Vec<Diagnostic> = policy
            .queries
            .values()
            .flat_map(|saved| match saved.source.compile(policy) {
                Ok((_, warnings)) => warnings,
                Err(errors) => errors,
            })
            .collect();
        policy.diagnostics.extend(problems);
    }

    fn rules(&mut self) {
        let documents = self.documents.remove(&DocumentKind::Rule).unwrap_or_default();
        let (mut places, mut rules) = (BTreeMap::new(), BTreeMap::<String, Rule>::new());
        let (policy, changes) = (&self.policy, &self.project.rules);
        let loaded = in_parallel(&documents, |document| {
            let change = changes.get(&id_of(document, &policy.sources).0);
            let overrides = Overrides {
                severity: change.and_then(|change| change.severity).map(|(severity, _)| severity),
                pack: change.and_then(|change| change.pack),
                params: change.map(|change| change.params.clone()).unwrap_or_default(),
                without_tests: self.options.without_builtin_tests
                    && files::is_builtin(&policy.sources, document.file),
            };
            rule::load(&document.node, &policy.sources, &overrides, policy)
        });
        for (document, (rule, problems)) in documents.iter().zip(loaded) {
            let body = document.node.get("rule");
            let (id, span) = id_of(document, &self.policy.sources);
            let change = self.project.rules.get(&id);
            let written = body.and_then(|rule| rule.get("severity")).and_then(Node::text);
            if let Some((set, span)) = change.and_then(|change| change.severity)
                && let Some(written) = written.and_then(Severity::parse)
            {
                let rule = id.clone();
                self.policy.severities.push(SeverityChange { rule, written, set, span });
            }
            self.policy.diagnostics.extend(problems);
            let params = rule.as_ref().zip(change).map(|(rule, of)| changes::params(rule, of));
            let first = self.is_first("rule", &id, span, &mut places);
            match rule {
                Some(mut rule) if first => {
                    rule.builtin = files::is_builtin(&self.policy.sources, document.file);
                    self.policy.changes.params.extend(params.into_iter().flatten());
                    let written = body.and_then(|rule| rule.get("pack")).and_then(Node::text);
                    let pack = changes::pack(&rule, written.and_then(Pack::parse));
                    self.policy.changes.settings.extend(pack);
                    rules.insert(id, rule);
                }
                Some(_) => {}
                None => self.broken.push(id),
            }
        }
        self.policy.changes.own.extend(changes::own("rule", &places, &self.policy.sources));
        for (id, change) in &self.project.rules {
            if !rules.contains_key(id) && !self.broken.contains(id) {
                let candidates = rules.keys().chain(&self.broken).map(String::as_str);
                let (message, label, help) = match files::extended_help(id) {
                    Some(help) => (
                        format!("the project file changes the rule `{id}`, which is not loaded"),
                        "this rule is not loaded",
                        Some(help),
                    ),
                    None => (
                        format!("the project file changes the rule `{id}`, which does not exist"),
                        "there is no such rule",
                        did_you_mean(id, candidates),
                    ),
                };
                self.policy.diagnostics.push(
                    Diagnostic::error(&codes::UNKNOWN_SETTING, message)
                        .at(change.span, label)
                        .maybe_help(help),
                );
            }
        }
        let options = self.options;
        let only = self.chosen("--only", &options.only, &rules);
        let disable = self.chosen("--disable", &options.disable, &rules);
        let off = |id: &str| self.project.rules.get(id).and_then(|c| c.enabled) == Some(false);
        let total = rules.keys().filter(|id| !off(id)).count();
        for (id, rule) in rules {
            let chosen = (options.only.is_empty() || only.contains(&id)) && !disable.contains(&id);
            if off(&id) || !chosen {
                let off = RuleOff { rule: id.clone(), by_option: !off(&id) };
                self.policy.changes.rules_off.push(off);
                self.policy.disabled.push(id);
            } else {
                self.policy.rules.push(rule);
            }
        }
        self.policy.conclude_changes();
        let left = total - self.policy.rules.len();
        if left > 0 {
            let message = format!("`--only` and `--disable` leave out {left} of {total} rules");
            self.policy.diagnostics.push(Diagnostic::note(&codes::RULES_LEFT_OUT, message));
        }
    }

    /// The rules that an option names, with an error for each name that matches no rule.
    fn chosen(
        &mut self,
        option: &str,
        names: &[String],
        rules: &BTreeMap<String, Rule>,
    ) -> BTreeSet<String> {
        let mut chosen = BTreeSet::new();
        for name in names {
            let is_it = |id: &&String| allow::names_rule(name, id);
            chosen.extend(rules.keys().filter(is_it).cloned());
            if !rules.keys().chain(&self.broken).any(|id| is_it(&id)) {
                let message = format!("`{option} {}` names no rule", escaped(name, 60));
                let help = files::extended_help(name)
                    .or_else(|| did_you_mean(name, rules.keys().map(String::as_str)))
                    .unwrap_or_else(|| "`keytrail rules` lists every rule".to_owned());
                self.policy
                    .diagnostics
                    .push(Diagnostic::error(&codes::UNKNOWN_SETTING, message).help(help));
            }
        }
        chosen
    }

    fn allowlists(&mut self) {
        let written = std::mem::take(&mut self.entries);
        let rules: Vec<(&str, RecordKind)> =
            self.policy.rules.iter().map(|rule| (rule.id.as_str(), rule.on)).collect();
        let mut others = [&self.policy.disabled[..], &self.broken].concat();
        // An entry can outlive the choice of a pack.
        others.extend(files::extended_rules().map(str::to_owned));
        let strictness = self.options.entries;
        let (mut allowlist, mut problems) =
            allow::load(written, &rules, &others, &self.policy, strictness);
        let guards = &self.project.guards;
        problems.extend(allow::load_guards(&mut allowlist, guards, &rules, &others, &self.policy));
        if !self.broken.is_empty() || !self.options.only.is_empty() {
            // A rule that did not load, or that this run excludes, is not a disabled rule.
            problems.retain(|diagnostic| diagnostic.code != &allow_codes::RULES_DISABLED);
        }
        self.policy.allowlist = allowlist;
        self.policy.diagnostics.extend(problems);
    }

    fn triage(&mut self, root: &Path) {
        if let Some(path) = &self.project.triage {
            triage::load(path, root, &mut self.policy);
        }
    }

    /// Whether a name is new. If it is not, reports an error at both places.
    fn is_first(
        &mut self,
        what: &str,
        name: &str,
        span: Span,
        places: &mut BTreeMap<String, Span>,
    ) -> bool {
        let first = *places.entry(name.to_owned()).or_insert(span);
        if first == span {
            return true;
        }
        let message = format!("two files define the {what} `{name}`");
        let help = match (files::is_builtin(&self.policy.sources, first.file), what) {
            (true, "list") => "to change a built-in list, use `lists` in keytrail.yaml",
            (true, "table") => {
                "to give a built-in table rows, name their file under `tables` in keytrail.yaml"
            }
            (true, _) => {
                "to change a built-in rule, use `rules` in keytrail.yaml; to replace it, turn it \
                 off there and give yours another id"
            }
            (false, _) => "remove one of them, or give it another id",
        };
        let diagnostic = Diagnostic::error(&rule_codes::DUPLICATE_ID, message)
            .at(span, "the second")
            .at(first, "the first")
            .help(help);
        self.policy.diagnostics.push(diagnostic);
        false
    }
}

/// The name of a file without folder and extension.
fn stem(sources: &Sources, file: FileId) -> String {
    let path = Path::new(&sources.file(file).name);
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The id of a rule and where it is written; without one, the name of its file.
fn id_of(document: &Document, sources: &Sources) -> (String, Span) {
    let id = document.node.get("rule").and_then(|rule| rule.get("id"));
    match id.and_then(|id| Some((id.text()?.to_owned(), id.span))) {
        Some(written) => written,
        None => (stem(sources, document.file), document.node.span),
    }
}
