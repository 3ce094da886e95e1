/** Building blocks of the schema. */
import * as z from "zod";

type Open<S extends Record<string, z.ZodType>> = { [K in keyof S]: z.ZodOptional<z.ZodNullable<S[K]>> };

/**
 * A section of the config: no unknown keys, every key optional. `null` (an empty value) is allowed
 * everywhere: it means "not set", and removes what a file named by `extends` has set.
 */
export function section<S extends Record<string, z.ZodType>>(shape: S) {
  const open = Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, type.nullish()]));
  // Object.fromEntries forgets which key has which type; the line above keeps each one.
  return z.strictObject(open as Open<S>);
}

/** What a section holds once `null`s are gone: a key is there with a value, or it is not there. */
export type Settled<T> = T extends readonly (infer E)[]
  ? Settled<E>[]
  : T extends Record<string, unknown>
    ? string extends keyof T
      ? { [K in keyof T]: NonNullable<T[K]> }
      : { [K in keyof T]?: Settled<NonNullable<T[K]>> }
    : T;

export const text = z.string().min(1);
export const flag = z.boolean();
export const whole = (least: number) => z.int().min(least);
export const numberFrom = (least: number) => z.number().min(least);
export const above = (limit: number) => z.number().gt(limit);
export const oneOrMany = <T extends z.ZodType>(type: T) => z.union([type, z.array(type).min(1)]);
/** Arguments handed on as they are. */
export const freeform = z.record(z.string(), z.unknown());
