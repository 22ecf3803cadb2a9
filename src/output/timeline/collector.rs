//! Collects events as entries of a timeline.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::entry::{Entry, Mark, Marks};
use crate::finding::targets;
use crate::inspect::{FileView, RecordCounts, RecordView, Viewer};
use crate::record::field::event;
use crate::record::{FieldSet, Skip};
use crate::value::{RecordKind, Time, Value};

/// Entries that are retained. If there are more, the earliest are, and the others are counted.
const MOST: usize = 100_000;

/// Collects events as entries of a timeline.
pub struct Collector<'m> {
    marks: &'m Marks,
    /// By time, then by what is shown, so that the order of the inputs does not matter.
    entries: BTreeSet<(Time, Entry)>,
    /// Entries that were left out.
    pub left_out: u64,
}

impl<'m> Collector<'m> {
    /// Marks entries with the rules of these steps.
    pub fn new(marks: &'m Marks) -> Self {
        Self { marks, entries: BTreeSet::new(), left_out: 0 }
    }

    /// The fields of an event that an entry shows.
    pub fn fields() -> FieldSet {
        [
            event::TIME,
            event::ID,
            event::PROVIDER,
            event::ACCOUNT,
            event::REGION,
            event::CALLER,
            event::USER,
            event::AK,
            event::SOURCE,
            event::SERVICE,
            event::API,
            event::OK,
            event::CODE,
            event::TARGET_USER,
            event::PARAMS,
        ]
        .into_iter()
        .collect()
    }

    /// The entries in order. An event that several files contain is one entry.
    pub fn entries(&self) -> impl Iterator<Item = (Time, &Entry)> {
        let mut last: Option<&(Time, Entry)> = None;
        self.entries.iter().filter_map(move |now| {
            let (time, entry) = now;
            // Copies of an event have the same time and id, so they are adjacent.
            let is_copy = last.replace(now).is_some_and(|(before, other)| {
                entry.id.is_some()
                    && (before, &other.id, &other.account) == (time, &entry.id, &entry.account)
            });
            (!is_copy).then_some((*time, entry))
        })
    }
}

impl Viewer for Collector<'_> {
    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(&mut self, view: &RecordView<'_>) -> io::Result<()> {
        if view.record.kind != RecordKind::Event {
            return Ok(());
        }
        let Some(time) = view.record.get(event::TIME).as_time() else { return Ok(()) };
        let mut shown: BTreeMap<&str, String> = BTreeMap::new();
        for (field, value) in view.fields(view.record) {
            if let Value::Str(text) = value {
                shown.insert(field.field().name, text.into_owned());
            }
        }
        let mut text = |name: &str| shown.remove(name);
        let ok = view.record.get(event::OK).as_bool();
        let raw = |field| view.record.get(field).as_str();
        let mark = Mark {
            source: raw(event::SOURCE).map(str::to_owned),
            service: raw(event::SERVICE).map(str::to_owned),
            api: raw(event::API).map(str::to_owned),
            user: raw(event::USER).map(str::to_owned),
            ok,
        };
        let entry = Entry {
            id: text("id"),
            provider: text("provider"),
            account: text("account"),
            region: text("region"),
            caller: text("caller"),
            ak: text("ak"),
            source: text("source"),
            service: text("service"),
            api: text("api"),
            ok,
            code: text("code"),
            targets: targets(view.record)
                .into_iter()
                .map(|target| format!("{} {}", target.kind.name(), view.text(&target.name)))
                .collect(),
            rules: self.marks.of(&mark, time),
            place: view.place(),
        };
        self.entries.insert((time, entry));
        if self.entries.len() > MOST {
            self.entries.pop_last();
            self.left_out += 1;
        }
        Ok(())
    }

    fn skipped(&mut self, _: &FileView<'_>, _: &Skip) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, _: &FileView<'_>, _: &RecordCounts) -> io::Result<()> {
        Ok(())
    }
}
