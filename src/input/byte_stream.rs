//! The decompressed bytes of a data file, with limits, counts and a checksum.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};

/// The maximum ratio of decompressed to stored size, checked beyond [`FREE_BYTES`]. Logs expand 10
/// to 30 times; gzip allows at most 1032 times.
pub const MAX_RATIO: u64 = 500;

/// A file may decompress to this many bytes whatever its ratio is.
pub const FREE_BYTES: u64 = 64 << 20;

/// The number of bytes of one read.
const BLOCK: usize = 256 << 10;

/// Bytes read so far by all files of a run; may be read at any time from any thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes as stored.
    pub bytes: AtomicU64,
    /// Bytes after decompression.
    pub decompressed: AtomicU64,
    /// Files that were opened.
    pub files: AtomicU64,
}

/// The stored bytes that were read so far.
#[derive(Debug, Default)]
struct Stored {
    bytes: AtomicU64,
    hash: std::sync::Mutex<Option<Sha256>>,
}

/// The bytes of an opened file, decompressed.
pub(super) struct ByteStream {
    reader: Box<dyn Read + Send>,
    stored: Arc<Stored>,
    progress: Arc<Progress>,
    block: Box<[u8]>,
    /// The number of bytes up to which the ratio is not checked.
    free: u64,
    /// The compression, if any.
    pub(super) compression: Option<&'static str>,
    /// Bytes after decompression.
    pub(super) decompressed: u64,
}

impl ByteStream {
    /// Recognizes the compression by the first bytes.
    ///
    /// # Errors
    ///
    /// Reading the first bytes failed.
    pub(super) fn new(
        raw: Box<dyn Read + Send>,
        hash: bool,
        progress: Arc<Progress>,
    ) -> io::Result<Self> {
        let stored = Arc::new(Stored {
            bytes: AtomicU64::new(0),
            hash: std::sync::Mutex::new(hash.then(Sha256::new)),
        });
        let counted = Counted { raw, stored: Arc::clone(&stored), progress: Arc::clone(&progress) };
        let mut buffered = BufReader::with_capacity(64 << 10, counted);
        let mut magic = Vec::with_capacity(4);
        // `read_to_end` continues after short and interrupted reads.
        buffered.by_ref().take(4).read_to_end(&mut magic)?;
        let head = io::Cursor::new(magic.clone()).chain(buffered);
        let (reader, compression): (Box<dyn Read + Send>, _) = match *magic {
            [0x1f, 0x8b, ..] => (Box::new(Members::new(head, Arc::clone(&stored))), Some("gzip")),
            [0x28, 0xb5, 0x2f, 0xfd] => {
                (Box::new(zstd::stream::read::Decoder::with_buffer(head)?), Some("zstd"))
            }
            _ => (Box::new(head), None),
        };
        progress.files.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            reader,
            stored,
            progress,
            block: vec![0; BLOCK].into(),
            free: FREE_BYTES,
            compression,
            decompressed: 0,
        })
    }

    /// The first bytes, as many as `enough` requires; `fill` returns them again.
    pub(super) fn peek(&mut self, enough: fn(&[u8]) -> bool) -> Vec<u8> {
        let mut head = Vec::new();
        let mut failure = None;
        while !enough(&head) {
            match self.reader.read(&mut self.block) {
                Ok(0) => break,
                Ok(read) => head.extend_from_slice(&self.block[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        self.put_back(head.clone(), failure);
        head
    }

    /// Makes `fill` return these bytes again, then the failure, if any, and then the rest.
    pub(super) fn put_back(&mut self, bytes: Vec<u8>, failure: Option<io::Error>) {
        let rest = std::mem::replace(&mut self.reader, Box::new(io::empty()));
        self.reader = Box::new(io::Cursor::new(bytes).chain(Failed(failure)).chain(rest));
        self.decompressed = 0;
    }

    /// Makes `fill` return these bytes, which were extracted from those read so far.
    pub(super) fn unwrapped(&mut self, bytes: Vec<u8>, how: Option<&'static str>) {
        self.reader = Box::new(io::Cursor::new(bytes));
        self.compression = how.or(self.compression);
        self.decompressed = 0;
    }

    /// Appends the bytes of one read; returns whether there may be more. It does not wait for a
    /// slow writer once it has some bytes.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let read = loop {
            match self.reader.read(&mut self.block) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        out.extend_from_slice(&self.block[..read]);
        self.decompressed += read as u64;
        self.progress.decompressed.fetch_add(read as u64, Ordering::Relaxed);
        if self.expands_too_much() {
            return Err(io::Error::other(format!(
                "it expands to more than {MAX_RATIO} times its size"
            )));
        }
        Ok(read > 0)
    }

    fn expands_too_much(&self) -> bool {
        let total = self.decompressed;
        self.compression.is_some() && total > self.free && total / MAX_RATIO > self.bytes()
    }

    /// Bytes as stored, so far.
    pub(super) fn bytes(&self) -> u64 {
        self.stored.bytes.load(Ordering::Relaxed)
    }

    /// SHA-256 of the stored bytes, if it was requested.
    pub(super) fn sha256(&self) -> Option<[u8; 32]> {
        let hash = self.stored.hash.lock().ok()?.take()?;
        Some(hash.finalize().into())
    }
}

/// A reader that fails once, if it has a failure, and then ends.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Counts and hashes the bytes that are read.
struct Counted {
    raw: Box<dyn Read + Send>,
    stored: Arc<Stored>,
    progress: Arc<Progress>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(out)?;
        self.stored.bytes.fetch_add(read as u64, Ordering::Relaxed);
        self.progress.bytes.fetch_add(read as u64, Ordering::Relaxed);
        if let Ok(mut hash) = self.stored.hash.lock()
            && let Some(hash) = hash.as_mut()
        {
            hash.update(&out[..read]);
        }
        Ok(read)
    }
}

/// All members of a gzip file. As `gzip -d` does, it ignores zeros after the last member, which are
/// the padding of a tape. Any other byte there is an error, because records may have been lost.
struct Members<R: BufRead> {
    member: Option<GzDecoder<R>>,
    stored: Arc<Stored>,
}

impl<R: BufRead> Members<R> {
    fn new(source: R, stored: Arc<Stored>) -> Self {
        Self { member: Some(GzDecoder::new(source)), stored }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = self.member.as_mut() else { return Ok(0) };
            let read = member.read(out)?;
            if read > 0 || out.is_empty() {
                return Ok(read);
            }
            let Some(finished) = self.member.take() else { return Ok(0) };
            let mut source = finished.into_inner();
            if next_member(&mut source)? {
                self.member = Some(GzDecoder::new(source));
            } else {
                let rest = io::copy(&mut source, &mut io::sink())?;
                let size = self.stored.bytes.load(Ordering::Relaxed);
                if rest > 0 {
                    return Err(io::Error::other(format!(
                        "the gzip data ends at byte {}, and the {rest} bytes after it are not gzip \
                         data",
                        size.saturating_sub(rest)
                    )));
                }
            }
        }
    }
}

/// Skips zero padding; returns whether another member follows.
fn next_member(source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = match source.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let zeros = bytes.iter().take_while(|&&b| b == 0).count();
        let next = bytes.get(zeros).copied();
        let ended = bytes.is_empty();
        source.consume(zeros);
        match next {
            None if ended => return Ok(false),
            None => {}
            Some(byte) => return Ok(byte == 0x1f),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_decompression_bomb_is_rejected() {
        let zeros = vec![0; 8 << 20];
        let small = zstd::encode_all(&*zeros, 1).unwrap();
        assert!(small.len() as u64 * MAX_RATIO < zeros.len() as u64);
        for (free, defused) in [(1 << 20, true), (16 << 20, false)] {
            let raw = Box::new(io::Cursor::new(small.clone()));
            let mut source = ByteStream::new(raw, false, Arc::default()).unwrap();
            source.free = free;
            let mut out = Vec::new();
            let last = loop {
                match source.fill(&mut out) {
                    Ok(true) => {}
                    last => break last,
                }
            };
            assert_eq!(last.is_err(), defused);
            assert!(!defused || (out.len() as u64) <= free + BLOCK as u64, "{}", out.len());
        }
    }

    #[test]
    fn repetitive_text_is_not_a_decompression_bomb() {
        let text = "the same line\n".repeat(500_000);
        let raw = Box::new(io::Cursor::new(text.clone().into_bytes()));
        let mut source = ByteStream::new(raw, false, Arc::default()).unwrap();
        source.free = 0;
        let mut out = Vec::new();
        while source.fill(&mut out).expect("plain files expand to themselves") {}
        assert_eq!(out.len(), text.len());
    }
}
