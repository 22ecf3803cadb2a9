//! The interface of the functions of the library.

use std::fmt;
use std::ops::RangeInclusive;

use super::operator::Each;
use super::required::Required;
use crate::value::{Elem, Type, Value};

/// A function of the language; one file each in `stdlib`.
pub trait Function: Sync + fmt::Debug {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Its documentation; the first sentence is short.
    fn doc(&self) -> &'static str;
    /// The ways to call it.
    fn signatures(&self) -> &'static [Signature];
    /// Expressions with their results, which run as tests.
    fn examples(&self) -> &'static [Example];
    /// Whether it is a predicate, a transformation, or has a special form.
    fn role(&self) -> Role;
    /// Prepares the function with its constant arguments, once at load. `constants` has one entry
    /// for each argument.
    ///
    /// # Errors
    ///
    /// If the function cannot use one of the constant arguments.
    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument>;
    /// The integers that it can return, if not all.
    fn values(&self) -> Option<RangeInclusive<i64>> {
        None
    }
    /// Whether its result lacks the keys by which a secret in the argument is recognized, so that
    /// no text for people may show the result.
    fn loses_keys(&self) -> bool {
        false
    }
    /// Declares what the text of the first argument must contain for the function to be true: at
    /// least one of these. `None` if there is no such requirement.
    ///
    /// The index of rules relies on it: every text for which the prepared function is true must
    /// satisfy it. `constants` is the argument of [`Function::prepare`].
    fn required(&self, _constants: &[Constant]) -> Option<Vec<Required>> {
        None
    }
    /// Whether it changes only the case of letters in a text, and of an ASCII text only the case of
    /// ASCII letters. The index looks up tests of its value by the text before the change.
    fn only_changes_case(&self) -> bool {
        false
    }
}

/// The role of a function, which determines the result for a missing argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A test: the result for a missing argument is false.
    Predicate,
    /// Computes a value: the result for a missing argument is missing.
    Transformation,
    /// `has`: whether its argument is present.
    Has,
    /// `contains`: the same as `in`.
    Membership,
    /// `lookup`: the row of a table.
    Lookup,
    /// `in_table`: whether a table has a row.
    InTable,
    /// It applies a closure to each item of a list.
    Each(Each),
    /// `values_at`: the parts of a value at a path that contains `[*]`.
    ValuesAt,
}

/// One signature of a function.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// Name and kind of each argument, starting with the receiver.
    pub params: &'static [(&'static str, ArgumentKind)],
    /// The type of its result.
    pub returns: Returns,
}

impl Signature {
    /// `name(param: kind, …) -> type`.
    pub fn display(&self, name: &str) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|(param, kind)| match kind {
                ArgumentKind::ConstZone => format!("{param}?: {}", kind.name()),
                _ => format!("{param}: {}", kind.name()),
            })
            .collect();
        format!("{name}({}) -> {}", params.join(", "), self.returns)
    }
}

/// The values that an argument accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// Anything.
    Any,
    /// Anything except a list or a row: a value that can have a text or a number.
    Single,
    /// Text or a word of an enum.
    Text,
    /// A 64-bit integer.
    Int,
    /// An instant.
    Time,
    /// Any list.
    List,
    /// A part of the original record.
    Untyped,
    /// Text that must be known at load.
    ConstText,
    /// An integer that must be known at load.
    ConstInt,
    /// A text, or a list of texts, that must be known at load.
    ConstTexts,
    /// The name of a zone, which must be known at load.
    ConstZone,
    /// A closure over the items of the list before it.
    Closure,
}

impl ArgumentKind {
    /// The name shown in signatures.
    pub fn name(self) -> &'static str {
        match self {
            ArgumentKind::Any => "any value",
            ArgumentKind::Single => "a single value",
            ArgumentKind::Text => "text",
            ArgumentKind::Int => "int",
            ArgumentKind::Time => "time",
            ArgumentKind::List => "list",
            ArgumentKind::Untyped => "an untyped value",
            ArgumentKind::ConstText => "constant text",
            ArgumentKind::ConstInt => "constant int",
            ArgumentKind::ConstTexts => "constant text or list of texts",
            ArgumentKind::ConstZone => "zone",
            ArgumentKind::Closure => "closure",
        }
    }

    /// Whether it must be known at load.
    pub fn is_constant(self) -> bool {
        matches!(
            self,
            ArgumentKind::ConstText
                | ArgumentKind::ConstInt
                | ArgumentKind::ConstTexts
                | ArgumentKind::ConstZone
        )
    }

    /// Whether a value of the type is accepted. Untyped values are accepted only if `untyped` is
    /// true.
    pub(super) fn accepts(self, ty: Type, untyped: bool) -> bool {
        let text = matches!(ty, Type::Str | Type::Char | Type::Enum(_));
        let texts = matches!(ty, Type::List(Elem::Str | Elem::Any | Elem::Enum(_)));
        match self {
            ArgumentKind::Any => true,
            ArgumentKind::Single => !matches!(ty, Type::List(_) | Type::Record(_) | Type::Row),
            ArgumentKind::Text => text || ty == Type::Missing || (untyped && ty == Type::Untyped),
            ArgumentKind::Int => matches!(ty, Type::Int | Type::Missing),
            ArgumentKind::Time => matches!(ty, Type::Time | Type::Missing),
            ArgumentKind::List => matches!(ty, Type::List(_)),
            ArgumentKind::Untyped => matches!(ty, Type::Untyped | Type::Missing),
            ArgumentKind::ConstText | ArgumentKind::ConstZone => text,
            ArgumentKind::ConstInt => ty == Type::Int,
            ArgumentKind::ConstTexts => text || texts,
            ArgumentKind::Closure => false,
        }
    }
}

/// The result type of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    /// A value of this type, missing only if an argument is.
    Always(Type),
    /// A value of this type, or missing.
    Maybe(Type),
    /// The type of the first argument.
    First,
    /// A list of the results of the closure.
    ListOfClosure,
    /// A row of the table that the first argument names, or a missing value.
    Row,
}

impl fmt::Display for Returns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Returns::Always(ty) => write!(f, "{ty}"),
            Returns::Maybe(ty) => write!(f, "{ty} or ()"),
            Returns::First => f.write_str("the type of the first argument"),
            Returns::ListOfClosure => f.write_str("list of what the closure returns"),
            Returns::Row => f.write_str("row of the table, or ()"),
        }
    }
}

/// An expression with its result.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The expression.
    pub expr: &'static str,
    /// Its value as a template prints it; `()` if it is missing.
    pub result: &'static str,
}

/// The value of an argument, if it is known at load.
#[derive(Debug, Clone)]
pub enum Constant {
    /// Its value depends on the record.
    Unknown,
    /// A known value.
    Value(Value<'static>),
    /// Texts of a list, literal or named.
    Texts(Vec<String>),
}

impl Constant {
    /// The text, if it is known.
    pub fn text(&self) -> Option<&str> {
        match self {
            Constant::Value(value) => value.as_str(),
            _ => None,
        }
    }

    /// The requirements of the texts of a known list, or of the one text, for
    /// [`Function::required`]; `None` if one of the texts has none, or the texts are not known.
    pub fn one_of(&self, require: impl Fn(&str) -> Option<Required>) -> Option<Vec<Required>> {
        match self {
            Constant::Unknown => None,
            _ => self.texts().into_iter().map(require).collect(),
        }
    }

    /// The texts of a known list, or the one text.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Constant::Texts(texts) => texts.iter().map(String::as_str).collect(),
            Constant::Value(value) => value.as_str().into_iter().collect(),
            Constant::Unknown => Vec::new(),
        }
    }
}

/// A constant argument that a function cannot use; the checker reports it at the argument.
#[derive(Debug)]
pub struct BadArgument {
    /// The index of the argument, from 0.
    pub index: usize,
    /// The error message, one sentence.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
    /// The index of the wrong item, if the argument is a list.
    pub item: Option<usize>,
}

impl BadArgument {
    /// An error with a message and no help.
    pub fn new(index: usize, message: impl Into<String>) -> Self {
        Self { index, message: message.into(), help: None, item: None }
    }

    /// The same error about one item of a list.
    #[must_use]
    pub fn of_item(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }
}

type Test = Box<dyn Fn(&str) -> bool + Send + Sync>;
type Apply = Box<dyn for<'v> Fn(&[Value<'v>]) -> Value<'v> + Send + Sync>;

/// A function prepared with its constant arguments.
pub enum Prepared {
    /// A test of the text of the first argument; the others are constant.
    Test(Test),
    /// Takes the values of all arguments; it is called only if none of them is missing.
    Apply(Apply),
}

impl Prepared {
    /// A test of the text of the first argument.
    pub fn test(test: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Prepared::Test(Box::new(test))
    }

    /// A function of every argument.
    pub fn apply(
        apply: impl for<'v> Fn(&[Value<'v>]) -> Value<'v> + Send + Sync + 'static,
    ) -> Self {
        Prepared::Apply(Box::new(apply))
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Prepared::Test(_) => "Test",
            Prepared::Apply(_) => "Apply",
        })
    }
}
