import type { Terminal } from './terminal';

/** The file and line that an annotation of a workflow run points to. */
export interface AnnotatedPlace {
  path: string;
  line: number;
}

/**
 * A workflow command that GitHub shows as an annotation of the run, escaped as @actions/core does: a line break ends the
 * annotation, `:` and `,` end its properties.
 */
export const formatAnnotation = (
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

/** Whether the output goes to a workflow run of GitHub Actions. */
export const isWorkflowRun = ({ env }: Terminal): boolean =>
  env.GITHUB_ACTIONS === 'true';
