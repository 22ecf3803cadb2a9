//! Files with misleading names, files that change, and paths that are not regular files.

use std::io::Write as _;

use super::*;

#[test]
fn file_names_do_not_determine_the_format() {
    let folder = Folder::new("names");
    for (name, bytes, expected) in [
        ("plain.json.gz", S3.to_vec(), "read; records-object plain; 7 events"),
        ("packed.json", gzip(S3), "read; records-object gzip; 7 events"),
        ("packed.zst", gzip(S3), "read; records-object gzip; 7 events"),
        ("empty.json.gz", vec![], "declined: empty;  plain; 0 events"),
        ("nothing.json.gz", gzip(b""), "declined: empty;  gzip; 0 events"),
        (
            "twice.json.gz",
            gzip(&gzip(S3)),
            "unclaimed: compressed twice: unpack it once;  gzip; 0 events",
        ),
    ] {
        let path = folder.file(name, &bytes);
        assert_eq!(line(&read_all(&inputs(&[&path]))[0]), expected, "{name}");
    }
}

/// Lines that fill several reads.
fn long_log(folder: &Folder) -> (PathBuf, u64) {
    let one = fs::read(fixture("single.json")).unwrap();
    let record = serde_json::from_slice::<serde_json::Value>(&one).unwrap().to_string() + "\n";
    let count = (5 << 20) / record.len();
    (folder.file("log.ndjson", record.repeat(count).as_bytes()), count as u64)
}

/// Reads the first batch, lets something happen to the file, and reads the rest.
fn interrupted(path: &Path, happens: impl FnOnce(&Path)) -> (u64, Vec<String>, FileAccount) {
    let set = inputs(&[path]);
    let mut file = set.open(0);
    let mut batch = Batch::default();
    let mut step = file.next(&mut batch);
    let (mut records, mut skipped) = (batch.records.len() as u64, Vec::new());
    happens(path);
    while step == BatchStatus::More {
        step = file.next(&mut batch);
        records += batch.records.len() as u64;
        skipped.extend(batch.skipped.iter().map(|skip| skip.detail.clone()));
    }
    (records, skipped, file.account())
}

#[test]
fn bytes_appended_during_a_read_belong_to_the_next_run() {
    let folder = Folder::new("grows");
    let (path, count) = long_log(&folder);
    let size = fs::metadata(&path).unwrap().len();
    let (records, skipped, account) = interrupted(&path, |path| {
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(b"{\"half a rec").unwrap();
    });
    assert_eq!((records, skipped.len(), account.bytes), (count, 0, size));
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_incomplete() {
    let folder = Folder::new("shrinks");
    let (path, count) = long_log(&folder);
    let (records, skipped, account) = interrupted(&path, |path| {
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(2_000_000).unwrap();
    });
    assert!(records > 1000 && records < count, "{records}");
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].starts_with("the file shrank from "), "{skipped:?}");
    assert_eq!(account.sha256, None);
}

#[cfg(unix)]
#[test]
fn a_file_deleted_or_replaced_during_a_read_is_read_as_it_was() {
    let folder = Folder::new("deleted");
    let (path, count) = long_log(&folder);
    let (records, skipped, _) = interrupted(&path, |path| fs::remove_file(path).unwrap());
    assert_eq!((records, skipped.len()), (count, 0));
    let (path, count) = long_log(&folder);
    let (records, skipped, _) = interrupted(&path, |path| {
        let other = folder.file("other", b"{}");
        fs::rename(other, path).unwrap();
    });
    assert_eq!((records, skipped.len()), (count, 0));
    let set = inputs(&[&path]);
    fs::remove_file(&path).unwrap();
    let gone = &read_all(&set)[0].account.status;
    assert!(matches!(gone, FileStatus::Unreadable { .. }), "{gone:?}");
}

#[cfg(unix)]
fn fifo(folder: &Folder, name: &str) -> PathBuf {
    let path = folder.0.join(name);
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_only_if_named_explicitly() {
    let folder = Folder::new("pipes");
    let path = fifo(&folder, "pipe.json");
    let met = line(&read_all(&inputs(&[&folder.0]))[0]);
    assert_eq!(met, "not an input: not a regular file;  plain; 0 events");
    std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&path, S3).unwrap());
        assert_eq!(line(&read_all(&inputs(&[&path]))[0]), "read; records-object plain; 7 events");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_read_if_named_explicitly() {
    let shown: Vec<String> = ["/dev/null", "/dev/zero"]
        .map(|path| line(&read_all(&inputs(&[Path::new(path)]))[0]))
        .to_vec();
    insta::assert_snapshot!(shown.join("\n"), @r"
    declined: empty;  plain; 0 events
    unclaimed: binary data, or UTF-16 or UTF-32 text, which is not read;  plain; 0 events
    ");
}

#[cfg(unix)]
#[test]
fn unreadable_files_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("denied");
    let hidden = folder.file("secret/log.json", S3);
    folder.file("open.json", S3);
    let above = hidden.parent().unwrap();
    fs::set_permissions(above, fs::Permissions::from_mode(0o000)).unwrap();
    let root = fs::read_dir(above).is_ok();
    let shown: Vec<String> = read_all(&inputs(&[&folder.0]))
        .iter()
        .map(|read| format!("{}: {}", read.account.path, line(read)))
        .collect();
    fs::set_permissions(above, fs::Permissions::from_mode(0o700)).unwrap();
    if root {
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: this user may read everything");
        }
        return;
    }
    insta::assert_snapshot!(shown.join("\n"), @r"
    open.json: read; records-object plain; 7 events
    secret: unreadable: Permission denied (os error 13);  plain; 0 events
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn file_names_may_contain_any_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("bytes");
    fs::write(folder.0.join(OsStr::from_bytes(b"caf\xe9\n.json")), S3).unwrap();
    fs::write(folder.0.join("-rf #50%.json"), S3).unwrap();
    let reads = read_all(&inputs(&[&folder.0]));
    let paths: Vec<&str> = reads.iter().map(|read| &*read.account.path).collect();
    assert_eq!(paths, ["-rf #50%.json", "caf\\xe9\n.json"]);
    assert!(reads.iter().all(|read| read.events.len() == 7));
}

#[cfg(unix)]
#[test]
fn an_overlong_path_is_an_error() {
    let path = "a/".repeat(2100) + "log.json";
    let errors = InputSet::new(&[path]).err().unwrap();
    assert_eq!(errors[0].code.id, "KT6001");
    assert!(errors[0].message.contains("cannot be read"), "{}", errors[0].message);
}

#[test]
fn thousands_of_files_are_each_accounted_for() {
    let folder = Folder::new("many");
    let files = 2_000;
    for n in 0..files {
        folder.file(&format!("{:03}/{n}.json.gz", n / 100), &gzip(S3));
    }
    let reads = read_all(&inputs(&[&folder.0]));
    assert_eq!(reads.len(), files);
    assert!(reads.iter().all(|read| read.events.len() == 7 && read.skipped.is_empty()));
}

/// What one thread writes for every name that another reads.
#[cfg(unix)]
fn read_pipes(written: &[(&str, Vec<u8>)], order: &dyn Fn(&InputSet)) -> Vec<Read> {
    let folder = Folder::new("written");
    let paths: Vec<PathBuf> = written.iter().map(|(name, _)| fifo(&folder, name)).collect();
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    std::thread::scope(|scope| {
        for (path, (_, bytes)) in paths.iter().zip(written) {
            scope.spawn(move || fs::write(path, bytes).unwrap());
        }
        let set = inputs(&paths);
        order(&set);
        read_all(&set)
    })
}

#[cfg(unix)]
#[test]
fn a_peeked_pipe_yields_all_its_records() {
    let one = fs::read(fixture("single.json")).unwrap();
    let record = serde_json::from_slice::<serde_json::Value>(&one).unwrap().to_string() + "\n";
    let lines = record.repeat(20_000);
    let report = fs::read(fixture("../credentials/aws_20260101_000000.csv")).unwrap();
    let written = [
        ("1-lines", lines.clone().into_bytes()),
        ("2-packed", gzip(lines.as_bytes())),
        ("3-report", report),
        ("4-array", format!("[{}]", record.repeat(300).replace("}\n{", "},{")).into_bytes()),
        ("5-empty", vec![]),
        ("6-one", one),
    ];
    let orders: [&dyn Fn(&InputSet); 3] =
        [&|_| {}, &|set| set.peek_all(std::num::NonZeroUsize::new(3).unwrap()), &|set| {
            let phases: Vec<ReadOrder> =
                (0..set.count()).map(|index| set.read_order(index)).collect();
            let reports = phases
                .iter()
                .map(|read_order| *read_order == ReadOrder::Reports)
                .collect::<Vec<_>>();
            assert_eq!(reports, [false, false, true, false, false, false]);
        }];
    for order in orders {
        let reads = read_pipes(&written, order);
        let events: Vec<usize> = reads.iter().map(|read| read.events.len()).collect();
        assert_eq!(events, [20_000, 20_000, 4, 300, 0, 1]);
        assert_eq!(reads[0].account.bytes, lines.len() as u64);
        assert!(reads.iter().all(|read| read.skipped.is_empty()));
    }
}

/// A file that is named is read as it was when it was peeked at, so that it is opened once.
#[cfg(unix)]
#[test]
fn a_peeked_file_is_not_opened_again() {
    let folder = Folder::new("peeked");
    let (large, count) = long_log(&folder);
    let small = folder.file("small.json", S3);
    let set = inputs(&[&large, &small]);
    set.peek_all(std::num::NonZeroUsize::MIN);
    fs::remove_file(&large).unwrap();
    fs::remove_file(&small).unwrap();
    let reads = read_all(&set);
    assert_eq!(reads.iter().map(|read| read.events.len()).collect::<Vec<_>>(), [count as usize, 7]);
    let progress = set.progress();
    let bytes: u64 = reads.iter().map(|read| read.account.bytes).sum();
    assert_eq!(progress.bytes.load(std::sync::atomic::Ordering::Relaxed), bytes, "counted once");
    // Only files beyond the limits are opened again, and a missing one is reported.
    let again = &read_all(&set)[0].account.status;
    assert!(matches!(again, FileStatus::Unreadable { .. }), "{again:?}");
}

#[cfg(unix)]
#[test]
fn a_glob_over_circular_links_terminates() {
    let folder = Folder::new("circles");
    folder.file("a/b/log.json", S3);
    for name in ["one", "two", "three", "four"] {
        std::os::unix::fs::symlink("..", folder.0.join("a/b").join(name)).unwrap();
        std::os::unix::fs::symlink(".", folder.0.join("a").join(name)).unwrap();
    }
    for pattern in ["**/*.json", "**", "a/**/*", "**/**/b/*.json"] {
        let set = inputs(&[&folder.0.join(pattern)]);
        let reads = read_all(&set);
        let read: Vec<&Read> =
            reads.iter().filter(|read| read.account.status == FileStatus::Read).collect();
        assert_eq!((read.len(), read[0].events.len()), (1, 7), "{pattern}");
        assert!(reads.len() <= 9, "{pattern}: {}", reads.len());
        assert!(set.notes().is_empty(), "{pattern}: {:?}", set.notes());
    }
}
