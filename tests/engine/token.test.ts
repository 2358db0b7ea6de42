import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxAndProject } from "../support/stack";

const TOKEN = "tok_Recognisable7f3a91";

test("the token is found nowhere: not in state, backups, history, previews, output, event logs, the journal or the provider", async () => {
  const { sandbox, project } = await sandboxAndProject({ VERCEL_API_TOKEN: "" });
  await project.mustRun("config", "set", "vercel:apiToken", TOKEN, "--secret");
  // It hides the flag for the event log elsewhere.
  project.env.PULUMI_DEBUG_COMMANDS = "true";
  const runs = [
    await project.preview("--json"),
    await project.preview("--diff", "--event-log", "preview-events.json"),
    await project.up("--skip-preview", "--event-log", "up-events.json"),
  ];
  for (const run of runs) expect(run.code).toBe(0);
  const loud = ["--skip-preview", "--continue-on-error", "--verbose=3", "--logtostderr"];
  // The last of them stops the others of its update.
  for (const faults of [["decline", "echo-token"], ["garbage"]] as const) {
    project.declare(...project.declared, ...faults.map((name) => ({ name })));
    for (const fault of faults) sandbox.misbehave(fault);
    runs.push(await project.up(...loud));
  }
  runs.push(await project.preview("--json"), await project.run("refresh", "--yes", "--skip-preview"));
  runs.push(await project.run("stack", "export"), await project.destroyUnprotected());

  // One for each purchase: what was refused is not sent again by itself.
  expect(sandbox.requests()).toHaveLength(4);
  for (const { output } of runs) expect(output).not.toContain(TOKEN);
  const files = readdirSync(project.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const log of ["preview-events.json", "up-events.json"])
    expect(project.read(log)).toContain("summaryEvent");
  expect(files.filter((file) => file.includes("/history/")).length).toBeGreaterThan(4);
  expect(files.filter((file) => file.includes("/backups/") || file.endsWith(".bak")).length).toBeGreaterThan(
    0,
  );
  expect(files.filter((file) => readFileSync(file).includes(TOKEN))).toEqual([]);
  expect(files.filter((file) => file.includes("/journal/")).length).toBeGreaterThan(4);
  expect(project.read("Pulumi.dev.yaml")).toContain("vercel:apiToken");
});
