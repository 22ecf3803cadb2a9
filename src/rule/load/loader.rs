//! The shared state and methods of the loaders for the parts of a rule file.

use std::collections::BTreeMap;

use crate::diag::codes::{policy, rule as codes};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::ir::{Ir, Op};
use crate::expr::{self, Declarations, Env, Expected, Expr, Param};
use crate::rule::{Construct, Pack, Severity, Step};
use crate::source::{Fragment, Sources, Span};
use crate::value::{Duration, Value};
use crate::yaml::Node;

/// The changes that the project file makes to a rule.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The new severity.
    pub severity: Option<Severity>,
    /// The new pack.
    pub pack: Option<Pack>,
    /// Values of parameters by name, with the place of the name.
    pub params: BTreeMap<String, (Span, Node)>,
    /// The tests were not read, so that their absence means nothing.
    pub without_tests: bool,
}

/// The state of loading one rule file.
pub(super) struct Loader<'a> {
    pub(super) body: &'a Node,
    pub(super) sources: &'a Sources,
    pub(super) overrides: &'a Overrides,
    pub(super) env: &'a dyn Env,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

/// A construct with the steps that its matches must satisfy.
pub(super) struct Built {
    pub(super) construct: Construct,
    pub(super) steps: Vec<Step>,
}

/// The values that make a subject.
pub(super) struct SubjectParts {
    pub(super) by: Vec<(String, Expr)>,
    /// The index of the list whose items are separate subjects.
    pub(super) each: Option<usize>,
}

impl<'a> Loader<'a> {
    pub(super) fn text(&self, key: &str) -> String {
        self.body.get(key).and_then(Node::text).unwrap_or_default().trim_end().to_owned()
    }

    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let items = self.body.get(key).map(Node::items).unwrap_or(&[]);
        items.iter().filter_map(Node::text).map(|text| text.trim_end().to_owned()).collect()
    }

    pub(super) fn word<T>(&self, key: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        self.body.get(key).and_then(Node::text).and_then(parse)
    }

    pub(super) fn fragment(&self, key: &str) -> Option<&'a Fragment> {
        self.body.get(key).and_then(Node::scalar).map(|scalar| &scalar.fragment)
    }

    /// Compiles an expression and collects its diagnostics.
    pub(super) fn compile(
        &mut self,
        source: &Fragment,
        expected: Expected,
        declarations: &Declarations<'_>,
    ) -> Option<Expr> {
        let compiled = expr::compile(source, expected, declarations, self.env);
        self.collect(compiled)
    }

    pub(super) fn collect(
        &mut self,
        compiled: Result<(Expr, Vec<Diagnostic>), Vec<Diagnostic>>,
    ) -> Option<Expr> {
        match compiled {
            Ok((expr, warnings)) => {
                self.diagnostics.extend(warnings);
                Some(expr)
            }
            Err(errors) => {
                self.diagnostics.extend(errors);
                None
            }
        }
    }

    /// Compiles expressions, each returned with its text; those with errors are left out.
    pub(super) fn expressions(
        &mut self,
        sources: &[&Fragment],
        declarations: &Declarations<'_>,
    ) -> Vec<(String, Expr)> {
        let mut all = Vec::new();
        for source in sources {
            if let Some(expr) = self.compile(source, Expected::Anything, declarations) {
                all.push((source.text.trim().to_owned(), expr));
            }
        }
        all
    }

    /// The condition of a rule without steps.
    pub(super) fn only_step(
        &mut self,
        declarations: &Declarations<'_>,
        subject: &SubjectParts,
    ) -> Option<Step> {
        let Some(source) = self.fragment("when") else {
            // If `when` is not text, that error was already reported.
            if self.body.get("when").is_none() {
                let at = self.body.entries().first().map_or(self.body.span, |e| e.key.span());
                self.diagnostics.push(
                    Diagnostic::error(&policy::MISSING_KEY, "the key `when` is missing")
                        .at(at, "this needs `when`")
                        .help(
                            "`when`: The condition; best written as a block that begins with `|`.",
                        ),
                );
            }
            return None;
        };
        let when = self.compile(source, Expected::Condition, declarations)?;
        let SubjectParts { by, each } = subject;
        Some(Step::new("", when, by.clone(), *each))
    }

    /// A length of time, as written or from a parameter; `Err` if it is neither.
    pub(super) fn length(
        &mut self,
        node: Option<&Node>,
        declarations: &Declarations<'_>,
    ) -> Result<Option<Duration>, ()> {
        let Some(node) = node else { return Ok(None) };
        let Some(text) = node.text() else { return Err(()) };
        let params = declarations.params;
        if let Some(name) = text.strip_prefix("params.") {
            match params.and_then(|params| params.get(name)) {
                Some(Param::Value(Value::Duration(duration))) => return Ok(Some(*duration)),
                Some(Param::Broken) => return Err(()),
                Some(_) => {
                    let message =
                        format!("the parameter `{}` is not a duration", escaped(name, 60));
                    self.diagnostics.push(
                        Diagnostic::error(&codes::PARAM, message)
                            .at(node.span, "expected one with `type: duration`"),
                    );
                }
                None => {
                    let names = params.into_iter().flat_map(|p| p.keys().map(String::as_str));
                    let message = format!("the rule has no parameter `{}`", escaped(name, 60));
                    self.diagnostics.push(
                        Diagnostic::error(&codes::UNKNOWN_PARAM, message)
                            .at(node.span, "unknown parameter")
                            .maybe_help(did_you_mean(name, names)),
                    );
                }
            }
            return Err(());
        }
        let length = node.seconds().and_then(|seconds| seconds.checked_mul(Duration::SECOND));
        match length {
            Some(micros) => Ok(Some(Duration(micros))),
            None => {
                let message = format!("`{}` is not a duration", escaped(text, 60));
                self.diagnostics.push(
                    Diagnostic::error(&policy::INVALID_VALUE, message)
                        .at(node.span, "expected one like `10m`, `24h`, `30d` or `params.NAME`"),
                );
                Err(())
            }
        }
    }
}

/// Whether an expression names a measure, and the first place where it reads a record or a report.
pub(super) fn reads(ir: &Ir) -> (bool, Option<Span>) {
    let (mut names_measure, mut record) = (false, None);
    ir.walk(&mut |node| match node.op {
        Op::Measure(_) => names_measure = true,
        Op::Field(_) | Op::Row(_) | Op::OfStep(..) | Op::Member(..) | Op::Report(..) => {
            record = record.or(Some(node.span));
        }
        _ => {}
    });
    (names_measure, record)
}
