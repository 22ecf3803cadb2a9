//! What to do, and what is done.

use std::collections::BTreeMap;
use std::io;

use super::grid::{Cell, Grid};
use super::labels::{NAME, account, date, key};
use super::sections::{limit, more_of};
use crate::diag::escaped;
use crate::output::human::sheet::{Ink, Sheet};
use crate::output::human::text::counted;
use crate::posture::{Posture, Progress, Remedy};

/// Users that something is to be done about.
const USERS: usize = 20;

pub(super) fn to_do(posture: &Posture, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let open = |remedy: &&Remedy| !matches!(remedy.progress, Progress::Done(_));
    let open: Vec<&Remedy> = posture.remedies.iter().filter(open).collect();
    if open.is_empty() {
        return Ok(());
    }
    sheet.heading(Ink::Strong, "to do", &counted(open.len() as u64, "step"))?;
    sheet.blank()?;
    let mut grid = Grid::new(["<severity", "<?within", "<?key", "<do", "<because"]);
    let more = by_user(posture, sheet, &mut grid, &open, USERS, &|remedy| {
        [
            Cell::new(remedy.severity.name()).ink(Ink::Severity(remedy.severity)),
            Cell::new(remedy.within_hours().map(within).unwrap_or_default()),
            Cell::new(remedy.key.as_ref().map(key).unwrap_or_default()),
            Cell::new(remedy.action.text()),
            Cell::new(because(remedy)),
        ]
    });
    grid.write(sheet, usize::MAX)?;
    more_of(sheet, more, "user")
}

/// Adds the steps to a grid, a user after the other as a person mends them: a user stands where
/// the gravest step does. Says how many users there is no room for.
fn by_user<const N: usize>(
    posture: &Posture,
    sheet: &Sheet<'_>,
    grid: &mut Grid<N>,
    remedies: &[&Remedy],
    room: usize,
    row: &dyn Fn(&Remedy) -> [Cell; N],
) -> usize {
    let mut users: Vec<(&Remedy, Vec<&Remedy>)> = Vec::new();
    let mut places = BTreeMap::new();
    for remedy in remedies {
        let place = *places.entry((remedy.account, &remedy.user)).or_insert_with(|| {
            users.push((remedy, Vec::new()));
            users.len() - 1
        });
        users[place].1.push(remedy);
    }
    let shown = users.len().min(limit(sheet, room));
    for (first, remedies) in &users[..shown] {
        let of = &posture.accounts[first.account];
        let user = sheet.ink(Ink::Strong, &escaped(&first.user, NAME));
        let kind = of.kind.as_deref().map(|kind| format!(", {}", escaped(kind, NAME)));
        // No line begins with what a report says.
        grid.title(format!("- {user} of {}{}", account(of), kind.unwrap_or_default()));
        remedies.iter().for_each(|remedy| grid.row(row(remedy)));
    }
    users.len() - shown
}

/// `24 h`, `30 d`.
fn within(hours: u64) -> String {
    if hours <= 48 { format!("{hours} h") } else { format!("{} d", hours / 24) }
}

fn because(remedy: &Remedy) -> String {
    let why = remedy.reason.text();
    match &remedy.progress {
        Progress::Unclear(event, doubt) => {
            let (api, day) = (escaped(&event.api, NAME), date(event.time));
            format!("{why}; perhaps done: {api} on {day}, {}", doubt.text())
        }
        _ => why,
    }
}

pub(super) fn done(posture: &Posture, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let done = |remedy: &&Remedy| matches!(remedy.progress, Progress::Done(_));
    let done: Vec<&Remedy> = posture.remedies.iter().filter(done).collect();
    if done.is_empty() {
        return Ok(());
    }
    let title = counted(done.len() as u64, "step");
    sheet.heading(Ink::Strong, "done since the report", &title)?;
    sheet.blank()?;
    let mut grid = Grid::new(["<do", "<?key", "<done by"]);
    let more = by_user(posture, sheet, &mut grid, &done, USERS, &|remedy| {
        let by = match &remedy.progress {
            Progress::Done(event) => {
                let by = event.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
                format!("{}{by} on {}", event.api, date(event.time))
            }
            _ => String::new(),
        };
        [
            Cell::new(remedy.action.text()),
            Cell::new(remedy.key.as_ref().map(key).unwrap_or_default()),
            Cell::new(escaped(&by, 2 * NAME)),
        ]
    });
    grid.write(sheet, usize::MAX)?;
    more_of(sheet, more, "user")
}
