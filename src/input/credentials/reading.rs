//! A file being read that may be a credential report.

use std::sync::Arc;

use super::dated::made;
use super::gather::Gather;
use crate::record::{Batch, Batches, FileAccount, Format, Origin, Step};
use crate::value::{Time, Zone};

/// Said of reports that do not say when they were made.
const UNDATED: &str = "neither it nor its name says when it was made: without `--now`, ages count \
                       to the time of the run";

/// Reads a file; when it turns out to be a credential report, puts the rows of each user together
/// and says when it was made.
pub(super) struct Reading<'i> {
    file: Box<dyn Batches + 'i>,
    /// When its content says that it was made.
    time: Option<Time>,
    state: State,
    origin: Arc<Origin>,
}

enum State {
    /// Nothing was read.
    New,
    /// It is something else.
    Other,
    /// Rows are put together.
    Taking(Box<Gather>),
    /// All were read, and are handed on.
    Giving(Box<Gather>),
}

impl<'i> Reading<'i> {
    pub(super) fn new(file: Box<dyn Batches + 'i>, time: Option<Time>) -> Self {
        Self { file, time, state: State::New, origin: Arc::default() }
    }

    /// What the file is, once its first records were read.
    fn begin(&mut self) -> State {
        self.origin = self.file.origin();
        let report = self.file.formats().first().and_then(|format| super::find(format.name()));
        let Some(report) = report.filter(|_| self.origin.columns.is_some()) else {
            return State::Other;
        };
        let name = self.file.account().path;
        let name = name.rsplit('/').next().unwrap_or_default();
        let zone = self.origin.zone.clone().unwrap_or_else(Zone::utc);
        let time = self.origin.time.or(self.time).or_else(|| made(name, &zone));
        self.origin = Arc::new(Origin { time, ..Origin::clone(&self.origin) });
        State::Taking(Box::new(Gather::new(report, &self.origin)))
    }
}

impl Batches for Reading<'_> {
    fn next(&mut self, batch: &mut Batch) -> Step {
        loop {
            match &mut self.state {
                State::Other => return self.file.next(batch),
                State::Giving(gather) => {
                    batch.clear();
                    return gather.give(batch);
                }
                State::New | State::Taking(_) => {}
            }
            let step = self.file.next(batch);
            if matches!(self.state, State::New) {
                self.state = self.begin();
            }
            let State::Taking(gather) = &mut self.state else { return step };
            gather.take(batch);
            if step == Step::Done
                && let State::Taking(gather) = std::mem::replace(&mut self.state, State::Other)
            {
                self.state = State::Giving(gather);
            }
            if !batch.skipped.is_empty() {
                return Step::More;
            }
        }
    }

    fn formats(&self) -> &[&'static dyn Format] {
        self.file.formats()
    }

    fn origin(&self) -> Arc<Origin> {
        match self.state {
            State::Taking(_) | State::Giving(_) => Arc::clone(&self.origin),
            State::New | State::Other => self.file.origin(),
        }
    }

    fn account(&self) -> FileAccount {
        let mut account = self.file.account();
        if let State::Taking(gather) | State::Giving(gather) = &self.state {
            account.notes.extend(gather.notes());
            account.notes.extend(self.origin.time.is_none().then(|| UNDATED.to_owned()));
        }
        account
    }
}
