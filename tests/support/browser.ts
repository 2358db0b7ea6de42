import { type Browser, chromium, type Page } from "playwright-core";

const EXECUTABLE = process.env.TEST_BROWSER;

/**
 * A test in a real Chromium. Where this machine has none it is skipped, and its name says why; in CI, which installs one,
 * that is a failure.
 */
export const testInBrowser: (name: string, body: () => Promise<void>) => void =
  EXECUTABLE || process.env.CI
    ? (name, body) => test(name, body)
    : (name, body) => test.skip(`${name} (skipped: this machine has no Chromium)`, body);

/** How a page is looked at. */
export interface Look {
  readonly colorScheme?: "light" | "dark";
  /** The page may ask for more, of where it is from. */
  readonly served?: true;
}

let browser: Promise<Browser> | undefined;
afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** Opens a page in a real Chromium and closes it again; what went wrong in it is collected. */
export async function inBrowser<T>(
  url: string,
  look: (page: Page, problems: readonly string[]) => Promise<T>,
  { colorScheme = "light", served }: Look = {},
): Promise<T> {
  if (!EXECUTABLE) {
    throw new Error(
      "there is no Chromium, and CI needs one: `npm test` installs it there, see tools/browser.mts",
    );
  }
  browser ??= chromium.launch({ executablePath: EXECUTABLE, timeout: 60_000, chromiumSandbox: false });
  const context = await (await browser).newContext({ colorScheme });
  try {
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => problems.push(message.text()));
    page.on("request", (request) => {
      const asked = request.url();
      const isOwn = served ? new URL(asked).origin === new URL(url).origin : asked === url;
      if (!isOwn && !asked.startsWith("data:")) problems.push(`asked for ${asked}`);
    });
    await page.goto(url, { timeout: 30_000 });
    return await look(page, problems);
  } finally {
    await context.close();
  }
}
