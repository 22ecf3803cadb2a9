//! Comments that accept advice: `# keytrail: ignore[lint] reason`.

use super::LINTS;
use crate::config::Policy;
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::EXPR_LINTS;
use crate::source::{FileId, Sources, Span};

/// How a comment begins, after `#` or `//`.
const BEGIN: &str = "keytrail: ignore[";

/// A comment that accepts advice on its own line, or on the next one if it stands alone.
struct Ignore {
    /// The ids of the codes that it accepts.
    codes: Vec<&'static str>,
    file: FileId,
    /// The line, from 1.
    line: usize,
    span: Span,
    used: bool,
}

/// Drops the advice that comments of the project's files accept. Adds what is wrong with the
/// comments themselves; with `unused`, also those that accept nothing.
pub fn ignored(policy: &Policy, diagnostics: Vec<Diagnostic>, unused: bool) -> Vec<Diagnostic> {
    let (mut ignores, mut wrong) = read(policy);
    let mut remaining = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let place = diagnostic.labels.first().map(|label| line_of(&policy.sources, label.span));
        let accepted = ignores
            .iter_mut()
            .find(|of| Some((of.file, of.line)) == place && of.codes.contains(&diagnostic.code.id));
        match accepted {
            Some(ignore) => ignore.used = true,
            None => remaining.push(diagnostic),
        }
    }
    remaining.append(&mut wrong);
    if unused {
        let idle = ignores.iter().filter(|ignore| !ignore.used);
        remaining.extend(idle.map(|ignore| {
            Diagnostic::warning(&codes::UNUSED_IGNORE, "this comment accepts nothing")
                .at(ignore.span, "")
                .help("delete it, or put it on the line of the advice or alone on the line before")
        }));
    }
    remaining
}

fn line_of(sources: &Sources, span: Span) -> (FileId, usize) {
    (span.file, sources.file(span.file).line_col(span.start).0)
}

/// The comments, and what is wrong with them.
fn read(policy: &Policy) -> (Vec<Ignore>, Vec<Diagnostic>) {
    let (mut ignores, mut wrong) = (Vec::new(), Vec::new());
    let own = policy.sources.iter().filter(|(file, _)| !policy.is_builtin(*file));
    for (file, source) in own {
        let mut start = 0;
        for (text, line) in source.text.split_inclusive('\n').zip(1..) {
            let begin = start;
            start += text.len();
            let Some((before, after)) = text.split_once(BEGIN) else { continue };
            let comment = before.trim_end();
            let Some(code) = comment.strip_suffix('#').or_else(|| comment.strip_suffix("//"))
            else {
                continue;
            };
            let span = Span::new(file, begin + code.len(), begin + text.trim_end().len());
            // A comment that stands alone is about the next line that is no comment.
            let mut about = line;
            if code.trim().is_empty() {
                let rest = source.text[start..].lines().zip(line + 1..);
                let is_comment = |text: &str| text.trim_start().starts_with(['#', '/']);
                let next = rest.into_iter().find(|(text, _)| !is_comment(text));
                about = next.map_or(line, |(_, number)| number);
            }
            match parse(after, span) {
                Ok(codes) => ignores.push(Ignore { codes, file, line: about, span, used: false }),
                Err(problem) => wrong.push(problem),
            }
        }
    }
    (ignores, wrong)
}

/// The codes that a comment names, after `ignore[`.
fn parse(text: &str, span: Span) -> Result<Vec<&'static str>, Diagnostic> {
    let problem = |message: String| Diagnostic::error(&codes::BAD_IGNORE, message).at(span, "");
    let Some((names, reason)) = text.split_once(']') else {
        return Err(problem("this comment has no `]`".to_owned())
            .help("write `# keytrail: ignore[lint-name] reason`"));
    };
    if reason.trim().is_empty() {
        return Err(
            problem("this comment states no reason".to_owned()).help("write the reason after `]`")
        );
    }
    let known = || {
        let of_policy = LINTS.iter().map(|lint| (lint.name, lint.code.id));
        of_policy.chain(EXPR_LINTS.iter().map(|lint| (lint.name, lint.code.id)))
    };
    let code = |name: &str| {
        let found = known().find(|(lint, code)| *lint == name || *code == name);
        found.map(|(_, code)| code).ok_or_else(|| {
            problem(format!("there is no lint `{}`", escaped(name, 60)))
                .maybe_help(did_you_mean(name, known().map(|(lint, _)| lint)))
        })
    };
    names.split(',').map(|name| code(name.trim())).collect()
}
