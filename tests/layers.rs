//! The tables of `docs/ARCHITECTURE.md`, checked against the code.
//!
//! Cargo forbids cycles between crates but does not check modules inside a crate. This test checks
//! every path of every file below `src/` against the two tables of that document: which module can
//! import which, and which modules alone can use a name.
//!
//! The test reads tokens, not types, so it does not see
//!
//! - a method call whose `impl` is in another file than its type: `row.cells()` names no path. The
//!   file that calls it also names the type or a function that returns it, so such a use is missed
//!   only if the type comes through a third file;
//! - a path `child::name` if `child` imports `name` privately: it counts as a use of `child`, not
//!   of
//!   the file that defines `name`. The compiler accepts such a path only inside `child`'s parent.
//!
//! To see these, the test would need name resolution, which only the compiler has.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path as FsPath, PathBuf};

#[path = "layers/errors.rs"]
mod errors;
#[path = "layers/files.rs"]
mod files;
#[path = "layers/lexer.rs"]
mod lexer;
#[path = "layers/paths.rs"]
mod paths;

use files::Uses;
use paths::{File, Path};

/// The two tables.
#[derive(Debug, Default)]
struct Tables {
    /// Every module with what it may import, in the order of the pipeline.
    imports: Vec<(String, BTreeSet<String>)>,
    /// Names that only some modules can use; `nowhere` is an empty set.
    alone: Vec<(String, BTreeSet<String>)>,
}

impl Tables {
    fn parse(document: &str) -> Tables {
        Tables {
            imports: rows(document, "| module | may import |"),
            alone: rows(document, "| name | used only in |"),
        }
    }

    fn may_import(&self, module: &str) -> Option<&BTreeSet<String>> {
        self.imports.iter().find(|(name, _)| name == module).map(|(_, imports)| imports)
    }
}

/// The rows of the table with this header: the first cell, and the code words of the second.
fn rows(document: &str, header: &str) -> Vec<(String, BTreeSet<String>)> {
    let words = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    document
        .lines()
        .skip_while(|line| !line.starts_with(header))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let first: Vec<String> = words(cells[1]);
            (first[0].clone(), words(cells[2]).into_iter().collect())
        })
        .collect()
}

/// One source file: its module path (`["expr", "check"]`) and its content.
struct Module {
    path: Vec<String>,
    name: String,
    file: File,
}

/// The violations of one file of the library.
fn violations(module: &Module, tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    // The root only declares modules.
    let Some(home) = module.path.first() else { return found };
    let Some(allowed) = tables.may_import(home) else {
        return vec![format!("{}: the table has no row for `{home}`", module.name)];
    };
    for path in &module.file.paths {
        let mut say = |what: String| found.push(format!("{}:{}: {what}", module.name, path.line));
        match target(path, &module.path) {
            Target::Outside => {}
            Target::Module(name) if name == *home || allowed.contains(&name) => {}
            Target::Module(name) if tables.may_import(&name).is_some() => {
                say(format!("`{home}` must not import `{name}`"));
            }
            Target::Module(name) => say(format!(
                "`{name}` is not a module: name the module that defines it, so that its layer is visible"
            )),
        }
        for (pattern, homes) in &tables.alone {
            if !homes.contains(home) && names(path, pattern) {
                say(format!("`{home}` must not name `{pattern}`"));
            }
        }
    }
    found
}

enum Target {
    /// Another crate, a local name, or something inside the module itself.
    Outside,
    /// This module of the library, by its top-level name.
    Module(String),
}

/// The top-level module to which a path leads, if it goes through the root.
fn target(path: &Path, file: &[String]) -> Target {
    let here: Vec<&String> = file.iter().chain(&path.inside).collect();
    let segments: Vec<&str> =
        path.segments.iter().map(String::as_str).skip_while(|s| *s == "self").collect();
    let supers = segments.iter().take_while(|s| **s == "super").count();
    let top = match segments.first() {
        // `pub(crate)`, and `super` as a visibility.
        Some(&"crate" | &"super") if segments.len() == 1 && path.after == ")" => None,
        Some(&"crate") => Some(segments.get(1).copied().unwrap_or("crate")),
        Some(&"super") if supers >= here.len() => Some(*segments.get(supers).unwrap_or(&"super")),
        _ => None,
    };
    top.map_or(Target::Outside, |name| Target::Module(name.to_owned()))
}

/// Whether the path matches a forbidden pattern: `std::fs` and `rhai::` as a prefix, `stdout`
/// anywhere, `Type::now()` as a call, `.exists()` as a method, `println!` as a macro.
fn names(path: &Path, pattern: &str) -> bool {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let last = segments.last().copied().unwrap_or("");
    if let Some(name) = pattern.strip_suffix('!') {
        path.after == "!" && last == name
    } else if let Some(name) = pattern.strip_prefix('.').and_then(|p| p.strip_suffix("()")) {
        path.before == "." && path.after == "(" && segments == [name]
    } else if let Some(name) = pattern.strip_prefix("Type::").and_then(|p| p.strip_suffix("()")) {
        segments.len() > 1 && path.after == "(" && last == name
    } else if let Some(name) = pattern.strip_suffix("::") {
        segments.len() > 1 && segments[0] == name
    } else if pattern.contains("::") {
        let wanted: Vec<&str> = pattern.split("::").collect();
        segments.starts_with(&wanted)
    } else {
        path.before != "." && segments.contains(&pattern)
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn tables() -> Tables {
    Tables::parse(&fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap())
}

/// Every file below a source folder, without modules that are declared for tests only.
fn modules(folder: &str, skip: &str) -> Vec<Module> {
    let mut found = Vec::new();
    let mut tests = BTreeSet::new();
    let mut open = vec![root().join(folder)];
    while let Some(at) = open.pop() {
        if at.is_dir() {
            open.extend(fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()));
        } else if at.extension().is_some_and(|e| e == "rs") {
            let below = at.strip_prefix(root().join(folder)).unwrap();
            if below.starts_with(skip) {
                continue;
            }
            let path = module_path(below);
            let file = File::parse(&fs::read_to_string(&at).unwrap());
            for module in &file.test_modules {
                tests.insert([&path[..], std::slice::from_ref(module)].concat());
            }
            let name = at.strip_prefix(root()).unwrap().display().to_string();
            found.push(Module { path, name, file });
        }
    }
    found.retain(|module| !tests.iter().any(|test| module.path.starts_with(test)));
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// `expr/check.rs` is `["expr", "check"]`, `expr/mod.rs` is `["expr"]`, `lib.rs` is the root.
fn module_path(below: &FsPath) -> Vec<String> {
    let mut path: Vec<String> =
        below.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod" || last == "lib" || last == "main") {
        path.pop();
    }
    path
}

fn library() -> Vec<Module> {
    modules("src", "bin")
}

#[test]
fn every_import_is_in_the_table() {
    let tables = tables();
    let found: Vec<String> =
        library().iter().flat_map(|module| violations(module, &tables)).collect();
    assert!(
        found.is_empty(),
        "{}\nThe tables are in docs/ARCHITECTURE.md; if a row is wrong, change it and state the reason there.",
        found.join("\n")
    );
}

#[test]
fn the_module_table_is_ordered_and_acyclic() {
    let tables = tables();
    let mut above = BTreeSet::new();
    for (module, imports) in &tables.imports {
        let below: Vec<_> = imports.difference(&above).collect();
        assert!(
            below.is_empty(),
            "`{module}` may import {below:?}, which are below it in the table"
        );
        above.insert(module.clone());
    }
    let lib = File::parse(&fs::read_to_string(root().join("src/lib.rs")).unwrap());
    let declared: Vec<&String> = lib
        .paths
        .windows(2)
        .filter(|w| w[0].segments == ["mod"])
        .map(|w| &w[1].segments[0])
        .collect();
    let rows: Vec<&String> = tables.imports.iter().map(|(name, _)| name).collect();
    assert_eq!(declared, rows, "src/lib.rs declares its modules in the order of the table");
}

#[test]
fn the_code_has_no_cycle_of_modules() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for module in library() {
        let Some(home) = module.path.first() else { continue };
        let imports = edges.entry(home.clone()).or_default();
        for path in &module.file.paths {
            match target(path, &module.path) {
                Target::Module(name) if name != *home => {
                    imports.insert(name);
                }
                _ => {}
            }
        }
    }
    // Removes modules that import none of the others, until none is left.
    while let Some(leaf) =
        edges.iter().find(|(_, imports)| imports.iter().all(|i| !edges.contains_key(i)))
    {
        let leaf = leaf.0.clone();
        edges.remove(&leaf);
    }
    assert!(edges.is_empty(), "these modules import each other: {edges:#?}");
}

#[test]
fn no_files_of_a_folder_import_each_other() {
    let mut found = Vec::new();
    for modules in [library(), modules("src/bin/keytrail", "-")] {
        found.extend(Uses::of(&modules).cycles());
    }
    let cycles: Vec<String> = found.iter().map(|cycle| cycle.join("\n")).collect();
    assert!(cycles.is_empty(), "these files import each other:\n{}", cycles.join("\n\n"));
}

/// The checker's own cases: files, and the cycles that it must find.
#[test]
fn planted_cycles_are_found() {
    type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);
    let cases: &[Case] = &[
        (&[("f/a.rs", "use super::b::B;"), ("f/b.rs", "")], &[]),
        (&[("f/a.rs", "use super::b::B;"), ("f/b.rs", "use super::a::A;")], &["f::a f::b"]),
        // Spellings without an import.
        (&[("f/a.rs", "super::b::f()"), ("f/b.rs", "crate::f::a::g()")], &["f::a f::b"]),
        (
            &[("f/a.rs", "use super::b; b::f()"), ("f/b.rs", "use super::{a}; a::g()")],
            &["f::a f::b"],
        ),
        (&[("f/a.rs", "use super::b as x; x::f()"), ("f/b.rs", "use super::a::G")], &["f::a f::b"]),
        // A module that is imported but never named.
        (&[("f/a.rs", "use super::b;"), ("f/b.rs", "use super::a::A;")], &[]),
        // Through the re-exports of the parent, or its private imports.
        (
            &[
                ("f/mod.rs", "mod a; mod b; pub use a::A; pub(crate) use b::{B as C};"),
                ("f/a.rs", "use super::C;"),
                ("f/b.rs", "use crate::f::A;"),
            ],
            &["f::a f::b"],
        ),
        (
            &[("f/mod.rs", "mod a; mod b; use b::B;"), ("f/a.rs", "use super::B;"), ("f/b.rs", "")],
            &[],
        ),
        (
            &[
                ("f/mod.rs", "pub use b::*;"),
                ("f/a.rs", "use super::B;"),
                ("f/b.rs", "use super::a::A;"),
            ],
            &["f::a f::b"],
        ),
        // A parent that only re-exports, one that uses its child, and one that its child uses as
        // well.
        (&[("f/mod.rs", "mod a; pub use a::A; fn f() {}"), ("f/a.rs", "use super::f;")], &[]),
        (&[("f/mod.rs", "mod a; fn f() { a::g() }"), ("f/a.rs", "")], &[]),
        (
            &[("f/mod.rs", "mod a; fn f() { a::g() }"), ("f/a.rs", "use super::f;")],
            &["f::a f::mod"],
        ),
        (
            &[("f/mod.rs", "pub use a::A; fn f() { A::new() }"), ("f/a.rs", "use super::f;")],
            &["f::a f::mod"],
        ),
        // A folder and a file beside it, though no two files use each other.
        (
            &[
                ("f/a.rs", "use super::d::x::X;"),
                ("f/d/x.rs", ""),
                ("f/d/y.rs", "use crate::f::a::A;"),
            ],
            &["f::a f::d"],
        ),
        // Three files, and two cycles.
        (
            &[
                ("f/a.rs", "use super::b::B;"),
                ("f/b.rs", "use super::c::C;"),
                ("f/c.rs", "use super::a::A;"),
            ],
            &["f::a f::b f::c"],
        ),
        (
            &[
                ("f/a.rs", "use super::b::B;"),
                ("f/b.rs", "use super::a::A;"),
                ("g/a.rs", "use super::b::B; use crate::f::a::X;"),
                ("g/b.rs", "use super::a::A;"),
            ],
            &["f::a f::b", "g::a g::b"],
        ),
        // Tests can import what they test, and a variable is not a module.
        (
            &[
                ("f/a.rs", "use super::b::B;"),
                ("f/b.rs", "#[cfg(test)] mod t { use super::super::a::A; }"),
            ],
            &[],
        ),
        (&[("f/mod.rs", "mod a; fn f() { let a = 1; a.len() }"), ("f/a.rs", "use super::f;")], &[]),
    ];
    for (files, expected) in cases {
        let module = |name: &str, source: &str| Module {
            path: module_path(FsPath::new(name)),
            name: name.to_owned(),
            file: File::parse(source),
        };
        let mut modules: Vec<Module> =
            files.iter().map(|(name, source)| module(name, source)).collect();
        for folder in ["f/mod.rs", "f/d/mod.rs", "g/mod.rs"] {
            if files.iter().all(|(name, _)| *name != folder) {
                modules.push(module(folder, ""));
            }
        }
        let found: Vec<String> =
            Uses::of(&modules).cycles().iter().map(|cycle| members(cycle)).collect();
        assert_eq!(found, *expected, "{files:#?}");
    }
}

/// The files of a cycle, from its lines.
fn members(cycle: &[String]) -> String {
    let names: BTreeSet<&str> =
        cycle.iter().map(|line| line.split(" -> ").next().unwrap()).collect();
    names.into_iter().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_binary_uses_modules_of_the_table() {
    let tables = tables();
    let facade = facade();
    let mut uses = 0;
    for module in modules("src/bin/keytrail", "-") {
        for path in module.file.paths.iter().filter(|p| p.segments[0] == "keytrail") {
            uses += 1;
            let name = path.segments.get(1).map_or("keytrail", String::as_str);
            let allowed = tables.may_import(name).is_some() || facade.contains(name);
            assert!(allowed, "{}:{}: {name}", module.name, path.line);
        }
    }
    assert!(uses > 0, "the binary names the library");
}

/// A longer file contains more than one concept.
const MAX_LINES: usize = 600;

#[test]
fn no_file_is_too_long() {
    let mut too_long = Vec::new();
    let mut count = 0;
    let mut open = vec![root().join("src"), root().join("tests")];
    while let Some(at) = open.pop() {
        if at.is_dir() {
            open.extend(fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()));
        } else if at.extension().is_some_and(|e| e == "rs") {
            count += 1;
            let lines = fs::read_to_string(&at).unwrap().lines().count();
            if lines > MAX_LINES {
                let name = at.strip_prefix(root()).unwrap().display();
                too_long.push(format!("{name} has {lines} lines"));
            }
        }
    }
    assert!(count > 0, "no source file was found");
    too_long.sort_unstable();
    assert!(
        too_long.is_empty(),
        "{}\nA file has at most {MAX_LINES} lines: find the parts that can be understood alone, and \
         move each to a file that is named after it.",
        too_long.join("\n")
    );
}

/// What `src/lib.rs` itself exports, in addition to its modules.
fn facade() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let names = |line: &str| {
        let items = line.strip_prefix("pub use ")?.split_once("::")?.1;
        let words = items.split(|c: char| !c.is_alphanumeric() && c != '_');
        Some(words.filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>())
    };
    text.lines().filter_map(names).flatten().collect()
}

/// The checker's own cases: file, source and the expected violations by line.
#[test]
fn planted_violations_are_found() {
    let tables = Tables::parse(
        "| module | may import | why |\n|---|---|---|\n\
         | `value` | – | x |\n| `expr` | `value` | x |\n| `rule` | `value`, `expr` | x |\n\n\
         | name | used only in |\n|---|---|\n| `std::fs` | `rule` |\n| `rhai::` | `expr` |\n\
         | `stdout` | nowhere |\n| `Type::now()` | nowhere |\n| `.exists()` | `rule` |\n\
         | `println!` | nowhere |\n",
    );
    assert_eq!(tables.imports.len(), 3);
    assert_eq!(tables.alone.len(), 6);
    let cases: &[(&str, &str, &[&str])] = &[
        ("expr/a.rs", "use crate::value::Time;", &[]),
        ("expr/a.rs", "use crate::rule::Rule;", &["1: `expr` must not import `rule`"]),
        ("expr/a.rs", "\nuse crate::{value, rule};", &["2: `expr` must not import `rule`"]),
        ("value/a.rs", "use crate::{self as k};", &["1: `self` is not a module"]),
        ("value/a.rs", "use crate::*;", &["1: `*` is not a module"]),
        ("value/a.rs", "use crate as k;", &["1: `crate` is not a module"]),
        ("expr/a.rs", "use crate::Rule;", &["1: `Rule` is not a module"]),
        ("expr/mod.rs", "use super::rule::Rule;", &["1: `expr` must not import `rule`"]),
        ("expr/a.rs", "use super::check::f; use super::{ir, eval};", &[]),
        ("expr/a.rs", "use super::super::rule;", &["1: `expr` must not import `rule`"]),
        ("expr/a.rs", "use super::{super::{rule}};", &["1: `expr` must not import `rule`"]),
        ("expr/a/b.rs", "use super::super::rule;", &[]),
        ("expr/a.rs", "mod m { use super::super::rule; }", &[]),
        (
            "expr/a.rs",
            "mod m { fn f() {} } use super::super::rule;",
            &["1: `expr` must not import `rule`"],
        ),
        ("expr/a.rs", "fn f() -> crate::rule::Rule {}", &["1: `expr` must not import `rule`"]),
        ("expr/a.rs", "macro_rules! m { () => { $crate::rule::R } }", &["1: `expr` must not"]),
        ("expr/a.rs", "pub(crate) fn f() {} pub(super) fn g() {}", &[]),
        ("expr/a.rs", "// crate::rule\n/* crate::rule /* */ crate::rule */", &[]),
        ("expr/a.rs", r####"f("crate::rule", r#"crate::rule " "#, '"', b"x")"####, &[]),
        ("expr/a.rs", "fn f<'a>(x: &'a str) { 'x'; crate::rule::f() }", &["1: `expr` must not"]),
        ("expr/a.rs", "#[cfg(test)]\nmod tests { use crate::rule::Rule; }", &[]),
        ("expr/a.rs", "#[cfg(test)]\n#[allow(x)]\nfn f() { crate::rule::f() }", &[]),
        (
            "expr/a.rs",
            "#[cfg(not(test))]\nmod m { use crate::rule::Rule; }",
            &["2: `expr` must not import `rule`"],
        ),
        (
            "expr/a.rs",
            "#[cfg(test)]\nmod tests { }\nuse crate::rule::Rule;",
            &["3: `expr` must not import `rule`"],
        ),
        ("later/a.rs", "", &[" the table has no row for `later`"]),
        ("expr/a.rs", "use std::fs::File;", &["1: `expr` must not name `std::fs`"]),
        ("expr/a.rs", "use std::{io, fs};", &["1: `expr` must not name `std::fs`"]),
        ("rule/a.rs", "use std::{io, fs};", &[]),
        ("rule/a.rs", "use rhai::Engine;", &["1: `rule` must not name `rhai::`"]),
        ("rule/a.rs", "let rhai = 1; x.rhai;", &[]),
        ("rule/a.rs", "std::io::stdout()", &["1: `rule` must not name `stdout`"]),
        ("rule/a.rs", "use std::io::{self, stdout};", &["1: `rule` must not name `stdout`"]),
        ("rule/a.rs", "SystemTime::now()", &["1: `rule` must not name `Type::now()`"]),
        ("rule/a.rs", "bindings.now + now", &[]),
        ("expr/a.rs", "if path.exists() {}", &["1: `expr` must not name `.exists()`"]),
        ("expr/a.rs", "if key.exists {}", &[]),
        ("expr/a.rs", "println!(\"x\")", &["1: `expr` must not name `println!`"]),
    ];
    for (name, source, expected) in cases {
        let path = module_path(FsPath::new(name));
        let module = Module { path, name: String::new(), file: File::parse(source) };
        let found = violations(&module, &tables);
        assert_eq!(found.len(), expected.len(), "{name}: {source}\n{found:#?}");
        for (found, expected) in found.iter().zip(*expected) {
            let found = found.trim_start_matches(':');
            assert!(found.starts_with(expected), "{name}: {source}\n{found}\n{expected}");
        }
    }
}

#[test]
fn modules_in_test_files_are_recognised() {
    let file = File::parse("mod a;\n#[cfg(test)]\nmod tests;\nmod b;");
    assert_eq!(file.test_modules, ["tests"]);
}
