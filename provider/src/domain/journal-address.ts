import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { printable } from "./messages";
import { Refusal } from "./refusal";

/** Where a journal is: a folder, a place in a bucket, or a table. Written as Pulumi's own backends write it. */
export type JournalAddress = { readonly shown: string } & (
  | { readonly kind: "file"; readonly folder: string }
  | S3Address
  | { readonly kind: "gs"; readonly bucket: string; readonly prefix: string }
  | AzureAddress
  | { readonly kind: "postgres"; readonly url: string; readonly table: string }
);
export type AddressOf<K extends JournalAddress["kind"]> = Extract<JournalAddress, { kind: K }>;

interface S3Address {
  readonly kind: "s3";
  readonly bucket: string;
  /** Without a slash at either end; empty for the bucket itself. */
  readonly prefix: string;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** With its scheme. Undefined for AWS itself. */
  readonly endpoint?: string | undefined;
  readonly pathStyle: boolean;
}

interface AzureAddress {
  readonly kind: "azblob";
  readonly container: string;
  readonly prefix: string;
  readonly account?: string | undefined;
}

/** The part of an address that a backend's own URL has none of: the journal is beside Pulumi's `.pulumi`. */
const BESIDE_STATE = "vercel-credits-journal";
const TABLE = "vercel_credits_journal";

/** The spellings that Pulumi knows, and what we call the parameter. */
const S3_PARAMETERS = {
  region: "region",
  profile: "profile",
  endpoint: "endpoint",
  disableSSL: "disableSSL",
  disable_https: "disableSSL",
  s3ForcePathStyle: "pathStyle",
  use_path_style: "pathStyle",
  awssdk: "awssdk", // which of AWS's libraries for Go Pulumi uses: nothing to us
} as const;
const AZURE_PARAMETERS = { storage_account: "account" } as const;
const POSTGRES_PARAMETERS = [
  ...["table", "host", "port", "user", "dbname", "sslmode", "sslcert", "sslkey", "sslrootcert"],
  ...["application_name", "connect_timeout", "options"],
];

const FORMS =
  "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, azblob://CONTAINER/PREFIX, postgres://USER@HOST/DATABASE, file:///FOLDER";

/**
 * The address that a setting names: one of the forms above, or a folder as an absolute path.
 *
 * @param setting What it is called, for messages.
 * @throws Refusal that names what is wrong with it.
 */
export function parseJournalAddress(text: string, setting: string): JournalAddress {
  const scheme = /^([a-z][\w+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const folder = text.startsWith("~/") ? join(homedir(), text.slice(2)) : text;
    if (!isAbsolute(folder)) {
      throw new Refusal(
        `${setting} is ${maybeSecret(text)}, but must be a folder as an absolute path, so that it is the same one from ` +
          `wherever Pulumi runs, an address (${FORMS}), backend, or off.`,
      );
    }
    return { kind: "file", folder, shown: folder };
  }
  const url = URL.parse(text);
  const shown = withoutSecrets(text);
  const refuse = (why: string) => new Refusal(`${setting} (${printable(shown)}) ${why}`);
  if (url === null || isSplitByPassword(url)) {
    throw refuse("is not an address: in its parts, #, ?, / and @ are written as %23, %3F, %2F and %40.");
  }
  switch (scheme) {
    case "file":
      return fileAddress(url, text, refuse);
    case "s3":
      return s3Address(url, shown, refuse);
    case "gs":
      parametersOf(url, {}, refuse);
      return { kind: "gs", bucket: hostOf(url, "bucket", refuse), prefix: prefixOf(url, refuse), shown };
    case "azblob": {
      const { account } = parametersOf(url, AZURE_PARAMETERS, refuse);
      const container = hostOf(url, "container", refuse);
      return { kind: "azblob", container, prefix: prefixOf(url, refuse), account, shown };
    }
    case "postgres":
    case "postgresql":
      return postgresAddress(url, shown, refuse);
    default:
      throw refuse(`is none of the journal's places: ${FORMS}, or a folder as an absolute path.`);
  }
}

/**
 * The journal beside the state of a backend.
 *
 * @param text The backend's URL, as `PULUMI_BACKEND_URL` and `backend.url` have it.
 * @param from The folder that a relative one starts from.
 */
export function besideBackend(text: string, from: string, setting: string): JournalAddress {
  const scheme = /^([a-z][\w+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? "";
  if (scheme === "file") {
    const [written = ""] = text.slice("file://".length).split("?"); // Pulumi has parameters for it
    const path = written.replace(/^~(?=\/|$)/, homedir());
    return parseJournalAddress(join(isAbsolute(path) ? path : join(from, path), BESIDE_STATE), setting);
  }
  if (!["s3", "gs", "azblob", "postgres", "postgresql"].includes(scheme)) {
    throw new Refusal(
      `${setting} is backend, and this stack's backend, ${printable(withoutSecrets(text))}, is none of the journal's places.`,
      `Set it to one of them: ${FORMS}.`,
    );
  }
  const url = URL.parse(text);
  if (url === null) return parseJournalAddress(text, setting); // which says what is wrong with it
  if (scheme.startsWith("postgres")) url.searchParams.delete("table");
  else url.pathname = `${url.pathname.replace(/\/$/, "")}/${BESIDE_STATE}`;
  return parseJournalAddress(url.href, setting);
}

type Refuse = (why: string) => Refusal;

function fileAddress(url: URL, text: string, refuse: Refuse): JournalAddress {
  parametersOf(url, {}, refuse);
  if (url.host !== "" || !isAbsolute(url.pathname)) {
    throw refuse("must name a folder as an absolute path: file:///FOLDER, with three slashes.");
  }
  const folder = fileURLToPath(new URL(text.replace(/\/+$/, "")));
  return { kind: "file", folder, shown: folder };
}

function s3Address(url: URL, shown: string, refuse: Refuse): JournalAddress {
  const given = parametersOf(url, S3_PARAMETERS, refuse);
  const scheme = flag("disableSSL", given.disableSSL, refuse) ? "http" : "https";
  const endpoint =
    given.endpoint === undefined || /^https?:\/\//.test(given.endpoint)
      ? given.endpoint
      : `${scheme}://${given.endpoint}`;
  if (endpoint !== undefined && !isPlainAddress(endpoint)) {
    throw refuse("has an endpoint that is no address, or holds a user or password.");
  }
  return {
    kind: "s3",
    bucket: hostOf(url, "bucket", refuse),
    prefix: prefixOf(url, refuse),
    region: given.region,
    profile: given.profile,
    endpoint,
    pathStyle: flag("s3ForcePathStyle", given.pathStyle, refuse),
    shown,
  };
}

function isPlainAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username === "" && url.password === "";
}

function postgresAddress(url: URL, shown: string, refuse: Refuse): JournalAddress {
  for (const name of url.searchParams.keys()) {
    if (!POSTGRES_PARAMETERS.includes(name)) throw unknownParameter(name, POSTGRES_PARAMETERS, refuse);
  }
  const table = url.searchParams.get("table") ?? TABLE;
  if (!/^[a-z_]\w*(\.[a-z_]\w*)?$/i.test(table)) {
    throw refuse("has a table whose name is none: letters, digits and _, or SCHEMA.TABLE.");
  }
  if (url.pathname.length <= 1 && !url.searchParams.has("dbname")) throw refuse("names no database.");
  const own = new URL(url);
  own.searchParams.delete("table");
  return { kind: "postgres", url: own.href, table, shown };
}

function parametersOf<N extends string>(
  url: URL,
  known: Readonly<Record<string, N>>,
  refuse: Refuse,
): { readonly [K in N]?: string } {
  const found: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (!Object.hasOwn(known, name)) throw unknownParameter(name, Object.keys(known), refuse);
    found[known[name] as string] = value;
  }
  return found as { [K in N]?: string };
}

function unknownParameter(name: string, known: readonly string[], refuse: Refuse): Refusal {
  const which = known.length === 0 ? "it takes none" : `it takes ${known.join(", ")}`;
  return refuse(`has the unknown parameter ${printable(name, 100)}: ${which}.`);
}

function flag(name: string, value: string | undefined, refuse: Refuse): boolean {
  if (value === undefined || value === "false") return false;
  if (value === "true" || value === "") return true;
  throw refuse(`has ${name}=${printable(value, 100)}, but that must be true or false.`);
}

function hostOf(url: URL, what: string, refuse: Refuse): string {
  if (url.host === "" || url.username !== "") throw refuse(`names no ${what}.`);
  return url.host;
}

function prefixOf(url: URL, refuse: Refuse): string {
  const prefix = decoded(url.pathname)?.replaceAll(/^\/+|\/+$/g, "");
  if (prefix === undefined)
    throw refuse("has a % that isn't the beginning of a character's number: it is written as %25.");
  // Pulumi removes what it doesn't know there.
  if (prefix.split("/").includes(".pulumi")) throw refuse("is in the folder .pulumi, which is Pulumi's own.");
  return prefix;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What is no address may be one all the same, in quotes or without its scheme, and hold a password. */
export function maybeSecret(text: string): string {
  return /[@:]/.test(text)
    ? "a text that is not shown, since it may hold a password"
    : `"${printable(text)}"`;
}

const SHOWN_PARAMETERS = ["table", "region", "profile", "endpoint", "storage_account"];

/** No password, key or signature is ever shown. */
function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  if (url === null || isSplitByPassword(url)) return `${text.slice(0, text.indexOf("://"))}://...`;
  const place = `${url.protocol}//${url.username === "" ? "" : `${url.username}@`}${url.host}${url.pathname}`;
  const kept = [...url.searchParams].filter(
    ([name, value]) => SHOWN_PARAMETERS.includes(name) && (name !== "endpoint" || !value.includes("@")),
  );
  return kept.length === 0 ? place : `${place}?${kept.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/**
 * Whether it may be cut in the midst of a password that holds #, ? or /, so that the rest of it is where an address has its path,
 * its parameters, or nothing.
 */
function isSplitByPassword(url: URL): boolean {
  const names = [...url.searchParams.keys()];
  const isOfDatabase = url.protocol.startsWith("postgres");
  return (
    url.hash !== "" ||
    names.some((name) => !/^[\w-]+$/.test(name)) ||
    (isOfDatabase && `${url.pathname}${url.search}`.includes("@"))
  );
}
