import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import { CreditPurchase } from "pulumi-vercel-credits";
import { type Program, waitForRegistrations } from "./modelled-project";
import type { Run } from "./project.mts";

/**
 * Runs a program with the SDK's own mocks alone, for what its constructors do: there is no provider, and nothing could be
 * sent. Gives what was registered, as the SDK serialises it.
 */
export async function registered(program: Program, { isPreview = true } = {}): Promise<MockResourceArgs[]> {
  const all: MockResourceArgs[] = [];
  const newResource = (one: MockResourceArgs) => {
    all.push(one);
    return { id: one.name, state: one.inputs };
  };
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs },
    "test",
    "dev",
    isPreview,
    "organization",
  );
  pulumi.runtime.setAllConfig({});
  await program({ pulumi, CreditPurchase });
  await waitForRegistrations();
  return all;
}

/**
 * What a person reads of a program that a constructor refuses. It must be the one kind of error that the SDK prints without a
 * stack trace.
 */
export async function refusal(program: Program): Promise<Pick<Run, "output">> {
  const error = await registered(program).then(
    () => new Error("the program was not refused"),
    (thrown: Error) => thrown,
  );
  if (!pulumi.RunError.isInstance(error)) throw error;
  return { output: error.message };
}
