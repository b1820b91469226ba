import { ENVIRONMENTS, requestId } from '@goldenpath/plugin-golden-path-common';
import {
  ListedIssue,
  ListedPullRequest,
  parseRequestBranch,
  RequestReader,
  TaggedList,
} from '@goldenpath/plugin-golden-path-node';
import createLimit from 'p-limit';
import type { StatusContext } from '../decide/decideStatus';
import type {
  ClaimSeen,
  Evidence,
  Reading,
  RemovalSeen,
} from '../decide/evidence';
import { isLookDue } from '../decide/isLookDue';
import {
  ACCESS_REVIEW_LABEL,
  DRIFT_LABEL,
  readAccessReviews,
  readDriftIssues,
} from '../decide/readIssues';
import { parseRemovalBranch } from '../decide/removals';
import type { Store } from '../store';
import type { Known } from '../store/databases';
import { applyReads, parseRequestId } from './applyReads';
import type { LooksAtRequests } from './looks';
import type { InfraSeen } from './readInfra';
import type { SourceReads } from './sources';

/** Requests that are stored, or looked at, at a time. */
const CONCURRENCY = 4;
/** Looks in one refresh; the next one goes on with those that were looked at longest ago. */
const MOST_LOOKS = 100;
/** Claims are read again this far back, in ms: clocks differ, and a transaction may have ended late. */
const CLAIM_OVERLAP_MS = 5 * 60_000;

export interface RefreshDeps {
  store: Store;
  sources: SourceReads;
  readInfra(): Promise<InfraSeen>;
  readClaims(
    since: number,
  ): Promise<ReadonlyMap<string, Reading<ClaimSeen>> | undefined>;
  requests: Pick<RequestReader, 'openPullRequests' | 'openIssues'>;
  looks: Pick<LooksAtRequests, 'look'>;
  /** Of the infra repo. */
  baseBranch: string;
  contextOf(catalogPath: string): StatusContext;
  /** While the catalog was never read. */
  defaultCatalogPath: string;
  now(): number;
}

/** What all the sources said. A source that could not be read is undefined, and what is known of it stays. */
type Bulk = Awaited<ReturnType<typeof readBulk>>;

interface Lists {
  pulls?: TaggedList<ListedPullRequest>;
  drift?: TaggedList<ListedIssue>;
  reviews?: TaggedList<ListedIssue>;
}

/** Reads all sources, stores what changed, then looks at the requests that need it. One at a time on this replica. */
export const createRefresh = (deps: RefreshDeps) => {
  const lists: Lists = {};
  /** What the sources said of each database in use when its status was last found to be up to date. */
  const settled = new Map<string, string>();
  let lastInfra: InfraSeen | undefined;
  const refresh = async (): Promise<void> => {
    const { store, now } = deps;
    const sources = await deps.sources.open();
    const isFirst = sources.lastRead('catalog') === undefined;
    const bulk = await readBulk(deps, sources, lists);
    const baseChanged =
      bulk.infra !== undefined && bulk.infra.value !== lastInfra;
    lastInfra = bulk.infra?.value ?? lastInfra;
    const inUse = await store.listVersionsInUse();
    const isSettled = (id: string) =>
      settled.get(id) === printSettled(id, inUse.get(id), bulk);
    const known = new Map(
      (
        await store.listKnown(
          new Set([...inUse.keys()].filter(id => !isSettled(id))),
        )
      ).map(one => [requestId(one), one]),
    );
    const context = deps.contextOf(
      lastInfra?.catalogPath ?? deps.defaultCatalogPath,
    );
    const limit = createLimit(CONCURRENCY);
    await Promise.all(
      [...listIds(known, bulk)]
        .filter(id => known.has(id) || !inUse.has(id))
        .map(id =>
          limit(async () => {
            const before = known.get(id);
            const outcome = await applyReads(
              store,
              before ?? parseRequestId(id),
              toEvidence(id, before, bulk),
              { context, isFirst, known: { known: before } },
            );
            // What is declared and in use depends on no clock: it stays as it is until a source says something else.
            if (
              outcome === 'unchanged' &&
              before &&
              bulk.infra?.value.declared.has(id)
            )
              settled.set(id, printSettled(id, before.version, bulk));
          }),
        ),
    );
    for (const { name, readAt } of listRead(bulk))
      await sources.setRead(name, readAt);
    await lookAtDue(bulk, baseChanged && !isFirst);
    await store.forgetLooks(now());
    await store.forgetTransitions(now());
  };

  const lookAtDue = async (bulk: Bulk, baseChanged: boolean) => {
    const { store, looks, now } = deps;
    const lookedAt = await store.listLooks();
    const listed = bulk.pulls?.value.requests ?? new Map();
    const inUse = await store.listVersionsInUse();
    const declared = bulk.infra?.value.declared;
    const isTakenOut = (id: string) => declared && !declared.has(id);
    const known = new Map(
      (
        await store.listKnown(new Set([...inUse.keys()].filter(isTakenOut)))
      ).map(one => [requestId(one), one]),
    );
    const due = [...new Set([...known.keys(), ...listed.keys()])]
      .filter(id => known.has(id) || !inUse.has(id))
      .filter(id =>
        isLookDue({
          evidence: known.get(id)?.evidence ?? {},
          status: known.get(id)?.status,
          lookedAt: lookedAt.get(id),
          listed: bulk.pulls ? listed.get(id) : 'unknown',
          baseChanged,
          now: now(),
        }),
      )
      .sort((a, b) => (lookedAt.get(a) ?? 0) - (lookedAt.get(b) ?? 0))
      .slice(0, MOST_LOOKS);
    const limit = createLimit(CONCURRENCY);
    await Promise.all(
      due.map(id => limit(() => looks.look(parseRequestId(id)))),
    );
  };

  // A refresh that waits will read what is there then: a second one need not wait too.
  const one = createLimit(1);
  return {
    refresh: async (): Promise<void> => {
      if (one.pendingCount === 0) await one(refresh);
    },
    /** Of the infra repo's settings, once they are read. */
    environments: (): readonly string[] =>
      lastInfra?.settings.environments ?? ENVIRONMENTS,
    catalogPath: () => lastInfra?.catalogPath,
  };
};
export type Refresh = ReturnType<typeof createRefresh>;

const readBulk = async (
  deps: RefreshDeps,
  sources: Awaited<ReturnType<SourceReads['open']>>,
  lists: Lists,
) => {
  const { requests } = deps;
  const infra = await sources.read('catalog', deps.readInfra);
  const environments = infra?.value.settings.environments ?? ENVIRONMENTS;
  const [pulls, drift, reviews, claims] = await Promise.all([
    sources.read('pull_requests', async () => {
      lists.pulls = await requests.openPullRequests(
        deps.baseBranch,
        lists.pulls,
      );
      return sortPulls(lists.pulls.items, environments);
    }),
    sources.read('drift', async () => {
      lists.drift = await requests.openIssues(DRIFT_LABEL, lists.drift);
      return readDriftIssues(lists.drift.items);
    }),
    sources.read('access_reviews', async () => {
      lists.reviews = await requests.openIssues(
        ACCESS_REVIEW_LABEL,
        lists.reviews,
      );
      return readAccessReviews(lists.reviews.items);
    }),
    sources.read('claims', () =>
      deps.readClaims(
        Math.max(0, (sources.lastRead('claims') ?? 0) - CLAIM_OVERLAP_MS),
      ),
    ),
  ]);
  return { infra, pulls, drift, reviews, claims };
};

/** The requests and removals among open pull requests, by request id. */
const sortPulls = (
  pulls: readonly ListedPullRequest[],
  environments: readonly string[],
) => {
  const requests = new Map<string, ListedPullRequest>();
  const removals = new Map<string, RemovalSeen>();
  for (const pull of pulls) {
    const key = parseRequestBranch(pull.branch, environments);
    if (key) requests.set(requestId(key), pull);
    const removed = parseRemovalBranch(pull.branch, environments);
    const { number, url, createdAt } = pull;
    if (removed)
      removals.set(requestId(removed), {
        number,
        url,
        state: 'open',
        createdAt,
      });
  }
  return { requests, removals };
};

/** A database's version, with what the sources say of it now. */
const printSettled = (
  id: string,
  version: number | undefined,
  { infra, pulls, drift, reviews, claims }: Bulk,
): string =>
  JSON.stringify([
    version,
    infra?.value.declared.get(id),
    infra?.value.audits.get(id),
    pulls?.value.removals.get(id)?.number,
    drift?.value.get(id),
    reviews?.value.get(id),
    claims?.value?.get(id)?.readAt,
  ]);

/** Every request that is known, declared or claimed. Others have a pull request at most, and are looked at. */
const listIds = (known: ReadonlyMap<string, Known>, bulk: Bulk): Set<string> =>
  new Set([
    ...known.keys(),
    ...(bulk.infra?.value.declared.keys() ?? []),
    ...(bulk.claims?.value?.keys() ?? []),
  ]);

const toEvidence = (
  id: string,
  known: Known | undefined,
  { infra, pulls, drift, reviews, claims }: Bulk,
): Evidence => {
  const evidence: Evidence = {};
  if (infra) {
    const { readAt, value } = infra;
    evidence.declared = { readAt, value: value.declared.get(id) ?? null };
    evidence.audit = { readAt, value: value.audits.get(id) ?? null };
  }
  if (drift)
    evidence.drift = {
      readAt: drift.readAt,
      value: drift.value.get(id) ?? null,
    };
  if (reviews)
    evidence.accessReview = {
      readAt: reviews.readAt,
      value: reviews.value.get(id) ?? null,
    };
  const removal = pulls?.value.removals.get(id);
  // One that is merged is in no list.
  if (pulls && (removal || known?.evidence.removal?.value?.state === 'open'))
    evidence.removal = { readAt: pulls.readAt, value: removal ?? null };
  const claim = claims?.value?.get(id) ?? known?.evidence.claim;
  if (claim) evidence.claim = claim;
  return evidence;
};

const listRead = ({ infra, pulls, drift, reviews, claims }: Bulk) =>
  [
    { name: 'catalog' as const, read: infra },
    { name: 'pull_requests' as const, read: pulls },
    { name: 'drift' as const, read: drift },
    { name: 'access_reviews' as const, read: reviews },
    { name: 'claims' as const, read: claims?.value ? claims : undefined },
  ].flatMap(({ name, read }) => (read ? [{ name, readAt: read.readAt }] : []));
