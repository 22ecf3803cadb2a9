//! The parser, which runs on a stack that is large enough for the limits.

use rhai::{AST, ASTNode, Engine, LexError, OptimizationLevel, ParseErrorType};

use super::super::ast::{At, Node};
use super::super::limits::{Depth, MAX_LIST, MAX_SOURCE, MAX_STRING};
use super::super::tokens::{Tokens, TooDeep};
use super::convert::{Closure, Converter, at};
use super::foreign::mistake;
use super::problem::{Parsed, problem, syntax_error, too_deep};
use super::stack::on_large_stack;
use crate::diag::codes::expr as codes;

/// Parses an expression.
pub(in crate::expr) fn parse(text: &str, depth: Depth) -> Parsed<Node> {
    if text.len() > MAX_SOURCE {
        let message = format!("the expression has {} bytes; the limit is {MAX_SOURCE}", text.len());
        return problem(&codes::LIMIT, At { start: 0, end: text.len() }, message, None);
    }
    let tokens = Tokens::of(text).or_else(|TooDeep(at)| too_deep(At { start: at, end: at + 1 }))?;
    let nothing = At { start: 0, end: text.len() };
    on_large_stack(|| parse_tokens(text, &tokens, depth)).unwrap_or_else(|error| {
        let message = format!("the expression could not be parsed: {error}");
        problem(&codes::SYNTAX, nothing, message, None)
    })
}

/// Parses an expression on the stack of the caller.
#[cfg(test)]
pub(in crate::expr) fn parse_here(text: &str, depth: Depth) -> Parsed<Node> {
    let tokens = Tokens::of(text).or_else(|TooDeep(at)| too_deep(At { start: at, end: at + 1 }))?;
    parse_tokens(text, &tokens, depth)
}

fn engine(depth: Depth) -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(depth.parser, depth.parser);
    engine.set_max_string_size(MAX_STRING);
    // Rhai rejects a literal whose length equals its limit; the converter checks our limit.
    engine.set_max_array_size(MAX_LIST + 2);
    engine.set_max_map_size(1);
    engine
}

fn parse_tokens(text: &str, tokens: &Tokens<'_>, depth: Depth) -> Parsed<Node> {
    let ast = engine(depth).compile_expression(text).or_else(|error| {
        let start = at(tokens, error.1);
        let token = tokens.at(start);
        // If something is missing at the end, the error points after the last word, not at the next
        // line.
        let last = text.trim_end().len();
        let place = At { start: token.start.min(last), end: token.end.min(last) };
        // A mistake after the place where Rhai stops is not the reason why it stops.
        match is_about_text(&error.0).then(|| mistake(text, tokens)).flatten() {
            Some(problem) if problem.at.start < place.end.max(place.start + 1) => Err(problem),
            _ => syntax_error(&error.0, place, text),
        }
    })?;
    let converter = Converter { text, tokens, closures: closures(&ast)? };
    match ast.statements() {
        [statement] => converter.statement(statement, 0),
        _ => problem(
            &codes::SYNTAX,
            At { start: 0, end: text.len() },
            "expected one expression".into(),
            None,
        ),
    }
}

/// Whether an error is about what is written, and not about how much of it.
fn is_about_text(error: &ParseErrorType) -> bool {
    !matches!(
        error,
        ParseErrorType::ExprTooDeep
            | ParseErrorType::LiteralTooLarge(..)
            | ParseErrorType::BadInput(LexError::StringTooLong(_))
    )
}

/// Every closure. Rhai does not export the type of a function's body, but it walks the bodies
/// after the statements, in the order in which it lists the functions.
fn closures(ast: &AST) -> Parsed<Vec<Closure>> {
    let mut bodies = Vec::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(statement)] = path {
            bodies.push((*statement).clone());
        }
        true
    });
    let bodies = bodies.split_off(ast.statements().len().min(bodies.len()));
    let functions: Vec<_> = ast
        .shared_lib()
        .iter_script_fn_info()
        .map(|(_, _, name, _, function)| {
            (name.to_owned(), function.params.iter().map(ToString::to_string).collect())
        })
        .collect();
    if bodies.len() != functions.len() {
        let message = "the body of a closure must be a single expression".to_owned();
        return problem(&codes::CONSTRUCT, At { start: 0, end: 0 }, message, None);
    }
    let pair = |((name, params), body)| Closure { name, params, body };
    Ok(functions.into_iter().zip(bodies).map(pair).collect())
}
