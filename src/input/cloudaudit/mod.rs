//! Tencent Cloud CloudAudit: its records, and the rows of its query API.

mod event;
mod identity;
mod paths;
mod time;

use crate::input::json::{Fault, Shape, unfold};
use crate::input::trail::{self, Found, Row, Surroundings};
use crate::record::field::event as field;
use crate::record::{
    FieldSet, Format, Mapper, Origin, Outcome, Provider, RawRecord, Rows, Scratch,
};
use crate::value::{RecordKind, Time, Zone};

const SURROUNDINGS: Surroundings = Surroundings {
    provider: Provider::Tencent,
    row: Some(Row {
        record: paths::INNER,
        id: paths::OUTER_ID,
        name: paths::OUTER_NAME,
        source: paths::OUTER_SOURCE,
    }),
    around: paths::AROUND_REGION..paths::LOCATION + 1,
};

/// Tencent Cloud CloudAudit.
#[derive(Debug)]
pub struct CloudAudit;

impl Format for CloudAudit {
    fn name(&self) -> &'static str {
        "cloudaudit"
    }

    fn doc(&self) -> &'static str {
        "Tencent Cloud CloudAudit events as the API, COS, Log Service and EventBridge give them"
    }

    fn provider(&self) -> Provider {
        Provider::Tencent
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
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
            account: origin.account.clone(),
            // What the vendor writes without a zone is the time of day in Beijing.
            zone: origin.zone.clone().unwrap_or_else(Zone::utc_plus_8),
            shape: Shape::new(paths::PATHS, wanted),
            folds: Shape::new(paths::FOLDS, |_| true),
        })
    }
}

#[derive(Debug)]
struct CloudAuditMapper {
    needed: FieldSet,
    /// The account of records that name none.
    account: Option<String>,
    /// The zone of times that are written without one.
    zone: Zone,
    shape: Shape,
    folds: Shape,
}

impl CloudAuditMapper {
    fn read(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Rows<'_>),
    ) -> Result<Outcome, Fault> {
        let Scratch { text: name, unfolded, note, .. } = scratch;
        *note = None;
        let told = event::Told { account: self.account.as_deref(), zone: &self.zone };
        match SURROUNDINGS.find(raw, &self.shape)? {
            Found::Event(fields) => {
                if fields.get(paths::EVENT_NAME).is_none() {
                    return Ok(trail::nameless());
                }
                let parts = unfold(raw.text, fields, &self.shape, &self.folds, unfolded)?;
                *note = parts.torn.then_some(trail::TORN);
                emit(Rows::of(&event::map(&parts.fields, raw.text, &self.needed, told, name)));
            }
            Found::Row(fields) => {
                *note = Some("CloudAuditEvent is not JSON: the fields around it were read");
                emit(Rows::of(&event::map(&fields, raw.text, &self.needed, told, name)));
            }
            Found::Foreign => return Ok(Outcome::Foreign),
        }
        Ok(Outcome::Read)
    }
}

impl Mapper for CloudAuditMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Rows<'_>),
    ) -> Outcome {
        let read = self.read(raw, scratch, emit);
        read.unwrap_or_else(|fault| Outcome::Skipped(fault.reason, fault.detail))
    }
}

#[cfg(test)]
mod tests;
