//! What is wrong with an entry.

/// A kind of problem. The order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// It names a rule that does not exist.
    UnknownRule,
    /// It has expired.
    Expired,
    /// It expires within 14 days.
    Expiring,
    /// No record can meet it.
    NeverMatches,
    /// Another entry covers everything that it covers.
    Shadowed,
    /// It covers every call, or every match of a rule.
    Broad,
    /// The caller chooses the values of everything that it tests.
    CallerChosen,
    /// It covered nothing in the corpus.
    Unused,
}

impl ProblemKind {
    /// Every kind, in order.
    pub const ALL: [ProblemKind; 8] = [
        ProblemKind::UnknownRule,
        ProblemKind::Expired,
        ProblemKind::Expiring,
        ProblemKind::NeverMatches,
        ProblemKind::Shadowed,
        ProblemKind::Broad,
        ProblemKind::CallerChosen,
        ProblemKind::Unused,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::UnknownRule => "unknown-rule",
            ProblemKind::Expired => "expired",
            ProblemKind::Expiring => "expiring",
            ProblemKind::NeverMatches => "never-matches",
            ProblemKind::Shadowed => "shadowed",
            ProblemKind::Broad => "broad",
            ProblemKind::CallerChosen => "caller-chosen",
            ProblemKind::Unused => "unused",
        }
    }
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub kind: ProblemKind,
    /// One sentence.
    pub text: String,
    /// What to do next.
    pub help: String,
}
