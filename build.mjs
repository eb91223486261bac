/**
 * Builds static/dist: hashed scripts, styles and fonts, and manifest.json.
 *
 * Entries by place, nothing to register:
 *   static/src/pages/<name>.ts    -> "<name>.js", an ES module; shared code is split into chunks
 *   static/src/workers/<name>.ts  -> "<name>.worker.js", one self-contained classic script
 *   static/css/<name>.css         -> "<name>.css"; parts/ are only imported
 * The manifest maps each logical name to its path below static/, and "build" to a hash of every byte.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
const fresh = path.join(root, "static", `.dist-${process.pid}`);
const dist = path.join(root, "static", "dist");

const shared = {
  absWorkingDir: root,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: fresh,
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
};

async function entriesIn(folder, extension) {
  const full = path.join(root, folder);
  if (!existsSync(full)) return [];
  const names = (await readdir(full)).filter((name) => name.endsWith(extension)).sort();
  return names.map((name) => path.join(folder, name));
}

async function buildAll() {
  const pages = await entriesIn("static/src/pages", ".ts");
  const workers = await entriesIn("static/src/workers", ".ts");
  const styles = await entriesIn("static/css", ".css");
  return Promise.all([
    build({
      ...shared, entryPoints: pages, entryNames: "[name]-[hash]", chunkNames: "chunk-[hash]", format: "esm", splitting: true,
    }),
    build({ ...shared, entryPoints: workers, entryNames: "[name].worker-[hash]", format: "iife" }),
    build({
      ...shared, entryPoints: styles, entryNames: "[name]-[hash]", assetNames: "fonts/[name]-[hash]", loader: { ".woff2": "file" },
    }),
  ]);
}

function logicalName(entryPoint) {
  const name = path.basename(entryPoint);
  if (entryPoint.includes("/workers/")) return name.replace(/\.ts$/, ".worker.js");
  return name.replace(/\.ts$/, ".js");
}

async function writeManifest(results) {
  const outputs = results.flatMap((result) => Object.entries(result.metafile.outputs));
  const whole = createHash("sha256");
  for (const [file] of [...outputs].sort(([a], [b]) => (path.basename(a) < path.basename(b) ? -1 : 1))) {
    whole.update(path.basename(file)).update(await readFile(path.join(root, file)));
  }
  const named = outputs
    .filter(([, output]) => output.entryPoint)
    .map(([file, output]) => [logicalName(output.entryPoint), `dist/${path.relative(fresh, path.join(root, file))}`])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const manifest = { build: whole.digest("hex").slice(0, 12), ...Object.fromEntries(named) };
  await writeFile(path.join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

await mkdir(fresh, { recursive: true });
try {
  const manifest = await writeManifest(await buildAll());
  await rm(dist, { recursive: true, force: true });
  await rename(fresh, dist);
  console.log(`static/dist: ${Object.keys(manifest).length - 1} files, build ${manifest.build}`);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
