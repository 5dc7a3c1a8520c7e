import type { SynthOutcome } from '../output/synth.ts';
import type { FleetSynth } from '../report/synth.ts';
import type { Releases } from '../synth/manifests.ts';
import type { BuiltFleet } from './build-fleets.ts';
import type { Io } from './io.ts';
import { pointerHistory } from './pointer-history.ts';
import { nextOf } from './status-of.ts';

/** Put what a definition says beside what became of it. */
export function describeSynth(
  fleets: readonly BuiltFleet[],
  outcomes: readonly SynthOutcome[],
  io: Io,
): readonly FleetSynth[] {
  return fleets.map(({ loaded, plan, releases }, index) => {
    const { placement, changes, plan: planned } = outcomes[index]!;
    const { state, moves, notices } = placement;
    const history = pointerHistory(io, plan.fleet);
    return {
      fleet: plan.fleet,
      file: loaded.file,
      plan,
      classes: Object.entries(releases).map(([name, { id, objects }]) => ({
        class: name,
        release: id,
        objects: objects.length,
        next: nextOf(state.classes[name]!, name, planned, history, io.now()),
      })),
      moves,
      notices,
      changes,
    };
  });
}

/** The objects of what a definition makes as one stream of YAML, each under a comment that names its file. */
export const manifestsOf = (fleet: string, releases: Releases): string =>
  Object.values(releases)
    .flatMap(({ class: name, id, files }) =>
      [...files.keys()]
        .filter((path) => path.endsWith('.yaml') && !path.endsWith('/kustomization.yaml'))
        .map((path) => `---\n# generated/${fleet}/releases/${name}/${id}/${path}\n${files.get(path)}`),
    )
    .join('');
