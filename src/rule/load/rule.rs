//! Loads a whole rule file, except its construct.

use std::collections::BTreeMap;

use super::base::Bases;
use super::loader::{Built, Loader, Overrides, SubjectParts, reads};
use super::stray::gather;
use crate::diag::codes::{lint, rule as codes};
use crate::diag::{Diagnostic, escaped};
use crate::expr::ir::{Ir, Op};
use crate::expr::{self, Assumptions, Declarations, Env, Expected, Expr, Param};
use crate::record::FieldId;
use crate::record::reference::REFERENCES;
use crate::rule::construct::{Measure, measured};
use crate::rule::document::id_is_file_name;
use crate::rule::monotone::is_monotone;
use crate::rule::param::{parameters, params};
use crate::rule::{
    AcceptedSurvivor, Category, Confidence, Expectation, ExpectedCounts, Judged, Pack, RULE_FILE,
    Raise, Rule, Severity, Status, Step, TestCase,
};
use crate::source::{Fragment, Sources, Span};
use crate::value::{RecordKind, Value};
use crate::yaml::{self, Node};

/// Loads a rule file; `document` is its whole document.
///
/// Warnings are returned with the rule. If there is an error, no rule is returned.
pub fn load(
    document: &Node,
    sources: &Sources,
    overrides: &Overrides,
    env: &dyn Env,
) -> (Option<Rule>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    yaml::check(document, &RULE_FILE, &mut diagnostics);
    let Some(body) = document.get("rule") else { return (None, diagnostics) };
    gather(body, &mut diagnostics);
    if let Some(id) = body.get("id").and_then(Node::scalar) {
        diagnostics.extend(id_is_file_name(id, sources));
    }
    let rule = Loader { body, sources, overrides, env, diagnostics: &mut diagnostics }.rule();
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    if !overrides.without_tests {
        diagnostics.extend(rule.as_ref().and_then(untested));
    }
    (rule, diagnostics)
}

/// Warns if a rule lacks tests on both sides: it may never match, or always match.
fn untested(rule: &Rule) -> Option<Diagnostic> {
    let lacks = |finds| !rule.tests.iter().any(|test| test.expect.finds() == Some(finds));
    let (what, help) = match (lacks(true), lacks(false)) {
        (false, false) => return None,
        (true, true) => (
            "the rule has no tests",
            "add a test with `expect: match` and one with `expect: none` under `tests`",
        ),
        (true, false) => {
            ("the rule has no test for a record that it matches", "add a test with `expect: match`")
        }
        (false, true) => (
            "the rule has no test for a record that it does not match",
            "add a test with `expect: none`",
        ),
    };
    Some(Diagnostic::warning(&lint::UNTESTED, what).at(rule.id_span, "").help(help))
}

impl<'a> Loader<'a> {
    fn rule(&mut self) -> Option<Rule> {
        let on_span = self.body.get("on").map(|on| on.span);
        let on = self.word("on", RecordKind::parse);
        let written_severity = self.word("severity", Severity::parse);
        let declared = self.body.get("params").map(Node::entries).unwrap_or(&[]);
        let params = params(declared, &self.overrides.params, self.env, self.diagnostics);
        let tests = self.tests();
        // If the kind of record is unknown, no expression can be checked.
        let on = on?;
        let declarations =
            Declarations { on: Some(on), params: Some(&params), ..Declarations::default() };
        let by = self.by(on, on_span?, &declarations);
        let mut built = self.construct(&declarations, &by);
        let measures = built.as_ref().map_or(&[][..], |built| built.construct.measures()).to_vec();
        let (named, steps) = (measured(&measures), self.steps_of_message());
        let declarations = Declarations { measures: &named, steps: &steps, ..declarations };
        // If the measures are unknown, expressions that name them cannot be checked.
        let keys = ["correlate", "after_silence"];
        let unknown = built.is_none() && keys.iter().any(|key| self.body.get(key).is_some());
        let raise = match unknown {
            true => Vec::new(),
            false => self.raise(written_severity, &declarations, &measures, &mut built),
        };
        let message = self.fragment("message").or_else(|| self.fragment("title"));
        let message = message.filter(|_| !unknown).and_then(|source| {
            let compiled = expr::compile_template(source, &declarations, self.env);
            let message = self.collect(compiled)?;
            message.parts().iter().for_each(|part| self.one_of_both(part));
            Some(self.of_steps(message, &mut built))
        });
        let id = self.body.get("id").and_then(Node::scalar)?;
        let Built { construct, steps } = built?;
        Some(Rule {
            id: id.text().to_owned(),
            id_span: id.span(),
            title: self.text("title"),
            category: self.word("category", Category::parse)?,
            severity: self.overrides.severity.or(written_severity)?,
            status: self.word("status", Status::parse).unwrap_or(Status::Stable),
            pack: self
                .overrides
                .pack
                .or_else(|| self.word("pack", Pack::parse))
                .unwrap_or(Pack::Core),
            confidence: self.word("confidence", Confidence::parse).unwrap_or(Confidence::High),
            on,
            tags: self.texts("tags"),
            controls: self.texts("controls"),
            references: self.texts("references"),
            description: self.text("description"),
            false_positives: self.texts("false_positives"),
            remediation: self.text("remediation"),
            renamed_from: self.body.get("renamed_from").and_then(Node::text).map(str::to_owned),
            not_configured: not_configured(&steps, self.sources, &params, self.env),
            steps,
            construct,
            raise,
            message: message?,
            tests,
            survivors: self.survivors(),
            builtin: false,
            params,
            parameters: parameters(declared),
        })
    }

    fn raise(
        &mut self,
        severity: Option<Severity>,
        declarations: &Declarations<'_>,
        measures: &[Measure],
        built: &mut Option<Built>,
    ) -> Vec<Raise> {
        let items = self.body.get("raise").map(Node::items).unwrap_or(&[]);
        let mut raise = Vec::new();
        for item in items {
            let to = item.get("to").and_then(Node::text).and_then(Severity::parse);
            if let (Some(to), Some(severity), Some(at)) = (to, severity, item.get("to"))
                && to <= severity
            {
                self.diagnostics.push(
                    Diagnostic::error(
                        &codes::RAISE,
                        format!(
                            "`raise` to `{}` does not raise the severity `{}`",
                            to.name(),
                            severity.name()
                        ),
                    )
                    .at(at.span, "expected a higher severity"),
                );
            }
            let source = item.get("when").and_then(Node::scalar);
            let when = source.and_then(|source| {
                self.compile(&source.fragment, Expected::Condition, declarations)
            });
            if let (Some(to), Some(when)) = (to, when) {
                let judged = match when.names_steps() {
                    // Another instance can have other values.
                    true => Judged::Occurrence { grows: false },
                    false => self.judged(&when, measures),
                };
                let when = self.of_steps(when, built);
                raise.push(Raise { to, when, judged });
            }
        }
        raise
    }

    /// What a `raise` is evaluated for: an occurrence if it names a measure, else a match.
    fn judged(&mut self, when: &Expr, measures: &[Measure]) -> Judged {
        self.tests_no_values(when, measures);
        let (names_measure, record) = reads(when.ir());
        if !names_measure {
            return Judged::Match;
        }
        if let Some(at) = record {
            let message = "a `raise` that names a measure is evaluated for an occurrence, which is no \
                           single record";
            self.diagnostics.push(
                Diagnostic::error(&codes::RAISE, message)
                    .at(at, "a window has many records")
                    .help("count the records in a measure, or write two `raise`"),
            );
        }
        Judged::Occurrence { grows: is_monotone(when, measures) }
    }

    /// Reports a placeholder of the message that reads both a measure and a record. Measures are
    /// known only after all matches are, and the record of a match is then not always available.
    fn one_of_both(&mut self, part: &Ir) {
        if let (true, Some(at)) = reads(part) {
            let message =
                "a placeholder of `message` that reads a measure cannot also read a record";
            self.diagnostics.push(
                Diagnostic::error(&codes::MEASURE, message)
                    .at(at, "this reads a record")
                    .help("use a separate `${…}` for each"),
            );
        }
    }

    /// The subject: as written, else the account and the actor.
    fn by(
        &mut self,
        on: RecordKind,
        on_span: Span,
        declarations: &Declarations<'_>,
    ) -> SubjectParts {
        if let Some(by) = self.body.get("by") {
            return self.subject(by, declarations);
        }
        let default = default_by(on).iter();
        let sources: Vec<Fragment> =
            default.map(|text| Fragment::new((*text).to_owned(), on_span, Vec::new())).collect();
        let by = self.expressions(&sources.iter().collect::<Vec<_>>(), declarations);
        SubjectParts { by, each: None }
    }

    fn survivors(&self) -> Vec<AcceptedSurvivor> {
        let items = self.body.get("survivors").map(Node::items).unwrap_or(&[]);
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let read = |item: &Node| {
            let text = |key| item.get(key).and_then(Node::text);
            Some(AcceptedSurvivor {
                code: one_line(text("code")?),
                change: text("change").unwrap_or_default().to_owned(),
                reason: text("reason")?.trim_end().to_owned(),
                span: item.get("code")?.span,
            })
        };
        items.iter().filter_map(read).collect()
    }

    fn tests(&mut self) -> Vec<TestCase> {
        let items = self.body.get("tests").map(Node::items).unwrap_or(&[]);
        let mut bases = Bases::of(self.body, self.diagnostics);
        let mut names: BTreeMap<&str, Span> = BTreeMap::new();
        let mut tests = Vec::new();
        for item in items {
            let Some(name) = item.get("name").and_then(Node::scalar) else { continue };
            if let Some(&first) = names.get(name.text()) {
                self.diagnostics.push(
                    Diagnostic::error(
                        &codes::DUPLICATE_TEST,
                        format!("two tests are called `{}`", escaped(name.text(), 100)),
                    )
                    .at(name.span(), "here again")
                    .at(first, "here first")
                    .help("rename one of the two"),
                );
            }
            names.entry(name.text()).or_insert(name.span());
            let node = bases.complete(item, self.diagnostics);
            if let Some(expect) = item.get("expect").and_then(expectation) {
                tests.push(TestCase { name: name.text().to_owned(), node, expect });
            }
        }
        self.diagnostics.extend(bases.unused());
        tests
    }
}

fn expectation(node: &Node) -> Option<Expectation> {
    match node.text() {
        Some("match") => Some(Expectation::Match),
        Some("none") => Some(Expectation::None),
        Some(_) => None,
        None => {
            let count = |key| node.get(key).and_then(Node::int).and_then(|n| u64::try_from(n).ok());
            let text = |key| node.get(key).and_then(Node::text).map(str::to_owned);
            let subject = node.get("subject").map(|subject| {
                subject.items().iter().filter_map(Node::text).map(str::to_owned).collect()
            });
            Some(Expectation::Counts(Box::new(ExpectedCounts {
                findings: count("findings"),
                subjects: count("subjects"),
                occurrences: count("occurrences"),
                uncertain: count("uncertain"),
                severity: node.get("severity").and_then(Node::text).and_then(Severity::parse),
                message: text("message"),
                subject,
                suppressed: count("suppressed"),
                entry: text("entry"),
            })))
        }
    }
}

/// The default subject: two matches with the same values belong to one finding.
fn default_by(on: RecordKind) -> &'static [&'static str] {
    match on {
        RecordKind::Event => &["event.account", "event.actor"],
        RecordKind::Cred => &["cred.account", "cred.user"],
        RecordKind::Key => &["cred.account", "cred.user", "key.id ?? key.slot"],
    }
}

/// The reason why a condition that is never true is not a mistake: it reads an empty list or a
/// table without rows.
fn not_configured(
    steps: &[Step],
    sources: &Sources,
    params: &BTreeMap<String, Param>,
    env: &dyn Env,
) -> Option<String> {
    let unfilled = Unfilled(env);
    let never = |step: &&Step| step.when.assuming(&unfilled).constant() == Some(false);
    let Step { when, .. } = steps.iter().filter(|step| !step.absent).find(never)?;
    let text = sources.text(when.span());
    let named = |prefix: &'static str| {
        text.match_indices(prefix).map(move |(at, _)| {
            let rest = &text[at + prefix.len()..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            &rest[..end.unwrap_or(rest.len())]
        })
    };
    let param = named("params.")
        .find(|name| matches!(params.get(*name), Some(Param::List(list)) if list.is_empty()));
    let list = named("lists.").find(|id| env.list(id).is_some_and(|list| list.is_empty()));
    let mut table = None;
    when.ir().walk(&mut |node| match &node.op {
        Op::Lookup(read, _) | Op::Cell(read, ..) if read.is_empty() => table = table.or(Some(read)),
        _ => {}
    });
    param
        .map(|name| format!("its parameter `{name}` is an empty list"))
        .or_else(|| list.map(|id| format!("the list `{id}` is empty")))
        .or_else(|| table.map(|table| format!("the table `{}` has no rows", table.id())))
        .or_else(|| {
            let of = REFERENCES.iter().find(|of| {
                when.fields().contains(of.field) && unfilled.field(of.field).is_some()
            })?;
            let field = of.field.field().path();
            Some(format!("`{field}` comes from the table `{}`, which has no rows", of.table))
        })
}

/// What is known about every record: fields from tables without rows are missing.
struct Unfilled<'e>(&'e dyn Env);

impl Assumptions for Unfilled<'_> {
    fn field(&self, field: FieldId) -> Option<Value<'static>> {
        let of = REFERENCES.iter().find(|of| of.field == field)?;
        self.0.table(of.table).is_none_or(|table| table.is_empty()).then_some(Value::Missing)
    }

    fn row(&self, _: RecordKind) -> Option<bool> {
        None
    }
}
