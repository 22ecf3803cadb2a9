//! The user's hints about a file, for records that lack this information.

use crate::record::Origin;
use crate::value::{Time, Zone};

/// Defaults for records that lack this information.
#[derive(Debug, Clone)]
pub(in crate::input) struct Defaults {
    /// The account of records that name none.
    pub(in crate::input) account: Option<String>,
    /// The zone of times that are written without one.
    pub(in crate::input) zone: Zone,
}

impl Defaults {
    /// The settings of `origin`; `zone` is the provider's zone for times without a zone.
    pub(in crate::input) fn of(origin: &Origin, zone: Zone) -> Self {
        Self { account: origin.account.clone(), zone: origin.zone.clone().unwrap_or(zone) }
    }

    /// The instant that a text names: RFC 3339, or a date and a time of day, as query engines print
    /// them (`2026-03-01 10:00:00.000`, with or without ` UTC`). A date alone is not an instant.
    pub(in crate::input) fn time(&self, text: &str) -> Option<Time> {
        if let Some(time) = Time::parse(text) {
            return Some(time);
        }
        let text = text.trim();
        let (text, utc) = match text.strip_suffix("UTC").or_else(|| text.strip_suffix('Z')) {
            Some(text) => (text.trim_end(), true),
            None => (text, false),
        };
        let zone = if utc { &Zone::utc() } else { &self.zone };
        text.contains(':').then(|| Time::parse_in(text, zone)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_in_the_applicable_zone() {
        let shanghai = Defaults { account: None, zone: Zone::utc_plus_8() };
        let utc = Defaults { account: None, zone: Zone::utc() };
        for (text, in_utc, in_shanghai) in [
            ("2026-03-01T10:00:00Z", Some("2026-03-01T10:00:00Z"), Some("2026-03-01T10:00:00Z")),
            ("2026-03-01 10:00:00.000", Some("2026-03-01T10:00:00Z"), Some("2026-03-01T02:00:00Z")),
            (
                "2026-03-01 10:00:00.000 UTC",
                Some("2026-03-01T10:00:00Z"),
                Some("2026-03-01T10:00:00Z"),
            ),
            (
                "2026-03-01 10:00:00.123456789",
                Some("2026-03-01T10:00:00.123456Z"),
                Some("2026-03-01T02:00:00.123456Z"),
            ),
            ("2026-03-01", None, None),
            ("2026-03-01 UTC", None, None),
            ("3/1/2026 10:00", None, None),
            ("UTC", None, None),
            ("", None, None),
        ] {
            let read = |defaults: &Defaults| defaults.time(text).map(|time| time.to_string());
            assert_eq!(read(&utc).as_deref(), in_utc, "{text}");
            assert_eq!(read(&shanghai).as_deref(), in_shanghai, "{text}");
        }
    }
}
