// Makes the editor one file, and a text beside it that says where it comes from and under which
// licences: node build.mjs FOLDER.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const folder = process.argv[2];
const made = await build({
  entryPoints: ["main.js"], bundle: true, minify: true, format: "iife", target: "es2022",
  legalComments: "none", metafile: true, outfile: `${folder}/editor.js`,
});
const names = new Set();
for (const path of Object.keys(made.metafile.inputs)) {
  const found = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
  if (found) names.add(found[1]);
}
const pieces = [
  "editor.js is built from the folder editor/ of dispaccio's repository by `make editor`.",
  "It contains dispaccio's own code (Apache-2.0) and these packages from npm:",
];
for (const name of [...names].sort()) {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const licence = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
  pieces.push(`${name} ${about.version} (${about.license})\n\n${licence}`);
}
writeFileSync(`${folder}/editor.txt`, pieces.join("\n\n") + "\n");
