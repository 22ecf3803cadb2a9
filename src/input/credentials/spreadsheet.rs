//! Handles values that a spreadsheet changed when it opened and saved a report: rewritten dates,
//! numbers instead of dates, error values.
//!
//! A date is read if only one date is possible. In `3/9/2026` the order of day and month is
//! unclear: the other dates of the file decide, and if they do not, the value is rejected.

use jiff::civil::{Date, DateTime, Time as Clock};

use crate::record::DateOrder;
use crate::value::{Time, Zone};

/// A date as a spreadsheet writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rewritten {
    /// The only possible date.
    Certain(DateTime, Option<DateOrder>),
    /// Two dates are possible.
    Ambiguous {
        /// With the day before the month.
        day_first: DateTime,
        /// With the month before the day.
        month_first: DateTime,
    },
}

impl Rewritten {
    /// Reads a date with or without a time of day; `None` for anything else.
    pub(super) fn read(cell: &str) -> Option<Self> {
        if let Some(time) = serial(cell) {
            return Some(Self::Certain(time, None));
        }
        let (date, clock) = match cell.find([' ', ',', 'T']) {
            Some(end) => (&cell[..end], cell[end..].trim_start_matches([',', ' ', 'T'])),
            None => (cell, ""),
        };
        let clock = if clock.is_empty() { Clock::midnight() } else { self::clock(clock)? };
        let separator = date.chars().find(|c| !c.is_ascii_alphanumeric())?;
        let mut parts = date.split(separator);
        let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let year = self::year(year)?;
        if let Some(month) = month_name(second) {
            let date = Date::new(year, month, small(first)?).ok()?;
            return Some(Self::Certain(date.to_datetime(clock), None));
        }
        let (first, second) = (small(first)?, small(second)?);
        let day_first = Date::new(year, second, first).ok().map(|date| date.to_datetime(clock));
        // Dots separate day, month and year only in this order.
        if separator == '.' {
            return day_first.map(|time| Self::Certain(time, None));
        }
        if !matches!(separator, '/' | '-') {
            return None;
        }
        let month_first = Date::new(year, first, second).ok().map(|date| date.to_datetime(clock));
        match (day_first, month_first) {
            (Some(one), Some(other)) if one == other => Some(Self::Certain(one, None)),
            (Some(day_first), Some(month_first)) => {
                Some(Self::Ambiguous { day_first, month_first })
            }
            (Some(time), None) => Some(Self::Certain(time, Some(DateOrder::DayFirst))),
            (None, Some(time)) => Some(Self::Certain(time, Some(DateOrder::MonthFirst))),
            (None, None) => None,
        }
    }

    /// The instant, if it is certain or the order of day and month is known.
    pub(super) fn time(self, order: Option<DateOrder>, zone: &Zone) -> Option<Time> {
        let local = match (self, order) {
            (Self::Certain(local, _), _) => local,
            (Self::Ambiguous { day_first, .. }, Some(DateOrder::DayFirst)) => day_first,
            (Self::Ambiguous { month_first, .. }, Some(DateOrder::MonthFirst)) => month_first,
            (Self::Ambiguous { .. }, None) => return None,
        };
        Time::local_to(local, zone)
    }
}

/// Days since the end of 1899 with a fraction, `46090.375`, from 2000 to 2099: how a spreadsheet
/// stores a date in a cell that it does not format as one.
fn serial(cell: &str) -> Option<DateTime> {
    let (days, fraction) = cell.split_once(['.', ',']).unwrap_or((cell, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if days.len() != 5 || !digits(days) || !digits(fraction) {
        return None;
    }
    let days: i64 = days.parse().ok().filter(|days| (36_526..=73_050).contains(days))?;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    let seconds = (fraction * 86_400.0).round() as i64;
    let first = Date::constant(1899, 12, 30).at(0, 0, 0, 0);
    first.checked_add(jiff::Span::new().days(days).seconds(seconds)).ok()
}

/// `9:00`, `09:00:00`, `9:00:00 PM`.
fn clock(text: &str) -> Option<Clock> {
    let (text, half) = match text.rsplit_once(' ') {
        Some((clock, half)) => (clock.trim_end(), Some(half)),
        None => (text, None),
    };
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() {
        return None;
    }
    let hour = small(hour)?;
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) if half.eq_ignore_ascii_case("am") => hour % 12,
        Some(half) if half.eq_ignore_ascii_case("pm") => hour % 12 + 12,
        Some(_) => return None,
    };
    Clock::new(hour, small(minute)?, small(second)?, 0).ok()
}

/// Four digits, or the last two of a year of this century.
fn year(text: &str) -> Option<i16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match (digits, text.len()) {
        (true, 4) => text.parse().ok(),
        (true, 2) => Some(2000 + i16::from(small(text)?)),
        _ => None,
    }
}

/// One or two digits.
fn small(text: &str) -> Option<i8> {
    let valid = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| valid)
}

/// `Mar`, in any case.
fn month_name(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    (1..).zip(NAMES).find(|(_, name)| text.eq_ignore_ascii_case(name)).map(|(month, _)| month)
}

/// Whether a cell contains an error instead of a value: `#NAME?`, `#WERT!`, `#N/A`, `#####`.
pub(super) fn is_error(cell: &str) -> bool {
    let cell = cell.trim();
    cell.starts_with('#')
        && (cell.ends_with(['?', '!']) || matches!(cell, "#N/A" | "#NV") || is_filled(cell))
}

/// `#####`: the column was too narrow for the value.
fn is_filled(cell: &str) -> bool {
    cell.len() > 1 && cell.bytes().all(|byte| byte == b'#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::derive::is_rounded;

    fn read(cell: &str, order: Option<DateOrder>) -> String {
        match Rewritten::read(cell) {
            None => "not a date".to_owned(),
            Some(date) => match date.time(order, &Zone::utc()) {
                Some(time) => time.to_string(),
                None => "ambiguous".to_owned(),
            },
        }
    }

    #[test]
    fn an_unambiguous_date_is_read() {
        for (cell, expected) in [
            ("09.03.2026 09:00", "2026-03-09T09:00:00Z"),
            ("9.3.2026 9:00:07", "2026-03-09T09:00:07Z"),
            ("09.03.26", "2026-03-09T00:00:00Z"),
            ("09.03.2026, 09:00", "2026-03-09T09:00:00Z"),
            ("31/12/2025 23:59", "2025-12-31T23:59:00Z"),
            ("12/31/2025 11:59:59 PM", "2025-12-31T23:59:59Z"),
            ("12/31/2025 12:00 AM", "2025-12-31T00:00:00Z"),
            ("31-12-2025", "2025-12-31T00:00:00Z"),
            ("1/1/2024 0:00", "2024-01-01T00:00:00Z"),
            ("9-Mar-26", "2026-03-09T00:00:00Z"),
            ("09-MAR-2026 9:00", "2026-03-09T09:00:00Z"),
            ("46090", "2026-03-09T00:00:00Z"),
            ("46090.375", "2026-03-09T09:00:00Z"),
            ("46090,375", "2026-03-09T09:00:00Z"),
            ("46090.9999999", "2026-03-10T00:00:00Z"),
            ("3/9/2026 9:00", "ambiguous"),
            ("09-03-2026", "ambiguous"),
            // A number, a date that does not exist, and other texts.
            ("4609", "not a date"),
            ("99999", "not a date"),
            ("31.02.2026", "not a date"),
            ("32/13/2026", "not a date"),
            ("9.3.2026 25:00", "not a date"),
            ("9/3/2026 13:00 PM", "not a date"),
            ("9/3/2026 9", "not a date"),
            ("9/3/026", "not a date"),
            ("9_3_2026", "not a date"),
            ("9. März 2026", "not a date"),
            ("1/2", "not a date"),
            ("1/2/2026/4", "not a date"),
            ("", "not a date"),
            ("é/3/2026", "not a date"),
        ] {
            assert_eq!(read(cell, None), expected, "{cell}");
        }
    }

    #[test]
    fn a_known_order_of_day_and_month_resolves_only_ambiguous_dates() {
        for (cell, order, expected) in [
            ("3/9/2026 9:00", DateOrder::MonthFirst, "2026-03-09T09:00:00Z"),
            ("3/9/2026 9:00", DateOrder::DayFirst, "2026-09-03T09:00:00Z"),
            ("3/31/2026", DateOrder::DayFirst, "2026-03-31T00:00:00Z"),
            ("09.03.2026", DateOrder::MonthFirst, "2026-03-09T00:00:00Z"),
        ] {
            assert_eq!(read(cell, Some(order)), expected, "{cell} {order:?}");
        }
    }

    #[test]
    fn spreadsheet_errors_and_rounded_numbers_are_not_values() {
        for (cell, error, rounded) in [
            ("#NAME?", true, false),
            ("#WERT!", true, false),
            ("#N/A", true, false),
            ("########", true, false),
            ("#", false, false),
            ("#alice", false, false),
            ("1.23457E+11", false, true),
            ("1,23457E+11", false, true),
            ("1E+11", false, true),
            ("AKIAE+11", false, false),
            ("123456789012", false, false),
        ] {
            assert_eq!((is_error(cell), is_rounded(cell)), (error, rounded), "{cell}");
        }
    }
}
