import { RunRecord } from '../../actions/types';

/**
 * The runs that a query of `GET …/actions/runs` asks for, newest first.
 * https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export const filterRuns = (
  runs: RunRecord[],
  query: Record<string, unknown>,
): RunRecord[] => {
  const wanted = (value: string | undefined, key: string) =>
    !query[key] || query[key] === value;
  const isInTime = createDateFilter(query.created);
  return runs
    .filter(
      run =>
        wanted(run.actor, 'actor') &&
        wanted(run.headBranch, 'branch') &&
        wanted(run.event, 'event') &&
        wanted(run.headSha, 'head_sha') &&
        (wanted(run.status, 'status') || wanted(run.conclusion, 'status')) &&
        isInTime(run.createdAt),
    )
    .sort((a, b) => b.id - a.id);
};

/**
 * A date filter in GitHub's search syntax: `2026-11-24`, `>=2026-11-24T10:00:00Z`, `A..B`, `*..B`, `A..*`.
 * https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax#query-for-dates
 */
const createDateFilter = (filter: unknown): ((at: string) => boolean) => {
  if (typeof filter !== 'string' || filter === '') return () => true;
  const [from, to] = filter.split('..');
  if (to !== undefined) {
    return at =>
      (from === '*' || toMoment(at) >= toStart(from)) &&
      (to === '*' || toMoment(at) <= toEnd(to));
  }
  const [, operator, date] = /^(>=|<=|>|<)?(.*)$/.exec(filter)!;
  switch (operator) {
    case '>':
      return at => toMoment(at) > toEnd(date);
    case '>=':
      return at => toMoment(at) >= toStart(date);
    case '<':
      return at => toMoment(at) < toStart(date);
    case '<=':
      return at => toMoment(at) <= toEnd(date);
    default:
      return at => toMoment(at) >= toStart(date) && toMoment(at) <= toEnd(date);
  }
};

/** Milliseconds, cut to the second that GitHub shows. */
const toMoment = (date: string): number =>
  Math.floor(Date.parse(date) / 1000) * 1000;
const toStart = (date: string): number => toMoment(date);
/** A day without a time lasts until its end. */
const toEnd = (date: string): number =>
  /^\d{4}-\d{2}-\d{2}$/.test(date)
    ? toMoment(date) + 24 * 60 * 60 * 1000 - 1
    : toMoment(date);
