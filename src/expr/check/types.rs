//! Compatibility of types.

use crate::value::{Elem, Type};

/// Why a list cannot contain a type, and what to write instead.
pub(super) fn no_item(ty: Type) -> (&'static str, Option<String>) {
    match ty {
        Type::Char => (
            "a list cannot contain characters",
            Some("write text, `\"a\"`, or convert it with `str(…)`".to_owned()),
        ),
        _ => ("a list cannot contain lists or rows of a table", None),
    }
}

fn is_text(ty: Type) -> bool {
    matches!(ty, Type::Str | Type::Char | Type::Enum(_))
}

/// Whether values of the two types can be equal.
pub(super) fn comparable(a: Type, b: Type) -> bool {
    match (a, b) {
        (Type::Missing, _) | (_, Type::Missing) => true,
        // Rows are distinguished by their columns and fields.
        (Type::Row | Type::Record(_), _) | (_, Type::Row | Type::Record(_)) => false,
        (Type::Untyped, _) | (_, Type::Untyped) => true,
        (Type::Enum(a), Type::Enum(b)) => a == b,
        (Type::List(a), Type::List(b)) => {
            a == Elem::Any || b == Elem::Any || comparable(a.into(), b.into())
        }
        _ => a == b || (is_text(a) && is_text(b)),
    }
}

/// The common type of two types, if there is one.
pub(super) fn unify(a: Type, b: Type) -> Option<Type> {
    match (a, b) {
        (Type::Missing, other) | (other, Type::Missing) => Some(other),
        _ if a == b => Some(a),
        (Type::Record(_) | Type::List(_) | Type::Row | Type::Char, Type::Untyped)
        | (Type::Untyped, Type::Record(_) | Type::List(_) | Type::Row | Type::Char) => None,
        // A `switch` and a printed list distinguish a character from a text.
        (Type::Char, _) | (_, Type::Char) => None,
        (Type::Untyped, _) | (_, Type::Untyped) => Some(Type::Untyped),
        (Type::List(Elem::Any), Type::List(elem)) | (Type::List(elem), Type::List(Elem::Any)) => {
            Some(Type::List(elem))
        }
        (Type::List(a), Type::List(b)) => {
            (is_text(a.into()) && is_text(b.into())).then_some(Type::List(Elem::Str))
        }
        _ => (is_text(a) && is_text(b)).then_some(Type::Str),
    }
}

/// The type as the item type of a list; lists cannot contain lists or characters.
pub(super) fn elem(ty: Type) -> Option<Elem> {
    Some(match ty {
        Type::Missing => Elem::Any,
        Type::Bool => Elem::Bool,
        Type::Int => Elem::Int,
        Type::Str => Elem::Str,
        Type::Enum(def) => Elem::Enum(def),
        Type::Time => Elem::Time,
        Type::Duration => Elem::Duration,
        Type::Untyped => Elem::Untyped,
        Type::Record(kind) => Elem::Record(kind),
        Type::Char | Type::List(_) | Type::Row => return None,
    })
}
