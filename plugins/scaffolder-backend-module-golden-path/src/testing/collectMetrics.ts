import { metrics } from '@opentelemetry/api';
import {
  PrometheusExporter,
  PrometheusSerializer,
} from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/**
 * Registers a meter provider, as an operator's instrumentation does before Backstage starts.
 * @returns reads our metrics as Prometheus would scrape them: `name{labels} value`
 */
export const collectMetrics = () => {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  metrics.disable();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
  const serializer = new PrometheusSerializer(
    undefined,
    false,
    undefined,
    true,
    true,
  );
  return async (): Promise<string[]> => {
    const { resourceMetrics, errors } = await exporter.collect();
    if (errors.length > 0) throw errors[0];
    return serializer
      .serialize(resourceMetrics)
      .split('\n')
      .filter(line => line.startsWith('goldenpath_'));
  };
};
