//! SIGINT and SIGTERM: the program ends in order, but in any case soon.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::Exit;

/// How often a waiting program checks for a signal.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How long work in progress may take to end after a signal.
const GRACE: Duration = Duration::from_millis(800);

/// The signals that terminate the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    number: Arc<AtomicUsize>,
    /// Set by the first signal.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Signals {
    /// Records signals from now on. If the system does not allow handlers, a signal ends the
    /// program at once; then only findings that were not emitted yet are lost.
    pub(crate) fn listen() -> Self {
        let signals = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let number = Arc::clone(&signals.number);
            let noted = usize::try_from(signal).map(|n| flag::register_usize(signal, number, n));
            let _ = noted.map(|_| flag::register(signal, Arc::clone(&signals.stop)));
        }
        let watched = signals.clone();
        std::thread::spawn(move || {
            while watched.received().is_none() {
                std::thread::sleep(POLL_INTERVAL);
            }
            std::thread::sleep(GRACE);
            // State files are replaced atomically, so the process may exit at any point.
            std::process::exit(watched.received().map_or(0, |exit| exit as i32));
        });
        signals
    }

    /// The exit code if a signal was received.
    pub(crate) fn received(&self) -> Option<Exit> {
        match self.number.load(Ordering::Relaxed) {
            0 => None,
            number if number == usize::try_from(SIGINT).unwrap_or_default() => {
                Some(Exit::Interrupted)
            }
            _ => Some(Exit::Terminated),
        }
    }
}
