//! Operations without their provider.

use super::equality::{equalities, field};
use super::expr_lint::{ExprLint, Subject};
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::record::Provider;
use crate::record::field::event;

/// `event.operation` compared with a text that is not an operation.
pub(super) static NO_PROVIDER: ExprLint = ExprLint {
    name: "no-provider",
    code: &codes::NO_PROVIDER,
    doc: "`event.operation` compared with a text that is not of the form `provider:service.Api`.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for test in equalities(subject.ir) {
        if field(test.value) != Some(event::OPERATION) {
            continue;
        }
        for (text, span) in test.texts() {
            let Some(help) = wrong(text) else { continue };
            let message = format!(
                "`{}` is never an operation, which has the form `provider:service.Api`",
                escaped(text, 60)
            );
            problems
                .push(Diagnostic::warning(&codes::NO_PROVIDER, message).at(span, "").help(help));
        }
    }
    problems
}

/// How to write the operation, if it has another form.
fn wrong(text: &str) -> Option<String> {
    let written = escaped(text, 60);
    match text.split_once(':') {
        Some((provider, rest)) => {
            let names = || Provider::ALL.iter().map(|of| of.name());
            if !names().any(|name| name == provider) {
                let providers: Vec<&str> = names().collect();
                let all = format!("the providers are `{}`", providers.join("`, `"));
                return Some(did_you_mean(provider, names()).unwrap_or(all));
            }
            (!rest.contains('.'))
                .then(|| format!("name the service too: `{}:service.Api`", escaped(provider, 60)))
        }
        None if text.contains('.') => Some(format!(
            "write `\"aws:{written}\"`, or compare `event.name`, which has no provider"
        )),
        None => Some(format!("compare `event.api` with `\"{written}\"`")),
    }
}
