import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeFleets } from '../src/output/synth.ts';
import { loadFleets } from '../src/fleet/load.ts';
import type { FleetSpec } from '../src/fleet/spec.ts';
import { parityOf } from '../src/plan/parity.ts';
import { planFleet } from '../src/plan/waves.ts';
import { synthFleet } from '../src/synth/index.ts';
import { MemoryDisk } from './output/memory-file-system.ts';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const [hello, argo] = await loadFleets(['hello-edge', 'hello-edge-argo'], { cwd });

/** Everything that is generated for a fleet, by path below its folder, with one name for the id of its release. */
function generated(spec: FleetSpec): ReadonlyMap<string, string> {
  const disk = new MemoryDisk();
  const releases = synthFleet(spec);
  const plan = planFleet(spec, undefined);
  writeFleets({ fs: disk.fileSystem(), root: '/r', fleets: [{ plan, releases }], breakwater: '0.0.0' });
  const ids = Object.values(releases).map(({ id }) => id);
  const plain = (text: string): string => ids.reduce((rest, id) => rest.replaceAll(id, '<id>'), text);
  const folder = `/r/generated/${spec.name}/`;
  return new Map(
    Object.entries(disk.snapshot())
      .filter(([path]) => path.startsWith(folder))
      .map(([path, text]) => [plain(path.slice(folder.length)), plain(text)] as const),
  );
}

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll('*', '.+')}$`);

test('Flux and Argo CD outputs of one fleet differ only where the parity table says so, and everywhere it does', () => {
  // The same name, so that nothing but the delivery differs.
  const spec = { ...argo!.spec, name: hello!.spec.name };
  const [flux, argocd] = [generated(hello!.spec), generated(spec)];
  const differing = [...new Set([...flux.keys(), ...argocd.keys()])].filter(
    (path) => flux.get(path) !== argocd.get(path),
  );
  const rows = parityOf(spec, planFleet(spec, undefined));
  const said = rows.flatMap(({ files }) => files);
  expect(differing.filter((path) => !said.some((one) => pattern(one).test(path)))).toEqual([]);
  expect(said.filter((one) => !differing.some((path) => pattern(one).test(path)))).toEqual([]);
});

test('objects, config and pointers are the same bytes', () => {
  const spec = { ...argo!.spec, name: hello!.spec.name };
  const shared = (of: FleetSpec) =>
    [...generated(of)].filter(([path]) => /^slices|\/(?:objects|config)\//.test(path));
  expect(shared(spec)).toEqual(shared(hello!.spec));
  expect(synthFleet(spec)['mini-pc']!.versions).toEqual(synthFleet(hello!.spec)['mini-pc']!.versions);
});
