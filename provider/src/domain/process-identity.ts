import { hostname } from "node:os";
import { z } from "zod";

/** Stand-in until the real one is merged. */
export const writerSchema = z.looseObject({
  pid: z.number(),
  host: z.string(),
  bootId: z.string().optional(),
  pidNamespace: z.string().optional(),
  startedAt: z.string().optional(),
});
export type Writer = z.infer<typeof writerSchema>;
export const thisProcess: Writer = { pid: process.pid, host: hostname() };
export function hasEnded(writer: Writer): boolean | undefined {
  if (writer.host !== thisProcess.host) return undefined;
  try {
    process.kill(writer.pid, 0);
    return false;
  } catch {
    return true;
  }
}
