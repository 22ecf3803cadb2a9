//! The progress of a long run, on standard error.

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use keytrail::input::{InputSet, Progress};
use keytrail::record::{
    Batch, BatchStatus, Batches, FileAccount, Format, Hint, Inputs, Origin, ReadOrder, RecordsAt,
};

/// Shorter runs show no progress.
const FIRST: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(200);

/// Inputs that count the records that are read from them.
pub(crate) struct Counted<'i> {
    inputs: &'i InputSet,
    bytes: Arc<Progress>,
    records: AtomicU64,
}

impl<'i> Counted<'i> {
    pub(crate) fn new(inputs: &'i InputSet) -> Self {
        Self { inputs, bytes: inputs.progress(), records: AtomicU64::default() }
    }

    /// One short line. It must fit a narrow terminal, because a wrapped line cannot be cleared.
    fn line(&self, total: u64, elapsed: Duration) -> String {
        let records = self.records.load(Ordering::Relaxed);
        let bytes = self.bytes.bytes.load(Ordering::Relaxed);
        let seconds = elapsed.as_secs();
        let mebi = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
        // The size of standard input is unknown.
        let of = if total > 0 { format!(" of {:.1}", mebi(total)) } else { String::new() };
        format!("{:.1}{of} MiB, {records} records, {seconds} s", mebi(bytes))
    }
}

impl Inputs for Counted<'_> {
    fn count(&self) -> usize {
        self.inputs.count()
    }

    fn peek_all(&self, jobs: NonZeroUsize) {
        self.inputs.peek_all(jobs);
    }

    fn read_order(&self, index: usize) -> ReadOrder {
        self.inputs.read_order(index)
    }

    fn hint(&self, index: usize) -> Hint {
        self.inputs.hint(index)
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        Box::new(CountedFile { file: self.inputs.open(index), counted: self })
    }

    fn again(&self, index: usize) -> Option<Box<dyn Batches + '_>> {
        self.inputs.again(index)
    }

    fn records_at(&self, index: usize) -> Option<Box<dyn RecordsAt + '_>> {
        self.inputs.records_at(index)
    }

    fn is_rereadable(&self, index: usize) -> bool {
        self.inputs.is_rereadable(index)
    }
}

struct CountedFile<'i> {
    file: Box<dyn Batches + 'i>,
    counted: &'i Counted<'i>,
}

impl Batches for CountedFile<'_> {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        let step = self.file.next(batch);
        let records = batch.records.len() + batch.skipped.len();
        self.counted.records.fetch_add(records as u64, Ordering::Relaxed);
        step
    }

    fn formats(&self) -> &[&'static dyn Format] {
        self.file.formats()
    }

    fn origin(&self) -> Arc<Origin> {
        self.file.origin()
    }

    fn account(&self) -> FileAccount {
        self.file.account()
    }
}

/// Runs `work` on the inputs. If `shown`, draws a line of progress that is cleared at the end.
pub(crate) fn during<T>(inputs: &Counted<'_>, shown: bool, work: impl FnOnce() -> T) -> T {
    if !shown {
        return work();
    }
    let done = Done::default();
    std::thread::scope(|scope| {
        scope.spawn(|| draw(inputs, &done));
        // Notifies the thread even if the work panics. Otherwise the scope would wait forever.
        let _ends = done.at_end();
        work()
    })
}

fn draw(inputs: &Counted<'_>, done: &Done) {
    let start = Instant::now();
    let total = inputs.inputs.stored_bytes();
    let mut wait = FIRST;
    let mut drawn = false;
    while !done.within(wait) {
        // Ignore errors: the run continues even if the terminal is gone.
        let _ = write!(std::io::stderr(), "\r\x1b[K{}", inputs.line(total, start.elapsed()));
        (wait, drawn) = (EVERY, true);
    }
    if drawn {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

/// Notifies the drawing thread that the work is done.
#[derive(Default)]
struct Done {
    done: Mutex<bool>,
    changed: Condvar,
}

impl Done {
    fn within(&self, wait: Duration) -> bool {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(done, wait, |done| !*done);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn at_end(&self) -> impl Drop + '_ {
        AtEnd(self)
    }
}

struct AtEnd<'d>(&'d Done);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        *self.0.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use keytrail::input::InputSet;
    use keytrail::record::{Batch, BatchStatus, Inputs};

    use super::{Counted, during};

    const LINES: &str = r#"{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"A","eventTime":"2026-01-01T00:00:00Z"}
{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"B","eventTime":"2026-01-01T00:00:00Z"}
"#;

    #[test]
    fn bytes_and_records_that_pass_are_counted() {
        let inputs = InputSet::new(&["-".to_owned()]).unwrap();
        let inputs = inputs.stdin(Box::new(LINES.as_bytes()));
        let counted = Counted::new(&inputs);
        let mut file = counted.open(0);
        let mut batch = Batch::default();
        while file.next(&mut batch) == BatchStatus::More {}
        let line = |total| counted.line(total, Duration::from_secs(7));
        assert_eq!(line(3 << 20), "0.0 of 3.0 MiB, 2 records, 7 s");
        assert_eq!(line(0), "0.0 MiB, 2 records, 7 s");
    }

    #[test]
    fn the_progress_line_ends_with_the_work_even_after_a_panic() {
        let inputs = InputSet::new(&["-".to_owned()]).unwrap();
        let counted = Counted::new(&inputs);
        assert_eq!(during(&counted, true, || 5), 5);
        let work = || during(&counted, true, || panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(work)).is_err());
    }
}
