#!/usr/bin/env python3
"""Holds the program to its promise that memory does not grow with the input.

Makes each input, runs the program over it and prints the peak memory at both sizes beside the
limit; checks that every record that was made is accounted for. Inputs go through a pipe, or into
a temporary folder of which no more than one is there at a time.

    cargo build --release
    python3 benches/streaming/run.py                       every case, about 15 GB of input
    python3 benches/streaming/run.py --scale 0.01          the same, a hundredth of the size
    python3 benches/streaming/run.py array lines-pipe      some of them

Exits with 1 when a case breaks its promise. Linux and macOS.
"""

import argparse
import contextlib
import gzip
import json
import os
import pathlib
import pty
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIB = 1 << 20
# What a run may need, and what it may need more when its input is ten times as large.
PEAK_MIB, GROWTH_MIB = 200, 24
# The least room for matches: it is full at both sizes, so that what grows beside it shows.
MEMORY = "16M"
# A report names every file, so files cost something each.
FILE_KIB = 4
# What `recommend` may need for each credential, and for each of its operations, with each further thread a third more.
CREDENTIAL, OPERATION = 3_500, 1_500
NOW = "2026-04-01T00:00:00Z"

# Records


def record(n):
    """One call as CloudTrail records it, about 1.3 kB; `#########` is to become its number."""
    user, address = n % 40, n % 250
    service, api, read = [
        ("ec2", "DescribeInstances", "true"),
        ("s3", "GetBucketAcl", "true"),
        ("sts", "GetCallerIdentity", "true"),
        ("kms", "Decrypt", "true"),
        ("logs", "CreateLogStream", "false"),
    ][n % 5]
    if n % 100 == 99:
        service, api, read = "iam", "CreateAccessKey", "false"
    return (
        '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLEUSER%05d",'
        '"arn":"arn:aws:iam::111122223333:user/user-%d","accountId":"111122223333",'
        '"accessKeyId":"AKIAEXAMPLE%09d","userName":"user-%d"},"eventTime":"2026-03-02T%02d:%02d:%02dZ",'
        '"eventSource":"%s.amazonaws.com","eventName":"%s","awsRegion":"eu-central-1",'
        '"sourceIPAddress":"198.51.100.%d","userAgent":"Boto3/1.28.3 md/Botocore#1.31.3 os/linux#5.10",'
        '"requestParameters":{"userName":"user-%d","filterSet":{"items":[{"name":"instance-state-name",'
        '"valueSet":{"items":[{"value":"running"},{"value":"pending"}]}}]},"note":"%s"},'
        '"responseElements":null,"requestID":"#########-0000-4000-8000-%012d",'
        '"eventID":"#########-1111-4111-8111-%012d","readOnly":%s,"eventType":"AwsApiCall",'
        '"managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}'
        % (user, user, user, user, n % 24, n % 60, n % 59, service, api, address, user,
           "some words of the caller " * 16, n, n, read)
    ).encode()


BLOCK = 1000
_blocks = {}


def block(number, between):
    """A thousand records with ids of their own."""
    if between not in _blocks:
        _blocks[between] = between.join(record(n) for n in range(BLOCK))
    return _blocks[between].replace(b"#########", b"%09d" % number)


def blocks(size):
    """How many blocks come to this many bytes."""
    return max(1, size // len(block(0, b"\n")))


def array(size, out):
    count = blocks(size)
    out.write(b'{"Records":[')
    for number in range(count):
        out.write((b"," if number else b"") + block(number, b","))
    out.write(b"]}")
    return count * BLOCK


def lines(size, out):
    count = blocks(size)
    for number in range(count):
        out.write(block(number, b"\n") + b"\n")
    return count * BLOCK


def members(count, out):
    """One record in each gzip member."""
    for n in range(count):
        text = record(n).replace(b"#########", b"%09d" % n)
        out.write(gzip.compress(text + b"\n", compresslevel=1, mtime=0))
    return count


def small_files(count, folder):
    """A trail as it lies in a bucket: small compressed files in folders by day."""
    packed = [
        gzip.compress(b'{"Records":[%s]}' % b",".join(
            record(n).replace(b"#########", b"@%08d" % f) for n in range(20)), 1, mtime=0)
        for f in range(50)
    ]
    for n in range(count):
        day = folder / f"{n // 250:04}"
        day.mkdir(exist_ok=True)
        (day / f"111122223333_CloudTrail_{n:06}.json.gz").write_bytes(packed[n % 50])
    return count * 20


# Running


class Ended:
    def __init__(self, code, peak, seconds, report, said):
        self.code, self.peak, self.seconds, self.report, self.said = code, peak, seconds, report, said


def launch(program, arguments, **streams):
    child = subprocess.Popen(
        [program, "scan", "--now", NOW, "--memory", MEMORY, *arguments], env={}, cwd=tempfile.gettempdir(), **streams
    )
    child.floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child.seen = 0
    threading.Thread(target=look, args=[child], daemon=True).start()
    return child


def look(child):
    """Looks at the peak again and again; see `wait`."""
    with contextlib.suppress(OSError, TypeError):
        while child.returncode is None:
            status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
            child.seen = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
            time.sleep(0.005)


def wait(child):
    """Exit code (minus the signal) and peak memory in bytes.

    What the kernel says at the end is exact, but counts this script's own memory at the fork. A
    program that stays below it is known by the last look.
    """
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    exact = usage.ru_maxrss > child.floor or not child.seen
    unit = 1 if sys.platform == "darwin" else 1024
    return child.returncode, (usage.ru_maxrss if exact else child.seen) * unit


def scan(program, work, arguments, feed=None):
    """Runs over a file or folder, or over what `feed` writes; returns how that ended."""
    report = work / "report.json"
    start = time.monotonic()
    child = launch(
        program, [*arguments, "--format", f"json:{report}"],
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    made = None
    if feed:
        made = feed(child.stdin)
        child.stdin.close()
    said = child.stderr.read().decode()
    code, peak = wait(child)
    seconds = time.monotonic() - start
    parsed = json.loads(report.read_text()) if report.exists() else None
    return Ended(code, peak, seconds, parsed, said), made


def check(what, ended, made):
    """Every record that was made is accounted for."""
    problems = []
    if ended.report is None:
        return [f"{what}: no report, exit {ended.code}: {ended.said}"]
    counts = ended.report["accounting"]
    if counts["read"] != made:
        problems.append(f"{what}: {made} records were made, {counts['read']} read")
    if counts["read"] != counts["evaluated"] + counts["skipped"]:
        problems.append(f"{what}: read is not evaluated + skipped: {counts}")
    if counts["skipped"]:
        problems.append(f"{what}: {counts['skipped']} records were skipped")
    if ended.code not in (0, 1):
        problems.append(f"{what}: exit {ended.code}: {ended.said}")
    return problems


# Cases


def as_file(make, name):
    def run(program, work, size, jobs):
        path = work / name
        with open(path, "wb") as out:
            made = make(size, out)
        ended, _ = scan(program, work, [str(path), "--jobs", jobs])
        path.unlink()
        return ended, made
    return run


def as_pipe(make):
    def run(program, work, size, jobs):
        return scan(program, work, ["-", "--jobs", jobs], lambda stdin: make(size, stdin))
    return run


def as_folder(program, work, count, jobs):
    folder = work / "logs"
    folder.mkdir()
    made = small_files(count, folder)
    ended, _ = scan(program, work, [str(folder), "--jobs", jobs])
    shutil.rmtree(folder)
    return ended, made


GB = 1_000_000_000
GROWING = {
    # The size at scale 1, its unit, and how to run it.
    "array": (GB, "bytes", as_file(array, "array.json")),
    "lines-file": (5 * GB, "bytes", as_file(lines, "lines.ndjson")),
    "lines-pipe": (5 * GB, "bytes", as_pipe(lines)),
    "small-files": (20_000, "files", as_folder),
    "gzip-members": (100_000, "members", as_file(members, "members.json.gz")),
}


def growing(name, program, work, scale, jobs):
    full, unit, run = GROWING[name]
    problems, peaks = [], []
    for size in (int(full * scale) // 10, int(full * scale)):
        ended, made = run(program, work, size, jobs)
        peaks.append(ended.peak / MIB)
        problems += check(f"{name} of {size} {unit}, jobs {jobs}", ended, made)
    growth = peaks[1] - peaks[0]
    allowed = GROWTH_MIB + (FILE_KIB * full * scale / 1024 if unit == "files" else 0)
    print(
        f"{name:14} {int(full * scale):>13,} {unit:8} jobs {jobs}  {made:>9,} records  "
        f"{ended.seconds:7.1f} s   peak {peaks[1]:6.1f} MiB (limit {PEAK_MIB})   "
        f"from a tenth {growth:+6.1f} MiB (limit {allowed:.0f})", flush=True,
    )
    if peaks[1] > PEAK_MIB:
        problems.append(f"{name}: {peaks[1]:.0f} MiB are more than {PEAK_MIB}")
    if growth > allowed:
        problems.append(f"{name}: ten times the input needs {growth:.0f} MiB more")
    return problems


def slow(program, work, _scale, jobs):
    """A line every now and then; what came before a pause is counted while it lasts."""
    report = work / "report.json"
    screen, terminal = pty.openpty()
    child = launch(program, ["-", "--jobs", jobs, "--format", f"json:{report}"],
                   stdin=subprocess.PIPE, stderr=terminal, bufsize=0)
    os.close(terminal)
    shown = bytearray()

    def watch():
        with contextlib.suppress(OSError):
            while chunk := os.read(screen, 4096):
                shown.extend(chunk)

    watcher = threading.Thread(target=watch)
    watcher.start()
    sent, seen, problems = 0, [], []
    for pause in range(4):
        for _ in range(10):
            child.stdin.write(record(sent).replace(b"#########", b"%09d" % sent) + b"\n")
            sent += 1
            time.sleep(0.02)
        time.sleep(1.5)
        counts = re.findall(rb"(\d+) records", bytes(shown))
        seen.append(int(counts[-1]) if counts else None)
        if seen[-1] != sent:
            problems.append(f"slow: {sent} records were sent before pause {pause + 1}, {seen[-1]} are counted in it")
    child.stdin.close()
    code, peak = wait(child)
    watcher.join()
    os.close(screen)
    print(f"{'slow':14} {sent:>13} {'lines':8} jobs {jobs}  counted in the pauses: {seen}   peak {peak / MIB:.1f} MiB")
    ended = Ended(code, peak, 0, json.loads(report.read_text()), shown.decode(errors="replace"))
    return problems + check("slow", ended, sent)


def closed(program, work, _scale, jobs):
    """A reader who leaves early: no message, and the verdict of a run that somebody watched."""
    path, problems = work / "lines.ndjson", []
    with open(path, "wb") as out:
        lines(4 * MIB, out)
    for form in ("human", "json", "sarif"):
        for leave in ("head -n 1", "head -c 0"):
            command = f'"$0" scan --now {NOW} --memory {MEMORY} --jobs {jobs} --format {form} "$1" | {leave} >/dev/null; echo "${{PIPESTATUS[0]}}"'
            ran = subprocess.run(["bash", "-c", command, program, path], capture_output=True, text=True)
            code, said = ran.stdout.strip(), ran.stderr
            if code != "1" or re.search("panick|backtrace|rror", said):
                problems.append(f"closed: {form} | {leave}: exit {code}: {said}")
    path.unlink()
    print(f"{'closed':14} {'human, json and sarif to a reader who leaves':>13} jobs {jobs}: {'ok' if not problems else problems}")
    return problems


def flood(piece, size):
    """A line that is read, and then more of one piece than anything may hold."""
    def make(scale, out):
        out.write(block(0, b"\n") + b"\n")
        for _ in range(int(size * scale) // MIB):
            out.write(piece)
    return make


def string(scale, out):
    flood(b"x", 0)(scale, out)
    out.write(b'{"a":"')
    for _ in range(int(GB * scale) // MIB):
        out.write(b"x" * MIB)
    out.write(b'"}\n' + block(1, b"\n"))


def items(scale, out):
    flood(b"x", 0)(scale, out)
    out.write(b'{"a":[0')
    for _ in range(10):
        out.write(b",1" * 1_000_000)
    out.write(b"]}\n" + block(1, b"\n"))


def bomb(scale, out):
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0) as packed:
        with contextlib.suppress(BrokenPipeError):
            flood(b" " * MIB, 3 * GB)(scale, packed)


HOSTILE = {
    # What is fed, the records before and after, and why the one between is skipped.
    "one-string": (string, 2 * BLOCK, "too-long"),
    "ten-million-items": (items, 2 * BLOCK, "too-long"),
    "one-line": (flood(b"x" * MIB, 5 * GB), BLOCK, "too-long"),
    "blanks-packed": (bomb, BLOCK, "io"),
}


def hostile(name, program, work, scale, jobs):
    make, good, reason = HOSTILE[name]
    path = work / "hostile"
    with open(path, "wb") as out:
        make(scale, out)
    ended, _ = scan(program, work, [str(path), "--jobs", jobs])
    path.unlink()
    counts = ended.report["accounting"]
    print(f"{name:18} jobs {jobs}  {counts['evaluated']} evaluated, skipped {counts['skipped_by_reason']}   "
          f"{ended.seconds:.1f} s   peak {ended.peak / MIB:.1f} MiB (limit {PEAK_MIB})", flush=True)
    problems = []
    if (counts["evaluated"], counts["skipped_by_reason"], ended.code) != (good, {reason: 1}, 3):
        problems.append(f"{name}: exit {ended.code}, {counts}")
    if ended.peak > PEAK_MIB * MIB:
        problems.append(f"{name}: {ended.peak / MIB:.0f} MiB are more than {PEAK_MIB}")
    return problems


def credentials(program, work, scale, jobs):
    """`recommend` over ten times the credentials, with the same number of calls."""
    many, calls, operations, peaks = int(20_000 * scale), int(600_000 * scale), 5, []
    path = work / "credentials.ndjson"
    for count in (many // 10, many):
        with open(path, "wb") as out:
            for n in range(calls):
                # Each user calls the five operations of `record` in turn.
                user = n // operations % count
                line = record(n % operations).replace(b"#########", b"%09d" % n)
                line = re.sub(rb"AKIAEXAMPLE\d+", b"AKIAEXAMPLE%09d" % user, line)
                out.write(re.sub(rb'"userName":"user-\d+"', b'"userName":"user-%d"' % user, line, 1) + b"\n")
        child = subprocess.Popen([program, "recommend", "--jobs", jobs, path], stdout=subprocess.DEVNULL,
                                 env={}, cwd=tempfile.gettempdir())
        child.floor, child.seen = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
        threading.Thread(target=look, args=[child], daemon=True).start()
        code, peak = wait(child)
        peaks.append(peak)
        if code:
            return [f"credentials: exit {code}"]
    path.unlink()
    each = (peaks[1] - peaks[0]) / (many - many // 10)
    allowed = (CREDENTIAL + OPERATION * operations) * (1 + (int(jobs) - 1) / 3)
    print(f"{'credentials':14} {many:>13,} {'keys':8} jobs {jobs}  {calls:>9,} records   peak {peaks[1] / MIB:6.1f} MiB   "
          f"{each:,.0f} bytes each (limit {allowed:,.0f})", flush=True)
    return [f"credentials: {each:,.0f} bytes are more than {allowed:,.0f}"] if each > allowed else []


CASES = [*GROWING, *HOSTILE, "slow", "closed", "credentials"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of: {', '.join(CASES)} [default: all]")
    parser.add_argument("--scale", type=float, default=1.0, help="the sizes, times this")
    parser.add_argument("--jobs", default="1,2", help="numbers of threads [default: 1,2]")
    parser.add_argument("--program", default=ROOT / "target/release/keytrail", type=pathlib.Path)
    options = parser.parse_args()
    for case in options.cases:
        if case not in CASES:
            parser.error(f"there is no case {case}; there are {', '.join(CASES)}")
    program = options.program.resolve()
    if not program.exists():
        parser.error(f"{program} is absent: cargo build --release")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    problems = []
    with tempfile.TemporaryDirectory(prefix="keytrail-streaming-") as work:
        for case in options.cases or CASES:
            for jobs in options.jobs.split(","):
                other = {"slow": slow, "closed": closed, "credentials": credentials}.get(case)
                by_name = hostile if case in HOSTILE else growing
                run = other or (lambda *args, by_name=by_name, case=case: by_name(case, *args))
                problems += run(program, pathlib.Path(work), options.scale, jobs)
    for problem in problems:
        print(f"BROKEN  {problem}")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
