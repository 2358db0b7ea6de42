import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lexer, walkTokens } from "marked";
import { ROOT } from "./project.mts";

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a document, in its order, also those in lists. */
export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  walkTokens(lexer(readFileSync(join(ROOT, document), "utf8")), (token) => {
    if (token.type === "code") blocks.push({ language: token.lang ?? "", text: token.text });
  });
  return blocks;
}

/** Whether a block holds what a reader types: commands, or commands with what they print. */
export function isTyped({ language, text }: Block): boolean {
  return language === "sh" || (language === "" && /^\$ /m.test(text));
}

/** The commands of a block, each with the lines that the document shows of its output, where it shows any. */
export function commandsOf({ language, text }: Block): { command: string; shown?: string }[] {
  if (language === "sh") return [{ command: text }];
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...shown] = part.split("\n");
      return { command, shown: shown.join("\n") };
    });
}

/**
 * What differs from run to run or with the width of a table: ids, times, durations, spaces and empty lines. And that it was
 * bought at a sandbox, since pages show what Vercel's own endpoint would come to.
 */
const VARYING: [RegExp, string][] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of
  [/\u001b\[[\d;]*m/g, ""],
  [/\b(pur|order|orbsubint)_[\w-]+/g, "$1_ID"],
  [/\blocal1::\w+/g, "local1::ID"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"],
  [/\b\d{4}-\d\d-\d\d\b/g, "DATE"],
  [/\b\d+(\.\d+)? ?m?s\b/g, "DURATION"],
  [/( \(At the sandbox \S+, where no money moves\.\)|, sandbox\b)/g, ""],
  [/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:PORT"],
  [/📅 \w+ \d{4} \(UTC\)( at the sandbox)?/gu, "📅 MONTH"],
  [/Read from the sandbox .*/g, ""],
  [/\S*\/vercel-credits-reader-\w+/g, ""],
  [/[ \t]+/g, " "],
];

function linesOf(text: string): string[] {
  const plain = VARYING.reduce((so, [varying, word]) => so.replaceAll(varying, word), text);
  return plain
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/**
 * Holds what was printed against what a document shows of it, where a line `...` stands for any number of lines that are
 * left out. Returns both as they were compared if they differ.
 */
export function differenceOf(
  printed: string,
  shown: string,
): { printed: string[]; shown: string[] } | undefined {
  const all = { printed: linesOf(printed), shown: linesOf(shown) };
  return matches(all.printed, all.shown) ? undefined : all;
}

function matches(printed: string[], shown: string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return printed.length === 0;
  if (first !== "...") return printed[0] === first && matches(printed.slice(1), rest);
  return printed.some((_, from) => matches(printed.slice(from), rest)) || matches([], rest);
}
