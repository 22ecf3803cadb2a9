//! Alibaba Cloud ActionTrail.

mod event;
mod identity;
mod paths;

use event::ActionTrailRecord;

use crate::input::json::{Fault, Shape, unfold};
use crate::input::trail::{self, Defaults, Recognized, Surroundings, drop_rounded};
use crate::record::field::event as field;
use crate::record::{
    Envelope, FieldId, FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider,
    RawRecord, Scratch, Sought,
};
use crate::value::{KeyCase, RecordKind, Time, Zone};

const SURROUNDINGS: Surroundings =
    Surroundings { provider: Provider::Alibaba, row: None, around: paths::OWNER..paths::OWNER + 1 };

/// Alibaba Cloud ActionTrail.
#[derive(Debug)]
pub struct ActionTrail;

impl Format for ActionTrail {
    fn name(&self) -> &'static str {
        "actiontrail"
    }

    fn doc(&self) -> &'static str {
        "Alibaba Cloud ActionTrail events from OSS, Log Service, LookupEvents and EventBridge"
    }

    fn provider(&self) -> Provider {
        Provider::Alibaba
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }

    fn written(&self, field: FieldId, sought: Sought<'_>) -> Option<Vec<String>> {
        trail::written(Provider::Alibaba, field, sought)
    }

    fn carries(&self, _: &Origin) -> FieldSet {
        trail::carries(Provider::Alibaba)
    }

    fn mapper(&self, needed: &FieldSet, origin: &Origin, _: Time) -> Box<dyn Mapper> {
        let needed = *needed;
        let wanted = move |path| match path {
            paths::PARAMS => needed.contains(field::PARAMS),
            paths::RESPONSE => needed.contains(field::RESPONSE),
            paths::REFERENCED => needed.contains(field::RESOURCES),
            _ => true,
        };
        Box::new(ActionTrailMapper {
            needed,
            defaults: Defaults::of(origin, Zone::utc()),
            shape: Shape::new(paths::PATHS, wanted),
            folds: Shape::new(paths::FOLDS, |_| true),
        })
    }
}

/// Ids that consist of digits.
const IDS: &[(FieldId, usize)] = &[
    (field::CALLER_ACCOUNT, paths::ACCOUNT),
    (field::ACCOUNT, paths::RECIPIENT),
    (field::ACCOUNT, paths::OWNER),
    (field::USER_ID, paths::PRINCIPAL),
];

#[derive(Debug)]
struct ActionTrailMapper {
    needed: FieldSet,
    defaults: Defaults,
    shape: Shape,
    folds: Shape,
}

impl ActionTrailMapper {
    fn read(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Result<Outcome, Fault> {
        scratch.begin();
        let Scratch { text: name, unfolded, note, gaps, .. } = scratch;
        let Recognized::Event(fields) = SURROUNDINGS.find(raw, &self.shape)? else {
            return Ok(Outcome::Foreign);
        };
        let mut parts = unfold(raw.text, fields, &self.shape, &self.folds, unfolded)?;
        if let Some(text) = SURROUNDINGS.restored(raw, &parts.fields) {
            let envelope = Envelope { keys: KeyCase::Changed, ..raw.envelope };
            return self.read(&RawRecord { text: &text, envelope, ..*raw }, scratch, emit);
        }
        drop_rounded(&mut parts.fields, IDS, paths::PATHS, gaps);
        *note = parts.torn.then_some(trail::TORN);
        let read = ActionTrailRecord {
            fields: &parts.fields,
            text: raw.text,
            keys: raw.envelope.keys,
            defaults: &self.defaults,
        };
        emit(MappedRecord::of(&event::map(read, &self.needed, name, gaps)));
        Ok(Outcome::Read)
    }
}

impl Mapper for ActionTrailMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        let read = self.read(raw, scratch, emit);
        read.unwrap_or_else(|fault| Outcome::Skipped(fault.reason, fault.detail))
    }
}

#[cfg(test)]
mod tests;
