// Renders the screenshots of README.md: the report for a terminal, and the pages for a browser.
//
//     node .ci/screenshots.mjs MODULES PROGRAM docs/images
//
// MODULES is a folder with playwright-core. The images have fewer colours if pngquant is installed. The colours of the
// terminal are those of its standard palette.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, program, folder] = process.argv.slice(2).map(path => resolve(path));
const require = createRequire(pathToFileURL(join(modules, "package.json")));
const { chromium } = require("playwright-core");
const NOW = "2026-10-09T00:00:00Z";
const LINES = 44;

const keytrail = (...args) => execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26, env: { ...process.env, COLUMNS: "100" } });
const escaped = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const COLOURS = { 31: "#ff7b72", 32: "#7ee787", 33: "#f2cc60", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea", 37: "#ffffff", 90: "#8b949e" };

/** Text with escape sequences as HTML. */
const rendered = text => {
  const plain = { bold: false, dim: false, colour: null, back: null };
  let style = plain, html = "";
  for (const part of text.split(/(\x1b\[[0-9;]*m)/)) {
    const sequence = part.match(/^\x1b\[([0-9;]*)m$/);
    if (!sequence) {
      const css = [style.bold && "font-weight:700", style.dim && "opacity:.7", style.colour && `color:${style.colour}`, style.back && `background:${style.back}`].filter(Boolean).join(";");
      html += css ? `<span style="${css}">${escaped(part)}</span>` : escaped(part);
      continue;
    }
    for (const code of (sequence[1] || "0").split(";").map(Number)) {
      if (code === 0) style = plain;
      else if (code === 1) style = { ...style, bold: true };
      else if (code === 2) style = { ...style, dim: true };
      else if (code === 41) style = { ...style, back: "#da3633" };
      else if (COLOURS[code] || COLOURS[code - 60]) style = { ...style, colour: COLOURS[code] || COLOURS[code - 60] };
    }
  }
  return html;
};

const work = mkdtempSync(join(tmpdir(), "keytrail-"));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const shot = async (file, name, size, steps = async () => {}) => {
  const page = await browser.newPage({ viewport: size });
  await page.goto(pathToFileURL(file).href);
  await steps(page);
  const path = join(folder, name);
  await page.screenshot({ path });
  try { execFileSync("pngquant", ["--force", "--strip", "--ext", ".png", "--quality", "60-90", path]); } catch (error) { if (error.code !== "ENOENT") throw error; }
  await page.close();
};

const shown = keytrail("scan", "examples/cloudtrail", "--exit-zero", "--color", "always", "--now", NOW).split("\n");
const from = shown.findIndex(line => line.includes("summary"));
const terminal = join(work, "terminal.html");
writeFileSync(terminal, `<!doctype html><meta charset="utf-8"><style>body{margin:0;background:#0d1117;color:#e6edf3;padding:14px 18px;
font:13px/1.42 "DejaVu Sans Mono",monospace;white-space:pre}</style><span style="color:#7ee787">$</span> keytrail scan examples/cloudtrail\n\n${
  rendered(shown.slice(Math.max(from, 0), from + LINES).join("\n"))}`);
await shot(terminal, "terminal.png", { width: 860, height: 880 });

const report = join(work, "report.html");
keytrail("scan", "examples/cloudtrail", "--exit-zero", "--quiet", "--now", NOW, "--format", `html:${report}`);
await shot(report, "report.png", { width: 1200, height: 860 }, page => page.waitForSelector("html[data-ready=true]"));

const posture = join(work, "posture.html");
keytrail("posture", "tests/data/posture/reports", "--table", "accounts=tests/data/posture/accounts.yaml", "--format", "html", "--output", posture);
await shot(posture, "posture.png", { width: 1200, height: 560 }, async page => {
  await page.waitForSelector("html[data-ready=true]");
  await page.locator("#charts").evaluate(node => node.scrollIntoView());
});
await browser.close();
rmSync(work, { recursive: true });
