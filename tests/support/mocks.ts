import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import { CreditPurchase } from "pulumi-vercel-credits";
import type { Run } from "./project.mts";

/** What a program sees. It may also be async. */
export type Program = (sdk: { pulumi: typeof pulumi; CreditPurchase: typeof CreditPurchase }) => unknown;

type NewResource = pulumi.runtime.Mocks["newResource"];

/** From now on what a program declares is answered by this, as the SDK's own mocks do, in the stack `dev` of `test`. */
export async function answerBy(
  newResource: NewResource,
  isPreview: boolean,
  config: Record<string, string> = {},
): Promise<void> {
  const call = ({ inputs }: pulumi.runtime.MockCallArgs) => inputs;
  await pulumi.runtime.setMocks({ newResource, call }, "test", "dev", isPreview, "organization");
  pulumi.runtime.setAllConfig(config);
}

/** Everything that the program has declared was registered, with all that waits for it. */
export const waitForRegistrations = (): Promise<void> =>
  (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();

/**
 * Runs a program with the SDK's own mocks alone, for what its constructors do: there is no provider, and nothing could be
 * sent. Gives what was registered, as the SDK serialises it.
 */
export async function registered(
  program: Program,
  { isPreview = true, config = {} }: { isPreview?: boolean; config?: Record<string, string> } = {},
): Promise<MockResourceArgs[]> {
  const all: MockResourceArgs[] = [];
  const newResource = (one: MockResourceArgs) => {
    all.push(one);
    return { id: one.name, state: one.inputs };
  };
  await answerBy(newResource, isPreview, config);
  await program({ pulumi, CreditPurchase });
  await waitForRegistrations();
  return all;
}

/**
 * What a person reads of a program that a constructor refuses. It must be the one kind of error that the SDK prints without a
 * stack trace.
 */
export async function refusal(
  program: Program,
  config: Record<string, string> = {},
): Promise<Pick<Run, "output">> {
  const error = await registered(program, { config }).then(
    () => new Error("the program was not refused"),
    (thrown: Error) => thrown,
  );
  if (!pulumi.RunError.isInstance(error)) throw error;
  expect(error).not.toHaveProperty("stack"); // see `programError`
  return { output: error.message };
}
