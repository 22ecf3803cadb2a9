//! Which error codes mean that a call was refused for lack of permission.

use std::sync::OnceLock;

use super::wildcard;

/// The built-in list of the rules, whose comments give the source of each code.
const LIST: &str = include_str!("../../rules/lists/auth_error_codes.yaml");

/// Whether a call with this error code was refused.
pub(super) fn is_refusal(code: &str) -> bool {
    codes().iter().any(|pattern| wildcard::matches(pattern, code, false))
}

fn codes() -> &'static [&'static str] {
    static CODES: OnceLock<Vec<&'static str>> = OnceLock::new();
    CODES.get_or_init(|| {
        let items = LIST.lines().skip_while(|line| line.trim() != "values:");
        let items = items.filter_map(|line| line.trim_start().strip_prefix("- "));
        items.map(|item| item.trim().trim_matches('"')).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_those_of_the_list() {
        for (code, refused) in [
            ("AccessDenied", true),
            ("AccessDeniedException", true),
            ("Client.UnauthorizedOperation", true),
            ("NoPermission", true),
            ("Forbidden.RAM", true),
            ("UnauthorizedOperation.CamNoAuth", true),
            ("4102", true),
            ("NoSuchBucket", false),
            ("ThrottlingException", false),
            ("", false),
        ] {
            assert_eq!(is_refusal(code), refused, "{code}");
        }
        assert_eq!(codes().len(), LIST.lines().filter(|line| line.starts_with("    - ")).count());
    }
}
