//! Tables: `lookup("TABLE", key)?.column` and `in_table("TABLE", key)`.

use std::sync::Arc;

use super::super::ast::{At, Name, Node, Syntax};
use super::super::function::{ArgumentKind, Function, Role};
use super::super::ir::{Ir, Op};
use super::{Checked, Checker, Reported};
use crate::diag::codes::expr as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::record::FieldId;
use crate::record::field::{cred, of_kind};
use crate::table::Table;
use crate::value::{RecordKind, Type, Value};

impl Checker<'_> {
    pub(super) fn lookup(
        &mut self,
        at: At,
        function: &dyn Function,
        table: &Node,
        key: &Node,
    ) -> Checked {
        let found = match report(table) {
            Some(kind) => Ok(LookupTarget::Report(kind)),
            None => self.table(function, table).map(LookupTarget::Table),
        };
        let key = self.check(key);
        let (found, key) = (found?, Box::new(key?));
        let in_table = function.role() == Role::InTable;
        if !ArgumentKind::Text.accepts(key.ty, in_table) {
            let message =
                format!("expected text as `key` of `{}`, but found {}", function.name(), key.ty);
            let help =
                (key.ty == Type::Untyped).then(|| "convert it first, with `str(…)`".to_owned());
            let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message);
            return Err(self.report(diagnostic.at(key.span, "").maybe_help(help)));
        }
        let op = match found {
            LookupTarget::Table(table) => Op::Lookup(table, key),
            LookupTarget::Report(kind) => Op::Report(kind, key, None),
        };
        let row = self.node(at, op, Type::Row, true);
        if in_table {
            return Ok(self.node(at, Op::Has(Box::new(row)), Type::Bool, false));
        }
        Ok(row)
    }

    /// The table whose name is this constant.
    fn table(&mut self, function: &dyn Function, name: &Node) -> Result<Arc<Table>, Reported> {
        let named = self.check(name)?;
        let Some(Value::Str(id)) = named.constant() else {
            let message = format!(
                "`table` of `{}` must be the name of a table, as a constant",
                function.name()
            );
            let diagnostic = Diagnostic::error(&codes::BAD_ARGUMENT, message);
            let label = match named.constant() {
                Some(_) => format!("this is {}", named.ty),
                None => "this value depends on the record".to_owned(),
            };
            return Err(self.report(diagnostic.at(named.span, label)));
        };
        if let Some(table) = self.env.table(id) {
            return Ok(table.clone());
        }
        let message = format!("unknown table `{}`", escaped(id, 60));
        let available = self.env.table_ids();
        let help =
            did_you_mean(id, available.iter().copied()).or_else(|| match available.as_slice() {
                [] => Some("the policy declares no tables".to_owned()),
                available => Some(format!("available tables: {}", available.join(", "))),
            });
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message);
        Err(self.report(diagnostic.at(named.span, "").maybe_help(help)))
    }

    /// A column of the row that `base` looks up.
    pub(super) fn column(&mut self, at: At, base: Ir, name: &Name) -> Checked {
        if let Op::Report(kind, key, None) = base.op {
            return self.reported(at, kind, key, name);
        }
        let Op::Lookup(table, key) = base.op else {
            let message = "a column must directly follow `lookup`, which names its table";
            let help = Some(format!("write `lookup(…)?.{}` in each place", name.text));
            return Err(self.error(&codes::WRONG_TYPE, name.at, message, help));
        };
        let Some(column) = table.declaration().column(&name.text) else {
            let message = format!("the table `{}` has no column `{}`", table.id(), name.text);
            let names = || table.columns().iter().map(|column| column.name.as_str());
            let help = did_you_mean(&name.text, names()).unwrap_or_else(|| {
                format!("available columns: {}", names().collect::<Vec<_>>().join(", "))
            });
            return Err(self.error(&codes::UNKNOWN_NAME, name.at, message, Some(help)));
        };
        let ty = table.columns()[column].ty.value_type();
        Ok(self.node(at, Op::Cell(table, key, column), ty, true))
    }

    /// A field of the row of a report; for a key also the fields of its user.
    fn reported(&mut self, at: At, kind: RecordKind, key: Box<Ir>, name: &Name) -> Checked {
        let kinds = if kind == RecordKind::Key { &[kind, RecordKind::Cred][..] } else { &[kind] };
        let found = kinds.iter().find_map(|kind| FieldId::find(*kind, &name.text));
        match found.filter(|field| *field != cred::KEYS) {
            Some(field) => {
                let op = Op::Report(kind, key, Some(field));
                Ok(self.node(at, op, field.field().ty, true))
            }
            None => {
                let names = kinds.iter().flat_map(|kind| of_kind(*kind)).map(|id| id.field().name);
                let help = did_you_mean(&name.text, names).unwrap_or_else(|| {
                    "`keytrail fields` lists the fields of creds and keys".into()
                });
                let message = format!("the reports have no field `{}`", name.text);
                Err(self.error(&codes::UNKNOWN_NAME, name.at, message, Some(help)))
            }
        }
    }
}

/// The target of a look-up.
enum LookupTarget {
    Table(Arc<Table>),
    Report(RecordKind),
}

/// The kind of report rows if the name of the table refers to the credential reports.
fn report(name: &Node) -> Option<RecordKind> {
    match &name.syntax {
        Syntax::Str(id) if id == "keys" => Some(RecordKind::Key),
        Syntax::Str(id) if id == "creds" => Some(RecordKind::Cred),
        _ => None,
    }
}
