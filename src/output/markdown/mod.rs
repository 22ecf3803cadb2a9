//! Markdown for a job summary and for a comment on a pull request.
//!
//! Every value is a code span: services render the text, link addresses, and notify people that it
//! mentions. A report that is too long for its service loses whole findings from its end, and says
//! how many.

mod blocks;

use std::io;

use self::blocks::{closing, finding, head, incidents, reasons};
use super::human::text::counted;
use super::issue::shown;
use super::{Output, Style};
use crate::report::Report;

/// The report as a job summary.
pub(super) static MARKDOWN: Output = Output {
    name: "markdown",
    doc: "Markdown for a job summary of GitHub or GitLab, at most 1 MiB; covered findings only with \
          --show-suppressed.",
    extension: "md",
    records: false,
    write: |report, style, out| write(report, style, &SUMMARY, out),
};

/// The report as a comment.
pub(super) static MARKDOWN_COMMENT: Output = Output {
    name: "markdown-comment",
    doc: "Markdown for a comment on a pull request, at most 65,536 characters, with a marker by which a \
          later run finds it.",
    extension: "md",
    records: false,
    write: |report, style, out| write(report, style, &COMMENT, out),
};

/// Where the text is shown.
struct Place {
    /// The first line, if it has one.
    marker: &'static str,
    /// The maximum length, in bytes. A text never has more characters than bytes.
    size: usize,
    /// Findings that are shown at most.
    findings: usize,
}

/// What GitHub takes for the summary of a step.
const SUMMARY_BYTES: usize = 1 << 20;

/// What GitHub takes in a comment, in characters.
const COMMENT_BYTES: usize = 65_536;

/// Findings of a comment. People read it between others.
const COMMENT_FINDINGS: usize = 50;

const SUMMARY: Place = Place { marker: "", size: SUMMARY_BYTES, findings: usize::MAX };

/// A script finds the comment of an earlier run by its first line.
const COMMENT: Place =
    Place { marker: "<!-- keytrail -->\n", size: COMMENT_BYTES, findings: COMMENT_FINDINGS };

/// Bytes for the sentence that says what was cut.
const RESERVE: usize = 300;

fn write(report: &Report, style: &Style, place: &Place, out: &mut dyn io::Write) -> io::Result<()> {
    let closing = closing(report);
    let mut text = format!("{}{}", place.marker, head(report));
    let most = place.size.saturating_sub(closing.len() + RESERVE);
    let findings: Vec<_> = shown(report, style).collect();
    let beyond = findings.len().saturating_sub(place.findings);
    let findings = findings.iter().take(place.findings).map(|of| finding(report, of));
    let sections: [(&str, &str, Vec<String>, usize); 3] = [
        ("## Incomplete", "reason", reasons(report).collect(), 0),
        ("## Incidents", "incident", incidents(report).collect(), 0),
        ("## Findings", "finding", findings.collect(), beyond),
    ];
    let mut cut = Vec::new();
    for (heading, noun, blocks, beyond) in sections {
        let mut left = beyond;
        for (at, block) in blocks.iter().enumerate() {
            let heading = if at == 0 { format!("{heading}\n\n") } else { String::new() };
            if text.len() + heading.len() + block.len() > most {
                left += blocks.len() - at;
                break;
            }
            text.push_str(&heading);
            text.push_str(block);
        }
        text.push_str(if blocks.is_empty() { "" } else { "\n" });
        if left > 0 {
            cut.push(counted(left as u64, &format!("more {noun}")));
        }
    }
    if !cut.is_empty() {
        let cut = cut.join(", ");
        text.push_str(&format!(
            "**Cut:** {cut} not shown here; the JSON report has all of them.\n\n"
        ));
    }
    text.push_str(&closing);
    out.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::report::fixture::{clean, fixture};

    fn text(report: &Report, place: &Place) -> String {
        let mut out = Vec::new();
        write(report, &Style::default(), place, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_has_the_size_that_the_service_takes_and_says_what_is_cut() {
        let mut report = fixture();
        let first = report.findings[0].clone();
        report.findings = vec![first; 3_000];
        report.incidents.clear();
        for (place, most) in [(&SUMMARY, 1 << 20), (&COMMENT, 65_536)] {
            let text = text(&report, place);
            assert!(text.len() <= most, "{}", text.len());
            let shown = text.matches("\n- **critical**").count() as u64;
            let cut = format!("**Cut:** {} not shown here", counted(3_000 - shown, "more finding"));
            assert_eq!(text.contains(&cut), shown < 3_000, "{shown}");
        }
        let mut reasons = fixture();
        reasons.incomplete = vec![reasons.incomplete[0].clone(); 5_000];
        reasons.incomplete[0].text = "\u{e0041}".repeat(5_000);
        let text_of_reasons = text(&reasons, &COMMENT);
        assert!(text_of_reasons.len() <= 65_536 && text_of_reasons.contains("more reasons"));
        report.findings.truncate(50);
        assert!(!text(&report, &COMMENT).contains("**Cut:**"));
    }

    #[test]
    fn the_whole_comment() {
        let mut report = fixture();
        report.findings.retain(|finding| finding.rule != 0);
        insta::assert_snapshot!(text(&report, &COMMENT), @r"
        <!-- keytrail -->
        # Keytrail: incomplete

        4 findings at or above high: 3 gate, 1 experimental. 1,236 of 1,238 records were evaluated, 2 skipped.

        | severity | findings |
        | --- | ---: |
        | critical | 1 |
        | high | 1 |
        | medium | 1 |

        ## Incomplete

        - `2 records were skipped, more than the 0 that --max-skipped allows`
        - ``rule `new-region` failed on 2 records``

        ## Incidents

        - **critical** `key AKIAEX…0001 of user bob from 198.51.100.4: initial access within 32 hours` (3 findings, 2024-08-01T09:00:17Z to 2024-08-02T17:30:00.25Z, incident `6f403ce52b47bca5dd01f895dc69ce40`)
          1. `Disable access key AKIAEX…0001 of user bob.`
          2. `Delete access key AKIAEX…0001 of the root user in the console.`
          3. `Change the password of the root user, and check its second factor, e-mail address and phone number.`
          4. `Disable the key and move the workload to a role that carries only what it needs; a root key can be neither restricted by policy nor tied to an address. Then look at what it did.`

        ## Findings

        - **critical** `root-key-high-risk-api`: `root key AKIAEX…0001 called iam.CreateUser from 203.0.113.7`
          1,215 matches, 2024-08-01T09:00:17Z to 2024-08-02T17:30:00.25Z, first at `logs/2024/08/01/trail one.json.gz:1`, fingerprint `4f3a9c0d11229018`
        - **high** (experimental rule) `new-region`: `first call in ap-east-1`
          1 match, 2024-08-01T09:00:17Z to 2024-08-01T17:30:00.25Z, first at `logs/2024/08/01/trail one.json.gz:1`, fingerprint `4f3a9c0d11225234`
        - **medium** (does not fail the run) `non-console-high-risk-api`: `bob called ec2.RunInstances with cli`
          1 match, 2024-08-01T09:00:17Z to 2024-08-01T17:30:00.25Z, first at `logs-2/audit log #1.ndjson:3`, fingerprint `4f3a9c0d11227123`
          - `triage: ignored by ann at 2024-07-01T00:00:00Z, expired after 2024-12-31: a test account`

        Accepted by the allowlist: 1 finding. Policy `cdcdcdcdcdcd`, evaluated at 2024-08-05T00:00:00Z by Keytrail `0.1.0`.
        ");
    }

    #[test]
    fn a_clean_run_says_so() {
        let text = text(&clean(), &SUMMARY);
        assert!(text.starts_with("# Keytrail: clean\n"), "{text}");
    }
}
