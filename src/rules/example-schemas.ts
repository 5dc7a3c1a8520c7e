// A little of what an API server serves, so that examples of rules about structure stand alone.

import type { KubeObject, ObjectsSubject } from '../check/rule.ts';
import { schemaSet, type CompiledMinor } from '../check/schema-set.ts';
import { exampleObjects } from './example-objects.ts';

const MINOR: CompiledMinor = {
  minor: '1.36',
  kinds: {
    'v1 Service': { schema: { $ref: 'core.v1.Service' }, namespaced: true },
    'v1 ConfigMap': { schema: { $ref: 'core.v1.ConfigMap' }, namespaced: true },
    'v1 Endpoints': {
      schema: { open: true },
      namespaced: true,
      warning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    },
    'policy/v1 PodDisruptionBudget': { schema: { open: true }, namespaced: true },
  },
  elsewhere: { 'scheduling.k8s.io/v1beta1 PodGroup': ['1.37'] },
  definitions: {
    'meta.v1.ObjectMeta': {
      type: 'object',
      properties: {
        name: { type: 'string' },
        namespace: { type: 'string' },
        labels: { type: 'object', values: { type: 'string' } },
      },
    },
    'core.v1.ConfigMap': {
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { $ref: 'meta.v1.ObjectMeta', filled: true },
        data: { type: 'object', values: { type: 'string' } },
        immutable: { type: 'boolean' },
      },
    },
    'core.v1.Service': {
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { $ref: 'meta.v1.ObjectMeta', filled: true },
        spec: {
          type: 'object',
          properties: {
            type: { type: 'string', enum: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] },
            ports: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  name: { type: 'string' },
                  port: { type: 'integer' },
                  targetPort: { types: ['integer', 'string'] },
                },
                required: ['port'],
              },
            },
          },
        },
      },
    },
  },
};

/** Objects held against that little. */
export const exampleStructured = (objects: readonly KubeObject[]): ObjectsSubject => ({
  ...exampleObjects(objects),
  schemas: schemaSet(MINOR, { kinds: {}, definitions: {} }),
});
