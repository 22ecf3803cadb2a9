//! Why the run is incomplete, the notes, and the verdict.

use std::io;

use super::page::{Ink, Page};
use super::text::{counted, number};
use crate::report::Verdict;

/// Skipped records listed without `--verbose`.
const SKIPS: usize = 5;

pub(super) fn write(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    for note in &report.notes {
        page.note(&note.text)?;
    }
    for file in &report.files {
        let path = report.shown_path(file.account.root, &file.account.path);
        for note in &file.account.notes {
            page.remark((Ink::Strong, "note:"), &format!("{path}: {note}"))?;
        }
    }
    skips(page)?;
    for reason in &report.incomplete {
        page.remark((Ink::Bad, "incomplete:"), &reason.text)?;
    }
    last_line(page)
}

fn skips(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let most = if page.style.verbose { usize::MAX } else { SKIPS };
    let all = report.files.iter().flat_map(|file| file.skips.iter().map(move |skip| (file, skip)));
    for (file, skip) in all.take(most) {
        let path = report.shown_path(file.account.root, &file.account.path);
        let text = format!(
            "{} (byte {}): {}: {}",
            page.place(&path, skip.line, None),
            skip.offset,
            skip.reason,
            page.value(&skip.detail, 300),
        );
        page.paragraph((Ink::Warn, "skipped:"), &text, "    ")?;
    }
    let named: usize = report.files.iter().map(|file| file.skips.len()).sum::<usize>().min(most);
    let more = report.accounting.skipped.saturating_sub(named as u64);
    if more > 0 {
        page.line(&format!("skipped: … {}", counted(more, "more record")))?;
    }
    Ok(())
}

fn last_line(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let fail_on = report.facts.fail_on;
    let gate = report.gate.sentence(fail_on);
    let doubtful = report.gate.not_gating() > 0;
    let (ink, text) = match report.verdict {
        Verdict::Clean => {
            let records = counted(report.accounting.evaluated, "record");
            (Ink::Good, format!("clean: no finding in {records}"))
        }
        Verdict::Passed if doubtful => (Ink::Warn, format!("passed: {gate}")),
        Verdict::Passed => {
            let open = report.open_findings().count() as u64 + report.below_min_severity();
            let open = counted(open, "finding");
            (Ink::Good, format!("passed: {open}, none gates at --fail-on {}", fail_on.name()))
        }
        Verdict::Findings => (Ink::Bad, format!("failed: {gate}")),
        Verdict::Incomplete if report.gate.gating > 0 || doubtful => {
            (Ink::Bad, format!("incomplete: not everything was evaluated, see above; {gate}"))
        }
        Verdict::Incomplete => {
            (Ink::Bad, "incomplete: not everything was evaluated, see above".into())
        }
    };
    let code = match report.exit_code() {
        1 if page.style.exit_zero => "exit 0 by --exit-zero, 1 without it".to_owned(),
        code => format!("exit {}", number(code.into())),
    };
    let line = format!("{} ({code})", page.ink(ink, &text));
    page.line(&line)
}
