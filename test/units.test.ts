import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatMillicores,
  parseBitRate,
  parseBytes,
  parseDuration,
  parseMillicores,
  parseQuantity,
} from '../src/fleet/units.ts';

describe('quantities', () => {
  // What Go's resource.ParseQuantity (k8s.io/apimachinery 0.34.1) makes of the texts, as billionths.
  test.each([
    ['0', 0n],
    ['1', 1_000_000_000n],
    ['+1', 1_000_000_000n],
    ['-1', -1_000_000_000n],
    ['007', 7_000_000_000n],
    ['512Mi', 536_870_912_000_000_000n],
    ['1.5Gi', 1_610_612_736_000_000_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    ['1.Ki', 1_024_000_000_000n],
    ['500m', 500_000_000n],
    ['1500u', 1_500_000n],
    ['3n', 3n],
    ['0.5n', 1n],
    ['1e9', 1_000_000_000_000_000_000n],
    ['1E9', 1_000_000_000_000_000_000n],
    ['1e-3', 1_000_000n],
    ['1e+2', 100_000_000_000n],
    ['1E', 1_000_000_000_000_000_000_000_000_000n],
    ['1k', 1_000_000_000_000n],
    ['2M', 2_000_000_000_000_000n],
    ['0.0000000001', 1n],
    ['-0.0000000001', -1n],
    ['1.123456789123', 1_123_456_790n],
    ['0e-30', 0n],
    ['1e-100', 1n],
    ['1.1Ki', 1_126_400_000_000n],
    ['8Ei', 9_223_372_036_854_775_807_000_000_000n],
  ])('%s is %d billionths', (text, nano) => {
    expect(parseQuantity(text)).toBe(nano);
  });

  test.each([
    '',
    ' 1',
    '1 ',
    '1K',
    '1ki',
    '1mi',
    '1i',
    '1.1.M',
    '1+1M',
    '--1',
    '1e',
    '1e1.5',
    '0x10',
    '1,5Gi',
    '1GiB',
    '8GB',
    'aoeu',
    '٣',
  ])('%j is refused, as by Go', (text) => {
    expect(() => parseQuantity(text)).toThrow(`${JSON.stringify(text)} is not a Kubernetes quantity`);
  });

  test.each(['.', 'Ki', '+', 'e3'])('%j, which Go reads as 0, is refused', (text) => {
    expect(() => parseQuantity(text)).toThrow(`${JSON.stringify(text)} is not a Kubernetes quantity`);
  });

  test('parts of a byte or a millicore are rounded up, as the scheduler does', () => {
    expect([parseBytes('1.1'), parseBytes('100m'), parseBytes('-1.1')]).toEqual([2, 1, -2]);
    expect([parseMillicores('100u'), parseMillicores('1.0001'), parseMillicores('2')]).toEqual([
      1, 1001, 2000,
    ]);
  });

  test('512M and 512Mi differ by 24,870,912 bytes', () => {
    expect(parseBytes('512Mi') - parseBytes('512M')).toBe(24_870_912);
  });

  test('bytes are written so that they are read back exactly', () => {
    expect([0, 1000, 1024, 1536 * 2 ** 20, 2 ** 30].map(formatBytes)).toEqual([
      '0',
      '1000',
      '1Ki',
      '1536Mi',
      '1Gi',
    ]);
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseBytes(formatBytes(bytes)) === bytes));
  });

  test('millicores are written so that they are read back exactly', () => {
    expect([0, 250, 1500, 2000].map(formatMillicores)).toEqual(['0', '250m', '1500m', '2']);
    fc.assert(
      fc.property(fc.nat(), (millicores) => parseMillicores(formatMillicores(millicores)) === millicores),
    );
  });

  test('a larger number of the same suffix is a larger quantity', () => {
    const suffix = fc.constantFrom('n', 'u', 'm', '', 'k', 'Mi', 'Gi', 'e3');
    fc.assert(
      fc.property(fc.nat(), fc.nat(), suffix, (a, b, unit) => {
        expect(Math.sign(Number(parseQuantity(`${a}${unit}`) - parseQuantity(`${b}${unit}`)))).toBe(
          Math.sign(a - b),
        );
      }),
    );
  });
});

describe('durations', () => {
  test.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['0s', 0],
    ['1m1m', 120_000],
    ['1.005s', 1005],
    ['0.1ms', 0.1],
    ['8760h', 31_536_000_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '10', '1d', '1.h', '.5h', '-1h', '1 h', '1h ', '5min', '1us'])('%j is refused', (text) => {
    expect(() => parseDuration(text)).toThrow(`${JSON.stringify(text)} is not a duration`);
  });

  test('what Go cannot count is refused', () => {
    expect(() => parseDuration('2600000h')).toThrow(
      '"2600000h" is longer than the 292 years that Go can count',
    );
  });

  test('durations are written so that they are read back exactly', () => {
    expect([0, 45_000, 5_400_000, 86_400_000, 61_001].map(formatDuration)).toEqual([
      '0s',
      '45s',
      '1h30m',
      '24h',
      '1m1s1ms',
    ]);
    fc.assert(fc.property(fc.nat({ max: 9e12 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});

describe('bit rates', () => {
  test.each([
    ['20Mbit', 20_000_000],
    ['1.5Gbit', 1_500_000_000],
    ['512kbit', 512_000],
    ['9600bit', 9600],
  ])('%s is %d bits per second', (text, bits) => {
    expect(parseBitRate(text)).toBe(bits);
  });

  test('the fraction is read exactly', () => {
    expect([parseBitRate('4.006579Mbit'), parseBitRate('9.6kbit')]).toEqual([4_006_579, 9600]);
  });

  test.each(['', '20', '20Mbps', '20MBit', '20Mibit', '-1Mbit', '1e3bit', '20 Mbit'])(
    '%j is refused',
    (text) => {
      expect(() => parseBitRate(text)).toThrow(`${JSON.stringify(text)} is not a bit rate`);
    },
  );
});
