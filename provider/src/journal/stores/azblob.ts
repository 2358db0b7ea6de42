import { addAbortSignal, type Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import {
  AnonymousCredential,
  BlobServiceClient,
  type ContainerClient,
  type RestError,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type { AddressOf } from "../../domain/journal-address";
import { folderOf, keyOf, markedByAddress, namesIn, PlaceError, type RemotePlace } from "./place";

/** Records in a container of Azure's blobs. */
export async function azurePlace(address: AddressOf<"azblob">): Promise<RemotePlace> {
  const { container: name, prefix } = address;
  const container = (await serviceOf(address)).getContainerClient(name);
  const about = (error: unknown, right: string) =>
    lasting(error as RestError, name, `${right} under ${folderOf(prefix)}`);

  return markedByAddress(`azblob ${placeOf(container)}/${prefix}`, {
    async create(record, text, signal) {
      const blob = container.getBlockBlobClient(keyOf(prefix, record));
      try {
        await blob.upload(text, Buffer.byteLength(text), {
          abortSignal: signal,
          conditions: { ifNoneMatch: "*" },
          blobHTTPHeaders: { blobContentType: "application/json" },
        });
        return true;
      } catch (error) {
        const code = codeOf(error);
        if (TAKEN.test(code ?? "")) return false;
        throw about(error, "to add blobs");
      }
    },

    async read(record, signal) {
      try {
        const blob = container.getBlobClient(keyOf(prefix, record));
        const { readableStreamBody: body } = await blob.download(0, undefined, { abortSignal: signal });
        if (body === undefined) throw new Error("an answer without a body");
        return await textOf(addAbortSignal(signal, body as Readable));
      } catch (error) {
        if (codeOf(error) === "BlobNotFound") return undefined;
        throw about(error, "to read blobs");
      }
    },

    async names(signal) {
      const keys: string[] = [];
      try {
        const options = { prefix: folderOf(prefix), abortSignal: signal };
        for await (const item of container.listBlobsByHierarchy("/", options)) {
          if (item.kind === "blob") keys.push(item.name);
        }
      } catch (error) {
        throw about(error, "to list blobs");
      }
      return namesIn(keys, prefix);
    },
  });
}

/** By the account's key, a signature, or a connection string of the environment's, as Pulumi has it; else as Azure has it. */
async function serviceOf({ account: named }: AddressOf<"azblob">): Promise<BlobServiceClient> {
  const {
    AZURE_STORAGE_ACCOUNT,
    AZURE_STORAGE_KEY: key,
    AZURE_STORAGE_SAS_TOKEN: signature,
    AZURE_STORAGE_CONNECTION_STRING: connection,
  } = process.env;
  const account = named ?? (AZURE_STORAGE_ACCOUNT || undefined);
  const options = { retryOptions: { maxTries: 1 } };
  if (connection && !(account && (key || signature))) {
    const service = BlobServiceClient.fromConnectionString(connection, options);
    if (named === undefined || named === service.accountName) return service;
    throw new PlaceError("AZURE_STORAGE_CONNECTION_STRING is another account's than the address names");
  }
  if (account === undefined) {
    throw new PlaceError("it has no account: add ?storage_account= or set AZURE_STORAGE_ACCOUNT");
  }
  const url = serviceUrl(account);
  if (key) return new BlobServiceClient(url, new StorageSharedKeyCredential(account, key), options);
  if (signature) {
    const signed = `${url}?${signature.replace(/^\?/, "")}`;
    return new BlobServiceClient(signed, new AnonymousCredential(), options);
  }
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new BlobServiceClient(url, new DefaultAzureCredential(), options);
}

/** An emulator has the account in the path: Pulumi asks whether it is one, or takes one on this machine for one. */
function serviceUrl(account: string): string {
  const { AZURE_STORAGE_DOMAIN, AZURE_STORAGE_PROTOCOL, AZURE_STORAGE_IS_LOCAL_EMULATOR } = process.env;
  const domain = AZURE_STORAGE_DOMAIN || "blob.core.windows.net";
  const isEmulator =
    AZURE_STORAGE_IS_LOCAL_EMULATOR?.toLowerCase() === "true" || /^(127\.0\.0\.1|localhost)\b/.test(domain);
  const protocol = AZURE_STORAGE_PROTOCOL || (isEmulator ? "http" : "https");
  return isEmulator ? `${protocol}://${domain}/${account}` : `${protocol}://${account}.${domain}`;
}

/** Without the signature that may be part of it. */
function placeOf({ url }: ContainerClient): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** The last where the right is to create blobs alone: Azure looks at that before it looks at the condition. */
const TAKEN = /^(BlobAlreadyExists|ConditionNotMet|UnauthorizedBlobOverwrite)$/;
const NO_CREDENTIALS =
  /^(CredentialUnavailableError|AggregateAuthenticationError|ChainedTokenCredentialError)$/;
const NOT_ALLOWED = /^(AuthorizationFailure|AuthorizationPermissionMismatch|InsufficientAccountPermissions)/;

/** What no repeat mends, in words; anything else as it came. */
function lasting(error: RestError, container: string, right: string): Error {
  const code = codeOf(error) ?? "";
  const isOfIdentity = NO_CREDENTIALS.test(error.name) || error.name === "AuthenticationError";
  const isRefused = isOfIdentity || error.statusCode === 401 || error.statusCode === 403;
  if (isRefused && (/expired|specified time frame/i.test(error.message) || isSignatureOver())) {
    return new PlaceError("the Azure credentials have expired");
  }
  if (NO_CREDENTIALS.test(error.name)) {
    return new PlaceError(
      "Azure's client finds no credentials: set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or log in (az login, a managed identity)",
    );
  }
  if (code === "ContainerNotFound") return new PlaceError(`there is no container ${container}`);
  if (NOT_ALLOWED.test(code) && !/failed to authenticate/i.test(error.message)) {
    return new PlaceError(`the Azure credentials lack a right: ${right} in container ${container} (${code})`);
  }
  if (isRefused) return new PlaceError(`the Azure credentials are not valid there (${code || error.name})`);
  if (code === "InvalidResourceName") return new PlaceError(`${container} is no name of a container`);
  return error;
}

/** Whether a signature that was used says itself that its time is over. */
function isSignatureOver(): boolean {
  const { AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN } = process.env;
  if (AZURE_STORAGE_KEY || !AZURE_STORAGE_SAS_TOKEN) return false;
  return Date.parse(new URLSearchParams(AZURE_STORAGE_SAS_TOKEN).get("se") ?? "") < Date.now();
}

function codeOf(error: unknown): string | undefined {
  const { details, code } = error as RestError;
  return (details as { errorCode?: string } | undefined)?.errorCode ?? code;
}
