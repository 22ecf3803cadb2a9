//! Throughput of a scan, compared with the steps that bound it, in one run.
//!
//! `cargo bench` prints MB/s and events/s for a newline scan, a loop that parses each line into a
//! `serde_json::Value`, the projection alone and the full scan with the built-in rules on one
//! thread. Then it prints nanoseconds for one evaluation of a rule by Keytrail's tree and by Rhai's
//! engine. Then, for up to 10,000 rules, it prints the time to match an event with and without the
//! index, and the time to check, test and mutate the built-in rules; `cargo bench --bench throughput
//! policy` prints only these. `benches/figures/run.py` calls `loop` and `rules`. Machines differ and are noisy: read the ratios. `KEYTRAIL_BENCH_EVENTS` sets the size.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../workload/dice.rs"]
mod dice;
mod evaluation;
mod events;
mod loops;
mod policy;
mod rules;
mod scanning;

use std::time::{Duration, Instant};

/// The shortest of several runs: the time of the machine without interference.
fn best_of(runs: usize, mut run: impl FnMut()) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..runs).map(timed).min().unwrap()
}

fn main() {
    let events = std::env::var("KEYTRAIL_BENCH_EVENTS")
        .map_or(40_000, |count| count.parse().expect("KEYTRAIL_BENCH_EVENTS is a number"));
    let arguments: Vec<String> = std::env::args().skip(1).filter(|of| of != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["policy"] => return policy::print(),
        ["loop", name, path] => return loops::run(name, path.as_ref()),
        ["rules", folder, count] => {
            return rules::write(folder.as_ref(), count.parse().expect("the number of rules"));
        }
        _ => {}
    }
    scanning::print(events);
    evaluation::print();
    rules::print();
    policy::print();
}
