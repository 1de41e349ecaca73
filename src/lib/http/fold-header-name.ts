/**
 * Maps all spellings of a header name that some server treats as equal to one text. CGI and WSGI turn every character
 * other than letters and digits into `_`; other servers drop it.
 */
export function foldHeaderName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
