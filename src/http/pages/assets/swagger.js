// Adds to Swagger UI: curl with a variable for the key, links to the pages of problems, focus on the first field.
import { curlOf, masked } from "./curl.js";
import { withReadablePatterns } from "./patterns.js";

const PROBLEM = /^(?:\/[\w~-]+)*\/problems\/([a-z-]+)$/;

/** Every secret that the user entered, as it is sent. */
function keysOf(authSelectors) {
  const schemes = Object.values(authSelectors.authorized()?.toJS() ?? {});
  return schemes.flatMap(({ value, token }) => {
    if (typeof value === "string") return [value];
    const { username = "", password = "" } = value ?? {};
    const basic = new TextEncoder().encode(`${username}:${password}`);
    return [password, token?.access_token ?? "", btoa(String.fromCharCode(...basic))];
  });
}

/** The request as the page stores and shows it: without keys. */
function shownRequest(request, keys) {
  const { url, method, headers = {} } = request;
  const shownHeaders = Object.entries(headers).map(([name, value]) => [name, masked(String(value), keys)]);
  return {
    url: masked(url, keys),
    method,
    headers: Object.fromEntries(shownHeaders),
    curl: curlOf(request, keys),
  };
}

const keepShown =
  (keep, { authSelectors }) =>
  (path, method, request) =>
    keep(path, method, shownRequest(request, keysOf(authSelectors)));

const readable = (update) => (document) => update(withReadablePatterns(document));

/** Otherwise the last field of the dialog gets the focus, which is the less secure one. */
const focusFirst = (show) => (definitions) => {
  setTimeout(() => document.querySelector(".auth-container input")?.focus());
  return show(definitions);
};

/** Also works on a page that came in clear text, where browsers do not offer the clipboard API. */
async function copy(text) {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

const curl =
  (_original, { React: { createElement: h, useState } }) =>
  ({ request, getComponent }) => {
    const [copied, setCopied] = useState(undefined);
    const text = request.get("curl");
    const onClick = () => copy(text).then(() => setCopied(text));
    return h(
      "div",
      { className: "curl-command" },
      h("h4", null, "Curl"),
      text.includes("$KEY") &&
        h("p", null, "Once in your shell: ", h("code", null, "export KEY=…"), ", with your key."),
      h(getComponent("SyntaxHighlighter", true), { language: "bash", className: "curl microlight" }, text),
      h("button", { type: "button", className: "btn copy-curl", onClick }, copied === text ? "Copied" : "Copy"),
    );
  };

function problemIn(contentType, content) {
  if (!/^application\/problem\+json/.test(contentType ?? "")) return undefined;
  try {
    const { type, title } = JSON.parse(content);
    const [, code] = PROBLEM.exec(type) ?? [];
    return code && { code, title };
  } catch {
    return undefined;
  }
}

const responseBody =
  (Original, { React: { createElement: h, Fragment } }) =>
  (props) => {
    const problem = problemIn(props.contentType, props.content);
    const link = problem && h("a", { href: `problems/${problem.code}`, target: "_blank" }, problem.title);
    return h(
      Fragment,
      null,
      problem && h("p", { className: "about-problem" }, "What it means: ", link),
      h(Original, props),
    );
  };

const plugin = () => ({
  statePlugins: {
    spec: { wrapActions: { setRequest: keepShown, setMutatedRequest: keepShown, updateJsonSpec: readable } },
    auth: { wrapActions: { showDefinitions: focusFirst } },
  },
  wrapComponents: { curl, responseBody },
});

// The initializer of swagger-ui-express cannot take a function as an option, so the plugin is added to its options here.
const build = window.SwaggerUIBundle;
window.SwaggerUIBundle = Object.assign(
  (options) => build({ ...options, plugins: [...options.plugins, plugin] }),
  build,
);
