/** Which metrics a PromQL expression names. */

import { expect, test } from 'vitest';
import { metricsIn } from './monitoring.ts';

test.each([
  ['absent(up{job="ramify_metrics"} == 1)', []],
  ['max by (some_label) (a_total{other_label!="x_y"}) > 0', ['a_total']],
  ['histogram_quantile(0.99, sum by (le) (rate(a_seconds_bucket[5m])))', ['a_seconds']],
  ['sum(rate(a_total[5m])) / sum(rate(b_seconds_count[5m]))', ['a_total', 'b_seconds']],
])('%s', (expression, metrics) => {
  expect(metricsIn(expression)).toEqual(metrics);
});
