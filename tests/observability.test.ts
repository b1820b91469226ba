import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createNoopMeter, Meter, MetricOptions } from '@opentelemetry/api';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { FAILURE_CAUSES } from '../plugins/scaffolder-backend-module-golden-path/src/observe/failureCause';
import { createMetrics } from '../plugins/scaffolder-backend-module-golden-path/src/observe/metrics';
import { observeOpenPullRequests } from '../plugins/scaffolder-backend-module-golden-path/src/observe/openPullRequests';
import {
  AUDIT_EVENTS,
  AUDITED_OUTPUTS,
  OPERATIONS,
} from '../plugins/scaffolder-backend-module-golden-path/src/observe/operations';
import { tableAfter } from './support/markdownTable';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/observability.md');

interface Instrument {
  name: string;
  kind: string;
  unit: string | undefined;
}

/** The instruments that the code creates. */
const listInstruments = (): Instrument[] => {
  const created: Instrument[] = [];
  const noop = createNoopMeter();
  const record = <
    Create extends (name: string, options?: MetricOptions) => any,
  >(
    kind: string,
    create: Create,
  ) =>
    ((name, options) => {
      created.push({ name, kind, unit: options?.unit });
      return create.call(noop, name, options);
    }) as Create;
  const meter: Meter = Object.assign(Object.create(noop), {
    createCounter: record('counter', noop.createCounter),
    createHistogram: record('histogram', noop.createHistogram),
    createObservableGauge: record('gauge', noop.createObservableGauge),
  });
  createMetrics(meter, ['dev']);
  observeOpenPullRequests({
    meter,
    environments: ['dev'],
    list: async () => [],
    warn: () => {},
    now: () => 0,
  });
  return created;
};
const instruments = listInstruments();

/** The series of an instrument, as `@opentelemetry/exporter-prometheus` names them. */
const seriesOf = ({ name, kind }: Instrument): string[] => {
  const base = name.replace(/\./g, '_');
  if (kind === 'counter') return [`${base}_total`];
  return kind === 'histogram'
    ? ['_bucket', '_count', '_sum'].map(end => `${base}${end}`)
    : [base];
};

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook: string };
}
const rules: Rule[] = parse(
  read('docs/observability/alerts.yaml'),
).groups.flatMap((group: { rules: Rule[] }) => group.rules);

interface Panel {
  id: number;
  title: string;
  description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: Array<{ expr: string }>;
}
const dashboard: {
  panels: Panel[];
  templating: { list: Array<{ name: string; query: unknown }> };
} = JSON.parse(read('docs/observability/dashboard.json'));

/** What Grafana fills in before it asks Prometheus. */
const fillIn = (expr: string) =>
  expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '1d')
    .replaceAll('$environment', '.*');

const queries = [
  ...rules.map(({ alert, expr }) => ({ place: `alert ${alert}`, expr })),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      place: `panel "${title}"`,
      expr: fillIn(expr),
    })),
  ),
];

/** The texts of a query's nodes of these kinds. */
const nodesOf = (expr: string, kinds: string[]): string[] => {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => {
      if (kinds.includes(name)) found.push(expr.slice(from, to));
    },
  });
  return found;
};

describe('dashboard and alerts', () => {
  it.each(queries)('$place is PromQL', ({ expr }) => {
    expect(nodesOf(expr, ['⚠'])).toEqual([]);
    expect(nodesOf(expr, ['VectorSelector'])).not.toEqual([]);
  });

  it('the check finds a query that is not PromQL', () => {
    expect(nodesOf('sum by (rate(x_total[5m]))', ['⚠'])).not.toEqual([]);
  });

  it('name only metrics that the code has, and every one of them', () => {
    const series = instruments.flatMap(seriesOf);
    const used = queries.flatMap(({ expr }) =>
      // A selector's first identifier is its metric.
      nodesOf(expr, ['VectorSelector']).map(text => text.split('{')[0]),
    );
    expect(used.filter(name => !series.includes(name))).toEqual([]);
    expect(
      instruments
        .filter(one => !seriesOf(one).some(name => used.includes(name)))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  it('select only attributes that their metric has, with values that exist', () => {
    const attributes = Object.fromEntries(
      tableAfter(page, '## Metrics').flatMap(row =>
        seriesOf({
          name: row.metric.replaceAll('`', ''),
          kind: row.kind,
          unit: undefined,
        }).map(series => [
          series,
          [...row.attributes.matchAll(/`([^`]+)`/g)].map(([, name]) =>
            name.replace(/\./g, '_'),
          ),
        ]),
      ),
    );
    const values: Record<string, readonly string[]> = {
      error_type: ['', ...FAILURE_CAUSES],
      goldenpath_operation: Object.values(OPERATIONS),
      goldenpath_environment: ['.*'],
    };
    for (const { place, expr } of queries) {
      for (const selector of nodesOf(expr, ['VectorSelector'])) {
        const [metric] = selector.split('{');
        for (const [, label, value] of selector.matchAll(
          /(\w+)[=!]~?"([^"]*)"/g,
        )) {
          expect({ place, label, of: attributes[metric] }).toEqual({
            place,
            label,
            of: expect.arrayContaining([label]),
          });
          for (const one of value.split('|'))
            expect(values[label]).toContain(one);
        }
      }
    }
  });

  it('every alert has words, a severity and a section in the docs, and no other section', () => {
    for (const { labels, annotations } of rules) {
      expect(labels.severity).toMatch(/^(info|warning|critical)$/);
      expect(annotations.summary).toMatch(/\w/);
      expect(annotations.description).toMatch(/\.$/);
    }
    expect(rules.map(({ annotations }) => annotations.runbook)).toEqual(
      rules.map(
        ({ alert }) => `docs/observability.md#${alert.toLocaleLowerCase('en')}`,
      ),
    );
    expect([...page.matchAll(/^### (.*)$/gm)].map(([, name]) => name)).toEqual(
      rules.map(({ alert }) => alert),
    );
  });

  it('the panels have words and a place of their own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, description, gridPos } of panels) {
      expect([title, description]).toEqual([
        expect.stringMatching(/\w/),
        expect.stringMatching(/\.$/),
      ]);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
    const overlaps = panels.flatMap(({ title, gridPos: a }, i) =>
      panels
        .slice(i + 1)
        .filter(
          ({ gridPos: b }) =>
            a.x < b.x + b.w &&
            b.x < a.x + a.w &&
            a.y < b.y + b.h &&
            b.y < a.y + a.h,
        )
        .map(other => [title, other.title]),
    );
    expect(overlaps).toEqual([]);
  });
});

describe('docs/observability.md', () => {
  const names = (heading: string, column: string) =>
    tableAfter(page, heading).flatMap(row =>
      [...row[column].matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );

  it('has every metric with its kind and unit', () => {
    const documented = tableAfter(page, '## Metrics').map(row => ({
      name: row.metric.replaceAll('`', ''),
      kind: row.kind,
      unit: row.unit.replaceAll('`', ''),
    }));
    const byName = (a: Instrument, b: Instrument) =>
      a.name.localeCompare(b.name);
    expect(documented.sort(byName)).toEqual([...instruments].sort(byName));
  });

  it('has every cause, operation and audit event', () => {
    expect(names('## Causes of failures', 'cause')).toEqual([
      ...FAILURE_CAUSES,
    ]);
    expect(page).toContain(
      `\`goldenpath.operation\` is one of ${Object.values(OPERATIONS)
        .map(operation => `\`${operation}\``)
        .join(', ')}.`,
    );
    expect(names('## Audit', 'event')).toEqual(Object.values(AUDIT_EVENTS));
    expect(names("Each event's `meta` says who did what:", 'field')).toEqual(
      expect.arrayContaining([...AUDITED_OUTPUTS]),
    );
  });
});
