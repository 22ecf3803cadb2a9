//! Tencent Cloud CloudAudit: its records, and the rows of its query API.

mod event;
mod identity;
mod paths;
mod time;

use event::CloudAuditRecord;

use crate::input::json::{Fault, Shape, unfold};
use crate::input::trail::{self, Defaults, Recognized, Surroundings, WrappedRow, drop_rounded};
use crate::record::field::event as field;
use crate::record::{
    Envelope, FieldId, FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider,
    RawRecord, Scratch, Sought,
};
use crate::value::{KeyCase, RecordKind, Time, Zone};

const SURROUNDINGS: Surroundings = Surroundings {
    provider: Provider::Tencent,
    row: Some(WrappedRow {
        record: paths::INNER,
        id: paths::OUTER_ID,
        name: paths::OUTER_NAME,
        source: paths::OUTER_SOURCE,
    }),
    around: paths::AROUND_REGION..paths::LOCATION_ALSO + 1,
};

/// Tencent Cloud CloudAudit.
#[derive(Debug)]
pub struct CloudAudit;

impl Format for CloudAudit {
    fn name(&self) -> &'static str {
        "cloudaudit"
    }

    fn doc(&self) -> &'static str {
        "Tencent Cloud CloudAudit events from the API, COS, Log Service and EventBridge"
    }

    fn provider(&self) -> Provider {
        Provider::Tencent
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }

    fn written(&self, field: FieldId, sought: Sought<'_>) -> Option<Vec<String>> {
        trail::written(Provider::Tencent, field, sought)
    }

    fn carries(&self, _: &Origin) -> FieldSet {
        trail::carries(Provider::Tencent)
    }

    fn mapper(&self, needed: &FieldSet, origin: &Origin, _: Time) -> Box<dyn Mapper> {
        let needed = *needed;
        let wanted = move |path| match path {
            paths::PARAMS => needed.contains(field::PARAMS),
            paths::RESPONSE | paths::RESPONSE_ALSO => needed.contains(field::RESPONSE),
            paths::RESOURCES => needed.contains(field::RESOURCES),
            _ => true,
        };
        Box::new(CloudAuditMapper {
            needed,
            // Times without a zone are in China Standard Time.
            defaults: Defaults::of(origin, Zone::utc_plus_8()),
            shape: Shape::new(paths::PATHS, wanted),
            folds: Shape::new(paths::FOLDS, |_| true),
        })
    }
}

/// Ids that consist of digits.
const IDS: &[(FieldId, usize)] = &[
    (field::ACCOUNT, paths::ACCOUNT),
    (field::ACCOUNT, paths::OUTER_ACCOUNT),
    (field::USER_ID, paths::PRINCIPAL),
];

#[derive(Debug)]
struct CloudAuditMapper {
    needed: FieldSet,
    defaults: Defaults,
    shape: Shape,
    folds: Shape,
}

impl CloudAuditMapper {
    fn read(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Result<Outcome, Fault> {
        scratch.begin();
        let Scratch { text: name, unfolded, note, gaps, .. } = scratch;
        let (text, keys, defaults) = (raw.text, raw.envelope.keys, &self.defaults);
        match SURROUNDINGS.find(raw, &self.shape)? {
            Recognized::Event(fields) => {
                let mut parts = unfold(text, fields, &self.shape, &self.folds, unfolded)?;
                if let Some(text) = SURROUNDINGS.restored(raw, &parts.fields) {
                    let envelope = Envelope { keys: KeyCase::Changed, ..raw.envelope };
                    return self.read(&RawRecord { text: &text, envelope, ..*raw }, scratch, emit);
                }
                drop_rounded(&mut parts.fields, IDS, paths::PATHS, gaps);
                *note = parts.torn.then_some(trail::TORN);
                let read = CloudAuditRecord { fields: &parts.fields, text, keys, defaults };
                emit(MappedRecord::of(&event::map(read, &self.needed, name, gaps)));
            }
            Recognized::Row(mut fields) => {
                drop_rounded(&mut fields, IDS, paths::PATHS, gaps);
                *note = Some("CloudAuditEvent is not JSON: the fields around it were read");
                let read = CloudAuditRecord { fields: &fields, text, keys, defaults };
                emit(MappedRecord::of(&event::map(read, &self.needed, name, gaps)));
            }
            Recognized::Foreign => return Ok(Outcome::Foreign),
        }
        Ok(Outcome::Read)
    }
}

impl Mapper for CloudAuditMapper {
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
