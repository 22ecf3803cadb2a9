//! Changes of a file as a unified diff, which `git apply` and `patch -p1` read.

use std::fmt::Write;
use std::ops::Range;

use crate::source::{Edit, applied};

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Whole lines that are replaced.
struct Change {
    lines: Range<usize>,
    new: String,
}

/// The edits as a unified diff; empty if there is none. Edits must not overlap.
pub fn unified(name: &str, text: &str, edits: &[Edit]) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let changes = changes(text, &lines, edits);
    if changes.is_empty() {
        return String::new();
    }
    let mut out = format!("--- a/{name}\n+++ b/{name}\n");
    let mut shift = 0isize;
    let mut rest = &changes[..];
    while let Some(first) = rest.first() {
        let mut count = 1;
        while let [a, b, ..] = &rest[count - 1..]
            && b.lines.start - a.lines.end <= 2 * CONTEXT
        {
            count += 1;
        }
        let (hunk, after) = rest.split_at(count);
        rest = after;
        let start = first.lines.start.saturating_sub(CONTEXT);
        let last = hunk.last().map_or(start, |change| change.lines.end);
        let end = (last + CONTEXT).min(lines.len());
        let mut body = String::new();
        let (mut at, mut added) = (start, 0);
        for change in hunk {
            lines[at..change.lines.start].iter().for_each(|line| push(&mut body, ' ', line));
            lines[change.lines.clone()].iter().for_each(|line| push(&mut body, '-', line));
            for line in change.new.split_inclusive('\n') {
                push(&mut body, '+', line);
                added += 1;
            }
            at = change.lines.end;
        }
        lines[at..end].iter().for_each(|line| push(&mut body, ' ', line));
        let removed: usize = hunk.iter().map(|change| change.lines.len()).sum();
        let new_len = end - start - removed + added;
        let new_start = (start + 1).saturating_add_signed(shift);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "@@ -{},{} +{new_start},{new_len} @@", start + 1, end - start);
        out.push_str(&body);
        shift += added as isize - removed as isize;
    }
    out
}

/// The lines that the edits change, in order; edits of the same lines are one change.
fn changes(text: &str, lines: &[&str], edits: &[Edit]) -> Vec<Change> {
    let mut starts = Vec::with_capacity(lines.len());
    let mut offset = 0;
    for line in lines {
        starts.push(offset);
        offset += line.len();
    }
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.range.start);
    let mut groups: Vec<(Range<usize>, Vec<Edit>)> = Vec::new();
    for edit in edits {
        let last = edit.range.end.saturating_sub(1).max(edit.range.start);
        let own = line_of(edit.range.start)..line_of(last) + 1;
        match groups.last_mut() {
            Some((of, group)) if own.start < of.end => {
                of.end = of.end.max(own.end);
                group.push(edit.clone());
            }
            _ => groups.push((own, vec![edit.clone()])),
        }
    }
    let change = |(lines_of, group): (Range<usize>, Vec<Edit>)| {
        let start = starts.get(lines_of.start).copied().unwrap_or_default();
        let end = starts.get(lines_of.end).copied().unwrap_or(text.len());
        let group: Vec<Edit> = group
            .into_iter()
            .map(|Edit { range, text }| Edit {
                range: range.start - start..range.end - start,
                text,
            })
            .collect();
        Change { lines: lines_of, new: applied(text.get(start..end).unwrap_or_default(), &group) }
    };
    groups.into_iter().map(change).collect()
}

fn push(out: &mut String, sign: char, line: &str) {
    out.push(sign);
    out.push_str(line);
    if !line.ends_with('\n') {
        out.push_str("\n\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, from: &str, to: &str) -> Edit {
        let start = text.find(from).unwrap_or_default();
        Edit { range: start..start + from.len(), text: to.to_owned() }
    }

    #[test]
    fn near_changes_share_a_hunk_and_others_do_not() {
        let text: String = (1..=30).map(|n| format!("line{n}.\n")).collect();
        let edits = [
            edit(&text, "line25.", "x\ny"),
            edit(&text, "line5.", "a"),
            edit(&text, "line9.", "b"),
        ];
        assert_eq!(
            unified("f", &text, &edits),
            "--- a/f\n+++ b/f\n@@ -2,11 +2,11 @@\n line2.\n line3.\n line4.\n-line5.\n+a\n line6.\n \
             line7.\n line8.\n-line9.\n+b\n line10.\n line11.\n line12.\n@@ -22,7 +22,8 @@\n line22.\n \
             line23.\n line24.\n-line25.\n+x\n+y\n line26.\n line27.\n line28.\n"
        );
        assert_eq!(unified("f", &text, &[]), "");
    }

    #[test]
    fn the_last_line_may_lack_its_end() {
        let text = "a: 1\nb: 2";
        let edits = [edit(text, "2", "3"), edit(text, "b", "c")];
        assert_eq!(
            unified("f", text, &edits),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n\\ No newline at end of file\n+c: 3\n\\ No \
             newline at end of file\n"
        );
        assert_eq!(applied(text, &edits), "a: 1\nc: 3");
    }
}
