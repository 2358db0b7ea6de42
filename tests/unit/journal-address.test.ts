import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { besideBackend, parseJournalAddress } from "../../provider/src/domain/journal-address";
import { Settings } from "../../provider/src/settings";
import { NOTHING_CHARGED } from "../support/sentences";

const at = (text: string) => parseJournalAddress(text, "the setting");
const beside = (text: string, from = "/project") => besideBackend(text, from, "the setting");

const plain = { region: undefined, profile: undefined, endpoint: undefined, pathStyle: false };

test.each([
  ["s3://bucket", { kind: "s3", bucket: "bucket", prefix: "", ...plain }],
  ["s3://bucket/", { kind: "s3", bucket: "bucket", prefix: "", ...plain }],
  ["S3://bucket/a/b/", { kind: "s3", bucket: "bucket", prefix: "a/b", ...plain }],
  ["s3://bucket/a%20b", { kind: "s3", bucket: "bucket", prefix: "a b", ...plain }],
  [
    "s3://bucket/a?region=eu-west-1&profile=ci&awssdk=v2",
    { kind: "s3", bucket: "bucket", prefix: "a", ...plain, region: "eu-west-1", profile: "ci" },
  ],
  ["gs://bucket/a", { kind: "gs", bucket: "bucket", prefix: "a" }],
  ["azblob://container/a", { kind: "azblob", container: "container", prefix: "a", account: undefined }],
  [
    "azblob://container?storage_account=acme",
    { kind: "azblob", container: "container", prefix: "", account: "acme" },
  ],
  ["file:///folder/a%20b", { kind: "file", folder: "/folder/a b" }],
  ["file:///folder/", { kind: "file", folder: "/folder" }],
  ["/folder", { kind: "file", folder: "/folder" }],
  ["~/folder", { kind: "file", folder: join(homedir(), "folder") }],
  ["postgres://u@h/d", { kind: "postgres", url: "postgres://u@h/d", table: "vercel_credits_journal" }],
  ["postgresql://h/d?table=s.t", { kind: "postgres", url: "postgresql://h/d", table: "s.t" }],
  [
    "postgres:///?dbname=d&host=/run/postgresql",
    {
      kind: "postgres",
      url: "postgres:///?dbname=d&host=%2Frun%2Fpostgresql",
      table: "vercel_credits_journal",
    },
  ],
])("%s is a journal's address", (text, expected) => {
  expect(at(text)).toMatchObject(expected);
});

test.each([
  ["endpoint=s3.example.com", "https://s3.example.com"],
  ["endpoint=s3.example.com:9000&disableSSL=true", "http://s3.example.com:9000"],
  ["endpoint=s3.example.com&disable_https=true", "http://s3.example.com"],
  ["endpoint=https%3A%2F%2Fs3.example.com&disableSSL=true", "https://s3.example.com"],
])("an S3 endpoint may be written with its scheme or without: %s", (parameters, endpoint) => {
  expect(at(`s3://bucket?${parameters}`)).toMatchObject({ endpoint });
});

test.each(["s3ForcePathStyle=true", "use_path_style=true", "s3ForcePathStyle"])(
  "both of Pulumi's spellings of a parameter are taken: %s",
  (parameter) => {
    expect(at(`s3://bucket?${parameter}`)).toMatchObject({ pathStyle: true });
  },
);

test.each([
  ["s3://bucket?regoin=x", "unknown parameter regoin: it takes region, profile, endpoint"],
  ["gs://bucket?region=x", "unknown parameter region: it takes none"],
  ["azblob://container?account=x", "unknown parameter account: it takes storage_account"],
  ["postgres://h/d?password=hunter2", "unknown parameter password: it takes table, host"],
  ["file:///folder?x=1", "unknown parameter x: it takes none"],
  ["s3://bucket?s3ForcePathStyle=maybe", "must be true or false"],
  ["s3:///a", "names no bucket"],
  ["gs://", "names no bucket"],
  ["azblob:///a", "names no container"],
  ["s3://key:secret@bucket/a", "names no bucket"],
  ["s3://bucket?endpoint=https://key:secret@host", "holds a user or password"],
  ["s3://bucket/a%zz", "written as %25"],
  ["s3://bucket/a#b", "written as %23"],
  ["s3://bucket/.pulumi/journal", "which is Pulumi's own"],
  ["postgres://u@h", "names no database"],
  ["postgres://u@h/d?table=a%20b", "a table whose name is none"],
  ["postgres://u@h/d?table=a.b.c", "a table whose name is none"],
  ["file://folder", "with three slashes"],
  ["ftp://host/a", "none of the journal's places"],
  ["redis://host", "none of the journal's places"],
  ["folder", "must be a folder as an absolute path"],
  ["./folder", "must be a folder as an absolute path"],
])("%s is refused by what is wrong with it", (text, says) => {
  const attempt = () => at(text);
  expect(attempt).toThrow(says);
  expect(attempt).toThrow("the setting");
  expect(attempt).toThrow(NOTHING_CHARGED);
  expect(attempt).not.toThrow(/hunter2|secret/);
});

describe("a password is never shown", () => {
  const shownOf = (text: string): string => {
    try {
      return at(text).shown;
    } catch (error) {
      return (error as Error).message;
    }
  };

  test("not that of a database, and all else of its address is", () => {
    expect(at("postgres://user:hunter2@host:5433/db?table=t&sslmode=require").shown).toBe(
      "postgres://user@host:5433/db?table=t",
    );
  });

  test("whatever it holds, and wherever it makes a reader of addresses cut", () => {
    const part = fc
      .string({ unit: "grapheme-ascii", minLength: 4, maxLength: 12 })
      .filter((text) => !/\s/.test(text));
    fc.assert(
      fc.property(part, fc.constantFrom("#", "?", "/", "@", ":", "&", ""), part, (one, between, other) => {
        const marked = `Zq7${one}${between}${other}Zq7`;
        const shown = shownOf(`postgres://user:${marked}@host/db`);
        expect(shown).not.toContain("Zq7");
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(["12#34", "12?34", "12/34", "12?a=b", "12?a&b/c"])("%s in the place of one", (password) => {
    expect(shownOf(`postgres://user:${password}@host/db`)).not.toMatch(/12|34/);
  });

  test("not a backend's either", () => {
    expect(() => beside("https://user:hunter2@api.pulumi.com")).not.toThrow("hunter2");
    expect(() => beside("postgres://user:hunter2#x@host/db")).not.toThrow("hunter2");
    expect(() => beside("s3://[hunter2")).not.toThrow("hunter2");
  });
});

test("an address is the same however its slashes, its scheme and its parameters are written", () => {
  const word = fc.stringMatching(/^[a-z0-9][a-z0-9-]{2,20}$/);
  const folders = fc.array(
    fc.stringMatching(/^[\w ü!.-]{1,10}$/).filter((one) => !/^\.|\.$/.test(one)),
    {
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(word, folders, word, (bucket, parts, region) => {
      const path = parts.map(encodeURIComponent).join("/");
      const expected = {
        bucket,
        prefix: parts.join("/").trim() === "" ? expect.anything() : parts.join("/"),
        region,
      };
      if (parts.length === 0) expected.prefix = "";
      expect(at(`s3://${bucket}/${path}?region=${region}`)).toMatchObject(expected);
      expect(at(`S3://${bucket}/${path}/?awssdk=v2&region=${region}`)).toMatchObject(expected);
    }),
  );
});

describe("beside the state of a backend", () => {
  test.each([
    ["s3://bucket", "s3://bucket/vercel-credits-journal"],
    ["s3://bucket/a/?region=r&awssdk=v2", "s3://bucket/a/vercel-credits-journal?region=r"],
    ["gs://bucket/a", "gs://bucket/a/vercel-credits-journal"],
    [
      "azblob://container?storage_account=acme",
      "azblob://container/vercel-credits-journal?storage_account=acme",
    ],
    ["postgres://user:pw@host/db?table=states", "postgres://user@host/db"],
    ["file:///states", "/states/vercel-credits-journal"],
    ["file://~", join(homedir(), "vercel-credits-journal")],
    ["file://~/states", join(homedir(), "states/vercel-credits-journal")],
    ["file://.", "/project/vercel-credits-journal"],
    ["file://../states?no_tmp_dir=true", "/states/vercel-credits-journal"],
  ])("%s has it at %s", (backend, shown) => {
    expect(beside(backend).shown).toBe(shown);
  });

  test("a database keeps it in a table of its own, and not in Pulumi's", () => {
    expect(beside("postgres://host/db?table=states")).toMatchObject({ table: "vercel_credits_journal" });
  });

  test.each(["https://api.pulumi.com", "https://pulumi.acme.example", "what is this"])(
    "%s is refused with what to set",
    (backend) => {
      expect(() => beside(backend)).toThrow("Set it to one of them: s3://BUCKET/PREFIX");
      expect(() => beside(backend)).toThrow(NOTHING_CHARGED);
    },
  );

  describe("as the settings find it", () => {
    const started = process.cwd();
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "vercel-credits-project-"));
      process.chdir(folder);
    });
    afterEach(() => {
      process.chdir(started);
      rmSync(folder, { recursive: true });
    });

    const journal = (env: Record<string, string> = {}) =>
      new Settings(() => undefined, { VERCEL_CREDITS_JOURNAL: "backend", ...env }).journal?.shown;
    const project = (backend: string) =>
      writeFileSync("Pulumi.yaml", `name: p\nruntime: nodejs\nbackend:\n  url: ${backend}\n`);

    test("by PULUMI_BACKEND_URL first, and then by backend.url of the project", () => {
      expect(journal({ PULUMI_BACKEND_URL: "gs://one" })).toBe("gs://one/vercel-credits-journal");
      project("gs://other");
      expect(journal()).toBe("gs://other/vercel-credits-journal");
      expect(journal({ PULUMI_BACKEND_URL: "gs://one" })).toBe("gs://one/vercel-credits-journal");
    });

    test("a relative folder is one of the project's", () => {
      project("file://./states");
      expect(journal()).toMatch(/vercel-credits-project-\w+\/states\/vercel-credits-journal$/);
    });

    test("where neither says where the backend is, it is refused with what to set", () => {
      expect(() => journal()).toThrow("neither PULUMI_BACKEND_URL nor backend.url in Pulumi.yaml");
    });
  });
});

test.each([
  '"postgres://u:hunter2@h/d"',
  "postgres:/u:hunter2@h",
  "u:hunter2@h/d",
  "X=postgres://u:hunter2@h",
])("what is no address, and may hold a password, is not shown: %s", (text) => {
  expect(() => parseJournalAddress(text, "it")).toThrow(/must be a folder/);
  expect(() => parseJournalAddress(text, "it")).not.toThrow(/hunter2/);
});
