import type { Terminal } from './terminal';

/** Where an annotation of a workflow run points. */
export interface AnnotatedPlace {
  path: string;
  line: number;
}

/**
 * A line that GitHub's runner shows as an annotation of the run, with the escapes that its own @actions/core makes: an
 * annotation ends at the line's end, and its properties at `:` and `,`.
 */
export const annotation = (
  level: 'error' | 'warning',
  message: string,
  place?: AnnotatedPlace,
): string =>
  place
    ? `::${level} file=${escapeProperty(place.path)},line=${
        place.line
      }::${escapeData(message)}`
    : `::${level}::${escapeData(message)}`;

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string) =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Whether GitHub's runner reads what we print. */
export const isWorkflowRun = ({ env }: Terminal): boolean =>
  env.GITHUB_ACTIONS === 'true';
