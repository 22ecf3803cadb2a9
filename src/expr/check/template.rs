//! The body of a back-tick string, as in `message`.

use super::super::ast::At;
use super::super::ir::{Ir, NodeId, Op};
use super::super::limits::MAX_SOURCE;
use super::super::tokens::{TemplatePart, template};
use super::{Checked, Checker};
use crate::diag::codes::expr as codes;
use crate::value::{Type, Value};

impl Checker<'_> {
    pub(in crate::expr) fn template(&mut self) -> Checked {
        let text = &self.fragment.text;
        let whole = At { start: 0, end: text.len() };
        if text.len() > MAX_SOURCE {
            let message = format!("the text has {} bytes; the limit is {MAX_SOURCE}", text.len());
            return Err(self.error(&codes::LIMIT, whole, message, None));
        }
        let cut = match template(text) {
            Ok(parts) => parts,
            Err(at) => {
                let at = At { start: at, end: at + 2 };
                let help = Some("close it with `}`".to_owned());
                return Err(self.error(&codes::SYNTAX, at, "`${` is not closed", help));
            }
        };
        let mut parts = Vec::new();
        for part in cut {
            self.base = 0;
            parts.push(match part {
                TemplatePart::Text(text) => {
                    Ok(self.value(whole, Value::Str(text.into()), Type::Str))
                }
                TemplatePart::Hole(start, end) => {
                    self.parse(start, end).and_then(|node| self.hole(&node))
                }
            });
        }
        self.base = 0;
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        let span = self.span(whole);
        // Not folded: a template stays in parts, so that each can be masked.
        let op = Op::Template(parts);
        Ok(Ir { id: NodeId::default(), op, ty: Type::Str, nullable: false, span })
    }
}
