//! How many of those who may sign in have a second factor.

/// Second factors of users with a console password; the root user is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Users with a console password.
    pub password: u64,
    /// Of those, users with a second factor.
    pub mfa: u64,
    /// Of those, users of whom no report says whether they have one.
    pub mfa_unknown: u64,
    /// Users of whom no report says whether they have a console password.
    pub password_unknown: u64,
}

impl Coverage {
    /// Users with a console password and without a second factor.
    pub fn without(&self) -> u64 {
        self.password - self.mfa - self.mfa_unknown
    }

    /// Tenths of a percent of users with a console password who are known to have a second factor,
    /// rounded down, so that 1000 says all of them. `None` where there is no such user, and where
    /// nobody's factor is known.
    pub fn tenths(&self) -> Option<u64> {
        (self.password > self.mfa_unknown).then(|| self.mfa * 1000 / self.password)
    }

    /// Counts a user who is not the root user.
    pub(super) fn count(&mut self, signs_in: Option<bool>, mfa: Option<bool>) {
        match signs_in {
            Some(true) => {
                self.password += 1;
                self.mfa += u64::from(mfa == Some(true));
                self.mfa_unknown += u64::from(mfa.is_none());
            }
            Some(false) => {}
            None => self.password_unknown += 1,
        }
    }

    /// Adds what was counted elsewhere.
    pub(super) fn merge(&mut self, other: &Coverage) {
        self.password += other.password;
        self.mfa += other.mfa;
        self.mfa_unknown += other.mfa_unknown;
        self.password_unknown += other.password_unknown;
    }
}
