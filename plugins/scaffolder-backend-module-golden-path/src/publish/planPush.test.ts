import { BranchCommit } from '@goldenpath/plugin-golden-path-node';
import { planPush } from './planPush';

const AUTHOR = { name: 'Scaffolder', email: 'scaffolder@backstage.io' };
const commit = {
  id: 'ours',
  treeId: 'rendered',
  message: 'feat: user-service from the golden path',
  author: AUTHOR,
};
const pushed: BranchCommit = {
  id: 'half',
  treeId: 'half rendered',
  parents: [],
  message: commit.message,
  authorEmail: AUTHOR.email,
  committerEmail: AUTHOR.email,
};
const gitkeep: BranchCommit = {
  id: 'gitkeep',
  treeId: 'd564d0bc3dd917926892c55e3706cc116d5b165e',
  parents: [],
  message: 'initialize repository',
  authorEmail: 'app@example.com',
  committerEmail: 'noreply@github.com',
};
const byGraphql: BranchCommit = {
  ...pushed,
  id: 'graphql',
  parents: [gitkeep.id],
  authorEmail: 'app@example.com',
  committerEmail: 'noreply@github.com',
};
const byPerson: BranchCommit = {
  id: 'person',
  treeId: 'other',
  parents: [],
  message: 'first commit',
  authorEmail: 'jane@example.com',
  committerEmail: 'jane@example.com',
};
const onTop = { ...byPerson, parents: ['half'] };

const published = { kind: 'published' };
const replace = (replaces?: string) => ({ kind: 'push', replaces });
const refuse = (tip: string) => ({ kind: 'refuse', tip });

describe('planPush', () => {
  it.each<{
    reason: string;
    history: BranchCommit[];
    isOwnPage?: boolean;
    plan: object;
  }>([
    { reason: 'no branch yet', history: [], plan: replace(undefined) },
    {
      reason: 'the very commit',
      history: [{ ...pushed, id: 'ours', treeId: 'rendered' }],
      plan: published,
    },
    {
      reason: 'the same tree, with the date of an earlier version',
      history: [{ ...pushed, treeId: 'rendered' }],
      plan: published,
    },
    {
      reason: 'commits of developers on top of the very commit',
      history: [onTop, { ...pushed, id: 'ours', treeId: 'rendered' }],
      plan: published,
    },
    {
      reason: 'a half rendered root commit',
      history: [pushed],
      plan: replace('half'),
    },
    {
      reason: 'what a reset push left',
      history: [gitkeep],
      plan: replace('gitkeep'),
    },
    {
      reason: 'a reset push that continued by GraphQL with half the files',
      history: [byGraphql, gitkeep],
      plan: replace('graphql'),
    },
    {
      reason: "a half rendered commit in a repository without the task's page",
      history: [pushed],
      isOwnPage: false,
      plan: refuse('half'),
    },
    {
      reason: 'another root commit',
      history: [byPerson],
      plan: refuse('person'),
    },
    {
      reason: 'a commit on top of a half rendered one',
      history: [onTop, pushed],
      plan: refuse('person'),
    },
    {
      reason: 'a commit on top of what a reset push left',
      history: [{ ...onTop, message: commit.message }, gitkeep],
      plan: refuse('person'),
    },
    {
      reason: 'an amended commit',
      history: [{ ...pushed, committerEmail: 'jane@example.com' }],
      plan: refuse('half'),
    },
    {
      reason: 'files beside .gitkeep',
      history: [{ ...gitkeep, treeId: 'other' }],
      plan: refuse('gitkeep'),
    },
  ])('$reason: $plan.kind', ({ history, isOwnPage = true, plan }) => {
    expect(planPush(commit, history, isOwnPage)).toEqual(plan);
  });
});
