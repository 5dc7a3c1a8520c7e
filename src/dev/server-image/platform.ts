/** A platform that images are made for, as Debian, npm, the C library and OCI name it. */
export interface Platform {
  readonly arch: 'amd64' | 'arm64';
  /** In the names of npm's packages. */
  readonly npm: 'x64' | 'arm64';
  /** Folder of libraries. */
  readonly triplet: string;
  /** Where a program expects its loader. */
  readonly loader: string;
}

export const PLATFORMS: readonly Platform[] = [
  { arch: 'amd64', npm: 'x64', triplet: 'x86_64-linux-gnu', loader: 'lib64/ld-linux-x86-64.so.2' },
  { arch: 'arm64', npm: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'lib/ld-linux-aarch64.so.1' },
];
