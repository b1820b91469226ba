import { z } from 'zod';
import { webUrlSchema } from './webUrl';

/**
 * The steps from a filled form to a database in use, in their order.
 *
 * @public
 */
export const STATUS_STEPS = [
  'requested',
  'pull_request',
  'approved',
  'merged',
  'credentials',
  'provisioned',
  'rotated',
] as const;
/** @public */
export type StatusStep = (typeof STATUS_STEPS)[number];

/**
 * What keeps a database from its next step, or in use from being as declared.
 *
 * @public
 */
export const STATUS_PROBLEMS = ['failed', 'stale', 'drifted'] as const;
/** @public */
export type StatusProblem = (typeof STATUS_PROBLEMS)[number];

const time = z.string().datetime();

/** One step: what was seen, where and when. `waiting` comes later; `current` is the one that is waited for. */
const stepSchema = z
  .object({
    name: z.enum(STATUS_STEPS),
    state: z.enum(['done', 'current', 'waiting', 'failed']),
    /** When it was done or failed. */
    at: time.optional(),
    url: webUrlSchema.optional(),
    /** What shows it, in one sentence. Absent: nothing was seen yet. */
    evidence: z.string().optional(),
  })
  .strict();

const problemSchema = z
  .object({
    kind: z.enum(STATUS_PROBLEMS),
    at: time.optional(),
    url: webUrlSchema.optional(),
    evidence: z.string(),
  })
  .strict();

/** Who has to act before the next step, and why. */
const nextSchema = z
  .object({
    /** One sentence. */
    reason: z.string(),
    /** In words, such as `a reviewer of platform-team`. */
    who: z.string(),
    /** The same as entity references, where the catalog has them. */
    refs: z.array(z.string()),
    since: time.optional(),
  })
  .strict();

/**
 * A database or the request for it, as a list shows it.
 *
 * @public
 */
export const databaseSummarySchema = z
  .object({
    /** `<environment>-<databaseName>`. */
    requestId: z.string(),
    environment: z.string(),
    databaseName: z.string(),
    /** Entity reference of a group. */
    ownerRef: z.string(),
    /** The app's name. */
    component: z.string(),
    /** The last step that is done. */
    step: z.enum(STATUS_STEPS),
    problem: z.enum(STATUS_PROBLEMS).optional(),
    /** When the last step was done, or the problem was seen. */
    at: time.optional(),
    /** Entity reference of the database. */
    entityRef: z.string(),
    /** It was declared, and its entry is taken out of the infra repo's catalog. */
    undeclared: z.boolean().optional(),
  })
  .strict();
/** @public */
export type DatabaseSummary = z.infer<typeof databaseSummarySchema>;

/**
 * Everything that is known of a database or the request for it. Never a secret.
 *
 * @public
 */
export const databaseStatusSchema = databaseSummarySchema
  .omit({ problem: true })
  .extend({
    username: z.string(),
    requestedBy: z.string().optional(),
    domain: z.string().optional(),
    risk: z.string().optional(),
    size: z.string().optional(),
    /** All steps, in their order. */
    steps: z.array(stepSchema),
    problem: problemSchema.optional(),
    next: nextSchema.optional(),
    connection: z
      .object({
        /** Unknown until the platform team sets `goldenPath.provision.instances`. */
        host: z.string().optional(),
        port: z.number().int().optional(),
        /** In AWS Secrets Manager. */
        secretName: z.string(),
        kubernetesSecretName: z.string(),
      })
      .strict(),
    rotatedAt: time.optional(),
    /** Where it can be requested next; absent until it is provisioned, and after the last environment. */
    nextEnvironment: z.string().optional(),
    links: z.array(z.object({ title: z.string(), url: webUrlSchema }).strict()),
    /** When the sources were read last. */
    seenAt: time,
  })
  .strict();
/** @public */
export type DatabaseStatus = z.infer<typeof databaseStatusSchema>;
/** @public */
export type DatabaseStatusStep = DatabaseStatus['steps'][number];

/**
 * Whether the names of a form are free. `invalid`: the name breaks a rule of the contract. `unknown`: a source didn't answer;
 * the form's own check decides later.
 *
 * @public
 */
export const nameAvailabilitySchema = z
  .object({
    field: z.enum(['component_id', 'databaseName', 'username']),
    state: z.enum(['free', 'taken', 'invalid', 'unknown']),
    /** What to do, in one sentence; empty if it is free. */
    message: z.string(),
  })
  .strict();
/** @public */
export type NameAvailability = z.infer<typeof nameAvailabilitySchema>;

/**
 * What a request would lead to.
 *
 * @public
 */
export const requestPlanSchema = z
  .object({
    requestId: z.string(),
    /** What must change before it can be requested; empty if it can. */
    problems: z.array(
      z.object({ field: z.string(), message: z.string() }).strict(),
    ),
    /** Page of the app repository. */
    repositoryUrl: z.string().optional(),
    pullRequest: z
      .object({
        title: z.string(),
        branch: z.string(),
        labels: z.array(z.string()),
      })
      .strict()
      .optional(),
    secretName: z.string().optional(),
    kubernetesSecretName: z.string().optional(),
    entityRef: z.string().optional(),
    /** Who has to approve, a sentence each. */
    approvals: z.array(z.string()),
  })
  .strict();
/** @public */
export type RequestPlan = z.infer<typeof requestPlanSchema>;
