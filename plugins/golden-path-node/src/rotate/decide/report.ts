import {
  count,
  escapeControlCharacters,
  printEvent,
} from '../../provision/decide/report';
import type { RotationEvent, RotationResult } from './events';

/**
 * Prints an event as lines of text.
 *
 * @public
 */
export const printRotationEvent = (event: RotationEvent): string[] =>
  formatEvent(event).map(escapeControlCharacters);

const formatEvent = (event: RotationEvent): string[] => {
  switch (event.type) {
    case 'step':
      return [
        `${event.database}: ${event.step} ${event.outcome} for ${event.login}`,
      ];
    case 'change':
    case 'waiting':
      return printEvent(event);
    case 'rotation':
      return [formatResult(event.result)];
    case 'summary':
      return [formatSummary(event)];
    default:
      throw new Error(`No text for ${JSON.stringify(event satisfies never)}`);
  }
};

const WORDS: Record<RotationResult['outcome'], string> = {
  rotated: 'rotated',
  planned: 'would be rotated',
  unchanged: 'unchanged',
  refused: 'refused',
  failed: 'failed',
  skipped: 'skipped',
};

const formatResult = ({
  database,
  outcome,
  login,
  nextDue,
  reason,
}: RotationResult): string =>
  `${database}: ${WORDS[outcome]}${
    login === undefined
      ? ''
      : `, the login ${
          outcome === 'planned' ? 'would become' : 'is now'
        } ${login}`
  }${
    outcome === 'rotated' && nextDue !== undefined
      ? `, due again on ${nextDue.slice(0, 10)}`
      : ` (${reason})`
  }`;

const formatSummary = ({
  environment,
  rotations,
}: Extract<RotationEvent, { type: 'summary' }>): string => {
  const outcomes = Object.keys(WORDS) as Array<keyof typeof WORDS>;
  const counts = outcomes
    .map(outcome => ({
      outcome,
      number: rotations.filter(one => one.outcome === outcome).length,
    }))
    .filter(({ number }) => number > 0)
    .map(({ outcome, number }) => `${number} ${WORDS[outcome]}`);
  return `Rotation of "${environment}": ${count(rotations.length, 'database')}${
    counts.length > 0 ? `: ${counts.join(', ')}` : ''
  }.`;
};
