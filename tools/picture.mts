import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { marked } from "marked";
import { findBrowser } from "./browser.mts";

/**
 * `node tools/picture.mts`: makes review.png, the picture in the README, from a comment that the review made of a real
 * preview. It needs a Chromium or Chrome on this machine, or in CHROME.
 */
const COMMENT = "tests/review/previews/buy-and-adopt-not-at-the-sandbox.md";
const PICTURE = "review.png";

const browser = findBrowser();
if (!browser) {
  console.error("No browser: install Chromium, or set CHROME to one.");
  process.exit(1);
}
const style = readFileSync(
  createRequire(import.meta.url).resolve("github-markdown-css/github-markdown-light.css"),
);
const folder = mkdtempSync(join(tmpdir(), "vercel-credits-picture-"));
try {
  const page = join(folder, "comment.html");
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><style>${style} body { margin: 20px }</style>
     <article class="markdown-body">${marked.parse(readFileSync(COMMENT, "utf8"))}</article>`,
  );
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--window-size=1040,480",
  ];
  execFileSync(browser, [...flags, `--user-data-dir=${folder}`, `--screenshot=${resolve(PICTURE)}`, page], {
    stdio: ["ignore", "ignore", "ignore"],
    timeout: 60_000,
  });
  console.log(`${PICTURE}, of ${COMMENT}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
