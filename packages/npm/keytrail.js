#!/usr/bin/env node
// Starts the program, which a package for this platform carries. Nothing runs when packages are installed.
"use strict";
const { spawn } = require("node:child_process");

const name = `keytrail-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/keytrail${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  console.error(`error: the package ${name} is not installed`);
  console.error("  = help: install keytrail with its optional dependencies, or build it with cargo");
  process.exit(2);
}
const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// A terminal sends an interrupt to both processes; the program decides how to end.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", error => {
  console.error(`error: ${program} cannot be started: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
