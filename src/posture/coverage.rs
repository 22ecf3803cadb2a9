//! How many of the users who may sign in to the console have a second factor.

/// Second factors of users who may sign in to the console, without root users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Users who may sign in to the console.
    pub console: u64,
    /// Of those, users with a second factor.
    pub mfa: u64,
    /// Of those, users of whom no report says whether they have one.
    pub mfa_unknown: u64,
    /// Users of whom no report says whether they may sign in.
    pub console_unknown: u64,
}

impl Coverage {
    /// Users who may sign in without a second factor.
    pub fn without(&self) -> u64 {
        self.console - self.mfa - self.mfa_unknown
    }

    /// Tenths of a percent of the console users who are known to have a second factor, rounded down,
    /// so that 1000 means all. `None` if there is no console user or no report knows anybody's factor.
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

    /// Adds what was counted elsewhere.
    pub(super) fn merge(&mut self, other: &Coverage) {
        self.console += other.console;
        self.mfa += other.mfa;
        self.mfa_unknown += other.mfa_unknown;
        self.console_unknown += other.console_unknown;
    }
}
