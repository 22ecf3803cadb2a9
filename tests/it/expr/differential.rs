//! Compares our evaluation with Rhai's engine over random expressions and rows.
//!
//! Whenever the engine returns a value, ours must be equal. Where the engine fails, ours can return
//! a value, because the language defines what Rhai rejects. `KEYTRAIL_CASES` sets the number of
//! expressions and `KEYTRAIL_SEED` the first seed. Each case has its own seed, so the number of
//! threads does not matter. With `KEYTRAIL_COVERAGE` the test prints how often each part was
//! generated.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use keytrail::expr::{Assumptions, Expected, Expr, compile, on_large_stack};
use keytrail::record::FieldId;
use keytrail::source::{Fragment, Sources};
use keytrail::value::{RecordKind, Type, Value};
use rhai::{AST, Dynamic, Engine, Scope};

use super::coverage::{self, Coverage};
use super::generator::{self, Dice, Writer};
use super::reference;
use super::world::{Rows, World, canonical};

const CASES: u64 = 20_000;
const SEED: u64 = 0x006b_6579_7472_6169;
const MOST_FAILURES: usize = 60;
const ROWS: usize = 48;
const ROWS_PER_CASE: usize = 3;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

struct Nothing;

impl Assumptions for Nothing {
    fn field(&self, _: FieldId) -> Option<Value<'static>> {
        None
    }
    fn row(&self, _: RecordKind) -> Option<bool> {
        None
    }
}

/// The state of one thread, which owns its Rhai engine.
struct Bench<'w> {
    world: &'w World,
    engine: Engine,
    rows: &'w [Rows],
    scopes: Vec<[Scope<'static>; 2]>,
    tally: Tally,
}

#[derive(Default)]
struct Tally {
    coverage: Coverage,
    /// Counts of values that both return, and of values that only we define.
    compared: u64,
    defined: u64,
    failures: Vec<String>,
}

impl<'w> Bench<'w> {
    fn new(world: &'w World, rows: &'w [Rows]) -> Self {
        let scope =
            |rows| [RecordKind::Event, RecordKind::Key].map(|on| reference::scope(world, rows, on));
        let scopes = rows.iter().map(scope).collect();
        Self { world, engine: reference::engine(world), rows, scopes, tally: Tally::default() }
    }

    /// Compares one expression over the rows, from the given one on.
    fn case(&mut self, text: &str, on: RecordKind, rows: impl Iterator<Item = usize>) {
        let file = Sources::default().add("case", text);
        let source = Fragment::whole(file, text);
        let declarations = self.world.declarations(on);
        let compiled = match compile(&source, Expected::Anything, &declarations, self.world) {
            Ok((compiled, _)) => compiled,
            Err(errors) => {
                self.tally.failures.push(format!("{text}\n  refused: {}", errors[0].message));
                return;
            }
        };
        let ast = self.engine.compile_expression(text).unwrap();
        let folded = compiled.assuming(&Nothing);
        let before = self.tally.compared;
        for which in rows {
            if on == RecordKind::Key && !self.rows[which % ROWS].of_key() {
                continue;
            }
            let compare = || self.compare(on, which % ROWS, &compiled, &folded, &ast);
            let panicked = |_| Some("it panics".to_owned());
            let found = catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(panicked);
            if let Some(difference) = found {
                let place = format!("on {} rows {}", on.name(), which % ROWS);
                self.tally.failures.push(format!("{text}\n  {place}: {difference}"));
                break;
            }
        }
        self.tally.coverage.add(coverage::used(&compiled), self.tally.compared - before);
    }

    /// How the values of one expression over one row differ, if they do.
    fn compare(
        &mut self,
        on: RecordKind,
        which: usize,
        compiled: &Expr,
        folded: &Expr,
        ast: &AST,
    ) -> Option<String> {
        let bindings = self.rows[which].bindings(on);
        let show = |value: Result<Value<'_>, _>| match value {
            Ok(value) => canonical(&value),
            Err(keytrail::expr::EvalError { message, .. }) => format!("error: {message}"),
        };
        let value = compiled.eval(&bindings);
        let ours = show(value.clone());
        let after = show(folded.eval(&bindings));
        if after != ours && !ours.starts_with("error") {
            return Some(format!("ours {ours}, folded {after}"));
        }
        // The program that is evaluated for records is a second form of the same condition.
        if compiled.ty() == Type::Bool {
            let decided = show(compiled.test(&bindings).map(Value::Bool));
            let missing = value == Ok(Value::Missing);
            if decided != ours && !(missing && decided == show(Ok(Value::Bool(false)))) {
                return Some(format!("{ours}, decided {decided}"));
            }
        }
        let mut scope = self.scopes[which][usize::from(on == RecordKind::Key)].clone();
        match self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, ast) {
            Ok(value) => {
                self.tally.compared += 1;
                // Rows of reports and tables are distinguished by their fields only.
                let whole = matches!(compiled.ty(), Type::Record(_) | Type::Row);
                let rhais = reference::canonical(&value);
                if rhais != ours && !(whole && (rhais == "()") == (ours == "()")) {
                    return Some(format!("ours {ours}, Rhai's {rhais}"));
                }
            }
            Err(_) if !ours.starts_with("error") => self.tally.defined += 1,
            Err(_) => {}
        }
        None
    }
}

/// One case in eight evaluates a rule over keys.
fn random(seed: u64, bench: &mut Bench<'_>) {
    let mut dice = Dice::new(seed);
    let on = if dice.roll(8) == 0 { RecordKind::Key } else { RecordKind::Event };
    let depth = 1 + dice.roll(4);
    let text = Writer::new(&mut dice, on).any(depth);
    let first = dice.roll(ROWS);
    bench.case(&text, on, (0..ROWS_PER_CASE).map(|row| first + row * 5));
}

#[test]
fn evaluation_agrees_with_rhai() {
    let world = World::new();
    let (cases, seed) = (setting("KEYTRAIL_CASES", CASES), setting("KEYTRAIL_SEED", SEED));
    let mut dice = Dice::new(seed);
    let rows: Vec<Rows> = (0..ROWS).map(|_| Rows::new(generator::rows(&mut dice))).collect();
    let matrix = on_large_stack(|| coverage::matrix(&world)).unwrap();
    let threads = match setting("KEYTRAIL_THREADS", 0) {
        0 => thread::available_parallelism().map_or(1, |threads| threads.get() as u64),
        threads => threads,
    };
    let part = |thread: u64| {
        let mut bench = Bench::new(&world, &rows);
        for text in matrix.iter().skip(thread as usize).step_by(threads as usize) {
            bench.case(text, RecordKind::Event, 0..ROWS);
        }
        let mut case = thread;
        while case < cases && bench.tally.failures.len() < MOST_FAILURES {
            random(seed.wrapping_add(case.wrapping_mul(0x2545_f491_4f6c_dd1d)), &mut bench);
            case += threads;
        }
        bench.tally
    };
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let part = &part;
        let run = |thread| scope.spawn(move || on_large_stack(|| part(thread)).unwrap());
        let threads: Vec<_> = (0..threads).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = Tally::default();
    for tally in tallies {
        all.compared += tally.compared;
        all.defined += tally.defined;
        all.coverage.merge(tally.coverage);
        all.failures.extend(tally.failures);
    }
    if std::env::var_os("KEYTRAIL_COVERAGE").is_some() {
        println!("{}", all.coverage);
    }
    println!(
        "{cases} expressions from seed {seed}: {} values compared, {} only ours",
        all.compared, all.defined
    );
    all.failures.sort_by_key(String::len);
    all.failures.truncate(MOST_FAILURES);
    let wanted = on_large_stack(|| coverage::wanted(&world, &matrix)).unwrap();
    let gaps = all.coverage.gaps(&wanted);
    assert!(
        all.failures.is_empty() && gaps.is_empty(),
        "never compared with Rhai: {gaps:?}\n{}",
        all.failures.join("\n")
    );
    assert!(all.compared > all.defined, "the generator covers too little");
}
