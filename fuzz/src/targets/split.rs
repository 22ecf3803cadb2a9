//! Any bytes are split into the same records, whatever the sizes of the chunks. Every record and
//! every skip has its own ordinal, and the buffer is bounded.

use keytrail::input::fuzzing::{Split, split};

/// The first three bytes choose sizes, window and limit; the others are the file.
pub fn run(data: &[u8]) {
    let [sizes, window, limit, file @ ..] = data else { return };
    let window = [1 << 20, 16, 64, 256][usize::from(window % 4)];
    let limit = [16 << 20, 600, 1024][usize::from(limit % 3)];
    let step = usize::from(*sizes);
    let whole = split(file, &[file.len()], window, limit);
    check_records(file, &whole);
    for chunks in [[1, 1, 1], [step, step, step], [7, step, 64]] {
        let parts = split(file, &chunks, window, limit);
        // For any input, the buffer is at most as large as a record, a window, or the range of a
        // search.
        let most = limit.max(window).max(4096) + chunks.iter().max().copied().unwrap_or_default();
        assert!(parts.largest_batch <= most, "{} bytes buffered", parts.largest_batch);
        assert_eq!(Split { largest_batch: whole.largest_batch, ..parts }, whole);
    }
}

fn check_records(file: &[u8], whole: &Split) {
    let mut end = 0;
    for &(offset, line, column, _, len) in &whole.records {
        assert!(offset >= end, "records do not overlap");
        end = offset + len as u64;
        let before = &file[..offset as usize];
        let breaks = before.iter().filter(|&&b| b == b'\n').count() as u64;
        assert_eq!(line, 1 + breaks);
        if let Ok(text) = std::str::from_utf8(before) {
            let own = text.rsplit('\n').next().unwrap_or_default();
            let own = if line == 1 { own.strip_prefix('\u{feff}').unwrap_or(own) } else { own };
            assert_eq!(column, 1 + own.encode_utf16().count() as u64);
        }
    }
    let mut ordinals: Vec<u64> = whole.records.iter().map(|record| record.3).collect();
    ordinals.extend(whole.skipped.iter().map(|skip| skip.2));
    ordinals.sort_unstable();
    let all: Vec<u64> = (0..ordinals.len() as u64).collect();
    assert_eq!(ordinals, all, "each is a record or a skip");
    if whole.other.is_some() {
        assert!(all.is_empty(), "what is no log holds no records");
    }
}
