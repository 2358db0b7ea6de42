import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/**
 * The disk that the journal is on, which can be full: a small file system of its own where this user may make one,
 * else a folder that can't be written.
 */
export class Disk {
  readonly folder: string;
  readonly #ballast: string;
  readonly #mounted: boolean;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    this.#ballast = join(folder, "ballast");
    this.#mounted = mount(folder);
  }

  fill(): void {
    if (!this.#mounted) {
      chmodSync(this.folder, 0o500);
      return;
    }
    const file = openSync(this.#ballast, "w");
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }

  mend(): void {
    if (this.#mounted) rmSync(this.#ballast, { force: true });
    else chmodSync(this.folder, 0o700);
  }

  remove(): void {
    if (this.#mounted) execFileSync("umount", ["--lazy", this.folder]);
  }
}

function mount(folder: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
