// What src/dev/compile-kubernetes.ts writes into dist/validators/.

declare module '#validators/kubernetes-flux' {
  import type { CompiledCustom } from './schema-set.ts';

  const flux: CompiledCustom;
  export default flux;
}

declare module '#validators/kubernetes-custom' {
  import type { CompiledCustom } from './schema-set.ts';

  const custom: CompiledCustom;
  export default custom;
}

declare module '#validators/kubernetes-1.*' {
  import type { CompiledMinor } from './schema-set.ts';

  const minor: CompiledMinor;
  export default minor;
}
