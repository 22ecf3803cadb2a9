//! Reads the time of a report from the name of its file.

use jiff::civil::{Date, DateTime, Time as Clock};

use crate::value::{Time, Zone};

/// The time in the name of a file: `report_20240115_093000.csv`, `2024-01-15T09:30:00Z.csv`, or a
/// date alone, which is the beginning of that day. A time without an offset is in `zone`.
///
/// `None` if there is no time, or if several times differ.
pub(super) fn made(name: &str, zone: &Zone) -> Option<Time> {
    let mut found: Option<Time> = None;
    let mut rest = name;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let starts = first.is_ascii_digit() && !before.is_some_and(|c: char| c.is_ascii_digit());
        if let Some((time, len)) = starts.then(|| stamp(rest, zone)).flatten() {
            if found.is_some_and(|other| other != time) {
                return None;
            }
            found = Some(time);
            before = None;
            rest = &rest[len..];
        } else {
            before = Some(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// The time that a text begins with, and the length of its spelling.
fn stamp(text: &str, zone: &Zone) -> Option<(Time, usize)> {
    let (date, day_len) = date(text)?;
    let alone = || Some((Time::local_to(date.at(0, 0, 0, 0), zone)?, day_len));
    let rest = &text[day_len..];
    let gap = rest.bytes().next().filter(|b| b"T_-. t".contains(b)).map_or(0, |_| 1);
    let Some((clock, clock_len)) = clock(&rest[gap..]) else {
        return if rest.starts_with(|c: char| c.is_ascii_digit()) { None } else { alone() };
    };
    let local = date.to_datetime(clock);
    let len = day_len + gap + clock_len;
    let (time, zone_len) = offset(&text[len..], local).unwrap_or((Time::local_to(local, zone)?, 0));
    Some((time, len + zone_len))
}

/// `20240115`, `2024-01-15`, `2024_01_15` or `2024.01.15`.
fn date(text: &str) -> Option<(Date, usize)> {
    let (parts, len) = parts::<3>(text, [4, 2, 2], b"-_.")?;
    let [year, month, day] = parts;
    if !(2000..=2099).contains(&year) {
        return None;
    }
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    Some((date, len))
}

/// `093000`, `09:30:00`, `09-30-00` or `09_30_00`, and no digit after it.
fn clock(text: &str) -> Option<(Clock, usize)> {
    let ([hour, minute, second], len) = parts::<3>(text, [2, 2, 2], b":-_.")?;
    if text[len..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((Clock::new(hour as i8, minute as i8, second as i8, 0).ok()?, len))
}

/// `Z`, `+08:00` or `+0800`.
fn offset(text: &str, local: DateTime) -> Option<(Time, usize)> {
    if text.starts_with(['Z', 'z']) && !text[1..].starts_with(|c: char| c.is_alphanumeric()) {
        return Some((Time::local_to(local, &Zone::utc())?, 1));
    }
    let sign = text.chars().next().filter(|c| *c == '+')?;
    let ([hours, minutes], len) = parts::<2>(&text[1..], [2, 2], b":")?;
    let zone = Zone::parse(&format!("{sign}{hours:02}:{minutes:02}"))?;
    Some((Time::local_to(local, &zone)?, 1 + len))
}

/// Numbers with these numbers of digits, with the same separator between all of them or without
/// one.
fn parts<const N: usize>(
    text: &str,
    digits: [usize; N],
    separators: &[u8],
) -> Option<([u32; N], usize)> {
    let bytes = text.as_bytes();
    let separator = bytes.get(digits[0]).copied().filter(|b| separators.contains(b));
    let mut numbers = [0; N];
    let mut at = 0;
    for (index, (number, len)) in numbers.iter_mut().zip(digits).enumerate() {
        if index > 0
            && let Some(separator) = separator
        {
            if bytes.get(at) != Some(&separator) {
                return None;
            }
            at += 1;
        }
        let part = bytes.get(at..at + len).filter(|part| part.iter().all(u8::is_ascii_digit))?;
        *number = part.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        at += len;
    }
    Some((numbers, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_report_is_read_from_its_file_name() {
        for (name, expected) in [
            ("iam_audit_report_20240115_093000.csv", Some("2024-01-15T09:30:00Z")),
            ("iam_audit_report_20240115_093000.csv.gz", Some("2024-01-15T09:30:00Z")),
            ("20240115T093000Z.csv", Some("2024-01-15T09:30:00Z")),
            ("20240115093000.csv", Some("2024-01-15T09:30:00Z")),
            ("credentials-2024-01-15T09:30:00Z.csv", Some("2024-01-15T09:30:00Z")),
            ("credentials-2024-01-15T09:30:00+08:00.csv", Some("2024-01-15T01:30:00Z")),
            ("credentials-2024-01-15T09-30-00.csv", Some("2024-01-15T09:30:00Z")),
            ("2024-01-15 09.30.00.csv", Some("2024-01-15T09:30:00Z")),
            ("report2024-01-15.csv", Some("2024-01-15T00:00:00Z")),
            ("report_20240115.csv", Some("2024-01-15T00:00:00Z")),
            ("123456789012_20240115.csv", Some("2024-01-15T00:00:00Z")),
            ("20240115_123456789012.csv", Some("2024-01-15T00:00:00Z")),
            ("2024-01-15_2024-01-15.csv", Some("2024-01-15T00:00:00Z")),
            // The last moment of a day, and texts that are not a time.
            ("20240115_235959.csv", Some("2024-01-15T23:59:59Z")),
            ("20240115_240000.csv", Some("2024-01-15T00:00:00Z")),
            ("20240229.csv", Some("2024-02-29T00:00:00Z")),
            ("20230229.csv", None),
            ("20241301.csv", None),
            ("19991231.csv", None),
            ("20991231.csv", Some("2099-12-31T00:00:00Z")),
            ("21000101.csv", None),
            // Digits around it make it another number.
            ("120240115.csv", None),
            ("202401151.csv", None),
            ("2024-01-151.csv", None),
            ("2024-0115.csv", None),
            ("2024-01.csv", None),
            // Two that differ.
            ("2024-01-01_2024-01-31.csv", None),
            ("report.csv", None),
            ("", None),
            ("２０２４0115.csv", None),
            ("é20240115é.csv", Some("2024-01-15T00:00:00Z")),
        ] {
            let time = made(name, &Zone::utc()).map(|time| time.to_string());
            assert_eq!(time.as_deref(), expected, "{name}");
        }
        let shanghai = Zone::parse("+08:00").unwrap_or_else(Zone::utc);
        let time = made("20240115_093000.csv", &shanghai).map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2024-01-15T01:30:00Z"));
    }
}
