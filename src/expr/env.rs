//! What the caller provides to expressions.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::function::Function;
use crate::record::{FieldId, Record};
use crate::source::{Fragment, Span};
use crate::table::{List, Table};
use crate::value::{RecordKind, Time, Type, Value, Zone};

/// What the host provides to every expression of a policy. Lists, tables and definitions are
/// optional.
pub trait Env {
    /// The functions.
    fn functions(&self) -> &'static [&'static dyn Function];
    /// The list with this id.
    fn list(&self, _id: &str) -> Option<&Arc<List>> {
        None
    }
    /// Ids of every list, for suggestions.
    fn list_ids(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The table with this id.
    fn table(&self, _id: &str) -> Option<&Arc<Table>> {
        None
    }
    /// Ids of every table, for suggestions.
    fn table_ids(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The definition with this name for records of this kind.
    fn definition(&self, _name: &str) -> Option<&Definition> {
        None
    }
    /// Names of every definition, for suggestions.
    fn definition_names(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The default zone of calendar functions.
    fn zone(&self) -> &Zone;
    /// The zone that the project names. Without one, [`Env::zone`] is the default.
    fn project_zone(&self) -> Option<&Zone> {
        None
    }
}

/// A named expression, inlined where it is named.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The record it reads.
    pub on: RecordKind,
    /// Its parameters with their types, in the order of the arguments.
    pub params: Vec<(String, Type)>,
    /// Its text.
    pub source: Fragment,
}

/// The effective value of a parameter: the rule's default or the project's override.
#[derive(Debug, Clone)]
pub enum Param {
    /// A constant.
    Value(Value<'static>),
    /// A list.
    List(Arc<List>),
    /// A parameter whose value has an error. The error is reported where the value is written, so
    /// the expressions that name the parameter report nothing.
    Broken,
}

/// The names that one rule adds to the [`Env`].
#[derive(Debug, Clone, Default)]
pub struct Declarations<'a> {
    /// The record that the rule reads; none for an expression over measures only.
    pub on: Option<RecordKind>,
    /// `params.NAME`.
    pub params: Option<&'a BTreeMap<String, Param>>,
    /// Measures that the expression may name, in slot order.
    pub measures: &'a [Measured],
    /// The steps of the sequence around the expression.
    pub steps: &'a [NamedStep],
    /// The parameters that the expression may name, if it is the text of a definition.
    pub arguments: &'a [(String, Type)],
}

/// A step of a sequence as seen by expressions, which read its record by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedStep {
    /// Its name.
    pub name: String,
    /// Why the expression cannot read its record, and what to do instead; `None` if it can.
    pub barred: Option<(&'static str, &'static str)>,
}

/// A measure as seen by expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Its name.
    pub name: String,
    /// The type of its value.
    pub ty: Type,
    /// Whether its value may be missing.
    pub nullable: bool,
}

/// What type an expression must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A condition: `bool` that is never missing.
    Condition,
    /// Any type.
    Anything,
}

/// The rows and values that an evaluation can access. The caller sets them for each record.
#[derive(Debug, Clone, Copy)]
pub struct Bindings<'r> {
    /// `event`.
    pub event: Option<&'r Record<'r>>,
    /// `cred`, or `event.cred`.
    pub cred: Option<&'r Record<'r>>,
    /// `key`, or `event.key`.
    pub key: Option<&'r Record<'r>>,
    /// `now`.
    pub now: Time,
    /// Values of the measures, in slot order.
    pub measures: &'r [Value<'r>],
    /// The credential reports of the run, if there are any.
    pub reports: Option<&'r dyn Reports>,
}

/// The credential reports of a run, for `lookup`.
pub trait Reports {
    /// A field of the row for a key id (if `kind` is key) or a user name (if it is cred), as seen
    /// from the current record. Without a field, whether there is such a row. Missing if there is
    /// none, or if several rows match equally well.
    fn find(
        &self,
        kind: RecordKind,
        key: &str,
        field: Option<FieldId>,
        bindings: &Bindings<'_>,
    ) -> Value<'static>;
}

impl fmt::Debug for dyn Reports + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reports")
    }
}

impl<'r> Bindings<'r> {
    /// Bindings in which no record is known.
    pub fn none(now: Time) -> Self {
        Self { event: None, cred: None, key: None, now, measures: &[], reports: None }
    }

    /// Bindings in which only the rule's own record is known.
    pub fn of(record: &'r Record<'r>, now: Time) -> Self {
        let mut bindings = Self::none(now);
        match record.kind {
            RecordKind::Event => bindings.event = Some(record),
            RecordKind::Cred => bindings.cred = Some(record),
            RecordKind::Key => bindings.key = Some(record),
        }
        bindings
    }
}

/// A failed evaluation: checked arithmetic without a result, or a part of a record that cannot be
/// read because an export changed the case of its keys. Runs count failures and report their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalError {
    /// The operation in the file.
    pub span: Span,
    /// The failure, as one clause: `9223372036854775807 + 1 overflows`.
    pub message: String,
}

/// A failed evaluation, boxed so that the result of a successful one stays small.
pub(super) type Fault = Box<EvalError>;
