//! Messages that map renders, for findings whose records are not read again.

use std::collections::HashMap;

use super::assemble::Shown;
use crate::engine::detail_store::BySide;
use crate::engine::details::{Detail, Details};
use crate::engine::options::RunOptions;
use crate::engine::rows::{MatchRow, Order, RecordPosition, texts};
use crate::expr::{Bindings, EvalError};
use crate::finding::Display;
use crate::rule::Rule;

/// Rendered messages of one subject, for the records that may lead its finding.
#[derive(Debug, Default)]
pub(super) struct RenderedMessages(HashMap<Record, (RecordPosition, Box<[u8]>)>);

/// A record: its key in the total order, and the row of the record.
type Record = (Order, u32);

impl RenderedMessages {
    /// Retains the rendered message of a row.
    pub(super) fn add(&mut self, row: &MatchRow<'_>) {
        if !row.told.is_empty() {
            let said = || (row.place, row.told.into());
            self.0.entry((row.order, row.row)).or_insert_with(said);
        }
    }

    /// The detail of the record that leads a finding, built from its rendered message.
    pub(super) fn sides(
        &self,
        rule: &Rule,
        shown: &Shown,
        options: &RunOptions,
    ) -> Result<BySide, EvalError> {
        let mut sides = BySide::default();
        let tally = match shown.suppressed {
            true => &shown.evidence.covered,
            false => &shown.evidence.counted,
        };
        let Some(lead) = shown.told.or(tally.lead) else { return Ok(sides) };
        let Some((place, told)) = self.0.get(&(lead.order, lead.row)) else { return Ok(sides) };
        let mut texts = texts(told);
        let mut next = || texts.next().flatten().map(str::to_owned);
        let (id, request_id, name) = (next(), next(), next().unwrap_or_default());
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
        let message = rule.message.render_measures(texts, &bindings, &display)?;
        let detail = Detail {
            call: 0,
            place: *place,
            message: options.redactor.message(&message),
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
}
