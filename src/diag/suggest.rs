//! "Did you mean …?"

/// Words that people write instead of another word, even if their spelling is very different.
const SYNONYMS: &[(&str, &str)] = &[
    ("accesskey", "ak"),
    ("access_key", "ak"),
    ("access_key_id", "ak"),
    ("any", "some"),
    ("cidr", "in_cidr"),
    ("comment", "reason"),
    ("condition", "when"),
    ("endswith", "ends_with"),
    ("entry", "entries"),
    ("every", "all"),
    ("events", "records"),
    ("expiry", "expires"),
    ("ignore_case", "eq_ignore_case"),
    ("in_range", "in_cidr"),
    ("includes", "contains"),
    ("justification", "reason"),
    ("length", "len"),
    ("lists", "list"),
    ("lower", "to_lower"),
    ("lowercase", "to_lower"),
    ("regex", "matches"),
    ("regexp", "matches"),
    ("rules", "rule"),
    ("size", "len"),
    ("source_ip", "ip"),
    ("startswith", "starts_with"),
    ("substr", "sub_string"),
    ("substring", "sub_string"),
    ("tables", "table"),
    ("threshold", "having"),
    ("until", "expires"),
    ("upper", "to_upper"),
    ("uppercase", "to_upper"),
    ("username", "user"),
    ("user_name", "user"),
    ("window", "within"),
];

/// Words that are spelled alike and mean opposite things: one is never suggested for the other.
const OPPOSITES: &[(&str, &str)] = &[
    ("internal", "external"),
    ("inactive", "active"),
    ("unnoted", "noted"),
    ("enabled", "disabled"),
    ("include", "exclude"),
    ("success", "failed"),
];

/// The candidate that was probably meant by `typed`: the word that replaces it, or the nearest one
/// that is similar enough.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    let candidates: Vec<&'a str> = candidates.into_iter().collect();
    let meant = SYNONYMS.iter().filter(|(word, _)| *word == lower);
    let meant = meant.flat_map(|(_, meant)| candidates.iter().find(|of| of == &meant)).next();
    if let Some(meant) = meant {
        return Some(meant);
    }
    candidates
        .into_iter()
        .filter(|candidate| !are_opposites(&lower, &candidate.to_lowercase()))
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            // If two candidates differ only in case, the one nearest to the typed case is
            // preferred.
            let as_typed = strsim::damerau_levenshtein(typed, candidate);
            // A mistake in the first letter is rare.
            let first = !lower.chars().next().eq(&candidate.to_lowercase().chars().next());
            (distance, first, as_typed, candidate)
        })
        .filter(|&(distance, _, _, near)| distance <= (near.len().max(typed.len()) / 3).max(1))
        .min()
        .map(|(_, _, _, candidate)| candidate)
}

/// Whether two words mean opposite things.
fn are_opposites(typed: &str, candidate: &str) -> bool {
    OPPOSITES
        .iter()
        .any(|(a, b)| (typed == *a && candidate == *b) || (typed == *b && candidate == *a))
}

/// The help line for [`nearest`].
pub fn did_you_mean<'a>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(typed, candidates).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_suggestion_is_similar_or_a_known_synonym() {
        for (typed, candidates, expected) in [
            ("operaton", &["operation", "option"][..], Some("operation")),
            ("events", &["event", "records"], Some("records")),
            ("events", &["event"], Some("event")),
            ("username", &["user", "role"], Some("user")),
            ("internal", &["external", "lan"], None),
            ("internl", &["internal", "external"], Some("internal")),
            ("inactve", &["active", "inactive"], Some("inactive")),
            ("inactive", &["active"], None),
            ("active", &["inactive"], None),
            ("extrnal", &["external"], Some("external")),
            ("dsc", &["asc", "desc"], Some("desc")),
            ("zzz", &["external"], None),
        ] {
            assert_eq!(nearest(typed, candidates.iter().copied()), expected, "{typed}");
        }
    }
}
