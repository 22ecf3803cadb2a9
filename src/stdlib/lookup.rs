//! The row of a table.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::Value;

/// The row of a table.
#[derive(Debug)]
pub(super) struct Lookup;

impl Function for Lookup {
    fn name(&self) -> &'static str {
        "lookup"
    }

    fn doc(&self) -> &'static str {
        "The row of a table for a key; `?.NAME` reads a column of it. In a table of ranges the key is an IP address, and the row with the longest matching prefix is used. The result is `()` if the key is missing or has no row, and a column is `()` if its cell is empty. The tables `keys` and `creds` are the credential reports of the run, looked up by key id and by user name. Their columns are the fields of keys and creds."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("table", ArgumentKind::ConstText), ("key", ArgumentKind::Text)],
            returns: Returns::Row,
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"lookup("ip_assets", "203.0.113.7")?.name"#, result: "build-runner" },
            Example { expr: r#"lookup("ip_assets", "203.0.113.200")?.name"#, result: "office" },
            Example { expr: r#"lookup("ip_assets", "AWS Internal")?.name"#, result: "()" },
            Example { expr: r#"has(lookup("ip_assets", "198.51.100.1"))"#, result: "false" },
            Example { expr: r#"lookup("ip_assets", ()) == ()"#, result: "true" },
        ]
    }

    fn role(&self) -> Role {
        Role::Lookup
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
