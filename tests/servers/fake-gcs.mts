import { fakeGcsProgram } from "../../tools/servers/found.mts";
import { freePorts, ServerProcess } from "./process.mts";
import type { RealServer } from "./server.mts";

const BUCKET = "journals";

/** An emulator of Google Cloud Storage that checks a precondition and writes under one lock. It knows no credentials. */
export async function startFakeGcs(): Promise<RealServer> {
  const [port] = (await freePorts(1)) as [number];
  const where = ["-scheme", "http", "-host", "127.0.0.1", "-port", `${port}`, "-backend", "memory"];
  const server = new ServerProcess(fakeGcsProgram(), [...where, "-log-level", "error"]);
  const url = `http://127.0.0.1:${port}/storage/v1/b`;
  try {
    await server.ready(() => fetch(url));
    const body = JSON.stringify({ name: BUCKET });
    await fetch(`${url}?project=test`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  } catch (error) {
    await server.end();
    throw error;
  }
  return {
    kind: "gs",
    port,
    address: (name) => `gs://${BUCKET}/${name}`,
    env: (at = port) => ({ STORAGE_EMULATOR_HOST: `127.0.0.1:${at}` }),
    wrong: () => [
      {
        what: "no such bucket",
        address: "gs://nowhere/wrong",
        env: { STORAGE_EMULATOR_HOST: `127.0.0.1:${port}` },
        says: /no bucket nowhere/,
      },
      {
        what: "no file of credentials where one is named",
        address: `gs://${BUCKET}/wrong`,
        env: { STORAGE_EMULATOR_HOST: undefined, GOOGLE_APPLICATION_CREDENTIALS: "/nowhere.json" },
        says: /finds no credentials/,
      },
    ],
    stop: () => server.end(),
  };
}
