import { addAbortSignal } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type ApiError, Storage } from "@google-cloud/storage";
import type { AddressOf } from "../../domain/journal-address";
import { folderOf, keyOf, markedByAddress, namesIn, PlaceError, type RemotePlace } from "./place";

/** For a request whose stream is closed already, which the client may still have under way. */
const REQUEST_MS = 10_000;

/** Records in a bucket of Google Cloud Storage, or of the emulator that STORAGE_EMULATOR_HOST names. */
export function gsPlace({ bucket: name, prefix }: AddressOf<"gs">): RemotePlace {
  const storage = clientOf();
  const bucket = storage.bucket(name);
  const about = (error: unknown, right: string) =>
    lasting(error as ApiError, name, `${right} under ${folderOf(prefix)}`);

  /** A 404 is an object's only where it says so, or where the bucket's list has none; else a bucket's, or a proxy's. */
  async function isAbsent(key: string, { code, message }: ApiError): Promise<boolean> {
    if (code !== 404) return false;
    if (/no such object/i.test(message)) return true;
    const [found] = await bucket
      .getFiles({ prefix: key, maxResults: 1, autoPaginate: false })
      .catch((error) => Promise.reject(about(error, "storage.objects.list")));
    // There by now: the next try reads it.
    if (found.some((file) => file.name === key)) throw new Error("a record was written while it was read");
    return true;
  }

  return markedByAddress(`gs ${storage.apiEndpoint} ${name}/${prefix}`, {
    async create(record, text, signal) {
      const upload = bucket.file(keyOf(prefix, record)).createWriteStream({
        contentType: "application/json",
        preconditionOpts: { ifGenerationMatch: 0 },
        resumable: false,
        // The client would delete what it wrote where the checksum in the answer differs.
        validation: false,
        timeout: REQUEST_MS,
      });
      try {
        await pipeline([Buffer.from(text)], upload, { signal });
        return true;
      } catch (error) {
        if ((error as ApiError).code === 412) return false;
        throw about(error, "storage.objects.create");
      }
    },

    async read(record, signal) {
      try {
        const download = bucket.file(keyOf(prefix, record)).createReadStream({ validation: false });
        return await textOf(addAbortSignal(signal, download));
      } catch (error) {
        if (await isAbsent(keyOf(prefix, record), error as ApiError)) return undefined;
        throw about(error, "storage.objects.get and storage.objects.list");
      }
    },

    async names(signal) {
      const keys: string[] = [];
      try {
        const list = bucket.getFilesStream({ prefix: folderOf(prefix), delimiter: "/" });
        for await (const file of addAbortSignal(signal, list)) keys.push(file.name);
      } catch (error) {
        throw about(error, "storage.objects.list");
      }
      return namesIn(keys, prefix);
    },
  });
}

function clientOf(): Storage {
  const { STORAGE_EMULATOR_HOST: emulator } = process.env;
  const apiEndpoint = emulator && (/^https?:/.test(emulator) ? emulator : `http://${emulator}`);
  const options = { retryOptions: { autoRetry: false, maxRetries: 0 }, timeout: REQUEST_MS };
  const storage = new Storage({ ...options, ...(apiEndpoint && { apiEndpoint }) });
  // The client forgets the path for some of its requests; Pulumi's adds it.
  if (emulator && !emulator.includes("/storage/")) storage.baseUrl = `${storage.apiEndpoint}/storage/v1`;
  return storage;
}

/** What no repeat mends, in words; anything else as it came. */
function lasting(error: ApiError, bucket: string, right: string): Error {
  const { message, code } = error;
  // The token's own errors have texts for codes.
  const words = `${code} ${message} ${JSON.stringify((error as { response?: { data?: unknown } }).response?.data ?? "")}`;
  if (/invalid_grant|invalid_rapt|token.*expired/i.test(words)) {
    return new PlaceError("the Google credentials have expired or were withdrawn");
  }
  if (String(code).startsWith("ERR_OSSL")) {
    return new PlaceError("the Google credentials have a private key that can't be read");
  }
  if (/could not load the default credentials|^The file at .* does not exist/i.test(message)) {
    return new PlaceError(
      "Google's client finds no credentials: set GOOGLE_APPLICATION_CREDENTIALS, or log in (gcloud auth application-default login)",
    );
  }
  if (Number(code) === 401) return new PlaceError("the Google credentials are not valid there");
  if (Number(code) === 403) {
    return new PlaceError(`the Google credentials lack a right: ${right} in bucket ${bucket}`);
  }
  if (Number(code) === 404) return new PlaceError(`there is no bucket ${bucket}`);
  return error;
}
