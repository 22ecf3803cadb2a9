// A headless Chromium for checks of pages, and what every page must do: ask for nothing, log nothing, fit a phone, and
// violate no rule of accessibility in light and dark.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Starts the browser; `modules` is a folder with playwright-core and axe-core. */
export const start = async modules => {
  const require = createRequire(pathToFileURL(resolve(modules, "package.json")));
  const { chromium } = require("playwright-core");
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
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

  /** The checks of every page. `said` and `asked` are what it logged and asked for until now. */
  const always = async (file, { page, said, asked }, elements, show = async () => {}) => {
    check(said.length === 0, `${file}: nothing is logged ${said.slice(0, 3).join(" | ")}`);
    check(asked.length === 1, `${file}: nothing is requested ${asked.slice(1, 4).join(" ")}`);
    const made = await page.evaluate(() => document.querySelectorAll("script, img, iframe, link, object, embed").length);
    check(made === elements, `${file}: no element was made from a value`);
    const fits = await open(file, { viewport: { width: 390, height: 800 } });
    check(await fits.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${file}: a phone needs no horizontal scrolling`);
    await fits.context.close();
    for (const scheme of ["light", "dark"]) {
      const shown = await open(file, { scheme, axe: true });
      await shown.page.evaluate(axe);
      const found = [];
      const look = async () => {
        const { violations } = await shown.page.evaluate(() => window.axe.run(document));
        found.push(...violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`));
      };
      await look();
      if (await show(shown.page)) await look();
      check(found.length === 0, `${file}: accessible, ${scheme} ${found.join(" | ")}`);
      await shown.context.close();
    }
  };
  const finish = async () => {
    await browser.close();
    process.exit(failures ? 1 : 0);
  };
  return { check, open, always, finish };
};
