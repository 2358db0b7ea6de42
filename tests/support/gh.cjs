// Stands in for `gh api`: comments of a pull request and environments, kept in files. What the token may not do fails, as
// on GitHub in a private repository.
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { parseArgs } = require("node:util");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    method: { type: "string", default: "GET" },
    field: { type: "string" },
    paginate: { type: "boolean" },
    slurp: { type: "boolean" },
    silent: { type: "boolean" },
  },
});
const [command, path] = positionals;
const { permissions } = JSON.parse(process.env.GH_TOKEN || '{"permissions":{}}');
const file = join(process.env.HOST_FOLDER, "comments.json");
const comments = JSON.parse(readFileSync(file, "utf8"));
const body = values.field?.replace(/^body=@(.*)$/s, (_, from) => readFileSync(from, "utf8"));
const keep = (all) => writeFileSync(file, JSON.stringify(all));

const ROUTES = [
  [
    "GET",
    /^repos\/acme\/credits\/issues\/7\/comments\?per_page=100$/,
    "pull-requests",
    "read",
    () => pages(comments),
  ],
  [
    "POST",
    /^repos\/acme\/credits\/issues\/7\/comments$/,
    "pull-requests",
    "write",
    () => keep([...comments, { id: comments.length + 1, user: { type: "Bot" }, body }]),
  ],
  [
    "PATCH",
    /^repos\/acme\/credits\/issues\/comments\/(\d+)$/,
    "pull-requests",
    "write",
    (id) => keep(comments.map((one) => (one.id === Number(id) ? { ...one, body } : one))),
  ],
  ["GET", /^repos\/acme\/credits\/environments\/([\w-]+)$/, "actions", "read", environment],
];

const [route] = ROUTES.filter(([method, pattern]) => method === values.method && pattern.test(path));
if (command !== "api" || !route) fail(`gh ${process.argv.slice(2).join(" ")} is not stood in for`);
const [, pattern, scope, access, answer] = route;
if (permissions[scope] !== "write" && permissions[scope] !== access)
  fail("gh: Resource not accessible by integration (HTTP 403)");
const answered = answer(pattern.exec(path)[1]);
if (!values.silent) console.log(JSON.stringify(answered));

/** With --paginate --slurp, an array of pages. */
function pages(all) {
  const count = Math.max(1, Math.ceil(all.length / 100));
  return Array.from({ length: count }, (_, page) => all.slice(page * 100, page * 100 + 100));
}

function environment(name) {
  const found = JSON.parse(readFileSync(join(process.env.HOST_FOLDER, "environments.json"), "utf8"))[name];
  if (!found) fail("gh: Not Found (HTTP 404)");
  const reviewers = found.reviewers.map((login) => ({ type: "User", reviewer: { login } }));
  return { name, protection_rules: reviewers.length > 0 ? [{ type: "required_reviewers", reviewers }] : [] };
}

function fail(why) {
  console.error(why);
  process.exit(1);
}
