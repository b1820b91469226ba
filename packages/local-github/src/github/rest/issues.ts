import { customError, notFound } from '../errors';
import {
  addComment,
  findIssue,
  findLabel,
  newIssue,
  setLabels,
} from '../issues';
import { emitPullRequest } from '../events/pullRequestEvent';
import { commentJson, issueJson, labelsOf } from '../present/issue';
import { isPull } from '../present/pullRequest';
import { labelEventJson, reviewRequestJson } from '../present/issueEvent';
import { updatePullRequest } from '../pullRequests';
import { Issue } from '../state/model';
import { Call, created, ok, Operations } from './call';

const PATH = '/repos/{owner}/{repo}/issues';

type LabelNames = Array<string | { name?: string }>;

interface IssueBody {
  title?: string | number | null;
  body?: string | null;
  state?: 'open' | 'closed';
  labels?: LabelNames;
}

/** Issues, their comments and labels; pull requests are issues too. */
export const issueOperations: Operations = {
  [`GET ${PATH}`]: call => {
    const state = call.query.state ?? 'open';
    const labels = (call.query.labels ?? '').split(',').filter(Boolean);
    const issues = call.repo.issues
      .filter(
        issue =>
          (state === 'all' || issue.isOpen === (state === 'open')) &&
          labels.every(name => issue.labels.includes(name)),
      )
      .sort((a, b) => b.number - a.number);
    return call.paged(issues, page =>
      page.map(issue => issueJson(call.context, call.repo, issue)),
    );
  },

  [`POST ${PATH}`]: call => {
    const body = call.body<IssueBody>();
    const issue = newIssue(
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
      names(body.labels ?? []),
      call.actor,
    );
    return created(issueJson(call.context, call.repo, issue));
  },

  [`GET ${PATH}/{issue_number}`]: call =>
    ok(issueJson(call.context, call.repo, issueOf(call))),

  [`PATCH ${PATH}/{issue_number}`]: async call => {
    const { context, repo, actor } = call;
    const issue = issueOf(call);
    const body = call.body<IssueBody>();
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
    if (body.labels) await changeLabels(call, issue, names(body.labels));
    return ok(issueJson(context, repo, issue));
  },

  [`GET ${PATH}/{issue_number}/comments`]: call => {
    const issue = issueOf(call);
    return call.paged(issue.comments, page =>
      page.map(one => commentJson(call.context, call.repo, issue, one)),
    );
  },

  [`POST ${PATH}/{issue_number}/comments`]: call => {
    const issue = issueOf(call);
    const { body } = call.body<{ body: string }>();
    const comment = addComment(call.context, issue, body, call.actor);
    return created(commentJson(call.context, call.repo, issue, comment));
  },

  [`PATCH ${PATH}/comments/{comment_id}`]: call => {
    const { context, repo, params } = call;
    for (const issue of repo.issues) {
      const comment = issue.comments.find(
        ({ id }) => String(id) === params.comment_id,
      );
      if (!comment) continue;
      comment.body = call.body<{ body: string }>().body;
      comment.updatedAt = context.now();
      return ok(commentJson(context, repo, issue, comment));
    }
    throw notFound();
  },

  /** Of all that GitHub tells here, the labels that came and went, and the requests for reviews. */
  [`GET ${PATH}/{issue_number}/events`]: call => {
    const { events = [], pull } = issueOf(call);
    const all = [...events, ...(pull?.reviewRequests ?? [])].sort(
      (a, b) => a.id - b.id,
    );
    return call.paged(all, page =>
      page.map(one =>
        'team' in one
          ? reviewRequestJson(call.context, call.repo, one)
          : labelEventJson(call.context, call.repo, one),
      ),
    );
  },

  [`POST ${PATH}/{issue_number}/labels`]: call => {
    const issue = issueOf(call);
    return setAndShow(call, [...issue.labels, ...labelsOfBody(call)]);
  },

  [`DELETE ${PATH}/{issue_number}/labels/{name}`]: call => {
    const issue = issueOf(call);
    const found = findLabel(call.repo, call.params.name);
    if (!found || !issue.labels.includes(found.name))
      throw Object.assign(notFound(), { message: 'Label does not exist' });
    return setAndShow(
      call,
      issue.labels.filter(name => name !== found.name),
    );
  },
};

const issueOf = ({ repo, params }: Call) =>
  findIssue(repo, params.issue_number);

const labelsJson = (call: Call) =>
  labelsOf(call.context, call.repo, issueOf(call));

const setAndShow = async (call: Call, wanted: string[]) => {
  await changeLabels(call, issueOf(call), wanted);
  return ok(labelsJson(call));
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
const labelsOfBody = (call: Call): string[] => {
  const body = call.body<{ labels?: LabelNames } | LabelNames | string>();
  if (typeof body === 'string') return [body];
  return names(Array.isArray(body) ? body : body.labels ?? []);
};

const names = (labels: LabelNames): string[] =>
  labels.map(one => {
    const name = typeof one === 'string' ? one : one.name;
    if (!name) throw customError('Label', 'name is missing', 'name');
    return name;
  });
