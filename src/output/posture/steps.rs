//! The steps to take, and the steps that were done.

use std::collections::BTreeMap;
use std::io;

use super::labels::{NAME, account, date, key};
use super::sections::{limit, more_of};
use crate::diag::escaped;
use crate::output::human::grid::{Cell, Grid};
use crate::output::human::layout_writer::{Ink, LayoutWriter};
use crate::output::human::text::counted;
use crate::posture::{Posture, Progress, Remedy};

/// Users shown with their steps.
const USERS: usize = 20;

pub(super) fn to_do(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    let open = |remedy: &&Remedy| !matches!(remedy.progress, Progress::Done(_));
    let open: Vec<&Remedy> = posture.remedies.iter().filter(open).collect();
    if open.is_empty() {
        return Ok(());
    }
    layout.heading(Ink::Strong, "to do", &counted(open.len() as u64, "step"))?;
    layout.blank()?;
    let mut grid = Grid::new(["<severity", "<?within", "<?key", "<do", "<because"]);
    let more = by_user(posture, layout, &mut grid, &open, USERS, &|remedy| {
        [
            Cell::new(remedy.severity.name()).ink(Ink::Severity(remedy.severity)),
            Cell::new(remedy.within_hours().map(within).unwrap_or_default()),
            Cell::new(remedy.key.as_ref().map(key).unwrap_or_default()),
            Cell::new(remedy.action.text()),
            Cell::new(because(remedy)),
        ]
    });
    grid.write(layout, usize::MAX)?;
    more_of(layout, more, "user")
}

/// Adds the steps to a grid, grouped by user, because a person fixes one user after another. Users
/// are ordered by their most severe step. Returns the number of users that are left out.
fn by_user<const N: usize>(
    posture: &Posture,
    layout: &LayoutWriter<'_>,
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
    let shown = users.len().min(limit(layout, room));
    for (first, remedies) in &users[..shown] {
        let of = &posture.accounts[first.account];
        let user = layout.ink(Ink::Strong, &escaped(&first.user, NAME));
        let kind = of.kind.as_deref().map(|kind| format!(", {}", escaped(kind, NAME)));
        // A line never begins with text from a report.
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

pub(super) fn done(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    let done = |remedy: &&Remedy| matches!(remedy.progress, Progress::Done(_));
    let done: Vec<&Remedy> = posture.remedies.iter().filter(done).collect();
    if done.is_empty() {
        return Ok(());
    }
    let title = counted(done.len() as u64, "step");
    layout.heading(Ink::Strong, "done since the report", &title)?;
    layout.blank()?;
    let mut grid = Grid::new(["<do", "<?key", "<done by"]);
    let more = by_user(posture, layout, &mut grid, &done, USERS, &|remedy| {
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
    grid.write(layout, usize::MAX)?;
    more_of(layout, more, "user")
}
