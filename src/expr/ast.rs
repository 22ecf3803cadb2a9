//! The syntax tree: the expression as written, with the range of every node.

/// A range of bytes in the text of one expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One node of the syntax tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: At,
    pub(super) syntax: Syntax,
}

impl Node {
    /// Its parts, in the order they were written.
    pub(super) fn children(&self) -> Vec<&Node> {
        match &self.syntax {
            Syntax::Unit
            | Syntax::Bool(_)
            | Syntax::Int(_)
            | Syntax::Char(_)
            | Syntax::Str(_)
            | Syntax::Name(_)
            | Syntax::Range(..) => Vec::new(),
            Syntax::Template(parts)
            | Syntax::List(parts)
            | Syntax::And(parts)
            | Syntax::Or(parts)
            | Syntax::Coalesce(parts)
            | Syntax::Call { args: parts, .. } => parts.iter().collect(),
            Syntax::Get(part, _)
            | Syntax::Not(part)
            | Syntax::Minus(part)
            | Syntax::Closure(_, part) => vec![part],
            Syntax::Index(a, b) | Syntax::In { needle: a, haystack: b, .. } => vec![a, b],
            Syntax::Binary(_, _, operands) => vec![&operands.0, &operands.1],
            Syntax::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                [condition, then].into_iter().chain(otherwise).collect()
            }
            Syntax::Switch(switch) => {
                let arms = switch.arms.iter().flat_map(|(guard, body)| guard.iter().chain([body]));
                std::iter::once(&switch.subject).chain(arms).collect()
            }
        }
    }
}

/// A name with its place.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) at: At,
}

/// The kind of a node.
#[derive(Debug, Clone)]
pub(super) enum Syntax {
    /// `()`.
    Unit,
    /// `true`.
    Bool(bool),
    /// `42`.
    Int(i64),
    /// `'a'`.
    Char(char),
    /// `"text"`.
    Str(String),
    /// `` `text ${hole}` ``; its text parts are `Str` nodes.
    Template(Vec<Node>),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `name`.
    Name(String),
    /// `base.name`, `base?.name`.
    Get(Box<Node>, Name),
    /// `base[index]`.
    Index(Box<Node>, Box<Node>),
    /// `name(args)`, or `args[0].name(args[1..])`.
    Call { name: Name, method: bool, args: Vec<Node> },
    /// `!x`.
    Not(Box<Node>),
    /// `-x`.
    Minus(Box<Node>),
    /// `left op right`, with the place of the operator.
    Binary(Operator, At, Box<(Node, Node)>),
    /// `needle in haystack`, `needle !in haystack`.
    In { needle: Box<Node>, haystack: Box<Node>, negated: bool },
    /// `a && b && c`.
    And(Vec<Node>),
    /// `a || b || c`.
    Or(Vec<Node>),
    /// `a ?? b ?? c`.
    Coalesce(Vec<Node>),
    /// `first..last`; both included.
    Range(i64, i64),
    /// `if condition { then } else { otherwise }`.
    If(Box<(Node, Node, Option<Node>)>),
    /// `switch subject { … }`.
    Switch(Box<Switch>),
    /// `|params| body`.
    Closure(Vec<String>, Box<Node>),
}

/// The parts of a `switch`.
#[derive(Debug, Clone)]
pub(super) struct Switch {
    pub(super) subject: Node,
    /// `if guard => body` of each arm.
    pub(super) arms: Vec<(Option<Node>, Node)>,
    /// Constant labels, and the arms to try for each, in order.
    pub(super) labels: Vec<(Syntax, Vec<usize>)>,
    /// Ranges (both ends included) with their arm; tried after the labels.
    pub(super) ranges: Vec<(i64, i64, usize)>,
    /// The arm of `_`.
    pub(super) default: Option<usize>,
}

/// Operators with two operands, except the logical ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Compare(super::operator::Comparison),
    Arithmetic(super::operator::Arithmetic),
}
