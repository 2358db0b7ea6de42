import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import {
  besideBackend,
  type JournalAddress,
  maybeSecret,
  parseJournalAddress,
} from "./domain/journal-address";
import { printable } from "./domain/messages";
import { dollars } from "./domain/money";
import { CREDIT_TYPES, type CreditType } from "./domain/order-arguments";
import { projectFile } from "./domain/project-file";
import { Refusal } from "./domain/refusal";
import { isLoopback, sandboxOf } from "./domain/sandbox";
import type { SettingKey } from "./domain/setting-keys";

export interface Endpoint {
  readonly apiUrl: URL;
  readonly token: string;
  readonly timeoutSeconds: number;
}

/** Where one balance is read. */
export interface BalanceSource {
  readonly creditType: BalanceType;
  readonly url: URL;
  readonly key: string;
}

/** The credit types whose balance can be read. */
export type BalanceType = Exclude<CreditType, "agent">;

/** Sources: the AI Gateway's page on usage and billing, and the v0 API's "Get Billing". */
export const BALANCES: Record<BalanceType, { readonly key: string; readonly url: string }> = {
  gateway: { key: "AI_GATEWAY_API_KEY", url: "https://ai-gateway.vercel.sh/v1/credits" },
  v0: { key: "V0_API_KEY", url: "https://api.v0.dev/v1/user/billing" },
};

const JOURNAL = "vercelCredits:journal (or VERCEL_CREDITS_JOURNAL)";
const HEADER_SAFE = /^[\x21-\x7e]+$/;
const DOLLARS = z.coerce.number().nonnegative();
const SECONDS = z.coerce.number().positive().max(3600);

/** Looks up a key such as `vercel:apiToken` in the stack's configuration. */
export type Lookup = (key: SettingKey) => string | undefined;

/**
 * Stack configuration and environment, read anew at each use.
 *
 * The token is read in the provider process only. It is never an input or an output, so it can't reach a
 * preview, the state or the serialized provider.
 */
export class Settings {
  constructor(
    private readonly config: Lookup,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** Where the one request goes, and with which token. Throws where nothing may be bought. */
  endpoint(): Endpoint {
    this.refuseUnusable();
    return { apiUrl: this.apiUrl, token: this.token, timeoutSeconds: this.timeoutSeconds };
  }

  /** `vercel:apiToken`, else `VERCEL_API_TOKEN`, else `VERCEL_TOKEN`. */
  get token(): string {
    const token = (
      this.config("vercel:apiToken") ||
      this.env.VERCEL_API_TOKEN ||
      this.env.VERCEL_TOKEN ||
      ""
    ).trim();
    if (token === "") {
      throw new Refusal(
        `No Vercel token is configured.`,
        "Set VERCEL_API_TOKEN (in CI, a secret of the environment of the job that buys), and run `pulumi up` again.",
      );
    }
    // Anything else can't be sent in a header, and the error about it would quote the token.
    if (!HEADER_SAFE.test(token)) {
      throw new Refusal(
        `The Vercel token (vercel:apiToken, VERCEL_API_TOKEN or VERCEL_TOKEN) holds a space or a character ` +
          `that no token has.`,
        `Set it again.`,
      );
    }
    return token;
  }

  /** `vercel:apiUrl`, else `VERCEL_API_URL`, else Vercel itself. The token is sent there, so it must be private. */
  get apiUrl(): URL {
    const text = this.config("vercel:apiUrl") || this.env.VERCEL_API_URL || "https://api.vercel.com";
    const url = URL.parse(text);
    const allowed = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
    // An empty query or fragment, and an empty part of a path, would be another address for the same endpoint.
    const isPlain = url && !/[?#]/.test(url.href) && !url.pathname.includes("//");
    if (!url || !allowed || url.username || url.password || !isPlain) {
      throw new Refusal(
        `vercel:apiUrl (or VERCEL_API_URL) is ${printable(withoutCredentials(url, text))}, but must be an https ` +
          "address, or an http one of this machine (127.0.0.1, localhost), without user, password, query or " +
          `fragment.`,
        `Remove it to use https://api.vercel.com.`,
      );
    }
    return url;
  }

  /** The address, where it is one of this machine. */
  get sandbox(): string | undefined {
    return sandboxOf(this.apiUrl.href);
  }

  /** The most one purchase may be, in dollars. 1000 is also the cap of Vercel's own command line. */
  get maxAmount(): number {
    return this.number("vercelCredits:maxAmount", 1000, DOLLARS);
  }

  /** The most one update may charge in all, in dollars. */
  get maxAmountPerUpdate(): number {
    return this.number("vercelCredits:maxAmountPerUpdate", 1000, DOLLARS);
  }

  /** The most that everything with the same journal may charge in a calendar month, in dollars; undefined where there is no limit. */
  get maxAmountPerMonth(): number | undefined {
    const key = "vercelCredits:maxAmountPerMonth";
    if (this.config(key) === undefined) return undefined;
    const limit = this.number(key, 1000, DOLLARS);
    if (this.journal === undefined) {
      throw new Refusal(
        `${key} is ${dollars(limit)}, but the journal is off (vercelCredits:journal), and only the journal knows what the ` +
          "month has charged.",
        "Set a journal, or remove the limit.",
      );
    }
    return limit;
  }

  /** The credit types that may be bought, or undefined where all may. */
  get allowedCreditTypes(): readonly string[] | undefined {
    return this.list("vercelCredits:allowedCreditTypes", z.enum(CREDIT_TYPES), CREDIT_TYPES.join(", "));
  }

  /** The teams (slugs or ids) that may be charged, or undefined where all may. */
  get allowedTeams(): readonly string[] | undefined {
    return this.list("vercelCredits:allowedTeams", z.string().regex(/^\S+$/), "team slugs or ids");
  }

  /** Whether the team is looked at before its first order of an update is opened: `on`, the default, or `off`. */
  get preflight(): boolean {
    const text = this.config("vercelCredits:preflight")?.trim() ?? "on";
    if (text === "on" || text === "off") return text === "on";
    throw new Refusal(
      `vercelCredits:preflight is "${printable(text)}", but must be on or off.`,
      "Run `pulumi config set vercelCredits:preflight on`.",
    );
  }

  /** Whether an update buys only what a plan says (`pulumi up --plan`): `true`, or `false`, the default. */
  get requirePlan(): boolean {
    const text = this.config("vercelCredits:requirePlan")?.trim() ?? "false";
    if (text === "true" || text === "false") return text === "true";
    throw new Refusal(
      `vercelCredits:requirePlan is "${printable(text)}", but must be true or false.`,
      "Run `pulumi config set vercelCredits:requirePlan true`.",
    );
  }

  /**
   * Where the balance of a credit type is read, and with which key: `AI_GATEWAY_API_KEY` or `V0_API_KEY`. Undefined
   * where there is no such key, or no such balance (agent). Where `vercel:apiUrl` is on this machine (the sandbox),
   * that answers for the other hosts, too: no real balance is compared with a sandbox's charges.
   */
  balanceSource(creditType: CreditType): BalanceSource | undefined {
    if (creditType === "agent") return undefined;
    const { key: name, url } = BALANCES[creditType];
    const key = this.env[name]?.trim();
    if (!key) return undefined;
    if (!HEADER_SAFE.test(key)) {
      throw new Refusal(`${name} holds a space or a character that no key has.`, `Set it again.`);
    }
    const { apiUrl } = this;
    const real = new URL(url);
    return { creditType, key, url: isLoopback(apiUrl.hostname) ? pathOf(apiUrl, real.pathname) : real };
  }

  /** How long the one request may take, in seconds. */
  get timeoutSeconds(): number {
    return this.number("vercelCredits:timeoutSeconds", 120, SECONDS);
  }

  /**
   * `vercelCredits:journal`, else `VERCEL_CREDITS_JOURNAL`: where the journal is, or `off` (then undefined).
   * Default: the folder `vercel-credits/journal` in `PULUMI_HOME`, or in `~/.pulumi`.
   */
  get journal(): JournalAddress | undefined {
    const text = (this.config("vercelCredits:journal") || this.env.VERCEL_CREDITS_JOURNAL || "").trim();
    if (text === "off") return undefined;
    if (text === "") {
      const folder = resolve(this.env.PULUMI_HOME || join(homedir(), ".pulumi"), "vercel-credits", "journal");
      return { kind: "file", folder, shown: folder };
    }
    if (text === "backend") return this.#journalAtBackend();
    return parseJournalAddress(text, JOURNAL);
  }

  /** Pulumi's own record of the backend (`pulumi login`) isn't read: it holds access tokens. */
  #journalAtBackend(): JournalAddress {
    const project = projectFile(process.cwd());
    const backend = this.env.PULUMI_BACKEND_URL || project?.backend;
    if (!backend) {
      throw new Refusal(
        `${JOURNAL} is backend, but neither PULUMI_BACKEND_URL nor backend.url in Pulumi.yaml says where that is.`,
        "Set one of them, or the journal's own address.",
      );
    }
    return besideBackend(backend, project?.folder ?? process.cwd(), JOURNAL);
  }

  /** Where the provider processes of one update find each other, by the engine that started them. */
  get updatesFolder(): string {
    return resolve(this.env.PULUMI_HOME || join(homedir(), ".pulumi"), "vercel-credits", "updates");
  }

  /**
   * Throws where nothing may be bought with these settings, as far as a preview can know: it needs no token.
   * Without checkpoints, the engine would not write down that an order was opened.
   */
  refuseUnusable(): void {
    void [this.apiUrl, this.timeoutSeconds, this.journal, this.allowedCreditTypes, this.allowedTeams];
    void [this.preflight, this.requirePlan, this.maxAmountPerMonth];
    if (this.env.PULUMI_SKIP_CHECKPOINTS) {
      throw new Refusal(
        "PULUMI_SKIP_CHECKPOINTS is set, so Pulumi would not record that this order was opened, and a crash " +
          `could buy it twice.`,
        `Unset it and run \`pulumi up\` again.`,
      );
    }
  }

  /** A list as `a,b`, or as Pulumi's structured configuration writes it: `["a","b"]`. */
  private list(key: SettingKey, item: z.ZodType<string>, ofWhat: string): readonly string[] | undefined {
    const text = this.config(key)?.trim();
    if (text === undefined) return undefined;
    const list = text.startsWith("[") ? parseJson(text) : text.split(",").map((one) => one.trim());
    const parsed = z.array(item).min(1).safeParse(list);
    if (parsed.success) return parsed.data;
    throw new Refusal(
      `${key} is "${printable(text)}", but must be a list of ${ofWhat}, such as a,b.`,
      `Set it anew with \`pulumi config set ${key}\`.`,
    );
  }

  private number(key: SettingKey, byDefault: number, schema: z.ZodType<number>): number {
    const text = this.config(key)?.trim();
    if (text === undefined) return byDefault;
    const parsed = schema.safeParse(text === "" ? Number.NaN : text);
    if (!parsed.success) {
      throw new Refusal(
        `${key} is "${printable(text)}", but must be a ${key.endsWith("Seconds") ? "number of seconds" : "number of US dollars"}.`,
        `Run \`pulumi config set ${key} ${byDefault}\`.`,
      );
    }
    return parsed.data;
  }
}

/** A path below an address that may have a path of its own. */
export function pathOf(base: URL, path: string): URL {
  const url = new URL(base);
  // Never parsed as an address of its own: a path that begins with two slashes would be another host.
  url.pathname = `${base.pathname.replace(/\/$/, "")}${path}`;
  return url;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutCredentials(url: URL | null, text: string): string {
  return url
    ? `${url.protocol}//${url.host}${url.pathname}`
    : `${maybeSecret(text)}, which is not an address`;
}
