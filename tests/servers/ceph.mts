import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { freePorts, runToEnd, ServerProcess } from "./process.mts";
import type { RealServer } from "./server.mts";

const BUCKET = "journals";
/** Their secret is their name. */
const USERS = { owner: "owner-key", stranger: "stranger-key" };

/** Ceph's S3 gateway before a cluster of one monitor and one store in memory: atomic, as AWS is. */
export async function startCeph(): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), "vercel-credits-ceph-"));
  const [monitorPort, port] = (await freePorts(2)) as [number, number];
  const env = { CEPH_CONF: join(folder, "ceph.conf") };
  const started: ServerProcess[] = [];
  const start = (command: string, ...args: string[]) => {
    const process = new ServerProcess(command, ["-f", ...args], { env });
    started.push(process);
    return process;
  };
  // Without encryption between its parts, which no key is made for.
  const plain = "--ms_mon_client_mode=crc";
  const startGateway = async () => {
    const front = `--rgw_frontends=beast endpoint=127.0.0.1:${port}`;
    const gateway = start("radosgw", "-n", "client.rgw", plain, front, "--rgw_run_sync_thread=false");
    await gateway.ready(() => fetch(`http://127.0.0.1:${port}/`));
    return gateway;
  };
  const stop = async () => {
    await Promise.all(started.map((process) => process.end()));
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const [cluster, store] = [randomUUID(), randomUUID()];
    for (const part of ["mon", "osd", "run"]) mkdirSync(join(folder, part));
    writeFileSync(env.CEPH_CONF, configuration(folder, cluster, monitorPort));
    const map = join(folder, "monmap");
    const address = `[v2:127.0.0.1:${monitorPort}]`;
    await runToEnd("monmaptool", ["--create", "--addv", "a", address, "--fsid", cluster, map], { env });
    await runToEnd("ceph-mon", ["--mkfs", "-i", "a", "--monmap", map], { env });
    const monitor = start("ceph-mon", "-i", "a");
    await monitor.ready(() => runToEnd("ceph", ["--connect-timeout", "10", "osd", "new", store], { env }));
    await runToEnd("ceph-osd", ["-i", "0", "--mkfs", "--osd-uuid", store], { env });
    start("ceph-osd", "-i", "0");
    let gateway = await startGateway();
    for (const [name, key] of Object.entries(USERS)) {
      const keys = ["--access-key", key, "--secret-key", key];
      await runToEnd(
        "radosgw-admin",
        [plain, "user", "create", "--uid", name, "--display-name", name, ...keys],
        {
          env,
        },
      );
    }
    await makeBucket(port);

    const addressOf = (bucket: string, name: string, at = port) =>
      `s3://${bucket}/${name}?endpoint=127.0.0.1:${at}&disableSSL=true&s3ForcePathStyle=true`;
    const as = (key: string, secret = key) => ({ AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret });
    return {
      kind: "s3",
      port,
      address: (name, at) => addressOf(BUCKET, name, at),
      env: () => as(USERS.owner),
      wrong: () => {
        const address = addressOf(BUCKET, "wrong");
        const none = { AWS_ACCESS_KEY_ID: undefined, AWS_EC2_METADATA_DISABLED: "true" };
        return [
          { what: "no credentials", address, env: none, says: /finds no credentials/ },
          {
            what: "another's secret",
            address,
            env: as(USERS.owner, "x"),
            says: /not valid there \(Signature/,
          },
          { what: "an unknown key", address, env: as("x"), says: /not valid there \(InvalidAccessKeyId/ },
          {
            what: "no right",
            address,
            env: as(USERS.stranger),
            says: /lack a right: s3:\w+.*in bucket journals/,
          },
          {
            what: "no such bucket",
            address: addressOf("nowhere", "wrong"),
            env: as(USERS.owner),
            says: /no bucket nowhere/,
          },
          {
            what: "no such profile",
            address: `${address}&profile=nobody`,
            env: { ...none, AWS_SECRET_ACCESS_KEY: undefined },
            says: /finds no credentials/,
          },
        ];
      },
      async restart() {
        await gateway.end();
        gateway = await startGateway();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeBucket(port: number): Promise<void> {
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: USERS.owner, secretAccessKey: USERS.owner },
  });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
}

function configuration(folder: string, cluster: string, port: number): string {
  return `[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${port}/0]
auth cluster required = none
auth service required = none
auth client required = none
osd objectstore = memstore
memstore device bytes = 536870912
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 0
mon data avail warn = 0
paxos propose interval = 0.05
paxos min wait = 0.01
mon data = ${folder}/mon
osd data = ${folder}/osd
run dir = ${folder}/run
log file = ${folder}/$name.log
mon cluster log file = ${folder}/cluster.log
admin socket =
`;
}
