import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import { parseEntityRef } from '@backstage/catalog-model';
import type { Transition, TransitionKind } from './transition';

type Payload = NotificationSendOptions['payload'];

/** Older news is dropped: whoever turns notifications on later isn't told about the past. */
export const NEWS_MAX_AGE_MS = 7 * 24 * 60 * 60_000;

type Kind = Extract<
  TransitionKind,
  | 'pull_request'
  | 'merged'
  | 'provisioned'
  | 'failed'
  | 'stale'
  | 'drifted'
  | 'access_review'
  | 'removal_requested'
>;

/** The topic is what people turn on and off in their settings. `link`: where to act, or else the page of the database. */
const KINDS: Record<
  Kind,
  {
    title: string;
    topic: string;
    severity: NonNullable<Payload['severity']>;
    link: 'evidence' | 'database';
  }
> = {
  pull_request: {
    title: 'the pull request waits for a review',
    topic: 'Database: review',
    severity: 'normal',
    link: 'evidence',
  },
  merged: {
    title: 'the pull request is merged',
    topic: 'Database: merged',
    severity: 'low',
    link: 'evidence',
  },
  provisioned: {
    title: 'the database is ready',
    topic: 'Database: ready',
    severity: 'normal',
    link: 'database',
  },
  failed: {
    title: 'the request or a workflow failed',
    topic: 'Database: failed',
    severity: 'high',
    link: 'evidence',
  },
  stale: {
    title: 'the request does not move on',
    topic: 'Database: stale',
    severity: 'normal',
    link: 'evidence',
  },
  drifted: {
    title: 'the database differs from what is declared',
    topic: 'Database: drift',
    severity: 'high',
    link: 'evidence',
  },
  access_review: {
    title: 'access must be reviewed',
    topic: 'Database: access review',
    severity: 'normal',
    link: 'evidence',
  },
  removal_requested: {
    title: 'its removal is requested',
    topic: 'Database: removal',
    severity: 'high',
    link: 'evidence',
  },
};

/** Length of the columns of the notifications plugin. */
const TITLE_MAX_LENGTH = 255;

/** The notification about a transition; undefined when nobody is notified about it. */
export const planNotification = (
  transition: Transition,
): Payload | undefined => {
  const { kind, key, environment, databaseName, url, evidence, next } =
    transition;
  if (!isNotified(kind)) return undefined;
  const { title, topic, severity, link } = KINDS[kind];
  return {
    title: `${databaseName} (${environment}): ${title}`.slice(
      0,
      TITLE_MAX_LENGTH,
    ),
    description: [
      evidence,
      // The reason often repeats the evidence.
      next && !next.reason.startsWith(evidence) ? next.reason : undefined,
      next && next.refs.length > 0 ? `Next: ${next.who}.` : undefined,
    ]
      .filter(Boolean)
      .join(' '),
    link:
      link === 'evidence' && url !== undefined
        ? url
        : entityPage(transition.entityRef),
    severity,
    topic,
    // A message that is sent again replaces the one before.
    scope: `golden-path:${key}`,
  };
};

const isNotified = (kind: TransitionKind): kind is Kind => kind in KINDS;

const entityPage = (ref: string): string => {
  const { namespace, kind, name } = parseEntityRef(ref);
  return `/catalog/${namespace}/${kind.toLocaleLowerCase('en')}/${name}`;
};
