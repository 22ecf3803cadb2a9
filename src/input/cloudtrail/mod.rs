//! AWS CloudTrail: its records, and the rows of LookupEvents.

mod event;
mod identity;
mod lookup;
mod paths;

use crate::input::json::{Fault, Fields, Shape, unfold};
use crate::input::trail::{self, Defaults, Recognized, Surroundings, WrappedRow, drop_rounded};
use crate::record::field::event as field;
use crate::record::{
    Envelope, FieldId, FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider,
    RawRecord, Scratch, Sought,
};
use crate::value::{KeyCase, RecordKind, Time, Zone};

/// The rows of LookupEvents.
const SURROUNDINGS: Surroundings = Surroundings {
    provider: Provider::Aws,
    row: Some(WrappedRow {
        record: paths::INNER,
        id: paths::OUTER_ID,
        name: paths::OUTER_NAME,
        source: paths::OUTER_SOURCE,
    }),
    around: 0..0,
};

/// AWS CloudTrail.
#[derive(Debug)]
pub struct CloudTrail;

impl Format for CloudTrail {
    fn name(&self) -> &'static str {
        "cloudtrail"
    }

    fn doc(&self) -> &'static str {
        "AWS CloudTrail records from S3, LookupEvents, EventBridge and CloudWatch Logs"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }

    fn written(&self, field: FieldId, sought: Sought<'_>) -> Option<Vec<String>> {
        trail::written(Provider::Aws, field, sought)
    }

    fn carries(&self, _: &Origin) -> FieldSet {
        trail::carries(Provider::Aws)
    }

    fn mapper(&self, needed: &FieldSet, origin: &Origin, _: Time) -> Box<dyn Mapper> {
        let needed = *needed;
        let wanted = move |path| match path {
            paths::PARAMS => needed.contains(field::PARAMS),
            paths::RESPONSE => needed.contains(field::RESPONSE),
            paths::RESOURCES | paths::OUTER_RESOURCES => needed.contains(field::RESOURCES),
            _ if path >= paths::PATHS.len() => false,
            // A slice is cheap, and most of these values are needed to recognise the record.
            _ => true,
        };
        Box::new(CloudTrailMapper {
            needed,
            defaults: Defaults::of(origin, Zone::utc()),
            shape: Shape::new(&[paths::PATHS, paths::WATCHED].concat(), wanted),
            folds: Shape::new(paths::FOLDS, |_| true),
        })
    }

    fn declines(&self, text: &str) -> Option<&'static str> {
        let digest = Shape::new(&["digestS3Bucket", "digestStartTime"], |_| true);
        let fields = Fields::read(text, &digest).ok()?;
        (fields.get(0).is_some() && fields.get(1).is_some())
            .then_some("a CloudTrail digest, which contains no records")
    }
}

/// Ids that consist of digits.
const IDS: &[(FieldId, usize)] = &[
    (field::CALLER_ACCOUNT, paths::ACCOUNT),
    (field::ACCOUNT, paths::RECIPIENT),
    (field::USER_ID, paths::PRINCIPAL),
];

#[derive(Debug)]
struct CloudTrailMapper {
    needed: FieldSet,
    defaults: Defaults,
    shape: Shape,
    folds: Shape,
}

impl CloudTrailMapper {
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
                let read = event::CloudTrailRecord { fields: &parts.fields, text, keys, defaults };
                emit(MappedRecord::of(&event::map(read, &self.needed, name, gaps)));
            }
            Recognized::Row(fields) => {
                *note = Some("CloudTrailEvent is not JSON: the fields around it were read");
                let read = event::CloudTrailRecord { fields: &fields, text, keys, defaults };
                emit(MappedRecord::of(&lookup::map(read, &self.needed, name, gaps)));
            }
            Recognized::Foreign => return Ok(Outcome::Foreign),
        }
        Ok(Outcome::Read)
    }
}

impl Mapper for CloudTrailMapper {
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
