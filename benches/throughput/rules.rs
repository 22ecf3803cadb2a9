//! Many rules: loading them, and matching a record, with and without the index.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use keytrail::config::{LoadOptions, Policy};
use keytrail::expr::Bindings;
use keytrail::plan::{Candidates, Plan};
use keytrail::record::Record;
use keytrail::record::field::event;
use keytrail::rule::Rule;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time, Value};

use crate::best_of;
use crate::dice::Dice;

const COUNTS: [usize; 3] = [100, 1_000, 10_000];
const RECORDS: usize = 256;
const APIS: u64 = 2_400;

const VERBS: [&str; 8] =
    ["Create", "Delete", "Update", "Describe", "List", "Attach", "Put", "Modify"];
const AGENTS: [&str; 6] = [
    "aws-cli/2.13.0 Python/3.11.4 Linux/5.15.0 exe/x86_64.ubuntu.22",
    "Boto3/1.28.3 md/Botocore#1.31.3 ua/2.0 os/linux#5.10 lang/python#3.9.17",
    "APN/1.0 HashiCorp/1.0 Terraform/1.5.2 (+https://www.terraform.io)",
    "console.amazonaws.com",
    "aws-sdk-go/1.44.298 (go1.20.5; linux; amd64)",
    "ec2.amazonaws.com",
];

pub(crate) fn print() {
    let folder = std::env::temp_dir().join(format!("keytrail-bench-rules-{}", std::process::id()));
    write(&folder, COUNTS[COUNTS.len() - 1]);
    let started = Instant::now();
    let policy = load(&folder);
    let loaded = started.elapsed();
    std::fs::remove_dir_all(&folder).unwrap();
    let mut dice = Dice::new(11);
    let values: Vec<Values> = (0..RECORDS).map(|_| Values::new(&mut dice)).collect();
    let records: Vec<Record<'_>> = values.iter().map(Values::record).collect();

    println!("\nconditions of many rules, one thread, {RECORDS} different events");
    println!(
        "{:>8}{:>14}{:>14}{:>10}{:>12}{:>12}{:>14}",
        "rules", "every rule", "index", "ratio", "tried", "matches", "index built"
    );
    for count in COUNTS {
        // Taken evenly from the whole set, so that each size has the same mix.
        let rules: Vec<Rule> =
            policy.rules.iter().step_by(policy.rules.len() / count).cloned().collect();
        let built = Instant::now();
        let plan = Plan::new(&rules, &policy.allowlist, &policy);
        let built = built.elapsed();
        let every = Plan::exhaustive(&rules, &policy.allowlist, &policy);
        assert_eq!(matches(&plan, &records).1, matches(&every, &records).1);
        let (tried, found) = matches(&plan, &records);
        let (fast, slow) = (per_event(&plan, &records), per_event(&every, &records));
        println!(
            "{count:>8}{:>11.2} µs{:>11.2} µs{:>9.0}x{:>12.1}{:>12.1}{:>11.1} ms",
            slow,
            fast,
            slow / fast,
            tried as f64 / RECORDS as f64,
            found as f64 / RECORDS as f64,
            built.as_secs_f64() * 1e3
        );
    }
    println!("{} rules loaded and compiled in {:.2} s", policy.rules.len(), loaded.as_secs_f64());
}

/// Number of tested conditions and number of matches, over all records.
fn matches(plan: &Plan<'_>, records: &[Record<'_>]) -> (usize, usize) {
    let mut candidates = Candidates::default();
    let (mut tried, mut found) = (0, 0);
    for record in records {
        let bindings = Bindings::of(record, Time(0));
        plan.candidates(record, &mut candidates);
        for number in candidates.conditions() {
            tried += 1;
            let holds = plan.conditions[number as usize].when.test(black_box(&bindings));
            found += usize::from(holds == Ok(true));
        }
    }
    (tried, found)
}

/// Microseconds per event.
fn per_event(plan: &Plan<'_>, records: &[Record<'_>]) -> f64 {
    const RUNS: usize = 15;
    let best = best_of(RUNS, || {
        black_box(matches(plan, records));
    });
    best.as_secs_f64() * 1e6 / records.len() as f64
}

/// The values of one event.
struct Values {
    api: String,
    operation: String,
    user: String,
    ip: String,
    agent: &'static str,
    user_type: &'static str,
    ok: bool,
}

impl Values {
    fn new(dice: &mut Dice) -> Self {
        let (service, api) = api(dice.roll(APIS));
        Self {
            operation: format!("aws:{service}.{api}"),
            api,
            user: format!("user-{}", dice.roll(500)),
            ip: address(dice),
            agent: AGENTS[dice.roll(AGENTS.len() as u64) as usize],
            user_type: ["user", "role", "role", "root"][dice.roll(4) as usize],
            ok: dice.roll(10) > 0,
        }
    }

    fn record(&self) -> Record<'_> {
        let mut record = Record::new(RecordKind::Event);
        for (field, text) in [
            (event::API, self.api.as_str()),
            (event::OPERATION, &self.operation),
            (event::USER, &self.user),
            (event::IP, &self.ip),
            (event::AGENT, self.agent),
            (event::USER_TYPE, self.user_type),
            (event::METHOD, "api"),
        ] {
            record.set(field, Value::str(text));
        }
        record.set(event::OK, Value::Bool(self.ok));
        record
    }
}

fn api(n: u64) -> (String, String) {
    let verb = VERBS[(n % VERBS.len() as u64) as usize];
    (format!("service{}", n % 60), format!("{verb}Thing{n}"))
}

fn address(dice: &mut Dice) -> String {
    format!("{}.{}.{}.{}", 1 + dice.roll(200), dice.roll(250), dice.roll(250), dice.roll(250))
}

/// A mix of rules. Of twenty rules, twelve test operations, two each test a prefix, a part of the
/// user agent and an address range, one tests a user, and one is tested on every record. Each has
/// up to three further tests, and one in ten is an alternative of two.
fn condition(dice: &mut Dice) -> String {
    let main = |dice: &mut Dice| match dice.roll(20) {
        0..=7 => format!("event.api == \"{}\"", api(dice.roll(APIS)).1),
        8..=11 => {
            let some: Vec<String> =
                (0..2 + dice.roll(8)).map(|_| format!("\"{}\"", api(dice.roll(APIS)).1)).collect();
            format!("event.api in [{}]", some.join(", "))
        }
        12 | 13 => {
            let (service, api) = api(dice.roll(APIS));
            let end = api.len() - dice.roll(3) as usize;
            format!("event.operation.starts_with(\"aws:{service}.{}\")", &api[..end])
        }
        14 | 15 => format!("event.agent.contains(\"tool-{}/{}\")", dice.roll(900), dice.roll(9)),
        16 | 17 => {
            let (a, b) = (1 + dice.roll(200), dice.roll(250));
            format!("event.ip.in_cidr([\"{a}.{b}.0.0/16\", \"{b}.{a}.{b}.0/24\"])")
        }
        18 => format!("event.user == \"user-{}\"", dice.roll(500)),
        _ => "event.account != event.caller_account".to_owned(),
    };
    let mut text = main(dice);
    if dice.roll(10) == 0 {
        text = format!("({text} || {})", main(dice));
    }
    for _ in 0..dice.roll(4) {
        let more = match dice.roll(4) {
            0 => "event.ok == true",
            1 => "event.user_type != \"root\"",
            2 => "event.method == \"api\"",
            _ => "!event.agent.starts_with(\"aws-sdk-java\")",
        };
        let _ = write!(text, " && {more}");
    }
    text
}

/// Writes this many rules, one in each file.
pub(crate) fn write(folder: &Path, count: usize) {
    let mut dice = Dice::new(5);
    std::fs::create_dir_all(folder).unwrap();
    for n in 0..count {
        let text = format!(
            "rule:\n  id: r{n:05}\n  title: Rule {n}\n  category: abuse\n  severity: low\n  on: event\n  description: |\n    What it finds, and why that matters.\n  remediation: |\n    What to do about it.\n  when: |\n    {}\n  message: \"${{event.user}} called ${{event.name}} from ${{event.source}}\"\n",
            condition(&mut dice)
        );
        std::fs::write(folder.join(format!("r{n:05}.yaml")), text).unwrap();
    }
}

fn load(folder: &Path) -> Policy {
    Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.to_owned(),
        rules: vec![folder.display().to_string()],
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("the rules load: {:?}", diagnostics[0]))
}
