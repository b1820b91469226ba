import {
  DatabaseStatus,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';

const STEP_WORDS: Record<StatusStep, { done: string; awaited: string }> = {
  requested: { done: 'requested', awaited: 'the request' },
  pull_request: { done: 'pull request opened', awaited: 'the pull request' },
  approved: { done: 'approved', awaited: 'the approval' },
  merged: { done: 'merged', awaited: 'the merge' },
  credentials: { done: 'credentials created', awaited: 'the credentials' },
  provisioned: { done: 'ready', awaited: 'the provisioner' },
  rotated: { done: 'password rotated', awaited: 'the rotation' },
};

/** The status in a few sentences: the last step that is done, the problem, and who has to act. */
export const explainStatus = ({
  databaseName,
  environment,
  steps,
  problem,
  next,
}: DatabaseStatus): string => {
  const last = [...steps].reverse().find(({ state }) => state === 'done');
  const current = steps.find(({ state }) => state === 'current');
  return [
    `Database ${databaseName} in ${environment}: ${
      last
        ? `${STEP_WORDS[last.name].done}${last.at ? ` at ${last.at}` : ''}.`
        : 'nothing is done yet.'
    }`,
    last?.evidence,
    problem &&
      `Problem: ${problem.kind}${problem.at ? ` since ${problem.at}` : ''}. ${
        problem.evidence
      }`,
    current && `It waits for ${STEP_WORDS[current.name].awaited}.`,
    next && `Next: ${next.who}. ${next.reason}`,
  ]
    .filter(Boolean)
    .join(' ');
};
