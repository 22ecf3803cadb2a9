// Writes the packages for npm: `keytrail`, and one with the program for each platform.
//
//     node packages/npm/build.mjs FOLDER EXTRAS PLATFORM-ARCH=PROGRAM…
//
// EXTRAS is what `packages/extras` wrote. A platform and architecture are named as Node names them, for example
// linux-x64. `npm pack` and `npm publish` take the folders.

import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
const field = name => manifest.match(new RegExp(`^${name} = "(.*)"$`, "m"))[1];
const common = { version: field("version"), description: field("description"), license: field("license") };
const [folder, extras, ...programs] = process.argv.slice(2);

const begin = name => {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, "bin"), { recursive: true });
  for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, file), join(path, file));
  copyFileSync(join(here, "README.md"), join(path, "README.md"));
  return path;
};
const finish = (path, fields) => writeFileSync(join(path, "package.json"), `${JSON.stringify(fields, null, 2)}\n`);

const platforms = programs.map(program => {
  const [, platform, arch, file] = program.match(/^([a-z0-9]+)-([a-z0-9]+)=(.+)$/);
  const name = `keytrail-${platform}-${arch}`;
  const path = begin(name);
  const target = join(path, "bin", platform === "win32" ? "keytrail.exe" : "keytrail");
  copyFileSync(file, target);
  // npm may not run scripts that would make it executable later.
  chmodSync(target, 0o755);
  finish(path, { name, ...common, os: [platform], cpu: [arch], files: ["bin", "LICENSE-*"] });
  return name;
});

const path = begin("keytrail");
copyFileSync(join(here, "keytrail.js"), join(path, "bin", "keytrail.js"));
chmodSync(join(path, "bin", "keytrail.js"), 0o755);
cpSync(join(extras, "man"), join(path, "man"), { recursive: true });
finish(path, {
  name: "keytrail",
  ...common,
  keywords: ["security", "cloudtrail", "sarif", "detection", "policy"],
  bin: { keytrail: "bin/keytrail.js" },
  man: readdirSync(join(path, "man")).sort().map(page => `man/${page}`),
  files: ["bin", "man", "LICENSE-*"],
  engines: { node: ">=18" },
  optionalDependencies: Object.fromEntries(platforms.map(name => [name, common.version])),
});
