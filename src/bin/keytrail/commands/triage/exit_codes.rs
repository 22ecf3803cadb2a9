//! The exit codes of `keytrail triage`.

/// What the exit codes mean.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  2  cannot run: usage, a triage file or a report that cannot be read, output";
