//! "Did you mean …?"

/// The candidate nearest to `typed`, if one is similar enough to be a likely correction.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            // If two candidates differ only in case, the one nearest to the typed case is
            // preferred.
            let as_typed = strsim::damerau_levenshtein(typed, candidate);
            (distance, as_typed, candidate)
        })
        .filter(|&(distance, _, near)| distance <= (near.len().max(typed.len()) / 3).max(1))
        .min()
        .map(|(_, _, candidate)| candidate)
}

/// The help line for [`nearest`].
pub fn did_you_mean<'a>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(typed, candidates).map(|near| format!("did you mean `{near}`?"))
}
