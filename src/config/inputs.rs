//! `inputs` of the project file: information that input files do not contain.

use std::path::Path;

use crate::diag::codes::config as codes;
use crate::diag::{Diagnostic, escape, nearest};
use crate::record::{Columns, Format, Hint, HintEntry, Setting, column_names};
use crate::source::{PathPattern, Sources, walk};
use crate::value::Zone;
use crate::yaml::{Node, Shape, ShapeKey};

/// The shape of one entry.
pub(super) static INPUT: Shape = Shape::Object(&[
    ShapeKey::required(
        "path",
        Shape::Str,
        "A glob for the files, relative to this file, with `/`; `-` is standard input. The first \
         entry that matches a file decides.",
    ),
    ShapeKey::optional(
        "format",
        Shape::Str,
        "The format of the files; other formats are rejected.",
    ),
    ShapeKey::optional("account", Shape::Str, "The account of records that do not contain one."),
    ShapeKey::optional("zone", Shape::Str, "The zone of times that are written without one."),
    ShapeKey::optional(
        "columns",
        Shape::List(&Shape::Str),
        "The columns of tables without a header line.",
    ),
]);

/// Reads the entries of one project file; those with errors are left out.
pub(super) fn read(
    node: &Node,
    base: &Path,
    formats: &'static [&'static dyn Format],
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<HintEntry> {
    let base = walk::resolve(if base == Path::new("") { Path::new(".") } else { base });
    let base = sources.original(&base);
    let mut reader = InputReader { base: &base, formats, sources, diagnostics };
    node.items().iter().filter_map(|item| reader.entry(item)).collect()
}

struct InputReader<'r> {
    base: &'r Path,
    formats: &'static [&'static dyn Format],
    sources: &'r Sources,
    diagnostics: &'r mut Vec<Diagnostic>,
}

impl InputReader<'_> {
    fn entry(&mut self, node: &Node) -> Option<HintEntry> {
        let path = node.get("path")?;
        let file = self.sources.file(path.span.file);
        let by = format!("{}:{}", file.name, file.line_col(path.span.start).0);
        let before = self.diagnostics.len();
        let paths = PathPattern::new(self.base, path.text()?)
            .map_err(|problem| self.wrong(path, &format!("the pattern is invalid: {problem}")));
        let format = node.get("format").and_then(|node| self.format(node));
        let zone = node.get("zone").and_then(|node| zone(node, self.diagnostics));
        let account = node.get("account").and_then(|node| self.account(node));
        let columns = node.get("columns").and_then(|node| self.columns(node));
        if node.entries().len() == 1 {
            self.wrong(path, "the entry sets nothing for its files");
        }
        if self.diagnostics.len() > before {
            return None;
        }
        let hint = Hint {
            format: format.map(|format| Setting::new(format, &by)),
            account: account.map(|account| Setting::new(account, &by)),
            zone: zone.map(|zone| Setting::new(zone, &by)),
            columns: columns.map(|columns| Setting::new(columns, &by)),
        };
        Some(HintEntry { paths: paths.ok()?, hint, by })
    }

    fn format(&mut self, node: &Node) -> Option<&'static dyn Format> {
        let name = node.text()?;
        let found = self.formats.iter().find(|format| format.name() == name);
        if found.is_none() {
            let names: Vec<&str> = self.formats.iter().map(|format| format.name()).collect();
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the formats are {}", names.join(", ")),
            };
            let message = format!("there is no input format `{}`", escape(name));
            let diagnostic = Diagnostic::error(&codes::UNKNOWN_FORMAT, message);
            self.diagnostics.push(diagnostic.at(node.span, "").help(help));
        }
        found.copied()
    }

    fn account(&mut self, node: &Node) -> Option<String> {
        let account = node.text()?.trim();
        if account.is_empty() {
            self.wrong(node, "the account is empty");
            return None;
        }
        Some(account.to_owned())
    }

    fn columns(&mut self, node: &Node) -> Option<Columns> {
        let names = node.items().iter().filter_map(Node::text).map(str::to_owned);
        column_names(names).map_err(|problem| self.wrong(node, &problem.to_string())).ok()
    }

    fn wrong(&mut self, node: &Node, problem: &str) {
        self.diagnostics
            .push(Diagnostic::error(&codes::BAD_INPUT, escape(problem)).at(node.span, ""));
    }
}

/// The zone that a node names.
pub(super) fn zone(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Zone> {
    let name = node.text()?;
    let zone = Zone::parse(name);
    if zone.is_none() {
        let message = format!("there is no time zone `{}`", escape(name));
        diagnostics.push(
            Diagnostic::error(&codes::UNKNOWN_ZONE, message)
                .at(node.span, "")
                .help("write a name like `Asia/Shanghai`, or an offset like `+08:00`"),
        );
    }
    zone
}
