//! Loops over a file that bound what a scan can reach, each as a process of its own.

use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;

use keytrail::config::{LoadOptions, Policy};
use keytrail::input::FORMATS;
use keytrail::plan::Plan;
use keytrail::record::{Origin, RawRecord, Scratch};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::Time;

/// Runs a loop over a file of lines, or `inflate` over the compressed files of a folder.
pub(crate) fn run(name: &str, path: &Path) {
    match name {
        // The unit B: each line becomes a tree.
        "value" => {
            for line in fs::read_to_string(path).unwrap().lines() {
                black_box(serde_json::from_str::<serde_json::Value>(line).unwrap());
            }
        }
        "newline" => {
            let bytes = fs::read(path).unwrap();
            black_box(memchr::memchr_iter(b'\n', &bytes).count());
        }
        "inflate" => {
            let mut bytes = Vec::new();
            for file in fs::read_dir(path).unwrap() {
                bytes.clear();
                let file = fs::File::open(file.unwrap().path()).unwrap();
                flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
                black_box(&bytes);
            }
        }
        "parse" => parse(&fs::read_to_string(path).unwrap()),
        "nothing" => {
            black_box(fs::read(path).unwrap());
        }
        _ => panic!("no loop is called {name}"),
    }
}

/// Reads the fields of the built-in rules and evaluates none.
fn parse(text: &str) {
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        directory: ".".into(),
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("the built-in rules load: {diagnostics:?}"));
    let plan = Plan::new(&policy.rules, &policy.allowlist, &policy);
    let fields = plan.condition_fields().with_dependencies();
    let mapper = FORMATS[0].mapper(&fields, &Origin::default(), Time(0));
    let mut scratch = Scratch::default();
    for line in text.lines() {
        mapper.map(&RawRecord::alone(line), &mut scratch, &mut |rows| {
            black_box(rows);
        });
    }
}
