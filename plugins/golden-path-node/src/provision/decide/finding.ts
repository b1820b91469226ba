/**
 * A statement that removes a difference, and who runs it where.
 *
 * @public
 */
export interface Remedy {
  /** The role that may run it. */
  role: string;
  database: string;
  sql: string;
}

/**
 * What a run sees and never changes by itself. `drift`: it keeps the app from working. `isolation`: it lets others in;
 * drift with `--strict`. `told`: everything else that is not declared.
 */
export interface Finding {
  kind: 'drift' | 'isolation' | 'told';
  text: string;
  remedy?: Remedy;
}

/** Prints a finding as one line, with its remedy. */
export const printFinding = ({ text, remedy }: Finding): string =>
  remedy
    ? `${text} ${remedy.role} can run in database ${remedy.database}: ${remedy.sql}`
    : text;

export const isDrift = ({ kind }: Finding): boolean => kind === 'drift';

/** With `--strict` what breaks isolation is drift; without, it is told. */
export const weighFindings = (
  findings: readonly Finding[],
  { strict }: { strict: boolean },
): Finding[] =>
  findings.map(finding =>
    finding.kind === 'isolation'
      ? { ...finding, kind: strict ? 'drift' : 'told' }
      : finding,
  );
