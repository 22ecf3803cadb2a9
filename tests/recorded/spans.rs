//! Records are at the byte, line and column that `inspect` prints.

use std::path::Path;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::check::keytrail;

/// Each record of the logs in a folder begins with `{` at its byte offset, which is on its line.
pub(crate) fn begin_with_their_record(folder: &Path) -> Result<(), Failed> {
    let mut records = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let output = keytrail(folder, &["inspect", path.to_str().unwrap(), "--format", "json"])?;
        for line in output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let row: Value = serde_json::from_slice(line)?;
            let Some(byte) = row["byte"].as_u64() else { continue };
            let before = &text[..byte as usize];
            let line = before.matches('\n').count() as u64 + 1;
            if !text[byte as usize..].starts_with('{') || row["line"].as_u64() != Some(line) {
                return Err(format!("{}: no record at {row}", path.display()).into());
            }
            records += 1;
        }
    }
    if records == 0 { Err("no record has a byte offset".into()) } else { Ok(()) }
}
