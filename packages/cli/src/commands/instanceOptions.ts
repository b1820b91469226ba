import { X509Certificate } from 'node:crypto';
import { Option } from 'commander';
import {
  auditPath,
  DEFAULT_LOCK_TIMEOUT_MINUTES,
  HOST_RULE,
  isHost,
  isPort,
  PORT_RULE,
} from '@goldenpath/plugin-golden-path-common';
import type { TextFile } from '@goldenpath/plugin-golden-path-node';
import { CheckedOption } from '../checkedOption';
import { readGiven } from '../givenFile';
import { describeTimeRule, parseTime } from '../parseTime';
import type { Terminal } from '../terminal';
import {
  createPathOption,
  isOneLine,
  isPageUrl,
  ONE_LINE_RULE,
} from '../textRules';
import { composeRunUrl } from './runOfWorkflow';

/** How a command reaches the instance, and what it says of itself in the audit. */
export interface InstanceFlags {
  masterSecret?: string;
  host?: string;
  port?: string;
  region?: string;
  buildId?: string;
  runId?: string;
  runUrl?: string;
  auditOutput?: string;
  lockTimeout: string;
  caFile?: string;
}

/** The instance, and the master's login. */
export const createTargetOptions = () => [
  createPathOption(
    '--master-secret <name>',
    "secret with the master's credentials",
    'the name of a secret, such as goldenpath/dev/rds/master',
  ),
  new CheckedOption(
    '--host <host>',
    'host of the instance, instead of the one in the master secret',
  ).allow(isHost, HOST_RULE),
  new CheckedOption(
    '--port <port>',
    'port of the instance, instead of the one in the master secret',
  ).allow(isPort, PORT_RULE),
  new Option('--region <region>', 'AWS region (AWS_REGION)'),
];

export const createInstanceOptions = () => [
  ...createTargetOptions(),
  new CheckedOption('--build-id <id>', 'build ID to write to the audit').allow(
    isOneLine,
    ONE_LINE_RULE,
  ),
  new CheckedOption(
    '--run-id <id>',
    'run ID to write to the audit (GITHUB_RUN_ID)',
  ).allow(isOneLine, ONE_LINE_RULE),
  new CheckedOption(
    '--run-url <url>',
    "page of the run, to write to the audit; default: the workflow run's",
  ).allow(
    isPageUrl,
    'use the URL of a page, such as https://github.com/acme/platform-infra/actions/runs/7',
  ),
  createPathOption(
    '--audit-output <file>',
    `audit file to append to; default: ${auditPath('<env>')}`,
    'the path of the audit file',
  ),
];

export const createCaOption = () =>
  createPathOption(
    '--ca-file <file>',
    'CA of the instance, instead of the RDS CAs',
    'the path of a PEM file',
  );

export const createConnectionOptions = () => [
  new CheckedOption('--lock-timeout <time>', 'how long to wait for other runs')
    .default(`${DEFAULT_LOCK_TIMEOUT_MINUTES}m`)
    .allow(
      value => parseTime(value) !== undefined,
      describeTimeRule(`${DEFAULT_LOCK_TIMEOUT_MINUTES}m`),
    ),
  createCaOption(),
];

/** Their values, as the work takes them. */
export const readInstanceFlags = (
  terminal: Terminal,
  flags: InstanceFlags,
) => ({
  masterSecret: flags.masterSecret,
  host: flags.host,
  port: flags.port === undefined ? undefined : Number(flags.port),
  buildId: flags.buildId,
  runId: flags.runId ?? (terminal.env.GITHUB_RUN_ID || undefined),
  runUrl: flags.runUrl ?? composeRunUrl(terminal),
  lockTimeoutMs: parseTime(flags.lockTimeout),
});

/** Reads the file of --ca-file. @param problems - receives a message if it holds no certificate */
export const readCa = async (
  problems: string[],
  caFile: string | undefined,
): Promise<TextFile | undefined> => {
  const ca = await readGiven(problems, '--ca-file', caFile);
  if (ca && !ca.text.includes('-----BEGIN CERTIFICATE-----')) {
    problems.push(
      `--ca-file: ${ca.path} holds no certificate; use a PEM file that contains -----BEGIN CERTIFICATE-----.`,
    );
  } else if (ca && !isCertificate(ca.text)) {
    problems.push(
      `--ca-file: the first certificate in ${ca.path} is invalid; download the file again.`,
    );
  }
  return ca;
};

/** Node ignores a certificate that it can't parse, and then trusts none. */
const isCertificate = (pem: string): boolean => {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
};
