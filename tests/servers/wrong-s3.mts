import http from "node:http";

/** What an S3 server may do wrong, each of which some server did in 2026. */
export interface Wrongs {
  /** Writes whatever the condition says. */
  ignoresCondition?: true;
  /** Writes where there is a record already, and refuses where there is none. */
  invertsCondition?: true;
  /** Says yes to everybody, and keeps the first. */
  letsBothWin?: true;
  /** Goes on to answer that there is none where it was asked before it was written. */
  keepsNotFound?: true;
  /** Refuses every record, and finds none. */
  refusesAll?: true;
  /** Reads the record of another name. */
  readsAnothers?: true;
  /** Names over which a deletion lies: they are taken, and there is nothing to read. */
  deleted?: RegExp;
}

/** A server that speaks as much S3 as a journal needs, and doesn't keep its word. */
export function wrongS3(wrongs: Wrongs): { server: http.Server; records: Map<string, string> } {
  const records = new Map<string, string>();
  const notFound = new Set<string>();
  const answer = (response: http.ServerResponse, status: number, code = "") => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(code && `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  };
  const server = http.createServer(async (request, response) => {
    const key = decodeURIComponent(new URL(request.url ?? "", "http://s3").pathname);
    let text = "";
    for await (const part of request.setEncoding("utf8")) text += part;

    if (request.method === "GET") {
      const found = wrongs.readsAnothers && records.has(key) ? "{}" : records.get(key);
      if (found === undefined || notFound.has(key)) {
        if (wrongs.keepsNotFound) notFound.add(key);
        return answer(response, 404, "NoSuchKey");
      }
      return response.end(found);
    }

    const isThere = records.has(key) || wrongs.deleted?.test(key) === true;
    const isRefused = (wrongs.invertsCondition ? !isThere : isThere) || wrongs.refusesAll;
    if (isRefused && !wrongs.ignoresCondition && !(wrongs.letsBothWin && isThere)) {
      return answer(response, 412, "PreconditionFailed");
    }
    if (!(wrongs.letsBothWin && isThere)) records.set(key, text);
    return answer(response, 200);
  });
  return { server, records };
}
