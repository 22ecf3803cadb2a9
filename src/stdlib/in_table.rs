//! Whether a table has a row.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// Whether a table has a row.
#[derive(Debug)]
pub(super) struct InTable;

impl Function for InTable {
    fn name(&self) -> &'static str {
        "in_table"
    }

    fn doc(&self) -> &'static str {
        "Whether a table has a row for the key, found as by `lookup`. The result for a missing key is false."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("table", ArgumentKind::ConstText), ("key", ArgumentKind::Text)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"in_table("ip_assets", "203.0.113.7")"#, result: "true" },
            Example { expr: r#"in_table("ip_assets", "::ffff:203.0.113.7")"#, result: "true" },
            Example { expr: r#"in_table("ip_assets", "198.51.100.1")"#, result: "false" },
            Example { expr: r#"in_table("ip_assets", ())"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::InTable
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
