//! Reports that were recorded.

use super::*;

/// A folder of recorded reports; `None` with a notice where it is absent.
fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    let there = path.exists();
    if !there {
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: {} is absent", path.display());
        }
    }
    there.then_some(path)
}

#[test]
fn a_recorded_report_of_aws() {
    let Some(folder) = shared("aws/credential-report") else { return };
    let path = folder.join("test_account_credential_report.GetCredentialReport_1.csv");
    let read = read(&path);
    assert_eq!((read.records.len(), read.skips.len()), (21, 0));
    let twice = "users whose rows say different things of them, each kept as a cred of its own: `christopher`";
    assert!(read.notes.iter().any(|note| note == twice), "{:?}", read.notes);
    let with = |part: &str| read.records.iter().filter(|(_, _, text)| text.contains(part)).count();
    assert_eq!((with("user_type=root"), with("user=christopher ")), (1, 2));
    let root = &read.records[0].2;
    assert!(root.contains("mfa=true") && !root.contains(" password="), "{root}");
    assert!(root.contains("password_last_used=2016-10-06T15:47:11Z"), "{root}");
    assert!(root.ends_with("[0 of 0 active]"), "{root}");
    let of = |user: &str| {
        let found =
            read.records.iter().find(|(_, _, text)| text.contains(&format!("user={user} ")));
        found.map(|(_, _, text)| text.clone()).unwrap()
    };
    assert!(
        of("jeff").contains("password=true console=true password_used=false"),
        "{}",
        of("jeff")
    );
    assert!(
        !of("c7n-test").contains("password_used"),
        "no password, so nothing is said of its use"
    );
    let test = of("c7n-iam-test");
    assert!(test.contains("slot=1 active=true created=2016-11-15T21:04:17Z used=false"), "{test}");
}

#[test]
fn a_recorded_report_with_a_key_from_the_future() {
    let Some(folder) = shared("aws/credential-report") else { return };
    let path = folder.join("test_iam_user_credential_multi_delete_noop.GetCredentialReport_1.csv");
    let read = read(&path);
    assert_eq!((read.records.len(), read.skips.len()), (2, 0));
    let lines: Vec<&str> = read.records[1].2.lines().collect();
    assert!(
        lines[1]
            .starts_with("  slot=1 active=false created=2020-02-03T09:50:07Z used=false age_days=")
    );
    assert_eq!(lines[2], "  slot=2 active=true created=2099-02-03T09:50:21Z used=false");
    assert!(read.notes[0].contains("later than `now`"), "{:?}", read.notes);
}
