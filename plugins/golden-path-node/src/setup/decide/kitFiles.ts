/**
 * The files of the kit that workflows load, below `.github`.
 */
export const KIT_FILES: readonly string[] = [
  '.github/actions/goldenpath-rds/action.yml',
  '.github/actions/terraform/action.yml',
  '.github/scripts/access-review.mjs',
  '.github/scripts/ask-review.mjs',
  '.github/scripts/check-newest.sh',
  '.github/scripts/drift-issue.mjs',
  '.github/scripts/fetch-change.mjs',
  '.github/scripts/github.mjs',
  '.github/scripts/rotation-issue.mjs',
  '.github/workflows/_build-and-release.yml',
  '.github/workflows/_rds-database-apply.yml',
  '.github/workflows/create-rds-database.yml',
  '.github/workflows/decommission-rds-database.yml',
  '.github/workflows/rds-database-apply.yml',
  '.github/workflows/rds-database-guard.yml',
  '.github/workflows/rds-database-queue.yml',
  '.github/workflows/rds-database-rebase.yml',
  '.github/workflows/rds-drift.yml',
  '.github/workflows/rds-rotate.yml',
];

/** In the order in which GitHub looks for it; it uses the first. */
export const CODEOWNERS_PATHS: readonly string[] = [
  '.github/CODEOWNERS',
  'CODEOWNERS',
  'docs/CODEOWNERS',
];
