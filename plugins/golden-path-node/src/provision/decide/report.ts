import type { CatalogStatus } from '@goldenpath/plugin-golden-path-common';
import type {
  DatabaseOutcome,
  DatabaseResult,
  PrintedPlan,
  ProgressPhase,
  ProvisionEvent,
  ProvisionMode,
} from './events';

/**
 * Prints an event as lines; none for minor progress.
 *
 * @public
 */
export const printEvent = (event: ProvisionEvent): string[] =>
  formatEvent(event).map(escapeControlCharacters);

/**
 * Escapes control characters, so the text stays one line. A database name may hold line breaks and escape sequences,
 * which CI systems and terminals would execute.
 *
 * @public
 */
export const escapeControlCharacters = (line: string): string =>
  line.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

const formatEvent = (event: ProvisionEvent): string[] => {
  switch (event.type) {
    case 'start':
      return [
        `${MODE_WORDS[event.mode]} ${count(event.databases, 'database')} of "${
          event.environment
        }" on ${event.host}:${event.port}.`,
      ];
    case 'note':
      return [
        `Note: ${event.database ? `${event.database}: ` : ''}${event.text}`,
      ];
    case 'waiting':
      return [
        `Waiting for another run for ${event.waitedSeconds} s: ${
          event.application || 'unnamed session'
        } (process ${event.pid}${
          event.address ? ` from ${event.address}` : ''
        }), connected for ${event.connectedSeconds} s.`,
      ];
    case 'progress':
      return isMilestone(event)
        ? [
            `${PHASE_WORDS[event.phase]}: ${event.done} of ${count(
              event.total,
              'database',
            )}.`,
          ]
        : [];
    case 'plan':
      return printPlans(event.databases);
    case 'change':
      return [
        `  ${event.status === 'failed' ? 'FAILED' : 'done'}  ${
          event.database
        }: ${event.message} (${event.durationMs} ms)`,
      ];
    case 'summary':
      return printSummary(event);
    default:
      throw new Error(`No text for ${JSON.stringify(event satisfies never)}`);
  }
};

const MODE_WORDS: Record<ProvisionMode, string> = {
  apply: 'Provisioning',
  'dry-run': 'Dry run for',
  check: 'Checking',
};

/** @public */
export const PHASE_WORDS: Record<ProgressPhase, string> = {
  secrets: 'Reading secrets',
  observe: 'Logging in',
  apply: 'Applying',
  verify: 'Logging in again',
};

/** Databases per progress line, when no progress bar is shown. */
const MILESTONE = 100;

const isMilestone = ({
  done,
  total,
  finished,
}: Extract<ProvisionEvent, { type: 'progress' }>) =>
  finished !== undefined &&
  total >= MILESTONE &&
  (done % MILESTONE === 0 || done === total);

const printPlans = (plans: PrintedPlan[]): string[] => {
  const differing = plans.filter(
    ({ changes, refusal, findings, told, unchecked }) =>
      refusal || [changes, findings, told, unchecked].some(it => it.length > 0),
  );
  const changes = plans.reduce((sum, plan) => sum + plan.changes.length, 0);
  return [
    ...differing.flatMap(plan => [
      `${plan.refusal ? '!' : '+'} ${plan.database} (${plan.username})`,
      ...(plan.refusal ? [`    refused: ${plan.refusal}`] : []),
      ...plan.changes.map(
        ({ description, reason }) => `    ${description}: ${reason}`,
      ),
      ...plan.findings.map(finding => `    by hand: ${finding}`),
      ...plan.told.map(text => `    not declared: ${text}`),
      ...plan.unchecked.map(text => `    ${text}`),
    ]),
    differing.length === 0
      ? `Plan: no changes; ${count(plans.length, 'database')} as declared.`
      : `Plan: ${count(changes, 'change')} in ${count(
          plans.filter(plan => plan.changes.length > 0).length,
          'database',
        )}.`,
  ];
};

const printSummary = (
  event: Extract<ProvisionEvent, { type: 'summary' }>,
): string[] => {
  const shown = event.databases.filter(needsSummaryRow);
  const width = Math.max(0, ...shown.map(({ database }) => database.length));
  return [
    ...shown.flatMap(({ database, outcome, changes, problems }) => [
      `${database.padEnd(width)}  ${outcome.padEnd(12)}  ${count(
        changes,
        'change',
      )}`,
      ...problems.map(problem => `${' '.repeat(width)}  ${problem}`),
    ]),
    ...printClosing(event),
  ];
};

/**
 * Whether the summary has a row of its own for this database; the others are counted.
 *
 * @public
 */
export const needsSummaryRow = ({
  outcome,
  changes,
}: DatabaseResult): boolean =>
  outcome !== 'unchanged' && (outcome !== 'stopped' || changes > 0);

/**
 * Prints the last lines of a summary, below the rows.
 *
 * @public
 */
export const printClosing = (
  event: Extract<ProvisionEvent, { type: 'summary' }>,
): string[] => {
  const numberOf = (outcome: DatabaseOutcome) =>
    event.databases.filter(database => database.outcome === outcome).length;
  const unchanged = numberOf('unchanged');
  const stopped = numberOf('stopped');
  const isBroken = numberOf('refused') + numberOf('failed') > 0;
  return [
    ...(unchanged > 0 ? [`${count(unchanged, 'database')} unchanged.`] : []),
    ...(stopped > 0
      ? [
          `${count(stopped, 'database')} not finished before the run stopped; ${
            isBroken
              ? 'fix what is refused or failed and run it again, or run it with --no-fail-fast.'
              : 'run it again.'
          }`,
        ]
      : []),
    describeOutcome(event),
  ];
};

const describeOutcome = ({
  mode,
  outcome,
  changes,
  databases,
}: Extract<ProvisionEvent, { type: 'summary' }>): string => {
  const numberOf = (...wanted: DatabaseOutcome[]) =>
    databases.filter(database => wanted.includes(database.outcome)).length;
  const unchecked = numberOf('unchecked');
  if (outcome === 'failed' && mode === 'check' && unchecked > 0) {
    const drifted = numberOf('drifted', 'refused');
    const notChecked = `Not checked: ${count(unchecked, 'database')}.`;
    if (drifted > 0)
      return `${notChecked} Drift in ${count(
        drifted,
        'database',
      )} of the others.`;
    return unchecked < databases.length
      ? `${notChecked} No drift in the others.`
      : notChecked;
  }
  if (outcome === 'failed' && mode !== 'apply')
    return 'Failed. Nothing was changed.';
  if (outcome === 'failed') return `Failed, after ${count(changes, 'change')}.`;
  if (outcome === 'drift')
    return `Drift: the instance differs from what is declared.`;
  if (mode === 'dry-run') {
    if (changes > 0) return `${count(changes, 'change')} planned.`;
    return databases.some(database => database.outcome === 'skipped')
      ? 'No changes for the databases checked.'
      : 'Nothing to do.';
  }
  if (mode === 'check') return 'No drift.';
  return changes === 0
    ? 'Nothing to do.'
    : `Done: ${count(changes, 'change')}.`;
};

/** `1 change`, `2 changes`. */
export const count = (number: number, thing: string) =>
  `${number} ${thing}${number === 1 ? '' : 's'}`;

/**
 * Lists the catalog status of each declared database that the run finished.
 *
 * @public
 */
export const listCatalogStatuses = (
  results: readonly DatabaseResult[],
): Record<string, CatalogStatus> =>
  Object.fromEntries(
    results.flatMap((result): Array<[string, CatalogStatus]> => {
      const { database, outcome, isUndeclared } = result;
      if (isUndeclared) return [];
      if (outcome === 'changed' || outcome === 'unchanged')
        return [[database, 'active']];
      return outcome === 'failed' || outcome === 'refused'
        ? [[database, 'failed']]
        : [];
    }),
  );
