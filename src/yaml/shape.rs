//! The shape of a YAML value: one description for both the check and the JSON schema.

/// The values that are allowed.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text; a plain number or boolean is read as text.
    Str,
    /// Lower-case words joined by hyphens, `root-key-used`: ids of rules and entries.
    Id,
    /// A lower-case word, maybe with `_` and digits, `high_risk_apis`: a name that expressions can
    /// use.
    Name,
    /// A Rhai expression.
    Expr,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Int,
    /// An integer of at least 0.
    Count,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// One of these lower-case words, written in any case.
    AnyCase(&'static [&'static str]),
    /// A day, `2027-03-31`, or the word `never`.
    DateOrNever,
    /// An RFC 3339 instant.
    Time,
    /// A length of time: `10m`, `24h`, `30d`.
    Duration,
    /// A sequence of values of one shape.
    List(&'static Shape),
    /// A mapping with any keys.
    Map(&'static Shape),
    /// A mapping with these keys and no others.
    Object(&'static [ShapeKey]),
    /// A value of one of these shapes, which are tried in order. If none matches, the errors
    /// of the shape of the value's own kind (scalar, sequence, mapping) that has the fewest are shown.
    OneOf(&'static [Shape]),
    /// An empty value, or `null`.
    Null,
    /// Anything.
    Any,
}

/// One key of an [`Shape::Object`].
#[derive(Debug, Clone, Copy)]
pub struct ShapeKey {
    /// The key.
    pub name: &'static str,
    /// What it means, in one sentence; used in the schema.
    pub doc: &'static str,
    /// Whether the key is required.
    pub required: bool,
    /// The shape of its value.
    pub shape: Shape,
}

impl ShapeKey {
    /// A key that may be left out.
    pub const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, doc, required: false, shape }
    }

    /// A key that is required.
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, doc, required: true, shape }
    }
}
