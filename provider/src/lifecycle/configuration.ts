import type { dynamic } from "@pulumi/pulumi";
import { Settings } from "../settings";

let config: dynamic.Config | undefined;

/**
 * Keeps the stack's configuration. It is read and judged where it is used, never here: the engine's first calls
 * may run before an asynchronous `configure` has ended, and after a failed one they run all the same.
 */
export async function configure(request: dynamic.ConfigureRequest): Promise<void> {
  config = request.config;
}

export function settings(): Settings {
  return new Settings((key) => config?.get(key));
}
