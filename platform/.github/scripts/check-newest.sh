#!/usr/bin/env bash
# Sets the step's output superseded to true if a newer commit of BRANCH changes the Terraform root ROOT: that commit's run applies
# both. Fails while PAUSED is true. Called by _rds-database-apply.yml, in a clone with all branches, at the commit to apply.
set -euo pipefail

if [ "${PAUSED:-}" = true ]; then
  echo "::error::GOLDENPATH_PAUSED is true: nothing is applied, for instance during an upgrade of the instance. Delete the variable and run this job again."
  exit 1
fi
tip=$(git rev-parse "refs/remotes/origin/$BRANCH")
superseded=false
if ! git merge-base --is-ancestor HEAD "$tip"; then
  superseded=true
  echo "::notice::This commit is no longer part of $BRANCH, so it is not applied."
elif newer=$(git rev-list --max-count=1 "HEAD..$tip" -- "$ROOT") && [ -n "$newer" ]; then
  superseded=true
  echo "::notice::Superseded: $newer changed $ROOT later, and its run applies this change as well. Nothing was done here. If that commit has no run, run the workflow by hand."
fi
echo "superseded=$superseded" >> "$GITHUB_OUTPUT"
