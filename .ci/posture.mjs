// Opens pages of `keytrail posture` in a headless Chromium: filters, sorting, charts, the trend, no errors, no
// requests, and no violation of accessibility rules in a light and a dark page.
//
//     node .ci/posture.mjs MODULES PAGE…
//
// MODULES is a folder with playwright-core and axe-core.

import { start } from "./browser.mjs";

const [modules, ...files] = process.argv.slice(2);
const { check, open, always, finish } = await start(modules);

for (const file of files) {
  const opened = await open(file);
  const { page, context } = opened;
  const posture = await page.evaluate(() => JSON.parse(document.getElementById("posture").textContent));
  const { remedies, accounts, trends } = posture;
  const rows = () => page.locator("#steps tbody tr").count();
  check(await rows() === Math.min(remedies.length, 100), `${file}: the first page shows ${Math.min(remedies.length, 100)} of ${remedies.length} steps`);
  if (remedies.length > 0) {
    const chip = page.locator("#steps fieldset button").first();
    const severity = await chip.textContent();
    await chip.click();
    const expected = remedies.filter(one => one.severity === severity).length;
    check(await rows() === Math.min(expected, 100), `${file}: ${expected} steps are ${severity}`);
    await chip.click();
    const { user } = remedies[remedies.length - 1];
    await page.fill("#steps input[type=search]", user);
    const named = await page.locator("#steps tbody tr").allTextContents();
    check(named.length > 0 && named.every(text => text.toLowerCase().includes(user.toLowerCase())), `${file}: the search finds the steps of a user`);
    await page.fill("#steps input[type=search]", "no such text anywhere");
    check(await rows() === 0, `${file}: the search finds nothing`);
    await page.fill("#steps input[type=search]", "");
    const head = page.locator("#steps th", { hasText: "What to do" });
    await head.locator("button").focus();
    await page.keyboard.press("Enter");
    check(await head.getAttribute("aria-sort") === "ascending", `${file}: a column is sorted by keyboard`);
    const first = await page.locator("#steps tbody tr").first().locator("td").nth(1).textContent();
    const least = remedies.map(one => one.step).sort()[0];
    check(first.startsWith(least), `${file}: the sorted column begins with ${least}`);
  }
  const charted = accounts.filter(one => one.mfa.with_password > 0).length;
  const bars = page.locator("#charts figure", { hasText: "MFA of console users, by account" }).locator(".track");
  check(await bars.count() === Math.min(charted, 40), `${file}: the MFA of ${charted} accounts is charted`);
  check(await page.locator("#accounts tbody tr").count() === accounts.length, `${file}: every account has a row`);
  check(await page.locator("#trend h3").count() === trends.length, `${file}: ${trends.length} formats have a trend`);
  if (trends.length > 0) {
    check(await page.locator("#trend tbody tr").count() === trends.reduce((sum, one) => sum + one.total.length, 0), `${file}: each report of the trend has a row`);
    check(await page.locator("#trend polyline").count() > 0, `${file}: the trend is drawn`);
  }
  await always(file, opened, 2);
  await context.close();
}
await finish();
