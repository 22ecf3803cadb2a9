//! `keytrail watch`: follows inputs and emits findings as they become certain.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use clap::builder::BoolishValueParser;
use keytrail::config::{FAIL_ON, MAX_SKIPPED, MIN_SEVERITY, Policy};
use keytrail::input::{Follow, Round};
use keytrail::output::{CheckFacts, write_check, write_finding};
use keytrail::record::SkipReason;
use keytrail::report::Note;
use keytrail::rule::Severity;
use keytrail::source::{StateFileError, StateFile, Sources};
use keytrail::value::{Duration, Time};
use keytrail::watch::{Check, SavedState, WatchOptions};

use crate::amount::amount;
use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::{self, Host};
use crate::inputs::InputArgs;
use crate::notify::{Notifier, NotifyArgs};
use crate::policy::PolicyArgs;
use crate::signals::{POLL_INTERVAL, Signals};
use crate::stream::Stream;
use crate::term::stdout_failed;

/// The default state file.
const STATE: &str = "keytrail-watch.state";

/// The default memory for open windows, in bytes. A scan spills matches to files, but a watch drops
/// them, so a watch gets more memory.
const MEMORY: usize = 256 << 20;

/// The meaning of the exit codes.
const EXIT_CODES: &str = "\
Exit codes:
  0    standard input ended, or --once is done
  2    cannot run: usage, project file, policy files, inputs that name nothing, state, output
  3    like 0, but a check was incomplete: records skipped, a file that cannot be read
  130  SIGINT
  143  SIGTERM
Findings do not change the exit code: they are lines on standard output";

/// Follow files, folders or standard input, and emit findings once they are certain.
///
/// At every interval a check reads the new records. Each occurrence of a finding that is certain by
/// then becomes one line of JSON (`finding`), with an id that is the same if it is emitted again.
/// One line for each check (`check`) counts what was read and what could not be read; --quiet
/// leaves it out if nothing is wrong. A state file stores how far the inputs were read, and the
/// next watch continues from there; standard input cannot be read again. --exec and --webhook tell
/// others what a check found, at least once.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Watch {
    /// Time between two checks, like `30s` or `5m`.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = args::interval)]
    interval: Duration,
    /// How late an event may arrive, relative to the latest event; windows stay open that much
    /// longer.
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = args::length)]
    lateness: Duration,
    /// The state file [default: keytrail-watch.state, for files and folders].
    #[arg(long, value_name = "FILE", conflicts_with = "no_state")]
    state: Option<PathBuf>,
    /// Write no state: the next watch reads everything again.
    #[arg(long)]
    no_state: bool,
    /// Check once and exit, for cron; open windows stay in the state.
    #[arg(long)]
    once: bool,
    /// Use this as the time of the run: as `now` in rules, and to decide whether allowlist entries
    /// have expired.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Number of threads; it does not change the result [default: all cores].
    #[arg(short, long, value_name = "N", env = "KEYTRAIL_JOBS", hide_env_values = true)]
    jobs: Option<NonZeroUsize>,
    /// Memory for matches, like `512M`; open windows beyond it are dropped and reported [default:
    /// 256M].
    #[arg(long, value_name = "SIZE", value_parser = args::memory)]
    #[arg(env = "KEYTRAIL_MEMORY", hide_env_values = true)]
    memory: Option<usize>,
    /// The lowest severity to emit [default: info].
    #[arg(long, value_name = "SEVERITY", value_parser = args::severity(), ignore_case = true)]
    #[arg(env = "KEYTRAIL_MIN_SEVERITY", hide_env_values = true)]
    min_severity: Option<Severity>,
    /// Records that may be skipped before a check is incomplete [default: 0].
    #[arg(long, value_name = "N", env = "KEYTRAIL_MAX_SKIPPED", hide_env_values = true)]
    max_skipped: Option<u64>,
    /// Also emit occurrences that the allowlist covers.
    #[arg(long, env = "KEYTRAIL_SHOW_SUPPRESSED", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    show_suppressed: bool,
    /// Show access keys unmasked.
    #[arg(long)]
    show_keys: bool,
    #[command(flatten)]
    notify: NotifyArgs,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// The state that continues from check to check.
struct WatchLoop<'p> {
    watch: keytrail::watch::Watch<'p>,
    follow: Follow,
    stdin: Option<Stream>,
    /// Whether standard input has ended and all of it was read.
    ended: bool,
    /// Bytes from standard input after the last complete line.
    rest: Vec<u8>,
    file: Option<StateFile>,
    signals: Signals,
    incomplete: bool,
    notes: Vec<Note>,
    notifier: Notifier<'p>,
}

/// What to do after a check.
enum Next {
    Wait,
    End(Exit),
}

impl Watch {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let policy = self.policy.load(self.now.unwrap_or(host.clock), host)?;
        let (file, store) = self.open_state(&policy, host)?;
        let own = file.as_ref().map(|(path, _)| vec![path.clone(), StateFile::lock_path(path)]);
        let follow = self.inputs.follow(&policy.inputs, host, store.files);
        let follow = follow.without(own.unwrap_or_default());
        let watch = keytrail::watch::Watch::new(&policy, self.options(&policy), store.state);
        let endless: Vec<&str> = watch.endless().map(|rule| rule.id.as_str()).collect();
        if !endless.is_empty() {
            let rules = endless.join(", ");
            host.term.status(&format!(
                "note: matches of {rules} are retained for the whole watch, because a rule without \
                 `within` needs all of them"
            ));
        }
        let mut running = WatchLoop {
            watch,
            stdin: follow.stdin().then(Stream::open),
            follow,
            ended: false,
            rest: Vec::new(),
            file: file.map(|(_, file)| file),
            signals: Signals::listen(),
            incomplete: false,
            notes: Vec::new(),
            notifier: Notifier::new(&self.notify),
        };
        loop {
            let began = Instant::now();
            if self.once && !running.wait_for_stdin() {
                return Ok(running.signals.received().unwrap_or(Exit::Terminated));
            }
            if let Next::End(exit) = self.check(&mut running, host)? {
                return Ok(exit);
            }
            let interval = std::time::Duration::from_micros(self.interval.0.max(0) as u64);
            while began.elapsed() < interval && !running.is_due() {
                std::thread::sleep(POLL_INTERVAL.min(interval.saturating_sub(began.elapsed())));
            }
        }
    }

    fn check(&self, running: &mut WatchLoop<'_>, host: &mut Host<'_>) -> Result<Next, Failure> {
        if let Some(exit) = running.signals.received() {
            return Ok(Next::End(exit));
        }
        if running.notifier.is_full() {
            deliver(running, host);
            return Ok(Next::Wait);
        }
        let clock = match self.now {
            Some(now) => now,
            None => host::clock()?,
        };
        if let Some(stdin) = &running.stdin {
            let (ended, failed) = stdin.take(&mut running.rest);
            running.ended = ended;
            running.incomplete |= failed.is_some();
            running.notes.extend(failed.map(|error| Note {
                id: "unreadable-input",
                text: format!("reading standard input failed: {error}"),
            }));
        }
        let used = running.watch.state().files();
        let round = match running.follow.look(clock, &mut running.rest, running.ended, &used) {
            Ok(round) => round,
            Err(errors) => return self.nothing(running, host, &errors),
        };
        let last = running.ended && !self.inputs.names_files();
        let mut notes = std::mem::take(&mut running.notes);
        let of_round = round.notes().iter();
        notes.extend(of_round.map(|note| Note { id: note.id, text: note.text.clone() }));
        let checked = running.watch.check(&round.until(&running.signals.stop), clock, last, notes);
        // An interrupted check has no effect: the next watch begins where this check began.
        if let Some(exit) = running.signals.received() {
            return Ok(Next::End(exit));
        }
        let check = checked.map_err(|error| {
            Failure::because(format!("matches in a temporary file cannot be read back: {error}"))
        })?;
        running.incomplete |= !check.report.incomplete.is_empty();
        match self.emit(&check, &round, last, &mut running.notifier, host) {
            Ok(()) => {}
            // A reader that closes the pipe needs no more output. The next watch emits the rest.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return Ok(Next::End(Exit::Clean));
            }
            Err(error) => return Err(stdout_failed(&error)),
        }
        let accounts = check.report.files.iter().map(|file| {
            let records = file.formats.values().chain(file.skipped.values()).sum();
            (&file.account, records, file.skipped.contains_key(SkipReason::Io.name()))
        });
        let store = SavedState { files: round.done(accounts), state: check.state };
        let told = deliver(running, host);
        // What was not told is emitted again by a watch that starts from the state before it.
        if let (Some(file), true) = (&running.file, told) {
            file.write(&store.write()).map_err(|error| {
                Failure::because(format!("the state cannot be written: {error}"))
                    .help("the next watch emits again what was emitted since the last check")
            })?;
        }
        running.follow.accept(store.files);
        running.watch.accept(store.state);
        if self.once && (running.stdin.is_none() || running.ended) || last {
            if !told {
                let checks = amount(running.notifier.waiting(), "check was", "checks were");
                return Err(Failure::because(format!("the findings of {checks} not told"))
                    .help("the next watch with this state tells them again"));
            }
            let exit = if running.incomplete { Exit::Incomplete } else { Exit::Clean };
            return Ok(Next::End(exit));
        }
        Ok(Next::Wait)
    }

    /// Handles inputs that match nothing. This is an error with `--once` or if no file was found
    /// yet; otherwise a file may be missing for a while, and the next check looks for it again.
    fn nothing(
        &self,
        running: &mut WatchLoop<'_>,
        host: &Host<'_>,
        errors: &[keytrail::diag::Diagnostic],
    ) -> Result<Next, Failure> {
        for error in errors {
            host.term.diagnostic(error, &Sources::default());
        }
        if running.follow.files().is_empty() || self.once {
            let wrong = amount(errors.len(), "input names", "inputs name");
            return Err(Failure::because(format!("{wrong} nothing; nothing was watched")));
        }
        running.incomplete = true;
        host.term.status("nothing was checked; the next check looks for the inputs again");
        Ok(Next::Wait)
    }

    /// Writes the result of a check and flushes it.
    fn emit(
        &self,
        check: &Check,
        round: &Round,
        last: bool,
        notifier: &mut Notifier<'_>,
        host: &mut Host<'_>,
    ) -> io::Result<()> {
        let report = &check.report;
        let quiet = host.term.quiet && report.incomplete.is_empty();
        let mut lines = Vec::new();
        for (finding, id) in report.findings.iter().zip(&check.ids) {
            write_finding(report, finding, *id, &mut lines)?;
        }
        notifier.add(report, &check.ids, &lines)?;
        let out = host.term.stream();
        out.write_all(&lines)?;
        let facts = CheckFacts {
            last,
            files: round.due() as u64,
            waiting: round.waiting().map(str::to_owned).collect(),
            suppressed: check.suppressed,
            late: check.late,
            open: check.open,
            rows: check.state.rows.len() as u64,
            watermark: check.watermark,
        };
        if !quiet {
            write_check(report, &facts, out)?;
        }
        out.flush()
    }

    /// The options of the watch, from flags and environment, then the project file, then the
    /// defaults.
    fn options(&self, policy: &Policy) -> WatchOptions {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        WatchOptions {
            lateness: self.lateness,
            now: self.now,
            jobs: self.jobs.unwrap_or_else(cores),
            memory: self.memory.unwrap_or(MEMORY),
            fail_on: policy.fail_on.unwrap_or(FAIL_ON),
            min_severity: self.min_severity.or(policy.min_severity).unwrap_or(MIN_SEVERITY),
            max_skipped: self.max_skipped.or(policy.max_skipped).unwrap_or(MAX_SKIPPED),
            show_keys: self.show_keys,
            show_suppressed: self.show_suppressed,
        }
    }

    /// Opens the state file, unless there is none, and reads its content.
    fn open_state(
        &self,
        policy: &Policy,
        host: &Host<'_>,
    ) -> Result<(Option<(PathBuf, StateFile)>, SavedState), Failure> {
        let default = || self.inputs.names_files().then(|| PathBuf::from(STATE));
        let path = if self.no_state { None } else { self.state.clone().or_else(default) };
        let Some(path) = path else { return Ok((None, SavedState::default())) };
        let shown = path.display();
        let file = StateFile::open(&path).map_err(|error| match error {
            StateFileError::InUse => {
                Failure::because(format!("another watch uses the state in `{shown}`"))
                    .help("stop it, or name another file with --state")
            }
            StateFileError::Io(error) => {
                Failure::because(format!("the state in `{shown}` cannot be used: {error}"))
                    .help("name a file in a folder that can be written to with --state")
            }
        })?;
        let wrong = |why: String| {
            Failure::because(format!("the state in `{shown}` cannot be used: {why}")).help(
                "move it away to start again: the inputs are read from their beginning, and what \
                 was emitted before is emitted again",
            )
        };
        let store = match file.read().map_err(|error| wrong(error.to_string()))? {
            None => SavedState::default(),
            Some(bytes) => SavedState::read(&bytes).map_err(|error| wrong(error.to_string()))?,
        };
        if !store.state.policy.is_empty() && store.state.policy != policy.hash {
            host.term.status(
                "note: the policy has changed since the last check: windows restart, and reading continues where it stopped",
            );
        }
        Ok((Some((path, file)), store))
    }
}

/// Tells what waits; whether nothing waits any more.
fn deliver(running: &mut WatchLoop<'_>, host: &Host<'_>) -> bool {
    match running.notifier.deliver(&running.signals) {
        Ok(()) => true,
        Err(why) => {
            host.term.status(&why.to_string());
            false
        }
    }
}

impl WatchLoop<'_> {
    /// Waits for the end of standard input; `false` if a signal was received first.
    fn wait_for_stdin(&self) -> bool {
        while let Some(stdin) = &self.stdin
            && !stdin.is_due()
        {
            if self.signals.received().is_some() {
                return false;
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        true
    }

    /// Whether the next check should not wait for the interval.
    fn is_due(&self) -> bool {
        let stdin = self.stdin.as_ref();
        !self.ended && stdin.is_some_and(Stream::is_due) || self.signals.received().is_some()
    }
}
