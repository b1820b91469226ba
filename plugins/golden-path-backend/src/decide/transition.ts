import {
  DatabaseStatus,
  RequestKey,
  STATUS_PROBLEMS,
  STATUS_STEPS,
} from '@goldenpath/plugin-golden-path-common';

/** A step that became done, a problem that came up or went away, or an access review or a removal that was opened. */
export const TRANSITION_KINDS = [
  ...STATUS_STEPS,
  ...STATUS_PROBLEMS,
  'resolved',
  'access_review',
  'removal_requested',
] as const;
export type TransitionKind = (typeof TRANSITION_KINDS)[number];

/** What happened to a database, with all that a notification needs. Never a secret. */
export interface Transition extends RequestKey {
  /** The same for the same request, kind and evidence; use it as the scope of the notification. */
  key: string;
  requestId: string;
  kind: TransitionKind;
  /** ISO 8601. */
  at: string;
  url?: string;
  /** One sentence. */
  evidence: string;
  component: string;
  /** Entity reference, in lower case. */
  ownerRef: string;
  /** A user's name. */
  requestedBy?: string;
  entityRef: string;
  /** Who has to act then. */
  next?: DatabaseStatus['next'];
}
