//! `first_seen` of a rule file.

use super::loader::{Built, Loader, SubjectParts};
use crate::diag::Diagnostic;
use crate::diag::codes::rule as codes;
use crate::expr::{Declarations, Expected};
use crate::rule::{Construct, FirstSeen};
use crate::source::Fragment;
use crate::yaml::{MappingEntry, Node};

impl<'a> Loader<'a> {
    pub(super) fn first_seen(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
        subject: &SubjectParts,
    ) -> Option<Built> {
        let step = self.only_step(declarations, subject);
        let history = self.length(entry.value.get("history"), declarations);
        let nodes = entry.value.get("of").map(Node::items).unwrap_or(&[]);
        let sources: Vec<&Fragment> =
            nodes.iter().filter_map(|item| Some(&item.scalar()?.fragment)).collect();
        if let (Some(of), true) = (entry.value.get("of"), nodes.is_empty()) {
            let message = "`first_seen` needs a value that can be new";
            self.diagnostics
                .push(Diagnostic::error(&codes::CONSTRUCTS, message).at(of.span, "is empty"));
        }
        let of = self.expressions(&sources, declarations);
        let all = Fragment::new("true".to_owned(), entry.key.span(), Vec::new());
        let among = match entry.value.get("among") {
            Some(among) => among.scalar().map(|scalar| &scalar.fragment),
            None => Some(&all),
        };
        let among = self.compile(among?, Expected::Condition, declarations)?;
        if of.is_empty() || of.len() != nodes.len() {
            return None;
        }
        let construct = Construct::FirstSeen(FirstSeen { of, history: history.ok()??, among });
        Some(Built { construct, steps: vec![step?] })
    }
}
