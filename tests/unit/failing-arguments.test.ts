import * as pulumi from "@pulumi/pulumi";
import { namingWhatFails } from "../../provider/src/failing-arguments";
import { NOTHING_CHARGED, sentencesOf } from "../support/sentences";

/** As the SDK waits for it: all of what an output holds can fail. */
async function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  const { promise, isKnown, isSecret, allResources } = output as unknown as Record<string, never> & {
    promise(withUnknowns: boolean): Promise<T>;
    allResources(): Promise<unknown>;
  };
  await Promise.allSettled([isKnown, isSecret, allResources()]);
  return promise(true);
}

/** What comes of an argument, as the SDK waits for it: a value, or why there is none. */
async function ending(input: unknown): Promise<unknown> {
  const { amount } = namingWhatFails("credits", { amount: input });
  const value = pulumi.Output.isInstance(amount) ? resolved(amount) : amount;
  return Promise.resolve(value).catch((error) => error);
}

const throwing = (error: unknown) =>
  pulumi.output(1).apply(() => {
    throw error;
  });

describe("an argument that fails is named in one line", () => {
  test.each<[string, () => unknown]>([
    ["a promise", () => Promise.reject(new Error("boo."))],
    ["a promise of no Error", () => Promise.reject("boo")],
    ["an output", () => throwing(new Error("boo"))],
    ["a file that isn't there", () => Promise.reject(Object.assign(new Error("boo"), { code: "ENOENT" }))],
  ])("%s", async (_what, input) => {
    const error = (await ending(input())) as Error;

    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect(error.message).toBe(
      'CreditPurchase "credits": amount is not known, because the Promise or Output that gives it failed: boo. ' +
        NOTHING_CHARGED,
    );
    expect(sentencesOf({ output: error.message })).toEqual([NOTHING_CHARGED]);
    expect(error).not.toHaveProperty("stack");
    // As the SDK does, for each property that waits for it.
    const said = error.message;
    error.message = `error serializing property "summary": ${said}`;
    expect(error.message).toBe(said);
  });
});

describe("an error that Pulumi shows by itself stays the very same", () => {
  const ofSdk = Object.assign(new Error("failed"), {
    stack: "Error: failed\n    at new Thing (/app/node_modules/@pulumi/pulumi/runtime/resource.js:1:1)",
  });
  test.each<[string, unknown]>([
    ["a RunError", new pulumi.RunError("boo")],
    ["a ResourceError", new pulumi.ResourceError("boo", undefined)],
    ["a gRPC status", Object.assign(new Error("cancelled"), { code: 1 })],
    ["one that the SDK made", ofSdk],
  ])("%s", async (_what, error) => {
    expect(await ending(throwing(error))).toBe(error);
    expect(await ending(Promise.reject(error))).toBe(error);
  });
});

test("what doesn't fail stays what it was: value, secrecy and what is not known yet", async () => {
  const given = namingWhatFails("credits", {
    plain: 1,
    promise: Promise.resolve(2),
    secret: pulumi.secret(3),
    missing: undefined,
  });

  expect(given).toMatchObject({ plain: 1, missing: undefined });
  expect(await given.promise).toBe(2);
  expect(await pulumi.isSecret(given.secret)).toBe(true);
  expect(await resolved(given.secret)).toBe(3);
});
