//! The path of a file as reports show it.

/// The path of a file below the root with this number, as a person would type it. Standard input is
/// `stdin`.
pub fn shown_path(roots: &[String], root: usize, path: &str) -> String {
    let Some(root) = roots.get(root).filter(|root| !root.is_empty()) else {
        return path.to_owned();
    };
    if root == "-" {
        return "stdin".into();
    }
    let folder = match root.find(['*', '?', '[']) {
        Some(wildcard) => root[..wildcard].rfind('/').map_or("", |end| &root[..=end]),
        None => root,
    };
    let itself = root.strip_suffix(path).is_some_and(|dir| dir.is_empty() || dir.ends_with('/'));
    if itself || path.is_empty() {
        return root.clone();
    }
    match folder {
        "" => path.to_owned(),
        folder => format!("{}/{path}", folder.trim_end_matches('/')),
    }
}
