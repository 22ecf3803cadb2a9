//! Static types of fields and expressions.

use std::fmt;

use super::words::words;

words! {
    /// What a record is.
    RecordKind {
        /// One audit-log call.
        Event = "event",
        /// One user of a credential report.
        Cred = "cred",
        /// One access key of a cred.
        Key = "key",
    }
}

/// The words that an enum field may contain.
#[derive(Debug, PartialEq, Eq)]
pub struct EnumDef {
    /// Name of the type, shown in messages.
    pub name: &'static str,
    /// Every word, in the order of the documentation.
    pub values: &'static [&'static str],
}

/// The type of a list's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elem {
    /// The items of `[]`, which are compatible with every type.
    Any,
    /// `true`, `false`.
    Bool,
    /// 64-bit integers.
    Int,
    /// Text.
    Str,
    /// Words of an enum.
    Enum(&'static EnumDef),
    /// Instants.
    Time,
    /// Lengths of time.
    Duration,
    /// Values of the original record.
    Untyped,
    /// Rows of this kind.
    Record(RecordKind),
}

/// The static type of a field or an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// The literal `()`.
    Missing,
    /// `true`, `false`.
    Bool,
    /// A 64-bit integer.
    Int,
    /// One character.
    Char,
    /// Text.
    Str,
    /// One of a fixed set of words; compares with text.
    Enum(&'static EnumDef),
    /// An instant, UTC.
    Time,
    /// A length of time.
    Duration,
    /// A list.
    List(Elem),
    /// A part of the original record, whose type is known only at run time.
    Untyped,
    /// A row of a record.
    Record(RecordKind),
    /// A row of a table. It may be missing; its columns have types of their own.
    Row,
}

impl From<Elem> for Type {
    fn from(elem: Elem) -> Self {
        match elem {
            Elem::Any => Type::Missing,
            Elem::Bool => Type::Bool,
            Elem::Int => Type::Int,
            Elem::Str => Type::Str,
            Elem::Enum(def) => Type::Enum(def),
            Elem::Time => Type::Time,
            Elem::Duration => Type::Duration,
            Elem::Untyped => Type::Untyped,
            Elem::Record(kind) => Type::Record(kind),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Missing => f.write_str("()"),
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Char => f.write_str("char"),
            Type::Str => f.write_str("str"),
            Type::Enum(def) => f.write_str(def.name),
            Type::Time => f.write_str("time"),
            Type::Duration => f.write_str("duration"),
            Type::List(Elem::Any) => f.write_str("list"),
            Type::List(elem) => write!(f, "list of {}", Type::from(*elem)),
            Type::Untyped => f.write_str("untyped"),
            Type::Record(kind) => f.write_str(kind.name()),
            Type::Row => f.write_str("table row"),
        }
    }
}
