//! Rows of aligned cells.

use std::io;

use super::layout_writer::{Ink, LayoutWriter};
use super::text::{columns, counted, shorten, wrap};

/// The indentation of each row.
const INDENT: &str = "  ";

/// The minimum width of a text column.
const NARROWEST: usize = 8;

/// The minimum width of a text column at the end of a row, which wraps if its text is longer.
const LAST: usize = 24;

/// A cell: escaped text and its colour.
#[derive(Debug, Clone)]
pub(in crate::output) struct Cell {
    text: String,
    ink: Option<Ink>,
}

impl Cell {
    /// A cell without colour.
    pub(in crate::output) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ink: None }
    }

    /// The same cell in this colour.
    pub(in crate::output) fn ink(self, ink: Ink) -> Self {
        Self { ink: Some(ink), ..self }
    }

    fn is_blank(&self) -> bool {
        matches!(self.text.as_str(), "" | "0" | "-")
    }
}

/// Rows of aligned cells.
pub(in crate::output) struct Grid<const N: usize> {
    /// Names of the columns. A column whose name begins with `<` contains text; the others contain
    /// right-aligned numbers. A `?` after that hides the column if all of its cells are empty, `0`
    /// or `-`.
    names: [&'static str; N],
    rows: Vec<GridRow<N>>,
}

enum GridRow<const N: usize> {
    Title(String),
    Cells([Cell; N]),
}

impl<const N: usize> GridRow<N> {
    fn cells(&self) -> Option<&[Cell; N]> {
        match self {
            GridRow::Title(_) => None,
            GridRow::Cells(cells) => Some(cells),
        }
    }
}

impl<const N: usize> Grid<N> {
    pub(in crate::output) fn new(names: [&'static str; N]) -> Self {
        Self { names, rows: Vec::new() }
    }

    pub(in crate::output) fn row(&mut self, cells: [Cell; N]) {
        self.rows.push(GridRow::Cells(cells));
    }

    /// Adds a line above the rows that follow; `text` is already escaped and coloured.
    pub(in crate::output) fn title(&mut self, text: String) {
        self.rows.push(GridRow::Title(text));
    }

    /// Writes the first `limit` rows and the number of the remaining rows.
    pub(in crate::output) fn write(
        &self,
        layout: &mut LayoutWriter<'_>,
        limit: usize,
    ) -> io::Result<()> {
        let shown = &self.rows[..self.rows.len().min(limit)];
        let all: [Column; N] = std::array::from_fn(|at| self.column(at, shown));
        let page = layout.width().saturating_sub(INDENT.len());
        let widths = fit(&all, page);
        let names = all.map(|column| Cell::new(column.name).ink(Ink::Quiet));
        line(layout, &all, &widths, &names)?;
        for row in shown {
            match row {
                GridRow::Title(title) => layout.line(title)?,
                GridRow::Cells(cells) => line(layout, &all, &widths, cells)?,
            }
        }
        more(layout, self.rows.len() - shown.len())
    }

    fn column(&self, at: usize, shown: &[GridRow<N>]) -> Column {
        let (text, name) = match self.names[at].strip_prefix('<') {
            Some(name) => (true, name),
            None => (false, self.names[at]),
        };
        let cells = || shown.iter().filter_map(GridRow::cells).map(|cells| &cells[at]);
        let (hidden, name) = match name.strip_prefix('?') {
            Some(name) => (cells().all(Cell::is_blank), name),
            None => (false, name),
        };
        let width = cells().map(|cell| columns(&cell.text)).max().unwrap_or(0);
        Column { text, hidden, name, width: width.max(columns(name)) }
    }
}

/// The layout of a column.
#[derive(Debug, Clone, Copy)]
struct Column {
    text: bool,
    hidden: bool,
    name: &'static str,
    /// The width of its widest cell.
    width: usize,
}

/// Writes a row. A text column at its end wraps below itself.
fn line<const N: usize>(
    layout: &mut LayoutWriter<'_>,
    all: &[Column; N],
    widths: &[usize; N],
    cells: &[Cell; N],
) -> io::Result<()> {
    let inked = |cell: &Cell, text: &str| {
        cell.ink.map_or_else(|| text.to_owned(), |ink| layout.ink(ink, text))
    };
    let (mut text, mut used, mut rest) = (INDENT.to_owned(), INDENT.len(), Vec::new());
    for (at, ((cell, column), width)) in cells.iter().zip(all).zip(widths).enumerate() {
        if column.hidden {
            continue;
        }
        if column.text && at + 1 == N {
            let mut lines = wrap(&cell.text, *width, 0).into_iter();
            text += &inked(cell, &lines.next().unwrap_or_default());
            rest.extend(lines.map(|line| format!("{}{}", " ".repeat(used), inked(cell, &line))));
            break;
        }
        let shown = shorten(&cell.text, *width);
        let gap = " ".repeat(width - columns(&shown));
        let shown = inked(cell, &shown);
        text += &if column.text { format!("{shown}{gap}  ") } else { format!("{gap}{shown}  ") };
        used += width + 2;
    }
    layout.line(&text)?;
    rest.iter().try_for_each(|line| layout.line(line))
}

/// Writes how many rows are not shown.
fn more(layout: &mut LayoutWriter<'_>, rows: usize) -> io::Result<()> {
    if rows == 0 {
        return Ok(());
    }
    let text = format!("{INDENT}… {}; -v shows all", counted(rows as u64, "more row"));
    let text = layout.ink(Ink::Quiet, &text);
    layout.line(&text)
}

/// The column widths for a page. The widest text columns shrink until a row fits, and the last text
/// column gets the remaining width.
fn fit<const N: usize>(all: &[Column; N], page: usize) -> [usize; N] {
    let mut widths = all.map(|column| if column.hidden { 0 } else { column.width });
    let used = |widths: &[usize; N]| {
        let shown = all.iter().zip(widths).filter(|(column, _)| !column.hidden);
        shown.map(|(_, width)| width + 2).sum::<usize>().saturating_sub(2)
    };
    let last = (N > 0 && all[N - 1].text && !all[N - 1].hidden).then(|| N - 1);
    if let Some(last) = last {
        widths[last] = widths[last].min(LAST);
    }
    while used(&widths) > page {
        let texts = (0..N).filter(|at| all[*at].text && Some(*at) != last);
        match texts.max_by_key(|at| widths[*at]) {
            Some(at) if widths[at] > NARROWEST => widths[at] -= 1,
            _ => break,
        }
    }
    if let Some(last) = last {
        widths[last] += page.saturating_sub(used(&widths));
    }
    widths
}
