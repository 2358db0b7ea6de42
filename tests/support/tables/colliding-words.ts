import { hostileServer, http, says } from "../hostile";
import { type Part, partOf } from "../part";
import { expectReadable, MAYBE_CHARGED, sentencesOf } from "../sentences";
import { newModel, upCrashingAt } from "../stack";

export function testCollidingWords(part: Part): void {
  /** Vercel's word is kept for people, and no rule goes by it, also where it is one of ours. */
  describe("an intent whose status is a word of ours, and a kill before the state is saved: it is pending, and not bought again", () => {
    const OURS = ["refused", "unknown", "adopted", "notSent", "withdrawn", "checkout", "bought", "pending"];
    test.each(partOf(part, 4, [...OURS, "__proto__", "constructor", "undefined"]))("%p", async (status) => {
      const body = JSON.stringify({ purchaseIntent: { id: "pur_1", status } });
      const { url, arrived } = await hostileServer({ buying: says(http(body)), reading: says(http("{}")) });
      const project = newModel({ VERCEL_API_URL: url });
      await upCrashingAt(project, "before-state");

      const preview = await project.preview();
      const first = await project.up("--skip-preview");
      const second = await project.up("--skip-preview");

      expect(arrived.buying).toBe(1);
      expect(first.code).toBe(0);
      expect(sentencesOf(first)).toEqual([MAYBE_CHARGED]);
      expect(sentencesOf(preview)).toEqual([MAYBE_CHARGED]);
      if (status !== "undefined") for (const run of [preview, first]) expectReadable(run);
      expect(second).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
      expect(project.outputs()).toMatchObject({ outcome: "pending", status, intentId: "pur_1" });
      expect(project.outputs()).not.toHaveProperty("reason");
    });
  });
}
