//! The description of a credential report format: a table of its columns.

use super::column::ReportColumn;
use super::vocabulary::Writing;
use crate::record::field::cred;
use crate::record::{Origin, Provider};
use crate::value::Zone;

/// A format of credential reports: a table of its columns.
#[derive(Debug)]
pub struct CredentialReport {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) provider: Provider,
    /// Every column in the vendor's order, which is used for rows without a header.
    pub(super) header: &'static [&'static str],
    /// Columns that a table of this format always has.
    pub(super) identified_by: &'static [&'static str],
    /// Columns of which a table of this format has at least one.
    pub(super) and_one_of: &'static [&'static str],
    /// Columns that identify the user of a row.
    pub(super) identity: &'static [&'static str],
    /// The name of the root user's row.
    pub(super) root: Option<&'static str>,
    /// The zone of times that are written without an offset.
    pub(super) zone: &'static str,
    /// The users that the report does not list.
    pub(super) omits: Option<&'static str>,
    /// Columns about the user.
    pub(super) user: &'static [ReportColumn],
    /// Columns about the user's keys.
    pub(super) keys: KeyLayout,
}

/// Where a report stores the keys of a user.
#[derive(Debug)]
pub(super) enum KeyLayout {
    /// In columns of the user's row, with the same columns for each key.
    Slots(&'static [&'static [ReportColumn]]),
    /// Each key in a row of its own, which repeats the data of the user.
    Rows(&'static [ReportColumn]),
}

impl CredentialReport {
    /// The positions of the columns in a file; in the vendor's order if the file has no header.
    pub(super) fn position(&self, origin: &Origin, name: &str) -> Option<usize> {
        match &origin.columns {
            Some(columns) => columns.position(name),
            None => self.header.iter().position(|column| *column == name),
        }
    }

    /// The columns about the user that a file has, with their positions.
    pub(super) fn present(
        &self,
        origin: &Origin,
        columns: &'static [ReportColumn],
    ) -> Vec<(usize, &'static ReportColumn)> {
        let place =
            |column: &'static ReportColumn| Some((self.position(origin, column.name)?, column));
        columns.iter().filter_map(place).collect()
    }

    /// The columns of each key that a file has, with their positions.
    pub(super) fn key_columns(&self, origin: &Origin) -> Vec<Vec<(usize, &'static ReportColumn)>> {
        match self.keys {
            KeyLayout::Slots(slots) => {
                slots.iter().map(|slot| self.present(origin, slot)).collect()
            }
            KeyLayout::Rows(columns) => vec![self.present(origin, columns)],
        }
    }

    /// How ambiguous times of a file are interpreted.
    pub(super) fn writing(&self, origin: &Origin) -> Writing {
        let own = || Zone::parse(self.zone).unwrap_or_else(Zone::utc);
        Writing { zone: origin.zone.clone().unwrap_or_else(own), order: origin.date_order }
    }

    /// Whether the kind of user follows from the user's name or from the format, without a column
    /// for it.
    pub(super) fn types_users(&self) -> bool {
        !self.user.iter().any(|column| column.fields.contains(&cred::USER_TYPE))
    }
}
