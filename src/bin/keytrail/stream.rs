//! Standard input that is read while the program does something else.

use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that wait to be taken; beyond them the writer waits.
const MOST: usize = 64 << 20;

/// What standard input gave so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stream(Arc<(Mutex<Given>, Condvar)>);

#[derive(Debug, Default)]
struct Given {
    bytes: Vec<u8>,
    ended: bool,
    failed: Option<String>,
}

impl Stream {
    /// Begins to read.
    pub(crate) fn open() -> Self {
        let stream = Self::default();
        let given = stream.clone();
        std::thread::spawn(move || {
            let mut block = vec![0; 256 << 10];
            loop {
                match io::stdin().read(&mut block) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) => return given.end(None),
                    Ok(read) => given.push(block.get(..read).unwrap_or_default()),
                    Err(error) => return given.end(Some(error.to_string())),
                }
            }
        });
        stream
    }

    /// Takes what was given: whether it has ended, and why, if it should not have.
    pub(crate) fn take(&self, into: &mut Vec<u8>) -> (bool, Option<String>) {
        let mut given = self.lock();
        into.append(&mut given.bytes);
        self.0.1.notify_all();
        (given.ended, given.failed.take())
    }

    /// Whether there is no reason to wait longer.
    pub(crate) fn is_due(&self) -> bool {
        let given = self.lock();
        given.ended || given.bytes.len() >= MOST
    }

    fn push(&self, bytes: &[u8]) {
        let mut given = self.lock();
        while given.bytes.len() >= MOST {
            given = self.0.1.wait(given).unwrap_or_else(PoisonError::into_inner);
        }
        given.bytes.extend_from_slice(bytes);
    }

    fn end(&self, failed: Option<String>) {
        let mut given = self.lock();
        given.ended = true;
        given.failed = failed;
    }

    fn lock(&self) -> MutexGuard<'_, Given> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
