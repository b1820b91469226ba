import type * as aws from '@aws-sdk/client-secrets-manager';
import { Rotation, ServiceError, Wire } from './model';

const DAY = 24 * 60 * 60;
const HOUR = 60 * 60;

/** @throws InvalidParameterException, by the limits of AWS's API reference for RotationRulesType */
export const checkRules = (rules: Wire<aws.RotationRulesType>) => {
  const {
    AutomaticallyAfterDays: days,
    ScheduleExpression: expression,
    Duration: duration,
  } = rules;
  const refuse = (message: string) => {
    throw new ServiceError('InvalidParameterException', message);
  };
  if (days !== undefined && expression !== undefined)
    refuse(
      'You can specify AutomaticallyAfterDays or ScheduleExpression, not both.',
    );
  if (
    days !== undefined &&
    (!Number.isInteger(days) || days < 1 || days > 1000)
  )
    refuse('RotationRules.AutomaticallyAfterDays must be within 1-1000.');
  if (duration !== undefined && !/^\d{1,2}h$/.test(duration))
    refuse('RotationRules.Duration is a number of hours, for example 3h.');
  if (expression !== undefined && readRate(expression) === undefined)
    refuse(
      `ScheduleExpression ${JSON.stringify(
        expression,
      )} is no rate of days or of at least 4 hours; the local Secrets Manager knows no cron().`,
    );
};

/** Seconds between two rotations. Undefined: no rate. */
const readRate = (expression: string) => {
  const [, text, unit] =
    /^rate\((\d{1,4}) (hour|day)s?\)$/.exec(expression) ?? [];
  const count = Number(text);
  if (!unit || count < 1) return undefined;
  if (unit === 'day') return count <= 1000 ? count * DAY : undefined;
  return count >= 4 ? count * HOUR : undefined;
};

/**
 * The window of the next rotation, in seconds since 1970. Days open at midnight UTC and close with the day, as AWS has it
 * for a schedule without a window of its own. Undefined: nothing is scheduled.
 */
export const findWindow = (
  rotation: Rotation | undefined,
): { opens: number; closes: number } | undefined => {
  if (!rotation?.enabled || !rotation.rules) return undefined;
  const { AutomaticallyAfterDays: days, ScheduleExpression: expression } =
    rotation.rules;
  const period = days === undefined ? readRate(expression ?? '') : days * DAY;
  if (period === undefined) return undefined;
  const next = (rotation.lastRotatedDate ?? rotation.since) + period;
  const unit = period % DAY === 0 ? DAY : HOUR;
  const opens = next - (next % unit);
  return { opens, closes: opens + unit - 1 };
};
