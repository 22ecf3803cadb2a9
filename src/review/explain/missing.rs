//! Why a value is missing, and where it would come from.

use crate::expr::ir::{Ir, Op};
use crate::expr::{Bindings, PathStep};
use crate::record::{FieldId, FieldSet, Format};
use crate::value::{RecordKind, Value};

/// How far the fields that a field is derived from are followed.
const DEEPEST: usize = 4;

/// The record whose values are explained.
#[derive(Clone, Copy)]
pub(super) struct Origins<'o> {
    /// The kind of record that the rule reads.
    pub(super) on: RecordKind,
    /// The format of the record.
    pub(super) format: &'static dyn Format,
    /// The fields that the format can have.
    pub(super) carries: FieldSet,
    /// Whether the inputs contain a credential report.
    pub(super) reports: bool,
    /// The record.
    pub(super) bindings: &'o Bindings<'o>,
}

impl Origins<'_> {
    /// Why the value of a node is missing; `None` if there is nothing to say.
    pub(super) fn why_missing(&self, node: &Ir) -> Option<String> {
        match &node.op {
            Op::Field(field) => Some(self.field(*field, DEEPEST)),
            Op::Row(kind) => Some(self.row(*kind)),
            Op::Path(base, steps) => match &base.op {
                Op::Field(field) if self.value(*field).is_missing() => {
                    Some(self.field(*field, DEEPEST))
                }
                Op::Field(field) => {
                    let path: Vec<String> = steps.iter().map(step).collect();
                    let place = self.place(*field);
                    Some(format!(
                        "{} has no `{}`{}",
                        code(*field),
                        path.join("."),
                        place.map_or(String::new(), |place| format!(" ({place})")),
                    ))
                }
                _ => None,
            },
            Op::Lookup(table, _) | Op::Cell(table, ..) => {
                Some(format!("no row of the table `{}` has this key", table.id()))
            }
            Op::Report(..) => Some(self.no_report_row()),
            _ => None,
        }
    }

    fn field(&self, field: FieldId, deep: usize) -> String {
        if field.kind() != self.on && !self.has_row(field.kind()) {
            return self.row(field.kind());
        }
        let provider = self.format.provider().name();
        let Some(place) = self.place(field) else {
            return format!("records of {provider} do not have it");
        };
        let lacking = field.field().derived.iter().find(|from| self.value(**from).is_missing());
        if let Some(from) = lacking.filter(|_| deep > 0) {
            let why = self.field(*from, deep - 1);
            return format!("it is derived from {}, which is missing: {why}", code(*from));
        }
        // What the format of a joined report carries is not known here.
        if self.format.kinds().contains(&field.kind()) && !self.carries.contains(field) {
            return format!("the format `{}` does not carry it", self.format.name());
        }
        format!("the record lacks it ({place})")
    }

    /// Where the provider of the record stores a field.
    fn place(&self, field: FieldId) -> Option<String> {
        let own = self.format.provider();
        let (_, source) = field.field().sources.iter().find(|(provider, _)| *provider == own)?;
        Some(format!("{}: {source}", own.name()))
    }

    fn row(&self, kind: RecordKind) -> String {
        if self.on != RecordKind::Event || !self.reports {
            return self.no_report_row();
        }
        format!("no credential report has a row for the {} of this event", kind.name())
    }

    fn no_report_row(&self) -> String {
        match self.reports {
            true => "no credential report has such a row".to_owned(),
            false => "the inputs contain no credential report".to_owned(),
        }
    }

    fn has_row(&self, kind: RecordKind) -> bool {
        match kind {
            RecordKind::Event => self.bindings.event.is_some(),
            RecordKind::Cred => self.bindings.cred.is_some(),
            RecordKind::Key => self.bindings.key.is_some(),
        }
    }

    fn value(&self, field: FieldId) -> &Value<'_> {
        field_value(self.bindings, field)
    }
}

/// The value of a field.
pub(super) fn field_value<'b>(bindings: &'b Bindings<'_>, field: FieldId) -> &'b Value<'b> {
    let row = match field.kind() {
        RecordKind::Event => bindings.event,
        RecordKind::Cred => bindings.cred,
        RecordKind::Key => bindings.key,
    };
    row.map_or(&Value::Missing, |row| row.get(field))
}

fn code(field: FieldId) -> String {
    format!("`{}`", field.field().path())
}

fn step(step: &PathStep) -> String {
    match step {
        PathStep::Key(key) => key.to_string(),
        PathStep::Item(index) => index.to_string(),
        PathStep::Each => "*".to_owned(),
    }
}
