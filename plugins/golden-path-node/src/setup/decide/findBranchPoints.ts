import type { ExpectedSetup, GitHubSetup } from './githubSetup';
import {
  checkReading,
  createNote,
  createOpenPoint,
  SetupPoint,
} from './setupPoint';

/** The job of rds-database-guard.yml, and in a merge queue of rds-database-queue.yml. */
export const GUARD_CHECK = 'Compare catalog and terraform.tfvars';

/** Checks what protection and rulesets of the branch require. */
export const findBranchPoints = (
  setup: Pick<GitHubSetup, 'branch'>,
  { branch }: Pick<ExpectedSetup, 'branch'>,
): SetupPoint[] =>
  checkReading(`rules of ${branch}`, setup.branch, rules => {
    const page = `(Settings → Rules, or Branches → ${branch})`;
    const point = (what: string, why: string, next: string) =>
      createOpenPoint(`rules of ${branch}: ${what}`, {
        why,
        next: `${next} ${page}.`,
      });
    return [
      ...(rules.checks.includes(GUARD_CHECK)
        ? []
        : [
            point(
              `the check "${GUARD_CHECK}" is not required`,
              'A pull request that the guard refuses can be merged.',
              'Require it',
            ),
          ]),
      ...(rules.approvals > 0
        ? []
        : [
            point(
              'no review is required',
              'Everyone who can push a branch can merge their own request.',
              'Require a pull request with at least one approval',
            ),
          ]),
      ...(rules.codeOwners
        ? []
        : [
            point(
              'no review by code owners is required',
              "Anyone with write access can approve changes of the platform's own files.",
              'Require a review from code owners',
            ),
          ]),
      ...(rules.allowsForcePushes
        ? [
            point(
              'force pushes are allowed',
              'A force push replaces what was reviewed, and the audit.',
              'Block them',
            ),
          ]
        : []),
      ...(rules.allowsDeletion
        ? [
            point(
              'the branch can be deleted',
              'A new branch with this name has none of the reviewed history.',
              'Restrict deletions',
            ),
          ]
        : []),
      ...(rules.checks.length > 0 || rules.approvals > 0
        ? noteAdmins(rules.includesAdmins, branch)
        : []),
    ];
  });

const noteAdmins = (
  includesAdmins: boolean | undefined,
  branch: string,
): SetupPoint[] => {
  if (includesAdmins) return [];
  return [
    createNote(
      includesAdmins === undefined
        ? `rules of ${branch}: come from rulesets, which don't show here who may bypass them (Settings → Rules).`
        : `rules of ${branch}: administrators may bypass them. "Do not allow bypassing the above settings" includes them.`,
    ),
  ];
};
