//! A version of the policy: a git revision or a folder.
//!
//! A revision is read through the program `git`, into a temporary folder. The working tree is not
//! touched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::{did_you_mean, escape};
use keytrail::source::{Lacking, Snapshot, walk};

use crate::amount::amount;
use crate::exit::Failure;
use crate::git::{Entry, EntryKind, Git};
use crate::host::Host;
use crate::policy::PolicyArgs;

/// A version of the policy that can be loaded.
pub(crate) struct Version {
    /// How the user named it.
    pub(crate) name: String,
    /// The commit of a revision.
    pub(crate) commit: Option<String>,
    directory: PathBuf,
    snapshot: Option<Snapshot>,
    /// The top folder of the working tree of a revision.
    top: Option<PathBuf>,
    /// The temporary folder, which is removed with this value.
    _copy: Option<tempfile::TempDir>,
}

impl Version {
    /// The files in the working directory.
    pub(crate) fn working_tree(host: &Host<'_>) -> Self {
        Self {
            name: "the working tree".to_owned(),
            commit: None,
            directory: host.directory.clone(),
            snapshot: None,
            top: None,
            _copy: None,
        }
    }

    /// The version that a user names: a folder or a git revision. `args` may name further files.
    pub(crate) fn named(name: &str, args: &PolicyArgs, host: &Host<'_>) -> Result<Self, Failure> {
        let folder = host.directory.join(name);
        let git = Git::at(&host.directory);
        if !folder.is_dir() {
            return Self::revision(name, git?, args, host);
        }
        if git.is_ok_and(|git| git.commit(name).is_some()) {
            return Err(Failure::because(format!(
                "`{}` is both a folder and a git revision",
                escape(name)
            ))
            .help(format!(
                "write `./{name}` for the folder, or `refs/heads/{name}` for the revision"
            )));
        }
        let root = walk::resolve(&folder);
        Ok(Self {
            name: name.to_owned(),
            commit: None,
            directory: root.clone(),
            snapshot: Some(Snapshot {
                root,
                original: walk::resolve(&host.directory),
                ..Snapshot::default()
            }),
            top: None,
            _copy: None,
        })
    }

    fn revision(name: &str, git: Git, args: &PolicyArgs, host: &Host<'_>) -> Result<Self, Failure> {
        let Some(commit) = git.commit(name) else { return Err(unknown(name, &git)) };
        let copy = tempfile::tempdir().map_err(|error| {
            Failure::because(format!("cannot create a temporary folder: {error}"))
        })?;
        let root = walk::resolve(copy.path());
        let options = args.options(host);
        let mut export = Export { git: &git, root: &root, lacking: BTreeMap::new() };
        export.write(&commit, &named_files(&options))?;
        let lacking = export.lacking;
        let directory = root.join(&git.prefix);
        std::fs::create_dir_all(&directory).map_err(|error| cannot_write(&error))?;
        Ok(Self {
            name: name.to_owned(),
            commit: Some(commit),
            directory,
            snapshot: Some(Snapshot {
                root,
                original: git.top.clone(),
                lacking,
                closed: true,
                given: Vec::new(),
            }),
            top: Some(git.top),
            _copy: Some(copy),
        })
    }

    /// Loads the policy of this version. Only errors are printed.
    pub(crate) fn load(&self, args: &PolicyArgs, host: &Host<'_>) -> Result<Policy, Failure> {
        Policy::load(&self.options(args, host)).map_err(|(sources, diagnostics)| {
            let errors: Vec<_> = diagnostics.iter().filter(|of| of.is_error()).collect();
            errors.iter().for_each(|error| host.term.diagnostic(error, &sources));
            let count = amount(errors.len(), "error", "errors");
            Failure::because(format!(
                "the policy of {} has {count}; nothing was run",
                escape(&self.name)
            ))
        })
    }

    /// The options for loading it. Paths of options that lie in the working tree name the same files
    /// at the revision.
    fn options(&self, args: &PolicyArgs, host: &Host<'_>) -> LoadOptions {
        let mut options = LoadOptions { directory: self.directory.clone(), ..args.options(host) };
        let (Some(top), Some(mut snapshot)) = (&self.top, self.snapshot.clone()) else {
            options.snapshot = self.snapshot.clone().map(Arc::new);
            return options;
        };
        let here = walk::resolve(&host.directory);
        let mut at_revision = |text: &str| -> String {
            let full = walk::normalized(&here.join(text));
            let path = match full.strip_prefix(top) {
                Ok(below) => snapshot.root.join(below),
                Err(_) => {
                    snapshot.given.push(full.clone());
                    full
                }
            };
            path.to_string_lossy().into_owned()
        };
        options.rules = options.rules.iter().map(|text| at_revision(text)).collect();
        options.allowlists = options.allowlists.iter().map(|text| at_revision(text)).collect();
        options.triage = options.triage.map(|text| at_revision(&text));
        options.tables = std::mem::take(&mut options.tables)
            .into_iter()
            .map(|(table, file)| (table, at_revision(&file)))
            .collect();
        options.config = options.config.map(|config| at_revision(&config.to_string_lossy()).into());
        options.snapshot = Some(Arc::new(snapshot));
        options
    }
}

/// The names of files that options name.
fn named_files(options: &LoadOptions) -> BTreeSet<String> {
    let paths =
        options.rules.iter().chain(&options.allowlists).chain(&options.triage).map(PathBuf::from);
    let tables = options.tables.iter().map(|(_, file)| PathBuf::from(file));
    let all = paths.chain(tables).chain(options.config.clone());
    all.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
}

fn cannot_write(error: &std::io::Error) -> Failure {
    Failure::because(format!("cannot write to a temporary folder: {error}"))
}

fn unknown(name: &str, git: &Git) -> Failure {
    let failure =
        Failure::because(format!("there is no folder and no git revision `{}`", escape(name)));
    let remote = format!("origin/{name}");
    if git.commit(&remote).is_some() {
        return failure.help(format!("did you mean `{remote}`?"));
    }
    if git.is_shallow() {
        return failure.help(format!(
            "the clone is shallow and lacks the revision: run `git fetch --depth 1 origin {name}` and \
             name FETCH_HEAD, or clone with the whole history (`fetch-depth: 0` of actions/checkout)"
        ));
    }
    let names = git.names();
    match did_you_mean(name, names.iter().map(String::as_str)) {
        Some(near) => failure.help(near),
        None => failure.help("`git fetch` gets the revisions of a remote"),
    }
}

/// Copies the policy files of a commit.
struct Export<'e> {
    git: &'e Git,
    root: &'e Path,
    lacking: BTreeMap<PathBuf, Lacking>,
}

impl Export<'_> {
    /// Copies every YAML file, and the other files that one of them, or `named`, names. Logs and other
    /// files of the repository are not read.
    fn write(&mut self, commit: &str, named: &BTreeSet<String>) -> Result<(), Failure> {
        let (mut policy, mut data) = (Vec::new(), Vec::new());
        for entry in self.git.tree(commit)? {
            match entry.kind {
                EntryKind::Submodule => self.lack(&entry.path, Lacking::Submodule)?,
                EntryKind::Link => self.lack(&entry.path, Lacking::Link)?,
                EntryKind::File if is_yaml(&entry.path) => policy.push(entry),
                EntryKind::File => data.push(entry),
            }
        }
        let name = |entry: &Entry| {
            entry.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
        };
        data.retain(|entry| is_data(&entry.path) || named.contains(&name(entry)));
        let names: Vec<String> = data.iter().map(name).collect();
        let search = AhoCorasick::new(&names).map_err(|error| {
            Failure::because(format!("the revision has too many files: {error}"))
        })?;
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let git = self.git;
        git.contents(&policy, &mut |entry, content| {
            let here = search.find_overlapping_iter(content.unwrap_or_default());
            found.extend(here.map(|found| found.pattern().as_usize()));
            self.put(entry, content)
        })?;
        let read: BTreeSet<&String> =
            found.iter().filter_map(|at| names.get(*at)).chain(named).collect();
        data.retain(|entry| read.contains(&name(entry)));
        git.contents(&data, &mut |entry, content| self.put(entry, content))
    }

    fn put(&mut self, entry: &Entry, content: Option<&[u8]>) -> Result<(), Failure> {
        const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
        match content {
            None => self.lack(&entry.path, Lacking::Missing),
            Some(content) if content.starts_with(POINTER) => {
                self.lack(&entry.path, Lacking::LargeFile)
            }
            Some(content) => self.create(&entry.path, content),
        }
    }

    /// Notes that the content of a path is not available. What is there instead is found wherever the
    /// content would be found, so that loading the policy reports it.
    fn lack(&mut self, path: &Path, why: Lacking) -> Result<(), Failure> {
        self.lacking.insert(self.root.join(path), why);
        match is_yaml(path) || is_data(path) {
            true => self.create(path, b""),
            false => self.create(&path.join("lacking.yaml"), b""),
        }
    }

    fn create(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let path = self.root.join(path);
        let parent = path.parent().unwrap_or(self.root);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, content))
            .map_err(|error| cannot_write(&error))
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|of| of == "yaml" || of == "yml")
}

/// Whether it can be the data file of a table.
fn is_data(path: &Path) -> bool {
    path.extension().is_some_and(|of| of == "csv" || of == "json")
}
