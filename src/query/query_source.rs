//! Queries as written, and compiled.

use super::masked::{MaskedKey, unmasked};
use crate::diag::Diagnostic;
use crate::diag::codes::{lint, query as codes};
use crate::expr::{self, Declarations, Env, Expected, Expr, records_named};
use crate::record::FieldSet;
use crate::record::field::{cred, event, key};
use crate::source::{Fragment, Span};
use crate::value::{Elem, RecordKind, Type};

/// A query as written on the command line or in the project file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuerySource {
    /// The record kind that it reads, if it is stated; otherwise the fields determine it.
    pub on: Option<RecordKind>,
    /// The condition.
    pub expr: Fragment,
    /// The columns that matching records are counted by; empty to show the records one by one.
    pub count_by: Vec<Fragment>,
}

/// A compiled query. `inspect` evaluates it on records.
#[derive(Debug, Clone)]
pub struct Query {
    /// The record kind that it reads.
    pub on: RecordKind,
    /// The condition that selects records.
    pub condition: Expr,
    /// The columns that they are counted by.
    pub columns: Vec<CountColumn>,
    /// Access keys in masked form that its expressions compare keys with, each once.
    pub masked: Vec<MaskedKey>,
}

/// A column that records are counted by.
#[derive(Debug, Clone)]
pub struct CountColumn {
    /// The expression as written, on one line.
    pub name: String,
    /// The expression.
    pub expr: Expr,
}

impl QuerySource {
    /// Checks and compiles the query like the condition of a rule. Warnings are returned with the
    /// query.
    ///
    /// # Errors
    ///
    /// An expression does not compile, or the kind of record is neither given nor clear from the
    /// expressions.
    pub fn compile(&self, env: &dyn Env) -> Result<(Query, Vec<Diagnostic>), Vec<Diagnostic>> {
        let on = match self.on {
            Some(on) => on,
            None => match self.kind(env)? {
                Some(on) => on,
                // An error for a misspelt name is more useful than the advice to state the kind.
                None => {
                    return Err(self
                        .about(RecordKind::Event)
                        .compile(env)
                        .err()
                        .unwrap_or_else(|| self.no_record()));
                }
            },
        };
        let mut problems = Vec::new();
        let mut masked: Vec<MaskedKey> = Vec::new();
        let mut compile = |source: &Fragment, expected| {
            let declarations = Declarations { on: Some(on), ..Declarations::default() };
            match expr::compile(source, expected, &declarations, env) {
                Ok((expr, warnings)) => {
                    problems.extend(warnings);
                    match unmasked(expr, env) {
                        Ok((expr, keys)) => {
                            for key in keys {
                                if !masked.iter().any(|other| other.text == key.text) {
                                    masked.push(key);
                                }
                            }
                            Some(expr)
                        }
                        Err(errors) => {
                            problems.extend(errors);
                            None
                        }
                    }
                }
                Err(errors) => {
                    problems.extend(errors);
                    None
                }
            }
        };
        let condition = compile(&self.expr, Expected::Condition);
        let columns: Vec<Option<CountColumn>> = self
            .count_by
            .iter()
            .map(|source| {
                let name = source.text.split_whitespace().collect::<Vec<_>>().join(" ");
                compile(source, Expected::Anything).map(|expr| CountColumn { name, expr })
            })
            .collect();
        problems.extend(columns.iter().flatten().filter_map(|column| uncountable(&column.expr)));
        problems.extend(repeated(&columns));
        // In a query a masked key denotes the only key that looks like it.
        problems.retain(|problem| problem.code != &lint::MASKED_KEY);
        if problems.iter().any(Diagnostic::is_error) {
            return Err(problems);
        }
        match (condition, columns.into_iter().collect::<Option<Vec<_>>>()) {
            (Some(condition), Some(columns)) => {
                Ok((Query { on, condition, columns, masked }, problems))
            }
            _ => Err(problems),
        }
    }

    /// The same query over records of this kind.
    fn about(&self, on: RecordKind) -> Self {
        Self { on: Some(on), ..self.clone() }
    }

    fn no_record(&self) -> Vec<Diagnostic> {
        let message = "the query does not read a field, so it is unclear whether it reads events, creds or keys";
        vec![
            Diagnostic::error(&codes::NO_RECORD, message).at(self.expr.span, "").help(
                "add `--on event`, `--on cred` or `--on key`; in the project file `on: event`",
            ),
        ]
    }

    /// The record kind whose fields its expressions name; `None` if they name none.
    fn kind(&self, env: &dyn Env) -> Result<Option<RecordKind>, Vec<Diagnostic>> {
        let (mut named, mut errors) = (Vec::<(RecordKind, Span)>::new(), Vec::new());
        for source in std::iter::once(&self.expr).chain(&self.count_by) {
            match records_named(source, env) {
                Ok(found) => named.extend(found),
                Err(found) => errors.extend(found),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let first = |kind: RecordKind| named.iter().find(|(of, _)| *of == kind);
        let row = first(RecordKind::Key).or_else(|| first(RecordKind::Cred));
        match (first(RecordKind::Event), row) {
            (Some((_, event)), Some((kind, span))) => {
                let name = kind.name();
                Err(vec![
                    Diagnostic::error(
                        &codes::TWO_RECORDS,
                        format!("the query reads events, and {name}s of credential reports"),
                    )
                    .at(*span, format!("a {name}"))
                    .at(*event, "an event")
                    .help(format!(
                        "over events, the {name} of the caller is `event.{name}`; or run two queries"
                    )),
                ])
            }
            // A key includes its cred.
            (event, row) => Ok(event.or(row).map(|(kind, _)| *kind)),
        }
    }
}

impl Query {
    /// The fields that its expressions read. For masked keys these include the fields that
    /// distinguish similar keys.
    pub fn fields(&self) -> FieldSet {
        let columns = self.columns.iter().map(|column| column.expr.fields());
        let fields = columns.fold(self.condition.fields(), FieldSet::union);
        let telling = match (self.masked.is_empty(), self.on) {
            (true, _) => return fields,
            (false, RecordKind::Event) => [event::AK, event::USER, event::ACCOUNT],
            (false, RecordKind::Cred | RecordKind::Key) => [key::ID, cred::USER, cred::ACCOUNT],
        };
        fields.union(telling.into_iter().collect())
    }

    /// The fields that it looks up in the run's reports.
    pub fn reported(&self) -> FieldSet {
        let columns = self.columns.iter().map(|column| column.expr.reported());
        columns.fold(self.condition.reported(), FieldSet::union)
    }

    /// The fields that events are joined with from credential reports.
    pub fn joined(&self) -> FieldSet {
        let fields = self.fields();
        let joined = fields.iter().filter(|field| field.kind() != RecordKind::Event);
        if self.on == RecordKind::Event { joined.collect() } else { FieldSet::EMPTY }
    }
}

fn repeated(columns: &[Option<CountColumn>]) -> impl Iterator<Item = Diagnostic> {
    columns.iter().enumerate().filter_map(|(at, column)| {
        let column = column.as_ref()?;
        let before = columns[..at].iter().flatten().find(|before| before.name == column.name)?;
        let message = "two expressions of `count_by` are the same";
        Some(
            Diagnostic::error(&codes::NOT_COUNTABLE, message)
                .at(column.expr.span(), "again")
                .at(before.expr.span(), "here first"),
        )
    })
}

fn uncountable(expr: &Expr) -> Option<Diagnostic> {
    let (what, help) = match expr.ty() {
        Type::Record(kind) => {
            (format!("a complete {}", kind.name()), "name one of its fields".to_owned())
        }
        Type::List(Elem::Record(kind)) => (
            format!("a list of {}s", kind.name()),
            "name a field of each, as in `.map(|k| k.id)`, or their number, `.len()`".to_owned(),
        ),
        Type::Row => ("a row of a table".to_owned(), "name one of its columns".to_owned()),
        _ => return None,
    };
    let diagnostic =
        Diagnostic::error(&codes::NOT_COUNTABLE, format!("records cannot be counted by {what}"));
    Some(diagnostic.at(expr.span(), "").help(help))
}
