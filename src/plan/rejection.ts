import type { WantedRelease } from './plan.ts';
import type { ClassState, Rejection } from './state.ts';

/**
 * The rejection that stands against a release, if any.
 *
 * By name; or by content, where the release contains every workload version by which the rejected one differed
 * from the settled one. A rejected release that differed in no version (only in its frame, or by lacking a
 * workload) is known by its name alone.
 */
export const rejectionOf = (state: ClassState, wanted: WantedRelease): Rejection | undefined =>
  state.rejected.find(
    ({ release, versions }) =>
      release === wanted.release ||
      (Object.keys(versions).length > 0 &&
        Object.entries(versions).every(([workload, version]) => wanted.versions[workload] === version)),
  );

/**
 * A rejection that another version of Breakwater wrote and that nothing has answered since: the same definition
 * may make other bytes now, so that neither name nor content would give the rejected release away.
 */
export const unreadableRejection = (state: ClassState, breakwater: string): Rejection | undefined =>
  state.rejected.find((rejection) => rejection.open && rejection.breakwater !== breakwater);
