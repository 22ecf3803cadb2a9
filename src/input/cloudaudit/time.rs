//! The ways in which CloudAudit writes a time.

use crate::input::trail::Defaults;
use crate::value::Time;

/// Seconds since 1970 have fewer digits than this until the year 5138, milliseconds have more
/// since 1973.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Seconds or milliseconds since 1970, or a time of day with or without its offset.
pub(super) fn time(text: &str, defaults: &Defaults) -> Option<Time> {
    match text.parse::<i64>() {
        Ok(millis) if millis >= MILLISECONDS_FROM => {
            let whole = Time::from_seconds(millis / 1000)?;
            whole.0.checked_add(millis % 1000 * 1000).map(Time)
        }
        Ok(seconds) if seconds > 0 => Time::from_seconds(seconds),
        Ok(_) => None,
        Err(_) => defaults.time(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Zone;

    fn time(text: &str, zone: Zone) -> Option<Time> {
        super::time(text, &Defaults { account: None, zone })
    }

    #[test]
    fn every_format_of_a_time_is_read() {
        for (text, expected) in [
            ("2019-03-20 12:36:27", Some("2019-03-20T04:36:27Z")),
            ("2019-03-20T12:36:27", Some("2019-03-20T04:36:27Z")),
            ("2019-03-20T12:36:27Z", Some("2019-03-20T12:36:27Z")),
            ("2019-03-20T12:36:27+01:00", Some("2019-03-20T11:36:27Z")),
            ("1680513809", Some("2023-04-03T09:23:29Z")),
            ("1680513809123", Some("2023-04-03T09:23:29.123Z")),
            ("9223372036854775807", None),
            ("92233720368547758070", None),
            ("0", None),
            ("-1", None),
            ("0000-00-00 00:00:00", None),
            ("2019-13-20 12:36:27", None),
            ("yesterday", None),
        ] {
            let found = time(text, Zone::utc_plus_8());
            assert_eq!(found.map(|t| t.to_string()).as_deref(), expected, "{text}");
        }
        let utc = time("2019-03-20 12:36:27", Zone::utc());
        assert_eq!(utc.map(|t| t.to_string()).as_deref(), Some("2019-03-20T12:36:27Z"));
    }
}
