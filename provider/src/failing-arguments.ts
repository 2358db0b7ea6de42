import * as pulumi from "@pulumi/pulumi";
import { NOTHING_CHARGED, printable } from "./domain/messages";
import { programError } from "./program-error";

/**
 * The arguments, of which one that fails (a rejected Promise, or an Output whose function throws) says in one line which it is.
 * Pulumi would name the first property that waits for it, which can be one of ours, and colour a stack trace for many seconds.
 */
export function namingWhatFails<T extends object>(purchase: string, args: T): T {
  const name = (argument: string, input: unknown) => {
    const said = (error: unknown) => failed(purchase, argument, error);
    if (input instanceof Promise) {
      return input.catch((error) => {
        throw said(error);
      });
    }
    // An SDK without `recover` shows it in its own way.
    if (!pulumi.Output.isInstance(input) || pulumi.recover === undefined) return input;
    return pulumi.recover(input, (error) => {
      throw said(error);
    });
  };
  return Object.fromEntries(
    Object.entries(args).map(([argument, input]) => [argument, name(argument, input)]),
  ) as T;
}

function failed(purchase: string, argument: string, error: unknown): unknown {
  if (isPulumis(error)) return error;
  const why = printable(error instanceof Error ? error.message : String(error), 300).replace(/[.\s]+$/, "");
  const message =
    `CreditPurchase "${printable(purchase, 100)}": ${argument} is not known, because the Promise or Output that gives it ` +
    `failed: ${why}. ${NOTHING_CHARGED}`;
  // The SDK puts the name of each property that waits for it before the message of the error itself.
  return Object.defineProperty(programError(message), "message", {
    get: () => message,
    set: () => undefined,
  });
}

/**
 * Whether Pulumi says it by itself, or knows it by its identity: its own kinds of error, and what its SDK made, such as that of
 * a resource that failed, or of a stack reference.
 */
function isPulumis(error: unknown): boolean {
  if (pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error)) return true;
  const { stack, code } = (error ?? {}) as { readonly stack?: unknown; readonly code?: unknown };
  const isOfEngine = typeof code === "number"; // a gRPC status
  const [origin = ""] = /^\s+at .*$/m.exec(String(stack)) ?? [];
  return isOfEngine || /[\\/]@(pulumi|grpc)[\\/]/.test(origin);
}
