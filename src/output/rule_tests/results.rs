//! The results, located and without references to sources.

use crate::diag::render_line;
use crate::ruletest::{Coverage, Fate, Mutation, Outcome, PartKind, TestResult, Told};
use crate::source::{Sources, Span};

/// The results of one run of tests.
#[derive(Debug, Default)]
pub struct Results {
    /// The tests, in the order of rules.
    pub tests: Vec<TestLine>,
    /// How many parts of each kind there are and how many are exercised, if coverage was asked for.
    pub shares: Vec<Share>,
    /// The parts that no test exercises.
    pub gaps: Vec<CoverageGap>,
    /// Every mutant, if they were asked for.
    pub mutants: Vec<MutantResult>,
    /// Whether mutants were asked for.
    pub mutated: bool,
}

/// One test.
#[derive(Debug)]
pub struct TestLine {
    /// The rule.
    pub rule: String,
    /// The name.
    pub name: String,
    /// Where it is written.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// Why it failed; empty if it passed.
    pub reasons: Vec<String>,
}

/// The parts of a kind.
#[derive(Debug)]
pub struct Share {
    /// The kind.
    pub kind: PartKind,
    /// How many there are. A condition counts twice: true and false.
    pub all: usize,
    /// How many of them tests exercise.
    pub exercised: usize,
}

/// A part that no test exercises.
#[derive(Debug)]
pub struct CoverageGap {
    /// The kind.
    pub kind: PartKind,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The text of the part.
    pub text: String,
    /// What no test does.
    pub gap: &'static str,
}

/// One mutant.
#[derive(Debug)]
pub struct MutantResult {
    /// The rule.
    pub rule: String,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The text that was changed.
    pub code: String,
    /// What was changed.
    pub what: String,
    /// Whether an allowlist entry was changed.
    pub is_entry: bool,
    /// What became of it.
    pub fate: Fate,
    /// For a survivor, the records that tell it from its rule.
    pub told: Told,
}

impl Results {
    /// Adds the result of a test.
    pub fn add_test(&mut self, result: &TestResult, sources: &Sources) {
        let (path, line, _) = place(result.place, sources);
        let reasons = match &result.outcome {
            Outcome::Passed => Vec::new(),
            Outcome::Failed(reasons) => {
                reasons.iter().map(|reason| render_line(reason, sources)).collect()
            }
        };
        let (rule, name) = (result.rule.clone(), result.name.clone());
        self.tests.push(TestLine { rule, name, path, line, reasons });
    }

    /// Adds coverage, which may have parts in other files than that added before.
    pub fn add_coverage(&mut self, coverage: &Coverage, sources: &Sources) {
        for kind in PartKind::ALL {
            let (all, exercised) = coverage.count(kind);
            match self.shares.iter_mut().find(|share| share.kind == kind) {
                Some(share) => {
                    share.all += all;
                    share.exercised += exercised;
                }
                None => self.shares.push(Share { kind, all, exercised }),
            }
        }
        for part in coverage.uncovered() {
            let (path, line, column) = place(part.span, sources);
            let (kind, text, gap) = (part.kind, part.text, part.gap.words());
            self.gaps.push(CoverageGap { kind, path, line, column, text, gap });
        }
        let order = |gap: &CoverageGap| (gap.kind, gap.path.clone(), gap.line, gap.column);
        self.gaps.sort_by_key(order);
    }

    /// Adds mutants.
    pub fn add_mutation(&mut self, mutation: &Mutation, sources: &Sources) {
        self.mutated = true;
        for mutant in &mutation.mutants {
            let (path, line, column) = place(mutant.span, sources);
            self.mutants.push(MutantResult {
                rule: mutant.rule.clone(),
                path,
                line,
                column,
                code: mutant.code.clone(),
                what: mutant.what.clone(),
                is_entry: mutant.is_entry,
                fate: mutant.fate.clone(),
                told: mutant.told.clone(),
            });
        }
    }

    /// The number of tests that passed and that failed.
    pub fn counts(&self) -> (usize, usize) {
        let failed = self.tests.iter().filter(|test| !test.reasons.is_empty()).count();
        (self.tests.len() - failed, failed)
    }

    /// The percentage of conditions that are true in one test and false in another.
    pub fn percentage(&self) -> f64 {
        let share = self.shares.iter().find(|share| share.kind == PartKind::Condition);
        match share {
            Some(share) if share.all > 0 => 100.0 * share.exercised as f64 / share.all as f64,
            _ => 100.0,
        }
    }

    /// The mutants that no test notices and no rule accepts.
    pub fn survivors(&self) -> impl Iterator<Item = &MutantResult> {
        self.mutants.iter().filter(|mutant| mutant.fate == Fate::Survived)
    }

    /// The number of mutants that were killed, are equal to their rule, are accepted, and survive.
    pub fn fates(&self) -> [usize; 4] {
        let count = |is: fn(&Fate) -> bool| self.mutants.iter().filter(|of| is(&of.fate)).count();
        [
            count(|fate| *fate == Fate::Killed),
            count(|fate| *fate == Fate::Equal),
            count(|fate| matches!(fate, Fate::Accepted { .. })),
            count(|fate| *fate == Fate::Survived),
        ]
    }
}

fn place(span: Span, sources: &Sources) -> (String, usize, usize) {
    let file = sources.file(span.file);
    let (line, column) = file.line_col(span.start);
    (file.name.clone(), line, column)
}
