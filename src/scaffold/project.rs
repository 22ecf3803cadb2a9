//! The files of a new project.

use crate::config::{policy_schema, project_schema};

/// A file of a new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScaffoldFile {
    /// Its path in the project.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// A CI system for which a project gets a file.
#[derive(Debug, PartialEq, Eq)]
pub struct CiSystem {
    /// Its name.
    pub name: &'static str,
    /// The path of its file.
    pub path: &'static str,
    text: &'static str,
}

/// Every CI system.
pub static CI_SYSTEMS: &[CiSystem] = &[
    CiSystem {
        name: "github",
        path: ".github/workflows/keytrail.yml",
        text: include_str!("templates/github.yml"),
    },
    CiSystem { name: "gitlab", path: ".gitlab-ci.yml", text: include_str!("templates/gitlab.yml") },
];

/// The files of a new project: the project file, a rule with tests, the schemas for editors,
/// and the file of a CI system.
pub fn project(ci: Option<&CiSystem>) -> Vec<ScaffoldFile> {
    let file = |path, text: String| ScaffoldFile { path, text };
    let mut files = vec![
        file("keytrail.yaml", include_str!("templates/keytrail.yaml").to_owned()),
        file("rules/root-user-signed-in.yaml", include_str!("templates/example.yaml").to_owned()),
        file("schemas/config.json", project_schema()),
        file("schemas/policy.json", policy_schema()),
    ];
    files.extend(ci.map(|ci| file(ci.path, ci.text.to_owned())));
    files
}
