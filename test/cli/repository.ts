import { spawnSync } from 'node:child_process';
import { fleetTemplate } from '../../src/cli/init/fleet-template.ts';
import { project } from '../project.ts';

/** A Git repository for the length of one test. */
export interface Repository {
  readonly folder: string;
  /** Commit everything, at a time. */
  commit(time: string, message?: string): void;
  git(...args: readonly string[]): string;
}

/** The fleet that `init` writes, called `hello`, as a user's repository would hold it. */
export const helloFiles = (): Record<string, string> => ({
  'fleets/hello.ts': fleetTemplate('hello'),
  '.gitignore': '.breakwater\n',
});

/** A repository with some files, nothing committed yet. */
export function repository(files: Readonly<Record<string, string>> = helloFiles()): Repository {
  const folder = project(files);
  const run = (args: readonly string[], time?: string): string => {
    const { status, stdout, stderr } = spawnSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
        ...(time === undefined ? {} : { GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time }),
      },
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  run(['init', '--quiet', '--initial-branch=main']);
  return {
    folder,
    git: (...args) => run(args),
    commit(time, message = 'change') {
      run(['add', '--all']);
      run(['commit', '--quiet', '--message', message], time);
    },
  };
}
