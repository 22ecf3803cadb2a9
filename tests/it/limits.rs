//! The figures of docs/limits.md equal those of the code, and each is measured by a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where a figure of the page comes from.
enum From {
    /// A constant of this module: `("input/frame", "MAX_RECORD")`.
    Const(&'static str, &'static str),
    /// A figure that is not a constant of the code: it follows from a library or from how the code
    /// works.
    Fixed(u64),
}

use From::{Const, Fixed};

/// Each row of the page that has figures, by its beginning, and where they come from.
const FIGURES: &[(&str, &[From])] = &[
    ("length of a record", &[Const("input", "MAX_RECORD")]),
    ("nesting of a record", &[Const("input/json", "MAX_DEPTH")]),
    ("bytes read at a time", &[Const("input/byte_stream", "BLOCK")]),
    ("bytes examined to recognise", &[Const("input", "WINDOW")]),
    ("lines examined", &[Const("input", "SAMPLE"), Fixed(8)]),
    ("bytes around a `{`", &[Const("input", "REACH")]),
    ("key of a container", &[Const("input", "KEY_REACH")]),
    ("records buffered until", &[Const("input", "WINDOW")]),
    (
        "files retained",
        &[Const("input", "SMALL_BYTES"), Const("input", "SMALL"), Const("input", "LARGE_FILES")],
    ),
    ("decompression", &[Const("input", "MAX_RATIO"), Const("input", "FREE_BYTES")]),
    ("layers of compression", &[Fixed(1)]),
    ("a row of a table", &[Const("input", "MAX_RECORD"), Const("input", "MAX_LINES")]),
    ("a cell of a row", &[Const("input", "MAX_CELL")]),
    ("columns of a table", &[Const("input", "MAX_COLUMNS")]),
    ("rows of one user", &[Const("input", "MAX_ROWS")]),
    ("rows of one such report", &[Const("input", "MAX_STORED")]),
    ("skipped records described", &[Const("engine", "SKIPS_IN_DETAIL")]),
    ("failed evaluations", &[Const("engine", "ERRORS_IN_DETAIL")]),
    ("records named that caused", &[Const("engine", "PANICS_IN_DETAIL")]),
    ("files that `posture`", &[Const("posture", "LOST"), Const("posture", "DESCRIBED")]),
    ("memory for matches", &[Const("engine", "MEMORY"), Const("bin/keytrail", "LEAST_MEMORY")]),
    ("open temporary files", &[Fixed(1)]),
    ("sorted runs", &[Const("engine/rows", "FAN_IN"), Const("engine/rows", "READ")]),
    ("keys and numbers whose", &[Const("engine", "MAX_OWNERS")]),
    ("combinations of values", &[Const("correlate", "MAX_COMBINATIONS")]),
    ("subjects of one record", &[Const("engine", "SUBJECTS")]),
    (
        "values that a measure",
        &[
            Const("rule/load", "LISTED"),
            Const("rule/load", "MOST_LISTED"),
            Const("finding", "LISTED_BYTES"),
        ],
    ),
    ("matches of one subject", &[Const("engine/reduce", "BYTES"), Const("engine", "AT_LEAST")]),
    (
        "call records of a finding",
        &[Const("engine", "CALLS"), Const("finding", "MAX_OTHER_OPERATIONS")],
    ),
    ("samples of a finding", &[Const("engine", "SAMPLES"), Const("engine", "SAMPLES_PER_CALL")]),
    ("samples of all findings of a rule", &[Const("engine", "SAMPLES_PER_RULE")]),
    ("samples of all findings of a run", &[Const("engine", "SAMPLES_PER_RUN")]),
    ("findings of a run that show", &[Const("engine", "LEADS_PER_RUN")]),
    ("call records of the other findings", &[Const("report", "BRIEF_CALLS")]),
    ("steps of an incident", &[Const("incident/story", "STEPS")]),
    ("length of a sample", &[Const("engine", "SAMPLE_BYTES")]),
    ("nesting of a sample", &[Const("finding", "MAX_DEPTH")]),
    ("findings of one rule", &[Const("output", "PER_RULE")]),
    ("findings whose evidence a page", &[Const("output/html", "DETAILED")]),
    ("results of a SARIF log", &[Const("output", "MOST_RESULTS")]),
    ("notifications of a SARIF log", &[Const("output/sarif/invocation", "MOST")]),
    (
        "the report in Markdown",
        &[
            Const("output/markdown", "SUMMARY_BYTES"),
            Const("output/markdown", "COMMENT_BYTES"),
            Const("output/markdown", "COMMENT_FINDINGS"),
        ],
    ),
    ("annotations of GitHub", &[Const("output/github", "SHOWN")]),
    (
        "blocks of a Slack message",
        &[Const("output/webhook", "BLOCKS"), Const("output/webhook", "SECTION")],
    ),
    ("texts of CSV", &[Const("output/csv", "LIMIT"), Const("output/gitlab_sast", "LIMIT")]),
    ("rows of evidence of a finding in OCSF", &[Const("output/ocsf", "EVIDENCE")]),
    (
        "texts of a SARIF log",
        &[Const("output/sarif", "LIMIT"), Const("output", "HELP"), Const("output", "MOST_TAGS")],
    ),
    ("groups of a query", &[Const("query", "GROUPS"), Const("query", "BYTES")]),
    ("length of a value", &[Const("inspect", "LONGEST")]),
    ("resources of an action", &[Const("recommend", "NAMES"), Fixed(1)]),
    ("types, regions, accounts and buckets", &[Const("recommend", "GROUPS")]),
    ("resources that one request", &[Const("recommend", "MOST")]),
    ("other credentials of a user", &[Const("recommend", "OTHER_CREDENTIALS")]),
    ("addresses of a credential", &[Const("recommend", "ADDRESSES")]),
    ("rows that are still needed", &[Const("bin/keytrail/commands/watch", "MEMORY")]),
    ("ids of emitted", &[Const("watch", "EMITTED_RETENTION")]),
    ("rows of evidence in a line", &[Const("output/json", "CALLS")]),
    ("standard input that waits", &[Const("bin/keytrail", "MAX_BUFFERED")]),
    ("one policy file", &[Const("source", "MAX_POLICY_FILE")]),
    ("nesting of sequences", &[Const("yaml", "MAX_DEPTH")]),
    ("values of one file", &[Const("yaml", "MAX_NODES"), Fixed(9_000)]),
    ("errors reported", &[Const("yaml", "MAX_ERRORS")]),
    ("an expression", &[Const("expr", "MAX_SOURCE")]),
    ("a message", &[Const("expr", "MAX_SOURCE")]),
    ("nesting of brackets", &[Const("expr", "MAX_NESTING")]),
    ("operands of one chain", &[Fixed(500)]),
    ("items of a list literal", &[Const("expr", "MAX_LIST")]),
    ("a text literal", &[Const("expr", "MAX_STRING")]),
    ("steps of a sequence", &[Fixed(2), Const("rule", "MAX_STEPS")]),
    ("records that the steps", &[Const("rule", "MAX_COUNT")]),
    ("nested definitions", &[Const("expr", "MAX_DEFINITIONS")]),
    ("parts of an expression", &[Const("expr", "MAX_NODES")]),
    ("a regular expression", &[Const("expr", "MAX_REGEX")]),
    ("rows of a table", &[Const("table", "MAX_ROWS")]),
];

/// Tests that do not contain the figure itself, with the text by which each measures the limit. A
/// memory limit is measured with a smaller limit in its place.
const MEASURED_BY: &[(&str, &str)] = &[
    ("bytes read at a time", "largest <= 4 * WINDOW"),
    ("key of a container", "far(5_000)"),
    ("decompression", "90 << 20"),
    ("layers of compression", "compressed twice"),
    ("rows of one such report", "users.limit(1000)"),
    ("failed evaluations", "[0, 1, 2]"),
    ("memory for matches", "DetailStore::new(budget"),
    ("call records of the other findings", "BRIEF_CALLS"),
    ("length of a sample", "text.len() < 4200"),
    ("nesting of a sample", "contains('…')"),
    ("findings of one rule", "… 3 more findings"),
    ("texts of CSV", "64 << 10"),
    ("rows of evidence of a finding in OCSF", "EVIDENCE + 3"),
    ("texts of a SARIF log", "assert_accepted"),
    ("groups of a query", "Limits { groups"),
    ("length of a value", "(4 bytes more)"),
    ("rows that are still needed", "memory: 4096"),
    ("ids of emitted", "Time(36 * 86_400_000_000)"),
    ("a regular expression", "pattern(400)"),
];

/// The rows of the page: what, limit, what is reported, tests.
fn rows() -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/limits.md")).unwrap().replace(r"\|", "¦");
    let cells = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let rows = page.lines().filter(|line| line.starts_with("| ")).map(cells);
    rows.filter(|cells| cells.len() == 4 && cells[0] != "what").collect()
}

/// Every source file below `src` and `tests`, by its path below them.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut open = vec![root.clone()];
        while let Some(at) = open.pop() {
            if at.is_dir() {
                open.extend(fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()));
            } else if at.extension().is_some_and(|extension| extension == "rs") {
                let path = at.strip_prefix(&root).unwrap().with_extension("");
                let path = path.to_str().unwrap().to_owned();
                files.push((path, fs::read_to_string(&at).unwrap()));
            }
        }
    }
    files
}

/// The value of a constant of a module, which has one of that name.
fn constant(module: &str, name: &str, sources: &[(String, String)]) -> u64 {
    let declared = format!("const {name}: ");
    let values: BTreeSet<u64> = sources
        .iter()
        .filter(|(of, _)| {
            of.strip_prefix(module).is_some_and(|r| r.is_empty() || r.starts_with('/'))
        })
        .flat_map(|(_, text)| text.split(&declared).skip(1))
        .map(|rest| value(rest.split_once('=').unwrap().1.split_once(';').unwrap().0))
        .collect();
    match values.iter().collect::<Vec<_>>()[..] {
        [value] => *value,
        _ => panic!("{module}::{name} has the values {values:?}"),
    }
}

/// The value of `4 * 1024`, `64 << 20` or `Duration(35 * 24 * 3600 * 1_000_000)`; durations in
/// days.
fn value(written: &str) -> u64 {
    let written = written.trim();
    if let Some(time) = written.strip_prefix("Duration(") {
        return value(time.trim_end_matches(')')) / 86_400_000_000;
    }
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().unwrap();
    match written.split_once("<<") {
        Some((number_of, shift)) => number(number_of) << number(shift),
        None => written.split('*').map(number).product(),
    }
}

/// Every figure of a text, multiplied by its unit: `16 MiB`, `4,096`. Codes and placeholders are
/// not figures.
fn figures(text: &str) -> Vec<u64> {
    let words: Vec<&str> = text.split([' ', '(', ')', ';', ':', '`']).collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let digits = word.trim_end_matches([',', '.']).replace(',', "");
        let Ok(number) = digits.parse::<u64>() else { continue };
        found.push(match words.get(at + 1).map(|unit| unit.trim_end_matches([',', '.'])) {
            Some("KiB") => number << 10,
            Some("MiB") => number << 20,
            _ => number,
        });
    }
    found
}

#[test]
fn figures_are_parsed_with_their_units() {
    let cases: &[(&str, &[u64])] = &[
        ("16 MiB", &[16 << 20]),
        ("256 KiB; of a pipe what it gives", &[256 << 10]),
        ("4,096 bytes", &[4096]),
        ("4 MiB (4,194,304 bytes), UTF-8", &[4 << 20, 4 << 20]),
        ("1,000,000, or 256 MiB of their values", &[1_000_000, 256 << 20]),
        ("KT1001 `it has … bytes, more than the 4194304`", &[4 << 20]),
        ("none", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(figures(text), *expected, "{text}");
    }
    for (written, expected) in
        [("16", 16), (" 250_000", 250_000), ("4 * 1024", 4096), ("64 << 20", 64 << 20)]
    {
        assert_eq!(value(written), expected, "{written}");
    }
    assert_eq!(value("Duration(35 * 24 * 3600 * 1_000_000)"), 35);
}

#[test]
fn every_figure_on_the_page_equals_the_constant_in_the_code() {
    let sources = sources();
    let rows = rows();
    let mut wrong = Vec::new();
    for row in &rows {
        let figures_of_row = FIGURES.iter().find(|(begins, _)| row[0].starts_with(begins));
        let limits: BTreeSet<u64> = figures_of_row
            .iter()
            .flat_map(|(_, from)| from.iter())
            .map(|from| match from {
                Const(module, name) => constant(module, name, &sources),
                Fixed(figure) => *figure,
            })
            .collect();
        let written: BTreeSet<u64> = figures(&row[1]).into_iter().collect();
        if !limits.is_subset(&written) {
            wrong.push(format!("{}: the code has {limits:?}, the page {written:?}", row[0]));
        }
        for figure in [figures(&row[1]), figures(&row[2])].concat() {
            if !limits.contains(&figure) {
                wrong.push(format!("{}: no constant has the value {figure}", row[0]));
            }
        }
    }
    for (begins, _) in FIGURES {
        if !rows.iter().any(|row| row[0].starts_with(begins)) {
            wrong.push(format!("no row begins with `{begins}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The source of a test: its attributes, name and body.
fn test<'s>(name: &str, sources: &'s [(String, String)]) -> Option<&'s str> {
    let declared = format!("fn {name}(");
    sources.iter().find_map(|(_, text)| {
        let at = text.find(&declared)?;
        let begin = text[..at].rfind("\n\n").unwrap_or(0);
        let indent = at - text[..at].rfind('\n').map_or(0, |line| line + 1);
        let end = format!("\n{}}}\n", " ".repeat(indent));
        let end = text[at..].find(&end).map_or(text.len(), |length| at + length);
        Some(&text[begin..end])
    })
}

#[test]
fn every_limit_is_measured_by_a_test() {
    let sources = sources();
    let mut wrong = Vec::new();
    for row in rows() {
        let names: Vec<&str> = row[3].split('`').skip(1).step_by(2).collect();
        let bodies: Vec<&str> = names.iter().filter_map(|name| test(name, &sources)).collect();
        if names.is_empty() || bodies.len() < names.len() {
            wrong.push(format!("{}: there is no test `{}`", row[0], row[3]));
            continue;
        }
        for body in &bodies {
            if !body.contains("#[test]") || body.contains("#[ignore") {
                wrong.push(format!("{}: {names:?} is not run", row[0]));
            }
        }
        let figures_of_row = FIGURES.iter().find(|(begins, _)| row[0].starts_with(begins));
        let Some((_, from)) = figures_of_row else { continue };
        let by = MEASURED_BY.iter().find(|(begins, _)| row[0].starts_with(begins));
        let names_it = |body: &&str| match by {
            Some((_, by)) => body.contains(by),
            None => from.iter().any(|from| match from {
                Const(module, name) => {
                    let figure = constant(module, name, &sources).to_string();
                    body.contains(name) || body.replace('_', "").contains(&figure)
                }
                Fixed(figure) => body.contains(&figure.to_string()),
            }),
        };
        let measured = bodies.iter().any(names_it);
        if !measured {
            wrong.push(format!("{}: {names:?} does not name its figure", row[0]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
