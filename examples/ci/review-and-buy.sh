#!/bin/sh
# The whole way of a change, for any CI: preview and review, an approval of exactly that plan, and the update.
#
#   review-and-buy.sh preview   on a pull request: writes plan.json, preview.json and comment.md. Needs no token.
#                               Ends with 1 where it is over budget or an amount is unknown, with 2 where the preview
#                               failed, so a job can be required for merging.
#   review-and-buy.sh buy       after the approval, with plan.json and VERCEL_API_TOKEN: does what was reviewed, and
#                               refuses what was not.
#
# Run it in the folder of the Pulumi program, with the stack selected. Never run two at once for one stack.
set -eu

case "${1:-}" in
preview)
  rm -f plan.json
  # A failed preview still wrote why; the review then says so and ends with 2.
  pulumi preview --json --show-sames --save-plan plan.json >preview.json || true
  status=0
  npx pulumi-vercel-credits review preview.json >comment.md || status=$?
  cat comment.md
  exit "$status"
  ;;
buy)
  pulumi up --yes --skip-preview --plan plan.json
  # Fails where this machine's journal holds a purchase that nobody knows the end of.
  npx pulumi-vercel-credits journal
  ;;
*)
  echo "usage: $0 preview|buy" >&2
  exit 2
  ;;
esac
