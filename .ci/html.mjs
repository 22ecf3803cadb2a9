// Opens HTML reports in a headless Chromium: filters, sorting, details, deep links, keyboard, no errors, no
// requests, and no violation of accessibility rules in a light and a dark page.
//
//     node .ci/html.mjs MODULES REPORT… [--large REPORT]
//
// MODULES is a folder with playwright-core and axe-core. The large report must open in two seconds.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...rest] = process.argv.slice(2);
const require = createRequire(pathToFileURL(resolve(modules, "package.json")));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const large = rest.includes("--large") ? rest.splice(rest.indexOf("--large"), 2)[1] : null;

let failures = 0;
const check = (holds, what) => {
  if (!holds) failures += 1;
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});

/** A page of a report, with what it logged and asked for. */
const open = async (file, options = {}) => {
  // The content policy also forbids the script of the checker, so that it is injected past it.
  const context = await browser.newContext({ bypassCSP: Boolean(options.axe), viewport: options.viewport || { width: 1280, height: 900 }, colorScheme: options.scheme || "light" });
  const page = await context.newPage();
  const said = [], asked = [];
  page.on("console", message => said.push(message.text()));
  page.on("pageerror", error => said.push(String(error)));
  page.on("dialog", dialog => { said.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", request => asked.push(request.url()));
  const url = pathToFileURL(resolve(file)).href + (options.hash || "");
  const start = Date.now();
  await page.goto(url);
  await page.waitForSelector("html[data-ready=true]", { timeout: 20000 });
  return { page, context, said, asked, took: Date.now() - start };
};

for (const file of rest) {
  const { page, context, said, asked } = await open(file);
  const findings = await page.evaluate(() => JSON.parse(document.getElementById("rows").textContent));
  const total = findings.length;
  const rows = () => page.locator("#findings tbody tr").count();
  check(await rows() === Math.min(total, 100), `${file}: the first page shows ${Math.min(total, 100)} of ${total} findings`);
  if (total > 0) {
    // A filter by severity, and the search.
    const chip = page.locator("#findings fieldset button").first();
    const severity = await chip.textContent();
    await chip.click();
    const expected = findings.filter(finding => finding.severity === severity).length;
    check(await rows() === Math.min(expected, 100), `${file}: ${expected} findings are ${severity}`);
    await chip.click();
    await page.fill("#findings input[type=search]", findings[0].fingerprint);
    check(await rows() === 1, `${file}: the search finds one fingerprint`);
    // Once the whole findings are read, the search also looks at their calls.
    await page.waitForSelector("html[data-read=true]");
    await page.fill("#findings input[type=search]", "no such text anywhere");
    check(await rows() === 0, `${file}: the search finds nothing`);
    await page.fill("#findings input[type=search]", "");
    // Sorting, by keyboard.
    const head = page.locator("#findings th", { hasText: "Matches" });
    await head.locator("button").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    check(await head.getAttribute("aria-sort") === "descending", `${file}: a column is sorted by keyboard`);
    const counts = await page.locator("#findings tbody td.number").allTextContents();
    const most = Math.max(...findings.map(finding => finding.count));
    check(counts[0].replaceAll(",", "") === String(most), `${file}: the most matches come first`);
    // The details, and their deep link.
    await page.locator("#findings tbody button.link").first().click();
    check(await page.locator("dialog[open]").count() === 1, `${file}: a finding opens its details`);
    const hash = new URL(page.url()).hash;
    check(/^#finding=[0-9a-f]{32}$/.test(hash), `${file}: the details have a link`);
    await page.keyboard.press("Escape");
    check(await page.locator("dialog[open]").count() === 0, `${file}: Escape closes the details`);
    const linked = await open(file, { hash });
    check(await linked.page.locator("dialog[open]").count() === 1, `${file}: the link opens the details`);
    await linked.context.close();
    for (const incident of await page.locator("details.incident > summary").all()) await incident.click();
  }
  check(said.length === 0, `${file}: nothing is logged ${said.slice(0, 3).join(" | ")}`);
  check(asked.length === 1, `${file}: nothing is requested ${asked.slice(1, 4).join(" ")}`);
  check(await page.evaluate(() => document.querySelectorAll("script, img, iframe, link, object, embed").length) === 4, `${file}: no element was made from a value`);
  const fits = await open(file, { viewport: { width: 390, height: 800 } });
  check(await fits.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${file}: a phone needs no horizontal scrolling`);
  await fits.context.close();
  await context.close();
  for (const scheme of ["light", "dark"]) {
    const shown = await open(file, { scheme, axe: true });
    if (total > 0) await shown.page.locator("#findings tbody button.link").first().click();
    await shown.page.evaluate(axe);
    const found = [];
    for (const opened of [true, false]) {
      if (!opened) await shown.page.keyboard.press("Escape");
      const { violations } = await shown.page.evaluate(() => window.axe.run(document));
      found.push(...violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`));
    }
    check(found.length === 0, `${file}: accessible, ${scheme} ${found.join(" | ")}`);
    await shown.context.close();
  }
}

if (large) {
  const { page, context, took } = await open(large);
  const total = await page.evaluate(() => JSON.parse(document.getElementById("rows").textContent).length);
  check(took < 2000, `${large}: ${total} findings open in ${took} ms`);
  await context.close();
}
await browser.close();
process.exit(failures ? 1 : 0);
