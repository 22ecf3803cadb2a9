//! The items that may be written at an offset of an expression.

use std::ops::Range;

use super::ArgumentKind;
use super::check::visible;
use super::env::{Declarations, Env, Expected, Param};
use super::function::{Function, Role, Signature};
use super::tokens::{Token, TokenKind, Tokens};
use super::tolerant::analyze;
use super::typed::Typed;
use crate::record::field;
use crate::source::Fragment;
use crate::value::{RecordKind, Type};

/// What an editor offers at one place of an expression.
#[derive(Debug, Default)]
pub struct Completion {
    /// The bytes that an accepted item replaces: the partly typed word or text.
    pub replaces: Range<usize>,
    /// Every item that may be written there; the editor filters the items by the typed text.
    pub items: Vec<Item>,
}

/// One completion item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The text that is inserted.
    pub text: String,
    /// The kind of the item.
    pub kind: ItemKind,
    /// Its type or signature.
    pub detail: String,
    /// Its documentation, if there is any.
    pub doc: &'static str,
}

/// The kind of a completion item; an editor shows an icon for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// `event`, `cred`, `key`.
    Record,
    /// A field of a record.
    Field,
    /// A function, or a method of the value before the dot.
    Function,
    /// `now`, `zone`, `true`, `false`, `params`, `lists`.
    Constant,
    /// A definition of the policy.
    Definition,
    /// A measure of the rule.
    Measure,
    /// The parameter of a closure around the offset.
    Local,
    /// A parameter of the rule.
    Param,
    /// A list of the policy.
    List,
    /// A table of the policy.
    Table,
    /// A column of a table.
    Column,
    /// A word of an enum field.
    Word,
}

/// Every item that may be written at a byte offset of an expression, whether it parses or not.
pub fn complete(
    source: &Fragment,
    offset: usize,
    declarations: &Declarations<'_>,
    env: &dyn Env,
) -> Completion {
    let Ok(tokens) = Tokens::of(&source.text) else { return Completion::default() };
    let place = Cursor { source, tokens: &tokens, declarations, env };
    let nothing = Completion { replaces: offset..offset, items: Vec::new() };
    let before = tokens.all().partition_point(|token| token.start < offset);
    let Some(index) = before.checked_sub(1) else {
        return Completion { items: place.names(0), ..nothing };
    };
    let token = tokens.all()[index];
    let text = tokens.text(token);
    let word = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if offset > token.end {
        // The offset is after a blank or inside a comment.
        let gap = source.text.get(token.end..offset).unwrap_or("");
        if gap.contains("//") || gap.contains("/*") && !gap.contains("*/") {
            return nothing;
        }
        return Completion { items: place.after(before), ..nothing };
    }
    match text.as_bytes().first() {
        Some(b'"') if offset < token.end || !is_closed(text) => {
            let end = if is_closed(text) { token.end - 1 } else { token.end };
            let replaces = token.start + 1..end.max(token.start + 1);
            Completion { replaces, items: place.texts(index) }
        }
        Some(b'"' | b'\'' | b'#' | b'0'..=b'9') => nothing,
        _ if word => Completion { replaces: token.start..token.end, items: place.after(index) },
        _ => Completion { items: place.after(before), ..nothing },
    }
}

fn is_closed(text: &str) -> bool {
    text.len() > 1 && text.ends_with('"') && !text.ends_with("\\\"")
}

/// The offset, and the context that determines which items are offered.
struct Cursor<'p> {
    source: &'p Fragment,
    tokens: &'p Tokens<'p>,
    declarations: &'p Declarations<'p>,
    env: &'p dyn Env,
}

impl Cursor<'_> {
    fn token(&self, index: usize) -> Option<Token> {
        self.tokens.all().get(index).copied()
    }

    fn text(&self, index: usize) -> &str {
        self.token(index).map_or("", |token| self.tokens.text(token))
    }

    /// The part with a known type that ends with the token at an index.
    fn typed(&self, index: usize) -> Option<Typed> {
        let end = self.token(index)?.end;
        let analysis = analyze(self.source, Expected::Anything, self.declarations, self.env);
        analysis.ending_at(end).cloned()
    }

    /// The items that may begin at the token of this index.
    fn after(&self, index: usize) -> Vec<Item> {
        let Some(previous) = index.checked_sub(1) else { return self.names(index) };
        if !matches!(self.text(previous), "." | "?.") {
            return self.names(index);
        }
        let Some(base) = previous.checked_sub(1) else { return Vec::new() };
        match self.text(base) {
            "params" => return self.params(),
            "lists" => return self.lists(),
            _ => {}
        }
        self.typed(base).map_or_else(Vec::new, |base| self.members(&base))
    }

    /// Fields, columns and methods of a value.
    fn members(&self, base: &Typed) -> Vec<Item> {
        let mut items = Vec::new();
        if let Type::Record(kind) = base.ty {
            items.extend(field::of_kind(kind).map(|id| {
                let field = id.field();
                item(field.name, ItemKind::Field, type_text(field.ty, field.nullable), field.doc)
            }));
            if kind == RecordKind::Event {
                items.extend(["key", "cred"].map(|row| record(row, "of the caller, or ()")));
            }
        }
        for column in base.table.iter().flat_map(|table| table.columns()) {
            let ty = type_text(column.ty.value_type(), true);
            items.push(item(&column.name, ItemKind::Column, ty, ""));
        }
        for function in self.env.functions() {
            items.extend(method(*function, base.ty));
        }
        items
    }

    /// Standalone names.
    fn names(&self, index: usize) -> Vec<Item> {
        let mut items: Vec<Item> =
            visible(self.declarations.on).map(|kind| record(kind.name(), "")).collect();
        for (name, detail) in [
            ("now", "time"),
            ("zone", "str"),
            ("true", "bool"),
            ("false", "bool"),
            ("params", "parameters of the rule"),
            ("lists", "lists of the policy"),
        ] {
            items.push(item(name, ItemKind::Constant, detail.to_owned(), ""));
        }
        items.extend(self.locals(index).map(|name| item(name, ItemKind::Local, String::new(), "")));
        items.extend(self.declarations.measures.iter().map(|measure| {
            let ty = type_text(measure.ty, measure.nullable);
            item(&measure.name, ItemKind::Measure, ty, "")
        }));
        for name in self.env.definition_names() {
            let on = self.env.definition(name).map(|definition| definition.on);
            if on.is_some() && on == self.declarations.on {
                items.push(item(name, ItemKind::Definition, String::new(), ""));
            }
        }
        for function in self.env.functions() {
            let signature = function.signatures().first();
            let detail = signature.map_or_else(String::new, |s| s.display(function.name()));
            items.push(item(function.name(), ItemKind::Function, detail, function.doc()));
        }
        items
    }

    /// Parameters of the closures around the token of this index.
    fn locals(&self, index: usize) -> impl Iterator<Item = &str> {
        let open = self.tokens.all().iter().take(index).enumerate().filter(move |(_, token)| {
            token.kind == TokenKind::Open && token.pair.is_none_or(|pair| pair >= index)
        });
        open.filter(|(at, _)| self.text(at + 1) == "|" && self.text(at + 3) == "|")
            .filter(move |(at, _)| at + 3 < index)
            .map(|(at, _)| self.text(at + 2))
    }

    fn params(&self) -> Vec<Item> {
        let params = self.declarations.params.into_iter().flatten();
        params
            .map(|(name, param)| {
                let detail = match param {
                    Param::List(_) => "list",
                    Param::Value(_) | Param::Broken => "constant",
                };
                item(name, ItemKind::Param, detail.to_owned(), "")
            })
            .collect()
    }

    fn lists(&self) -> Vec<Item> {
        let of = |id| self.env.list(id).and_then(|list| list.of.clone());
        let list = |id| item(id, ItemKind::List, of(id).unwrap_or_default(), "");
        self.env.list_ids().into_iter().map(list).collect()
    }

    /// The items that the text at a token may be.
    fn texts(&self, index: usize) -> Vec<Item> {
        let Some(mut at) = index.checked_sub(1) else { return Vec::new() };
        // In `in ["a", "b"]` the operand precedes `in`.
        while self.text(at) == "," || self.text(at).starts_with('"') {
            let Some(before) = at.checked_sub(1) else { return Vec::new() };
            at = before;
        }
        let operator = match (self.text(at), at.checked_sub(1).map(|before| self.text(before))) {
            ("==" | "!=", _) => at,
            ("[", Some("in" | "!in")) => at - 1,
            ("(", Some("lookup" | "in_table")) => return self.tables(),
            _ => return Vec::new(),
        };
        match operator.checked_sub(1).and_then(|operand| self.typed(operand)).map(|typed| typed.ty)
        {
            Some(Type::Enum(def)) => {
                let word = |word: &&str| item(word, ItemKind::Word, def.name.to_owned(), "");
                def.values.iter().map(word).collect()
            }
            _ => Vec::new(),
        }
    }

    fn tables(&self) -> Vec<Item> {
        let reports = ["keys", "creds"].into_iter();
        let ids = self.env.table_ids().into_iter().chain(reports);
        ids.map(|id| item(id, ItemKind::Table, String::new(), "")).collect()
    }
}

/// The function as a method of a value, if one of its signatures takes it.
fn method(function: &'static dyn Function, ty: Type) -> Option<Item> {
    let predicate = function.role() == Role::Predicate;
    let takes = |signature: &&Signature| {
        let receiver = signature.params.first();
        receiver.is_some_and(|(_, kind)| *kind != ArgumentKind::Any && kind.accepts(ty, predicate))
    };
    let signature = function.signatures().iter().find(takes)?;
    let detail = signature.display(function.name());
    Some(item(function.name(), ItemKind::Function, detail, function.doc()))
}

fn record(name: &str, detail: &str) -> Item {
    item(name, ItemKind::Record, detail.to_owned(), "")
}

fn item(text: &str, kind: ItemKind, detail: String, doc: &'static str) -> Item {
    Item { text: text.to_owned(), kind, detail, doc }
}

fn type_text(ty: Type, nullable: bool) -> String {
    if nullable { format!("{ty} or ()") } else { ty.to_string() }
}
