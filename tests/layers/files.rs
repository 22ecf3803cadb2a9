//! Which files use which others, and the cycles among the files and folders of one folder.
//!
//! A path counts where the item that it names is defined: re-exports, and the private imports of a
//! parent, are followed. `mod x;` and `pub use` are not uses, so a `mod.rs` that only declares and
//! re-exports is in no cycle. One that uses its children and defines what they use is in one.

use std::collections::{BTreeMap, BTreeSet};

use crate::Module;
use crate::paths::Path;

/// A file or a folder by its module path; the `mod.rs` of a folder ends in `mod`.
type Unit = Vec<String>;

/// Which units each unit uses, each with the place of the first such path.
#[derive(Debug, Default)]
pub(crate) struct Uses(BTreeMap<Unit, BTreeMap<Unit, String>>);

impl Uses {
    /// The uses between the files and folders of each folder. What a file uses, every folder
    /// around it uses.
    pub(crate) fn of(modules: &[Module]) -> Uses {
        let files: Files = modules.iter().map(|module| (&module.path[..], module)).collect();
        let mut uses = Uses::default();
        for module in modules {
            for path in &module.file.paths {
                if path.import.as_ref().is_some_and(|import| import.public) {
                    continue;
                }
                for target in definitions(&files, &module.path, path) {
                    let shared = shared(&module.path, target);
                    let (from, to) = (unit(&module.path, shared), unit(target, shared));
                    let place =
                        format!("{}:{}: {}", module.name, path.line, path.segments.join("::"));
                    uses.0.entry(to.clone()).or_default();
                    if from != to {
                        uses.0.entry(from).or_default().entry(to).or_insert(place);
                    }
                }
            }
        }
        uses
    }

    /// Every group of units that use each other, with the uses among them.
    pub(crate) fn cycles(&self) -> Vec<Vec<String>> {
        let reached: BTreeMap<&Unit, BTreeSet<&Unit>> =
            self.0.keys().map(|from| (from, self.reached(from))).collect();
        let mut found = Vec::new();
        let mut grouped: BTreeSet<&Unit> = BTreeSet::new();
        for (from, below) in &reached {
            if !below.contains(from) || grouped.contains(from) {
                continue;
            }
            let group: BTreeSet<&Unit> =
                below.iter().copied().filter(|to| reached[to].contains(from)).collect();
            let among = |from: &&Unit| {
                let targets = self.0[*from].iter().filter(|(to, _)| group.contains(to));
                let from = from.join("::");
                targets
                    .map(|(to, place)| format!("{from} -> {} ({place})", to.join("::")))
                    .collect::<Vec<_>>()
            };
            found.push(group.iter().flat_map(among).collect());
            grouped.extend(group);
        }
        found
    }

    /// Every unit that can be reached from this one.
    fn reached(&self, from: &Unit) -> BTreeSet<&Unit> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Unit> = self.0[from].keys().collect();
        while let Some(at) = open.pop() {
            if reached.insert(at) {
                open.extend(self.0[at].keys());
            }
        }
        reached
    }
}

/// The number of leading segments that two paths share.
fn shared(a: &[String], b: &[String]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// The file or folder to which a file belongs in the folder with this many segments.
fn unit(file: &[String], folder: usize) -> Unit {
    match file.get(..=folder) {
        Some(path) => path.to_vec(),
        None => file.iter().cloned().chain(["mod".to_owned()]).collect(),
    }
}

/// The files of a crate by their module path.
type Files<'a> = BTreeMap<&'a [String], &'a Module>;

/// The files that define what a path in the file `at` names.
fn definitions<'a>(files: &Files<'a>, at: &[String], path: &Path) -> BTreeSet<&'a [String]> {
    let mut found = BTreeSet::new();
    if path.before != "." && path.before != "mod" {
        let at: Vec<String> = at.iter().chain(&path.inside).cloned().collect();
        follow(files, &at, &path.segments, path.import.is_some(), 8, &mut found);
    }
    found
}

/// Follows the segments of a path in the module `at`, through at most this many re-exports.
fn follow<'a>(
    files: &Files<'a>,
    at: &[String],
    segments: &[String],
    is_import: bool,
    hops: usize,
    found: &mut BTreeSet<&'a [String]>,
) {
    let mut at = at.to_vec();
    let mut rest = segments;
    while let [first, tail @ ..] = rest {
        match first.as_str() {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            "self" => {}
            _ => break,
        }
        rest = tail;
    }
    let is_absolute = rest.len() < segments.len();
    // A name alone is a variable or a type, not the module that happens to have the same name.
    if is_absolute || is_import || rest.len() > 1 {
        while let [first, tail @ ..] = rest {
            at.push(first.clone());
            if !files.contains_key(&at[..]) {
                at.pop();
                break;
            }
            rest = tail;
        }
    }
    // A file that imports a whole module uses the items that it names in it.
    let [name, tail @ ..] = rest else { return };
    while !at.is_empty() && !files.contains_key(&at[..]) {
        at.pop(); // An inline module is part of its file.
    }
    let Some((file, module)) = files.get_key_value(&at[..]) else { return };
    let mut is_bound = false;
    for binding in &module.file.paths {
        let Some(import) = &binding.import else { continue };
        if hops == 0 {
            break;
        }
        let path = if import.name == *name && binding.segments != segments {
            is_bound = true;
            [&binding.segments[..], tail].concat()
        } else if import.name == "*" && import.public && rest.len() < segments.len() {
            // It may come from there.
            [&binding.segments[..binding.segments.len() - 1], rest].concat()
        } else {
            continue;
        };
        follow(files, file, &path, true, hops - 1, found);
    }
    if !is_bound && rest.len() < segments.len() || *name == "*" {
        found.insert(file);
    }
}
