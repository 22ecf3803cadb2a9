//! What a YAML value may be: one description for the check and for the JSON schema.

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text; a plain number or boolean is taken as it was written.
    Str,
    /// Lower-case words joined by hyphens, `root-key-used`: what rules and entries are called.
    Id,
    /// A lower-case word, maybe with `_` and digits, `high_risk_apis`: what expressions can name.
    Name,
    /// A Rhai expression.
    Expr,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Int,
    /// An integer from 0 on.
    Count,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// A day, `2027-03-31`, or the word `never`.
    DateOrNever,
    /// An RFC 3339 instant.
    Time,
    /// A length of time: `10m`, `24h`, `30d`.
    Duration,
    /// A sequence of values of one shape.
    List(&'static Shape),
    /// A mapping with free keys.
    Map(&'static Shape),
    /// A mapping with these keys and no others.
    Object(&'static [Key]),
    /// A value of one of these shapes; tried in order. When none fits, the errors of the first
    /// one of the value's own kind (scalar, sequence, mapping) are shown.
    OneOf(&'static [Shape]),
    /// Anything.
    Any,
}

/// One key of an [`Shape::Object`].
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What it is, one sentence; goes into the schema.
    pub doc: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What its value may be.
    pub shape: Shape,
}

impl Key {
    /// A key that may be left out.
    pub const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, doc, required: false, shape }
    }

    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, doc, required: true, shape }
    }
}
