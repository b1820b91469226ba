import { findDatabaseSettings } from './databaseState';
import { Finding, weighFindings } from './finding';
import type { LoginResult, ObservedDatabase } from './observation';
import type { DatabasePlan } from './plan';

type Told = Pick<DatabasePlan, 'findings' | 'unchecked' | 'notes'>;

/**
 * Says what a login and the settings of its database mean for the plan. A login that the planned changes may repair is a
 * note.
 */
export const planLogin = (
  login: LoginResult | undefined,
  database: ObservedDatabase | undefined,
  { willChange, strict }: { willChange: boolean; strict: boolean },
): Told => {
  const told = describeLogin(login, willChange);
  return {
    ...told,
    findings: weighFindings(
      dropRepeated([
        ...told.findings,
        ...(database ? findDatabaseSettings(database) : []),
      ]),
      { strict },
    ),
  };
};

const describeLogin = (
  login: LoginResult | undefined,
  willChange: boolean,
): Told => {
  const nothing = { findings: [], unchecked: [], notes: [] };
  switch (login?.outcome) {
    case 'works':
      return {
        ...nothing,
        findings: login.inside,
        unchecked: login.unchecked ?? [],
      };
    case 'untested':
      return { ...nothing, unchecked: [login.reason] };
    case 'untestable':
      return { ...nothing, notes: [login.reason] };
    case 'shut out':
      // What has a remedy isn't for us to change.
      return willChange && !login.finding.remedy
        ? { ...nothing, notes: [login.finding.text] }
        : { ...nothing, findings: [login.finding] };
    default:
      return nothing;
  }
};

/** One statement removes both: the first finding of it says all. */
const dropRepeated = (findings: readonly Finding[]): Finding[] =>
  findings.filter(
    ({ remedy }, index) =>
      !remedy ||
      findings.findIndex(other => other.remedy?.sql === remedy.sql) === index,
  );
