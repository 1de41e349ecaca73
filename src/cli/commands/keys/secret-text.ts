/** The only text of the command line that holds the secret of a key; `news` says what the secret is for. */
export function secretText(news: string, secret: string): string {
  return `${news}

  ${secret}

Store it now: it is shown only once. Send it in the header x-api-key.
`;
}
