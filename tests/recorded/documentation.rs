//! Events in pages of documentation: blocks that are the JSON of an audit log.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use serde_json::Value;

/// The response of `DescribeEvents` has one event.
pub(crate) fn describe_events(folder: &Path) -> Result<(), Failed> {
    events(&folder.join("DescribeEvents.md"), &[1])
}

/// The response of `LookUpEvents` of 2017 has four events.
pub(crate) fn look_up_events(folder: &Path) -> Result<(), Failed> {
    events(&folder.join("cloudaudit-php-sdk-lookupevents-2017.md"), &[4])
}

/// The blocks of a page that are JSON have these numbers of events of Tencent Cloud.
fn events(page: &Path, wanted: &[u64]) -> Result<(), Failed> {
    let text = std::fs::read_to_string(page)?;
    let blocks = text.split("```").skip(1).step_by(2).map(str::trim);
    let mut read = Vec::new();
    for block in blocks.filter(|block| block.starts_with('{')) {
        let report = scan(block)?;
        let accounting = &report["accounting"];
        if accounting["skipped"] != 0 || accounting["formats"]["cloudaudit"] != accounting["read"] {
            return Err(format!("{}: {accounting}", page.display()).into());
        }
        read.extend(accounting["read"].as_u64());
    }
    if read == wanted { Ok(()) } else { Err(format!("{}: {read:?}", page.display()).into()) }
}

/// The JSON report of a scan of standard input.
fn scan(input: &str) -> Result<Value, Failed> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keytrail"))
        .args(["scan", "-", "--no-config", "-f", "json", "-q"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(input.as_bytes())?;
    Ok(serde_json::from_slice(&child.wait_with_output()?.stdout)?)
}
