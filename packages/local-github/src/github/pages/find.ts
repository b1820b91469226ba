import { RunRecord } from '../../actions/types';
import { Context } from '../context';
import { createNotFound } from '../errors';
import { findIssue } from '../issues';
import { isPull, PullRequest } from '../present/pullRequest';
import { Repository } from '../state/model';

/** @throws GitHubError 404 */
export const findPull = (repo: Repository, number: string): PullRequest => {
  const issue = findIssue(repo, number);
  if (!isPull(issue)) throw createNotFound();
  return issue;
};

/** @throws GitHubError 404 */
export const findRun = (
  context: Context,
  repo: Repository,
  id: string,
): RunRecord => {
  const found = context.runs.list(repo).find(run => String(run.id) === id);
  if (!found) throw createNotFound();
  return found;
};
