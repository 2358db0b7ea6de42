import { addAbortSignal, type Readable } from "node:stream";
import {
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ServiceException,
} from "@aws-sdk/client-s3";
import type { AddressOf } from "../../domain/journal-address";
import { folderOf, keyOf, markedByAddress, namesIn, PlaceError, type RemotePlace } from "./place";

/** A server of S3's that is silent for so long: well under a request's own time, which ends the connection, too. */
const CONNECTION_MS = 5_000;
const SILENT_MS = 10_000;

/** Records in a bucket of AWS, or of a server that speaks S3 and keeps its condition. */
export function s3Place({ bucket, prefix, ...address }: AddressOf<"s3">): RemotePlace {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const endpoint = address.endpoint ?? (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined);
  // Pulumi's own client looks at the second, too. A server of another's has a region only by name.
  const region = address.region ?? (AWS_REGION || AWS_DEFAULT_REGION || (endpoint && "us-east-1"));
  const client = new S3Client({
    ...(region && { region }),
    ...(address.profile !== undefined && { profile: address.profile }),
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: address.pathStyle,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECTION_MS, socketTimeout: SILENT_MS },
    // Others than AWS refuse what they don't know of checksums; a record's nonce tells whether it is whole.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const about = (error: unknown, right: string) =>
    lasting(error as S3ServiceException, bucket, `${right} ${folderOf(prefix)}*`);

  return markedByAddress(`s3 ${endpoint ?? "aws"} ${bucket}/${prefix}`, {
    async create(name, text, signal) {
      const key = { Bucket: bucket, Key: keyOf(prefix, name), ContentType: "application/json" };
      const body = { Body: text, ContentLength: Buffer.byteLength(text) };
      try {
        await client.send(new PutObjectCommand({ ...key, ...body, IfNoneMatch: "*" }), {
          abortSignal: signal,
        });
        return true;
      } catch (error) {
        if (statusOf(error) === 412) return false;
        throw about(error, "s3:PutObject on");
      }
    },

    async read(name, signal) {
      try {
        const get = new GetObjectCommand({ Bucket: bucket, Key: keyOf(prefix, name) });
        const { Body } = await client.send(get, { abortSignal: signal });
        if (Body === undefined) throw new Error("an answer without a body");
        addAbortSignal(signal, Body as Readable);
        return await Body.transformToString("utf8");
      } catch (error) {
        // Only what names the key: a proxy's 404 says nothing, and 403 is a missing key where listing isn't allowed.
        if (statusOf(error) === 404 && (error as Error).name === "NoSuchKey") return undefined;
        throw about(error, "s3:GetObject on, and s3:ListBucket for,");
      }
    },

    async names(signal) {
      const keys: (string | undefined)[] = [];
      const list = { Bucket: bucket, Prefix: folderOf(prefix), Delimiter: "/" };
      try {
        for await (const page of paginateListObjectsV2({ client }, list, { abortSignal: signal })) {
          for (const { Key } of page.Contents ?? []) keys.push(Key);
        }
      } catch (error) {
        throw about(error, "s3:ListBucket for");
      }
      return namesIn(keys, prefix);
    },
  });
}

const EXPIRED = /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/;
const REFUSED = /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|InvalidClientTokenId|AuthFailure)$/;
const NOT_ALLOWED = /^(AccessDenied|AccessDeniedException|AllAccessDisabled|UnauthorizedAccess)$/;

/** What no repeat mends, in words; anything else as it came. */
function lasting(error: S3ServiceException, bucket: string, right: string): Error {
  const { name, message } = error;
  const status = statusOf(error);
  const because = (why: string) => new PlaceError(why);
  if (EXPIRED.test(name) || (name.endsWith("ProviderError") && /expired/i.test(message))) {
    return because("the AWS credentials have expired");
  }
  if (name === "CredentialsProviderError" || name === "ProviderError") {
    return because(`AWS's client finds no credentials (${message})`);
  }
  if (REFUSED.test(name)) return because(`the AWS credentials are not valid there (${name})`);
  if (name === "RequestTimeTooSkewed")
    return because("this machine's clock is wrong by more than 15 minutes");
  if (message === "Region is missing") return because("it has no region: add ?region= or set AWS_REGION");
  if (/^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(name)) {
    return because(`the bucket ${bucket} is in another region (${name})`);
  }
  if (name === "NoSuchBucket") return because(`there is no bucket ${bucket}`);
  if (name === "InvalidBucketName") return because(`${bucket} is no name of a bucket`);
  if (status === 501 || name === "NotImplemented") {
    return because("it doesn't know the condition under which a record is written (If-None-Match)");
  }
  if (NOT_ALLOWED.test(name) || status === 401 || status === 403) {
    return because(`the AWS credentials lack a right: ${right} in bucket ${bucket}`);
  }
  return error;
}

function statusOf(error: unknown): number | undefined {
  return (error as S3ServiceException).$metadata?.httpStatusCode;
}
