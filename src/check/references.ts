import { asList, asRecord, asText, within, type Json } from './json.ts';
import { containersOf, type PodTemplate } from './pods.ts';
import type { ExternalObjects } from '../fleet/spec.ts';

/** What a pod names and cannot start without. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim' | 'PriorityClass';
  readonly name: string;
  /** The key of its data that is taken. */
  readonly key?: string;
  /** Pointer into the object. */
  readonly path: string;
  /** Where a definition declares such objects as made by others. */
  readonly field: keyof ExternalObjects | undefined;
}

/** Objects that every cluster has. */
const BUILT_IN = new Set([
  'ConfigMap/kube-root-ca.crt',
  'ServiceAccount/default',
  'PriorityClass/system-node-critical',
  'PriorityClass/system-cluster-critical',
]);

const FIELD: Readonly<Record<Reference['kind'], keyof ExternalObjects | undefined>> = {
  ConfigMap: 'configMaps',
  Secret: 'secrets',
  ServiceAccount: 'serviceAccounts',
  PriorityClass: 'priorityClasses',
  PersistentVolumeClaim: undefined,
};

/** What a pod names, without what it says is optional, and without what every cluster has. */
export function referencesOf(pod: PodTemplate): readonly Reference[] {
  const found: Reference[] = [];
  const add = (
    kind: Reference['kind'],
    name: unknown,
    path: string,
    from: Json = {},
    key?: unknown,
  ): void => {
    const text = asText(name);
    if (text === undefined || from['optional'] === true || BUILT_IN.has(`${kind}/${text}`)) return;
    const taken = asText(key);
    found.push({
      kind,
      name: text,
      path,
      field: FIELD[kind],
      ...(taken === undefined ? {} : { key: taken }),
    });
  };
  /** A volume's source: the object, or the keys of it that `items` takes. */
  const addItems = (kind: Reference['kind'], name: unknown, path: string, from: Json): void => {
    const items = asList(from['items']);
    if (items.length === 0) add(kind, name, path, from);
    for (const item of items) add(kind, name, path, from, asRecord(item)['key']);
  };

  const { path, spec } = pod;
  add('ServiceAccount', spec['serviceAccountName'], `${path}/spec/serviceAccountName`);
  add('PriorityClass', spec['priorityClassName'], `${path}/spec/priorityClassName`);
  for (const [index, secret] of asList(spec['imagePullSecrets']).entries()) {
    add('Secret', asRecord(secret)['name'], `${path}/spec/imagePullSecrets/${index}`);
  }
  for (const [index, volume] of asList(spec['volumes']).entries()) {
    const at = `${path}/spec/volumes/${index}`;
    const { configMap, secret, persistentVolumeClaim, projected } = asRecord(volume);
    addItems('ConfigMap', within(configMap, 'name'), `${at}/configMap`, asRecord(configMap));
    addItems('Secret', within(secret, 'secretName'), `${at}/secret`, asRecord(secret));
    add('PersistentVolumeClaim', within(persistentVolumeClaim, 'claimName'), `${at}/persistentVolumeClaim`);
    for (const [place, source] of asList(within(projected, 'sources')).entries()) {
      const { configMap, secret } = asRecord(source);
      const below = `${at}/projected/sources/${place}`;
      addItems('ConfigMap', within(configMap, 'name'), `${below}/configMap`, asRecord(configMap));
      addItems('Secret', within(secret, 'name'), `${below}/secret`, asRecord(secret));
    }
  }
  for (const container of containersOf(pod)) {
    for (const [index, entry] of asList(container.spec['env']).entries()) {
      const { configMapKeyRef, secretKeyRef } = asRecord(asRecord(entry)['valueFrom']);
      const at = `${container.path}/env/${index}/valueFrom`;
      for (const [kind, field, ref] of [
        ['ConfigMap', 'configMapKeyRef', asRecord(configMapKeyRef)],
        ['Secret', 'secretKeyRef', asRecord(secretKeyRef)],
      ] as const) {
        add(kind, ref['name'], `${at}/${field}`, ref, ref['key']);
      }
    }
    for (const [index, entry] of asList(container.spec['envFrom']).entries()) {
      const { configMapRef, secretRef } = asRecord(entry);
      const at = `${container.path}/envFrom/${index}`;
      add('ConfigMap', within(configMapRef, 'name'), `${at}/configMapRef`, asRecord(configMapRef));
      add('Secret', within(secretRef, 'name'), `${at}/secretRef`, asRecord(secretRef));
    }
  }
  return found;
}
