import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSandbox } from "pulumi-vercel-credits/sandbox";

test("@vercel/sdk, a client that nobody here wrote, buys from the sandbox", async () => {
  const sandbox = await startSandbox();
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(__dirname, "sdk-client.mjs"), sandbox.url],
      { timeout: 30_000 },
    );

    expect(sandbox.charges()).toMatchObject([{ team: "acme", creditType: "gateway", amount: 100 }]);
    expect(typeof JSON.parse(stdout)).toBe("object");
  } finally {
    await sandbox.close();
  }
});
