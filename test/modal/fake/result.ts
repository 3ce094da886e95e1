/** How a sandbox or a build ended, in the numbers of Modal's GenericResult. */
export const STATUS = {
  success: 1,
  failure: 2,
  terminated: 3,
  timeout: 4,
  init_failure: 5,
  internal_failure: 6,
  idle_timeout: 7,
  evicted: 8,
} as const;

export interface Result {
  readonly status: number;
  readonly exitcode: number;
  readonly exception: string;
}

/** With the fields that protobuf wants to be there. */
export const wholeResult = (result: Result): object => ({
  traceback: "",
  serializedTb: new Uint8Array(),
  tbLineCache: new Uint8Array(),
  propagationReason: "",
  ...result,
});
