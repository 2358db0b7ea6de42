import type { JournalAddress } from "../../domain/journal-address";
import type { JournalStore } from "../store";
import { FileStore } from "./file";
import { PlaceError, type RemotePlace } from "./place";
import { RemoteStore } from "./remote";

/** The store at an address. Nothing is loaded, and nobody is asked, before the first record is read or written. */
export function openStore(address: JournalAddress): JournalStore {
  return address.kind === "file" ? new FileStore(address.folder) : new RemoteStore(() => placeAt(address));
}

type RemoteAddress = Exclude<JournalAddress, { kind: "file" }>;

/** What each needs: the user's to install, so that nobody pays for a client that isn't used. */
const CLIENTS: { readonly [K in RemoteAddress["kind"]]: string } = {
  s3: "@aws-sdk/client-s3",
  gs: "@google-cloud/storage",
  azblob: "@azure/storage-blob @azure/identity",
  postgres: "pg",
};

/** Loads the client, and asks nobody. */
export async function placeAt(address: RemoteAddress): Promise<RemotePlace> {
  try {
    switch (address.kind) {
      case "s3":
        return (await import("./s3.js")).s3Place(address);
      case "gs":
        return (await import("./gs.js")).gsPlace(address);
      case "azblob":
        return await (await import("./azblob.js")).azurePlace(address);
      case "postgres":
        return (await import("./postgres.js")).postgresPlace(address);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
    const clients = CLIENTS[address.kind];
    if (isMissing && clients.split(" ").some((client) => message.includes(`'${client}'`))) {
      throw new PlaceError(`its client library is not installed: run \`npm install ${clients}\``);
    }
    throw error;
  }
}
