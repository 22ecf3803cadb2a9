//! Instants, lengths of time and zones.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
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

    /// Parses what [`Time::parse`] does, and dates with or without a time of day as people and
    /// spreadsheets write them: `2019-08-16 9:25:56`, `2019/8/16 9:25`, `2019-08-16`. A text
    /// without an offset is read in `zone`.
    pub fn parse_in(text: &str, zone: &Zone) -> Option<Self> {
        Self::parse(text).or_else(|| Self::local_to(civil(text)?, zone))
    }

    /// The instant at which clocks in a zone show this local time. If they show it twice, the
    /// result is the earlier instant. If they skip it, the result is later by the length of the
    /// skip.
    pub fn local_to(local: DateTime, zone: &Zone) -> Option<Self> {
        let instant = zone.tz.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Self(instant.as_microsecond()))
    }

    /// Whole seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(1_000_000).map(Self).filter(|t| t.timestamp().is_some())
    }

    /// The instant as a [`Timestamp`]; `None` outside the years -9999 to 9999.
    pub fn timestamp(self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.0).ok()
    }

    /// Date and time of day in a zone; `None` outside the years -9999 to 9999.
    pub fn local(self, zone: &Zone) -> Option<DateTime> {
        self.timestamp().map(|t| zone.tz.to_datetime(t))
    }

    /// The calendar day in a zone, `2024-08-01`.
    pub fn date(self, zone: &Zone) -> Option<String> {
        self.local(zone).map(|local| local.date().to_string())
    }
}

/// A calendar day in a zone, and instants that have it: consecutive ones, between which the zone does
/// not change its offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day, `2024-08-01`.
    pub text: String,
    from: i64,
    to: i64,
}

impl Day {
    /// The day of an instant; `None` outside the years -9999 to 9999.
    pub fn of(time: Time, zone: &Zone) -> Option<Self> {
        let instant = time.timestamp()?;
        let local = zone.tz.to_datetime(instant);
        // A change of the offset at this instant belongs to the past.
        let after = Timestamp::from_microsecond(time.0.checked_add(1)?).ok()?;
        let changed = zone.tz.preceding(after).next().map(|change| change.timestamp());
        let changes = zone.tz.following(instant).next().map(|change| change.timestamp());
        let begun = local.time().duration_since(jiff::civil::Time::midnight()).as_micros();
        let from = time.0 - i64::try_from(begun).ok()?;
        Some(Self {
            text: local.date().to_string(),
            from: changed.map_or(from, |changed| from.max(changed.as_microsecond())),
            to: changes
                .map_or(i64::MAX, Timestamp::as_microsecond)
                .min(from.saturating_add(Duration::DAY)),
        })
    }

    /// Whether this is known to be the day of an instant.
    pub fn contains(&self, time: Time) -> bool {
        (self.from..self.to).contains(&time.0)
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

    /// The name that the zone was created with.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Parses a date with or without a time of day, not necessarily padded with zeros.
fn civil(text: &str) -> Option<DateTime> {
    let day_ends = text.find([' ', 'T', 't']).unwrap_or(text.len());
    let (date, clock) = text.split_at(day_ends);
    let separator = if date.contains('/') { '/' } else { '-' };
    let mut parts = date.split(separator);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let date = Date::new(number(year, 4)?.try_into().ok()?, small(month)?, small(day)?).ok()?;
    let Some(clock) = clock.get(1..).map(str::trim_start) else {
        return Some(date.at(0, 0, 0, 0));
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() {
        return None;
    }
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let nanoseconds = number(fraction, 9)? * 10_i32.pow(9 - fraction.len() as u32);
    let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanoseconds);
    Some(date.to_datetime(time.ok()?))
}

/// Parses a number of at least one and at most `digits` digits.
fn number(text: &str, digits: usize) -> Option<i32> {
    let valid = (1..=digits).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| valid)
}

fn small(text: &str) -> Option<i8> {
    number(text, 2)?.try_into().ok()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Every instant that a day contains has it, also around the changes of the clocks at odd times.
    #[test]
    fn a_day_contains_only_instants_that_have_it() {
        let minute = 60 * Duration::SECOND;
        for (zone, at) in [
            ("UTC", "2024-02-29T23:59:59Z"),
            ("+05:45", "2024-08-01T18:15:00Z"),
            ("Europe/Berlin", "2024-03-31T01:00:00Z"),
            ("Europe/Berlin", "2024-10-27T01:00:00Z"),
            // Clocks went back from one minute past midnight to the day before.
            ("America/St_Johns", "2006-10-29T02:31:00Z"),
            // A day that did not exist, and offsets with seconds.
            ("Pacific/Apia", "2011-12-30T10:00:00Z"),
            ("Africa/Monrovia", "1972-01-07T00:44:30Z"),
        ] {
            let zone = Zone::parse(zone).unwrap();
            let at = Time::parse(at).unwrap();
            let mut reused = 0;
            let mut day: Option<Day> = None;
            for step in -3000..3000 {
                let time = Time(at.0 + step * minute - step.signum());
                match day.as_ref().filter(|day| day.contains(time)) {
                    Some(_) => reused += 1,
                    None => day = Day::of(time, &zone),
                }
                let day = day.as_ref().unwrap();
                assert!(day.contains(time));
                assert_eq!(Some(&day.text), time.date(&zone).as_ref(), "{time}");
            }
            assert!(reused > 5_980, "{reused}");
        }
    }

    #[test]
    fn the_time_formats_of_reports_are_read() {
        let shanghai = Zone::parse("+08:00").unwrap();
        for (text, expected) in [
            ("2024-01-15T09:30:00Z", Some("2024-01-15T09:30:00Z")),
            ("2024-01-15T09:30:00+00:00", Some("2024-01-15T09:30:00Z")),
            ("2024-01-15T09:30:00+02:00", Some("2024-01-15T07:30:00Z")),
            ("2023-01-15 09:30:00+00:00", Some("2023-01-15T09:30:00Z")),
            ("2023-01-15 09:30:00.123456+00:00", Some("2023-01-15T09:30:00.123456Z")),
            ("2023-01-15 09:30:00", Some("2023-01-15T01:30:00Z")),
            ("2023-01-15T09:30:00", Some("2023-01-15T01:30:00Z")),
            ("2023-01-15 09:30:00.5", Some("2023-01-15T01:30:00.5Z")),
            ("2019-08-16 9:25:56", Some("2019-08-16T01:25:56Z")),
            ("2019/8/16 9:25:56", Some("2019-08-16T01:25:56Z")),
            ("2019/8/16  9:25", Some("2019-08-16T01:25:00Z")),
            ("2019-08-16", Some("2019-08-15T16:00:00Z")),
            ("2019-08-16 ", None),
            ("2019-08-16 9", None),
            ("2019-08-16 9:25:56:1", None),
            ("2019-08-16 9:25:56 AM", None),
            ("2019-13-16 9:25:56", None),
            ("2019-02-29 9:25:56", None),
            ("2019-08-16 24:00:00", None),
            ("2019-08-16 9:60:00", None),
            ("2019-08-16 9:+5:00", None),
            ("2019-08-16 9:25:56.", None),
            ("2019-08-16 9:25:56.1234567890", None),
            ("2019/08-16 9:25:56", None),
            ("19-08-16 9:25:56", None),
            ("02019-08-16 9:25:56", None),
            ("16/8/2019 9:25:56", None),
            ("２０１９-08-16 9:25:56", None),
            ("", None),
            (" ", None),
            ("T", None),
        ] {
            let read = Time::parse_in(text, &shanghai).map(|time| time.to_string());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn local_times_at_clock_changes_are_resolved() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        for (text, expected) in [
            ("2024-10-27 02:30:00", "2024-10-27T00:30:00Z"),
            ("2024-03-31 02:30:00", "2024-03-31T01:30:00Z"),
        ] {
            let read = Time::parse_in(text, &berlin).map(|time| time.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }
}
