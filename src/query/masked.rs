//! Access keys that were copied in masked form from a report.
//!
//! A masked key never equals a key. A comparison with a masked key is a comparison with the key
//! that it denotes: the only access key in the inputs that looks like it.

use crate::diag::codes::query as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::ir::{Call, Comparison, Ir, Op};
use crate::expr::{Env, Expr, Function};
use crate::record::field::{event, key};
use crate::source::Span;
use crate::value::{Type, Value, is_masked};

/// An access key as a report prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedKey {
    /// The text in the query.
    pub text: String,
    /// Where it is written.
    pub span: Span,
    /// The characters before the mark.
    head: String,
    /// The characters after it.
    tail: String,
}

/// The minimum number of characters that a masked key must show.
const FEWEST: usize = 4;

impl MaskedKey {
    /// Parses a masked key: its first characters, a mark (`…`, `...`, `****`), its last characters.
    pub(super) fn parse(text: &str, span: Span) -> Option<Self> {
        let mark = ['…', '.', '*'];
        // The temporary keys of Alibaba Cloud contain a dot.
        let begin = text.find(['…', '*']).or_else(|| text.find("..."))?;
        let (head, rest) = text.split_at(begin);
        let tail = rest.trim_start_matches(mark);
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        let shown = head.len() + tail.len();
        (plain(head) && plain(tail) && shown >= FEWEST).then(|| Self {
            text: text.to_owned(),
            span,
            head: head.to_owned(),
            tail: tail.to_owned(),
        })
    }

    /// Whether a whole key looks like this when it is masked.
    pub fn fits(&self, key: &str) -> bool {
        let hidden = key.len() > self.head.len() + self.tail.len();
        hidden && key.starts_with(&self.head) && key.ends_with(&self.tail)
    }

    /// The keys that look like it, as a pattern of `like`.
    pub fn pattern(&self) -> String {
        format!("{}*{}", self.head, self.tail)
    }
}

/// The expression in which comparisons with masked keys hold for the keys that look like them, and
/// these masked keys. A mask that shows too little is an error.
pub(super) fn unmasked(
    expr: Expr,
    env: &dyn Env,
) -> Result<(Expr, Vec<MaskedKey>), Vec<Diagnostic>> {
    let like = env.functions().iter().copied().find(|function| function.name() == "like");
    let (mut keys, mut nodes, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    expr.ir().walk(&mut |node| {
        let masked = constants(node).into_iter().filter(|(text, _)| is_masked(text));
        let masked: Vec<(&str, Span)> = masked.collect();
        if masked.is_empty() {
            return;
        }
        nodes.push(node.id);
        for (text, span) in masked {
            match MaskedKey::parse(text, span).filter(|_| like.is_some()) {
                Some(key) => keys.push(key),
                None => errors.push(problem(text, span)),
            }
        }
    });
    let Some(like) = like.filter(|_| errors.is_empty()) else {
        return if errors.is_empty() { Ok((expr, keys)) } else { Err(errors) };
    };
    let replaced = nodes.into_iter().fold(expr, |expr, id| {
        expr.replaced(id, &mut |node| looks_like(node, like).unwrap_or_else(|| node.clone()))
    });
    Ok((replaced, keys))
}

/// The constants that an access key is compared with, each with its place.
fn constants(node: &Ir) -> Vec<(&str, Span)> {
    match &node.op {
        Op::Compare(op, a, b) if op.is_equality() => {
            let sides = [(a, b), (b, a)].into_iter().filter(|(field, _)| is_key(field));
            sides.filter_map(|(_, of)| Some((of.constant()?.as_str()?, of.span))).collect()
        }
        Op::InSet(field, set) if is_key(field) => {
            set.values().iter().filter_map(|value| Some((value.as_str()?, node.span))).collect()
        }
        _ => Vec::new(),
    }
}

fn is_key(ir: &Ir) -> bool {
    let keys = [event::AK, event::ACTOR, key::ID];
    matches!(ir.op, Op::Field(field) | Op::Member(_, field, _) if keys.contains(&field))
}

/// The comparison of a key with masked keys as calls of `like`.
fn looks_like(node: &Ir, like: &'static dyn Function) -> Option<Ir> {
    let of = |op| Ir { id: node.id, op, ty: Type::Bool, nullable: false, span: node.span };
    let constant = |value: Value<'static>, span| Ir {
        id: node.id,
        op: Op::Const(value),
        ty: Type::Str,
        nullable: false,
        span,
    };
    let test = |field: &Ir, text: &str, span| {
        let key = MaskedKey::parse(text, span).filter(|_| is_masked(text));
        let Some(key) = key else {
            let other = constant(Value::Str(text.to_owned().into()), span);
            return Some(of(Op::Compare(Comparison::Eq, Box::new(field.clone()), Box::new(other))));
        };
        let pattern = constant(Value::Str(key.pattern().into()), span);
        let call = Call::new(like, vec![field.clone(), pattern]).ok()?;
        Some(of(Op::Call(call)))
    };
    match &node.op {
        Op::Compare(op, a, b) => {
            let (field, other) = if is_key(a) { (a, b) } else { (b, a) };
            let test = test(field, other.constant()?.as_str()?, other.span)?;
            Some(if *op == Comparison::Eq { test } else { of(Op::Not(Box::new(test))) })
        }
        Op::InSet(field, set) => {
            let texts = set.values().iter().filter_map(Value::as_str);
            let tests: Option<Vec<Ir>> = texts.map(|text| test(field, text, node.span)).collect();
            Some(of(Op::Or(tests?)))
        }
        _ => None,
    }
}

fn problem(text: &str, span: Span) -> Diagnostic {
    let message =
        format!("`{}` is a masked access key that shows too little of it", escaped(text, 60));
    let diagnostic = Diagnostic::error(&codes::MASKED_KEY, message).at(span, "");
    diagnostic.help("copy the complete key from a scan or query with `--show-keys`")
}
