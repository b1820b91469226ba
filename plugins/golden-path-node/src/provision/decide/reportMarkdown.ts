import type { DatabaseResult, PrintedPlan } from './events';
import { count } from './report';

/** Most databases shown: a page with thousands helps no reader. */
const SHOWN = 100;

/**
 * Prints plans as Markdown for the page of a task: one list per database with changes.
 * @param notes - what was not checked; `database` when it is about one
 *
 * @public
 */
export const printPlanMarkdown = (
  plans: readonly PrintedPlan[],
  notes: ReadonlyArray<{ database?: string; text: string }> = [],
): string => {
  const differing = plans.filter(
    ({ changes, refusal, findings, told, unchecked }) =>
      refusal || [changes, findings, told, unchecked].some(it => it.length > 0),
  );
  const changes = plans.reduce((sum, plan) => sum + plan.changes.length, 0);
  const items = (plan: PrintedPlan) => [
    ...(plan.refusal ? [`**refused:** ${escape(plan.refusal)}`] : []),
    ...plan.changes.map(
      ({ description, reason }) => `${escape(description)}: ${escape(reason)}`,
    ),
    ...plan.findings.map(finding => `**by hand:** ${escape(finding)}`),
    ...plan.told.map(text => `**not declared:** ${escape(text)}`),
    ...plan.unchecked.map(escape),
  ];
  return paragraphs([
    differing.length === 0
      ? `No changes: ${count(plans.length, 'database')} as declared.`
      : `**${count(changes, 'change')}** in ${count(
          differing.length,
          'database',
        )}; ${count(plans.length - differing.length, 'other')} as declared.`,
    ...differing
      .slice(0, SHOWN)
      .map(plan =>
        [
          `**${escape(plan.database)}** (${escape(plan.username)})`,
          ...items(plan).map(item => `- ${item}`),
        ].join('\n'),
      ),
    ...more(differing.length),
    ...notes.map(
      ({ database, text }) =>
        `Note: ${database ? `**${escape(database)}:** ` : ''}${escape(text)}`,
    ),
  ]);
};

/**
 * Prints the results of a run as a Markdown table: database, outcome, changes, problems.
 *
 * @public
 */
export const printResultMarkdown = (
  databases: readonly DatabaseResult[],
): string => {
  const shown = databases.filter(({ outcome }) => outcome !== 'unchanged');
  const changes = databases.reduce((sum, one) => sum + one.changes, 0);
  return paragraphs([
    `**${count(changes, 'change')}** applied; ${count(
      databases.length - shown.length,
      'database',
    )} unchanged.`,
    ...(shown.length === 0
      ? []
      : [
          [
            '| database | outcome | changes | problems |',
            '| --- | --- | --- | --- |',
            ...shown
              .slice(0, SHOWN)
              .map(
                ({ database, outcome, changes: applied, problems }) =>
                  `| ${escape(database)} | ${outcome} | ${applied} | ${problems
                    .map(escape)
                    .join('<br>')} |`,
              ),
          ].join('\n'),
        ]),
    ...more(shown.length),
  ]);
};

const more = (total: number): string[] =>
  total > SHOWN
    ? [`… and ${total - SHOWN} more; see the task's log for all.`]
    : [];

const paragraphs = (parts: readonly string[]) => parts.join('\n\n');

/** Escapes text for Markdown, on one line and inside a table. */
const escape = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|#~]/g, '\\$&');
