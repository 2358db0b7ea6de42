import { chromium, type Page } from "playwright-core";

/** Opens a page in a real Chromium and closes it at the end of the test; what went wrong in it is collected. */
export async function inBrowser<T>(
  url: string,
  look: (page: Page, problems: readonly string[]) => Promise<T>,
): Promise<T> {
  const executablePath = process.env.TEST_BROWSER;
  if (!executablePath) {
    throw new Error(
      "there is no Chromium: install one (apt-get install chromium) or set CHROME, and run npm test",
    );
  }
  const browser = await chromium.launch({ executablePath, timeout: 60_000, chromiumSandbox: false });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => problems.push(message.text()));
    page.on("request", (request) => {
      if (request.url() !== url) problems.push(`asked for ${request.url()}`);
    });
    await page.goto(url, { timeout: 30_000 });
    return await look(page, problems);
  } finally {
    await browser.close();
  }
}
