//! The results as JUnit XML, which CI systems show as tests: one suite for each rule.

use std::io;

use super::Results;
use crate::output::xml::xml;

/// Writes the tests as JUnit.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(results: &Results, out: &mut dyn io::Write) -> io::Result<()> {
    let (passed, failed) = results.counts();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let all = passed + failed;
    writeln!(out, "<testsuites name=\"keytrail test\" tests=\"{all}\" failures=\"{failed}\">")?;
    for suite in results.tests.chunk_by(|a, b| a.rule == b.rule) {
        let failures = suite.iter().filter(|test| !test.reasons.is_empty()).count();
        let rule = xml(&suite[0].rule);
        let tests = suite.len();
        writeln!(out, "  <testsuite name=\"{rule}\" tests=\"{tests}\" failures=\"{failures}\">")?;
        for test in suite {
            let (name, file) = (xml(&test.name), xml(&test.path));
            write!(
                out,
                "    <testcase classname=\"{rule}\" name=\"{name}\" file=\"{file}\" line=\"{}\"",
                test.line
            )?;
            let Some(first) = test.reasons.first() else {
                writeln!(out, "/>")?;
                continue;
            };
            let reasons: Vec<String> = test.reasons.iter().map(|reason| xml(reason)).collect();
            writeln!(out, ">")?;
            writeln!(
                out,
                "      <failure message=\"{}\">{}</failure>",
                xml(first),
                reasons.join("\n")
            )?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}
