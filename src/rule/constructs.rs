//! `correlate`, `sequence` and `first_seen` of a rule file.

use std::collections::BTreeMap;

use super::grows::grows;
use super::load::Loader;
use super::name;
use super::{Construct, Correlate, FirstSeen, Measure, MeasureKind, Sequence, Step};
use crate::diag::codes::{policy, rule as codes};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::{Declarations, Expected, Expr, Measured, Param};
use crate::source::{Fragment, Span};
use crate::value::{Duration, RecordKind, Type, Value};
use crate::yaml::{Entry, Node};

/// Steps of one sequence.
pub(super) const MAX_STEPS: usize = 16;

/// What a rule has beside or instead of its `when`, at most one of these.
const CONSTRUCTS: [&str; 3] = ["correlate", "sequence", "first_seen"];

/// A construct with what its matches must meet.
pub(super) struct Built {
    pub(super) construct: Construct,
    pub(super) steps: Vec<Step>,
}

impl<'a> Loader<'a> {
    /// The steps and the construct, once everything in them is valid. `by` is the rule's.
    pub(super) fn construct(
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
    fn only_step(
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

    fn correlate(
        &mut self,
        entry: &'a Entry,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Built> {
        let step = self.only_step(declarations, by);
        let within = self.length(entry.value.get("within"), declarations);
        let measures = self.measures(&entry.value, declarations)?;
        let named = measured(&measures);
        let of_window = Declarations { on: None, measures: &named, ..declarations.clone() };
        let source = &entry.value.get("having")?.scalar()?.fragment;
        let having = self.compile(source, Expected::Condition, &of_window)?;
        let grows = grows(&having, &measures);
        let construct =
            Construct::Correlate(Correlate { within: within.ok()?, measures, having, grows });
        Some(Built { construct, steps: vec![step?] })
    }

    /// `None` when a measure is wrong.
    fn measures(
        &mut self,
        correlate: &'a Node,
        declarations: &Declarations<'_>,
    ) -> Option<Vec<Measure>> {
        let node = correlate.get("measures")?;
        if node.entries().is_empty() {
            let message = "`correlate` needs at least one measure";
            self.diagnostics.push(
                Diagnostic::error(&codes::MEASURE, message)
                    .at(node.span, "nothing is counted")
                    .help("`measures: { calls: { count: \"true\" } }` counts every match"),
            );
            return None;
        }
        let measures: Vec<Option<Measure>> =
            node.entries().iter().map(|entry| self.measure(entry, declarations)).collect();
        measures.into_iter().collect()
    }

    fn measure(&mut self, entry: &'a Entry, declarations: &Declarations<'_>) -> Option<Measure> {
        let problem = name::alone(&entry.key, "measure").or_else(|| {
            self.env.definition(entry.key.text()).map(|_| {
                let written = escaped(entry.key.text(), 60);
                Diagnostic::error(
                    &codes::MEASURE,
                    format!("`{written}` is the name of a definition and cannot be a measure too"),
                )
                .at(entry.key.span(), "choose another name")
            })
        });
        let wrong = problem.is_some();
        self.diagnostics.extend(problem);
        let kinds = entry.value.entries();
        let (Some(kind), None) = (kinds.first(), kinds.get(1)) else {
            let message = format!(
                "the measure `{}` counts in one way: `{}`",
                escaped(entry.key.text(), 60),
                MeasureKind::WORDS.join("`, `")
            );
            let at = kinds.get(1).map_or(entry.value.span, |second| second.key.span());
            self.diagnostics
                .push(Diagnostic::error(&codes::MEASURE, message).at(at, "expected one of them"));
            return None;
        };
        let (source, kind) = (&kind.value.scalar()?.fragment, MeasureKind::parse(kind.key.text())?);
        let expected = match kind {
            MeasureKind::Count => Expected::Condition,
            _ => Expected::Anything,
        };
        let operand = self.compile(source, expected, declarations)?;
        let takes = match kind {
            MeasureKind::Count | MeasureKind::Distinct => None,
            MeasureKind::Sum if operand.ty() == Type::Int => None,
            MeasureKind::Sum => Some("an integer"),
            _ if matches!(operand.ty(), Type::Int | Type::Time | Type::Duration) => None,
            _ => Some("an integer, a time or a length of time"),
        };
        if let Some(takes) = takes {
            let message = format!("`{}` takes {takes}, not {}", kind.name(), operand.ty());
            self.diagnostics
                .push(Diagnostic::error(&codes::MEASURE, message).at(operand.span(), ""));
            return None;
        }
        let no_value = match operand.ty() {
            Type::Record(_) | Type::Row => Some("name one of its fields"),
            _ => None,
        };
        if let Some(help) = no_value {
            let message = format!("`{}` takes a value, not {}", kind.name(), operand.ty());
            self.diagnostics.push(
                Diagnostic::error(&codes::MEASURE, message).at(operand.span(), "").help(help),
            );
            return None;
        }
        (!wrong).then(|| Measure { name: entry.key.text().to_owned(), kind, operand })
    }

    fn sequence(
        &mut self,
        entry: &'a Entry,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Built> {
        let errors = self.diagnostics.len();
        if let Some(when) = self.body.entries().iter().find(|entry| entry.key.text() == "when") {
            self.diagnostics.push(
                Diagnostic::error(&codes::CONSTRUCTS, "a rule with steps has no `when` of its own")
                    .at(when.key.span(), "beside `sequence`")
                    .help("put the condition into the steps"),
            );
        }
        let within = self.length(entry.value.get("within"), declarations);
        let nodes = entry.value.get("steps").map(Node::items).unwrap_or(&[]);
        let mut names: BTreeMap<&str, Span> = BTreeMap::new();
        let mut steps = Vec::new();
        for node in nodes {
            if let Some(id) = node.get("id").and_then(Node::scalar) {
                if let Some(&first) = names.get(id.text()) {
                    let message = format!("two steps are called `{}`", escaped(id.text(), 60));
                    self.diagnostics.push(
                        Diagnostic::error(&codes::STEPS, message)
                            .at(id.span(), "here again")
                            .at(first, "here first"),
                    );
                }
                names.entry(id.text()).or_insert(id.span());
            }
            steps.extend(self.step(node, declarations, by));
        }
        self.check_steps(&entry.value, nodes, &steps);
        let complete = self.diagnostics.len() == errors || steps.len() == nodes.len();
        let construct = Construct::Sequence(Sequence { within: within.ok()? });
        (complete && !steps.is_empty()).then_some(Built { construct, steps })
    }

    fn step(
        &mut self,
        node: &'a Node,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Step> {
        let own = node.get("by").map(|own| {
            let sources = own.items().iter().filter_map(|item| Some(&item.scalar()?.fragment));
            let sources: Vec<&Fragment> = sources.collect();
            self.expressions(&sources, declarations)
        });
        let source = &node.get("when")?.scalar()?.fragment;
        let when = self.compile(source, Expected::Condition, declarations)?;
        let id = node.get("id")?.text()?.to_owned();
        let absent = node.get("absent").and_then(Node::bool).unwrap_or(false);
        Some(Step { id, when, by: own.unwrap_or_else(|| by.to_vec()), absent })
    }

    /// What holds for the steps together.
    fn check_steps(&mut self, sequence: &Node, nodes: &[Node], steps: &[Step]) {
        let at = sequence.get("steps").map_or(sequence.span, |steps| steps.span);
        let mut wrong = |message: String, at: Span, label: &str, help: Option<&str>| {
            self.diagnostics.push(
                Diagnostic::error(&codes::STEPS, message)
                    .at(at, label)
                    .maybe_help(help.map(str::to_owned)),
            );
        };
        if nodes.len() < 2 || nodes.len() > MAX_STEPS {
            let message = format!("a sequence has 2 to {MAX_STEPS} steps, not {}", nodes.len());
            return wrong(message, at, "", None);
        }
        if steps.len() != nodes.len() {
            return;
        }
        if steps.iter().all(|step| step.absent) {
            wrong(
                "a sequence needs a step that is there".to_owned(),
                at,
                "every step is `absent`",
                Some("nothing happening at all is no finding"),
            );
        }
        let parts = steps[0].by.len();
        for (step, node) in steps.iter().zip(nodes).filter(|(step, _)| step.by.len() != parts) {
            let message = format!(
                "the steps `{}` and `{}` have subjects of {parts} and {} values, and must have as \
                 many",
                steps[0].id,
                step.id,
                step.by.len()
            );
            let at = node.get("by").map_or(node.span, |by| by.span);
            wrong(message, at, "can never be the subject of the other", None);
        }
        let types = |step: &Step| step.by.iter().map(|(_, by)| by.ty()).collect::<Vec<_>>();
        let first = types(&steps[0]);
        for step in steps.iter().filter(|step| step.by.len() == parts) {
            let differs = types(step).iter().zip(&first).position(|(a, b)| !meets(*a, *b));
            if let Some(position) = differs {
                let message = format!(
                    "the steps `{}` and `{}` have subjects of different types: {} and {}",
                    steps[0].id,
                    step.id,
                    first[position],
                    step.by[position].1.ty()
                );
                wrong(message, step.by[position].1.span(), "never equal", None);
            }
        }
    }

    fn first_seen(
        &mut self,
        entry: &'a Entry,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Built> {
        let step = self.only_step(declarations, by);
        let history = self.length(entry.value.get("history"), declarations);
        let nodes = entry.value.get("of").map(Node::items).unwrap_or(&[]);
        let sources: Vec<&Fragment> =
            nodes.iter().filter_map(|item| Some(&item.scalar()?.fragment)).collect();
        if let (Some(of), true) = (entry.value.get("of"), nodes.is_empty()) {
            let message = "`first_seen` needs a value that can be new";
            self.diagnostics
                .push(Diagnostic::error(&codes::CONSTRUCTS, message).at(of.span, "is empty"));
        }
        let of = self.expressions(&sources, declarations);
        let all = Fragment::new("true".to_owned(), entry.key.span(), Vec::new());
        let among = match entry.value.get("among") {
            Some(among) => among.scalar().map(|scalar| &scalar.fragment),
            None => Some(&all),
        };
        let among = self.compile(among?, Expected::Condition, declarations)?;
        if of.is_empty() || of.len() != nodes.len() {
            return None;
        }
        let construct = Construct::FirstSeen(FirstSeen { of, history: history.ok()??, among });
        Some(Built { construct, steps: vec![step?] })
    }

    /// A length of time as written or as a parameter has it; `Err` when it is neither.
    fn length(
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

/// What expressions know of measures.
pub(super) fn measured(measures: &[Measure]) -> Vec<Measured> {
    let known = |measure: &Measure| Measured {
        name: measure.name.clone(),
        ty: measure.ty(),
        nullable: measure.nullable(),
    };
    measures.iter().map(known).collect()
}

/// Whether values of two types can be equal.
fn meets(a: Type, b: Type) -> bool {
    let text = |ty| matches!(ty, Type::Str | Type::Enum(_) | Type::Char);
    let any = |ty| matches!(ty, Type::Untyped | Type::Missing);
    a == b || text(a) && text(b) || any(a) || any(b)
}
