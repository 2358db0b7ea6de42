import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { engineKey, engineKeyOf } from "../../provider/src/lifecycle/engine";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What stands for an engine: something listens at its address. */
async function engine(port = 0) {
  const server = createServer().listen(port, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const own = (server.address() as AddressInfo).port;
  return { port: own, address: `127.0.0.1:${own}`, end: () => new Promise((ended) => server.close(ended)) };
}

/** The key as a process of its own has it, that was started with this address. */
const keyInProcess = (address: string) => inProcess(address, "engineKey");

/** What a function of the module answers in such a process. */
function inProcess(address: string, asked: string): string {
  const built = join(__dirname, "../../provider/dist/lifecycle/engine.js");
  const script = `(async () => process.stdout.write(String(await require(${JSON.stringify(built)}).${asked}())))()`;
  // As where the engine's script runs it: `node SCRIPT ADDRESS`.
  return execFileSync(process.execPath, ["-e", script, "script", address], { encoding: "utf8" });
}

test("all processes of one engine have the same key", async () => {
  const { address } = await engine();

  expect(keyInProcess(address)).toBe(keyInProcess(address));
  expect(keyInProcess(address)).toBe(engineKeyOf(address));
  expect(engineKeyOf(address)).toMatch(/^[0-9a-f]{32}$/);
});

test("two engines have two keys", async () => {
  const [one, other] = [await engine(), await engine()];

  expect(engineKeyOf(one.address)).not.toBe(engineKeyOf(other.address));
});

(process.platform === "linux" ? test : test.skip)(
  "a later engine with the same port has another key",
  async () => {
    const first = await engine();
    const key = engineKeyOf(first.address);
    await first.end();

    const second = await engine(first.port);

    expect(second.address).toBe(first.address);
    expect(engineKeyOf(second.address)).not.toBe(key);
  },
);

test("a process that no engine started has a key of its own", () => {
  expect(engineKeyOf(undefined)).toBe(engineKeyOf(undefined));
  expect(keyInProcess("somewhere")).not.toBe(keyInProcess("somewhere"));
  expect(keyInProcess("somewhere")).not.toBe(engineKey());
});

test("an engine is gone once nothing listens at its address any more; of no engine nobody can tell", async () => {
  const { address, end } = await engine();

  expect(inProcess(address, "engineIsGone")).toBe("false");
  await end();
  expect(inProcess(address, "engineIsGone")).toBe("true");
  expect(inProcess("somewhere", "engineIsGone")).toBe("false");
});
