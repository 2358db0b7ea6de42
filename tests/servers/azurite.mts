import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azuriteScript } from "../../tools/servers/found.mts";
import { freePorts, ServerProcess } from "./process.mts";
import type { RealServer } from "./server.mts";

const [ACCOUNT, CONTAINER] = ["account1", "journals"];
const KEY = Buffer.from("a key of a test").toString("base64");

/** Microsoft's own emulator of Azure's blobs. */
export async function startAzurite(): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), "vercel-credits-azurite-"));
  const [port] = (await freePorts(1)) as [number];
  const where = ["--blobHost", "127.0.0.1", "--blobPort", `${port}`, "--inMemoryPersistence"];
  const args = [azuriteScript(), ...where, "--skipApiVersionCheck", "--silent", "--disableTelemetry"];
  const server = new ServerProcess(process.execPath, args, {
    cwd: folder,
    env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}` },
  });
  const stop = async () => {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await server.ready(() => fetch(`http://127.0.0.1:${port}/`));
    const credential = new StorageSharedKeyCredential(ACCOUNT, KEY);
    await new BlobServiceClient(`http://127.0.0.1:${port}/${ACCOUNT}`, credential).createContainer(CONTAINER);
  } catch (error) {
    await stop();
    throw error;
  }
  const env = (at = port, key = KEY) => ({
    AZURE_STORAGE_ACCOUNT: ACCOUNT,
    AZURE_STORAGE_KEY: key,
    AZURE_STORAGE_DOMAIN: `127.0.0.1:${at}`,
  });
  return {
    kind: "azblob",
    port,
    address: (name) => `azblob://${CONTAINER}/${name}`,
    env: (at) => env(at),
    wrong: () => {
      const address = `azblob://${CONTAINER}/wrong`;
      const signed = (until: string) => ({
        ...env(),
        AZURE_STORAGE_KEY: undefined,
        AZURE_STORAGE_SAS_TOKEN: `sv=2022-11-02&ss=b&srt=sco&sp=rl&se=${until}&sig=eA%3D%3D`,
      });
      return [
        {
          what: "no account",
          address,
          env: { ...env(), AZURE_STORAGE_ACCOUNT: undefined },
          says: /no account: add \?storage_account=/,
        },
        { what: "another key", address, env: env(port, "eA=="), says: /credentials are not valid there/ },
        {
          what: "a signature that has expired",
          address,
          env: signed("2020-01-01T00:00:00Z"),
          says: /have expired/,
        },
        {
          what: "a signature of another key",
          address,
          env: signed("2090-01-01T00:00:00Z"),
          says: /credentials are not valid there/,
        },
        {
          what: "no such container",
          address: "azblob://nowhere/wrong",
          env: env(),
          says: /no container nowhere/,
        },
        {
          what: "no credentials",
          address,
          env: {
            AZURE_STORAGE_ACCOUNT: ACCOUNT,
            AZURE_STORAGE_KEY: undefined,
            AZURE_STORAGE_DOMAIN: undefined,
          },
          says: /finds no credentials/,
        },
      ];
    },
    stop,
  };
}
