// Where everything of ours stands below `generated/`, as patterns: what matches one is ours to replace and to
// remove, and nothing else is ever touched.

/** Prefix of what is being written. A killed run leaves some; the next one removes them. */
export const TEMPORARY = '.breakwater-tmp-';

/** Where a file or folder is written before it is renamed into place. */
export const besideOf = (path: string): string => path.replace(/[^/]+$/, (name) => TEMPORARY + name);

const PARTS: Readonly<Record<string, string>> = {
  slice: String.raw`p\d{3}\.\d{2}`,
  class: String.raw`[a-z0-9](?:[-a-z0-9]*[a-z0-9])?`,
  release: 'r[0-9a-f]{12}',
  config: '[^/]+-c[0-9a-f]{12}',
  object: String.raw`[^/]+\.yaml`,
  rules: '(?:rules|rollout)',
};

/** Every file below `generated/<fleet>/`. */
const FILES = {
  readme: 'README.md',
  plan: 'plan.json',
  hub: 'argocd/<object>',
  framePointer: 'slices/<slice>/<class>/kustomization.yaml',
  releasePointer: 'slices/<slice>/<class>/release/kustomization.yaml',
  versions: 'releases/<class>/<release>/release.json',
  frame: 'releases/<class>/<release>/frame/<object>',
  objects: 'releases/<class>/<release>/objects/<object>',
  configs: 'releases/<class>/<release>/config/kustomization.yaml',
  config: 'releases/<class>/<release>/config/<config>/<object>',
  monitoringReadme: 'monitoring/README.md',
  rules: 'monitoring/<rules>.yaml',
  ruleTests: 'monitoring/tests.yaml',
  ruleObjects: 'monitoring/kubernetes/<rules>.yaml',
  ruleKustomization: 'monitoring/kubernetes/kustomization.yaml',
} as const;

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/<(\w+)>/g, (_, part) => PARTS[part]!)}$`);

const FILE_PATTERNS = Object.values(FILES).map(pattern);

/** Each folder above a file of ours. */
const FOLDER_PATTERNS = [...new Set(Object.values(FILES).flatMap(foldersAbove))].map(pattern);

/** Whether a file at this path below `generated/<fleet>/` is ours. */
export const isOurFile = (path: string): boolean => FILE_PATTERNS.some((ours) => ours.test(path));

/** Whether a folder at this path below `generated/<fleet>/` is ours. */
export const isOurFolder = (path: string): boolean => FOLDER_PATTERNS.some((ours) => ours.test(path));

/** The folders above a path, nearest first: `a/b`, `a` for `a/b/c`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - 1 - index).join('/'));
}

/** Folder of a release below `generated/<fleet>/`. */
export const releaseFolder = (className: string, release: string): string =>
  `releases/${className}/${release}`;

/** What a hub that delivers the fleet follows, below `generated/<fleet>/`. */
export const hubFolder = (delivery: string): string => delivery;

/** What a cluster syncs, below `generated/<fleet>/`. */
export const sliceFolder = (slice: string, className: string): string => `slices/${slice}/${className}`;

/** The class of a pointer file; `undefined` for other files. */
export const pointerClass = (path: string): string | undefined =>
  /^slices\/[^/]+\/([^/]+)\/(?:release\/)?kustomization\.yaml$/.exec(path)?.[1];

/** Class, release and path within it of a release's file; `undefined` for other files. */
export function releaseFile(path: string): { class: string; release: string; path: string } | undefined {
  const match = /^releases\/([^/]+)\/([^/]+)\/(.+)$/.exec(path);
  return match ? { class: match[1]!, release: match[2]!, path: match[3]! } : undefined;
}

/** The rollout file of a fleet, from the repository's root. */
export const rolloutFile = (fleet: string): string => `fleets/${fleet}.rollout.json`;

/** What a gate said of a class's release on a wave, from the repository's root. */
export const gateRecordFile = (of: {
  readonly fleet: string;
  readonly class: string;
  readonly release: string;
  readonly wave: string;
}): string => `fleets/rollouts/${of.fleet}/${of.class}/${of.release}/${of.wave}.json`;

/** The folder of a fleet, from the repository's root. */
export const fleetFolder = (fleet: string): string => `generated/${fleet}`;
