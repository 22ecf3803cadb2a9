//! The note on rules that need a longer log.

use std::collections::BTreeMap;

use super::Note;
use crate::engine::RunResult;
use crate::rule::{Construct, Rule};
use crate::value::Duration;

/// Notes the rules that find silences which are longer than the log of every account. They find
/// nothing in the log alone, and finding nothing does not mean that no subject was silent.
pub(super) fn short_log(run: &RunResult, rules: &[Rule]) -> Vec<Note> {
    let Some(longest) = run.longest_log else { return Vec::new() };
    let mut of_length: BTreeMap<Duration, Vec<&str>> = BTreeMap::new();
    for rule in rules {
        if let Construct::AfterSilence(silence) = &rule.construct
            && silence.length >= longest
        {
            of_length.entry(silence.length).or_default().push(&rule.id);
        }
    }
    let note = |(length, rules): (Duration, Vec<&str>)| Note {
        id: "short-log",
        text: format!(
            "the events of no account span more than {length}, so the log cannot show such a \
             silence: {} finds only what a credential report or a table shows",
            rules.join(", ")
        ),
    };
    of_length.into_iter().map(note).collect()
}
