#!/bin/sh
# What the recipes for CI do, in one place, for any CI. Run it in the folder of the Pulumi program, after its packages are
# installed, with PULUMI_STACK set. Never run two at once for one stack.
#
#   review-and-buy.sh preview   Reviews what an update would do, without a token: the plan, comment.md and review.json go to
#                               the folder credits-review. Ends with 1 where it is over budget, an amount is unknown or a
#                               person has to settle something, with 2 where there is no complete preview; then there is
#                               no plan.
#   review-and-buy.sh buy       After the approval, with credits-review and VERCEL_API_TOKEN: does what was reviewed, and
#                               nothing else. A plan that buys nothing needs no token.
#   review-and-buy.sh update    The same where the plan buys nothing; else leaves it to the job that buys.
#
# On GitHub, with gh and GH_TOKEN:
#   review-and-buy.sh skip                    Says why a pull request without secrets has no preview.
#   review-and-buy.sh comment NUMBER          Keeps the review as a comment of this pull request.
#   review-and-buy.sh reviewers ENVIRONMENT   Ends with 1 unless somebody has to approve in this environment.
set -eu

review=credits-review
case "${1:-}" in
preview | buy | update | comment) : "${PULUMI_STACK:?is not set: name the stack, such as acme/credits/prod}" ;;
esac

# The command of the package that the program uses, and of no other.
credits() {
  node "$(node -p 'require.resolve("pulumi-vercel-credits/package.json", { paths: ["."] }) + "/../bin/pulumi-vercel-credits.js"')" "$@"
}

summary() {
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat >>"$GITHUB_STEP_SUMMARY"; else cat >/dev/null; fi
}

stop() {
  echo "error: $1" >&2
  echo "❌ $1" | summary
  exit 1
}

# What review.json says: reviewed buys
reviewed() {
  node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))[process.argv[2]]' "$review/review.json" "$1"
}

# PROJECT/STACK, also where Pulumi can't be asked.
name() {
  project=$(sed -n 's/^[{[:space:]"'\'']*name["'\'']\{0,1\}[[:space:]]*:[[:space:]]*["'\'']\{0,1\}\([^"'\'',}[:space:]]*\).*/\1/p' Pulumi.y*ml | head -n 1)
  echo "${project:--}/${PULUMI_STACK##*/}"
}

# What the journal has of this stack, and of no other.
journal() {
  of=$(name)
  credits journal --project "${of%/*}" --stack "${of#*/}"
}

# When the stack's state was last written, and what it holds: a plan is good for no other.
state() {
  exported=$(pulumi stack export) || return
  printf %s "$exported" | node -e '
    const { deployment } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const held = (deployment?.resources ?? []).map(({ urn, id, modified }) => [urn, id, modified]);
    console.log(JSON.stringify([deployment?.manifest?.time, ...held]));'
}

# Why a preview may not run here. Its program is the pull request's, and could print whatever it can read.
refusal() {
  if [ -n "${VERCEL_API_TOKEN:-}${VERCEL_TOKEN:-}" ]; then
    echo "this job has VERCEL_API_TOKEN or VERCEL_TOKEN, so any pull request could read the token. Take it out of this job, and give it to the environment of the job that buys, and to nothing else"
  elif ! pulumi config --json >"$temporary/config" 2>"$temporary/said"; then
    cat "$temporary/said"
  elif grep -q '"vercel:apiToken":' "$temporary/config"; then
    echo 'the configuration of this stack holds vercel:apiToken, so any pull request could read the token. Run `pulumi config rm vercel:apiToken` and commit that, make a new token, and give it to the environment of the job that buys (as VERCEL_API_TOKEN), and to nothing else'
  fi
}

preview() {
  rm -rf "$review"
  mkdir "$review"
  temporary=$(mktemp -d)
  trap 'rm -rf "$temporary"' EXIT
  printed=$temporary/preview.json
  failure=$(refusal)
  if [ -z "$failure" ]; then
    state >"$review/state" || true
    # A failed preview wrote why; the review then says so, and ends with 2.
    pulumi preview --json --show-sames --save-plan "$review/plan.json" >"$printed" 2>"$temporary/said" || true
    cat "$temporary/said" >&2
    [ -s "$printed" ] || failure=$(cat "$temporary/said")
  fi
  if [ -n "$failure" ]; then
    # In the form in which Pulumi says it, so that the review replaces what an earlier one said.
    node -p 'JSON.stringify({ steps: [], diagnostics: [{ severity: "error", message: process.argv[1] }] })' \
      "$failure" >"$printed"
  fi

  set -- "$printed" --stack "$(name)"
  status=0
  credits review "$@" >"$review/comment.md" || status=$?
  credits review "$@" --format json >"$review/review.json" 2>/dev/null || true
  cat "$review/comment.md"
  summary <"$review/comment.md"
  [ -z "${GITHUB_OUTPUT:-}" ] || echo "buys=$(reviewed buys)" >>"$GITHUB_OUTPUT"
  [ "$status" -eq 0 ] || rm -f "$review/plan.json"
  return "$status"
}

buy() {
  [ -f "$review/plan.json" ] || stop "there is no plan in $review: the preview did not pass, or its folder was not kept for this job. Nothing was sent."
  now=$(state) || stop "The stack's state can't be read, so nothing was sent. Run this job again."
  if [ "$now" != "$(cat "$review/state")" ]; then
    journal || true
    stop "This plan was made before the last update of this stack, so nothing was sent now. Run the whole workflow again, not this job alone: what is left is then planned, reviewed and approved anew."
  fi
  if ! pulumi up --yes --skip-preview --plan "$review/plan.json"; then
    journal || true
    stop "The update did not come to its end; what became of each purchase stands above. Where a message asks for a change of the program, make it in a pull request. Where it says to run \`pulumi up\` again, run the whole workflow again, not this job alone: this plan is used up."
  fi
  # Fails where the journal holds a purchase of this stack that nobody knows the end of.
  journal
}

update() {
  if [ "$(reviewed buys)" = false ]; then buy; else echo "This plan buys: the job that buys does it, once it is approved."; fi
}

comment() {
  if [ ! -s "$review/comment.md" ]; then
    mkdir -p "$review"
    printf '❌ **There is no preview**, so nothing is known of the money: the job failed before it, and its log says why.\n\n<!-- pulumi-vercel-credits review %s -->\n' \
      "$(name)" >"$review/comment.md"
  fi
  marker=$(grep -o '<!-- pulumi-vercel-credits review .* -->' "$review/comment.md")
  comments=repos/$GITHUB_REPOSITORY/issues/$1/comments
  own=$(gh api "$comments?per_page=100" --paginate --slurp | node -e '
    const comments = JSON.parse(require("node:fs").readFileSync(0, "utf8")).flat();
    const own = comments.find(({ user, body }) => user.type === "Bot" && body.includes(process.argv[1]));
    if (own) console.log(own.id);' "$marker")
  if [ -n "$own" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$own" --field "body=@$review/comment.md" --silent
  elif concerns_purchases; then
    gh api --method POST "$comments" --field "body=@$review/comment.md" --silent
  fi
}

# A preview that failed is about purchases where one of them says so: each of its errors says what became of the money.
concerns_purchases() {
  [ -s "$review/review.json" ] || return 1
  if [ "$(reviewed complete)" = true ]; then
    [ "$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).operations.length' "$review/review.json")" -gt 0 ]
  else
    grep -qE 'vercel:apiToken|VERCEL_API_TOKEN|Nothing was charged\.|The card (was|may have been) charged\.' "$review/comment.md"
  fi
}

skip() {
  note="There is no preview of this pull request: those of forks and of Dependabot get no secrets, so the stack can't be read. Nothing is known of what it buys. Somebody who may push to this repository can push its commits to a branch here, after reading them; the plan after the merge is reviewed and approved in any case."
  echo "$note"
  echo "$note" | summary
}

# GitHub makes an environment that it doesn't know, without anybody who has to approve.
reviewers() {
  settings="Make it under Settings > Environments, with required reviewers, the branch that is merged to as its only one, and the secret VERCEL_API_TOKEN."
  found=$(gh api "repos/$GITHUB_REPOSITORY/environments/$1") ||
    stop "The environment $1, in which purchases are approved, can't be found, so nothing is bought. $settings"
  printf %s "$found" | node -e '
    const { protection_rules = [] } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const asks = ({ type, reviewers }) => type === "required_reviewers" && reviewers?.length > 0;
    process.exit(protection_rules.some(asks) ? 0 : 1);' ||
    stop "The environment $1 has no required reviewers, so nobody would approve purchases, and nothing is bought. $settings"
}

case "${1:-}" in
preview | buy | update | skip) "$1" ;;
comment | reviewers) "$1" "$2" ;;
*)
  echo "usage: $0 preview | buy | update | skip | comment NUMBER | reviewers ENVIRONMENT" >&2
  exit 2
  ;;
esac
