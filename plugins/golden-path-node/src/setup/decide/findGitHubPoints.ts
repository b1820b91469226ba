import { findBranchPoints } from './findBranchPoints';
import { findEnvironmentPoints } from './findEnvironmentPoints';
import {
  findSecretPlacePoints,
  findTeamPoints,
  findVariablePoints,
  findWorkflowPoints,
} from './findRepositoryPoints';
import type { ExpectedSetup, GitHubSetup } from './githubSetup';
import type { SetupPoint } from './setupPoint';

/**
 * Compares the infra repo's settings on GitHub with docs/install.md, step 4.
 *
 * @public
 */
export const findGitHubPoints = (
  setup: GitHubSetup,
  expected: ExpectedSetup,
): SetupPoint[] => [
  ...findVariablePoints(setup, expected),
  ...findSecretPlacePoints(setup),
  ...findEnvironmentPoints(setup, expected),
  ...findBranchPoints(setup, expected),
  ...findWorkflowPoints(setup),
  ...findTeamPoints(setup, expected),
];
