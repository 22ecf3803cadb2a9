//! Messages that map renders, for findings whose records are not read again.

use std::collections::HashMap;

use super::assemble::Shown;
use super::evidence::Chosen;
use crate::engine::detail_store::BySide;
use crate::engine::details::{Detail, Details};
use crate::engine::options::RunOptions;
use crate::engine::rows::{MatchRow, Order, texts};
use crate::expr::{Bindings, EvalError};
use crate::finding::Display;
use crate::rule::Rule;

/// Rendered messages of one subject, for the records that may lead its finding.
#[derive(Debug, Default)]
pub(super) struct RenderedMessages(HashMap<Record, Box<[u8]>>);

/// A record: its key in the total order, and the row of the record.
type Record = (Order, u32);

impl RenderedMessages {
    /// Retains the rendered message of a row.
    pub(super) fn add(&mut self, row: &MatchRow<'_>) {
        if !row.rendered.is_empty() {
            self.0.entry((row.order, row.row)).or_insert_with(|| row.rendered.into());
        }
    }

    /// The rendered message of a match.
    pub(super) fn of(&self, chosen: Chosen) -> Option<Box<[u8]>> {
        self.0.get(&(chosen.order, chosen.row)).cloned()
    }
}

/// The message of a finding, from the parts that its row contains.
pub(super) fn message<'t>(
    parts: impl Iterator<Item = Option<&'t str>>,
    rule: &Rule,
    shown: &Shown,
    options: &RunOptions,
) -> Result<String, EvalError> {
    let bindings = Bindings {
        event: None,
        cred: None,
        key: None,
        now: options.now.unwrap_or(options.clock),
        measures: &shown.measures,
        // A placeholder with a measure reads no record and no report.
        reports: None,
    };
    let display = Display::new(options.redactor, rule.measures());
    let message = rule.message.render_measures(parts, &bindings, &display)?;
    Ok(options.redactor.message(&message))
}

/// The detail of the record that leads a finding, built from its rendered message, which names the
/// record.
pub(super) fn sides(rule: &Rule, shown: &Shown, options: &RunOptions) -> Result<BySide, EvalError> {
    let mut sides = BySide::default();
    let (Some(lead), Some(rendered)) = (shown.lead(), &shown.rendered) else { return Ok(sides) };
    let mut texts = texts(rendered);
    let mut next = || texts.next().flatten().map(str::to_owned);
    let (id, request_id, name) = (next(), next(), next().unwrap_or_default());
    let detail = Detail {
        call: 0,
        rank: (0, 0),
        place: lead.place,
        message: message(texts, rule, shown, options)?,
        text: String::new(),
        request: None,
        id,
        request_id,
        name,
    };
    let side: &mut Details = match shown.suppressed {
        true => &mut sides.covered,
        false => &mut sides.counted,
    };
    side.add(lead.order, detail);
    Ok(sides)
}
