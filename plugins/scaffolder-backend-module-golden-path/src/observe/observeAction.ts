import { AuditorService } from '@backstage/backend-plugin-api';
import {
  ActionContext,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import { JsonObject } from '@backstage/types';
import { readRequester } from '../requester';
import { FailureCause, readFailureCause } from './failureCause';
import {
  AUDIT_EVENTS,
  AUDITED_OUTPUTS,
  Operation,
  OPERATIONS,
} from './operations';
import { readSubject, Subject } from './subject';

/** One run of a step, when it has ended. */
export interface StepEnd {
  operation: Operation;
  subject: Subject;
  taskId: string;
  seconds: number;
  /** Only {@link AUDITED_OUTPUTS}. */
  outputs: JsonObject;
  failure: { cause: FailureCause; error: string } | undefined;
}

/** Audits an action of ours and reports how it ended. The action itself stays as it is. */
export const createObserveAction =
  (deps: {
    auditor: AuditorService;
    config: Parameters<typeof readSubject>[1];
    /** Runs the step, and lists the request's changes of state in it. */
    collectChanges(
      stateChanges: string[],
      act: () => Promise<void>,
    ): Promise<void>;
    /** Not called for dry runs: they change nothing. */
    report(end: StepEnd): void;
    /** Milliseconds since some fixed point. */
    now(): number;
  }) =>
  (action: TemplateAction<any, any, any>): TemplateAction<any, any, any> => {
    const operation: Operation | undefined =
      OPERATIONS[action.id as keyof typeof OPERATIONS];
    if (!operation) return action;
    return {
      ...action,
      handler: async ctx => {
        const subject = readSubject(ctx.input, deps.config);
        const isDryRun = Boolean(ctx.isDryRun || ctx.input.dryRun);
        const audit = await startAudit(deps.auditor, ctx, {
          operation,
          subject,
          isDryRun,
        });
        const outputs: JsonObject = {};
        const stateChanges: string[] = [];
        const start = deps.now();
        const end = (failure: StepEnd['failure']) => {
          if (isDryRun) return;
          const seconds = (deps.now() - start) / 1000;
          const taskId = ctx.task.id;
          deps.report({
            operation,
            subject,
            taskId,
            seconds,
            outputs,
            failure,
          });
        };
        try {
          await deps.collectChanges(stateChanges, () =>
            action.handler({
              ...ctx,
              output: (name, value) => {
                const key = String(name);
                if (AUDITED_OUTPUTS.includes(key)) outputs[key] = value;
                ctx.output(name, value);
              },
            }),
          );
        } catch (error) {
          const cause = ctx.signal?.aborted
            ? 'cancelled'
            : readFailureCause(error);
          end({ cause, error: (error as Error).message });
          await audit?.fail({
            meta: { ...outputs, stateChanges, cause },
            error: withoutCause(error as Error),
          });
          throw error;
        }
        end(undefined);
        await audit?.success({ meta: { ...outputs, stateChanges } });
      },
    };
  };

const startAudit = async (
  auditor: AuditorService,
  ctx: ActionContext<any, any, any>,
  step: { operation: Operation; subject: Subject; isDryRun: boolean },
) => {
  const eventId = AUDIT_EVENTS[step.operation];
  if (!eventId) return undefined;
  const { ref, name } = await readRequester(ctx);
  const { requestId, environment, app, owner } = step.subject;
  return auditor.createEvent({
    eventId,
    severityLevel: step.isDryRun ? 'low' : 'medium',
    meta: {
      user: ref ?? name,
      taskId: ctx.task.id,
      templateRef: ctx.templateInfo?.entityRef,
      requestId,
      environment,
      app,
      owner,
      dryRun: step.isDryRun,
    },
  });
};

/** The cause of an error from GitHub's client has the whole call, with headers and body. */
const withoutCause = ({ name, message }: Error): Error =>
  Object.assign(new Error(message), { name, stack: `${name}: ${message}` });
