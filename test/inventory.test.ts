import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import { readClusters } from '../src/fleet/inventory.ts';

const classes = { n100: { maxDevicesPerCluster: 200 }, 'orin-nano': { maxDevicesPerCluster: 20 } };
const slices = ['p000.01', 'p000.02', 'p100.00'];

const file = join(mkdtempSync(join(tmpdir(), 'inventory-')), 'fleet.csv');

function read(text: string | Uint8Array) {
  writeFileSync(file, text);
  return [...readClusters(file, { classes, slices, file: 'fleet.csv' })];
}

/** What the user sees of the error that reading a text throws. */
function errorOf(text: string | Uint8Array): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UserError) return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}`;
    throw error;
  }
  throw new Error('nothing was wrong');
}

test('a row is a cluster, with its line', () => {
  expect(read('cluster,class,region,devices\ns-1,n100,north,12\n0042,orin-nano,Münster,1\n')).toEqual([
    { cluster: 's-1', class: 'n100', region: 'north', devices: 12, line: 2 },
    { cluster: '0042', class: 'orin-nano', region: 'Münster', devices: 1, line: 3 },
  ]);
});

test('a cluster may be pinned to a slice, or not', () => {
  expect(
    read('cluster,class,region,devices,slice\na,n100,north,1,p000.01\nb,n100,north,1,\n').map(
      ({ slice }) => slice,
    ),
  ).toEqual(['p000.01', undefined]);
});

test('a byte order mark, line feeds of Windows, empty lines and a missing last line feed are accepted', () => {
  const rows = read('\uFEFFcluster,class,region,devices\r\n\r\na,n100,north,1\r\nb,n100,north,2');
  expect(rows.map(({ cluster, devices, line }) => ({ cluster, devices, line }))).toEqual([
    { cluster: 'a', devices: 1, line: 3 },
    { cluster: 'b', devices: 2, line: 4 },
  ]);
});

const HEADER = 'cluster,class,region,devices\n';

test.each([
  ['an empty file', '', 'fleet.csv is empty', 'begin it with the line cluster,class,region,devices'],
  [
    'another header',
    'name,class,region,devices\n',
    'fleet.csv:1:1: the header is "name,class,region,devices"',
    'write cluster,class,region,devices or cluster,class,region,devices,slice',
  ],
  [
    'a header in another order',
    'class,cluster,region,devices\n',
    'fleet.csv:1:1: the header is "class,cluster,region,devices"',
    'write cluster,class,region,devices or cluster,class,region,devices,slice',
  ],
  [
    'two rows for one cluster',
    `${HEADER}a,n100,north,1\nb,n100,north,1\na,n100,south,1\n`,
    'fleet.csv:4:1: cluster "a" stands on line 2 too',
    'remove one of the two lines, or give one cluster another name',
  ],
  [
    'an unknown class',
    `${HEADER}a,n10,north,1\n`,
    'fleet.csv:2:3: there is no class "n10"',
    'did you mean "n100"?',
  ],
  [
    'a class that is nothing like one',
    `${HEADER}a,raspberry,north,1\n`,
    'fleet.csv:2:3: there is no class "raspberry"',
    'use n100 or orin-nano',
  ],
  [
    'an unknown slice',
    'cluster,class,region,devices,slice\na,n100,north,1,p000.03\n',
    'fleet.csv:2:16: there is no slice "p000.03"',
    'did you mean "p000.01"?',
  ],
  ['an empty name', `${HEADER},n100,north,1\n`, 'fleet.csv:2:1: the cluster has no name', 'write its name'],
  [
    'a name that is no DNS label',
    `${HEADER}a,n100,north,1\nShop_7,n100,north,1\n`,
    'fleet.csv:3:1: "Shop_7" is no DNS label',
    'name the cluster with lower-case letters, digits and "-", at most 63 characters',
  ],
  [
    'an empty region',
    `${HEADER}a,n100,,1\n`,
    'fleet.csv:2:8: the region is empty',
    'write a name without spaces around it, backslashes and control characters',
  ],
  [
    'a region with a backslash',
    `${HEADER}a,n100,north\\east,1\n`,
    String.raw`fleet.csv:2:8: "north\\east" is no name of a region`,
    'write a name without spaces around it, backslashes and control characters',
  ],
  [
    'a number with a fraction',
    `${HEADER}a,n100,north,1.5\n`,
    'fleet.csv:2:14: "1.5" is no number of devices',
    'write a whole number from 1, in digits',
  ],
  [
    'no devices',
    `${HEADER}a,n100,north,0\n`,
    'fleet.csv:2:14: "0" is no number of devices',
    'write a whole number from 1, in digits',
  ],
  [
    'more devices than the class allows',
    `${HEADER}a,orin-nano,north,21\n`,
    'fleet.csv:2:19: 21 devices, the class "orin-nano" has at most 20 to the cluster',
    'correct the number, or raise maxDevicesPerCluster, which makes a new release',
  ],
  [
    'a column too few',
    `${HEADER}a,n100,north\n`,
    'fleet.csv:2:8: 3 columns, the header has 4',
    'write cluster,class,region,devices',
  ],
  [
    'a column too many',
    `${HEADER}a,n100,north,1,p000.01\n`,
    'fleet.csv:2:16: 5 columns, the header has 4',
    'write cluster,class,region,devices',
  ],
  [
    'quotes',
    `${HEADER}a,n100,"North, East",1\n`,
    'fleet.csv:2:8: quotes are not read',
    'write the field without quotes and commas',
  ],
])('%s is an error at its place', (_title, text, message, fix) => {
  expect(errorOf(text)).toBe(`error[INVENTORY_ROW]: ${message}\n  fix: ${fix}`);
});

test('text that is not UTF-8', () => {
  expect(errorOf(Buffer.from(`${HEADER}a,n100,M\xFCnster,1\n`, 'latin1'))).toMatchInlineSnapshot(`
    "error[INVENTORY_ROW]: fleet.csv:2:1: the line is not UTF-8 text
      fix: save the file as UTF-8"
  `);
});

test('a file that is not there', () => {
  const missing = readClusters('/nowhere/fleet.csv', { classes, slices, file: 'fleet.csv' });
  expect(() => missing.next()).toThrow('fleet.csv is not there');
});

test('lines are whole wherever the chunks of the file end', () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, index) => `site-${index},n100,northern-region-of-müller,${1 + (index % 200)}`,
  );
  const read20k = read(`${HEADER}${rows.join('\n')}\n`);
  expect(read20k.map((row) => `${row.cluster},${row.class},${row.region},${row.devices}`)).toEqual(rows);
});
