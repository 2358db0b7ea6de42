/** Loaded into every Node process of a benchmark run: the provider processes write down their peak memory in KiB. */
if (process.argv[1]?.includes("dynamic-provider")) {
  const { appendFileSync } = require("node:fs");
  setInterval(
    () => appendFileSync(process.env.BENCH_MEMORY, `${process.resourceUsage().maxRSS}\n`),
    50,
  ).unref();
}
