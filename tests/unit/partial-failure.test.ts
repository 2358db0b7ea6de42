import { PartialFailure } from "../../provider/src/lifecycle/partial-failure";

const kept = (properties: Record<string, unknown>) =>
  new PartialFailure("order_1", properties, "why").properties;

test("every output is kept, and what JSON doesn't know is left out", () => {
  const outputs = { outcome: "unknown", amount: 100, __provider: "text", answer: { id: "pur_1" } };

  expect(kept({ ...outputs, status: undefined })).toEqual(outputs);
});

test("half a character, with which the engine's call would never end, becomes the sign for one", () => {
  const failure = new PartialFailure("order_1", { reason: "cut \ud83d" }, "cut \ud83d");

  expect(failure.properties).toEqual({ reason: "cut \ufffd" });
  expect(failure.reasons).toEqual(["cut \ufffd"]);
});

test("an answer over 32 KiB, with which the engine's call would fail, is kept as its beginning", () => {
  const { answer, ...others } = kept({ outcome: "unknown", answer: { text: "é".repeat(20 * 1024) } });

  expect(others).toEqual({ outcome: "unknown" });
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(32 * 1024);
  expect(JSON.stringify(answer)).toContain("ééé");
});
