import { RunError } from "@pulumi/pulumi";

/**
 * What is wrong in a program, for whoever runs it: Pulumi shows the message alone.
 *
 * It has no stack. Pulumi lets Node colour it before it is dropped, and some versions of Node 22 take many seconds and half a
 * gigabyte for a line with `node_modules/@pulumi/...`, which an async program has there.
 */
export function programError(message: string): RunError {
  const error = new RunError(message);
  delete error.stack;
  return error;
}
