import { foldHeaderName } from "../../lib/http/fold-header-name.ts";
import { type Message, rawHeadersOf } from "./message.ts";

/** Every value that some program may read as the header or query parameter `name`, in whatever spelling it was sent. */
export function possibleValues(message: Message, place: "header" | "query", name: string): readonly string[] {
  return (place === "header" ? headerValues(message, name) : parameterValues(message.query, name)).map((one) =>
    one.trim(),
  );
}

/** Programs drop odd characters of a name or make them `_`, and join lines with commas. */
function headerValues(message: Message, name: string): readonly string[] {
  const raw = rawHeadersOf(message);
  const wanted = foldHeaderName(name);
  return raw.flatMap((value, index) => {
    const sent = raw[index - 1];
    return index % 2 === 1 && sent !== undefined && foldHeaderName(sent) === wanted ? [value, ...value.split(",")] : [];
  });
}

/** Programs split a query at semicolons too, ignore case, drop blanks and dots of a name, or read `name[]` as a list. */
function parameterValues(query: string, name: string): readonly string[] {
  if (query === "") return [];
  const wanted = foldParameterName(name);
  return query.split(/[&;]/).flatMap((pair) => {
    const [[sent, value] = ["", ""]] = [...new URLSearchParams(pair)];
    return foldParameterName(sent) === wanted ? [value, ...value.split(",")] : [];
  });
}

function foldParameterName(name: string): string {
  const bracket = name.indexOf("[", 1);
  return foldHeaderName(bracket < 0 ? name : name.slice(0, bracket));
}
