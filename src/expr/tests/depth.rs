//! The depth that fits on the stack of a host without threads.

use super::super::check::Checker;
use super::super::limits::Depth;
use super::{TestEnv, fragment, on};
use crate::value::RecordKind;

/// The stack that the linker gives to a program for `wasm32-unknown-unknown`.
const STACK: usize = 1 << 20;

/// Parses, checks and folds an expression; returns whether it is within the limits.
fn compiles(text: &str, depth: Depth) -> bool {
    let (source, declarations, host) = (fragment(text), on(RecordKind::Event), TestEnv::new());
    let mut checker = Checker::new(&source, &declarations, &host);
    checker.limit = depth;
    let node = super::super::syntax::parse_here(text, depth);
    node.is_ok_and(|node| checker.check(&node).is_ok())
}

/// The deepest expressions of each kind, by their depth.
fn nested(depth: usize) -> Vec<String> {
    let around = |open: &str, close: &str| {
        format!("{}event.ok == true{}", open.repeat(depth), close.repeat(depth))
    };
    vec![
        around("(", ")"),
        around("!(", ")"),
        around("[", "]"),
        around("has(", ")"),
        around("if true { ", " } else { false }"),
        around("(event.ok == true && ", ")"),
        format!("{}(event.ok == true)", "!".repeat(depth)),
        format!("{}1", "-".repeat(depth)),
        vec!["event.ok == true"; depth].join(" || "),
        vec!["event.api"; depth].join(" + "),
        format!("event.raw{}", ".a".repeat(depth)),
        format!("event.raw{}", "[0]".repeat(depth)),
        "`${".repeat(depth) + "1" + &"}`".repeat(depth),
        "[1].some(|x| ".repeat(depth) + "true" + &")".repeat(depth),
    ]
}

#[test]
fn the_small_depth_limit_fits_on_a_small_stack() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        let mut within = 0;
        for depth in [1, 8, 16, 32, 60, 63, 64, 120, 127, 128, 129, 500, 5_000] {
            within +=
                nested(depth).iter().filter(|text| compiles(text, Depth::SMALL_STACK)).count();
        }
        within
    });
    let within = thread.and_then(|thread| {
        thread.join().map_err(|_| std::io::Error::other("the stack was not enough"))
    });
    assert!(within.is_ok_and(|within| within > 40), "most shapes are within the limits");
}

#[test]
fn deeper_expressions_are_rejected_only_on_a_small_stack() {
    let long = vec!["event.ok == true"; 200].join(" || ");
    assert!(!compiles(&long, Depth::SMALL_STACK));
    assert!(super::super::on_large_stack(|| compiles(&long, Depth::LARGE_STACK)).unwrap_or(false));
}
