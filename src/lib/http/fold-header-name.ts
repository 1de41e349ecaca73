/**
 * One word for all spellings of a header's name that some server reads as the same one: CGI and WSGI turn every character
 * that is neither a letter nor a digit into `_`, others drop it.
 */
export function foldHeaderName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
