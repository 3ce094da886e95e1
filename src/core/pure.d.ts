// What every host of the pure rooms has (Node, browsers, web workers) and the ES library types lack.
// Only tsconfig.pure.json includes this file; the others have the real declarations.
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array;
}
