import { Hono } from "hono";
import { z } from "zod";
import { FAULTS, type Fault, type FaultOptions } from "./faults";
import type { Charge } from "./ledger";
import { PAGE } from "./page";
import { READ_FAULTS, READS, type Read, type ReadFault } from "./read-faults";

interface Controlled {
  misbehaveOn(read: Read, fault: ReadFault, options?: FaultOptions): void;
  use(creditType: "gateway" | "v0", dollars: string): void;
  charges(): readonly Charge[];
  requests(): readonly unknown[];
  misbehave(fault: Fault, options?: FaultOptions): void;
}

const faultOptions = {
  times: z.int().min(1).max(1000).optional(),
  status: z.int().min(200).max(599).optional(),
  charge: z.boolean().optional(),
  code: z.string().optional(),
  retryAfter: z.number().min(0).optional(),
  milliseconds: z.number().min(0).max(600_000).optional(),
};
const onBuying = z.strictObject({
  fault: z.enum(Object.keys(FAULTS) as [Fault, ...Fault[]]),
  body: z.json().optional(),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/)).optional(),
  ...faultOptions,
});
const onReading = z.strictObject({
  on: z.enum(READS),
  fault: z.enum(Object.keys(READ_FAULTS) as [ReadFault, ...ReadFault[]]),
  ...faultOptions,
});
const use = z.strictObject({
  creditType: z.enum(["gateway", "v0"]),
  dollars: z.string().regex(/^\d{1,9}(\.\d{1,2})?$/),
});

/** The page and the routes by which a person, or another process, looks into the sandbox and makes it misbehave. */
export function control(sandbox: Controlled, forgetFaults: () => void): Hono {
  const app = new Hono();
  // A web page elsewhere must not steer it through the visitor's browser, nor by a name that leads here.
  app.use("/*", async (c, next) => {
    const { hostname } = new URL(c.req.url);
    const origin = c.req.header("origin");
    const own =
      ["127.0.0.1", "localhost"].includes(hostname) && (!origin || origin === new URL(c.req.url).origin);
    return own || /^\/(v[12]|teams)\//.test(c.req.path)
      ? next()
      : c.text("The sandbox answers this machine only.", 403);
  });
  app.get("/", (c) => c.html(PAGE));
  app.get("/sandbox/charges", (c) => c.json(sandbox.charges()));
  app.get("/sandbox/requests", (c) => c.json(sandbox.requests()));
  app.post("/sandbox/next", async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    if (typeof body === "object" && body !== null && "on" in body) {
      const ordered = onReading.safeParse(body);
      if (!ordered.success) return c.json({ error: z.prettifyError(ordered.error) }, 400);
      const { on, fault, ...options } = ordered.data;
      sandbox.misbehaveOn(on, fault, options as FaultOptions);
      return c.json({ next: `${fault} on ${on}` });
    }
    const ordered = onBuying.safeParse(body);
    if (!ordered.success) return c.json({ error: z.prettifyError(ordered.error) }, 400);
    const { fault, ...options } = ordered.data;
    sandbox.misbehave(fault, options as FaultOptions);
    return c.json({ next: FAULTS[fault].says });
  });
  app.post("/sandbox/use", async (c) => {
    const used = use.safeParse(await c.req.json().catch(() => undefined));
    if (!used.success) return c.json({ error: z.prettifyError(used.error) }, 400);
    sandbox.use(used.data.creditType, used.data.dollars);
    return c.json({ used: used.data });
  });
  app.delete("/sandbox/next", (c) => {
    forgetFaults();
    return c.json({ next: "behaves" });
  });
  return app;
}
