import { asRecord } from "../../../contract/document/json.ts";
import { CommandFailed } from "../../failure.ts";

export type Fetched = {
  readonly text: string;
  /** Where it was in the end, after redirects. */
  readonly url: URL;
};

const MOST_REDIRECTS = 5;
const MOST_BYTES = 20 * 1_048_576;
const MOST_SECONDS = 30;

/** Is this the URL of a contract, and not the path of a file? */
export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * Downloads a contract.
 * @throws CommandFailed
 */
export async function fetchContract(text: string): Promise<Fetched> {
  let url = toUrl(text);
  const signal = AbortSignal.timeout(MOST_SECONDS * 1000);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await ask(url, signal);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      return { text: await readContract(url, response), url };
    }
    await response.body?.cancel();
    url = redirected(url, location);
  }
  throw new CommandFailed(
    `${text} redirects more than ${MOST_REDIRECTS} times: use the URL that the last one leads to.`,
  );
}

function toUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw new CommandFailed(`${text} is not a URL: use for example http://127.0.0.1:8000/openapi.json.`);
  if (url.username === "" && url.password === "") return url;
  throw new CommandFailed("The URL has a user name or password: download the document, and use its file.");
}

function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  if (to === null || !isUrl(to.href))
    throw new CommandFailed(`${from} redirects to ${location}, which is not a web address.`);
  // The document decides who is admitted, so it must not arrive over a weaker connection than the one asked for.
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw new CommandFailed(
      `${from} redirects to ${to}, which is not encrypted: use that URL if you trust the network.`,
    );
  }
  return to;
}

async function ask(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    const headers = { accept: "application/json, application/yaml, text/yaml;q=0.9, */*;q=0.5" };
    return await fetch(url.href, { redirect: "manual", signal, headers });
  } catch (cause) {
    throw new CommandFailed(`${url} cannot be reached (${reasonOf(cause)}): ${UNREACHABLE}`, { cause });
  }
}

const UNREACHABLE = "start your API first, and check the address and port; or use the path of a file.";

function reasonOf(error: unknown): string {
  const { name, message, cause } = asRecord(error);
  if (name === "TimeoutError") return `no response within ${MOST_SECONDS} seconds`;
  return String(asRecord(cause)["code"] ?? asRecord(cause)["message"] ?? message ?? error);
}

async function readContract(url: URL, response: Response): Promise<string> {
  if (!response.ok) throw new CommandFailed(`${url} responds with ${response.status}: ${statusHint(response.status)}`);
  return readText(url, response);
}

function statusHint(status: number): string {
  if (status === 401 || status === 403) return "it needs a login; download the document, and use its file.";
  return status === 404 ? `there is nothing. ${WHERE_IT_IS}` : "see the log of your API.";
}

/** Where the document of an API is, for people who have found something else. */
export const WHERE_IT_IS = `Frameworks serve it at:
  FastAPI                /openapi.json
  Django REST framework  /api/schema/ (drf-spectacular)
  NestJS                 /api-json, /docs-json
  Fastify                /documentation/json
  Spring Boot            /v3/api-docs (springdoc)
  ASP.NET Core           /openapi/v1.json, /swagger/v1/swagger.json`;

async function readText(url: URL, { body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES)
        throw new CommandFailed(`${url} has more than ${MOST_BYTES / 1_048_576} MB: ${TOO_LARGE}`);
      chunks.push(chunk);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    if (cause instanceof CommandFailed) throw cause;
    throw new CommandFailed(`${url} cannot be read (${reasonOf(cause)}): download the document, and use its file.`, {
      cause,
    });
  }
}

const TOO_LARGE = "download the document, remove what is not needed, and use the file.";
