//! A finding of yesterday's SARIF log has the same fingerprint and text in today's.

use std::collections::BTreeMap;
use std::path::Path;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::check::keytrail;

/// The logs of two days give the same findings, although the second has one more call of each.
pub(crate) fn stays_while_calls_are_added(folder: &Path) -> Result<(), Failed> {
    let (first, second) = (results(&folder.join("day1"))?, results(&folder.join("day2"))?);
    if first.is_empty() || first != second {
        return Err(format!("the first day has\n{first:#?}\nbut the second\n{second:#?}").into());
    }
    Ok(())
}

/// The message of each result by its fingerprint.
fn results(folder: &Path) -> Result<BTreeMap<String, String>, Failed> {
    let output = keytrail(folder, &["scan", "log.json", "--format", "sarif"])?;
    let log: Value = serde_json::from_slice(&output.stdout)?;
    let results = log["runs"][0]["results"].as_array().ok_or("no results")?;
    let text = |result: &Value| {
        let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
        (hash.to_owned(), result["message"]["text"].as_str().unwrap().to_owned())
    };
    Ok(results.iter().map(text).collect())
}
