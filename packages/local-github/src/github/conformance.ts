import { Request } from 'express';
import { Answer } from './rest/call';
import { findResponseProblem } from './rest/openapi';

/** Something that GitHub's own description of its REST API doesn't know. */
export interface Violation {
  method: string;
  /** Without the API's base. */
  url: string;
  status: number;
  problem: string;
}

/** Compares what is asked and answered with GitHub's OpenAPI description, and keeps what differs. */
export class Conformance {
  readonly violations: Violation[] = [];
  /** Operations that were asked for, with how many times. */
  readonly seen = new Map<string, number>();

  record(
    operation: string | undefined,
    request: Pick<Request, 'method' | 'url'>,
    answer: Answer,
  ): void {
    if (operation)
      this.seen.set(operation, (this.seen.get(operation) ?? 0) + 1);
    const problem = this.findProblem(operation, answer);
    if (problem === undefined) return;
    const { method, url } = request;
    this.violations.push({ method, url, status: answer.status, problem });
  }

  private findProblem(
    operation: string | undefined,
    answer: Answer,
  ): string | undefined {
    if (!operation)
      return 'the local GitHub has no such operation; add it to openapi/operations.json';
    const isInvalid =
      answer.status === 422 &&
      /^Invalid request\./.test(
        (answer.body as { message?: string })?.message ?? '',
      );
    return isInvalid
      ? `the request is not as described: ${
          (answer.body as { message: string }).message
        }`
      : findResponseProblem(operation, answer);
  }
}
