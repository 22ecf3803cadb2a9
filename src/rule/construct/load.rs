//! `correlate`, `sequence` and `first_seen` of a rule file.

use super::super::load::Loader;
use super::{Construct, Step};
use crate::diag::codes::{policy, rule as codes};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::{Declarations, Expected, Expr, Param};
use crate::value::{Duration, RecordKind, Value};
use crate::yaml::{Entry, Node};

/// What a rule has beside or instead of its `when`, at most one of these.
const CONSTRUCTS: [&str; 3] = ["correlate", "sequence", "first_seen"];

/// A construct with what its matches must meet.
pub(in crate::rule) struct Built {
    pub(in crate::rule) construct: Construct,
    pub(in crate::rule) steps: Vec<Step>,
}

impl<'a> Loader<'a> {
    /// The steps and the construct, once everything in them is valid. `by` is the rule's.
    pub(in crate::rule) fn construct(
        &mut self,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Built> {
        let on = declarations.on?;
        let body = self.body;
        let mut of = body.entries().iter().filter(|e| CONSTRUCTS.contains(&e.key.text()));
        let (first, second) = (of.next(), of.next());
        if let (Some(first), Some(second)) = (first, second) {
            let message = format!(
                "a rule has either `{}` or `{}`, not both",
                first.key.text(),
                second.key.text()
            );
            self.diagnostics.push(
                Diagnostic::error(&codes::CONSTRUCTS, message)
                    .at(second.key.span(), "the second")
                    .at(first.key.span(), "the first")
                    .help("write a rule for each"),
            );
            return None;
        }
        match first {
            None => {
                let step = self.only_step(declarations, by)?;
                Some(Built { construct: Construct::Plain, steps: vec![step] })
            }
            Some(entry) => {
                self.kind_has(entry, on);
                match entry.key.text() {
                    "correlate" => self.correlate(entry, declarations, by),
                    "sequence" => self.sequence(entry, declarations, by),
                    _ => self.first_seen(entry, declarations, by),
                }
            }
        }
    }

    /// A report has no order of things in time.
    fn kind_has(&mut self, entry: &'a Entry, on: RecordKind) {
        if on == RecordKind::Event {
            return;
        }
        let name = entry.key.text();
        let within = entry.value.get("within");
        let (message, at) = match (name, within) {
            ("correlate", None) => return,
            ("correlate", Some(within)) => (
                format!(
                    "a rule `on: {}` counts over the whole report, without `within`",
                    on.name()
                ),
                within.span,
            ),
            _ => (
                format!("`{name}` needs events, and the rule is `on: {}`", on.name()),
                entry.key.span(),
            ),
        };
        self.diagnostics.push(
            Diagnostic::error(&codes::CONSTRUCTS, message)
                .at(at, "everything in a report has one time"),
        );
    }

    /// The condition of a rule without steps.
    pub(super) fn only_step(
        &mut self,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Step> {
        let Some(source) = self.fragment("when") else {
            // Where `when` is something else, that has been said.
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
        Some(Step { id: String::new(), when, by: by.to_vec(), absent: false })
    }

    /// A length of time as written or as a parameter has it; `Err` when it is neither.
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
                Some(_) => {
                    let message =
                        format!("the parameter `{}` is no length of time", escaped(name, 60));
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
                let message = format!("`{}` is no length of time", escaped(text, 60));
                self.diagnostics.push(
                    Diagnostic::error(&policy::INVALID_VALUE, message)
                        .at(node.span, "expected one like `10m`, `24h`, `30d` or `params.NAME`"),
                );
                Err(())
            }
        }
    }
}
