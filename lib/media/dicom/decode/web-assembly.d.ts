/** The used part of WebAssembly's types; TypeScript has them only in its types of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    readonly exports: object;
    constructor(module: Module, imports: Record<string, Record<string, (...numbers: number[]) => unknown>>);
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
}
