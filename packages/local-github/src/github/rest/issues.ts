import { createCustomError, createNotFound, GitHubError } from '../errors';
import {
  addComment,
  findIssue,
  findLabel,
  createIssue,
  setLabels,
} from '../issues';
import { emitPullRequest } from '../events/pullRequestEvent';
import { toCommentJson, toIssueJson, listLabels } from '../present/issue';
import { isPull } from '../present/pullRequest';
import { toLabelEventJson, toReviewRequestJson } from '../present/issueEvent';
import { updatePullRequest } from '../pullRequests';
import { Issue } from '../state/model';
import { Call, answerCreated, answerOk, Operations } from './call';

const PATH = '/repos/{owner}/{repo}/issues';

type LabelNames = Array<string | { name?: string }>;

interface IssueBody {
  title?: string | number | null;
  body?: string | null;
  state?: 'open' | 'closed';
  labels?: LabelNames;
}

/** @throws GitHubError 410 where the repository's settings switch issues off; pull requests still have their part of the API */
const assertIssues = ({ repo }: Call): void => {
  if (!repo.settings.has_issues)
    throw new GitHubError(410, 'Issues has been disabled in this repository.');
};

/** Issues, their comments and labels; pull requests are issues too. */
export const issueOperations: Operations = {
  [`GET ${PATH}`]: call => {
    assertIssues(call);
    const state = call.query.state ?? 'open';
    const labels = (call.query.labels ?? '').split(',').filter(Boolean);
    const issues = call.repo.issues
      .filter(
        issue =>
          (state === 'all' || issue.isOpen === (state === 'open')) &&
          labels.every(name => issue.labels.includes(name)),
      )
      .sort((a, b) => b.number - a.number);
    return call.answerPage(issues, page =>
      page.map(issue => toIssueJson(call.context, call.repo, issue)),
    );
  },

  [`POST ${PATH}`]: call => {
    assertIssues(call);
    const body = call.readBody<IssueBody>();
    const issue = createIssue(
      call.context,
      call.repo,
      String(body.title),
      body.body ?? null,
      call.actor,
    );
    call.repo.issues.push(issue);
    setLabels(
      call.context,
      call.repo,
      issue,
      readNames(body.labels ?? []),
      call.actor,
    );
    return answerCreated(toIssueJson(call.context, call.repo, issue));
  },

  [`GET ${PATH}/{issue_number}`]: call =>
    answerOk(toIssueJson(call.context, call.repo, getIssue(call))),

  [`PATCH ${PATH}/{issue_number}`]: async call => {
    const { context, repo, actor } = call;
    const issue = getIssue(call);
    const body = call.readBody<IssueBody>();
    const title =
      body.title === undefined || body.title === null
        ? undefined
        : String(body.title);
    if (isPull(issue)) {
      const { state } = body;
      const change = { title, body: body.body, state };
      await updatePullRequest(context, repo, issue, change, actor);
    } else {
      if (title !== undefined) issue.title = title;
      if (body.body !== undefined) issue.body = body.body;
      if (body.state !== undefined) {
        issue.isOpen = body.state === 'open';
        issue.closedAt = issue.isOpen ? null : context.now();
      }
      issue.updatedAt = context.now();
    }
    if (body.labels) await changeLabels(call, issue, readNames(body.labels));
    return answerOk(toIssueJson(context, repo, issue));
  },

  [`GET ${PATH}/{issue_number}/comments`]: call => {
    const issue = getIssue(call);
    return call.answerPage(issue.comments, page =>
      page.map(one => toCommentJson(call.context, call.repo, issue, one)),
    );
  },

  [`POST ${PATH}/{issue_number}/comments`]: call => {
    const issue = getIssue(call);
    const { body } = call.readBody<{ body: string }>();
    const comment = addComment(call.context, issue, body, call.actor);
    return answerCreated(
      toCommentJson(call.context, call.repo, issue, comment),
    );
  },

  [`PATCH ${PATH}/comments/{comment_id}`]: call => {
    const { context, repo, params } = call;
    for (const issue of repo.issues) {
      const comment = issue.comments.find(
        ({ id }) => String(id) === params.comment_id,
      );
      if (!comment) continue;
      comment.body = call.readBody<{ body: string }>().body;
      comment.updatedAt = context.now();
      return answerOk(toCommentJson(context, repo, issue, comment));
    }
    throw createNotFound();
  },

  /** Of all that GitHub tells here, the labels that came and went, and the requests for reviews. */
  [`GET ${PATH}/{issue_number}/events`]: call => {
    const { events = [], pull } = getIssue(call);
    const all = [...events, ...(pull?.reviewRequests ?? [])].sort(
      (a, b) => a.id - b.id,
    );
    return call.answerPage(all, page =>
      page.map(one =>
        'team' in one
          ? toReviewRequestJson(call.context, call.repo, one)
          : toLabelEventJson(call.context, call.repo, one),
      ),
    );
  },

  [`POST ${PATH}/{issue_number}/labels`]: call => {
    const issue = getIssue(call);
    return setAndShow(call, [...issue.labels, ...readLabels(call)]);
  },

  [`DELETE ${PATH}/{issue_number}/labels/{name}`]: call => {
    const issue = getIssue(call);
    const found = findLabel(call.repo, call.params.name);
    if (!found || !issue.labels.includes(found.name))
      throw Object.assign(createNotFound(), {
        message: 'Label does not exist',
      });
    return setAndShow(
      call,
      issue.labels.filter(name => name !== found.name),
    );
  },
};

const getIssue = ({ repo, params }: Call) =>
  findIssue(repo, params.issue_number);

const toLabelsJson = (call: Call) =>
  listLabels(call.context, call.repo, getIssue(call));

const setAndShow = async (call: Call, wanted: string[]) => {
  await changeLabels(call, getIssue(call), wanted);
  return answerOk(toLabelsJson(call));
};

/** Sets the labels and, on a pull request, tells the workflows of every one that came or went. */
const changeLabels = async (call: Call, issue: Issue, wanted: string[]) => {
  const { context, repo, actor } = call;
  const before = issue.labels;
  setLabels(context, repo, issue, wanted, actor);
  if (!isPull(issue)) return;
  const came = issue.labels.filter(name => !before.includes(name));
  const went = before.filter(name => !issue.labels.includes(name));
  for (const name of came)
    await emitPullRequest(context, repo, issue, 'labeled', actor, name);
  for (const name of went)
    await emitPullRequest(context, repo, issue, 'unlabeled', actor, name);
};

/** GitHub takes `{labels: […]}`, and the bare list as it once was. */
const readLabels = (call: Call): string[] => {
  const body = call.readBody<{ labels?: LabelNames } | LabelNames | string>();
  if (typeof body === 'string') return [body];
  return readNames(Array.isArray(body) ? body : body.labels ?? []);
};

const readNames = (labels: LabelNames): string[] =>
  labels.map(one => {
    const name = typeof one === 'string' ? one : one.name;
    if (!name) throw createCustomError('Label', 'name is missing', 'name');
    return name;
  });
