import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSandbox } from "pulumi-vercel-credits/sandbox";

test("@vercel/sdk, a client that nobody here wrote, buys from the sandbox", async () => {
  const sandbox = await startSandbox();
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(__dirname, "../../tools/compare/sdk-client.mjs"), sandbox.url],
      { timeout: 30_000 },
    );

    expect(sandbox.charges()).toMatchObject([{ team: "acme", creditType: "gateway", amount: 100 }]);
    // The call resolves. But this version reads every purchase as a checkout session with nothing in it, so the
    // intent's id is lost to the SDK's caller. Where that is mended, this line may go.
    expect(JSON.parse(stdout)).toEqual({ checkoutSessionId: "", checkoutSessionUrl: "" });
    expect(sandbox.requests()).toMatchObject([{ userAgent: expect.stringContaining("@vercel/sdk") }]);
  } finally {
    await sandbox.close();
  }
});
