//! Reads a repository through the program `git`.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use keytrail::diag::escape;

use crate::exit::Failure;

/// What to do without `git`.
const FOLDERS: &str = "check both versions out and name their folders instead";

/// A repository.
pub(crate) struct Git {
    directory: PathBuf,
    /// The top folder of the working tree.
    pub(crate) top: PathBuf,
    /// The working directory, relative to `top`.
    pub(crate) prefix: PathBuf,
}

/// A file at a revision.
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) kind: EntryKind,
    object: String,
}

/// What a path is at a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Link,
    Submodule,
}

/// Receives a file and its content, or `None` if the repository does not contain it.
pub(crate) type Visit<'v> = dyn FnMut(&Entry, Option<&[u8]>) -> Result<(), Failure> + 'v;

impl Git {
    /// The repository that contains a folder.
    pub(crate) fn at(directory: &Path) -> Result<Self, Failure> {
        let output = run(directory, ["rev-parse", "--show-toplevel", "--show-prefix"])?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = text.lines();
        match (output.status.success(), lines.next()) {
            (true, Some(top)) => Ok(Self {
                directory: directory.to_owned(),
                top: PathBuf::from(top),
                prefix: PathBuf::from(lines.next().unwrap_or_default()),
            }),
            _ => Err(Failure::because(format!(
                "no folder has this name, and git finds no working tree here: {}",
                first_line(&output.stderr)
            ))
            .help(format!("run Keytrail in the repository of the policy, or {FOLDERS}"))),
        }
    }

    /// The commit that a revision names.
    pub(crate) fn commit(&self, revision: &str) -> Option<String> {
        let revision = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &revision];
        let output = run(&self.directory, arguments).ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
    }

    /// Whether the clone lacks a part of the history.
    pub(crate) fn is_shallow(&self) -> bool {
        run(&self.directory, ["rev-parse", "--is-shallow-repository"])
            .is_ok_and(|output| output.stdout.starts_with(b"true"))
    }

    /// The names of branches and tags.
    pub(crate) fn names(&self) -> Vec<String> {
        let output = run(&self.directory, ["for-each-ref", "--format=%(refname:short)"]);
        let text = output.map(|of| String::from_utf8_lossy(&of.stdout).into_owned());
        text.unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Every file of a commit.
    pub(crate) fn tree(&self, commit: &str) -> Result<Vec<Entry>, Failure> {
        let arguments = ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit];
        let output = run(&self.directory, arguments)?;
        if !output.status.success() {
            return Err(Failure::because(format!(
                "git cannot list the files of the revision: {}",
                first_line(&output.stderr)
            )));
        }
        let lines = output.stdout.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        lines.map(entry).collect()
    }

    /// Reads the content of each file.
    pub(crate) fn contents(&self, entries: &[Entry], visit: &mut Visit<'_>) -> Result<(), Failure> {
        let mut child = command(&self.directory, ["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| cannot_run(&error))?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::because("cannot talk to git"));
        };
        let failed = |error: io::Error| {
            Failure::because(format!("git cannot read files of the revision: {error}"))
        };
        let mut output = BufReader::new(output);
        let read = std::thread::scope(|scope| {
            // If git ends early, reading its output fails.
            scope.spawn(move || {
                for entry in entries {
                    if writeln!(input, "{}", entry.object).is_err() {
                        return;
                    }
                }
            });
            let mut content = Vec::new();
            for entry in entries {
                let found = object(&mut output, &mut content).map_err(failed)?;
                visit(entry, found.then_some(&content))?;
            }
            Ok(())
        });
        drop(output);
        child.wait().map_err(failed)?;
        read
    }
}

/// Reads one object; returns false if it is missing.
fn object(output: &mut impl BufRead, content: &mut Vec<u8>) -> io::Result<bool> {
    let mut header = String::new();
    output.read_line(&mut header)?;
    let mut words = header.trim_end().rsplit(' ');
    let Some(size) = words.next().and_then(|size| size.parse::<u64>().ok()) else {
        return match header.trim_end().ends_with("missing") {
            true => Ok(false),
            false => Err(io::Error::other(format!("unexpected output {:?}", header.trim_end()))),
        };
    };
    content.clear();
    output.by_ref().take(size).read_to_end(content)?;
    let mut end = [0];
    output.read_exact(&mut end)?;
    Ok(true)
}

/// Parses `MODE TYPE OBJECT\tPATH`.
fn entry(line: &[u8]) -> Result<Entry, Failure> {
    let line = String::from_utf8_lossy(line);
    let parsed = line.split_once('\t').and_then(|(facts, path)| {
        let mut facts = facts.split(' ');
        let kind = match (facts.next()?, facts.next()?) {
            (_, "commit") => EntryKind::Submodule,
            ("120000", _) => EntryKind::Link,
            _ => EntryKind::File,
        };
        let path = PathBuf::from(path);
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        // Only a damaged repository has another path. It must not lead out of the copy.
        let inside = path.components().all(plain);
        inside.then(|| Entry { path, kind, object: facts.next().unwrap_or_default().to_owned() })
    });
    parsed.ok_or_else(|| {
        Failure::because(format!("git lists a path that is not usable: {}", escape(&line)))
    })
}

/// The name of the user who works in a folder, if git knows it.
pub(crate) fn user_name(directory: &Path) -> Option<String> {
    let output = run(directory, ["config", "--get", "user.name"]).ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}

fn command<S: AsRef<OsStr>>(directory: &Path, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).args(arguments);
    command.stdin(Stdio::null()).env("LC_ALL", "C");
    command
}

fn run<S: AsRef<OsStr>>(
    directory: &Path,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Output, Failure> {
    command(directory, arguments).output().map_err(|error| cannot_run(&error))
}

fn cannot_run(error: &io::Error) -> Failure {
    Failure::because(format!("cannot run git: {error}")).help(format!("install git, or {FOLDERS}"))
}

fn first_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let line = text.lines().next().unwrap_or("it gives no reason");
    line.strip_prefix("fatal: ").unwrap_or(line).to_owned()
}
