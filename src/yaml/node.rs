//! A YAML document as a tree with spans.

use crate::source::{Fragment, Span};

/// The maximum number of sequences and mappings that may enclose one value.
pub(super) const MAX_DEPTH: usize = 64;

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// As a `|` block.
    Literal,
    /// As a `>` block.
    Folded,
}

/// A scalar: its decoded text with its position in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text, and the position of each of its characters.
    pub fragment: Fragment,
    /// How it was written; only plain scalars can be booleans, numbers or null.
    pub style: ScalarStyle,
}

impl Scalar {
    /// The decoded text.
    pub fn text(&self) -> &str {
        &self.fragment.text
    }

    /// The whole scalar in the file.
    pub fn span(&self) -> Span {
        self.fragment.span
    }
}

/// One key of a mapping with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingEntry {
    /// The key; always a scalar.
    pub key: Scalar,
    /// The value.
    pub value: Node,
}

/// A value with its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The kind of the value, with its content.
    pub kind: NodeKind,
    /// The span of the whole value.
    pub span: Span,
}

/// The kind of a value, with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    /// An empty value, or a plain `null` or `~`.
    Null,
    /// A scalar. The reader decides whether it is text, a number or a boolean.
    Scalar(Scalar),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping; keys are unique.
    Mapping(Vec<MappingEntry>),
}

impl Node {
    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key.text() == key).map(|entry| &entry.value)
    }

    /// The entries of a mapping; none for any other kind.
    pub fn entries(&self) -> &[MappingEntry] {
        match &self.kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none for any other kind.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The scalar, if this is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        self.scalar().map(Scalar::text)
    }

    /// The boolean of a plain `true` or `false`.
    pub fn bool(&self) -> Option<bool> {
        match self.plain()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The integer of a plain decimal scalar.
    pub fn int(&self) -> Option<i64> {
        self.plain()?.parse().ok()
    }

    /// The number of seconds in a length of time such as `10m` or `1d12h`.
    pub fn seconds(&self) -> Option<i64> {
        self.text().and_then(super::form::seconds)
    }

    /// The value as JSON, by YAML's core rules: a quoted scalar is text, a plain `true` or `-1.5`
    /// is not.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Sequence(items) => items.iter().map(Node::to_json).collect(),
            NodeKind::Mapping(entries) => entries
                .iter()
                .map(|entry| (entry.key.text().to_owned(), entry.value.to_json()))
                .collect(),
            NodeKind::Scalar(scalar) => {
                // JSON has no numbers with a leading zero, so account ids stay text.
                let number = || self.plain().and_then(|text| serde_json::from_str(text).ok());
                match self.bool() {
                    Some(value) => Value::Bool(value),
                    None => number().map_or_else(|| scalar.text().into(), Value::Number),
                }
            }
        }
    }

    fn plain(&self) -> Option<&str> {
        self.scalar().filter(|s| s.style == ScalarStyle::Plain).map(Scalar::text)
    }
}
