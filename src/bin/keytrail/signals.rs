//! SIGINT and SIGTERM: the program ends of itself, and in any case soon.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::Exit;

/// How often a waiting program looks.
pub(crate) const LOOK: Duration = Duration::from_millis(50);

/// How long what is under way may take to end.
const GRACE: Duration = Duration::from_millis(800);

/// Whether a signal asked the program to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    number: Arc<AtomicUsize>,
    /// Set with the first signal.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Signals {
    /// From now on signals are noted. Where the system does not let them be, they end the program
    /// at once, which costs nothing but what was not told.
    pub(crate) fn listen() -> Self {
        let signals = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let number = Arc::clone(&signals.number);
            let noted = usize::try_from(signal).map(|n| flag::register_usize(signal, number, n));
            let _ = noted.map(|_| flag::register(signal, Arc::clone(&signals.stop)));
        }
        let watched = signals.clone();
        std::thread::spawn(move || {
            while watched.came().is_none() {
                std::thread::sleep(LOOK);
            }
            std::thread::sleep(GRACE);
            // States are replaced whole, so that it may end here wherever it is.
            std::process::exit(watched.came().map_or(0, |exit| exit as i32));
        });
        signals
    }

    /// How the program ends when a signal came.
    pub(crate) fn came(&self) -> Option<Exit> {
        match self.number.load(Ordering::Relaxed) {
            0 => None,
            number if number == usize::try_from(SIGINT).unwrap_or_default() => {
                Some(Exit::Interrupted)
            }
            _ => Some(Exit::Terminated),
        }
    }
}
