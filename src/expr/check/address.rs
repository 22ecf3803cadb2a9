//! Addresses compared with ranges, which are never equal.

use super::super::ir::{Ir, Op};
use super::{Checker, Reported};
use crate::diag::codes::expr as codes;
use crate::diag::{Diagnostic, escaped};
use crate::record::FieldId;
use crate::record::field::event;
use crate::source::Span;
use crate::table::List;
use crate::value::{Value, parse_ip};

/// Fields that hold one address.
const ADDRESSES: [FieldId; 2] = [event::IP, event::SOURCE];

impl Checker<'_> {
    /// Rejects `address == "10.0.0.0/8"`.
    pub(super) fn no_range(&mut self, a: &Ir, b: &Ir, operator: &str) -> Result<(), Reported> {
        for (value, constant) in [(a, b), (b, a)] {
            let (Some(path), Some(Value::Str(text))) = (address(value), constant.constant()) else {
                continue;
            };
            if is_range(text) {
                let written = escaped(text, 60);
                let help = format!("write `{path}.in_cidr(\"{written}\")`");
                return Err(self.never_equal(operator, &written, constant.span, help));
            }
        }
        Ok(())
    }

    /// Rejects `address in ["10.0.0.0/8"]`; `written` is the list as written.
    pub(super) fn no_range_among(
        &mut self,
        needle: &Ir,
        items: &[Ir],
        written: &str,
    ) -> Result<(), Reported> {
        let Some(path) = address(needle) else { return Ok(()) };
        let range = items.iter().find_map(|item| match item.constant() {
            Some(Value::Str(text)) if is_range(text) => Some((escaped(text, 60), item.span)),
            _ => None,
        });
        let Some((range, span)) = range else { return Ok(()) };
        let one_line = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let help = format!("write `{path}.in_cidr({})`", escaped(&one_line, 100));
        Err(self.never_equal("in", &range, span, help))
    }

    /// Rejects `address in lists.NAME` if the list has a range.
    pub(super) fn no_range_in(
        &mut self,
        needle: &Ir,
        list: &List,
        span: Span,
    ) -> Result<(), Reported> {
        let Some(path) = address(needle) else { return Ok(()) };
        let Some(range) = list.values().iter().find(|value| is_range(&value.text)) else {
            return Ok(());
        };
        let written = escaped(&range.text, 60);
        let name = match list.id.strip_prefix("params.") {
            Some(_) => list.id.clone(),
            None => format!("lists.{}", list.id),
        };
        let message = format!(
            "`in` compares an address with the range `{written}`, and they are never equal"
        );
        let mut diagnostic = Diagnostic::error(&codes::ADDRESS_RANGE, message).at(span, "");
        if let Some(place) = range.span {
            diagnostic = diagnostic.at(place, "this range");
        }
        Err(self.report(diagnostic.help(format!("write `{path}.in_cidr({name})`"))))
    }

    fn never_equal(&mut self, operator: &str, range: &str, span: Span, help: String) -> Reported {
        let message = format!(
            "`{operator}` compares an address with the range `{range}`, and they are never equal"
        );
        self.report(Diagnostic::error(&codes::ADDRESS_RANGE, message).at(span, "").help(help))
    }
}

/// The path of a field that holds one address.
fn address(ir: &Ir) -> Option<String> {
    match ir.op {
        Op::Field(id) | Op::Member(_, id, _) if ADDRESSES.contains(&id) => Some(id.field().path()),
        _ => None,
    }
}

/// Whether a text is an address with the length of a prefix, valid or not.
fn is_range(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        parse_ip(address).is_some()
            && !length.is_empty()
            && length.bytes().all(|b| b.is_ascii_digit())
    })
}
