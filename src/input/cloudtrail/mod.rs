//! AWS CloudTrail: its records, and the rows of LookupEvents.

mod event;
mod identity;
mod lookup;
mod paths;

use crate::input::json::{Fields, Shape};
use crate::input::trail::{self, Defaults, Recognized, Surroundings, WrappedRow};
use crate::record::field::event as field;
use crate::record::{
    FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider, RawRecord, Scratch,
};
use crate::value::{RecordKind, Time, Zone};

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
        })
    }

    fn declines(&self, text: &str) -> Option<&'static str> {
        let digest = Shape::new(&["digestS3Bucket", "digestStartTime"], |_| true);
        let fields = Fields::read(text, &digest).ok()?;
        (fields.get(0).is_some() && fields.get(1).is_some())
            .then_some("a CloudTrail digest, which contains no records")
    }
}

#[derive(Debug)]
struct CloudTrailMapper {
    needed: FieldSet,
    defaults: Defaults,
    shape: Shape,
}

impl Mapper for CloudTrailMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        scratch.begin();
        let Scratch { text: name, note, gaps, .. } = scratch;
        let (text, defaults) = (raw.text, &self.defaults);
        match SURROUNDINGS.find(raw, &self.shape) {
            Ok(Recognized::Event(fields)) => {
                let read = event::Reading { fields: &fields, text, defaults };
                emit(MappedRecord::of(&event::map(read, &self.needed, name, gaps)));
                Outcome::Read
            }
            Ok(Recognized::Row(fields)) => {
                *note = Some("CloudTrailEvent is not JSON: the fields around it were read");
                let read = event::Reading { fields: &fields, text, defaults };
                emit(MappedRecord::of(&lookup::map(read, &self.needed, name, gaps)));
                Outcome::Read
            }
            Ok(Recognized::Foreign) => Outcome::Foreign,
            Err(fault) => Outcome::Skipped(fault.reason, fault.detail),
        }
    }
}

#[cfg(test)]
mod tests;
