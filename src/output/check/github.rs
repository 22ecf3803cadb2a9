//! Diagnostics as workflow commands of GitHub, which shows them at the lines of a pull request.

use std::io;

use super::place::Place;
use crate::diag::{Diagnostic, Level};
use crate::output::workflow_command::{data, property};
use crate::source::Sources;

/// Writes one command for each diagnostic.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        let command = match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let place = diagnostic.labels.first().map(|label| Place::of(label, sources));
        let place = place.map_or(String::new(), |place| {
            format!(
                "file={},line={},col={},endLine={},endColumn={},",
                property(place.path),
                place.line,
                place.column,
                place.end_line,
                place.end_column
            )
        });
        let code = diagnostic.code.id;
        let title = property(&format!("{code} {}", diagnostic.code.title));
        let lines = std::iter::once(&diagnostic.message).chain(&diagnostic.help);
        let text: Vec<String> = lines.map(|line| data(line)).collect();
        writeln!(out, "::{command} {place}title={title}::{}", text.join("%0A"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::lint::DEAD_BRANCH;
    use crate::source::Span;

    #[test]
    fn a_value_cannot_end_a_command_or_begin_another() {
        let mut sources = Sources::default();
        let file = sources.add("a,b:c.yaml", "x: 1\ny: 2\n");
        let diagnostic = Diagnostic::warning(&DEAD_BRANCH, "100 %\n::error::x")
            .at(Span::new(file, 5, 6), "")
            .help("delete it");
        let mut out = Vec::new();
        let written = write(&[diagnostic], &sources, &mut out);
        assert!(written.is_ok());
        let expected = "::warning file=a%2Cb%3Ac.yaml,line=2,col=1,endLine=2,endColumn=2,title=KT7034 \
                        part of a condition that never matters::";
        let text = String::from_utf8_lossy(&out);
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("100 %25"), "{text}");
        assert!(text.ends_with("%0Adelete it\n"), "{text}");
    }
}
