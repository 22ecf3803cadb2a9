//! Random typed expressions over the whole language, and rows with missing values.

mod calls;
mod conditions;
mod dice;
mod kinds;
mod rows;
mod values;

pub(super) use dice::Dice;
pub(super) use kinds::{TYPES, Ty, sample};
pub(super) use rows::rows;

use keytrail::value::RecordKind;
use kinds::{Item, constants, fields};

/// Generates one expression. `depth` bounds its nesting.
pub(super) struct Writer<'d> {
    pub(super) dice: &'d mut Dice,
    on: RecordKind,
    /// Whether rows can be named.
    rows: bool,
    /// Parameters of the enclosing closures.
    locals: Vec<(String, Ty)>,
}

impl<'d> Writer<'d> {
    pub(super) fn new(dice: &'d mut Dice, on: RecordKind) -> Self {
        Self { dice, on, rows: true, locals: Vec::new() }
    }

    /// An expression of any type that can be interpolated.
    pub(super) fn any(&mut self, depth: usize) -> String {
        match self.dice.roll(8) {
            0..=3 => self.condition(depth),
            _ => {
                let ty = self.some_type(&PRINTED);
                self.value(ty, depth)
            }
        }
    }

    /// A value in a form around which any operator can be written.
    pub(super) fn value(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 || self.dice.roll(5) < 2 {
            return self.leaf(ty);
        }
        let d = depth - 1;
        match self.dice.roll(12) {
            0 if ty != Ty::Record && ty != Ty::TableRow => {
                format!("({} ?? {})", self.value(ty, d), self.value(ty, d))
            }
            1 if ty != Ty::Record && ty != Ty::TableRow => self.choice(ty, d),
            2 if ty != Ty::Record && ty != Ty::TableRow => self.switch(ty, d),
            3 => match ty {
                Ty::Bool
                | Ty::Int
                | Ty::Text
                | Ty::Enum
                | Ty::Time
                | Ty::Duration
                | Ty::Untyped => {
                    let (a, b) = (self.value(ty, d), self.value(ty, d));
                    format!("[{a}, {b}][{}]", self.dice.pick(&["0", "1", "-1", "-2"]))
                }
                _ => self.leaf(ty),
            },
            _ => self.made(ty, d),
        }
    }

    fn choice(&mut self, ty: Ty, depth: usize) -> String {
        let condition = self.condition(depth);
        let then = self.value(ty, depth);
        match self.dice.roll(4) {
            0 => format!("(if {condition} {{ {then} }})"),
            1 => {
                let (other, last) = (self.condition(0), self.value(ty, 0));
                format!(
                    "(if {condition} {{ {then} }} else if {other} {{ {last} }} else {{ {} }})",
                    self.value(ty, depth)
                )
            }
            _ => format!("(if {condition} {{ {then} }} else {{ {} }})", self.value(ty, depth)),
        }
    }

    /// Whether a value of the type can be generated here.
    fn can(&self, ty: Ty) -> bool {
        !constants(ty).is_empty()
            || (self.rows && !fields(self.on, ty).is_empty())
            || self.locals.iter().any(|(_, local)| *local == ty)
            || matches!(ty, Ty::TableRow)
            || matches!(ty, Ty::List(item) if item != Item::Key && self.can(item.ty()))
    }

    /// One of the types that can be generated here.
    fn some_type(&mut self, from: &[Ty]) -> Ty {
        loop {
            let ty = self.dice.pick(from);
            if self.can(ty) {
                return ty;
            }
        }
    }

    fn leaf(&mut self, ty: Ty) -> String {
        let locals: Vec<&String> =
            self.locals.iter().filter(|(_, local)| *local == ty).map(|(name, _)| name).collect();
        if !locals.is_empty() && !self.dice.once_in(3) {
            return locals[self.dice.roll(locals.len())].clone();
        }
        let (named, written) = (fields(self.on, ty), constants(ty));
        let named = if self.rows { named } else { &[] };
        if !named.is_empty() && (written.is_empty() || self.dice.roll(3) > 0) {
            return self.dice.pick(named).to_owned();
        }
        if !written.is_empty() {
            return self.dice.pick(written).to_owned();
        }
        match ty {
            Ty::List(item) if self.can(item.ty()) => self.list(item, 0),
            Ty::TableRow => self.lookup("people", 0),
            _ => match self.locals.iter().rev().find(|(_, local)| *local == ty) {
                Some((name, _)) => name.clone(),
                None => panic!("{ty:?} cannot be written here"),
            },
        }
    }

    /// A list literal.
    fn list(&mut self, item: Item, depth: usize) -> String {
        let parts: Vec<String> =
            (0..1 + self.dice.roll(3)).map(|_| self.value(item.ty(), depth)).collect();
        format!("[{}]", parts.join(", "))
    }

    fn inside(&mut self, name: &str, ty: Ty, body: impl FnOnce(&mut Self) -> String) -> String {
        self.locals.push((name.to_owned(), ty));
        let body = body(self);
        self.locals.pop();
        body
    }

    /// A parameter name that no enclosing closure uses.
    fn fresh(&self) -> String {
        format!("x{}", self.locals.len())
    }
}

/// The types of whole expressions and of interpolated parts.
const PRINTED: [Ty; 15] = [
    Ty::Missing,
    Ty::Bool,
    Ty::Int,
    Ty::Char,
    Ty::Text,
    Ty::Enum,
    Ty::Time,
    Ty::Duration,
    Ty::Untyped,
    Ty::List(Item::Bool),
    Ty::List(Item::Int),
    Ty::List(Item::Text),
    Ty::List(Item::Enum),
    Ty::List(Item::Time),
    Ty::List(Item::Untyped),
];

/// The lists over which closures iterate.
const ITEMS: [Item; 8] = [
    Item::Bool,
    Item::Int,
    Item::Text,
    Item::Enum,
    Item::Time,
    Item::Duration,
    Item::Untyped,
    Item::Key,
];

pub(super) const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
pub(super) const ARITHMETIC: [&str; 6] = ["+", "-", "*", "/", "%", "**"];
