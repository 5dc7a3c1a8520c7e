import { expect, test } from 'vitest';
import { holds, outcomeOf, Unreadable, type Value } from '../../src/gate/engines/argo-condition.ts';

test.each<[string, Value, boolean | undefined]>([
  ['result <= 0.05', 0.05, true],
  ['result[0] <= 0.05', [0.01], true],
  ['result[0] <= 0.05', [], undefined],
  ['len(result) > 0 && result[0] <= 0.05', [], false],
  ['result <= 0.05', NaN, false],
  ['!(result > 0.05)', NaN, true],
  ['isNaN(result) || result < 1', NaN, true],
  ['isNaN(result[0])', ['x'], undefined],
  ['all(result, # < 0.5)', [0.1, 0.4], true],
  ['all(result, {# < 0.5})', [], true],
  ['any(result, # > 0.5)', [0.1, 0.9], true],
  ['count(result, # > 0) >= 2', [1, 0, 2], true],
  ['default(result, 0) < 0.05', null, true],
  ['isNil(result)', null, true],
  ['result == nil', 0, false],
  ['result.errors < 3 and not (result.state in ["bad", \'worse\'])', { errors: 2, state: 'good' }, true],
  ['asFloat(result) >= 0.5 ? true : false', '0.7', true],
  ['asInt(result) == 3', '3.5', undefined],
  ['result[-1] == 2', [1, 2], true],
  ['-result * 2 + 1 < 0', 1, true],
  ['result', 1, undefined],
  ['result < "a"', 1, undefined],
])('%s of %j is %s', (condition, value, expected) => {
  expect(holds(condition, value)).toBe(expected);
});

test('a value of which neither condition holds is inconclusive, one of which both hold has failed', () => {
  const both = { successCondition: 'result < 1', failureCondition: 'result > 0.5' };
  expect([0.1, 0.7, 2, NaN].map((value) => outcomeOf(both, value))).toEqual([
    'Successful',
    'Failed',
    'Failed',
    'Inconclusive',
  ]);
  expect(outcomeOf({ successCondition: 'result < 1' }, NaN)).toBe('Failed');
  expect(outcomeOf({ failureCondition: 'result > 1' }, NaN)).toBe('Successful');
  expect(outcomeOf({}, 5)).toBe('Successful');
});

test('what is beyond the known part of the language is said, not guessed', () => {
  for (const condition of ['map(result, # + 1)', 'result |> len()', 'other > 1', 'result >', '(result'])
    expect(() => outcomeOf({ successCondition: condition }, [1])).toThrow(Unreadable);
});
