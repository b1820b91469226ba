import type { Manifest } from '../kubernetes';

export type Workload = 'Deployment' | 'StatefulSet';

/** A rule of a public linter, by the id that the linter gives it. */
export interface Rule {
  id: string;
  /** The only kind of workload that it concerns; any, if undefined. */
  kind?: Workload;
  /** What violates the rule in the manifests of one app. */
  find: (app: App) => string[];
  /** Changes the app so that it violates the rule. */
  violate: (app: App) => void;
}

/** The manifests that kustomize built for one app in one environment. */
export class App {
  constructor(readonly manifests: Manifest[]) {}

  copy(): App {
    return new App(structuredClone(this.manifests));
  }

  all(kind: string): Manifest[] {
    return this.manifests.filter(one => one.kind === kind);
  }

  /** @throws Error unless there is exactly one of the kind */
  one(kind: string): Manifest {
    const found = this.all(kind);
    if (found.length === 1) return found[0];
    throw new Error(`The app has ${found.length} manifests of ${kind}.`);
  }

  remove(kind: string): void {
    this.manifests.splice(
      0,
      Infinity,
      ...this.manifests.filter(one => one.kind !== kind),
    );
  }

  /** A Deployment, or a StatefulSet. */
  get workload(): Manifest {
    return this.one(
      this.all('StatefulSet').length > 0 ? 'StatefulSet' : 'Deployment',
    );
  }

  get template() {
    return this.workload.spec.template;
  }

  get pod() {
    return this.template.spec;
  }

  get container() {
    return this.pod.containers[0];
  }

  get isAutoscaled(): boolean {
    return this.all('HorizontalPodAutoscaler').length > 0;
  }
}

/** Rules that concern one kind of workload. */
export const ofKind = (kind: Workload, rules: Rule[]): Rule[] =>
  rules.map(one => ({ ...one, kind }));

/** Those of the rules that concern the workload of an app. */
export const rulesFor = (app: App, rules: Rule[]): Rule[] =>
  rules.filter(({ kind = app.workload.kind }) => kind === app.workload.kind);

/** Whether a label selector selects what has the labels; it reads `matchLabels` only. */
export const selects = (
  selector: { matchLabels?: Record<string, string> } | undefined,
  labels: Record<string, string>,
): boolean => isSubset(selector?.matchLabels ?? {}, labels);

export const isSubset = (
  some: Record<string, string>,
  all: Record<string, string>,
): boolean => Object.entries(some).every(([key, value]) => all[key] === value);

/** A rule that is one condition. */
export const rule = (
  id: string,
  holds: (app: App) => boolean,
  violate: (app: App) => void,
): Rule => ({
  id,
  find: app => (holds(app) ? [] : [id]),
  violate,
});
