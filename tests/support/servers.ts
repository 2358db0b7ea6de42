import { once } from "node:events";
import http from "node:http";
import type net from "node:net";
import type { AddressInfo } from "node:net";

const opened: net.Server[] = [];

/** Lets a server listen on a free port of this machine until the end of the test. */
export async function listen(server: net.Server, host = "127.0.0.1"): Promise<number> {
  opened.push(server);
  server.listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  for (const server of opened.splice(0)) {
    if (server instanceof http.Server || "closeAllConnections" in server)
      (server as http.Server).closeAllConnections();
    server.close();
  }
});
