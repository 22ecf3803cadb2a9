//! Resolves entries as written into entries that know their rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::allowlist::Allowlist;
use super::entry::AllowlistEntry;
use super::guard::{Guard, WrittenGuard};
use super::pattern::{Pattern, is_everything};
use super::read::WrittenEntry;
use super::samples;
use crate::diag::codes::allow as codes;
use crate::diag::{Diagnostic, did_you_mean};
use crate::expr::{self, Declarations, Env, Expected, Expr};
use crate::record::reference::{ASSETS, NOTES};
use crate::source::{Fragment, Span};
use crate::value::RecordKind;

/// What happens to an entry that names no rule or covers everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// It is an error.
    #[default]
    Refuse,
    /// The entry is loaded, and states it.
    Audit,
}

/// Builds the allowlist from the entries of these files; `rules` are the ids and kinds of the
/// enabled rules.
///
/// Every error is collected. An entry with an error is left out.
pub fn load(
    written: Vec<Vec<WrittenEntry>>,
    rules: &[(&str, RecordKind)],
    disabled: &[String],
    env: &dyn Env,
    strictness: Strictness,
) -> (Allowlist, Vec<Diagnostic>) {
    let mut loader = Loader {
        rules,
        disabled,
        strictness,
        env,
        named: BTreeMap::new(),
        ids: BTreeMap::new(),
        diagnostics: Vec::new(),
    };
    let mut entries = Vec::with_capacity(written.iter().map(Vec::len).sum());
    // File by file, so that the written form of one file is dropped before the next is resolved.
    for mut written in written.into_iter().flatten() {
        if loader.resolve(&mut written) {
            entries.push((written.entry, written.lookup));
        }
    }
    let kinds: Vec<RecordKind> = rules.iter().map(|&(_, kind)| kind).collect();
    (Allowlist::new(entries, &kinds), loader.diagnostics)
}

/// Adds the guards of the project file to the allowlist. A guard with an error is left out.
pub fn load_guards(
    allowlist: &mut Allowlist,
    written: &[WrittenGuard],
    rules: &[(&str, RecordKind)],
    disabled: &[String],
    env: &dyn Env,
) -> Vec<Diagnostic> {
    let mut loader = Loader {
        rules,
        disabled,
        strictness: Strictness::Refuse,
        env,
        named: BTreeMap::new(),
        ids: BTreeMap::new(),
        diagnostics: Vec::new(),
    };
    let guards = written.iter().map(|written| loader.guard(written)).collect();
    let kinds: Vec<RecordKind> = rules.iter().map(|&(_, kind)| kind).collect();
    allowlist.guard(guards, &kinds);
    loader.diagnostics
}

struct Loader<'a> {
    rules: &'a [(&'a str, RecordKind)],
    disabled: &'a [String],
    strictness: Strictness,
    env: &'a dyn Env,
    /// Rules by the name or pattern that selects them; many entries use the same name.
    named: BTreeMap<String, Named>,
    /// The ids, each with the place where it first occurs.
    ids: BTreeMap<String, Span>,
    diagnostics: Vec<Diagnostic>,
}

/// The rules that one name or pattern selects.
#[derive(Debug, Clone, Default)]
struct Named {
    rules: Arc<[usize]>,
    disabled: bool,
}

impl Loader<'_> {
    fn error(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Resolves the rules and the condition of a guard.
    fn guard(&mut self, written: &WrittenGuard) -> Guard {
        let mut rules = Vec::new();
        for (name, span) in &written.names {
            let named = self.find(name);
            if named.rules.is_empty() && !named.disabled {
                self.unknown(name, *span);
            }
            rules.extend(named.rules.iter().copied());
        }
        rules.sort_unstable();
        rules.dedup();
        let mut kinds: Vec<RecordKind> =
            rules.iter().filter_map(|&rule| Some(self.rules.get(rule)?.1)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            // The condition is checked even if every rule is turned off.
            kinds.extend(RecordKind::ALL);
        }
        let when = self.when(&written.when, &kinds);
        Guard {
            names: written.names.iter().map(|(name, _)| name.clone()).collect(),
            rules: rules.into(),
            when,
            reason: written.reason.clone(),
            span: written.span,
        }
    }

    /// Resolves the rules and conditions of an entry; returns false if there is an error.
    fn resolve(&mut self, written: &mut WrittenEntry) -> bool {
        let before = self.diagnostics.len();
        self.unique(&written.entry.id, written.entry.span);
        self.tables(written);
        let rules = self.rules(written);
        let named = rules.len();
        (written.entry.rules, written.entry.when) = self.applicable(written, rules);
        let audit = self.strictness == Strictness::Audit;
        if (!written.broad || audit) && !written.broken {
            self.limit(written, named);
        }
        if audit {
            self.state(written, before);
        }
        !written.broken && !self.diagnostics[before..].iter().any(Diagnostic::is_error)
    }

    /// Moves the problems that an audit reports from the diagnostics to the entry.
    fn state(&mut self, written: &mut WrittenEntry, before: usize) {
        let WrittenEntry { entry, names, .. } = written;
        for problem in self.diagnostics.split_off(before) {
            let is_at = |span: Span| problem.labels.iter().any(|label| label.span == span);
            if problem.code == &codes::TOO_BROAD {
                entry.covers_everything = true;
            } else if problem.code == &codes::NOT_APPLICABLE {
                entry.inapplicable = true;
            } else if let Some(name) = names.iter().find(|(_, span)| is_at(*span))
                && problem.code == &codes::UNKNOWN_RULE
            {
                entry.unknown_rules.push(name.clone());
            } else if problem.code != &codes::RULES_DISABLED {
                self.diagnostics.push(problem);
            }
        }
    }

    fn unique(&mut self, id: &str, span: Span) {
        let first = *self.ids.entry(id.to_owned()).or_insert(span);
        if first != span {
            let message = format!("two allowlist entries have the id `{id}`");
            let diagnostic = Diagnostic::error(&codes::DUPLICATE_ENTRY, message)
                .at(span, "the second")
                .at(first, "the first");
            self.error(diagnostic);
        }
    }

    /// Reports kinds of address whose tables have no rows, because they would match nothing.
    fn tables(&mut self, written: &WrittenEntry) {
        for (kind, span) in &written.kinds {
            let empty = |id: &&str| self.env.table(id).is_none_or(|table| table.is_empty());
            let needed = [ASSETS, NOTES].into_iter().take(1 + usize::from(kind.noted));
            let Some(table) = needed.into_iter().find(empty) else { continue };
            let message = format!(
                "the address kind `{}` needs the table `{table}`, which has no rows",
                kind.word
            );
            let help = format!(
                "name its data file under `tables` in keytrail.yaml, or by `--table {table}=FILE`"
            );
            self.error(Diagnostic::error(&codes::NEEDS_ASSETS, message).at(*span, "").help(help));
        }
    }

    /// The rules that the entry names, ascending.
    fn rules(&mut self, written: &WrittenEntry) -> Arc<[usize]> {
        let before = self.diagnostics.len();
        let id = &written.entry.id;
        let (mut rules, mut disabled) = (Vec::<Arc<[usize]>>::new(), false);
        for (name, span) in &written.names {
            let named = match self.named.get(name) {
                Some(named) => named.clone(),
                None => {
                    let named = self.find(name);
                    self.named.insert(name.clone(), named.clone());
                    named
                }
            };
            if named.rules.is_empty() && !named.disabled {
                self.unknown(name, *span);
            }
            disabled |= named.disabled;
            rules.push(named.rules);
        }
        if written.names.is_empty() {
            let message = format!("the entry `{id}` names no rule, so it would cover nothing");
            self.error(Diagnostic::error(&codes::UNKNOWN_RULE, message).at(written.rules, ""));
        }
        if let [one] = rules.as_slice()
            && !one.is_empty()
        {
            return one.clone();
        }
        let mut all: Vec<usize> = rules.iter().flat_map(|rules| rules.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() && disabled && self.diagnostics.len() == before {
            let message =
                format!("the entry `{id}` covers nothing: every rule that it names is turned off");
            self.error(Diagnostic::note(&codes::RULES_DISABLED, message).at(written.rules, ""));
        }
        all.into()
    }

    /// Rejects an entry that covers everything; `named` is the number of rules that it names.
    fn limit(&mut self, written: &WrittenEntry, named: usize) {
        const HELP: &str = "add `broad: true` if this is intended";
        let AllowlistEntry { id, rules, when, when_span, conditions, .. } = &written.entry;
        let by_pattern = written.names.iter().find(|(name, _)| Pattern::is_pattern(name));
        if let Some((name, span)) = by_pattern
            && (is_everything(name) || named > 1 && named == self.rules.len())
        {
            let message = format!("the entry `{id}` names every rule");
            self.error(Diagnostic::error(&codes::TOO_BROAD, message).at(*span, "").help(HELP));
        }
        let of_rules = || rules.iter().filter_map(|&rule| Some((self.rules.get(rule)?.1, None)));
        let everything =
            |(kind, when)| samples::all_are_covered(kind, conditions, &written.always, when);
        let covers_all = match when_span {
            Some(_) => when.iter().map(|(kind, when)| (*kind, Some(when))).any(everything),
            None => of_rules().any(everything),
        };
        if covers_all {
            let message = format!("the entry `{id}` selects every call");
            let mut diagnostic = Diagnostic::error(&codes::TOO_BROAD, message)
                .at(written.matched, "every call has these values");
            if let Some(span) = when_span {
                diagnostic = diagnostic.at(*span, "and satisfies this condition");
            }
            self.error(diagnostic.help(HELP));
        }
    }

    fn find(&self, name: &str) -> Named {
        let pattern = Pattern::exact(name);
        let rules = self.rules.iter().enumerate().filter(|(_, (id, _))| pattern.matches(id));
        Named {
            rules: rules.map(|(index, _)| index).collect(),
            disabled: self.disabled.iter().any(|id| pattern.matches(id)),
        }
    }

    fn unknown(&mut self, name: &str, span: Span) {
        let message = if Pattern::is_pattern(name) {
            format!("no rule has an id like `{name}`")
        } else {
            format!("there is no rule `{name}`")
        };
        let candidates = self.rules.iter().map(|&(id, _)| id);
        let candidates = candidates.chain(self.disabled.iter().map(String::as_str));
        let help = did_you_mean(name, candidates)
            .unwrap_or_else(|| "`keytrail rules` lists every rule".to_owned());
        self.error(Diagnostic::error(&codes::UNKNOWN_RULE, message).at(span, "").help(help));
    }

    /// The rules whose records have every field that the entry selects by, and `when` for each
    /// kind.
    fn applicable(
        &mut self,
        written: &WrittenEntry,
        rules: Arc<[usize]>,
    ) -> (Arc<[usize]>, Vec<(RecordKind, Expr)>) {
        let id = &written.entry.id;
        let mut kinds: Vec<RecordKind> =
            rules.iter().filter_map(|&rule| Some(self.rules.get(rule)?.1)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let turned_off = kinds.is_empty();
        if turned_off {
            kinds.extend(RecordKind::ALL);
        }
        let before = self.diagnostics.len();
        let mut fitting = kinds.clone();
        for &(of, span) in &written.selectors {
            let name = of.name();
            fitting.retain(|&kind| !of.fields(kind).is_empty());
            if kinds.iter().all(|&kind| of.fields(kind).is_empty()) {
                let message = format!(
                    "the entry `{id}` selects by `{name}`, which {} do not have",
                    plural(&kinds)
                );
                self.error(
                    Diagnostic::error(&codes::NOT_APPLICABLE, message)
                        .at(span, "no rule of this entry reads records with it"),
                );
            }
        }
        let mut when = Vec::new();
        if let Some(source) = &written.when {
            when = self.when(source, &kinds);
            fitting.retain(|kind| when.iter().any(|(of, _)| of == kind));
        }
        if self.diagnostics[before..].iter().any(Diagnostic::is_error) || turned_off {
            return (rules, when);
        }
        let of_kind =
            |rule: &&usize| self.rules.get(**rule).is_some_and(|(_, kind)| fitting.contains(kind));
        let covered: Arc<[usize]> = rules.iter().filter(of_kind).copied().collect();
        if covered.is_empty() {
            let message = format!(
                "the entry `{id}` covers nothing: none of its rules has all fields that it selects by"
            );
            self.error(Diagnostic::error(&codes::NOT_APPLICABLE, message).at(written.rules, ""));
        } else if covered.len() < rules.len() {
            let others = rules.iter().filter(|rule| !of_kind(rule));
            let names: Vec<&str> =
                others.filter_map(|&rule| Some(self.rules.get(rule)?.0)).collect();
            let message = format!(
                "the entry `{id}` covers no match of {}, whose records lack fields that it selects by",
                listed(&names)
            );
            self.error(Diagnostic::note(&codes::PARTLY_APPLICABLE, message).at(written.rules, ""));
        }
        when.retain(|(kind, _)| fitting.contains(kind));
        (if covered.len() == rules.len() { rules } else { covered }, when)
    }

    /// Compiles `when` for each kind that has its fields. It is an error if no kind has them.
    fn when(&mut self, source: &Fragment, kinds: &[RecordKind]) -> Vec<(RecordKind, Expr)> {
        let (mut compiled, mut warnings, mut errors) = (Vec::new(), None, Vec::new());
        for &kind in kinds {
            let declarations = Declarations { on: Some(kind), ..Declarations::default() };
            match expr::compile(source, Expected::Condition, &declarations, self.env) {
                Ok((when, problems)) => {
                    compiled.push((kind, when));
                    warnings.get_or_insert(problems);
                }
                Err(problems) => errors.push((kind, problems)),
            }
        }
        if compiled.is_empty() {
            // The errors are clearest for the kind whose name the expression contains.
            let meant =
                |(kind, _): &(RecordKind, _)| source.text.contains(&format!("{}.", kind.name()));
            let at = errors.iter().position(meant).unwrap_or_default();
            self.diagnostics.extend(errors.into_iter().nth(at).into_iter().flat_map(|(_, e)| e));
        } else {
            self.diagnostics.extend(warnings.into_iter().flatten());
        }
        compiled
    }
}

fn plural(kinds: &[RecordKind]) -> String {
    let names: Vec<String> = kinds.iter().map(|kind| format!("{}s", kind.name())).collect();
    names.join(" and ")
}

fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more rules", shown.join(", ")),
    }
}
