import { z } from 'zod';
import { DatabaseUsage, RemovalFacts } from './removal';

/** GitHub takes 65,535 characters of inputs. */
const MAX_DEPENDANTS = 100;
/** A reference as the catalog writes it. */
const ENTITY_REF = /^[a-z][a-z0-9]*:[a-z0-9-]+\/[A-Za-z0-9._-]+$/;

const count = z.number().int().nonnegative();
const time = z.string().datetime();

const usageSchema = z
  .object({
    observedAt: time,
    sizeBytes: count.optional(),
    connections: count,
    // An app sets its application_name: such texts don't leave the instance this way.
    sessions: z.array(z.never()),
    lastStateChange: time.optional(),
    sessionsOpened: count,
    transactions: count,
    countedSince: time.optional(),
  })
  .strict();

const factsSchema = z
  .object({
    dependants: z.array(z.string().regex(ENTITY_REF)).max(MAX_DEPENDANTS),
    usage: z.union([
      usageSchema,
      z.object({ unknown: z.string().regex(/^[A-Za-z0-9 ]{1,100}$/) }).strict(),
    ]),
  })
  .partial()
  .strict();

/**
 * Prints what Backstage saw of a database as JSON, for the workflow that opens the pull request. Only numbers, times and
 * entity references: an app sets its `application_name`, and an error message may quote anything.
 *
 * @public
 */
export const printRemovalFacts = ({
  dependants,
  usage,
}: RemovalFacts): string => {
  const known = usage && !('unknown' in usage) ? usage : undefined;
  return JSON.stringify({
    dependants: dependants
      ?.filter(ref => ENTITY_REF.test(ref))
      .slice(0, MAX_DEPENDANTS),
    usage:
      known === undefined
        ? usage && { unknown: 'Backstage has no access to it' }
        : ({ ...known, sessions: [] } satisfies DatabaseUsage),
  });
};

/**
 * Reads untrusted facts, as {@link printRemovalFacts} prints them.
 *
 * @public
 */
export const parseRemovalFacts = (
  text: string,
): { facts: RemovalFacts } | { problem: string } => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `is no JSON: ${(error as Error).message}` };
  }
  const parsed = factsSchema.safeParse(value);
  if (parsed.success) return { facts: parsed.data as RemovalFacts };
  const [{ path, message }] = parsed.error.issues;
  return {
    problem: `has a wrong value at ${path.join('.') || 'its top'}: ${message}`,
  };
};
