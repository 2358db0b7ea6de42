import { execFile } from "node:child_process";
import { promisify } from "node:util";

test("the real `vercel buy credits` buys from the sandbox: four charges for one order where the answer is lost", async () => {
  const only = ["tools/compare.mts", "--only", "vercel buy"];
  const { stdout } = await promisify(execFile)(process.execPath, only, { timeout: 8 * 60_000 });

  const [, , row = ""] = stdout.trim().split("\n");
  expect(row.split("|").map((cell) => cell.trim())).toEqual([
    "",
    expect.stringContaining("`vercel buy credits`"),
    ...new Array(3).fill("4 charges, says to try again later"),
    "exit 0, says purchased",
    "",
  ]);
}, 540_000);
