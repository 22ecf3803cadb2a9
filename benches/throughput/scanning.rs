//! A scan from bytes to findings, and simpler loops to compare it with.

use std::hint::black_box;
use std::io::Write;
use std::path::PathBuf;

use keytrail::config::{LoadOptions, Policy};
use keytrail::input::{FORMATS, InputSet};
use keytrail::plan::Plan;
use keytrail::record::{Origin, RawRecord, Scratch};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::Time;
use keytrail::{ScanOptions, scan};

use crate::{best_of, events};

const RUNS: usize = 9;

pub(crate) fn print(count: usize) {
    let text = events::lines(count);
    let file = std::env::temp_dir().join(format!("keytrail-bench-{}.ndjson", std::process::id()));
    std::fs::File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        directory: PathBuf::from("."),
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("the built-in rules load: {diagnostics:?}"));

    println!(
        "{count} events, {:.0} MB, {} rules, one thread",
        text.len() as f64 / 1e6,
        policy.rules.len()
    );
    println!("{:<36}{:>10}{:>14}{:>10}", "", "MB/s", "events/s", "ratio");
    let mut baseline = None;
    let mut row = |name: &str, run: &mut dyn FnMut()| {
        let seconds = best_of(RUNS, run).as_secs_f64();
        let base = *baseline.get_or_insert(seconds);
        println!(
            "{name:<36}{:>10.0}{:>14.0}{:>9.2}x",
            text.len() as f64 / 1e6 / seconds,
            count as f64 / seconds,
            base / seconds
        );
    };

    row("serde_json::Value for each line", &mut || {
        for line in text.lines() {
            black_box(serde_json::from_str::<serde_json::Value>(line).unwrap());
        }
    });
    row("newline scan", &mut || {
        black_box(memchr::memchr_iter(b'\n', text.as_bytes()).count());
    });
    let plan = Plan::new(&policy.rules, &policy.allowlist, &policy);
    let mapper = FORMATS[0].mapper(
        &plan.condition_fields().with_dependencies(),
        &Origin::default(),
        Time(0),
    );
    row("parse only, the fields of the rules", &mut || {
        let mut scratch = Scratch::default();
        for line in text.lines() {
            let raw = RawRecord::alone(line);
            mapper.map(&raw, &mut scratch, &mut |rows| {
                black_box(rows);
            });
        }
    });
    let args = [file.to_string_lossy().into_owned()];
    row("full scan from a file", &mut || {
        let inputs = InputSet::new(&args).unwrap();
        let report = scan(&policy, &inputs, inputs.roots().to_vec(), Vec::new(), &options());
        assert_eq!(report.accounting.evaluated, count as u64);
        black_box(report);
    });
    std::fs::remove_file(file).unwrap();
}

fn options() -> ScanOptions {
    ScanOptions::at(Time::parse("2026-03-03T00:00:00Z").unwrap())
}
