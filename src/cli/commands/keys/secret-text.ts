/** The only text of the command line that holds the secret of a key; `summary` says what the secret is for. */
export function secretText(summary: string, secret: string): string {
  return `${summary}

  ${secret}

Store it now: it is shown only once. Send it in the header x-api-key.
`;
}
