import type { EnvironmentVariables } from "./setting.ts";

/** Where a secret is. */
export type SecretSource = { readonly value: string } | { readonly file: string };

/** Finds a secret by its name; undefined if it is not set. */
export type FindSecret = (name: string) => SecretSource | undefined;

/** Secrets are environment variables, or files that a variable with the suffix `_FILE` names. */
export function createFindSecret(environment: EnvironmentVariables): FindSecret {
  return (name) => toSecretSource(environment[name], environment[`${name}_FILE`]);
}

/** The value comes first; empty texts count as absent. */
export function toSecretSource(value: string | undefined, file: string | undefined): SecretSource | undefined {
  if (value) return { value };
  return file ? { file } : undefined;
}
