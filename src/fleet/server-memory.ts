import type { BreakwaterServerSpec, ServerSpec } from './spec.ts';
import { parseBytes } from './units.ts';

const MIB = 2 ** 20;

/** Defaults of Breakwater's own server, as the types say. */
export const BREAKWATER_SERVER_DEFAULTS = { maxBody: '4Mi', maxRequests: 32 } as const;

/**
 * Breakwater's own server without model and bodies, under load: Node's heap and LiteRT, and 49 MiB of its binary's pages,
 * which nothing holds there and which it needs all the same. Measured, as is what follows; see .github/ARCHITECTURE.md.
 */
const OWN_BYTES = 152 * MIB;

/**
 * Largest bodies that are in memory at once: three that wait, arrive and are read, the values of one, its answer, and
 * what was let go but is not collected yet. With bodies of 1, 4 and 8 MiB a server takes 97, 118 and 147 MiB of its own.
 */
const BODIES = 8;

/** Bytes that a server takes without its model, or undefined where nobody declared or measured it. */
export function serverBytes(server: ServerSpec): number | undefined {
  if (server.baseMemory !== undefined) return parseBytes(server.baseMemory);
  return server.kind === 'breakwater' ? ownBytes(server) : undefined;
}

const ownBytes = ({ maxBody = BREAKWATER_SERVER_DEFAULTS.maxBody }: BreakwaterServerSpec): number =>
  OWN_BYTES + BODIES * parseBytes(maxBody);
