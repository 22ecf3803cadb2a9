//! The sections of a posture as tables.

use std::io;

use super::labels::{NAME, account, key, percent};
use crate::diag::escaped;
use crate::output::human::grid::{Cell, Grid};
use crate::output::human::layout_writer::{Ink, LayoutWriter};
use crate::output::human::text::{counted, number, times};
use crate::posture::threshold::{OUTLIER, ZOMBIE};
use crate::posture::{AccountKind, Ages, Bucket, Coverage, Posture, Totals, TrendPoint};

/// Rows of a table shown without `--verbose`.
const ROWS: usize = 15;

/// Accounts whose trend is shown next to the trend of all accounts.
const SERIES: usize = 5;

/// The number of points of a trend that are shown. These are the newest.
const POINTS: usize = 12;

pub(super) fn coverage(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    layout.heading(Ink::Strong, "MFA", "users who can sign in to the console")?;
    layout.blank()?;
    let mut grid = Grid::new([
        "<kind or account",
        "users",
        "console",
        "MFA",
        "without",
        "?MFA n/a",
        "?console n/a",
        "coverage",
        "<root MFA",
    ]);
    let mut row = |name: Cell, of: &Totals, production, root: Cell| {
        let coverage = &of.coverage;
        grid.row([
            name,
            count(of.users),
            count(coverage.console),
            count(coverage.mfa),
            count(coverage.without()),
            count(coverage.mfa_unknown),
            count(coverage.console_unknown),
            covered(coverage, production),
            root,
        ]);
    };
    if posture.kinds.len() > 1 || posture.kinds.iter().any(|kind| kind.name.is_some()) {
        for of in &posture.kinds {
            row(of_kind(of), &of.totals, of.production, Cell::new(""));
        }
    }
    if posture.accounts.len() > 1 {
        row(Cell::new("all"), &posture.all, false, Cell::new(""));
    }
    for of in &posture.accounts {
        let root = match of.root_mfa {
            Some(true) => Cell::new("yes"),
            Some(false) => Cell::new("no").ink(Ink::Bad),
            None => Cell::new("n/a"),
        };
        row(Cell::new(account(of)), &of.totals, of.production, root);
    }
    grid.write(layout, limit(layout, ROWS + posture.kinds.len() + 1))?;
    layout.blank()
}

pub(super) fn ages(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    layout.heading(Ink::Strong, "key ages", "keys in use, by days since they were created")?;
    layout.blank()?;
    let mut grid = Grid::new(["<bucket", "<days", "keys", "share", "?production", "<?"]);
    let ages = &posture.all.ages;
    let total = ages.in_use();
    let production = posture.production().map(|totals| totals.ages);
    let cell = |own: &dyn Fn(&Ages) -> u64| {
        production.as_ref().map_or(Cell::new(""), |ages| count(own(ages)))
    };
    for bucket in Bucket::ALL {
        let (first, last) = bucket.days();
        let days = match last {
            Some(last) => format!("{first}–{last}"),
            None => format!("over {}", first - 1),
        };
        let keys = ages.in_bucket(bucket);
        let name = Cell::new(bucket.name());
        let name = if bucket == Bucket::Critical && keys > 0 { name.ink(Ink::Bad) } else { name };
        grid.row([
            name,
            Cell::new(days),
            count(keys),
            share(keys, total),
            cell(&|ages| ages.in_bucket(bucket)),
            Cell::new(bar(keys, total)),
        ]);
    }
    if ages.unknown > 0 {
        grid.row([
            Cell::new("unknown"),
            Cell::new("n/a"),
            count(ages.unknown),
            share(ages.unknown, total),
            cell(&|ages| ages.unknown),
            Cell::new(bar(ages.unknown, total)),
        ]);
    }
    grid.write(layout, usize::MAX)?;
    let mut rest = Vec::new();
    if ages.inactive > 0 {
        rest.push(format!("{} inactive", number(ages.inactive)));
    }
    if ages.status_unknown > 0 {
        let text = "with unknown status, counted as in use";
        rest.push(format!("{} {text}", number(ages.status_unknown)));
    }
    if !rest.is_empty() {
        let text = format!("  in addition: {}", rest.join("; "));
        layout.line(&text)?;
    }
    layout.blank()
}

pub(super) fn outliers(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    if posture.outliers.is_empty() {
        return Ok(());
    }
    let title =
        format!("{} older than {OUTLIER} days", counted(posture.outliers.len() as u64, "key"));
    layout.heading(Ink::Strong, "outliers", &title)?;
    layout.blank()?;
    let mut grid = Grid::new(["<account", "<?kind", "<user", "<key", "days", "<last used"]);
    for outlier in &posture.outliers {
        let of = &posture.accounts[outlier.account];
        let used = match (outlier.idle_days, outlier.used) {
            (Some(days), _) => format!("{} ago", counted(days.unsigned_abs(), "day")),
            (None, Some(false)) => "never".to_owned(),
            (None, _) => "n/a".to_owned(),
        };
        let days = number(outlier.age_days.unsigned_abs());
        let days = Cell::new(days);
        grid.row([
            Cell::new(account(of)),
            kind(of.kind.as_deref(), of.production),
            Cell::new(escaped(&outlier.user, NAME)),
            Cell::new(key(&outlier.key)),
            if outlier.gross { days.ink(Ink::Bad) } else { days },
            Cell::new(used),
        ]);
    }
    grid.write(layout, limit(layout, ROWS))?;
    layout.blank()
}

pub(super) fn patterns(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    let rows = limit(layout, ROWS);
    if !posture.uniform.is_empty() {
        layout.heading(Ink::Strong, "uniform keys", "of one day in several accounts")?;
        layout.blank()?;
        let mut grid = Grid::new(["<user", "<created", "keys", "accounts", "<in"]);
        for uniform in &posture.uniform {
            let ids = uniform.accounts.iter().map(|at| account(&posture.accounts[*at]));
            grid.row([
                Cell::new(escaped(&uniform.user, NAME)),
                Cell::new(uniform.day.as_str()),
                count(uniform.keys),
                count(uniform.accounts.len() as u64),
                Cell::new(ids.collect::<Vec<_>>().join(", ")),
            ]);
        }
        grid.write(layout, rows)?;
        layout.blank()?;
    }
    if !posture.shared.is_empty() {
        layout.heading(
            Ink::Strong,
            "shared accounts",
            "keys of one user serve several services",
        )?;
        layout.blank()?;
        let mut grid = Grid::new(["<account", "<?kind", "<user", "keys", "<MFA", "<services"]);
        for shared in &posture.shared {
            let of = &posture.accounts[shared.account];
            let mfa = match shared.mfa {
                Some(true) => Cell::new("yes"),
                Some(false) => Cell::new("no").ink(Ink::Bad),
                None => Cell::new("n/a"),
            };
            grid.row([
                Cell::new(account(of)),
                kind(of.kind.as_deref(), of.production),
                Cell::new(escaped(&shared.user, NAME)),
                count(shared.keys),
                mfa,
                Cell::new(escaped(&shared.services.join(", "), 2 * NAME)),
            ]);
        }
        grid.write(layout, rows)?;
        layout.blank()?;
    }
    if !posture.zombies.is_empty() {
        let title = format!("console users, no sign-in for {ZOMBIE} days, no key ever used");
        layout.heading(Ink::Strong, "zombie accounts", &title)?;
        layout.blank()?;
        let mut grid = Grid::new(["<account", "<?kind", "<user", "days", "<since", "keys"]);
        for zombie in &posture.zombies {
            let of = &posture.accounts[zombie.account];
            let since = if zombie.signed_in { "the last sign-in" } else { "it was created" };
            grid.row([
                Cell::new(account(of)),
                kind(of.kind.as_deref(), of.production),
                Cell::new(escaped(&zombie.user, NAME)),
                count(zombie.idle_days.unsigned_abs()),
                Cell::new(since),
                count(zombie.keys),
            ]);
        }
        grid.write(layout, rows)?;
        layout.blank()?;
    }
    Ok(())
}

pub(super) fn names(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    if posture.names.is_empty() {
        return Ok(());
    }
    layout.heading(Ink::Strong, "keys by user name", "several keys, or several accounts")?;
    layout.blank()?;
    let mut grid =
        Grid::new(["<user", "<cloud", "in use", "?inactive", "accounts", "oldest, days"]);
    for name in &posture.names {
        let oldest = name.oldest_days.map(|days| number(days.unsigned_abs()));
        grid.row([
            Cell::new(escaped(&name.user, NAME)),
            Cell::new(name.provider.name()),
            count(name.keys),
            count(name.inactive),
            count(name.accounts),
            Cell::new(oldest.unwrap_or_else(|| "n/a".to_owned())),
        ]);
    }
    grid.write(layout, limit(layout, ROWS))?;
    layout.blank()
}

pub(super) fn trend(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    for trend in &posture.trends {
        layout.heading(Ink::Strong, "trend", trend.format)?;
        layout.blank()?;
        if trend.accounts.len() > 1 {
            let title = format!("all {} accounts", number(trend.accounts.len() as u64));
            points(&title, &trend.total, layout)?;
        }
        for series in &trend.kinds {
            let kind = series.kind.as_deref().unwrap_or("(no kind)");
            let accounts = counted(series.accounts, "account");
            points(&format!("{}: {accounts}", escaped(kind, NAME)), &series.points, layout)?;
        }
        let shown = limit(layout, SERIES);
        for series in trend.accounts.iter().take(shown) {
            points(&account(&posture.accounts[series.account]), &series.points, layout)?;
        }
        let more = trend.accounts.len().saturating_sub(shown);
        if more > 0 {
            more_of(layout, more, "account")?;
        }
    }
    Ok(())
}

fn points(title: &str, points: &[TrendPoint], layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    let mut grid = Grid::new([
        "<report of",
        "users",
        "console",
        "MFA",
        "coverage",
        "keys",
        "over 365 d",
        "?age n/a",
    ]);
    let first = points.len().saturating_sub(limit(layout, POINTS));
    for point in &points[first..] {
        let time = times(Some(point.time), None);
        grid.row([
            Cell::new(time.unwrap_or_default()),
            count(point.users),
            count(point.coverage.console),
            count(point.coverage.mfa),
            Cell::new(percent(&point.coverage)),
            count(point.keys),
            count(point.old_keys),
            count(point.age_unknown),
        ]);
    }
    let title = layout.ink(Ink::Strong, title);
    layout.line(&title)?;
    if first > 0 {
        let more = counted(first as u64, "earlier report");
        let text = layout.ink(Ink::Quiet, &format!("  … {more}; -v shows all"));
        layout.line(&text)?;
    }
    grid.write(layout, usize::MAX)?;
    layout.blank()
}

pub(super) fn unknown(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    if posture.unknown.is_empty() {
        return Ok(());
    }
    layout.heading(Ink::Warn, "not known", "columns that reports do not have")?;
    layout.blank()?;
    let mut grid = Grid::new(["<format", "<field", "accounts", "<so it is not known"]);
    for unknown in &posture.unknown {
        grid.row([
            Cell::new(unknown.format),
            Cell::new(unknown.field.field().path()),
            count(unknown.accounts),
            Cell::new(unknown.what),
        ]);
    }
    grid.write(layout, usize::MAX)?;
    layout.blank()
}

/// Writes how many items are not shown, and ends a section.
pub(super) fn more_of(layout: &mut LayoutWriter<'_>, more: usize, noun: &str) -> io::Result<()> {
    if more > 0 {
        let more = counted(more as u64, &format!("more {noun}"));
        let text = layout.ink(Ink::Quiet, &format!("  … {more}; -v shows all"));
        layout.line(&text)?;
    }
    layout.blank()
}

pub(super) fn limit(layout: &LayoutWriter<'_>, rows: usize) -> usize {
    if layout.style.verbose { usize::MAX } else { rows }
}

fn count(count: u64) -> Cell {
    Cell::new(number(count))
}

fn kind(kind: Option<&str>, production: bool) -> Cell {
    let cell = Cell::new(escaped(kind.unwrap_or_default(), NAME));
    if production { cell.ink(Ink::Strong) } else { cell }
}

fn of_kind(of: &AccountKind) -> Cell {
    match &of.name {
        Some(name) => kind(Some(name), of.production),
        None => Cell::new("(no kind)"),
    }
}

/// The coverage as a percentage. In production, anything below 100% is bad.
fn covered(coverage: &Coverage, production: bool) -> Cell {
    let cell = Cell::new(percent(coverage));
    match coverage.tenths() {
        Some(1000) => cell.ink(Ink::Good),
        Some(_) if production => cell.ink(Ink::Bad),
        Some(_) => cell.ink(Ink::Warn),
        None => cell,
    }
}

fn share(keys: u64, total: u64) -> Cell {
    Cell::new(match total {
        0 => "n/a".to_owned(),
        total => format!("{}%", (keys * 100 + total / 2) / total),
    })
}

/// A bar of at most twenty blocks. Any number above zero gets at least one block.
fn bar(keys: u64, total: u64) -> String {
    let blocks = if total == 0 { 0 } else { (keys * 20).div_ceil(total) };
    "█".repeat(blocks as usize)
}
