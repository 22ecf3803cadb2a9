//! One call, before it is written as the record of a cloud.

/// A call. Numbers stand for identities and addresses, so that every cloud writes them in its form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Event {
    pub(crate) number: u64,
    /// Milliseconds since 1970.
    pub(crate) time: u64,
    pub(crate) service: &'static str,
    pub(crate) api: &'static str,
    pub(crate) read: bool,
    /// The caller. Even numbers are users with long-term keys, odd ones sessions of roles.
    pub(crate) caller: u64,
    /// The service that called on behalf of the caller.
    pub(crate) invoked_by: Option<&'static str>,
    /// A public address of the caller.
    pub(crate) address: u64,
    pub(crate) agent: &'static str,
    pub(crate) region: &'static str,
    pub(crate) denied: bool,
    /// Items of nested parameters, about 120 bytes each.
    pub(crate) items: u64,
}

impl Event {
    pub(crate) fn is_user(&self) -> bool {
        self.caller.is_multiple_of(2)
    }

    /// The address in dotted form.
    pub(crate) fn ip(&self) -> String {
        let n = self.address;
        format!("{}.{}.{}.{}", 52 + n / 65_536 % 8, n / 256 % 256, n % 256, 1 + n * 7 % 250)
    }

    /// The time as `2026-03-02T04:05:06Z`.
    pub(crate) fn utc(&self) -> String {
        let seconds = self.time / 1000;
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let (year, month, day) = civil(days as i64);
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            rest / 3600,
            rest / 60 % 60,
            rest % 60
        )
    }
}

/// Year, month and day of a day since 1970, after the algorithm of the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}
