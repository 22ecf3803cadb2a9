//! Instants, lengths of time and zones.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// A length of time in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(pub i64);

impl Time {
    /// Parses RFC 3339 (`2024-08-01T13:33:28Z`, any offset, up to nine fraction digits).
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: Timestamp = text.parse().ok()?;
        Some(Self(timestamp.as_microsecond()))
    }

    /// The same, or a date and a time of day without an offset (`2024-08-01 13:33:28`), which is
    /// then that of `zone`.
    pub fn parse_in(text: &str, zone: &Zone) -> Option<Self> {
        Self::parse(text).or_else(|| {
            let local: jiff::civil::DateTime = text.parse().ok()?;
            let timestamp = zone.tz.to_ambiguous_timestamp(local).compatible().ok()?;
            Some(Self(timestamp.as_microsecond()))
        })
    }

    /// Whole seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(1_000_000).map(Self).filter(|t| t.timestamp().is_some())
    }

    /// The instant as the time library has it; `None` outside the years -9999 to 9999.
    pub fn timestamp(self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.0).ok()
    }

    /// Date and time of day in a zone; `None` outside the years -9999 to 9999.
    pub fn local(self, zone: &Zone) -> Option<jiff::civil::DateTime> {
        self.timestamp().map(|t| zone.tz.to_datetime(t))
    }

    /// The calendar day in a zone, `2024-08-01`.
    pub fn date(self, zone: &Zone) -> Option<String> {
        self.local(zone).map(|local| local.date().to_string())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.timestamp() {
            Some(timestamp) => write!(f, "{timestamp}"),
            None => write!(f, "{} µs", self.0),
        }
    }
}

impl Duration {
    /// Microseconds in a second.
    pub const SECOND: i64 = 1_000_000;
    /// Microseconds in an hour.
    pub const HOUR: i64 = 3_600 * Self::SECOND;
    /// Microseconds in a day of 24 hours.
    pub const DAY: i64 = 24 * Self::HOUR;
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let day = Self::DAY.unsigned_abs();
        let (days, rest) = (micros / day, micros % day);
        let (hours, rest) = (rest / 3_600_000_000, rest % 3_600_000_000);
        let (minutes, rest) = (rest / 60_000_000, rest % 60_000_000);
        f.write_str(sign)?;
        let mut any = false;
        for (amount, unit) in [(days, "d"), (hours, "h"), (minutes, "m")] {
            if amount > 0 {
                write!(f, "{amount}{unit}")?;
                any = true;
            }
        }
        if rest > 0 || !any {
            let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
            write!(f, "{seconds}")?;
            if fraction > 0 {
                write!(f, "{}", format!(".{fraction:06}").trim_end_matches('0'))?;
            }
            f.write_str("s")?;
        }
        Ok(())
    }
}

/// A time zone by its IANA name, from the bundled database.
#[derive(Debug, Clone)]
pub struct Zone {
    name: Arc<str>,
    pub(crate) tz: TimeZone,
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Self { name: "UTC".into(), tz: TimeZone::UTC }
    }

    /// Eight hours ahead of UTC.
    pub fn utc_plus_8() -> Self {
        Self { name: "+08:00".into(), tz: TimeZone::fixed(jiff::tz::offset(8)) }
    }

    /// The zone with this name (`Asia/Shanghai`), or an offset (`+08:00`).
    pub fn parse(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("utc") || name == "Z" {
            return Some(Self::utc());
        }
        let tz = TimeZone::get(name).ok().or_else(|| offset(name))?;
        Some(Self { name: name.into(), tz })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

fn offset(text: &str) -> Option<TimeZone> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    let valid = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !valid(hours) || !valid(minutes) {
        return None;
    }
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Some(TimeZone::fixed(jiff::tz::Offset::from_seconds(sign * seconds).ok()?))
}
