// Opens HTML reports in a headless Chromium: filters, sorting, details, deep links, keyboard, no errors, no
// requests, and no violation of accessibility rules in a light and a dark page.
//
//     node .ci/html.mjs MODULES REPORT… [--large REPORT]
//
// MODULES is a folder with playwright-core and axe-core. The large report must open in two seconds.

import { start } from "./browser.mjs";

const [modules, ...rest] = process.argv.slice(2);
const large = rest.includes("--large") ? rest.splice(rest.indexOf("--large"), 2)[1] : null;

const { check, open, always, finish } = await start(modules);

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
  await always(file, { page, said, asked }, 4, async shown => {
    if (total === 0) return false;
    await shown.locator("#findings tbody button.link").first().click();
    return true;
  });
  await context.close();
}

if (large) {
  // The best of three: other work on the machine only adds to the time.
  const times = [];
  let total = 0;
  for (let run = 0; run < 3; run += 1) {
    const { page, context, took } = await open(large);
    times.push(took);
    total = await page.evaluate(() => JSON.parse(document.getElementById("rows").textContent).length);
    await context.close();
  }
  check(Math.min(...times) < 2000, `${large}: ${total} findings open in ${Math.min(...times)} ms`);
}
await finish();
