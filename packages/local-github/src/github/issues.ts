import { Actor, Context } from './context';
import { createNotFound } from './errors';
import { Issue, Label, LabelEvent, Repository } from './state/model';
import { isSameName } from './state/runStore';

/** Colour of labels that are made by being used. */
const DEFAULT_COLOR = 'ededed';

/** An issue that no list has yet. */
export const createIssue = (
  context: Context,
  repo: Repository,
  title: string,
  body: string | null,
  actor: Actor,
): Issue => {
  const now = context.now();
  return {
    id: context.file.takeId(),
    number: Math.max(0, ...repo.issues.map(({ number }) => number)) + 1,
    title,
    body,
    author: actor.login,
    isOpen: true,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    labels: [],
    comments: [],
  };
};

/** @throws GitHubError 404 */
export const findIssue = (repo: Repository, number: string): Issue => {
  const found = repo.issues.find(issue => String(issue.number) === number);
  if (!found) throw createNotFound();
  return found;
};

export const findLabel = (repo: Repository, name: string): Label | undefined =>
  repo.labels.find(label => isSameName(label.name, name));

/** Sets an issue's labels, and keeps who did so; those that the repository doesn't have yet are made. */
export const setLabels = (
  context: Context,
  repo: Repository,
  issue: Issue,
  names: string[],
  actor: Actor,
): void => {
  const labels = names.map(
    name => findLabel(repo, name) ?? addLabel(context, repo, name),
  );
  const before = issue.labels;
  issue.labels = [...new Set(labels.map(({ name }) => name))];
  issue.updatedAt = context.now();
  const tell = (event: LabelEvent['event']) => (label: string) => ({
    id: context.file.takeId(),
    event,
    label,
    actor: actor.login,
    createdAt: issue.updatedAt,
  });
  const came = issue.labels.filter(name => !before.includes(name));
  const went = before.filter(name => !issue.labels.includes(name));
  issue.events = [
    ...(issue.events ?? []),
    ...came.map(tell('labeled')),
    ...went.map(tell('unlabeled')),
  ];
};

const addLabel = (context: Context, repo: Repository, name: string): Label => {
  const added: Label = {
    id: context.file.takeId(),
    name,
    color: DEFAULT_COLOR,
    // Null would be more natural; GitHub’s own description rules it out on pull requests.
    description: '',
  };
  repo.labels.push(added);
  return added;
};

export const addComment = (
  context: Context,
  issue: Issue,
  body: string,
  actor: Actor,
) => {
  const now = context.now();
  const comment = {
    id: context.file.takeId(),
    author: actor.login,
    body,
    createdAt: now,
    updatedAt: now,
  };
  issue.comments.push(comment);
  issue.updatedAt = now;
  return comment;
};
