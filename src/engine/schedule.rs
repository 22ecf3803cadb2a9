//! Assigns files and batches to threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::record::{
    Batch, BatchStatus, Batches, FileAccount, FileStatus, Format, Inputs, Origin, ReadOrder,
};

/// Stack size of a worker in bytes. Nested expressions and JSON require a large stack.
pub(super) const STACK: usize = 16 * 1024 * 1024;

/// Assigns the files of a run to threads, batch by batch.
///
/// A thread reads a file of its own while there are files that no thread has begun. After that it
/// helps with a file of another thread: batches are read under the file's lock and evaluated
/// outside it.
pub(super) struct Schedule<'i> {
    inputs: &'i dyn Inputs,
    /// The files of the phase, and the number of files that were begun.
    read_order: Vec<usize>,
    next: AtomicUsize,
    files: Vec<Slot<'i>>,
}

/// The next batch of a thread; its buffers are reused.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) batch: Batch,
    pub(super) formats: Vec<&'static dyn Format>,
    pub(super) origin: Arc<Origin>,
    /// Whether the file cannot be read again.
    pub(super) once: bool,
    /// Whether the file is compressed, so that reading a record again costs reading all before it.
    pub(super) compressed: bool,
}

struct Slot<'i> {
    done: AtomicBool,
    state: Mutex<FileState<'i>>,
}

#[derive(Default)]
enum FileState<'i> {
    #[default]
    Untouched,
    Open {
        reader: Box<dyn Batches + 'i>,
        once: bool,
        compressed: bool,
    },
    Done(FileAccount),
}

impl<'i> Schedule<'i> {
    /// A schedule of the files of one phase that belong to this part of the inputs.
    pub(super) fn new(
        inputs: &'i dyn Inputs,
        read_order: ReadOrder,
        part: &dyn Fn(usize) -> bool,
    ) -> Self {
        let slot = || Slot { done: AtomicBool::new(false), state: Mutex::default() };
        let files = (0..inputs.count()).map(|_| slot()).collect();
        let of_phase = |index: &usize| inputs.read_order(*index) == read_order && part(*index);
        let read_order = (0..inputs.count()).filter(of_phase).collect();
        Self { inputs, read_order, next: AtomicUsize::new(0), files }
    }

    /// Whether there is no file to read.
    pub(super) fn is_empty(&self) -> bool {
        self.read_order.is_empty()
    }

    /// Fills `turn` with the next records for a thread that last worked on `file`. Returns the file
    /// of these records, or `None` if every file of the phase is done.
    pub(super) fn next(&self, file: &mut Option<usize>, turn: &mut Turn) -> Option<usize> {
        loop {
            let own = file.filter(|&at| !self.files[at].done.load(Ordering::Acquire));
            let at = own.or_else(|| self.untouched()).or_else(|| self.unfinished())?;
            *file = Some(at);
            if self.read(at, turn) {
                return Some(at);
            }
        }
    }

    fn untouched(&self) -> Option<usize> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        if at >= self.read_order.len() {
            // Prevents an overflow of the counter.
            self.next.store(self.read_order.len(), Ordering::Relaxed);
        }
        self.read_order.get(at).copied()
    }

    fn unfinished(&self) -> Option<usize> {
        let open = |at: &usize| !self.files[*at].done.load(Ordering::Acquire);
        self.read_order.iter().copied().find(open)
    }

    /// Reads the next batch of a file. Returns false if there is none.
    fn read(&self, at: usize, turn: &mut Turn) -> bool {
        let slot = &self.files[at];
        let mut state = lock(&slot.state);
        if matches!(*state, FileState::Untouched) {
            let once = !self.inputs.is_rereadable(at);
            let reader = self.inputs.open(at);
            let compressed = reader.account().compression.is_some();
            *state = FileState::Open { reader, once, compressed };
        }
        let FileState::Open { reader, once, compressed } = &mut *state else { return false };
        (turn.once, turn.compressed) = (*once, *compressed);
        // A panic is a bug of ours; it must cost one file, not the threads.
        let step = catch_unwind(AssertUnwindSafe(|| reader.next(&mut turn.batch)));
        turn.formats.clear();
        turn.formats.extend_from_slice(reader.formats());
        turn.origin = reader.origin();
        if !matches!(step, Ok(BatchStatus::More)) {
            let mut account = reader.account();
            if step.is_err() {
                turn.batch.clear();
                let reason = "reading it failed inside Keytrail".into();
                account.status = FileStatus::Unreadable { reason };
            }
            *state = FileState::Done(account);
            slot.done.store(true, Ordering::Release);
        }
        true
    }

    /// Stores the reader's account of each file. Call it after every thread is done.
    pub(super) fn put_accounts(self, accounts: &mut [Option<FileAccount>]) {
        for (account, slot) in accounts.iter_mut().zip(self.files) {
            if let FileState::Done(of_file) =
                slot.state.into_inner().unwrap_or_else(PoisonError::into_inner)
            {
                *account = Some(of_file);
            }
        }
    }
}

/// Locks a mutex and ignores poisoning: a panic while reading leaves the reader as it was, and what
/// it read is accounted for elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
