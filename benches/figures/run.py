#!/usr/bin/env python3
"""The figures of a scan in one table, from one run on one machine.

    cargo build --release
    python3 benches/figures/run.py                        the table, with inputs of 60 MB
    python3 benches/figures/run.py --size 1G              the same with larger inputs
    python3 benches/figures/run.py ordinary gzip          the rows whose names contain a word
    python3 benches/figures/run.py --instructions         counts instructions (needs valgrind)
    python3 benches/figures/run.py --instructions --record     stores these counts

The unit is B: a loop on one thread that parses each line of the same log into a tree of values. A row
of 2.0 B takes half of that processor time. Machines are noisy: read the ratios, which come from
alternating runs. Instructions are nearly the same on every machine: `--instructions` fails if a case needs a
tenth more than instructions.json says. Linux only.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDED = pathlib.Path(__file__).with_name("instructions.json")
PROGRAM = ROOT / "target/release/keytrail"
NOW = "2026-11-01T00:00:00Z"
# How much more a case may need than recorded.
TOLERANCE = 1.10
BENCHES = {}


def bench(name):
    """The program of a benchmark, built once."""
    if name not in BENCHES:
        built = subprocess.run(
            ["cargo", "build", "--release", "--bench", name, "--message-format", "json"],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        for line in built.stdout.splitlines():
            made = json.loads(line)
            # The program is built too, because benchmarks may run it.
            if made.get("executable") and made["target"]["name"] == name:
                BENCHES[name] = made["executable"]
    return BENCHES[name]


def timed(command):
    """Processor seconds, wall-clock seconds and peak memory in MB of a process."""
    start = os.times().elapsed
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = os.times().elapsed - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}\n{complaint.decode()}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def scan(*arguments, jobs=1, policy=()):
    return [str(PROGRAM), "scan", *map(str, arguments), *map(str, policy), "--jobs", str(jobs), "--exit-zero",
            "--quiet", "--now", NOW, "--format", "json:/dev/null"]


def allowlist(folder, count):
    """Entries for keys that the log does not have, at most 10,000 in one file."""
    folder.mkdir()
    for first in range(0, count, 10_000):
        with open(folder / f"entries-{first}.yaml", "w") as out:
            out.write("entries:\n")
            for n in range(first, min(first + 10_000, count)):
                out.write(f"  - id: entry-{n}\n    rules: [create-access-key]\n    match: {{ ak: [AKIAUNUSED{n:010}] }}\n"
                          "    reason: A key of a job that moved away.\n    owner: platform\n    expires: 2026-12-31\n")


def generate(kind, form, size, path):
    subprocess.run([bench("workload"), kind, form, str(size), str(path)], check=True)


def array(lines, path):
    """One array of all records on one line."""
    with open(lines) as of, open(path, "w") as out:
        out.write('{"Records":[')
        for number, line in enumerate(of):
            out.write(("," if number else "") + line.rstrip("\n"))
        out.write("]}")


def rows(folder, size):
    """The rows of the table: name, command, jobs, bar and what the bar is about."""
    logs = {}
    for kind in ("ordinary", "attacked", "quiet"):
        logs[kind] = folder / f"{kind}.ndjson"
        generate(kind, "cloudtrail", size, logs[kind])
    packed, one_line = folder / "gzip", folder / "array.json"
    generate("ordinary", "cloudtrail-gzip", size, packed)
    array(logs["ordinary"], one_line)
    start = folder / "start.ndjson"
    with open(logs["ordinary"]) as log:
        start.write_text(log.readline())
    for count in (100, 1_000, 10_000):
        subprocess.run([bench("throughput"), "rules", folder / f"rules-{count}", str(count)], check=True)
    for count in (1_000, 100_000):
        allowlist(folder / f"entries-{count}", count)
    loop = lambda name, path: [bench("throughput"), "loop", name, str(path)]
    many = lambda count: scan(ordinary, policy=["--no-builtin", "--rules", folder / f"rules-{count}"])
    entries = lambda count: scan(ordinary, policy=["--allowlists", folder / f"entries-{count}"])
    correlated = [part for rule in correlated_rules() for part in ("--only", rule)]
    ordinary = logs["ordinary"]
    yield "B: each line becomes a tree", loop("value", ordinary), ordinary, None
    yield "newline scan", loop("newline", ordinary), ordinary, None
    yield "inflate only", loop("inflate", packed), ordinary, None
    yield "parse only, the fields of the rules", loop("parse", ordinary), ordinary, None
    yield "start: one event", scan(start), ordinary, "30 ms"
    yield "ordinary, one rule", scan(ordinary, policy=["--only", "create-access-key"]), ordinary, None
    yield "ordinary, rules that correlate", scan(ordinary, policy=correlated), ordinary, None
    yield "ordinary, the pack", scan(ordinary), ordinary, "2.2 B"
    yield "ordinary, the pack, 2 jobs", scan(ordinary, jobs=2), ordinary, "1.8 times one job"
    yield "ordinary, 100 rules", many(100), ordinary, None
    yield "ordinary, 1,000 rules", many(1_000), ordinary, "2.0 B"
    yield "ordinary, 10,000 rules", many(10_000), ordinary, "4 times 100 rules"
    yield "ordinary, 1,000 entries", entries(1_000), ordinary, None
    yield "ordinary, 100,000 entries", entries(100_000), ordinary, "1.1 times none"
    yield "ordinary, gzip, 2 jobs", scan(packed, jobs=2), ordinary, "2.0 B"
    yield "ordinary, one array on one line", scan(one_line), ordinary, None
    yield "quiet, the pack", scan(logs["quiet"]), logs["quiet"], None
    yield "attacked, the pack", scan(logs["attacked"]), logs["attacked"], "1.0 B, 200 MB"


def correlated_rules():
    listed = subprocess.run([PROGRAM, "rules", "--format", "json"], check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return [rule["id"] for rule in json.loads(listed.stdout) if rule.get("construct")]


def table(arguments):
    runs, units = arguments.runs, {}
    unit = lambda log: [bench("throughput"), "loop", "value", str(log)]
    print(f"{'':<38}{'processor':>12}{'wall clock':>12}{'in B':>9}{'memory':>11}   bar")
    with tempfile.TemporaryDirectory(prefix="keytrail-figures-") as folder:
        for name, command, log, bar in rows(pathlib.Path(folder), arguments.size):
            if arguments.only and not any(word in name for word in arguments.only):
                continue
            # The unit is measured beside the row, so that both have the same machine.
            pairs = [(timed(command), timed(unit(log))) for _ in range(runs)]
            cpu, wall, memory = min(of for of, _ in pairs)
            base = min(of for _, of in pairs)[0]
            print(f"{name:<38}{cpu:>10.3f} s{wall:>10.3f} s{base / cpu:>9.2f}{memory:>8.0f} MB   {bar or ''}",
                  flush=True)


def instructions(arguments):
    """Counts the instructions of the main cases and compares them with those recorded."""
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing: install it to count instructions")
    counted = {}
    with tempfile.TemporaryDirectory(prefix="keytrail-figures-") as folder:
        folder = pathlib.Path(folder)
        cases = {}
        for kind in ("ordinary", "attacked", "quiet"):
            log = folder / f"{kind}.ndjson"
            generate(kind, "cloudtrail", "4M", log)
            cases[f"{kind}, 4 MB"] = scan(log)
        start = folder / "start.ndjson"
        start.write_text((folder / "ordinary.ndjson").open().readline())
        cases["start: one event"] = scan(start)
        for name, command in cases.items():
            # The same folder name has the same length everywhere; the environment is fixed.
            out = subprocess.run(
                ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                cwd=ROOT, env={"PATH": os.environ["PATH"]}, stderr=subprocess.PIPE, text=True)
            found = re.search(r"refs:\s+([\d,]+)", out.stderr)
            if out.returncode or not found:
                sys.exit(f"{name}: {out.stderr}")
            counted[name] = int(found.group(1).replace(",", ""))
    if arguments.record:
        RECORDED.write_text(json.dumps(counted, indent=2) + "\n")
        return
    recorded, worse = json.loads(RECORDED.read_text()), []
    for name, count in counted.items():
        ratio = count / recorded[name] if name in recorded else float("inf")
        print(f"{name:<24}{count / 1e6:>10.1f} million instructions, {ratio:.3f} of those recorded")
        if ratio > TOLERANCE:
            worse.append(name)
    if worse:
        sys.exit(f"more than a tenth more instructions than recorded: {'; '.join(worse)}\n"
                 "If the program has to do more, run `python3 benches/figures/run.py --instructions --record` "
                 "and say in the commit why.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", help="rows whose name contains one of these words")
    parser.add_argument("--size", default="60M", help="the size of each log, such as 60M or 1G")
    parser.add_argument("--runs", type=int, default=3, help="runs of each row; the fastest counts")
    parser.add_argument("--instructions", action="store_true", help="count instructions instead")
    parser.add_argument("--record", action="store_true", help="store the counts as the new figures")
    arguments = parser.parse_args()
    if not PROGRAM.exists():
        sys.exit("build the program first: cargo build --release")
    (instructions if arguments.instructions else table)(arguments)


if __name__ == "__main__":
    main()
