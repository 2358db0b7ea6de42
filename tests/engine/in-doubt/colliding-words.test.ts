import { MAYBE_CHARGED } from "../../../provider/src/domain/messages";
import { gatedServer, http, says } from "../../support/hostile";
import { ended, expectReadable, newProject, providerOf, sentencesOf, watch } from "../../support/stack";
import { sample } from "../../support/whole";

/** Vercel's word is kept for people, and no rule goes by it, also where it is one of ours. */
describe("an intent whose status is a word of ours, and a kill before the state is saved: it is pending, and not bought again", () => {
  const OURS = ["refused", "unknown", "adopted", "notSent", "withdrawn", "checkout", "bought", "pending"];
  test.each(sample(2, [...OURS, "__proto__", "constructor", "undefined"]))("%p", async (status) => {
    const body = JSON.stringify({ purchaseIntent: { id: "pur_1", status } });
    const { url, arrived, whenRequested, answerNow } = await gatedServer(says(http(body)));
    const project = await newProject({ VERCEL_API_URL: url });
    watch(project);
    project.declare({});
    const up = project.start("up", "--yes", "--skip-preview");
    await whenRequested;
    const provider = providerOf(project);
    project.killAlone(up.process);
    answerNow();
    await up.ended;
    expect(await ended(provider)).toBe(true);
    await project.unlock();

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
