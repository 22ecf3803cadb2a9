//! Standard input that is read in the background.

use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The maximum number of bytes that are buffered; beyond it the writer is blocked.
const MAX_BUFFERED: usize = 64 << 20;

/// The buffered bytes of standard input.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stream(Arc<(Mutex<Buffer>, Condvar)>);

#[derive(Debug, Default)]
struct Buffer {
    bytes: Vec<u8>,
    ended: bool,
    failed: Option<String>,
}

impl Stream {
    /// Starts reading.
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

    /// Takes the buffered bytes. Returns whether the input has ended, and the error if reading
    /// failed.
    pub(crate) fn take(&self, into: &mut Vec<u8>) -> (bool, Option<String>) {
        let mut given = self.lock();
        into.append(&mut given.bytes);
        self.0.1.notify_all();
        (given.ended, given.failed.take())
    }

    /// Whether to take the bytes now: the input has ended or the buffer is full.
    pub(crate) fn is_due(&self) -> bool {
        let given = self.lock();
        given.ended || given.bytes.len() >= MAX_BUFFERED
    }

    fn push(&self, bytes: &[u8]) {
        let mut given = self.lock();
        while given.bytes.len() >= MAX_BUFFERED {
            given = self.0.1.wait(given).unwrap_or_else(PoisonError::into_inner);
        }
        given.bytes.extend_from_slice(bytes);
    }

    fn end(&self, failed: Option<String>) {
        let mut given = self.lock();
        given.ended = true;
        given.failed = failed;
    }

    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::{MAX_BUFFERED, Stream};

    #[test]
    fn a_full_stream_blocks_the_writer_until_it_is_drained() {
        let stream = Stream::default();
        stream.push(&vec![0; MAX_BUFFERED - 1]);
        assert!(!stream.is_due());
        stream.push(&[0]);
        assert!(stream.is_due());
        let (writer, (sender, receiver)) = (stream.clone(), mpsc::channel());
        std::thread::spawn(move || {
            writer.push(&[1, 2]);
            let _ = sender.send(());
        });
        assert!(receiver.recv_timeout(Duration::from_millis(100)).is_err());
        let mut taken = Vec::new();
        assert_eq!(stream.take(&mut taken), (false, None));
        assert_eq!(taken.len(), MAX_BUFFERED);
        assert!(receiver.recv_timeout(Duration::from_secs(30)).is_ok());
        taken.clear();
        stream.take(&mut taken);
        assert_eq!((taken, stream.is_due()), (vec![1, 2], false));
    }
}
