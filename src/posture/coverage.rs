//! MFA coverage: how many console users have a second factor.

/// MFA of users who can sign in to the console, without root users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Users who can sign in to the console.
    pub console: u64,
    /// Console users with a second factor.
    pub mfa: u64,
    /// Console users for whom no report states whether they have a second factor.
    pub mfa_unknown: u64,
    /// Users for whom no report states whether they can sign in to the console.
    pub console_unknown: u64,
}

impl Coverage {
    /// Console users without a second factor.
    pub fn without(&self) -> u64 {
        self.console - self.mfa - self.mfa_unknown
    }

    /// Tenths of a percent of the console users who are known to have a second factor, rounded
    /// down, so that 1000 means all. `None` if there are no console users, or if no report contains
    /// the MFA state of any user.
    pub fn tenths(&self) -> Option<u64> {
        (self.console > self.mfa_unknown).then(|| self.mfa * 1000 / self.console)
    }

    /// Counts a user who is not the root user.
    pub(super) fn count(&mut self, console: Option<bool>, mfa: Option<bool>) {
        match console {
            Some(true) => {
                self.console += 1;
                self.mfa += u64::from(mfa == Some(true));
                self.mfa_unknown += u64::from(mfa.is_none());
            }
            Some(false) => {}
            None => self.console_unknown += 1,
        }
    }

    /// Adds the counts of another value.
    pub(super) fn merge(&mut self, other: &Coverage) {
        self.console += other.console;
        self.mfa += other.mfa;
        self.mfa_unknown += other.mfa_unknown;
        self.console_unknown += other.console_unknown;
    }
}
