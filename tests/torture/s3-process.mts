import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { freePort } from "./free-port.mts";

const STARTS_WITHIN_MS = 90_000;
export const BUCKET = "journals";
export const S3_CREDENTIALS = { AWS_ACCESS_KEY_ID: "torture", AWS_SECRET_ACCESS_KEY: "not-a-secret" };

/** Ceph's cluster, which keeps in memory what its gateways serve: it is never killed, since that would lose what they acknowledged. */
class CephCluster {
  readonly #folder = mkdtempSync(join(tmpdir(), "ceph-"));
  readonly #processes: ChildProcess[] = [];
  #made: Promise<void> | undefined;

  start(): Promise<void> {
    this.#made ??= this.#make();
    return this.#made;
  }

  async #make(): Promise<void> {
    const [folder, port] = [this.#folder, await freePort()];
    const fsid = randomUUID();
    writeFileSync(
      join(folder, "ceph.conf"),
      `[global]
fsid = ${fsid}
mon host = v1:127.0.0.1:${port}/0
ms bind msgr2 = false
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
run dir = ${folder}
admin socket = ${folder}/$name.asok
log file = ${folder}/$name.log
keyring = ${folder}/keyring
mon data = ${folder}/mon
osd data = ${folder}/osd
`,
    );
    writeFileSync(join(folder, "keyring"), "");
    for (const each of ["mon", "osd", "rgw"]) mkdirSync(join(folder, each));
    const map = join(folder, "monmap");
    const run = (file: string, ...args: string[]) =>
      execFileSync(file, args, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: STARTS_WITHIN_MS,
      });
    const conf = ["--conf", join(folder, "ceph.conf")];
    run("monmaptool", "--create", "--clobber", "--fsid", fsid, "--addv", "a", `[v1:127.0.0.1:${port}]`, map);
    run("ceph-mon", ...conf, "--mkfs", "--id", "a", "--monmap", map);
    this.#processes.push(this.spawn("ceph-mon", ["--foreground", "--id", "a"]));
    run("ceph-osd", ...conf, "--mkfs", "--id", "0");
    // A store in memory makes its number itself, whatever it is told.
    const number = readFileSync(join(folder, "osd/fsid"), "utf8").trim();
    run("ceph", ...conf, "--connect-timeout", "60", "osd", "new", number);
    this.#processes.push(this.spawn("ceph-osd", ["--foreground", "--id", "0"]));
    await until(async () => /\b1 up\b/.test(run("ceph", ...conf, "--connect-timeout", "60", "osd", "stat")));
    const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = S3_CREDENTIALS;
    const user = [
      "--uid",
      "torture",
      "--display-name",
      "torture",
      "--access-key",
      key,
      "--secret-key",
      secret,
    ];
    run(
      "radosgw-admin",
      ...conf,
      "--name",
      "client.rgw",
      "--ms_mon_client_mode=crc",
      "user",
      "create",
      ...user,
    );
  }

  spawn(file: string, args: string[]): ChildProcess {
    const log = openSync(join(this.#folder, "output.log"), "a");
    return spawn(file, ["--conf", join(this.#folder, "ceph.conf"), ...args], { stdio: ["ignore", log, log] });
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map(end));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** One for all gateways of a process. */
let cluster: CephCluster | undefined;
let gateways = 0;

/** A gateway of Ceph's that speaks S3, and can be killed and started again. */
export class S3Process {
  #gateway: ChildProcess | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    if (this.#port === 0) {
      gateways++;
      cluster ??= new CephCluster();
      await cluster.start();
      this.#port = await freePort();
    }
    const frontend = `beast endpoint=127.0.0.1:${this.#port}`;
    const args = [
      "--foreground",
      "--name",
      "client.rgw",
      "--ms_mon_client_mode=crc",
      "--rgw_frontends",
      frontend,
    ];
    this.#gateway = cluster?.spawn("radosgw", args);
    await until(async () => (await fetch(this.url)).status < 500);
  }

  async makeBucket(): Promise<void> {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = S3_CREDENTIALS;
    const client = new S3Client({
      endpoint: this.url,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET })); // again is fine
    client.destroy();
  }

  async kill(): Promise<void> {
    await end(this.#gateway);
    this.#gateway = undefined;
  }

  async mend(): Promise<void> {
    if (this.#gateway === undefined) await this.start();
  }

  async close(): Promise<void> {
    await this.kill();
    if (this.#port === 0 || --gateways > 0) return;
    await cluster?.close();
    cluster = undefined;
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error("Ceph did not start");
    await new Promise((look) => setTimeout(look, 100));
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
