//! Tells others what a watch finds: a command, and an address on the web.
//!
//! What a check found is told until somebody took it: the state of the watch is not written before, so
//! the next watch tells it again.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use keytrail::output::{self, Output, Style};
use keytrail::report::Report;

use crate::arg_error::ArgError;
use crate::signals::{POLL_INTERVAL, Signals};

/// The waits before the second and the third attempt of a check. The next check tries again.
const WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// How long a service may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Checks whose findings may wait; then the watch reads nothing more until one of them is told.
const WAITING: usize = 100;

/// The environment variable with the address.
const WEBHOOK: &str = "KEYTRAIL_WEBHOOK";

/// Who is told what a watch finds.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Notification options")]
pub(crate) struct NotifyArgs {
    /// Run this command in a shell for every check with findings. It reads their lines on standard
    /// input; if it fails, it is run again.
    #[arg(long, value_name = "COMMAND", env = "KEYTRAIL_EXEC", hide_env_values = true)]
    exec: Option<String>,
    /// Post the findings of every check to this HTTPS address, which is kept secret; if that fails, they
    /// are posted again.
    #[arg(long, value_name = "URL", env = WEBHOOK, hide_env_values = true)]
    #[arg(value_parser = Endpoint::parse)]
    webhook: Option<Endpoint>,
    /// The format of what is posted: one of `scan --format`.
    #[arg(long, value_name = "FORMAT", default_value = "webhook", value_parser = format)]
    webhook_format: &'static Output,
}

fn format(name: &str) -> Result<&'static Output, ArgError> {
    let candidates: Vec<&'static str> = output::OUTPUTS.iter().map(|output| output.name).collect();
    output::find(name).ok_or_else(|| {
        let near = keytrail::diag::nearest(name, candidates.iter().copied());
        ArgError::Format { name: name.to_owned(), near, candidates }
    })
}

/// An address to post to. It may contain a secret, so only its host is ever shown.
#[derive(Clone)]
pub(crate) struct Endpoint {
    url: String,
    host: String,
    secure: bool,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)
    }
}

impl Endpoint {
    fn parse(url: &str) -> Result<Self, ArgError> {
        let (secure, rest) = match url.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(ArgError::Endpoint),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let name = match host.strip_prefix('[') {
            Some(address) => address.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        let local = matches!(name, "127.0.0.1" | "::1" | "localhost");
        let odd = url.chars().any(|c| c.is_control() || c.is_whitespace());
        if name.is_empty() || odd || !(secure || local) {
            return Err(ArgError::Endpoint);
        }
        Ok(Self { url: url.to_owned(), host: host.to_owned(), secure })
    }
}

/// The findings of a check, until they are told.
struct Message {
    /// The same if the check is told again.
    id: String,
    lines: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
}

/// Tells what checks found, in their order.
pub(crate) struct Notifier<'a> {
    args: &'a NotifyArgs,
    agent: Option<ureq::Agent>,
    waiting: VecDeque<Message>,
}

impl<'a> Notifier<'a> {
    pub(crate) fn new(args: &'a NotifyArgs) -> Self {
        let agent = args.webhook.as_ref().map(|endpoint| {
            let config = ureq::Agent::config_builder()
                .https_only(endpoint.secure)
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .timeout_global(Some(TIMEOUT))
                .user_agent(concat!("keytrail/", env!("CARGO_PKG_VERSION")))
                .build();
            config.into()
        });
        Self { args, agent, waiting: VecDeque::new() }
    }

    /// Adds the findings of a check, whose lines are given. Those that somebody dealt with or ignores
    /// are not told on their own.
    pub(crate) fn add(&mut self, report: &Report, ids: &[u128], lines: &[u8]) -> io::Result<()> {
        let nobody = self.args.exec.is_none() && self.args.webhook.is_none();
        if nobody || report.findings.iter().all(|finding| finding.is_triaged()) {
            return Ok(());
        }
        let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
        let id = format!("{:032x}", keytrail::finding::digest128(&[b"keytrail/check", &bytes]));
        let body = match &self.args.webhook {
            None => None,
            Some(_) => {
                let mut body = Vec::new();
                (self.args.webhook_format.write)(report, &Style::default(), &mut body)?;
                Some(body)
            }
        };
        let lines = self.args.exec.as_ref().map(|_| lines.to_vec());
        self.waiting.push_back(Message { id, lines, body });
        Ok(())
    }

    /// How many checks wait to be told.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether so many wait that nothing more should be read.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING
    }

    /// Tells what waits. What could not be told waits on; the error says why.
    pub(crate) fn deliver(&mut self, signals: &Signals) -> Result<(), NotTold> {
        while let Some(message) = self.waiting.front_mut() {
            let told = tell(self.args, self.agent.as_ref(), message, signals);
            if let Err(why) = told {
                let checks = self.waiting.len();
                let wait = if checks == 1 { "1 check waits" } else { "checks wait" };
                let count = if checks == 1 { String::new() } else { format!("{checks} ") };
                return Err(NotTold(format!("{why}; the findings of {count}{wait} to be told")));
            }
            self.waiting.pop_front();
        }
        Ok(())
    }
}

/// Why somebody could not be told.
#[derive(Debug)]
pub(crate) struct NotTold(String);

impl fmt::Display for NotTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tells one check to everybody who was not told yet.
fn tell(
    args: &NotifyArgs,
    agent: Option<&ureq::Agent>,
    message: &mut Message,
    signals: &Signals,
) -> Result<(), NotTold> {
    if let (Some(command), Some(lines)) = (&args.exec, &message.lines) {
        repeatedly(signals, || run(command, lines))?;
        message.lines = None;
    }
    if let (Some(endpoint), Some(agent), Some(body)) = (&args.webhook, agent, &message.body) {
        let kind = content_type(args.webhook_format.extension);
        repeatedly(signals, || post(agent, endpoint, kind, &message.id, body))?;
        message.body = None;
    }
    Ok(())
}

/// Tries several times, and stops at a signal.
fn repeatedly(
    signals: &Signals,
    mut attempt: impl FnMut() -> Result<(), NotTold>,
) -> Result<(), NotTold> {
    let mut result = attempt();
    for wait in WAITS {
        if result.is_ok() {
            break;
        }
        let mut left = wait;
        while !left.is_zero() {
            if signals.received().is_some() {
                return result;
            }
            std::thread::sleep(POLL_INTERVAL.min(left));
            left = left.saturating_sub(POLL_INTERVAL);
        }
        result = attempt();
    }
    result
}

/// Runs the command. Findings reach it only on standard input, never as words of the shell.
fn run(command: &str, lines: &[u8]) -> Result<(), NotTold> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    let failed = |why: &dyn fmt::Display| NotTold(format!("the command of --exec failed: {why}"));
    let mut child = Command::new(shell)
        .args([flag, command])
        .env_remove(WEBHOOK)
        .stdin(Stdio::piped())
        // Standard output belongs to the lines of the watch.
        .stdout(Stdio::from(io::stderr()))
        .spawn()
        .map_err(|error| failed(&error))?;
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(lines) {
            // A command need not read what it is given.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(failed(&error)),
            _ => {}
        }
    }
    let status = child.wait().map_err(|error| failed(&error))?;
    if status.success() { Ok(()) } else { Err(failed(&status)) }
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "json" | "sarif" => "application/json",
        "ndjson" => "application/x-ndjson",
        "md" => "text/markdown; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}

/// Posts a body. Only an answer of success means that it was taken.
fn post(
    agent: &ureq::Agent,
    endpoint: &Endpoint,
    kind: &str,
    id: &str,
    body: &[u8],
) -> Result<(), NotTold> {
    let Endpoint { url, host, .. } = endpoint;
    let sent =
        agent.post(url).header("Content-Type", kind).header("Idempotency-Key", id).send(body);
    match sent {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(NotTold(format!("{host} answers {}", answer.status()))),
        Err(error) => {
            let why = error.to_string().replace(url.as_str(), "the address");
            Err(NotTold(format!("cannot post to {host}: {why}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn only_secure_or_local_addresses_are_accepted_and_none_is_shown_whole() {
        for (url, host) in [
            ("https://hooks.example.com/services/T0/secret", Some("hooks.example.com")),
            ("https://a:b@example.com:8443/x", Some("example.com:8443")),
            ("http://127.0.0.1:80/x", Some("127.0.0.1:80")),
            ("http://[::1]:80/x", Some("[::1]:80")),
            ("http://localhost/x", Some("localhost")),
            ("http://example.com/x", None),
            ("http://127.0.0.1.example.com/x", None),
            ("http://localhost@example.com/x", None),
            ("ftp://example.com", None),
            ("https:///x", None),
            ("https://example.com/a b", None),
            ("example.com", None),
        ] {
            let endpoint = Endpoint::parse(url).ok();
            assert_eq!(endpoint.map(|of| format!("{of:?}")).as_deref(), host, "{url}");
        }
    }
}
