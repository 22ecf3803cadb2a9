//! Writes generated audit logs of any size, as input for benchmarks.
//!
//! ```text
//! cargo bench --bench workload -- KIND FORMAT SIZE PATH
//! ```
//!
//! KIND is `ordinary` (reads of a few hundred identities, few writes, few attack chains), `attacked`
//! (every event is part of an attack, thousands of keys and addresses) or `quiet` (no built-in rule
//! matches). FORMAT is `cloudtrail`, `actiontrail` or `cloudaudit`, as one record a line, or
//! `cloudtrail-gzip`, which makes PATH a folder of files of 2,000 records each, or `credentials`, an
//! AWS credential report. SIZE is in bytes before compression, such as `100M` or `20G`. PATH is a
//! file, a folder or `-`. The same arguments give the same bytes on every machine.

#![allow(clippy::print_stderr, clippy::unwrap_used)]

mod credentials;
mod dice;
mod event;
mod records;
mod traffic;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use event::Event;
use records::Cloud;
use traffic::{Kind, Traffic};

/// Records in one compressed file.
const PER_FILE: usize = 2_000;

const USAGE: &str = "usage: workload ordinary|attacked|quiet \
    cloudtrail|cloudtrail-gzip|actiontrail|cloudaudit|credentials SIZE PATH";

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|of| of != "--bench").collect();
    let [kind, format, size, path] = arguments.as_slice() else {
        // `cargo bench` without arguments runs every benchmark.
        eprintln!("{USAGE}");
        return if arguments.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    let (Some(kind), Some(size)) = (Kind::parse(kind), bytes(size)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let written = match format.as_str() {
        "cloudtrail" => lines(kind, Cloud::Aws, size, path),
        "actiontrail" => lines(kind, Cloud::Alibaba, size, path),
        "cloudaudit" => lines(kind, Cloud::Tencent, size, path),
        "cloudtrail-gzip" => files(kind, size, Path::new(path)),
        "credentials" => output(path).and_then(|mut out| credentials::write(size, &mut out)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A number of bytes, such as `100M`.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['K', 'M', 'G']);
    let unit = match &text[digits.len()..] {
        "" => 1,
        "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

fn output(path: &str) -> io::Result<Box<dyn Write>> {
    Ok(match path {
        "-" => Box::new(BufWriter::new(io::stdout().lock())),
        path => Box::new(BufWriter::with_capacity(1 << 20, File::create(path)?)),
    })
}

fn lines(kind: Kind, cloud: Cloud, size: u64, path: &str) -> io::Result<()> {
    let mut out = output(path)?;
    let mut written = 0;
    let mut line = String::new();
    for event in Traffic::new(kind) {
        line.clear();
        cloud.write(&event, &mut line);
        line.push('\n');
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
        if written >= size {
            break;
        }
    }
    out.flush()
}

/// Files as CloudTrail delivers them.
fn files(kind: Kind, size: u64, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut traffic = Traffic::new(kind);
    let (mut written, mut number) = (0, 0);
    let mut text = String::new();
    while written < size {
        text.clear();
        text.push_str(r#"{"Records":["#);
        for at in 0..PER_FILE {
            if at > 0 {
                text.push(',');
            }
            let Some(event): Option<Event> = traffic.next() else { break };
            Cloud::Aws.write(&event, &mut text);
        }
        text.push_str("]}");
        written += text.len() as u64;
        let name = format!("111122223333_CloudTrail_eu-central-1_{number:06}.json.gz");
        let file = File::create(folder.join(name))?;
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        packed.write_all(text.as_bytes())?;
        packed.finish()?.flush()?;
        number += 1;
    }
    Ok(())
}
